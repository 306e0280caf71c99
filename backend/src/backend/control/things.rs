//! Things and their principals.

use gnomon::time::Now;
use serde_json::{Map, Value, json};

use super::{list, nothing};
use crate::api::control::{ThingCall, ThingFilter};
use crate::api::{ApiError, Outcome, Page};
use crate::backend::Backend;
use crate::journal::Key;
use crate::things::certificates::CertificateId;
use crate::things::registry::{NewThing, Registry, RegistryError, Thing};

impl Backend {
    pub(super) fn thing_call(&mut self, call: ThingCall, now: Now) -> Result<Outcome, ApiError> {
        let registry = self.broker.things().registry();
        match call {
            ThingCall::Create { name, new } => self.create_thing(&name, new, now),
            ThingCall::Describe(name) => Ok(Outcome::Document(whole(registry.thing(&name)?))),
            ThingCall::List { page, filter } => Ok(list_things(registry, &page, &filter)),
            ThingCall::Update { name, update } => {
                self.change_thing(&name, |registry| registry.update(&name, update))
            }
            ThingCall::Delete {
                name,
                expected_version,
            } => self.change_thing(&name, |registry| registry.delete(&name, expected_version)),
            ThingCall::AttachPrincipal(name, id) => {
                self.check_certificate(id)?;
                self.change_thing(&name, |registry| registry.attach(&name, id))
            }
            ThingCall::DetachPrincipal(name, id) => {
                self.change_thing(&name, |registry| registry.detach(&name, id))
            }
            ThingCall::ListPrincipals { name, page } => {
                let principals = registry.thing(&name)?.principals(page.after);
                let name = |id: &CertificateId| id.to_string();
                let show = |id: &CertificateId| id.arn().into();
                Ok(list(
                    ["principals", "nextToken"],
                    principals,
                    page.size,
                    name,
                    show,
                ))
            }
            ThingCall::ListOfPrincipal { certificate, page } => {
                self.check_certificate(certificate)?;
                let things = registry.things_of(certificate, page.after.as_deref());
                let name = |name: &&str| (*name).to_owned();
                Ok(list(
                    ["things", "nextToken"],
                    things,
                    page.size,
                    name,
                    |it| (*it).into(),
                ))
            }
        }
    }

    fn create_thing(&mut self, name: &str, new: NewThing, now: Now) -> Result<Outcome, ApiError> {
        let id = self.new_id(now);
        self.change_thing(name, |registry| registry.create(name, new, id))?;
        let thing = self.broker.things().registry().thing(name)?;
        Ok(Outcome::Document(json!({
            "thingName": thing.name,
            "thingArn": thing.arn(),
            "thingId": thing.id,
        })))
    }

    fn change_thing<T>(
        &mut self,
        name: &str,
        change: impl FnOnce(&mut Registry) -> Result<T, RegistryError>,
    ) -> Result<Outcome, ApiError> {
        self.broker
            .change_registry(Key::Thing(name.into()), change)?;
        Ok(nothing())
    }
}

fn list_things(registry: &Registry, page: &Page<String>, filter: &ThingFilter) -> Outcome {
    let things = registry.after(page.after.as_deref());
    let things = things.filter(|thing| fits(thing, filter));
    let name = |thing: &&Thing| thing.name.clone();
    list(["things", "nextToken"], things, page.size, name, |it| {
        entry(it).into()
    })
}

fn fits(thing: &Thing, filter: &ThingFilter) -> bool {
    let type_fits = filter.type_name.is_none() || thing.type_name == filter.type_name;
    let Some(name) = &filter.attribute_name else {
        return type_fits;
    };
    let value = thing.attributes.get(name);
    let value_fits = match (value, &filter.attribute_value) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(value), Some(wanted)) if filter.by_prefix => value.starts_with(wanted),
        (Some(value), Some(wanted)) => value == wanted,
    };
    type_fits && value_fits
}

/// As it stands in a list.
fn entry(thing: &Thing) -> Map<String, Value> {
    let mut entry = Map::new();
    entry.insert("thingName".into(), thing.name.as_str().into());
    if let Some(type_name) = &thing.type_name {
        entry.insert("thingTypeName".into(), type_name.as_str().into());
    }
    entry.insert("thingArn".into(), thing.arn().into());
    entry.insert("attributes".into(), json!(thing.attributes));
    entry.insert("version".into(), thing.version.into());
    entry
}

fn whole(thing: &Thing) -> Value {
    let mut whole = entry(thing);
    whole.insert("defaultClientId".into(), thing.name.as_str().into());
    whole.insert("thingId".into(), thing.id.as_str().into());
    whole.into()
}
