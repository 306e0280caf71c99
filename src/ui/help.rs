//! The keys that work.

use leptos::prelude::*;

use super::dialog::Dialog;
use super::open::Open;
use super::text::{Phrase, say, shell};

const KEYS: [(&str, Phrase); 10] = [
    ("/", shell::KEY_SEARCH),
    ("↑ ↓", shell::KEY_ROWS),
    ("Enter", shell::KEY_OPEN),
    ("Esc", shell::KEY_BACK),
    ("n p", shell::KEY_NEXT),
    ("f", shell::KEY_FOLLOW),
    ("+ -", shell::KEY_ZOOM),
    ("↑ ↓ ← →", shell::KEY_PAN),
    ("Home", shell::FIT),
    ("?", shell::KEY_HELP),
];

#[component]
pub(super) fn Help() -> impl IntoView {
    let open = expect_context::<Open>().help;
    view! {
        <Show when=move || open.get()>
            <Dialog title=shell::KEYS closable=true on_close=Callback::new(move |()| open.set(false))>
                <dl class="keys">
                    {KEYS.map(|(keys, what)| {
                        let keys = keys.split(' ').map(|key| view! { <kbd>{key}</kbd> }).collect_view();
                        view! { <div><dt>{keys}</dt><dd>{say(what)}</dd></div> }
                    })}
                </dl>
                <p class="keys-note">{say(shell::KEYS_NOTE)}</p>
            </Dialog>
        </Show>
    }
}
