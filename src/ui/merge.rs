//! The merge of two people's changes: only what both changed asks, what one changed is merged, and nothing is sent
//! before it is all decided.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::desk::{Desk, client, shadow_words};
use super::editor_foot::save_words;
use super::editor_leaves::{Entry, leaves};
use super::format;
use super::icons::{Icon, icon};
use super::keys::focus;
use super::mark::diamond;
use super::merge_result::result;
use super::merge_row::{choice_row, choose, plain_row};
use super::reactive::{act, each, item, live, memo};
use super::text::{Phrase, editor as words, say};
use crate::engine::command::{EditorCommand, Side};
use crate::engine::frame::{Changed, EditorLeaf, EditorView};

/// What the parts of an open merge share.
#[derive(Clone, Copy)]
pub(super) struct Merge {
    pub(super) desk: Desk,
    entries: RwSignal<Vec<Entry>>,
    /// The conflict that the keys act on.
    pub(super) at: RwSignal<Option<u32>>,
}

pub(super) fn merge(desk: Desk) -> AnyView {
    let merge = Merge {
        desk,
        entries: leaves(desk),
        at: RwSignal::new(None),
    };
    // What had the focus went with the editor.
    request_animation_frame(|| focus(".merge-columns"));
    view! {
        <span class="merge-icon">{icon(Icon::Merge)}</span>
        <p class="merge-about">{about(desk)}</p>
        <div class="merge-columns" tabindex="-1" on:keydown=act(move |event| merge.press(&event))>
            <div class="merge-table">{table(merge)} {hint(merge)}</div>
            {result(desk)}
        </div>
        {foot(merge)}
    }
    .into_any()
}

fn about(desk: Desk) -> AnyView {
    let text = live(move || {
        let language = desk.language.get();
        let (shadow, began, version, at, by) = desk.read(|view| {
            (
                view.shadow.clone(),
                view.began,
                view.version,
                view.at,
                view.by.clone(),
            )
        })?;
        let number = |version: Option<u64>| match version {
            Some(version) => version.to_string(),
            None => words::NONE.text(language).to_owned(),
        };
        let age = format::age(language, at, desk.store.now.get());
        let mut text = words::YOU_BEGAN.fill(
            language,
            &[
                &shadow.device,
                &shadow_words(&shadow, language),
                &number(began),
                &number(version),
                &client(by.as_deref(), language),
                &age,
            ],
        );
        text.push(' ');
        text.push_str(words::NOTHING_SENT.text(language));
        Some(text)
    });
    text.into_any()
}

/// The version that the edit began at, and the present one.
type Versions = (Option<u64>, Option<u64>);

fn table(merge: Merge) -> AnyView {
    let desk = merge.desk;
    let versions = memo(move |_| desk.read(|view| (view.began, view.version)));
    let title = move |numbered: Phrase, plain: Phrase, of: fn(Versions) -> Option<u64>| {
        live(move || {
            let language = desk.language.get();
            match versions.get().and_then(of) {
                Some(version) => numbered.fill(language, &[&version.to_string()]),
                None => plain.text(language).to_owned(),
            }
        })
    };
    let base = title(words::BASE_VERSION, words::BASE, |(began, _)| began);
    let theirs = title(words::THEIRS_VERSION, words::THEIRS, |(_, version)| version);
    view! {
        <table class="merge-leaves" role="table" aria-label=say(words::SOMEONE_SAVED)>
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">{say(words::DESIRED)}</th>
                    <th role="columnheader" scope="col">{base}</th>
                    <th role="columnheader" scope="col">{say(words::YOURS)}</th>
                    <th role="columnheader" scope="col">{theirs}</th>
                </tr>
            </thead>
            <tbody role="rowgroup">
                {group(choices_title(merge))}
                {each(move || {
                    let row = |entry: Entry| item(entry.id.to_string(), move || choice_row(merge, entry));
                    merge.of(is_conflict).into_iter().map(row).collect()
                })}
            </tbody>
            {part(merge, is_merged, words::MERGED, words::ONE_SIDE, "merged", false)}
            {part(merge, is_same, words::SAME, words::UNTOUCHED, "same", true)}
        </table>
    }
    .into_any()
}

fn is_conflict(changed: Changed) -> bool {
    changed == Changed::Conflict
}

fn is_merged(changed: Changed) -> bool {
    matches!(changed, Changed::Mine | Changed::Theirs | Changed::Alike)
}

fn is_same(changed: Changed) -> bool {
    changed == Changed::Nobody
}

/// A line over a group of rows.
fn group(content: AnyView) -> AnyView {
    view! {
        <tr role="row" class="merge-group">
            <td role="cell" colspan="4">{content}</td>
        </tr>
    }
    .into_any()
}

fn choices_title(merge: Merge) -> AnyView {
    let text = live(move || {
        let language = merge.desk.language.get();
        let left = merge.left();
        let (class, words) = match left {
            0 => ("tag ok", words::ALL_CHOSEN.text(language).to_owned()),
            1 => ("tag wish", words::ONE_CHOICE_LEFT.text(language).to_owned()),
            more => (
                "tag wish",
                words::CHOICES_LEFT.fill(language, &[&more.to_string()]),
            ),
        };
        let mark = match left {
            0 => icon(Icon::Check),
            _ => diamond(false),
        };
        Some(view! { <span class=class>{mark} {words}</span> }.into_any())
    });
    view! { {text} " " <span class="merge-why">{say(words::BOTH_CHANGED)}</span> }.into_any()
}

/// Rows without a choice, which can be folded.
fn part(
    merge: Merge,
    belongs: fn(Changed) -> bool,
    title: Phrase,
    why: Phrase,
    class: &'static str,
    folded: bool,
) -> AnyView {
    let open = RwSignal::new(!folded);
    let count = memo(move |_| merge.of(belongs).len());
    let title = live(move || {
        title.fill(
            merge.desk.language.get(),
            &[&format::count(count.get() as u64)],
        )
    });
    let tag = if folded { "tag" } else { "tag ok" };
    let mark = (!folded).then(|| icon(Icon::Check));
    let label = view! { <span class=tag>{mark} {title}</span> " " <span class="merge-why">{say(why)}</span> };
    let head = match folded {
        false => label.into_any(),
        true => view! {
            <button
                type="button"
                class="merge-fold"
                aria-expanded=live(move || open.get().to_string())
                on:click=act(move |_| open.update(|open| *open = !*open))
            >
                {label}
            </button>
        }
        .into_any(),
    };
    view! {
        <tbody role="rowgroup" class=class hidden=move || count.get() == 0>
            {group(head)}
            {each(move || {
                let row = |entry: Entry| item(entry.id.to_string(), move || plain_row(entry));
                let rows = if open.get() { merge.of(belongs) } else { Vec::new() };
                rows.into_iter().map(row).collect()
            })}
        </tbody>
    }
    .into_any()
}

/// What the device reports of the key that is to be decided, and the keys.
fn hint(merge: Merge) -> AnyView {
    let reported = live(move || {
        let leaf = merge.current()?.leaf.get();
        let value = leaf.reported?;
        let text = leaf.path.join(".") + " " + &value;
        let view = view! {
            {say(words::STILL_REPORTS)} " " <b class="mono">{text}</b> {say(words::WILL_FOLLOW)} " "
        };
        Some(view.into_any())
    });
    let key = |name: &'static str| view! { " " <kbd>{name}</kbd> " " };
    view! {
        <p class="merge-hint">
            {icon(Icon::Help)}
            <span>
                {reported} {say(words::USE)} {key("↑")} {key("↓")} {say(words::TO_MOVE)} {key("1")}
                {say(words::FOR_YOURS)} {key("2")} {say(words::FOR_THEIRS)}
            </span>
        </p>
    }
    .into_any()
}

fn foot(merge: Merge) -> AnyView {
    let desk = merge.desk;
    let missing = live(move || {
        let language = desk.language.get();
        let open = merge.of(is_conflict).into_iter();
        let open = open.filter(|entry| entry.leaf.with(|leaf| leaf.choice.is_none()));
        let names = open.map(|entry| entry.name()).collect::<Vec<_>>();
        match names.is_empty() {
            true => words::NOTHING_TO_CHOOSE.text(language).to_owned(),
            false => words::CHOOSE_VALUE.fill(language, &[&names.join(", ")]),
        }
    });
    let is_missing = memo(move |_| merge.left() > 0);
    let button = |words: Phrase, press: fn(Desk)| {
        view! {
            <button type="button" class="button" on:click=act(move |_| press(desk))>
                {say(words)}
            </button>
        }
        .into_any()
    };
    view! {
        <footer class="editor-foot">
            <p id="merge-missing" class="editor-stage" role="status">{missing}</p>
            <div class="editor-buttons">
                {button(words::BACK, |desk| desk.send(EditorCommand::Back))}
                {button(words::DISCARD_MINE, Desk::discard)}
                {button(words::ALL_THEIRS, |desk| desk.send(EditorCommand::ChooseAll(Side::Theirs)))}
                {button(words::ALL_MINE, |desk| desk.send(EditorCommand::ChooseAll(Side::Mine)))}
                <button
                    type="button"
                    class="button primary"
                    title="Ctrl Enter"
                    aria-describedby="merge-missing"
                    disabled=move || is_missing.get()
                    on:click=act(move |_| desk.save())
                >
                    {save_words(desk)}
                </button>
            </div>
        </footer>
    }
    .into_any()
}

impl Merge {
    fn of(self, belongs: fn(Changed) -> bool) -> Vec<Entry> {
        self.entries.with(|entries| {
            let belongs = |entry: &&Entry| {
                // What is only reported is nobody's wish.
                belongs(entry.changed) && entry.leaf.with_untracked(is_wished)
            };
            entries.iter().filter(belongs).cloned().collect()
        })
    }

    fn left(self) -> u32 {
        let left = |view: &EditorView| view.merge.as_ref().map(|merge| merge.choices_left);
        self.desk.read(left).flatten().unwrap_or_default()
    }

    /// The conflict that has the focus or had it last, and before that the first one without a choice.
    fn current(self) -> Option<Entry> {
        let conflicts = self.of(is_conflict);
        let at = self.at.get();
        let of_focus = conflicts.iter().find(|entry| Some(entry.id) == at);
        let is_open = |entry: &&Entry| entry.leaf.with(|leaf| leaf.choice.is_none());
        let open = || conflicts.iter().find(is_open);
        of_focus
            .or_else(open)
            .or_else(|| conflicts.first())
            .cloned()
    }

    fn press(self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let Some(current) = untrack(move || self.current()) else {
            return;
        };
        let side = match event.key().as_str() {
            "1" => Side::Mine,
            "2" => Side::Theirs,
            "ArrowUp" => return self.step(event, &current, -1),
            "ArrowDown" => return self.step(event, &current, 1),
            _ => return,
        };
        event.prevent_default();
        self.at.set(Some(current.id));
        choose(self.desk, &current, side);
    }

    fn step(self, event: &KeyboardEvent, current: &Entry, steps: isize) {
        event.prevent_default();
        let conflicts = untrack(move || self.of(is_conflict));
        let at = conflicts.iter().position(|entry| entry.id == current.id);
        let to = match self.at.get_untracked() {
            Some(_) => at.and_then(|at| at.checked_add_signed(steps)),
            None => at,
        };
        if let Some(entry) = to.and_then(|to| conflicts.get(to)) {
            let side = entry.leaf.with_untracked(|leaf| leaf.choice);
            focus(&("#".to_owned() + &radio_id(entry.id, side.unwrap_or(Side::Mine))));
        }
    }
}

fn is_wished(leaf: &EditorLeaf) -> bool {
    leaf.base.is_some() || leaf.mine.is_some() || leaf.theirs.is_some()
}

pub(super) fn radio_id(id: u32, side: Side) -> String {
    let side = match side {
        Side::Mine => "choice-mine-",
        Side::Theirs => "choice-theirs-",
    };
    side.to_owned() + &id.to_string()
}
