//! A quiet note that some messages could not be read. What they are is counted in the link's details.

use leptos::prelude::*;

use super::format;
use super::icons::{Icon, icon};
use super::open::Open;
use super::reactive::{act, live, memo, show};
use super::store::Store;
use super::text::{language, say, shell};

/// Closed by the person, it comes back with the next such message.
#[component]
pub(super) fn Unreadable() -> impl IntoView {
    let store = expect_context::<Store>();
    let open = expect_context::<Open>();
    let language = language();
    let count = memo(move |_| store.link.with(|link| link.unreadable));
    let seen = RwSignal::new(0);
    let news = move || count.get() > seen.get();
    let text = move || match count.get() {
        1 => shell::ONE_UNREADABLE.text(language.get()).to_owned(),
        many => shell::SOME_UNREADABLE.fill(language.get(), &[&format::count(many)]),
    };
    let note = move || {
        view! {
            <div class="unreadable">
                <span class="warning">{icon(Icon::Warning)}</span>
                <span>{live(text)}</span>
                <button class="link" on:click=act(move |_| open.details.set(true))>{say(shell::SHOW)}</button>
                <button
                    class="icon-button"
                    aria-label=say(shell::CLOSE)
                    title=say(shell::CLOSE)
                    on:click=act(move |_| seen.set(count.get_untracked()))
                >
                    {icon(Icon::Close)}
                </button>
            </div>
        }
        .into_any()
    };
    show(news, note)
}
