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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Call, ControlCall, Request as ApiRequest};
    use crate::broker::Limits;
    use crate::things::Principal;

    /// Calls until there is an answer. Says how often that was.
    fn call(backend: &mut Backend, method: &str, path: &str, body: &str) -> (Value, usize) {
        let parsed = Call::parse(&ApiRequest {
            method,
            path,
            body: body.to_owned().into(),
            ..ApiRequest::default()
        });
        let mut call = parsed.unwrap();
        for count in 1.. {
            let (outcome, _) = backend.handle_call(&Principal::Inside, call, Now::default());
            match outcome.unwrap() {
                Outcome::Searching(search) => {
                    call = Call::Control(ControlCall::SearchIndex(search));
                }
                Outcome::Document(document) => return (document, count),
                other => panic!("{other:?}"),
            }
        }
        unreachable!()
    }

    fn search(backend: &mut Backend, body: &Value) -> (Vec<String>, Value, usize) {
        let (page, count) = call(backend, "POST", "/indices/search", &body.to_string());
        let things = page["things"].as_array().unwrap().iter();
        let names = things.map(|thing| thing["thingName"].as_str().unwrap().to_owned());
        (names.collect(), page["nextToken"].clone(), count)
    }

    #[test]
    fn a_large_fleet_is_gone_through_page_by_page_and_lets_others_in_between() {
        let mut backend = Backend::new(Limits::default(), 1);
        for index in 0..1000 {
            call(&mut backend, "POST", &format!("/things/t{index:03}"), "");
        }
        let mut body = json!({ "queryString": "thingName:t?5?", "maxResults": 60 });
        let (first, token, _) = search(&mut backend, &body);
        assert_eq!((first.len(), first[59].as_str()), (60, "t559"));
        body["nextToken"] = token;
        let (second, token, count) = search(&mut backend, &body);
        assert_eq!((second.len(), second[0].as_str()), (40, "t650"));
        assert_eq!((token, count), (Value::Null, 2));
        let (none, token, count) = search(&mut backend, &json!({ "queryString": "absent" }));
        assert_eq!((none.len(), token, count), (0, Value::Null, 4));
    }

    #[test]
    fn a_page_ends_before_it_grows_too_large() {
        let mut backend = Backend::new(Limits::default(), 1);
        let large = "x".repeat(7000);
        for index in 0..100 {
            let name = format!("t{index:03}");
            call(&mut backend, "POST", &format!("/things/{name}"), "");
            for shadow in ["a", "b", "c"] {
                let body = json!({ "state": { "reported": { "text": large } } }).to_string();
                let request = Request {
                    id: ShadowId::new(&name, Some(shadow)).unwrap(),
                    verb: Verb::Update,
                    body: body.as_bytes(),
                    via: Via::Http,
                };
                backend
                    .shadows
                    .handle(request, UnixMillis(0))
                    .answer
                    .unwrap();
            }
        }
        let mut body = json!({ "queryString": "*" });
        let mut found = Vec::new();
        let mut pages = 0;
        loop {
            let (names, token, _) = search(&mut backend, &body);
            found.extend(names);
            pages += 1;
            body["nextToken"] = token;
            if body["nextToken"].is_null() {
                break;
            }
        }
        assert_eq!((found.len(), pages), (100, 3));
    }
}
