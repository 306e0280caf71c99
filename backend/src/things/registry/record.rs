//! What of the registry is kept on disk: each thing with the certificates that belong to it, and each type.

use std::borrow::Cow;
use std::collections::BTreeSet;

use gnomon::time::UnixMillis;
use serde::{Deserialize, Serialize};

use super::{Attributes, CertificateId, Registry, Thing, ThingType, TypeProperties, names};
use crate::record::{self, RecordError, Table};

/// By its name.
#[derive(Serialize, Deserialize)]
struct ThingRecord<'a> {
    id: Cow<'a, str>,
    type_name: Option<Cow<'a, str>>,
    attributes: Cow<'a, Attributes>,
    version: u64,
    principals: Vec<[u8; 32]>,
}

/// By its name.
#[derive(Serialize, Deserialize)]
struct TypeRecord<'a> {
    id: Cow<'a, str>,
    description: Option<Cow<'a, str>>,
    searchable_attributes: Cow<'a, [String]>,
    created: i64,
    deprecated: Option<i64>,
}

impl Registry {
    /// `None` when it is gone.
    pub(crate) fn thing_record(&self, name: &str) -> Option<Vec<u8>> {
        let thing = self.things.get(name)?;
        record::encoded(&ThingRecord {
            id: Cow::Borrowed(&thing.id),
            type_name: thing.type_name.as_deref().map(Cow::Borrowed),
            attributes: Cow::Borrowed(&thing.attributes),
            version: thing.version,
            principals: thing.principals.iter().map(|id| id.0).collect(),
        })
    }

    /// `None` when it is gone.
    pub(crate) fn type_record(&self, name: &str) -> Option<Vec<u8>> {
        let found = self.types.get(name)?;
        record::encoded(&TypeRecord {
            id: Cow::Borrowed(&found.id),
            description: found.properties.description.as_deref().map(Cow::Borrowed),
            searchable_attributes: Cow::Borrowed(&found.properties.searchable_attributes),
            created: found.created.0,
            deprecated: found.deprecated.map(|since| since.0),
        })
    }

    /// Takes back what [`Self::thing_record`] gave.
    pub(crate) fn restore_thing(&mut self, name: &str, value: &[u8]) -> Result<(), RecordError> {
        let table = Table::Things;
        names::check("thingName", name).map_err(|_| RecordError(table))?;
        let thing: ThingRecord<'_> = record::decoded(table, value)?;
        let principals: BTreeSet<_> = thing.principals.into_iter().map(CertificateId).collect();
        let attached = principals.iter().map(|id| (*id, name.to_owned()));
        self.attached.extend(attached);
        let thing = Thing {
            name: name.to_owned(),
            id: thing.id.into_owned(),
            type_name: thing.type_name.map(Cow::into_owned),
            attributes: thing.attributes.into_owned(),
            version: thing.version,
            principals,
        };
        self.bytes += thing.bytes();
        self.things.insert(name.to_owned(), thing);
        Ok(())
    }

    /// Takes back what [`Self::type_record`] gave.
    pub(crate) fn restore_type(&mut self, name: &str, value: &[u8]) -> Result<(), RecordError> {
        let table = Table::ThingTypes;
        names::check("thingTypeName", name).map_err(|_| RecordError(table))?;
        let found: TypeRecord<'_> = record::decoded(table, value)?;
        let thing_type = ThingType {
            name: name.to_owned(),
            id: found.id.into_owned(),
            properties: TypeProperties {
                description: found.description.map(Cow::into_owned),
                searchable_attributes: found.searchable_attributes.into_owned(),
            },
            created: UnixMillis(found.created),
            deprecated: found.deprecated.map(UnixMillis),
        };
        self.types.insert(name.to_owned(), thing_type);
        Ok(())
    }
}
