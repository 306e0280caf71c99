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
