//! What things, types and attributes may be called.

use super::{Attributes, RegistryError};

/// `what` is the parameter that the name came in.
pub(super) fn check(what: &'static str, name: &str) -> Result<(), RegistryError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b":_-".contains(&byte);
    match (1..=128).contains(&name.len()) && name.bytes().all(fits) {
        true => Ok(()),
        false => Err(RegistryError::Name(what)),
    }
}

/// Without those whose value is empty: to give an attribute nothing is to have none.
pub(super) fn attributes(named: Attributes) -> Result<Attributes, RegistryError> {
    for (key, value) in &named {
        check_attribute(key, value)?;
    }
    let kept = named.into_iter().filter(|(_, value)| !value.is_empty());
    Ok(kept.collect())
}

pub(super) fn check_attribute(key: &str, value: &str) -> Result<(), RegistryError> {
    check_attribute_name(key)?;
    match value.len() <= 800 && is_text(value, b"=[]") {
        true => Ok(()),
        false => Err(RegistryError::AttributeValue),
    }
}

pub(super) fn check_attribute_name(name: &str) -> Result<(), RegistryError> {
    match (1..=128).contains(&name.len()) && is_text(name, b"") {
        true => Ok(()),
        false => Err(RegistryError::AttributeName),
    }
}

fn is_text(text: &str, also: &[u8]) -> bool {
    text.bytes().all(|byte| {
        byte.is_ascii_alphanumeric() || b"_.,@/:#-".contains(&byte) || also.contains(&byte)
    })
}
