//! Thing types: what things of one kind have in common.

use std::ops::Bound;
use std::time::Duration;

use gnomon::time::UnixMillis;

use super::{ARN, Registry, RegistryError, names};

/// How long a type must have been deprecated before it can be deleted.
const DEPRECATION: Duration = Duration::from_secs(5 * 60);
/// Types of the account.
const MOST: usize = 10_000;
const DESCRIPTION: usize = 2028;
const SEARCHABLE: usize = 3;

/// A kind of things. It is never changed but for its deprecation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThingType {
    pub name: String,
    /// A UUID.
    pub id: String,
    pub properties: TypeProperties,
    pub created: UnixMillis,
    /// Since when no thing can be given it.
    pub deprecated: Option<UnixMillis>,
}

/// What is told of a type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypeProperties {
    pub description: Option<String>,
    pub searchable_attributes: Vec<String>,
}

impl ThingType {
    pub fn arn(&self) -> String {
        format!("{ARN}thingtype/{}", self.name)
    }
}

impl Registry {
    pub fn thing_type(&self, name: &str) -> Result<&ThingType, RegistryError> {
        let found = self.types.get(name);
        found.ok_or_else(|| RegistryError::NoType(name.to_owned()))
    }

    /// The types from the one behind `name` on, or from the first.
    pub fn types_after(&self, name: Option<&str>) -> impl Iterator<Item = &ThingType> {
        let start = name.map_or(Bound::Unbounded, Bound::Excluded);
        let behind = self.types.range::<str, _>((start, Bound::Unbounded));
        behind.map(|(_, thing_type)| thing_type)
    }

    /// The same again succeeds and changes nothing; says whether there is a new one.
    pub(crate) fn create_type(
        &mut self,
        name: &str,
        properties: TypeProperties,
        id: String,
        now: UnixMillis,
    ) -> Result<bool, RegistryError> {
        names::check("thingTypeName", name)?;
        check(&properties)?;
        if let Some(existing) = self.types.get(name) {
            return match existing.properties == properties {
                true => Ok(false),
                false => Err(RegistryError::TypeExists {
                    name: name.to_owned(),
                    id: existing.id.clone(),
                }),
            };
        }
        if self.types.len() >= MOST {
            return Err(RegistryError::Full);
        }
        let thing_type = ThingType {
            name: name.to_owned(),
            id,
            properties,
            created: now,
            deprecated: None,
        };
        self.types.insert(name.to_owned(), thing_type);
        Ok(true)
    }

    /// Deprecates a type, or takes that back.
    pub(crate) fn deprecate_type(
        &mut self,
        name: &str,
        undo: bool,
        now: UnixMillis,
    ) -> Result<(), RegistryError> {
        let found = self.types.get_mut(name);
        let found = found.ok_or_else(|| RegistryError::NoType(name.to_owned()))?;
        found.deprecated = match undo {
            true => None,
            false => found.deprecated.or(Some(now)),
        };
        Ok(())
    }

    pub(crate) fn delete_type(&mut self, name: &str, now: UnixMillis) -> Result<(), RegistryError> {
        let deprecated = self.thing_type(name)?.deprecated;
        let wait = DEPRECATION.as_millis() as i64;
        if deprecated.is_none_or(|since| now.0.saturating_sub(since.0) < wait) {
            return Err(RegistryError::TypeNotDeprecated(name.to_owned()));
        }
        let mut things = self.things.values();
        if things.any(|thing| thing.type_name.as_deref() == Some(name)) {
            return Err(RegistryError::TypeInUse(name.to_owned()));
        }
        self.types.remove(name);
        Ok(())
    }

    /// Whether a thing can be given that type.
    pub(super) fn check_type(&self, name: Option<&str>) -> Result<(), RegistryError> {
        let Some(name) = name else {
            return Ok(());
        };
        match self.thing_type(name)?.deprecated {
            None => Ok(()),
            Some(_) => Err(RegistryError::TypeDeprecated(name.to_owned())),
        }
    }
}

fn check(properties: &TypeProperties) -> Result<(), RegistryError> {
    let TypeProperties {
        description,
        searchable_attributes,
    } = properties;
    let is_text = |text: &str| text.len() <= DESCRIPTION && !text.contains(char::is_control);
    if !description.as_deref().is_none_or(is_text) {
        let reason = "a description has at most 2028 characters, none of control";
        return Err(RegistryError::TypeProperties(reason));
    }
    if searchable_attributes.len() > SEARCHABLE {
        let reason = "at most 3 attributes are searchable";
        return Err(RegistryError::TypeProperties(reason));
    }
    searchable_attributes
        .iter()
        .try_for_each(|name| names::check_attribute_name(name))
}
