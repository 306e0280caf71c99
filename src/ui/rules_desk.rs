//! What a person looks at on the page of rules, and what they enter there. The text being entered is the page's own; the
//! engine tries it, keeps it and saves it.

use std::time::Duration;

use leptos::prelude::*;

use super::board::is_narrow;
use super::commands::Commands;
use super::keys::{focus, focus_if_lost, focus_soon, focused};
use super::open::{Open, Page};
use super::reactive::{memo, watch};
use super::store::Store;
use super::text::{self, Language};
use crate::engine::command::{Command, RuleAction, RuleDraft, RulesCommand};
use crate::engine::frame::{
    DrySpan, ObjectsRequest, RuleView, RulesRequest, RulesSource, RulesView,
};

/// How long a person has to rest before what they entered is tried.
const REST: Duration = Duration::from_millis(300);
/// So many messages and objects are shown at first, and with each press on "more".
pub(super) const STEP: u32 = 12;

/// Signals that live as long as the page. Found in the context of every component.
#[derive(Clone, Copy)]
pub(super) struct RulesDesk {
    pub(super) store: Store,
    pub(super) language: RwSignal<Language>,
    pub(super) pages: Open,
    commands: Commands,
    /// The name of the rule that is open.
    pub(super) open: RwSignal<Option<String>>,
    /// As it is entered. None until the engine said how it stands.
    pub(super) draft: RwSignal<Option<RuleDraft>>,
    /// Entered, and told to the engine once the person rests.
    timer: StoredValue<Option<TimeoutHandle>>,
    /// Told to the engine, whose answers are older until it says the same.
    told: StoredValue<Option<RuleDraft>>,
    pub(super) span: RwSignal<DrySpan>,
    pub(super) rows: RwSignal<u32>,
    /// The message that is looked at closely.
    pub(super) close: RwSignal<Option<u64>>,
    /// Stored objects stand in the place of the dry run.
    pub(super) objects: RwSignal<Option<ObjectsRequest>>,
    pub(super) question: RwSignal<Option<Question>>,
    /// The action whose form is open.
    pub(super) form: RwSignal<Option<Slot>>,
}

/// What is asked in a dialog of its own.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Question {
    New,
    /// Whether this rule is deleted.
    Delete(String),
}

/// Where an action stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Action(usize),
    Error,
}

impl RulesDesk {
    /// Also keeps the engine asked while the page is open.
    pub(super) fn start(pages: Open, commands: Commands) -> Self {
        let desk = Self {
            store: expect_context(),
            language: text::language(),
            pages,
            commands,
            open: RwSignal::default(),
            draft: RwSignal::default(),
            timer: StoredValue::default(),
            told: StoredValue::default(),
            span: RwSignal::default(),
            rows: RwSignal::new(STEP),
            close: RwSignal::default(),
            objects: RwSignal::default(),
            question: RwSignal::default(),
            form: RwSignal::default(),
        };
        let is_open = memo(move |_| pages.page.get() == Page::Rules);
        watch(move || {
            let request = is_open.get().then(|| desk.request());
            desk.store.rules_request.set(request);
        });
        watch(move || match is_open.get() {
            true => desk.send(RulesCommand::Read),
            false => desk.flush(),
        });
        watch(move || desk.listen());
        let url = memo(move |_| desk.store.link.with(|link| link.url.clone()));
        watch(move || {
            url.track();
            desk.forget();
        });
        desk
    }

    fn request(self) -> RulesRequest {
        RulesRequest {
            open: self.open.get(),
            span: self.span.get(),
            first: 0,
            rows: self.rows.get(),
            close: self.close.get(),
            objects: self.objects.get(),
        }
    }

    pub(super) fn send(self, command: RulesCommand) {
        self.commands.send(Command::Rules(command));
    }

    /// A part of the view, told only when it changes.
    pub(super) fn part<T: PartialEq + Send + Sync + 'static>(
        self,
        part: fn(&RulesView) -> T,
    ) -> Memo<T> {
        memo(move |_| self.store.rules.with(part))
    }

    /// A part of what is known of the rule that is open.
    pub(super) fn rule<T: PartialEq + Default + Send + Sync + 'static>(
        self,
        part: fn(&RuleView) -> T,
    ) -> Memo<T> {
        memo(move |_| {
            let open = self.open.get();
            let read = |view: &RulesView| {
                let rule = view.rule.as_ref();
                let rule = rule.filter(|rule| Some(&rule.row.name) == open.as_ref());
                rule.map(part).unwrap_or_default()
            };
            self.store.rules.with(read)
        })
    }

    /// A part of what is entered.
    pub(super) fn entered<T: PartialEq + Default + Send + Sync + 'static>(
        self,
        part: impl Fn(&RuleDraft) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        memo(move |_| {
            self.draft
                .with(|draft| draft.as_ref().map(&part).unwrap_or_default())
        })
    }

    /// Takes over what the engine has, unless it is older than what was entered.
    fn listen(self) {
        let open = self.open.get();
        let draft = self.store.rules.with(|view| {
            let rule = view.rule.as_ref()?;
            (Some(&rule.row.name) == open.as_ref()).then(|| rule.draft.clone())
        });
        let Some(draft) = draft else {
            return;
        };
        if self.told.with_value(|told| told.as_ref() == Some(&draft)) {
            self.told.set_value(None);
        }
        let is_older =
            self.told.with_value(Option::is_some) || self.timer.with_value(Option::is_some);
        let is_news = self
            .draft
            .with_untracked(|entered| entered.as_ref() != Some(&draft));
        if !is_older && is_news {
            self.draft.set(Some(draft));
        }
    }

    /// Changes what is entered. The engine hears of it once the person rests.
    pub(super) fn edit(self, change: impl FnOnce(&mut RuleDraft)) {
        self.draft.update(|draft| {
            if let Some(draft) = draft {
                change(draft);
            }
        });
        self.rest();
        let timer = set_timeout_with_handle(move || self.flush(), REST);
        self.timer.set_value(timer.ok());
    }

    pub(super) fn edit_action(self, slot: Slot, change: impl FnOnce(&mut RuleAction)) {
        self.edit(|draft| {
            let action = match slot {
                Slot::Action(at) => draft.actions.get_mut(at),
                Slot::Error => draft.error_action.as_mut(),
            };
            if let Some(action) = action {
                change(action);
            }
        });
    }

    /// False: nothing waited.
    fn rest(self) -> bool {
        let timer = self.timer.try_update_value(Option::take).flatten();
        timer.inspect(TimeoutHandle::clear).is_some()
    }

    /// Tells the engine at once what waits to be told.
    fn flush(self) {
        if self.rest()
            && let Some(draft) = self.draft.get_untracked()
        {
            self.told.set_value(Some(draft.clone()));
            self.send(RulesCommand::Edit(draft));
        }
    }

    /// Opens a rule, or none.
    pub(super) fn show(self, name: Option<String>) {
        if self.open.with_untracked(|open| *open == name) {
            return;
        }
        self.flush();
        self.told.set_value(None);
        self.draft.set(None);
        self.close.set(None);
        self.form.set(None);
        self.rows.set(STEP);
        if name.is_some() && is_narrow() {
            request_animation_frame(|| focus_if_lost(".rules-back"));
        }
        self.open.set(name);
    }

    /// What is entered is of another broker, which has it kept.
    fn forget(self) {
        self.rest();
        self.told.set_value(None);
        self.draft.set(None);
        self.close.set(None);
        self.form.set(None);
        self.open.set(None);
    }

    /// What is open was deleted by somebody else.
    pub(super) fn is_gone(self) -> Memo<bool> {
        memo(move |_| {
            let open = self.open.get();
            let is_entered = self.draft.with(Option::is_some);
            let is_missing = self.store.rules.with(|view| {
                matches!(view.source, RulesSource::Here { .. })
                    && view.rule.is_none()
                    && !view
                        .rules
                        .iter()
                        .any(|row| Some(&row.name) == open.as_ref())
            });
            let is_told =
                self.told.with_value(Option::is_none) && self.timer.with_value(Option::is_none);
            is_entered && is_missing && is_told
        })
    }

    /// Back to the list, where there is no room for both.
    pub(super) fn leave(self) {
        self.show(None);
        request_animation_frame(|| focus_if_lost(".rules-list button"));
    }

    /// Begins a rule that nobody has yet.
    pub(super) fn begin(self, draft: RuleDraft) {
        self.show(Some(draft.name.clone()));
        self.told.set_value(Some(draft.clone()));
        self.draft.set(Some(draft.clone()));
        self.send(RulesCommand::Edit(draft));
    }

    pub(super) fn save(self, live: bool) {
        self.flush();
        if let Some(name) = self.open.get_untracked() {
            self.send(RulesCommand::Save { name, live });
        }
    }

    pub(super) fn revert(self) {
        self.rest();
        self.told.set_value(None);
        self.form.set(None);
        if let Some(name) = self.open.get_untracked() {
            self.send(RulesCommand::Revert(name));
        }
    }

    pub(super) fn delete(self, name: String) {
        self.question.set(None);
        self.rest();
        self.show(None);
        self.send(RulesCommand::Delete(name));
    }

    pub(super) fn show_objects(self, prefix: String) {
        self.objects.set(Some(ObjectsRequest {
            prefix,
            open: None,
            rows: STEP,
        }));
        focus_soon(".rules-objects .rules-prefix");
    }

    pub(super) fn close_objects(self) {
        self.objects.set(None);
        request_animation_frame(|| {
            focus_if_lost(".rules-action-links [aria-expanded] + .link:not([hidden])");
            focus_if_lost(".rules-list-foot .link");
            focus_if_lost(".rules-head h3");
        });
    }

    /// The focus goes from the form to what opened it.
    pub(super) fn close_form(self) {
        let is_outside = focused()
            .filter(|it| it.tag_name() != "BODY")
            .is_some_and(|it| matches!(it.closest(".rules-form"), Ok(None)));
        if !is_outside {
            focus(".rules-action-links [aria-expanded=true]");
        }
        self.form.set(None);
    }

    /// Changes what is looked at among the objects.
    pub(super) fn look(self, change: impl FnOnce(&mut ObjectsRequest)) {
        self.objects.update(|objects| {
            if let Some(objects) = objects {
                change(objects);
            }
        });
    }

    /// One step back on this page. False: there is none.
    pub(super) fn step_back(self) -> bool {
        let is_object_open = self.objects.with_untracked(|objects| {
            let open = objects.as_ref().map(|objects| objects.open.is_some());
            open.unwrap_or_default()
        });
        if self.form.get_untracked().is_some() {
            self.close_form();
        } else if is_object_open {
            self.look(|objects| objects.open = None);
        } else if self.objects.with_untracked(Option::is_some) {
            self.close_objects();
        } else if self.close.get_untracked().is_some() {
            self.close.set(None);
        } else if is_narrow() && self.open.with_untracked(Option::is_some) {
            self.leave();
        } else {
            return false;
        }
        true
    }
}
