//! Things as they were registered, their types, and which certificates belong to which thing. Knows no connection and
//! no shadow: a device needs no entry here to publish or to have a shadow.

mod error;
mod names;
mod record;
#[cfg(test)]
mod tests;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use super::certificates::CertificateId;

pub use error::RegistryError;
pub use types::{ThingType, TypeProperties};

/// The account and the region of this stand-in, as ARNs begin with them.
pub(crate) const ARN: &str = "arn:aws:iot:us-east-1:123456789012:";
/// Attributes of a thing that has a type, and of one that has none.
const ATTRIBUTES: [usize; 2] = [50, 3];

/// Bytes of all things, as [`Thing::bytes`] counts them: far more than one machine's devices need.
const BYTES: usize = 256 << 20;

/// Names and values; no value is empty.
pub type Attributes = BTreeMap<String, String>;

/// A device as it was registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    pub name: String,
    /// A UUID: another one when a thing of the same name is made again.
    pub id: String,
    pub type_name: Option<String>,
    pub attributes: Attributes,
    /// Grows with each update.
    pub version: u64,
    principals: BTreeSet<CertificateId>,
}

/// What is asked of a new thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewThing {
    pub type_name: Option<String>,
    pub attributes: Attributes,
}

/// What is to be different. What is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThingUpdate {
    pub type_name: Option<String>,
    pub remove_type: bool,
    /// An empty value takes the attribute away.
    pub attributes: Option<Attributes>,
    /// The other attributes stay.
    pub merge: bool,
    pub expected_version: Option<u64>,
}

/// Every thing and every type, in the order of their names.
#[derive(Debug, Default)]
pub struct Registry {
    things: BTreeMap<String, Thing>,
    types: BTreeMap<String, ThingType>,
    /// The same as in the things, by the other end.
    attached: BTreeSet<(CertificateId, String)>,
    /// Of all things.
    bytes: usize,
}

impl Thing {
    pub fn arn(&self) -> String {
        format!("{ARN}thing/{}", self.name)
    }

    pub fn has(&self, certificate: CertificateId) -> bool {
        self.principals.contains(&certificate)
    }

    /// The certificates that belong to it, in order, from the one behind `after` on.
    pub fn principals(&self, after: Option<CertificateId>) -> impl Iterator<Item = CertificateId> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.principals.range((start, Bound::Unbounded)).copied()
    }

    /// What its texts and principals take. Its name and each principal stand in two places.
    fn bytes(&self) -> usize {
        let attributes = self.attributes.iter();
        let attributes: usize = attributes.map(|(key, value)| key.len() + value.len()).sum();
        let type_name = self.type_name.as_ref().map_or(0, String::len);
        let principal = 2 * size_of::<CertificateId>() + self.name.len();
        2 * self.name.len()
            + self.id.len()
            + type_name
            + attributes
            + self.principals.len() * principal
    }
}

impl Registry {
    /// One machine has fewer devices by far.
    pub const MOST: usize = 250_000;
    /// Certificates of one thing.
    pub const PRINCIPALS: usize = 100;

    pub fn len(&self) -> usize {
        self.things.len()
    }

    pub fn is_empty(&self) -> bool {
        self.things.is_empty()
    }

    pub fn get(&self, name: &str) -> Option<&Thing> {
        self.things.get(name)
    }

    pub fn thing(&self, name: &str) -> Result<&Thing, RegistryError> {
        let thing = self.things.get(name);
        thing.ok_or_else(|| RegistryError::NoThing(name.to_owned()))
    }

    /// The things from the one behind `name` on, or from the first.
    pub fn after(&self, name: Option<&str>) -> impl Iterator<Item = &Thing> + use<'_> {
        let start = name.map_or(Bound::Unbounded, Bound::Excluded);
        let behind = self.things.range::<str, _>((start, Bound::Unbounded));
        behind.map(|(_, thing)| thing)
    }

    /// The names of the things that a certificate belongs to, in order.
    pub fn things_of(
        &self,
        certificate: CertificateId,
        after: Option<&str>,
    ) -> impl Iterator<Item = &str> {
        let start = match after {
            None => Bound::Included((certificate, String::new())),
            Some(name) => Bound::Excluded((certificate, name.to_owned())),
        };
        self.attached
            .range((start, Bound::Unbounded))
            .take_while(move |(other, _)| *other == certificate)
            .map(|(_, name)| name.as_str())
    }

    /// Registers a thing. The same again succeeds and changes nothing; says whether there is a new one.
    pub(crate) fn create(
        &mut self,
        name: &str,
        new: NewThing,
        id: String,
    ) -> Result<bool, RegistryError> {
        names::check("thingName", name)?;
        let NewThing {
            type_name,
            attributes,
        } = new;
        let attributes = names::attributes(attributes)?;
        if let Some(thing) = self.things.get(name) {
            let same = thing.type_name == type_name && thing.attributes == attributes;
            return match same {
                true => Ok(false),
                false => Err(RegistryError::ThingExists {
                    name: name.to_owned(),
                    id: thing.id.clone(),
                }),
            };
        }
        self.check_type(type_name.as_deref())?;
        check_room(&attributes, type_name.is_some())?;
        if self.things.len() >= Self::MOST {
            return Err(RegistryError::Full);
        }
        let thing = Thing {
            name: name.to_owned(),
            id,
            type_name,
            attributes,
            version: 1,
            principals: BTreeSet::new(),
        };
        self.put(thing)?;
        Ok(true)
    }

    pub(crate) fn update(&mut self, name: &str, update: ThingUpdate) -> Result<(), RegistryError> {
        let thing = self.thing(name)?;
        check_version(thing, update.expected_version)?;
        let mut attributes = thing.attributes.clone();
        if let Some(named) = update.attributes {
            if !update.merge {
                attributes.clear();
            }
            for (key, value) in &named {
                names::check_attribute(key, value)?;
                attributes.remove(key);
            }
            attributes.extend(names::attributes(named)?);
        }
        let type_name = match (update.type_name, update.remove_type) {
            (Some(_), true) => return Err(RegistryError::TypeGivenAndRemoved),
            (None, true) => None,
            (None, false) => thing.type_name.clone(),
            (named, false) => {
                self.check_type(named.as_deref())?;
                named
            }
        };
        check_room(&attributes, type_name.is_some())?;
        self.put(Thing {
            name: thing.name.clone(),
            id: thing.id.clone(),
            type_name,
            attributes,
            version: thing.version + 1,
            principals: thing.principals.clone(),
        })
    }

    /// Its shadows stay. Where there is none, nothing is left to do.
    pub(crate) fn delete(
        &mut self,
        name: &str,
        expected_version: Option<u64>,
    ) -> Result<(), RegistryError> {
        let Some(thing) = self.things.get(name) else {
            return Ok(());
        };
        check_version(thing, expected_version)?;
        if !thing.principals.is_empty() {
            return Err(RegistryError::HasPrincipals(name.to_owned()));
        }
        self.bytes -= thing.bytes();
        self.things.remove(name);
        Ok(())
    }

    /// Says that a certificate belongs to a thing. Whether there is such a certificate, the caller knows.
    pub(crate) fn attach(
        &mut self,
        name: &str,
        certificate: CertificateId,
    ) -> Result<(), RegistryError> {
        let mut thing = self.thing(name)?.clone();
        if thing.principals.len() >= Self::PRINCIPALS && !thing.has(certificate) {
            return Err(RegistryError::Full);
        }
        thing.principals.insert(certificate);
        self.put(thing)?;
        self.attached.insert((certificate, name.to_owned()));
        Ok(())
    }

    /// One that did not belong to it is no error.
    pub(crate) fn detach(
        &mut self,
        name: &str,
        certificate: CertificateId,
    ) -> Result<(), RegistryError> {
        let mut thing = self.thing(name)?.clone();
        thing.principals.remove(&certificate);
        self.put(thing)?;
        self.attached.remove(&(certificate, name.to_owned()));
        Ok(())
    }

    /// Puts a thing in the place of the one of its name. One that grows needs room.
    fn put(&mut self, thing: Thing) -> Result<(), RegistryError> {
        let before = self.things.get(&thing.name).map_or(0, Thing::bytes);
        let after = thing.bytes();
        let bytes = self.bytes - before + after;
        if after > before && bytes > BYTES {
            return Err(RegistryError::Full);
        }
        self.bytes = bytes;
        self.things.insert(thing.name.clone(), thing);
        Ok(())
    }
}

fn check_version(thing: &Thing, expected: Option<u64>) -> Result<(), RegistryError> {
    match expected {
        Some(version) if version != thing.version => {
            Err(RegistryError::VersionConflict(thing.name.clone()))
        }
        _ => Ok(()),
    }
}

fn check_room(attributes: &Attributes, typed: bool) -> Result<(), RegistryError> {
    let [with_type, without] = ATTRIBUTES;
    let most = if typed { with_type } else { without };
    match attributes.len() > most {
        true => Err(RegistryError::TooManyAttributes { most }),
        false => Ok(()),
    }
}
