//! The rows of a merge: a choice where both changed a key, and a check at the side that is taken where one did.

use leptos::prelude::*;

use super::desk::Desk;
use super::editor_leaves::Entry;
use super::format;
use super::icons::{Icon, icon};
use super::merge::{Merge, radio_id};
use super::reactive::{act, live, memo};
use super::text::{Language, editor as words, language, say};
use crate::engine::command::{EditorCommand, Side};
use crate::engine::frame::{Changed, EditorLeaf};

pub(super) fn choose(desk: Desk, entry: &Entry, side: Side) {
    let path = entry.leaf.with_untracked(|leaf| leaf.path.clone());
    desk.send(EditorCommand::Choose { path, side });
}

/// Both changed it: one of the two has to be chosen.
pub(super) fn choice_row(merge: Merge, entry: Entry) -> AnyView {
    let name = entry.name();
    let shown = entry.leaf.clone();
    let leaf = memo(move |_| shown.get());
    let is_open = move || leaf.with(|leaf| leaf.choice.is_none());
    let base = value(leaf, |leaf| &leaf.base);
    let id = entry.id;
    let option = |side| option(merge, entry.clone(), leaf, side);
    view! {
        <tr
            role="row"
            class="merge-choice"
            class:open=is_open
            on:focusin=act(move |_| merge.at.set(Some(id)))
        >
            <th role="rowheader" scope="row" class="mono">{name.clone()}</th>
            <td role="cell" class="mono merge-base">
                <span class="merge-side">{say(words::BASE)} " "</span>
                {base}
            </td>
            <td role="cell" colspan="2">
                <div class="merge-sides" role="radiogroup" aria-label=name>
                    {option(Side::Mine)} {option(Side::Theirs)}
                </div>
            </td>
        </tr>
    }
    .into_any()
}

fn option(merge: Merge, entry: Entry, leaf: Memo<EditorLeaf>, side: Side) -> AnyView {
    let is_chosen = memo(move |_| leaf.with(|leaf| leaf.choice == Some(side)));
    let (side_words, chosen_words) = match side {
        Side::Mine => (words::YOURS, words::KEEP_MINE),
        Side::Theirs => (words::THEIRS, words::USE_THEIRS),
    };
    let of_side = match side {
        Side::Mine => value(leaf, |leaf| &leaf.mine),
        Side::Theirs => value(leaf, |leaf| &leaf.theirs),
    };
    let language = merge.desk.language;
    let more = live(move || match is_chosen.get() {
        true => chosen_words.text(language.get()).to_owned(),
        false => leaf.with(|leaf| {
            let at = leaf.desired_at.filter(|_| side == Side::Theirs);
            at.map(format::clock).unwrap_or_default()
        }),
    });
    let group = "choice-".to_owned() + &entry.id.to_string();
    let id = radio_id(entry.id, side);
    view! {
        <label class="merge-option" class:chosen=move || is_chosen.get()>
            <input
                type="radio"
                id=id
                name=group
                prop:checked=move || is_chosen.get()
                on:change=act(move |_| choose(merge.desk, &entry, side))
            />
            <span class="merge-side">{say(side_words)} " "</span>
            <span class="mono merge-value">{of_side}</span>
            <span class="merge-more">{more}</span>
        </label>
    }
    .into_any()
}

/// At most one side changed it.
pub(super) fn plain_row(entry: Entry) -> AnyView {
    let name = entry.name();
    let shown = entry.leaf;
    let leaf = memo(move |_| shown.get());
    let taken = move |side: Changed| {
        let view = live(move || {
            let is_taken = leaf.with(|leaf| leaf.changed == side || leaf.changed == Changed::Alike);
            is_taken.then(|| {
                view! { <span class="merge-taken">{icon(Icon::Check)} <span class="visually-hidden">{say(words::IS_TAKEN)}</span></span> }
                    .into_any()
            })
        });
        view.into_any()
    };
    let class = move |side: Changed| {
        live(move || {
            match leaf.with(|leaf| leaf.changed == side || leaf.changed == Changed::Alike) {
                true => "mono merge-new".to_owned(),
                false => "mono merge-base".to_owned(),
            }
        })
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" class="mono">{name}</th>
            <td role="cell" class="mono merge-base">
                <span class="merge-side">{say(words::BASE)} " "</span>
                {value(leaf, |leaf| &leaf.base)}
            </td>
            <td role="cell" class=class(Changed::Mine)>
                <span class="merge-side">{say(words::YOURS)} " "</span>
                {value(leaf, |leaf| &leaf.mine)}
                {taken(Changed::Mine)}
            </td>
            <td role="cell" class=class(Changed::Theirs)>
                <span class="merge-side">{say(words::THEIRS)} " "</span>
                {value(leaf, |leaf| &leaf.theirs)}
                {taken(Changed::Theirs)}
            </td>
        </tr>
    }
    .into_any()
}

/// JSON as it is, or that there is nothing.
fn value(leaf: Memo<EditorLeaf>, read: fn(&EditorLeaf) -> &Option<String>) -> AnyView {
    let language: RwSignal<Language> = language();
    let text = live(move || {
        leaf.with(|leaf| match read(leaf) {
            Some(value) => value.clone(),
            None => words::NONE.text(language.get()).to_owned(),
        })
    });
    text.into_any()
}
