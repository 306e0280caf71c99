//! What the page itself knows of the document editor: which dialogs are open. What is edited is the engine's.

use leptos::prelude::*;

use super::commands::Commands;
use super::store::Store;
use super::text::{self, Language, editor as words};
use crate::engine::command::{Command, EditorCommand, ShadowAddress};
use crate::engine::frame::{EditorFrame, EditorStage, EditorView, HistoryRequest, HistoryView};
use crate::time::UnixMillis;

/// Found in the context of every component.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    pub(super) store: Store,
    pub(super) language: RwSignal<Language>,
    commands: Commands,
    /// Whose editor is in sight. Out of sight, the engine keeps what was entered.
    pub(super) shown: RwSignal<Option<ShadowAddress>>,
    pub(super) mode: RwSignal<Mode>,
    pub(super) question: RwSignal<Option<Question>>,
    /// A text that was discarded and can still be had back.
    pub(super) discarded: RwSignal<Option<String>>,
    /// A deletion of this page's own is not a draft.
    deleted_here: StoredValue<bool>,
    /// When the page began to see versions.
    pub(super) since: UnixMillis,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mode {
    #[default]
    Json,
    Form,
}

/// What is asked in a dialog of its own.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Question {
    /// The name of a new shadow of this device.
    Name(String),
    Delete,
    /// Whether a draft of another shadow may go.
    Replace(EditorCommand),
}

impl Desk {
    pub(super) fn new(store: Store, commands: Commands) -> Self {
        Self {
            store,
            language: text::language(),
            commands,
            shown: RwSignal::default(),
            mode: RwSignal::default(),
            question: RwSignal::default(),
            discarded: RwSignal::default(),
            deleted_here: StoredValue::new(false),
            since: UnixMillis(js_sys::Date::now() as i64),
        }
    }

    pub(super) fn send(self, command: EditorCommand) {
        self.commands.send(Command::Editor(command));
    }

    /// Reads from what the engine holds open, and follows it.
    pub(super) fn read<T>(self, read: impl FnOnce(&EditorView) -> T) -> Option<T> {
        self.store.editor.with(|frame| match frame {
            EditorFrame::Open(view) => Some(read(view)),
            EditorFrame::Closed => None,
        })
    }

    /// The same for once.
    pub(super) fn peek<T>(self, read: impl FnOnce(&EditorView) -> T) -> Option<T> {
        untrack(move || self.read(read))
    }

    /// Shows the editor of a shadow, as it was left or anew.
    pub(super) fn open(self, shadow: ShadowAddress) {
        let is_held = self.peek(|view| view.shadow == shadow && is_kept(view));
        match is_held {
            Some(true) => self.shown.set(Some(shadow)),
            _ => self.begin(EditorCommand::Open(shadow)),
        }
    }

    /// Opens or restores, once no draft is lost by it.
    pub(super) fn begin(self, command: EditorCommand) {
        match self.peek(is_kept) {
            Some(true) => self.question.set(Some(Question::Replace(command))),
            _ => self.begin_anyway(command),
        }
    }

    pub(super) fn begin_anyway(self, command: EditorCommand) {
        if let EditorCommand::Open(shadow) | EditorCommand::Restore { shadow, .. } = &command {
            self.shown.set(Some(shadow.clone()));
        }
        self.question.set(None);
        self.discarded.set(None);
        self.deleted_here.set_value(false);
        self.send(command);
    }

    /// One step back. What was entered and is not saved is kept.
    pub(super) fn step_back(self) {
        if self.peek(|view| view.merge.is_some()) == Some(true) {
            return self.send(EditorCommand::Back);
        }
        let over = self.peek(|view| {
            let gone = matches!(view.stage, EditorStage::Deleted { .. });
            !is_kept(view) || gone && self.deleted_here.get_value()
        });
        if over == Some(true) {
            self.send(EditorCommand::Close);
            self.discarded.set(None);
        }
        self.shown.set(None);
    }

    pub(super) fn save(self) {
        self.discarded.set(None);
        self.send(EditorCommand::Save);
    }

    /// Begins anew at what is on the broker.
    pub(super) fn discard(self) {
        let Some((shadow, text, incoming)) =
            self.peek(|view| (view.shadow.clone(), view.text.clone(), view.incoming))
        else {
            return;
        };
        // Over what others changed, the old text would take their changes back.
        self.discarded.set((incoming == 0).then_some(text));
        self.send(EditorCommand::Close);
        self.send(EditorCommand::Open(shadow));
    }

    pub(super) fn delete(self) {
        self.question.set(None);
        if let Some(shadow) = self.peek(|view| view.shadow.clone()) {
            self.deleted_here.set_value(true);
            self.send(EditorCommand::Delete(shadow));
        }
    }

    /// Shows the history of a shadow, or of none.
    pub(super) fn look_back(self, shadow: Option<ShadowAddress>) {
        self.store.history.set(HistoryView::default());
        self.store
            .history_request
            .set(shadow.map(|shadow| HistoryRequest {
                shadow,
                version: None,
            }));
    }
}

/// Something would be lost by closing it for good.
pub(super) fn is_kept(view: &EditorView) -> bool {
    let under_way = matches!(view.stage, EditorStage::Queued | EditorStage::Saving { .. });
    view.changes > 0 || view.fault.is_some() || view.merge.is_some() || under_way
}

/// "classic shadow", "shadow config".
pub(super) fn shadow_words(shadow: &ShadowAddress, language: Language) -> String {
    match &shadow.shadow {
        None => words::CLASSIC_SHADOW.text(language).to_owned(),
        Some(name) => words::NAMED_SHADOW.fill(language, &[name]),
    }
}

/// Who changed a shadow, as far as it was heard.
pub(super) fn client(by: Option<&str>, language: Language) -> String {
    by.unwrap_or_else(|| words::UNKNOWN_CLIENT.text(language))
        .to_owned()
}
