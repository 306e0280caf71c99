//! What to do when the link stands and no device has been heard of.

use leptos::prelude::*;

use super::address;
use super::copy::copy_button;
use super::format;
use super::link_state::LinkKind;
use super::reactive::{live, memo, show};
use super::store::Store;
use super::text::{language, say, shell};

/// How long a link may be silent before the page speaks of it, in milliseconds.
const PATIENCE: i64 = 2_000;

#[component]
pub(super) fn NoDevices() -> impl IntoView {
    let store = expect_context::<Store>();
    let kind = LinkKind::memo(store);
    let none = memo(move |_| store.list.with(|list| list.devices == 0));
    let listening = memo(move |_| {
        if !none.get() || kind.get() != LinkKind::Connected {
            return None;
        }
        let time = store.now.get().0 - store.link.with(|link| link.since.0);
        (time >= PATIENCE).then_some(time / 1000)
    });
    show(move || listening.get().is_some(), move || card(listening))
}

/// `seconds`: since when the link stands.
fn card(seconds: Memo<Option<i64>>) -> AnyView {
    let store = expect_context::<Store>();
    let language = language();
    let filters = memo(move |_| store.link.with(|link| link.subscriptions.len() as u32));
    let listening = move || {
        let language = language.get();
        let filters = format::count(filters.get().into());
        let time = format::duration(language, seconds.get().unwrap_or_default() * 1000);
        shell::LISTENING.fill(language, &[&filters, &time])
    };
    let line = memo(move |_| {
        let host = store.link.with(|link| address::host_name(&link.url));
        let payload =
            r#"{"state":{"reported":{"location":{"latitude":35.01,"longitude":135.78}}}}"#;
        format!("mosquitto_pub -h {host} -q 1 -t topic_1 -m '{payload}'")
    });
    view! {
        <section class="card" aria-label=say(shell::NO_DEVICES)>
            <h2>{say(shell::NO_DEVICES)}</h2>
            <p>{live(listening)}</p>
            <h3>{say(shell::SEND_ONE)}</h3>
            <div class="card-code">
                <code>{move || line.get()}</code>
                {copy_button(line, None)}
            </div>
            <p class="card-hint">{say(shell::TCP_PORT)}</p>
        </section>
    }
    .into_any()
}
