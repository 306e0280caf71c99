//! The keys that work.

use leptos::prelude::*;

use super::dialog::Dialog;
use super::open::Open;
use super::reactive::{memo, show};
use super::text::{Phrase, say, shell};

const KEYS: [(&str, Phrase); 14] = [
    ("/", shell::KEY_SEARCH),
    ("↑ ↓", shell::KEY_ROWS),
    ("Enter", shell::KEY_OPEN),
    ("Esc", shell::KEY_BACK),
    ("n p", shell::KEY_NEXT),
    ("f", shell::KEY_FOLLOW),
    ("+ -", shell::KEY_ZOOM),
    ("↑ ↓ ← →", shell::KEY_PAN),
    ("Home", shell::FIT),
    ("1 2 5", shell::KEY_PAGES),
    ("u", shell::KEY_UNDO),
    ("Ctrl/Cmd Enter", shell::KEY_SAVE),
    ("1 2", shell::KEY_MERGE),
    ("?", shell::KEY_HELP),
];

#[component]
pub(super) fn Help() -> impl IntoView {
    let open = expect_context::<Open>().help;
    let dialog = move || {
        view! {
            <Dialog title=shell::KEYS class="dialog" closable=memo(|_| true) on_close=Callback::new(move |()| open.set(false))>
                <dl class="keys">
                    {KEYS.into_iter().map(|(keys, what)| {
                        let keys = keys.split(' ').map(|key| view! { <kbd>{key}</kbd> }.into_any()).collect::<Vec<_>>();
                        view! { <div><dt>{keys}</dt><dd>{say(what)}</dd></div> }.into_any()
                    }).collect::<Vec<_>>()}
                </dl>
                <p class="keys-note">{say(shell::KEYS_NOTE)}</p>
            </Dialog>
        }
        .into_any()
    };
    show(move || open.get(), dialog)
}
