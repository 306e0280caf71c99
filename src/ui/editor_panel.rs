//! The ways from the device panel into the document editor.

use leptos::prelude::*;

use super::desk::{Desk, Mode, Question, is_kept};
use super::icons::{Icon, icon};
use super::panel::Panel;
use super::reactive::{act, live, memo};
use super::shadow_section::with_device;
use super::text::{editor as words, say};
use crate::engine::command::ShadowAddress;
use crate::engine::frame::EditorView;

/// Below the panel's fields. A draft that was left shows here.
pub(super) fn panel_foot(panel: Panel) -> AnyView {
    let desk = expect_context::<Desk>();
    let is_known = memo(move |_| with_device(panel, |_| ()).is_some());
    let shadow = move || {
        let address = panel.address(&[]);
        ShadowAddress {
            device: address.device,
            shadow: address.shadow,
        }
    };
    let has_draft = memo(move |_| {
        let shown = panel.store.shadow.get();
        let draft = |view: &_| is_kept_draft(view, panel, shown.as_deref());
        desk.read(draft) == Some(true)
    });
    let draft = live(move || {
        let language = panel.language.get();
        let words = words::DRAFT.text(language);
        has_draft
            .get()
            .then(|| view! { <span class="editor-draft">{words}</span> }.into_any())
    });
    let edit = move |_| {
        desk.mode.set(Mode::Json);
        desk.open(shadow());
    };
    view! {
        <footer class="panel-foot" hidden=move || !is_known.get()>
            <button type="button" class="button" on:click=act(edit)>
                {icon(Icon::Edit)}
                {say(words::EDIT_AS_JSON)}
                {draft}
            </button>
            <button
                type="button"
                class="button"
                on:click=act(move |_| desk.look_back(Some(shadow())))
            >
                {icon(Icon::History)}
                {say(words::HISTORY)}
            </button>
        </footer>
    }
    .into_any()
}

fn is_kept_draft(view: &EditorView, panel: Panel, shadow: Option<&str>) -> bool {
    panel.is_of(&view.shadow.device) && view.shadow.shadow.as_deref() == shadow && is_kept(view)
}

/// In the row of the shadows.
pub(super) fn add_shadow(panel: Panel) -> AnyView {
    let desk = expect_context::<Desk>();
    view! {
        <button
            type="button"
            class="icon-button add-shadow"
            aria-label=say(words::ADD_SHADOW)
            title=say(words::ADD_SHADOW)
            on:click=act(move |_| {
                desk.question.set(Some(Question::Name(panel.address(&[]).device)));
            })
        >
            {icon(Icon::Plus)}
        </button>
    }
    .into_any()
}
