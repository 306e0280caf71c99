//! Goes through the registered things, some at a time, and shows those that a query finds.

use gnomon::shadow::service::{Request, ShadowService, Via};
use gnomon::shadow::topics::{ShadowId, Verb};
use gnomon::time::{Now, UnixMillis};
use serde_json::{Map, Value, json};

use crate::api::Outcome;
use crate::api::token;
use crate::backend::Backend;
use crate::broker::Connectivity;
use crate::search::Search;
use crate::things::registry::Thing;

/// Things that are looked at before others get their turn.
const AT_A_TIME: usize = 256;
/// A page ends behind the thing with which it reaches this many bytes.
const PAGE_BYTES: usize = 1024 * 1024;

impl Backend {
    pub(super) fn search(&mut self, mut search: Search, now: Now) -> Outcome {
        let registry = self.broker.things().registry();
        let after = search.after.take();
        let mut things = registry.after(after.as_deref()).peekable();
        for thing in things.by_ref().take(AT_A_TIME) {
            let mut shown = shown(thing);
            shown["connectivity"] = connectivity(self.broker.connectivity(&thing.name));
            let needs_shadows = search.query.needs_shadows();
            if needs_shadows {
                add_shadow(&mut shown, &mut self.shadows, now.wall);
            }
            search.after = Some(thing.name.clone());
            if !search.query.matches(&shown) {
                continue;
            }
            if !needs_shadows {
                add_shadow(&mut shown, &mut self.shadows, now.wall);
            }
            search.add(with_shadow_as_text(shown));
            if search.found.len() >= search.size || search.bytes >= PAGE_BYTES {
                break;
            }
        }
        let is_full = search.found.len() >= search.size || search.bytes >= PAGE_BYTES;
        match things.peek() {
            Some(_) if !is_full => Outcome::Searching(search),
            more => {
                let last = more.and(search.after.as_deref());
                let next_token = last.map(token::write);
                Outcome::Document(json!({ "things": search.found, "nextToken": next_token }))
            }
        }
    }
}

fn shown(thing: &Thing) -> Value {
    let mut shown = json!({
        "thingName": thing.name,
        "thingId": thing.id,
        "attributes": thing.attributes,
    });
    if let Some(type_name) = &thing.type_name {
        shown["thingTypeName"] = type_name.as_str().into();
    }
    shown
}

fn connectivity(connectivity: Connectivity) -> Value {
    let mut shown = json!({ "connected": connectivity.connected });
    if let Some(since) = connectivity.since {
        shown["timestamp"] = since.0.into();
    }
    if let Some(reason) = connectivity.reason {
        shown["disconnectReason"] = reason.into();
    }
    shown
}

fn add_shadow(shown: &mut Value, shadows: &mut ShadowService, now: UnixMillis) {
    let thing = shown["thingName"].as_str().unwrap_or_default().to_owned();
    let names: Vec<_> = shadows.names(&thing, None).map(str::to_owned).collect();
    let mut named = Map::new();
    for name in names {
        if let Some(shadow) = shadow(shadows, &thing, Some(&name), now) {
            named.insert(name, shadow);
        }
    }
    let mut whole = shadow(shadows, &thing, None, now);
    if !named.is_empty() {
        whole.get_or_insert_with(|| json!({}))["name"] = named.into();
    }
    if let Some(shadow) = whole {
        shown["shadow"] = shadow;
    }
}

/// `desired`, `reported` and `delta` side by side with `metadata`, `hasDelta` and `version`.
fn shadow(
    shadows: &mut ShadowService,
    thing: &str,
    name: Option<&str>,
    now: UnixMillis,
) -> Option<Value> {
    let request = Request {
        id: ShadowId::new(thing, name).ok()?,
        verb: Verb::Get,
        body: b"",
        via: Via::Http,
    };
    let answer = shadows.handle(request, now).answer.ok()?;
    let mut document: Value = serde_json::from_slice(&answer).ok()?;
    let mut shadow = document["state"].take();
    shadow["hasDelta"] = shadow.get("delta").is_some().into();
    shadow["metadata"] = document["metadata"].take();
    shadow["version"] = document["version"].take();
    Some(shadow)
}

/// In the answer it is a text of its own.
fn with_shadow_as_text(mut shown: Value) -> Value {
    if let Some(shadow) = shown.get_mut("shadow") {
        *shadow = shadow.to_string().into();
    }
    shown
}
