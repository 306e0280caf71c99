//! All that the page of rules rests on, and how the engine drives it: messages that are kept, drafts, the other side's
//! rules and objects, and the trial of the one that is open.

use std::time::Duration;

use bytes::Bytes;

use super::drafts::Drafts;
use super::dry::Trial;
use super::judged::Judged;
use super::objects::Objects;
use super::record::Messages;
use super::remote::{Done, Remote};
use super::view::TriedOf;
use super::{DryRun, RuleDraft, RulesCommand, RulesRequest, RulesView};
use crate::auth::rules::RulesCall;
use crate::engine::ask::{FetchAnswer, NoAnswer};
use crate::engine::frame::SubscriptionState;
use crate::engine::link::Link;
use crate::engine::{Engine, Output};
use crate::mqtt::wire::Publish;
use crate::time::{Instant, Now};
use crate::topic::TopicFilter;

/// How long after its last frame the page counts as open. A hidden page asks for none.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Default)]
pub(in crate::engine) struct Rules {
    pub(super) messages: Messages,
    pub(super) drafts: Drafts,
    pub(super) remote: Remote,
    pub(super) objects: Objects,
    /// Of the rule that is open.
    pub(super) judged: Option<Judged>,
    pub(super) trial: Option<Trial>,
    /// What is shown of it.
    pub(super) tried: Option<(TriedOf, DryRun)>,
    /// The filters that messages come by.
    pub(super) filters: Vec<TopicFilter>,
    /// The rule that is open.
    open: Option<String>,
    /// When the page is no longer taken for open. None: it is not.
    looked_until: Option<Instant>,
}

impl Rules {
    /// Keeps a message for trying. What a broker had stored was published some time ago: no rule would fire for it now.
    pub(in crate::engine) fn record(&mut self, publish: &Publish<'_>, now: Now) {
        if !publish.retain {
            self.messages.push(publish.topic, publish.payload, now);
        }
    }

    pub(in crate::engine) fn handle_recalled(&mut self, place: &str, bytes: Option<Bytes>) {
        self.drafts.handle_recalled(place, bytes);
    }

    pub(in crate::engine) fn poll_timeout(&self) -> Option<Instant> {
        let deadlines = [
            self.drafts.poll_timeout(),
            self.remote.poll_timeout(),
            self.objects.poll_timeout(),
            self.trial.as_ref().map(Trial::poll_timeout),
            self.looked_until,
        ];
        deadlines.into_iter().flatten().min()
    }

    fn look(&mut self, request: &RulesRequest, now: Instant) {
        self.looked_until = Some(now + PATIENCE);
        self.objects.look(request.objects.as_ref());
        self.remote.look(now);
        if self.open != request.open {
            self.open.clone_from(&request.open);
            self.trial = None;
        }
    }

    /// Nobody looks any more: what rests on looking ends.
    fn look_away(&mut self) {
        self.looked_until = None;
        self.trial = None;
        self.remote.rest();
        self.objects.look(None);
    }

    /// What is as the other side has it is no draft.
    fn edit(&mut self, draft: RuleDraft, now: Instant) {
        let known = self.remote.find(&draft.name);
        let written = known.and_then(|known| known.written.as_ref());
        match written.is_some_and(|written| written.draft(&draft.name) == draft) {
            true => self.drafts.give_up(&draft.name, now),
            false => self.drafts.edit(draft, now),
        }
    }

    fn handle_done(&mut self, done: Option<Done>, now: Instant) {
        match done {
            Some(Done::Saved(saved)) if self.drafts.find(&saved.name) == Some(&saved) => {
                self.drafts.remove(&saved.name, now);
            }
            Some(Done::Deleted(name)) => self.drafts.remove(&name, now),
            // What was entered meanwhile is still not saved.
            Some(Done::Saved(_)) | None => {}
        }
    }

    /// The next call to the other side, of two at a time.
    fn poll_call(&mut self, is_aws: bool, now: Instant) -> Option<(Asker, RulesCall)> {
        let Self {
            remote,
            drafts,
            objects,
            open,
            looked_until,
            ..
        } = self;
        let looked = looked_until.is_some();
        let wanted = open.iter().chain(drafts.names()).map(String::as_str);
        let wanted = wanted.filter(|_| looked);
        if let Some(call) = remote.poll_call(wanted, is_aws, now) {
            return Some((Asker::Remote, call));
        }
        objects.poll_call(now).map(|call| (Asker::Objects, call))
    }
}

#[derive(Clone, Copy)]
enum Asker {
    Remote,
    Objects,
}

impl Engine {
    pub(in crate::engine) fn handle_rules(&mut self, command: RulesCommand, now: Now) {
        let rules = &mut self.rules;
        match command {
            RulesCommand::Read => rules.remote.read(now.instant),
            RulesCommand::Edit(draft) => rules.edit(draft, now.instant),
            RulesCommand::Revert(name) => rules.drafts.remove(&name, now.instant),
            RulesCommand::Save { name, live } => {
                if let Some((draft, _)) = rules.open(&name) {
                    rules.remote.save(draft, live);
                }
            }
            RulesCommand::Enable { name, on } => rules.remote.enable(name, on),
            RulesCommand::Delete(name) => match rules.remote.find(&name) {
                Some(_) => rules.remote.delete(name),
                None => rules.drafts.remove(&name, now.instant),
            },
            RulesCommand::ReadObjects => rules.objects.read(),
            RulesCommand::Dismiss => rules.remote.dismiss(),
        }
    }

    /// What was kept of another broker is asked of memory, and its messages are forgotten.
    pub(in crate::engine) fn turn_rules_to(&mut self, url: &str) {
        self.keep_rules();
        let mut messages = std::mem::take(&mut self.rules.messages);
        messages.clear();
        self.rules = Rules {
            messages,
            ..Rules::default()
        };
        let place = self.rules.drafts.begin(url);
        self.questions.push_back(Output::Recall { place });
    }

    /// Keeps what has changed, at once: the page may be about to go.
    pub(in crate::engine) fn keep_rules(&mut self) {
        let kept = self.rules.drafts.finish();
        self.questions.extend(kept);
    }

    pub(in crate::engine) fn handle_rules_answer(
        &mut self,
        id: u32,
        answer: &Result<FetchAnswer, NoAnswer>,
        now: Now,
    ) {
        self.rules.objects.handle_answer(id, answer);
        let done = self.rules.remote.handle_answer(id, answer, now);
        self.rules.handle_done(done, now.instant);
    }

    /// Goes on with all that takes its time.
    pub(in crate::engine) fn advance_rules(&mut self, now: Now) {
        let Self { rules, link, .. } = self;
        let kept = rules.drafts.write(now.instant);
        self.questions.extend(kept);
        rules.objects.handle_timeout(now.instant);
        let done = rules.remote.handle_timeout(now);
        rules.handle_done(done, now.instant);
        if rules.looked_until.is_none_or(|until| until <= now.instant) {
            rules.look_away();
        }
        let patterns = link.as_ref().map_or(&[][..], |link| &link.patterns);
        if let Some(trial) = &mut rules.trial {
            trial.advance(&rules.messages, patterns, now);
        }
        self.call_rules(now);
    }

    fn call_rules(&mut self, now: Now) {
        let Some(link) = &self.link else {
            return;
        };
        while let Some((asker, call)) = self.rules.poll_call(link.is_aws(), now.instant) {
            let question = link.call_rules(&call, now);
            let id = question.is_some().then(|| {
                self.asked_so_far += 1;
                self.asked_so_far
            });
            match asker {
                Asker::Remote => self.rules.remote.asked(id, now.instant),
                Asker::Objects => self.rules.objects.asked(id),
            }
            if let (Some(id), Some(question)) = (id, question) {
                let fetch = question.into();
                self.questions.push_back(Output::Fetch { id, fetch });
            }
        }
    }

    pub(in crate::engine) fn rules_view(&mut self, request: &RulesRequest, now: Now) -> RulesView {
        self.rules.look(request, now.instant);
        self.call_rules(now);
        let Self { rules, link, .. } = self;
        let link = link.as_ref();
        let patterns = link.map_or(&[][..], |link| &link.patterns);
        rules.filters = link.map_or_else(Vec::new, |link| {
            let granted = link.session.subscriptions().filter(|(_, state)| {
                use SubscriptionState::{Granted, GrantedQoS0};
                matches!(state, Granted | GrantedQoS0)
            });
            granted.map(|(filter, _)| filter.clone()).collect()
        });
        let open = request.open.as_deref();
        let rule = open.and_then(|name| rules.rule_view(name, request, patterns, now));
        if rule.is_none() {
            rules.trial = None;
        }
        RulesView {
            source: rules.remote.source().clone(),
            rules: rules.rows(now),
            rule,
            objects: rules.objects.view(),
            refused: rules.remote.refused().cloned(),
            unreadable: open.and_then(|name| rules.remote.find(name)?.unreadable.clone()),
            as_of: rules.remote.as_of(),
            is_aws: link.is_some_and(Link::is_aws),
            busy: rules.remote.is_busy(),
            not_kept: rules.drafts.was_not_kept(),
        }
    }
}
