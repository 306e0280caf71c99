//! What an update asks for, checked as AWS IoT checks it, and the body around it.

use crate::shadow::document::json::{self, JsonError};
use crate::shadow::error::ShadowError;
use crate::shadow::value::{Object, Value};

/// The longest client token in bytes.
pub const MAX_CLIENT_TOKEN: usize = 64;

/// The `state` of an update: null, or an object of which each section is null or an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Patch(Value);

/// What a patch does to one section.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SectionPatch<'a> {
    Keep,
    Clear,
    Merge(&'a Object<Value>),
}

impl Patch {
    /// Checks the node `state` of an update. `max_depth` counts the keys on the way from a section to a value.
    pub fn new(state: Value, max_depth: usize) -> Result<Self, ShadowError> {
        match &state {
            Value::Null => {}
            Value::Object(sections) => check_sections(sections, max_depth)?,
            _ => return Err(ShadowError::StateNotAnObject),
        }
        Ok(Self(state))
    }

    pub fn desired(&self) -> SectionPatch<'_> {
        self.section("desired")
    }

    pub fn reported(&self) -> SectionPatch<'_> {
        self.section("reported")
    }

    pub(in crate::shadow) fn state(&self) -> &Value {
        &self.0
    }

    fn section(&self, name: &str) -> SectionPatch<'_> {
        let Value::Object(sections) = &self.0 else {
            return SectionPatch::Clear;
        };
        match sections.get(name) {
            None => SectionPatch::Keep,
            Some(Value::Object(members)) => SectionPatch::Merge(members),
            Some(_) => SectionPatch::Clear,
        }
    }
}

fn check_sections(sections: &Object<Value>, max_depth: usize) -> Result<(), ShadowError> {
    for (name, section) in sections.iter() {
        let misshapen = match name {
            "desired" => ShadowError::DesiredNotAnObject,
            "reported" => ShadowError::ReportedNotAnObject,
            _ => return Err(ShadowError::InvalidNode(name.into())),
        };
        if !matches!(section, Value::Null | Value::Object(_)) {
            return Err(misshapen);
        }
    }
    for (name, section) in sections.iter() {
        if is_deeper(section, max_depth) {
            return Err(ShadowError::TooDeep);
        }
        if has_null_in_array(section, false) {
            return Err(ShadowError::InvalidNode(name.into()));
        }
    }
    Ok(())
}

fn is_deeper(value: &Value, levels: usize) -> bool {
    let deeper = |member: &Value| match levels.checked_sub(1) {
        Some(levels) => is_deeper(member, levels),
        None => true,
    };
    match value {
        Value::Array(elements) => elements.iter().any(deeper),
        Value::Object(members) => members.iter().any(|(_, member)| deeper(member)),
        _ => false,
    }
}

/// An array is stored whole, so a null in it could never be carried out.
fn has_null_in_array(value: &Value, in_array: bool) -> bool {
    match value {
        Value::Null => in_array,
        Value::Array(elements) => elements
            .iter()
            .any(|element| has_null_in_array(element, true)),
        Value::Object(members) => members
            .iter()
            .any(|(_, member)| has_null_in_array(member, in_array)),
        _ => false,
    }
}

/// A request's body as far as all verbs have it in common.
#[derive(Debug, Default)]
pub(in crate::shadow) struct Body {
    pub(in crate::shadow) client_token: Option<Box<str>>,
    members: Object<Value>,
}

impl Body {
    /// A failure here leaves no client token to echo.
    pub(in crate::shadow) fn parse(payload: &[u8]) -> Result<Self, ShadowError> {
        let members = json::parse(payload).map_err(|error| match error {
            JsonError::NotUtf8 => ShadowError::NotUtf8,
            JsonError::NotAnObject => ShadowError::InvalidJson,
        })?;
        let client_token = match members.get("clientToken") {
            None | Some(Value::Null) => None,
            Some(Value::Text(token)) if token.len() <= MAX_CLIENT_TOKEN => Some(token.clone()),
            Some(_) => return Err(ShadowError::InvalidClientToken),
        };
        Ok(Self {
            client_token,
            members,
        })
    }

    /// The version that the update insists on, and what it asks for.
    pub(in crate::shadow) fn into_update(
        mut self,
        max_depth: usize,
    ) -> Result<(Option<u64>, Patch), ShadowError> {
        let version = match self.members.get("version") {
            None | Some(Value::Null) => None,
            Some(version) => Some(version.as_unsigned().ok_or(ShadowError::InvalidVersion)?),
        };
        let state = self
            .members
            .remove("state")
            .ok_or(ShadowError::MissingState)?;
        Ok((version, Patch::new(state, max_depth)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<(Option<u64>, Patch), ShadowError> {
        Body::parse(body.as_bytes())?.into_update(8)
    }

    fn check_refused(body: &str, code: u16, message: &str) {
        let error = parse(body).unwrap_err();
        assert_eq!(
            (error.code(), &*error.to_string()),
            (code, message),
            "{body}"
        );
    }

    #[test]
    fn faults_are_named_as_aws_names_them() {
        check_refused("", 400, "Invalid JSON");
        check_refused("[]", 400, "Invalid JSON");
        check_refused(r#"{"desired":{}}"#, 400, "Missing required node: state");
        check_refused(r#"{"state":[]}"#, 400, "State node must be an object");
        check_refused(
            r#"{"state":{"desired":5}}"#,
            400,
            "Desired node must be an object",
        );
        check_refused(
            r#"{"state":{"reported":[]}}"#,
            400,
            "Reported node must be an object",
        );
        check_refused(
            r#"{"state":{"x":{}}}"#,
            400,
            "State contains an invalid node: 'x'",
        );
        check_refused(r#"{"state":{},"version":1.0}"#, 400, "Invalid version");
        check_refused(r#"{"state":{},"version":-1}"#, 400, "Invalid version");
        check_refused(r#"{"state":{},"version":"1"}"#, 400, "Invalid version");
        check_refused(
            r#"{"state":{},"clientToken":{}}"#,
            400,
            "Invalid clientToken",
        );
        let unsupported = "Unsupported documented encoding; supported encoding is UTF-8";
        let error = Body::parse(b"{\"state\":\"\xff\"}").unwrap_err();
        assert_eq!((error.code(), &*error.to_string()), (415, unsupported));
    }

    #[test]
    fn the_first_fault_in_order_is_named() {
        let token = "é".repeat(33);
        let body = format!(r#"{{"state":5,"version":"x","clientToken":"{token}"}}"#);
        check_refused(&body, 400, "Invalid clientToken");
        check_refused(r#"{"state":5,"version":"x"}"#, 400, "Invalid version");
        let body = r#"{"state":{"desired":5,"x":{}}}"#;
        check_refused(body, 400, "Desired node must be an object");
    }

    #[test]
    fn null_is_refused_anywhere_in_an_array() {
        for value in ["[null]", "[1,[null]]", r#"[{"b":null}]"#] {
            let body = format!(r#"{{"state":{{"desired":{{"a":{value}}}}}}}"#);
            check_refused(&body, 400, "State contains an invalid node: 'desired'");
        }
    }

    #[test]
    fn nesting_is_counted_in_keys_and_array_levels() {
        let deep = |value: &str| {
            let (open, close) = (r#"{"a":"#.repeat(8), "}".repeat(8));
            format!(r#"{{"state":{{"reported":{open}{value}{close}}}}}"#)
        };
        for value in ["1", "{}", "[]"] {
            assert!(parse(&deep(value)).is_ok(), "{value}");
        }
        for value in ["[1]", r#"{"a":1}"#, r#"{"a":null}"#] {
            let message = "JSON contains too many levels of nesting; maximum is 6";
            check_refused(&deep(value), 400, message);
        }
    }

    #[test]
    fn what_is_not_named_is_kept_and_what_is_null_is_cleared() {
        let patch = |body: &str| parse(body).unwrap().1;
        let all = patch(r#"{"state":null}"#);
        assert_eq!(
            (all.desired(), all.reported()),
            (SectionPatch::Clear, SectionPatch::Clear)
        );
        let one = patch(r#"{"state":{"desired":null},"x":1,"version":null,"clientToken":null}"#);
        assert_eq!(
            (one.desired(), one.reported()),
            (SectionPatch::Clear, SectionPatch::Keep)
        );
        let none = patch(r#"{"state":{"reported":{}}}"#);
        assert_eq!(none.reported(), SectionPatch::Merge(&Object::EMPTY));
    }
}
