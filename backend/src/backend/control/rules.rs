//! Topic rules, and how it goes with them.

use gnomon::rules::{Action, Definition};
use gnomon::time::Now;
use gnomon::topic;
use serde_json::{Value, json};

use super::{list, seconds};
use crate::api::control::RuleCall;
use crate::api::{ApiError, Outcome};
use crate::backend::Backend;
use crate::broker::Limits;
use crate::journal::Journal;
use crate::rules::{ActionFigures, Rule, RuleError, Rules, Shown};
use crate::things::registry::ARN;

impl Backend {
    pub(super) fn rule_call(&mut self, call: RuleCall, now: Now) -> Result<Outcome, ApiError> {
        let rules = self.broker.rules();
        match call {
            RuleCall::Create { name, definition } => self.change_rules(|rules, limits, journal| {
                let rule = Rule::read(&name, definition, now.wall, limits)?;
                rules.create(rule, limits, journal)
            }),
            RuleCall::Replace { name, definition } => {
                self.change_rules(|rules, limits, journal| {
                    let rule = Rule::read(&name, definition, now.wall, limits)?;
                    rules.replace(rule, journal)
                })
            }
            RuleCall::Put { rule, is_new } => {
                self.change_rules(|rules, limits, journal| match is_new {
                    true => rules.create(*rule, limits, journal),
                    false => rules.replace(*rule, journal),
                })
            }
            RuleCall::Get(name) => Ok(Outcome::Document(whole(rules.get(&name)?))),
            RuleCall::List {
                page,
                topic,
                disabled,
            } => {
                let rules = rules.after(page.after.as_deref()).map(|shown| shown.rule);
                let rules = rules
                    .filter(|rule| disabled.is_none_or(|it| it == rule.definition.disabled))
                    .filter(|rule| topic.as_deref().is_none_or(|it| is_about(rule, it)));
                let name = |rule: &&Rule| rule.name.as_ref().to_owned();
                let names = ["rules", "nextToken"];
                Ok(list(names, rules, page.size, name, |rule| entry(rule)))
            }
            RuleCall::Delete(name) => {
                self.change_rules(|rules, _, journal| rules.delete(&name, journal))
            }
            RuleCall::Enable { name, on } => {
                self.change_rules(|rules, _, journal| rules.enable(&name, on, journal))
            }
            RuleCall::Figures => Ok(Outcome::Document(self.rule_figures())),
        }
    }

    fn change_rules(
        &mut self,
        change: impl FnOnce(&mut Rules, &Limits, &mut Journal) -> Result<(), RuleError>,
    ) -> Result<Outcome, ApiError> {
        self.broker.change_rules(change)?;
        Ok(Outcome::Done)
    }

    fn rule_figures(&self) -> Value {
        let limit = self.broker.limits().rule_queue;
        let rules = self.broker.rules().after(None);
        let rules: Vec<_> = rules.map(|shown| self.figures(shown, limit)).collect();
        json!({ "since": self.since.0, "rules": rules })
    }

    fn figures(&self, shown: Shown<'_>, limit: usize) -> Value {
        let Shown {
            rule,
            figures,
            queued,
        } = shown;
        let Definition {
            sql,
            disabled,
            actions,
            error_action,
            ..
        } = &rule.definition;
        let actions = actions.iter().zip(&figures.actions);
        let mut actions: Vec<_> = actions
            .map(|(action, figures)| self.action(kind(action), action, figures))
            .collect();
        let error_action = error_action.as_ref();
        actions.extend(error_action.map(|it| self.action("error", it, &figures.error_action)));
        json!({
            "ruleName": &*rule.name,
            "sql": sql,
            "ruleDisabled": disabled,
            "matched": figures.matched,
            "fired": figures.fired,
            "failed": figures.failed,
            "retrying": figures.retrying,
            "lost": figures.lost,
            "overwritten": figures.overwritten,
            "queued": queued,
            "queueLimit": limit,
            "actions": actions,
        })
    }

    fn action(&self, kind: &str, action: &Action, figures: &ActionFigures) -> Value {
        let target = match action {
            Action::Store { bucket, .. } => {
                let folder = self.object_target.as_str();
                let separator = if folder.ends_with('/') { "" } else { "/" };
                format!("{folder}{separator}{bucket}")
            }
            Action::Republish { topic, .. } => topic.clone(),
        };
        json!({
            "kind": kind,
            "done": figures.done,
            "failed": figures.failed,
            "medianMs": figures.median_ms(),
            "target": target,
            "error": figures.error,
        })
    }
}

fn kind(action: &Action) -> &'static str {
    match action {
        Action::Store { .. } => "s3",
        Action::Republish { .. } => "republish",
    }
}

/// Whether a rule is for messages on this topic, or for those that this filter, its very own, matches.
fn is_about(rule: &Rule, topic: &str) -> bool {
    let filter = rule.sql.filter();
    filter.is_some_and(|filter| {
        filter.as_str() == topic || topic::check_name(topic).is_ok() && filter.matches(topic)
    })
}

fn arn(name: &str) -> String {
    format!("{ARN}rule/{name}")
}

/// As it stands in a list.
fn entry(rule: &Rule) -> Value {
    let mut entry = json!({
        "ruleArn": arn(&rule.name),
        "ruleName": &*rule.name,
        "createdAt": seconds(rule.created),
        "ruleDisabled": rule.definition.disabled,
    });
    if let Some(filter) = rule.sql.filter() {
        entry["topicPattern"] = filter.as_str().into();
    }
    entry
}

fn whole(rule: &Rule) -> Value {
    let definition = serde_json::from_str(&rule.definition.to_json());
    let mut whole = definition.unwrap_or_else(|_| json!({}));
    whole["ruleName"] = (&*rule.name).into();
    whole["createdAt"] = seconds(rule.created);
    json!({ "ruleArn": arn(&rule.name), "rule": whole })
}
