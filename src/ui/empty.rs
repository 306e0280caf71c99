//! What to do when the link stands and no device has been heard of.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use super::address;
use super::format;
use super::icons::{Icon, icon};
use super::link_state::LinkKind;
use super::store::Store;
use super::text::{language, say, shell};

/// How long a link may be silent before the page speaks of it, in milliseconds.
const PATIENCE: i64 = 2_000;

#[component]
pub(super) fn NoDevices() -> impl IntoView {
    let store = expect_context::<Store>();
    let kind = LinkKind::memo(store);
    let none = Memo::new(move |_| store.list.with(|list| list.devices == 0));
    let listening = Memo::new(move |_| {
        if !none.get() || kind.get() != LinkKind::Connected {
            return None;
        }
        let time = store.now.get().0 - store.link.with(|link| link.since.0);
        (time >= PATIENCE).then_some(time / 1000)
    });
    view! {
        <Show when=move || listening.get().is_some()>
            <Card seconds=Signal::derive(move || listening.get().unwrap_or_default())/>
        </Show>
    }
}

#[component]
fn Card(seconds: Signal<i64>) -> impl IntoView {
    let store = expect_context::<Store>();
    let language = language();
    let filters = Memo::new(move |_| store.link.with(|link| link.subscriptions.len()));
    let listening = move || {
        let language = language.get();
        let filters = format::count(filters.get() as u64);
        let time = format::duration(language, seconds.get() * 1000);
        shell::LISTENING.fill(language, &[&filters, &time])
    };
    let line = Memo::new(move |_| {
        let host = store.link.with(|link| address::host_name(&link.url));
        let payload =
            r#"{"state":{"reported":{"location":{"latitude":35.01,"longitude":135.78}}}}"#;
        format!("mosquitto_pub -h {host} -q 1 -t topic_1 -m '{payload}'")
    });
    view! {
        <section class="card" aria-label=say(shell::NO_DEVICES)>
            <h2>{say(shell::NO_DEVICES)}</h2>
            <p>{listening}</p>
            <h3>{say(shell::SEND_ONE)}</h3>
            <div class="card-code">
                <code>{line}</code>
                <CopyButton text=line/>
            </div>
            <p class="card-hint">{say(shell::TCP_PORT)}</p>
        </section>
    }
}

#[component]
fn CopyButton(text: Memo<String>) -> impl IntoView {
    let copied = RwSignal::new(false);
    // Browsers offer no clipboard to pages that came over plain http from another machine.
    let offered = window().is_secure_context();
    let copy = move |_| {
        let promise = window()
            .navigator()
            .clipboard()
            .write_text(&text.get_untracked());
        spawn_local(async move {
            copied.set(JsFuture::from(promise).await.is_ok());
        });
    };
    let name = move || {
        say(if copied.get() {
            shell::COPIED
        } else {
            shell::COPY
        })()
    };
    view! {
        <button class="icon-button" hidden=!offered aria-label=name title=name on:click=copy>
            {move || icon(if copied.get() { Icon::Check } else { Icon::Copy })}
        </button>
    }
}
