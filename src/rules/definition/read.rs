//! A definition from its JSON. A field that nothing here would heed is refused, so that nobody counts on it.

use super::{Action, CANNED_ACLS, Definition, DefinitionError, MAX_ACTIONS};
use crate::rules::json;
use crate::rules::sql::SqlVersion;
use crate::rules::value::{Member, Number, Value};

/// An object with the way to it.
struct Fields<'a> {
    way: String,
    members: &'a [Member<'a>],
}

pub(super) fn definition(text: &[u8]) -> Result<Definition, DefinitionError> {
    let Some(Value::Object(members)) = json::parse(text) else {
        return Err(DefinitionError::NotARule);
    };
    let fields = Fields {
        way: String::new(),
        members: &members,
    };
    fields.only(&[
        "sql",
        "description",
        "actions",
        "ruleDisabled",
        "awsIotSqlVersion",
        "errorAction",
    ])?;
    let version = match fields.optional_text("awsIotSqlVersion")? {
        None => SqlVersion::default(),
        Some(name) => SqlVersion::by_name(name)
            .ok_or_else(|| fields.wrong("awsIotSqlVersion", "2015-10-08, 2016-03-23 or beta"))?,
    };
    let disabled = match fields.get("ruleDisabled") {
        None => false,
        Some(Value::Bool(disabled)) => *disabled,
        Some(_) => return Err(fields.wrong("ruleDisabled", "true or false")),
    };
    let error_action = match fields.get("errorAction") {
        None => None,
        Some(value) => Some(action("errorAction".to_owned(), value)?),
    };
    Ok(Definition {
        sql: fields.text("sql")?,
        version,
        description: fields
            .optional_text("description")?
            .unwrap_or("")
            .to_owned(),
        disabled,
        actions: actions(&fields)?,
        error_action,
    })
}

fn actions(fields: &Fields<'_>) -> Result<Vec<Action>, DefinitionError> {
    let items = match fields.get("actions") {
        None => return Err(DefinitionError::Missing("actions".to_owned())),
        Some(Value::Array(items)) => items,
        Some(_) => return Err(fields.wrong("actions", "a list of actions")),
    };
    if items.len() > MAX_ACTIONS {
        return Err(DefinitionError::TooManyActions(items.len()));
    }
    let named = items.iter().enumerate();
    let read =
        |(index, item): (usize, _)| action("actions[".to_owned() + &index.to_string() + "]", item);
    named.map(read).collect()
}

fn action(way: String, value: &Value<'_>) -> Result<Action, DefinitionError> {
    let needed = "an object with one action, s3 or republish";
    let wrong = |field| DefinitionError::Wrong { field, needed };
    let Value::Object(kinds) = value else {
        return Err(wrong(way));
    };
    let [(kind, value)] = &**kinds else {
        return Err(wrong(way));
    };
    if !matches!(&**kind, "s3" | "republish") {
        let kind = kind.to_string();
        return Err(DefinitionError::UnknownAction { field: way, kind });
    }
    let way = way + "." + kind;
    let Value::Object(members) = value else {
        return Err(DefinitionError::Wrong {
            field: way,
            needed: "an object",
        });
    };
    let fields = Fields { way, members };
    match &**kind {
        "s3" => store(&fields),
        _ => republish(&fields),
    }
}

fn store(fields: &Fields<'_>) -> Result<Action, DefinitionError> {
    fields.only(&["roleArn", "bucketName", "key", "cannedAcl"])?;
    let canned_acl = fields.optional_text("cannedAcl")?;
    if canned_acl.is_some_and(|acl| !CANNED_ACLS.contains(&acl)) {
        return Err(fields.wrong("cannedAcl", "one of S3's canned lists, such as private"));
    }
    Ok(Action::Store {
        role_arn: fields.text("roleArn")?,
        bucket: fields.text("bucketName")?,
        key: fields.text("key")?,
        canned_acl: canned_acl.map(str::to_owned),
    })
}

fn republish(fields: &Fields<'_>) -> Result<Action, DefinitionError> {
    fields.only(&["roleArn", "topic", "qos"])?;
    let qos = match fields.get("qos") {
        None => 0,
        Some(Value::Number(number)) => match number {
            Number::Written(text) if text == "0" => 0,
            Number::Written(text) if text == "1" => 1,
            _ => return Err(fields.wrong("qos", "0 or 1")),
        },
        Some(_) => return Err(fields.wrong("qos", "0 or 1")),
    };
    Ok(Action::Republish {
        role_arn: fields.text("roleArn")?,
        topic: fields.text("topic")?,
        qos,
    })
}

impl<'a> Fields<'a> {
    fn name(&self, field: &str) -> String {
        match self.way.is_empty() {
            true => field.to_owned(),
            false => self.way.clone() + "." + field,
        }
    }

    fn wrong(&self, field: &str, needed: &'static str) -> DefinitionError {
        let field = self.name(field);
        DefinitionError::Wrong { field, needed }
    }

    /// Refuses every other field.
    fn only(&self, known: &[&str]) -> Result<(), DefinitionError> {
        let is_unknown = |(key, _): &&Member<'_>| !known.contains(&&**key);
        match self.members.iter().find(is_unknown) {
            Some((key, _)) => Err(DefinitionError::Unknown(self.name(key))),
            None => Ok(()),
        }
    }

    /// What is null is not there.
    fn get(&self, field: &str) -> Option<&'a Value<'a>> {
        let found = self.members.iter().rfind(|(key, _)| key == field);
        found
            .map(|(_, value)| value)
            .filter(|value| !matches!(value, Value::Null))
    }

    fn optional_text(&self, field: &str) -> Result<Option<&'a str>, DefinitionError> {
        match self.get(field) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(field, "a text")),
        }
    }

    fn text(&self, field: &str) -> Result<String, DefinitionError> {
        match self.optional_text(field)? {
            Some(text) => Ok(text.to_owned()),
            None => Err(DefinitionError::Missing(self.name(field))),
        }
    }
}
