//! What a person makes of a desired state, beside the newest document of the shadow.
//!
//! What somebody else changed, and the person did not, comes into their text only where nothing of it moves under
//! their hand: at once while the text is the engine's own (just opened, or edited by form), with the next edit by
//! form or the next save while it is typed, and never while it has a fault. Until then `leaves` marks it. Edits by
//! form wait as long as the text has a fault: they would write over it.

use super::task::{Saved, Task};
use super::{EditorFrame, EditorStage, EditorView, ShadowAddress, Side};
use crate::shadow::document::ShadowDocument;
use crate::shadow::text::{MAX_DEPTH, MAX_TEXT, TextFault, parse_state, parse_value, pretty};
use crate::shadow::three_way::{Changed, Sides, State, put, state_of, value_at, walk};
use crate::shadow::topics::ShadowId;
use crate::shadow::value::Value;
use crate::time::{Instant, Now};

/// The editor: one shadow at a time.
#[derive(Debug, Default)]
pub(in crate::engine) struct Editing {
    pub(super) open: Option<Open>,
    /// Texts that were written and client tokens that were made, ever.
    serials: Serials,
    /// None: it has to be made anew.
    view: Option<Box<EditorView>>,
    pub(super) ready: bool,
    pub(super) wake: Option<Instant>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Serials {
    pub(super) token_prefix: String,
    pub(super) token: u32,
    pub(super) text: u32,
}

#[derive(Debug)]
pub(super) struct Open {
    pub(super) shadow: ShadowAddress,
    /// What the edit began at, for the eye alone.
    pub(super) began: State,
    pub(super) began_version: Option<u64>,
    /// What mine and theirs are compared with. It differs from `began` once something flowed in.
    pub(super) base: State,
    pub(super) mine: State,
    /// None: there is no such shadow, or it is not known yet.
    pub(super) theirs: Option<Theirs>,
    /// Whether the shadow was heard of, or is known not to be.
    pub(super) known: bool,
    pub(super) text: String,
    pub(super) text_serial: u32,
    /// The text is as a person typed it.
    typed: bool,
    pub(super) fault: Option<TextFault>,
    pub(super) choices: Vec<Choice>,
    /// Conflicts are being decided.
    pub(super) merging: bool,
    pub(super) stage: EditorStage,
    pub(super) task: Option<Task>,
    /// Saves that nobody asked about yet.
    pub(super) saved: Vec<Saved>,
    /// The shadow was heard of on this connection, after everything that could have made that old.
    pub(super) fresh: bool,
    pub(super) asked_at: Option<Instant>,
    pub(super) asks: u8,
    pub(super) serials: Serials,
}

#[derive(Debug, Default)]
pub(super) struct Theirs {
    pub(super) document: ShadowDocument,
    pub(super) state: State,
    pub(super) by: Option<String>,
}

#[derive(Debug)]
pub(super) struct Choice {
    path: Vec<String>,
    side: Side,
    /// Their value when it was chosen: another one has to be chosen again.
    seen: Option<Value>,
}

impl Editing {
    pub(in crate::engine) fn open(
        &mut self,
        shadow: ShadowAddress,
        document: Option<ShadowDocument>,
        heard: bool,
        by: Option<String>,
        token_prefix: &str,
    ) {
        self.view = None;
        if self.open.as_ref().is_some_and(|open| open.shadow == shadow) {
            return;
        }
        self.close();
        token_prefix.clone_into(&mut self.serials.token_prefix);
        let mut open = Open::new(shadow, self.serials.clone());
        if let Some(document) = document {
            open.take_in(&document, by.as_deref());
        }
        open.fresh = heard && open.known;
        self.open = Some(open);
    }

    pub(in crate::engine) fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.serials = open.serials;
        }
    }

    /// How client tokens begin from now on.
    pub(in crate::engine) fn turn_to(&mut self, token_prefix: &str) {
        let open = self.open.as_mut().map(|open| &mut open.serials);
        let serials = open.unwrap_or(&mut self.serials);
        token_prefix.clone_into(&mut serials.token_prefix);
    }

    /// Does something with what is open.
    pub(super) fn edit(&mut self, act: impl FnOnce(&mut Open)) {
        if let Some(open) = &mut self.open {
            act(open);
            self.view = None;
        }
    }

    /// The same for what was heard of a shadow.
    pub(super) fn hear(&mut self, id: ShadowId<'_>, act: impl FnOnce(&mut Open)) {
        if self.open.as_ref().is_some_and(|open| open.shadow.is(id)) {
            self.edit(act);
        }
    }

    pub(in crate::engine) fn frame(&mut self) -> EditorFrame {
        let Some(open) = &self.open else {
            return EditorFrame::Closed;
        };
        let ready = self.ready;
        let view = self.view.get_or_insert_with(|| Box::new(open.view(ready)));
        EditorFrame::Open(view.clone())
    }

    /// A document that is not older than the last one seen.
    pub(in crate::engine) fn handle_document(
        &mut self,
        id: ShadowId<'_>,
        document: &ShadowDocument,
        by: Option<&str>,
    ) {
        self.hear(id, |open| {
            open.take_in(document, by);
            open.settle();
        });
    }

    /// The shadow was deleted at that version.
    pub(in crate::engine) fn handle_gone(&mut self, id: ShadowId<'_>, version: u64) {
        self.hear(id, |open| open.lose(version));
    }

    /// There is no such shadow.
    pub(in crate::engine) fn handle_absent(&mut self, id: ShadowId<'_>) {
        self.hear(id, |open| open.find_nothing());
    }

    /// Whether requests can go out, and what is over by now.
    pub(in crate::engine) fn update(&mut self, ready: bool, now: Now) {
        if self.ready != ready {
            self.ready = ready;
            self.view = None;
        }
        self.wake = None;
        if let Some(open) = self.open.as_mut().filter(|_| ready) {
            if open.give_up(now.instant) {
                self.view = None;
            }
            self.wake = open.poll_timeout(now.instant);
        }
    }

    /// When [`Self::update`] is wanted at the latest.
    pub(in crate::engine) fn poll_timeout(&self) -> Option<Instant> {
        self.wake
    }
}

impl Open {
    pub(super) fn new(shadow: ShadowAddress, serials: Serials) -> Self {
        let mut open = Self {
            shadow,
            began: State::EMPTY,
            began_version: None,
            base: State::EMPTY,
            mine: State::EMPTY,
            theirs: None,
            known: false,
            text: String::new(),
            text_serial: 0,
            typed: false,
            fault: None,
            choices: Vec::new(),
            merging: false,
            stage: EditorStage::Editing,
            task: None,
            saved: Vec::new(),
            fresh: false,
            asked_at: None,
            asks: 0,
            serials,
        };
        open.write_text();
        open
    }

    pub(super) fn theirs(&self) -> &State {
        let none = const { &State::EMPTY };
        self.theirs.as_ref().map_or(none, |theirs| &theirs.state)
    }

    pub(super) fn version(&self) -> Option<u64> {
        self.theirs.as_ref().map(|theirs| theirs.document.version)
    }

    /// The newest document.
    pub(super) fn take_in(&mut self, document: &ShadowDocument, by: Option<&str>) {
        let same = self.version() == Some(document.version);
        let before = self.theirs.take().filter(|_| same);
        let by = by.map(ToOwned::to_owned);
        self.theirs = Some(Theirs {
            document: document.clone(),
            state: state_of(&document.desired),
            // Only the first to tell of a version says whose it is.
            by: by.or_else(|| before.and_then(|before| before.by)),
        });
        if !self.known || matches!(self.stage, EditorStage::Deleted { .. }) {
            self.stage = EditorStage::Editing;
            self.began = self.theirs().clone();
            self.began_version = Some(document.version);
        }
        (self.known, self.fresh, self.asks) = (true, true, 0);
        self.flow();
    }

    /// The shadow is gone: all that the person has is theirs alone, and saving makes it again.
    pub(super) fn lose(&mut self, version: u64) {
        self.theirs = None;
        (self.base, self.began, self.began_version) = (State::EMPTY, State::EMPTY, None);
        (self.known, self.fresh, self.asks) = (true, true, 0);
        self.task = None;
        self.merging = false;
        self.choices.clear();
        self.stage = EditorStage::Deleted { version };
    }

    pub(super) fn find_nothing(&mut self) {
        if let Some(version) = self.version() {
            return self.lose(version);
        }
        if self.task.as_ref().is_some_and(Task::deletes) {
            return self.lose(0);
        }
        (self.known, self.fresh, self.asks) = (true, true, 0);
    }

    /// Lets what only the others changed come into the person's state, where nothing is typed.
    pub(super) fn flow(&mut self) {
        if self.typed || self.fault.is_some() || self.merging || self.task.is_some() {
            return;
        }
        self.rebase();
    }

    /// Takes over what was chosen and what only the others changed. What is not chosen stays in conflict.
    fn rebase(&mut self) {
        let mut base = self.theirs().clone();
        let mine = walk(
            &self.base,
            &self.mine,
            self.theirs(),
            &mut |path, sides, changed| {
                let choice = self.choice(path, sides);
                if changed == Changed::Conflict && choice.is_none() {
                    put(&mut base, path, sides.base.cloned());
                }
                sides.merged(choice.unwrap_or(Side::Mine))
            },
        );
        self.base = base;
        self.choices.clear();
        if mine != self.mine {
            self.mine = mine;
            self.write_text();
        }
    }

    pub(super) fn choice(&self, path: &[&str], sides: Sides<'_>) -> Option<Side> {
        let choice = self.choices.iter().find(|choice| choice.path == path)?;
        let stands = choice.side == Side::Mine || choice.seen.as_ref() == sides.theirs;
        stands.then_some(choice.side)
    }

    /// What `mine` makes of the newest state, and how many conflicts nobody has decided. Of these it has mine.
    pub(super) fn merged(&self, mine: &State) -> (State, u32) {
        let mut left = 0;
        let result = walk(
            &self.base,
            mine,
            self.theirs(),
            &mut |path, sides, changed| {
                let choice = self.choice(path, sides);
                left += u32::from(changed == Changed::Conflict && choice.is_none());
                sides.merged(choice.unwrap_or(Side::Mine))
            },
        );
        (result, left)
    }

    pub(super) fn write_text(&mut self) {
        self.serials.text += 1;
        self.text_serial = self.serials.text;
        self.text = pretty(&self.mine);
        (self.typed, self.fault) = (false, None);
    }

    fn touch(&mut self) {
        if matches!(self.stage, EditorStage::Saved { .. }) {
            self.stage = EditorStage::Editing;
        }
    }

    pub(super) fn type_text(&mut self, mut text: String) {
        self.touch();
        match parse_state(&text) {
            Ok(state) => (self.mine, self.fault) = (state, None),
            Err(fault) => self.fault = Some(fault),
        }
        // What is too long has its fault, and need not be kept to its end.
        let end = (0..=text.len().min(2 * MAX_TEXT)).rfind(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or_default());
        (self.text, self.typed) = (text, true);
    }

    pub(super) fn set_leaf(&mut self, path: &[String], value: Option<String>) {
        if self.fault.is_some() {
            return;
        }
        self.touch();
        // What is deeper has its fault at its first level too many.
        let path = &path[..path.len().min(MAX_DEPTH + 2)];
        let mut edited = self.mine.clone();
        put(&mut edited, path, value.map(|text| parse_value(&text)));
        let text = pretty(&edited);
        match parse_state(&text) {
            Ok(state) => {
                self.mine = state;
                self.write_text();
                self.flow();
            }
            // Too deep, or a null in an array: it is shown where it is.
            Err(fault) => {
                self.serials.text += 1;
                self.text_serial = self.serials.text;
                (self.text, self.fault) = (text, Some(fault));
            }
        }
    }

    pub(super) fn revert(&mut self, path: &[String]) {
        if self.fault.is_some() {
            return;
        }
        self.touch();
        let theirs = value_at(self.theirs(), path).cloned();
        put(&mut self.base, path, theirs.clone());
        put(&mut self.mine, path, theirs);
        // Objects that were there for this key alone go with it.
        for end in (1..path.len()).rev() {
            let way = &path[..end];
            let empty = Some(&Value::Object(State::EMPTY));
            if value_at(self.theirs(), way).is_none() && value_at(&self.mine, way) == empty {
                put(&mut self.mine, way, None);
                put(&mut self.base, way, None);
            }
        }
        self.write_text();
        self.flow();
    }

    pub(super) fn restore(&mut self, state: State) {
        self.touch();
        self.mine = state;
        self.write_text();
    }

    /// Decides the conflict at a path, or all of them.
    pub(super) fn choose(&mut self, path: Option<&[String]>, side: Side) {
        let mut chosen = Vec::new();
        walk(
            &self.base,
            &self.mine,
            self.theirs(),
            &mut |at, sides, changed| {
                if changed == Changed::Conflict && path.is_none_or(|path| path == at) {
                    chosen.push(Choice {
                        path: at.iter().map(|key| (*key).to_owned()).collect(),
                        side,
                        seen: sides.theirs.cloned(),
                    });
                }
                None
            },
        );
        self.choices
            .retain(|old| chosen.iter().all(|new| new.path != old.path));
        self.choices.append(&mut chosen);
    }

    pub(super) fn back(&mut self) {
        self.merging = false;
        if self.fault.is_none() && self.task.is_none() {
            self.rebase();
        }
    }
}
