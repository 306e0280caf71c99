//! Thing types.

use gnomon::time::Now;
use serde_json::{Value, json};

use super::{list, nothing, seconds};
use crate::api::control::TypeCall;
use crate::api::{ApiError, Outcome};
use crate::backend::Backend;
use crate::journal::Key;
use crate::things::registry::{Registry, RegistryError, ThingType, TypeProperties};

impl Backend {
    pub(super) fn type_call(&mut self, call: TypeCall, now: Now) -> Result<Outcome, ApiError> {
        let registry = self.broker.things().registry();
        match call {
            TypeCall::Create { name, properties } => self.create_type(&name, properties, now),
            TypeCall::Describe(name) => {
                let found = registry.thing_type(&name)?;
                let mut shown = entry(found);
                shown["thingTypeId"] = found.id.as_str().into();
                Ok(Outcome::Document(shown))
            }
            TypeCall::List { page, prefix } => {
                let prefix = prefix.unwrap_or_default();
                let types = registry.types_after(page.after.as_deref());
                let types = types.filter(|it| it.name.starts_with(&prefix));
                let name = |it: &&ThingType| it.name.clone();
                Ok(list(
                    ["thingTypes", "nextToken"],
                    types,
                    page.size,
                    name,
                    |it| entry(it),
                ))
            }
            TypeCall::Deprecate { name, undo } => self.change_type(&name, |registry| {
                registry.deprecate_type(&name, undo, now.wall)
            }),
            TypeCall::Delete(name) => {
                self.change_type(&name, |registry| registry.delete_type(&name, now.wall))
            }
        }
    }

    fn create_type(
        &mut self,
        name: &str,
        properties: TypeProperties,
        now: Now,
    ) -> Result<Outcome, ApiError> {
        let id = self.new_id(now);
        self.change_type(name, |registry| {
            registry.create_type(name, properties, id, now.wall)
        })?;
        let created = self.broker.things().registry().thing_type(name)?;
        Ok(Outcome::Document(json!({
            "thingTypeName": created.name,
            "thingTypeArn": created.arn(),
            "thingTypeId": created.id,
        })))
    }

    fn change_type<T>(
        &mut self,
        name: &str,
        change: impl FnOnce(&mut Registry) -> Result<T, RegistryError>,
    ) -> Result<Outcome, ApiError> {
        self.broker
            .change_registry(Key::ThingType(name.into()), change)?;
        Ok(nothing())
    }
}

/// As it stands in a list.
fn entry(it: &ThingType) -> Value {
    let mut properties = json!({ "searchableAttributes": it.properties.searchable_attributes });
    if let Some(description) = &it.properties.description {
        properties["thingTypeDescription"] = description.as_str().into();
    }
    let mut metadata = json!({
        "deprecated": it.deprecated.is_some(),
        "creationDate": seconds(it.created),
    });
    if let Some(since) = it.deprecated {
        metadata["deprecationDate"] = seconds(since);
    }
    json!({
        "thingTypeName": it.name,
        "thingTypeArn": it.arn(),
        "thingTypeProperties": properties,
        "thingTypeMetadata": metadata,
    })
}
