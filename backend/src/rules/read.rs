//! From a definition to a rule that can be run: its SQL and its templates are read once.

use gnomon::message::QoS;
use gnomon::rules::definition::is_name;
use gnomon::rules::{Action, Definition, Sql, Template};
use gnomon::time::UnixMillis;

use super::{Deed, Rule, RuleError};
use crate::broker::Limits;

impl Rule {
    pub fn read(
        name: &str,
        definition: Definition,
        created: UnixMillis,
        limits: &Limits,
    ) -> Result<Self, RuleError> {
        if !is_name(name) {
            return Err(RuleError::Name);
        }
        let sql = Sql::parse(&definition.sql, definition.version).map_err(RuleError::Sql)?;
        let levels = |filter: &str| filter.split('/').count();
        if let Some(filter) = sql.filter()
            && levels(filter.as_str()) > limits.filter_levels
        {
            return Err(RuleError::FilterLevels(limits.filter_levels));
        }
        let deed = |action| Deed::read(action, &sql);
        Ok(Self {
            name: name.into(),
            actions: definition
                .actions
                .iter()
                .map(deed)
                .collect::<Result<_, _>>()?,
            error_action: definition.error_action.as_ref().map(deed).transpose()?,
            created,
            sql,
            definition,
        })
    }
}

impl Deed {
    fn read(action: &Action, sql: &Sql) -> Result<Self, RuleError> {
        let template = |field, text: &str| {
            Template::parse_for(text, sql).map_err(|error| RuleError::Template { field, error })
        };
        Ok(match action {
            Action::Store { bucket, key, .. } => Self::Store {
                bucket: template("bucketName", bucket)?,
                key: template("key", key)?,
            },
            Action::Republish { topic, qos, .. } => Self::Republish {
                topic: template("topic", topic)?,
                qos: match qos {
                    0 => QoS::AtMostOnce,
                    _ => QoS::AtLeastOnce,
                },
            },
        })
    }
}
