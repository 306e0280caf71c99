//! What can be said of a rule by its texts alone: faults, colours, what no page knows, and what would be saved. Knows
//! no message.

use super::written::Written;
use super::{FaultPlace, RuleAction, RuleDraft, RuleFault, RuleProblem, SqlMark, SqlMarkKind};
use crate::rules::definition::is_name;
use crate::rules::sql::{self, MarkKind};
use crate::rules::{Sql, SqlError, SqlVersion, Template};

/// Of one draft beside what the other side has: made anew only where one of them changed.
pub(super) struct Judged {
    draft: RuleDraft,
    written: Option<Written>,
    pub(super) version: SqlVersion,
    pub(super) sql: Result<Sql, SqlError>,
    pub(super) faults: Vec<RuleFault>,
    pub(super) marks: Vec<SqlMark>,
    pub(super) payload: String,
    pub(super) needs_zones: bool,
    pub(super) needs_origin: bool,
}

impl Judged {
    pub(super) fn new(draft: &RuleDraft, written: Option<&Written>) -> Self {
        let version = version_of(written);
        let sql = Sql::parse(&draft.sql, version);
        let is_foreign = written.is_some_and(|written| !written.foreign().is_empty());
        let has_actions = !draft.actions.is_empty() || is_foreign;
        let faults = faults(draft, &sql, version, has_actions);
        let (needs_zones, needs_origin) = needs(draft, &sql, version);
        let before = written.cloned().unwrap_or_else(Written::new);
        let payload = match faults.is_empty() {
            true => before.with(draft, true).to_json(),
            false => String::new(),
        };
        Self {
            draft: draft.clone(),
            written: written.cloned(),
            version,
            marks: marks(&draft.sql),
            sql,
            faults,
            payload,
            needs_zones,
            needs_origin,
        }
    }

    pub(super) fn is_of(&self, draft: &RuleDraft, written: Option<&Written>) -> bool {
        self.draft == *draft && self.written.as_ref() == written
    }
}

/// Whether a trial lacks time zones, and whether it lacks who published.
fn needs(draft: &RuleDraft, sql: &Result<Sql, SqlError>, version: SqlVersion) -> (bool, bool) {
    let mut needs = match sql {
        Ok(sql) => (sql.needs_zones(), sql.needs_origin()),
        Err(_) => (false, false),
    };
    for action in draft.actions.iter().chain(&draft.error_action) {
        let text = match action {
            RuleAction::Store { key, .. } => key,
            RuleAction::Republish { topic, .. } => topic,
        };
        if let Ok(template) = Template::parse(text, version) {
            needs.0 |= template.needs_zones();
            needs.1 |= template.needs_origin();
        }
    }
    needs
}

/// Variables have no colour of their own.
fn marks(sql: &str) -> Vec<SqlMark> {
    let marks = sql::marks(sql).into_iter().filter_map(|mark| {
        let kind = match mark.kind {
            MarkKind::Keyword => SqlMarkKind::Keyword,
            MarkKind::Function => SqlMarkKind::Function,
            MarkKind::Text => SqlMarkKind::Text,
            MarkKind::Number => SqlMarkKind::Number,
            MarkKind::Variable => return None,
        };
        Some(SqlMark {
            at: mark.at as u32,
            len: mark.len as u32,
            kind,
        })
    });
    marks.collect()
}

/// Drafts are of the newer version.
fn version_of(written: Option<&Written>) -> SqlVersion {
    written.map_or(SqlVersion::V20160323, |it| it.definition.version)
}

/// What keeps a draft from being saved.
fn faults(
    draft: &RuleDraft,
    sql: &Result<Sql, SqlError>,
    version: SqlVersion,
    has_actions: bool,
) -> Vec<RuleFault> {
    let mut faults = Vec::new();
    match sql {
        _ if draft.sql.trim().is_empty() => {
            faults.push(whole(FaultPlace::Sql, &draft.sql, RuleProblem::Empty));
        }
        Err(error) => faults.push(syntax(FaultPlace::Sql, error)),
        Ok(_) => {}
    }
    let actions = draft.actions.iter().enumerate();
    let actions = actions.map(|(number, action)| (FaultPlace::Action(number as u8), action));
    let error_action = draft.error_action.iter();
    let error_action = error_action.map(|action| (FaultPlace::ErrorAction, action));
    for (place, action) in actions.chain(error_action) {
        let texts: &[&str] = match action {
            RuleAction::Store { bucket, key } => &[key, bucket],
            RuleAction::Republish { topic, .. } => &[topic],
        };
        let template = texts.first().map(|text| match sql {
            Ok(sql) => Template::parse_for(text, sql),
            Err(_) => Template::parse(text, version),
        });
        if let Some(text) = texts.iter().find(|text| text.trim().is_empty()) {
            faults.push(whole(place, text, RuleProblem::Empty));
        } else if let Some(Err(error)) = template {
            faults.push(syntax(place, &error));
        }
    }
    if !is_name(&draft.name) {
        faults.push(whole(FaultPlace::Name, &draft.name, RuleProblem::BadName));
    }
    if !has_actions {
        faults.push(whole(FaultPlace::Action(0), "", RuleProblem::NoAction));
    }
    faults
}

fn whole(place: FaultPlace, text: &str, problem: RuleProblem) -> RuleFault {
    RuleFault {
        place,
        at: 0,
        len: text.len() as u32,
        problem,
        repair: None,
    }
}

fn syntax(place: FaultPlace, error: &SqlError) -> RuleFault {
    RuleFault {
        place,
        at: error.at as u32,
        len: error.len as u32,
        problem: RuleProblem::Syntax(error.message.clone()),
        repair: error.repair.clone(),
    }
}
