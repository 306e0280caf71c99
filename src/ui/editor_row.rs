//! One leaf in the form: what a person makes of it, what others made of it meanwhile, and what is reported.

use leptos::prelude::*;

use super::desk::{Desk, client};
use super::editor_leaves::Entry;
use super::format;
use super::icons::{Icon, icon};
use super::mark::diamond;
use super::reactive::{act, live, memo};
use super::text::{Language, Phrase, editor as words, say};
use crate::engine::command::EditorCommand;
use crate::engine::frame::{Changed, EditorLeaf};

/// What a row needs of its leaf.
#[derive(Clone, Copy)]
struct Row {
    desk: Desk,
    leaf: Memo<EditorLeaf>,
    /// What is in the input while it has the focus: nothing is written into it under the hand.
    typed: RwSignal<Option<String>>,
    id: u32,
}

pub(super) fn row(desk: Desk, entry: Entry) -> AnyView {
    let name = entry.name();
    let leaf = entry.leaf;
    let row = Row {
        desk,
        leaf: memo(move |_| leaf.get()),
        typed: RwSignal::new(None),
        id: entry.id,
    };
    let mark = live(move || {
        row.leaf.with(|leaf| match leaf.changed {
            Changed::Nobody | Changed::Alike => None,
            Changed::Mine => Some("mine"),
            Changed::Theirs => Some("theirs"),
            Changed::Conflict => Some("conflict"),
        })
    });
    view! {
        <tr role="row" data-changed=mark>
            <th role="rowheader" scope="row" class="mono">{name.clone()}</th>
            <td role="cell">{desired(row, &name)}</td>
            <td role="cell">{reported(row)}</td>
            <td role="cell">{delta(row)}</td>
        </tr>
    }
    .into_any()
}

fn desired(row: Row, name: &str) -> AnyView {
    let note_id = "leaf-note-".to_owned() + &row.id.to_string();
    let shown = live(move || {
        row.typed
            .get()
            .unwrap_or_else(|| row.leaf.with(|leaf| leaf.mine.clone()).unwrap_or_default())
    });
    let change = move |event| {
        let text: String = event_target_value(&event);
        row.typed.set(Some(text.clone()));
        let path = row.leaf.with_untracked(|leaf| leaf.path.clone());
        let was_none = row.leaf.with_untracked(|leaf| leaf.base.is_none());
        row.send(match text.is_empty() && was_none {
            true => EditorCommand::Revert(path),
            false => EditorCommand::Leaf {
                path,
                value: Some(text),
            },
        });
    };
    let is_removed = memo(move |_| row.leaf.with(is_removed));
    let label = {
        let name = name.to_owned();
        live(move || words::DESIRED_OF.fill(row.desk.language.get(), &[&name]))
    };
    view! {
        <div class="leaf-desired">
            <input
                class="input mono"
                type="text"
                spellcheck="false"
                autocomplete="off"
                placeholder=live(move || {
                    let none = if is_removed.get() { words::WILL_BE_REMOVED } else { words::NONE };
                    none.text(row.desk.language.get()).to_owned()
                })
                aria-label=label
                aria-describedby=note_id.clone()
                prop:value=shown
                on:input=act(change)
                on:blur=act(move |_| row.typed.set(None))
            />
            {remove(row, name, is_removed)}
        </div>
        <div id=note_id class="leaf-note">{mine(row)} {theirs(row, name)}</div>
    }
    .into_any()
}

/// Removes the key, or takes back what was done to it.
fn remove(row: Row, name: &str, is_removed: Memo<bool>) -> AnyView {
    let name = name.to_owned();
    let is_mine = memo(move |_| row.leaf.with(is_mine));
    let is_there = memo(move |_| row.leaf.with(|leaf| leaf.mine.is_some()));
    let button = move |words: Phrase, picture, command: fn(Vec<String>) -> EditorCommand| {
        let name = name.clone();
        let label = live(move || words.fill(row.desk.language.get(), &[&name]));
        let title = label.clone();
        let press = move |_| {
            row.typed.set(None);
            row.send(command(row.leaf.with_untracked(|leaf| leaf.path.clone())));
        };
        view! {
            <button type="button" class="icon-button" aria-label=label title=title on:click=act(press)>
                {icon(picture)}
            </button>
        }
        .into_any()
    };
    let buttons = live(move || {
        let revert = is_mine
            .get()
            .then(|| button(words::REVERT_KEY, Icon::History, EditorCommand::Revert));
        let removes = is_there.get() && !is_removed.get();
        let remove = removes.then(|| {
            button(words::REMOVE_KEY, Icon::Trash, |path| EditorCommand::Leaf {
                path,
                value: None,
            })
        });
        Some(view! { {revert} {remove} }.into_any())
    });
    view! { <span class="leaf-buttons">{buttons}</span> }.into_any()
}

/// What this page changed: from what.
fn mine(row: Row) -> AnyView {
    let text = live(move || {
        let language = row.desk.language.get();
        row.leaf.with(|leaf| {
            is_mine(leaf).then(|| {
                let was = match &leaf.base {
                    Some(base) => words::WAS.fill(language, &[base]),
                    None => words::IS_NEW.text(language).to_owned(),
                };
                let draft = if is_removed(leaf) {
                    words::WILL_BE_REMOVED
                } else {
                    words::DRAFT
                };
                view! { <p class="leaf-mine"><b>{draft.text(language)}</b> " · " {was}</p> }
                    .into_any()
            })
        })
    });
    text.into_any()
}

/// What somebody else made of it since the edit began.
fn theirs(row: Row, name: &str) -> AnyView {
    let name = name.to_owned();
    let text = live(move || {
        let language = row.desk.language.get();
        let leaf = row.leaf.get();
        if !matches!(leaf.changed, Changed::Theirs | Changed::Conflict) {
            return None;
        }
        let value = leaf.theirs.clone();
        let value = value.unwrap_or_else(|| words::REMOVED_BY_THEM.text(language).to_owned());
        let asks = (leaf.changed == Changed::Conflict).then(|| words::SAVING_ASKS.text(language));
        let path = leaf.path.clone();
        let label = words::TAKE_THEIRS_OF.fill(language, &[&name]);
        let take = (leaf.changed == Changed::Conflict).then(|| {
            let press = move |_| row.send(EditorCommand::Revert(path.clone()));
            view! {
                <button type="button" class="link" aria-label=label on:click=act(press)>
                    {words::TAKE_THEIRS.text(language)}
                </button>
            }
            .into_any()
        });
        let who = row.who(&leaf, language);
        let view = view! {
            <p class="leaf-theirs">{who} " " <b class="mono">{value}</b> " " {asks} " " {take}</p>
        };
        Some(view.into_any())
    });
    text.into_any()
}

fn reported(row: Row) -> AnyView {
    let value = live(move || {
        let language = row.desk.language.get();
        Some(row.leaf.with(|leaf| {
            match &leaf.reported {
                Some(value) => view! { <span class="mono">{value.clone()}</span> }.into_any(),
                None => {
                    view! { <span class="leaf-age">{words::NEVER_REPORTED.text(language)}</span> }
                        .into_any()
                }
            }
        }))
    });
    let age = live(move || {
        let at = row
            .leaf
            .with(|leaf| leaf.reported_at.filter(|_| leaf.reported.is_some()))?;
        let language = row.desk.language.get();
        let age = format::age(language, at, row.desk.store.now.get());
        Some(words::AGO.fill(language, &[&age]))
    });
    view! { <span class="leaf-word">{say(words::REPORTED)} " "</span> {value} <span class="leaf-age">{age}</span> }
        .into_any()
}

/// What the broker wants of the device and it does not report.
fn delta(row: Row) -> AnyView {
    let value = live(move || {
        row.leaf.with(|leaf| {
            let theirs = leaf.theirs.clone().filter(|_| leaf.differs)?;
            let view = view! {
                <span class="leaf-word">{say(words::DELTA)} " "</span>
                <span class="leaf-delta">{diamond(false)} <span class="mono">{theirs}</span></span>
            };
            Some(view.into_any())
        })
    });
    value.into_any()
}

/// Saving would change it.
const fn is_mine(leaf: &EditorLeaf) -> bool {
    matches!(leaf.changed, Changed::Mine | Changed::Conflict)
}

/// It was there, and saving takes it away.
fn is_removed(leaf: &EditorLeaf) -> bool {
    is_mine(leaf) && leaf.mine.is_none()
}

impl Row {
    fn send(self, command: EditorCommand) {
        self.desk.discarded.set(None);
        self.desk.send(command);
    }

    /// Names a client only where it is sure that it was the one: a version says who made it, a leaf does not.
    fn who(self, leaf: &EditorLeaf, language: Language) -> String {
        let newest = self.desk.read(|view| {
            let version = view.version?;
            let alone = view.began.map(|began| began + 1) == view.version;
            let same_second = leaf.desired_at.map(|at| at.seconds()) == Some(view.at.seconds());
            let sure = alone || leaf.theirs.is_some() && same_second;
            sure.then(|| (version, client(view.by.as_deref(), language)))
        });
        match newest.flatten() {
            Some((version, by)) => words::CHANGED_BY.fill(language, &[&by, &version.to_string()]),
            None => words::CHANGED_MEANWHILE.text(language).to_owned(),
        }
    }
}
