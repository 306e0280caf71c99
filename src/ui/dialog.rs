//! A dialog: the browser's own `<dialog>`, which keeps the focus inside and everything else out of reach.

use leptos::html::Dialog as DialogElement;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, MouseEvent};

use super::icons::{Icon, icon};
use super::keys::{focus, focused, move_focus_soon};
use super::reactive::{act, live, watch};
use super::text::{Phrase, language, say, shell};

/// Shown as long as it is mounted. `on_close` is called for Escape, the cross, and a press on the scrim.
#[component]
pub(super) fn Dialog(
    #[prop(into)] title: Signal<Phrase>,
    class: &'static str,
    /// False: there is nothing behind it to go back to.
    closable: Memo<bool>,
    on_close: Callback<()>,
    /// What gets the focus afterwards, where what had it is gone.
    #[prop(default = ".panel-more")]
    back: &'static str,
    children: Children,
) -> impl IntoView {
    let element = NodeRef::<DialogElement>::new();
    StoredValue::new_local(Return {
        before: focused(),
        back,
    });
    watch(move || {
        if let Some(dialog) = element.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
        }
    });
    let close = move || {
        if closable.get_untracked() {
            on_close.run(());
        }
    };
    let on_cancel = move |event: Event| {
        event.prevent_default();
        close();
    };
    // The body covers the dialog's whole box: only a press on the scrim has the dialog itself as its target.
    let on_press = move |event: MouseEvent| {
        if event.target() == event.current_target() {
            close();
        }
    };
    let language = language();
    let name = move || title.get().text(language.get()).to_owned();
    view! {
        <dialog
            class=class
            node_ref=element
            aria-label=live(name)
            on:cancel=act(on_cancel)
            on:close=act(move |_| on_close.run(()))
            on:mousedown=act(on_press)
        >
            <div class="dialog-body">
                <div class="dialog-head">
                    <h2>{live(name)}</h2>
                    <button
                        class="icon-button"
                        aria-label=say(shell::CLOSE)
                        title=say(shell::CLOSE)
                        hidden=move || !closable.get()
                        on:click=act(move |_| close())
                    >
                        {icon(Icon::Close)}
                    </button>
                </div>
                {children()}
            </div>
        </dialog>
    }
}

/// Gives the focus back, once what had it can be reached again.
struct Return {
    before: Option<Element>,
    back: &'static str,
}

impl Drop for Return {
    fn drop(&mut self) {
        let before = self.before.take();
        let before = before.and_then(|it| it.dyn_into::<HtmlElement>().ok());
        let back = self.back;
        move_focus_soon(move || match before.filter(|it| it.is_connected()) {
            Some(element) if element.tab_index() >= 0 => {
                let _ = element.focus();
            }
            _ => focus(back),
        });
    }
}
