//! The text of a policy, read strictly: what is not understood is refused, never passed over, because each part may
//! be what keeps somebody out.

use serde::Deserialize;

use super::condition::Condition;
use super::pattern::{Pattern, Template};
use super::written::{Entries, OneOrMany, Scalar};

/// Why a text is no policy, or none that can be kept to here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    #[error("it is no policy: {0}")]
    Json(String),
    #[error("Version is \"2012-10-17\", not \"{0}\"")]
    Version(String),
    #[error("{0} is not supported")]
    Unsupported(&'static str),
    #[error("policy variables such as ${{{0}}} need \"Version\": \"2012-10-17\"")]
    OldVersion(String),
    #[error("{0} is missing or empty")]
    Empty(&'static str),
    #[error("\"{0}\" is no action such as iot:Publish")]
    Action(String),
    #[error("\"{0}\" is no resource: it is * or arn:aws:iot:REGION:ACCOUNT:TYPE/NAME")]
    Resource(String),
    #[error("the policy variable ${{{0}}} is not supported")]
    Variable(String),
    #[error("the condition operator \"{0}\" is not supported")]
    Operator(String),
    #[error("the condition key \"{0}\" is not supported")]
    ConditionKey(String),
    #[error("the values of the condition \"{0}\" must be texts without variables, at least one")]
    ConditionValue(String),
}

/// A policy, read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub(super) statements: Vec<Statement>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) effect: Effect,
    /// In small letters: IAM does not tell them from capital ones.
    pub(super) actions: Vec<Pattern>,
    /// What stands behind the account of an ARN.
    pub(super) resources: Vec<Template>,
    pub(super) conditions: Vec<Condition>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Effect {
    Allow,
    Deny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct WrittenDocument {
    version: Option<String>,
    #[serde(rename = "Id")]
    _id: Option<String>,
    statement: OneOrMany<WrittenStatement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct WrittenStatement {
    #[serde(rename = "Sid")]
    _sid: Option<String>,
    effect: Effect,
    action: Option<OneOrMany<String>>,
    not_action: Option<serde::de::IgnoredAny>,
    resource: Option<OneOrMany<String>>,
    not_resource: Option<serde::de::IgnoredAny>,
    principal: Option<serde::de::IgnoredAny>,
    not_principal: Option<serde::de::IgnoredAny>,
    condition: Option<Entries<Entries<OneOrMany<Scalar>>>>,
}

impl Document {
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        let json = |error: serde_json::Error| DocumentError::Json(error.to_string());
        let written: WrittenDocument = serde_json::from_str(text).map_err(json)?;
        let statements = written.statement.0.into_iter().map(statement);
        let statements = statements.collect::<Result<Vec<_>, _>>()?;
        if statements.is_empty() {
            return Err(DocumentError::Empty("Statement"));
        }
        let document = Self { statements };
        match written.version.as_deref() {
            Some("2012-10-17") => Ok(document),
            // There, `${…}` would be characters like others.
            None | Some("2008-10-17") => match text.split_once("${") {
                None => Ok(document),
                Some((_, name)) => {
                    let name = name.split('}').next().unwrap_or_default();
                    Err(DocumentError::OldVersion(name.to_owned()))
                }
            },
            Some(other) => Err(DocumentError::Version(other.to_owned())),
        }
    }
}

impl Document {
    /// Whether it asks who somebody is, so that it means something else for each.
    pub(crate) fn is_personal(&self) -> bool {
        let mut statements = self.statements.iter();
        statements
            .any(|it| !it.conditions.is_empty() || it.resources.iter().any(Template::has_variables))
    }
}

fn statement(written: WrittenStatement) -> Result<Statement, DocumentError> {
    for (there, name) in [
        (written.not_action.is_some(), "NotAction"),
        (written.not_resource.is_some(), "NotResource"),
        (written.principal.is_some(), "Principal"),
        (written.not_principal.is_some(), "NotPrincipal"),
    ] {
        if there {
            return Err(DocumentError::Unsupported(name));
        }
    }
    let actions = some(written.action, "Action")?;
    let resources = some(written.resource, "Resource")?;
    let mut conditions = Vec::new();
    for (operator, keys) in written.condition.into_iter().flat_map(|entries| entries.0) {
        for (key, values) in keys.0 {
            let values: Vec<_> = values.0.into_iter().map(|Scalar(text)| text).collect();
            conditions.push(Condition::parse(&operator, &key, &values)?);
        }
    }
    Ok(Statement {
        effect: written.effect,
        actions: actions
            .iter()
            .map(|it| action(it))
            .collect::<Result<_, _>>()?,
        resources: resources
            .iter()
            .filter_map(|it| resource(it).transpose())
            .collect::<Result<_, _>>()?,
        conditions,
    })
}

fn some(
    written: Option<OneOrMany<String>>,
    name: &'static str,
) -> Result<Vec<String>, DocumentError> {
    let texts = written.map(|texts| texts.0).unwrap_or_default();
    match texts.is_empty() {
        true => Err(DocumentError::Empty(name)),
        false => Ok(texts),
    }
}

fn action(text: &str) -> Result<Pattern, DocumentError> {
    let fits = |text: &str| {
        let mut chars = text.chars();
        !text.is_empty()
            && chars.all(|it| it.is_ascii_alphanumeric() || matches!(it, '*' | '?' | '-'))
    };
    let known = match text.split_once(':') {
        None => text == "*",
        Some((service, name)) => fits(service) && fits(name),
    };
    match known {
        true => Ok(Pattern::parse(&text.to_ascii_lowercase())),
        false => Err(DocumentError::Action(text.to_owned())),
    }
}

/// What an ARN names; `None` when it is of another service. Partition, region and account may be any, so that a
/// policy written for somebody's own account can be used as it is.
fn resource(text: &str) -> Result<Option<Template>, DocumentError> {
    let bad = || DocumentError::Resource(text.to_owned());
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let (before, name) = match parts[..] {
        ["*"] => return Template::parse("*").map(Some),
        [ref before @ .., name] if before.len() == 5 => (before, name),
        ref before if is_cut_short(before) => (before, "*"),
        _ => return Err(bad()),
    };
    let fits = |part: &&str| {
        let mut chars = part.chars();
        chars.all(|it| it.is_ascii_alphanumeric() || matches!(it, '*' | '?' | '-'))
    };
    if before.first() != Some(&"arn") || !before.iter().all(fits) {
        return Err(bad());
    }
    let service = before
        .get(2)
        .map_or_else(|| Pattern::parse("*"), |it| Pattern::parse(it));
    let name = Template::parse(name)?;
    Ok(service.matches("iot").then_some(name))
}

/// Whether a last `*` stands for the rest of an ARN, colons and all. It may stand behind the first digits of an
/// account: behind anything else it is the name of a resource whose account was forgotten.
fn is_cut_short(parts: &[&str]) -> bool {
    match *parts {
        [.., "*"] => true,
        [_, _, _, _, account] => account.strip_suffix('*').is_some_and(|digits| {
            let mut digits = digits.bytes();
            digits.all(|it| it.is_ascii_digit())
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Document::parse(text).unwrap_err().to_string()
    }

    fn with(member: &str) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"iot:*","Resource":"*"{member}}}]}}"#
        )
    }

    #[test]
    fn one_statement_needs_no_list_and_neither_does_one_action() {
        let one = r#"{"Statement":{"Effect":"Allow","Action":"iot:Publish","Resource":"*"}}"#;
        let many = r#"{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"s","Effect":"Allow",
            "Action":["IOT:publish"],"Resource":["*"]}]}"#;
        assert_eq!(Document::parse(one), Document::parse(many));
        assert!(Document::parse(one).is_ok());
        assert!(
            Document::parse(&with(
                r#","Condition":{"Bool":{"iot:Connection.Thing.IsAttached":[true]}}"#
            ))
            .is_ok()
        );
    }

    #[test]
    fn what_is_not_understood_is_refused_by_name() {
        for (member, name) in [
            (r#","NotAction":"iot:Publish""#, "NotAction"),
            (r#","NotResource":"*""#, "NotResource"),
            (r#","Principal":"*""#, "Principal"),
            (r#","Conditon":{}"#, "Conditon"),
            (r#","Action":"iot:*""#, "duplicate field `Action`"),
            (r#","Condition":[]"#, "an object"),
            (
                r#","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#,
                "IpAddress",
            ),
            (
                r#","Condition":{"StringEquals":{"iot:ClientId":[]}}"#,
                "StringEquals",
            ),
            (
                r#","Condition":{"StringEquals":{"iot:ClientId":7}}"#,
                "one value",
            ),
        ] {
            let error = error(&with(member));
            assert!(error.contains(name), "{error}");
        }
        let statement = |members: &str| error(&format!(r#"{{"Statement":{{{members}}}}}"#));
        assert!(statement(r#""Effect":"allow","Action":"*","Resource":"*""#).contains("allow"));
        assert!(statement(r#""Effect":"Allow","Resource":"*""#).contains("Action"));
        assert!(statement(r#""Effect":"Deny","Action":"*","Resource":[]"#).contains("Resource"));
        assert!(
            statement(r#""Effect":"Deny","Action":"Publish","Resource":"*""#).contains("Publish")
        );
        assert!(statement(r#""Action":"*","Resource":"*""#).contains("Effect"));
        assert!(error(r#"{"Statement":[]}"#).contains("Statement"));
        assert!(error(r#"{"Version":"2020-01-01","Statement":[]}"#).contains("Statement"));
        assert!(error(r#"{"Version":"2012-10-17"}"#).contains("Statement"));
        assert!(error("[]").contains("no policy"));
        assert!(error("").contains("no policy"));
        let version = with("").replace("2012-10-17", "2026-01-01");
        assert!(error(&version).contains("2026-01-01"));
    }

    #[test]
    fn two_conditions_of_one_name_both_count() {
        let twice = with(
            r#","Condition":{"StringEquals":{"iot:ClientId":"a"},"StringEquals":{"iot:ClientId":"b"}}"#,
        );
        assert_eq!(
            Document::parse(&twice).unwrap().statements[0]
                .conditions
                .len(),
            2
        );
    }

    #[test]
    fn variables_need_the_version_that_has_them() {
        let text = r#"{"Statement":{"Effect":"Deny","Action":"*","Resource":"arn:aws:iot:::topic/${iot:ClientId}"}}"#;
        assert!(error(text).contains("iot:ClientId"));
        let new = text.replacen('{', r#"{"Version":"2012-10-17","#, 1);
        assert!(Document::parse(&new).is_ok());
        let unknown = new.replace("iot:ClientId", "iot:SourceIp");
        assert!(error(&unknown).contains("iot:SourceIp"));
    }

    #[test]
    fn of_an_arn_only_what_stands_behind_the_account_counts() {
        let name = |text| resource(text).unwrap().map(|it| format!("{it:?}"));
        let topic = name("arn:aws:iot:us-east-1:123456789012:topic/a:b");
        assert!(topic.is_some());
        assert_eq!(topic, name("arn:aws-cn:iot:*:*:topic/a:b"));
        assert_eq!(topic, name("arn:aws:iot:::topic/a:b"));
        assert_eq!(name("*"), name("arn:aws:iot:us-east-1:*"));
        assert_eq!(name("*"), name("arn:aws:*"));
        assert_eq!(name("arn:aws:s3:::bucket/*"), None);
        assert_eq!(name("*"), name("arn:aws:iot:us-east-1:12345*"));
        assert_eq!(name("arn:aws:s3:*"), None);
        for text in [
            "topic/a",
            "",
            "arn:aws:iot:us-east-1:topic/a",
            "arn:aws:iot:us-east-1:topic*",
            "arn:aws:iot:us-east-1:topic/*",
            "arn:aws:iot:us-east-1:client-1*",
            "arn:aws:iot:us-east-1:12a*",
            "arn:aws:iot:us-east-1:?*",
            "arn:aws:iot:us-east-1:**",
            "arn:aws:iot:us-east-1:12",
            "arn:aws:iot:us-*",
            "arn:aws:iot:1*",
            "arn:aws:i*",
            "arn:aws:s3*",
            "arn:aws*",
            "arn*",
            "arn:aws:iot:*:topic/a:b:c",
            "arn:aws:iot:${aws:region}:1:topic/a",
            "**",
            "x*",
        ] {
            assert_eq!(
                resource(text),
                Err(DocumentError::Resource(text.to_owned()))
            );
        }
    }
}
