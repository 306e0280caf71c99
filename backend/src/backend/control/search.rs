//! Goes through the registered things, some at a time, and shows those that a query finds.

use gnomon::shadow::service::{Request, ShadowService, Via};
use gnomon::shadow::topics::{ShadowId, Verb};
use gnomon::time::{Now, UnixMillis};
use serde_json::{Map, Value, json};

use crate::api::Outcome;
use crate::api::token;
use crate::backend::Backend;
use crate::broker::Connectivity;
use crate::search::{Held, Look, Query, Search};
use crate::things::registry::Thing;

/// What is looked at before others get their turn.
const BYTES_AT_A_TIME: usize = 256 * 1024;
/// To find a thing or a shadow costs as much as to read this much.
const EACH: usize = 1024;

/// What may still be looked at in this turn.
struct Turn {
    bytes: usize,
    weight: usize,
}

impl Turn {
    fn spend(&mut self, bytes: usize) {
        let cost = (EACH + bytes).saturating_mul(self.weight);
        self.bytes = self.bytes.saturating_sub(cost);
    }

    fn is_over(&self) -> bool {
        self.bytes == 0
    }
}

impl Backend {
    pub(super) fn search(&mut self, mut search: Search, now: Now) -> Outcome {
        let mut turn = Turn {
            bytes: BYTES_AT_A_TIME,
            weight: search.query.weight(),
        };
        while !search.is_full() {
            if turn.is_over() {
                return Outcome::Searching(search);
            }
            let look = match search.look.take() {
                Some(look) => look,
                None => match self.begin_look(&mut search, &mut turn) {
                    Some(look) => look,
                    None => break,
                },
            };
            self.go_on(&mut search, look, &mut turn, now.wall);
        }
        let after = search.after.as_deref();
        let more = self.broker.things().registry().after(after).next();
        let next_token = more.and(after).map(token::write);
        Outcome::Document(json!({ "things": search.found, "nextToken": next_token }))
    }

    /// The next thing without its shadows; `None` behind the last one.
    fn begin_look(&self, search: &mut Search, turn: &mut Turn) -> Option<Look> {
        let mut things = self
            .broker
            .things()
            .registry()
            .after(search.after.as_deref());
        let thing = things.next()?;
        let attributes = thing.attributes.iter();
        turn.spend(
            attributes
                .map(|(name, value)| name.len() + value.len())
                .sum(),
        );
        let mut shown = shown(thing);
        shown["connectivity"] = connectivity(self.broker.connectivity(&thing.name));
        let mut held = Held::default();
        search.query.look(&shown, &mut held);
        let name = thing.name.clone();
        search.after = Some(name.clone());
        Some(Look {
            name,
            shown,
            held,
            named: Map::new(),
            bytes: 0,
            after: None,
        })
    }

    /// Looks at a thing's shadows, and takes the thing if it fits; or leaves it to the next turn.
    fn go_on(&mut self, search: &mut Search, mut look: Look, turn: &mut Turn, now: UnixMillis) {
        let query = &search.query;
        if !query.needs_shadows() && !query.fits(look.held) {
            return;
        }
        while let Some(name) = next_name(&self.shadows, &look) {
            if turn.is_over() {
                search.look = Some(look);
                return;
            }
            if let Some((shadow, len)) = shadow(&mut self.shadows, &look.name, Some(&name), now) {
                turn.spend(len);
                look.add(query, &name, shadow, len);
            }
            look.after = Some(name);
        }
        let whole = shadow(&mut self.shadows, &look.name, None, now);
        let whole = whole.map(|(shadow, len)| {
            turn.spend(len);
            shadow
        });
        if let Some(thing) = look.end(query, whole) {
            search.add(with_shadow_as_text(thing));
        }
    }
}

/// The named shadow that is to be looked at next.
fn next_name(shadows: &ShadowService, look: &Look) -> Option<String> {
    let mut names = shadows.names(&look.name, look.after.as_deref());
    names.next().map(str::to_owned)
}

impl Look {
    /// Takes a named shadow into account. The answer shows as many as a page has room for.
    fn add(&mut self, query: &Query, name: &str, shadow: Value, len: usize) {
        let mut part = json!({ "shadow": { "name": { name: shadow } } });
        query.look(&part, &mut self.held);
        self.bytes += len;
        if self.bytes <= Search::PAGE_BYTES {
            let shadow = part["shadow"]["name"][name].take();
            self.named.insert(name.to_owned(), shadow);
        }
    }

    /// The thing as the answer shows it, if it fits, its shadow without a name the last one.
    fn end(mut self, query: &Query, whole: Option<Value>) -> Option<Value> {
        let mut shadow = whole;
        if let Some(shadow) = &mut shadow {
            let mut part = json!({ "shadow": shadow.take() });
            query.look(&part, &mut self.held);
            *shadow = part["shadow"].take();
        }
        if !query.fits(self.held) {
            return None;
        }
        if !self.named.is_empty() {
            shadow.get_or_insert_with(|| json!({}))["name"] = self.named.into();
        }
        if let Some(shadow) = shadow {
            self.shown["shadow"] = shadow;
        }
        Some(self.shown)
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

/// `desired`, `reported` and `delta` side by side with `metadata`, `hasDelta` and `version`; and how long it is.
fn shadow(
    shadows: &mut ShadowService,
    thing: &str,
    name: Option<&str>,
    now: UnixMillis,
) -> Option<(Value, usize)> {
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
    Some((shadow, answer.len()))
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

    fn report(backend: &mut Backend, thing: &str, shadow: Option<&str>, text: &str) {
        let body = json!({ "state": { "reported": { "text": text } } }).to_string();
        let request = Request {
            id: ShadowId::new(thing, shadow).unwrap(),
            verb: Verb::Update,
            body: body.as_bytes(),
            via: Via::Http,
        };
        let response = backend.shadows.handle(request, UnixMillis(0));
        response.answer.unwrap();
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
                report(&mut backend, &name, Some(shadow), &large);
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

    #[test]
    fn a_thing_with_many_shadows_is_looked_at_in_turns() {
        let mut backend = Backend::new(Limits::default(), 1);
        for name in ["a", "lamp", "z"] {
            call(&mut backend, "POST", &format!("/things/{name}"), "");
        }
        let large = "x".repeat(7000);
        for index in 0..300 {
            report(&mut backend, "lamp", Some(&format!("s{index:03}")), &large);
        }
        report(&mut backend, "lamp", Some("s298"), "needle");
        report(&mut backend, "lamp", None, "whole");
        // 300 * 8 KB are more than eight times what is looked at in a turn.
        let turns = 9..=12;
        for query in [
            "needle AND whole",
            "shadow.name.s298.reported.text:needle",
            "thingName:lamp",
        ] {
            let (names, token, count) = search(&mut backend, &json!({ "queryString": query }));
            assert_eq!((names, token), (vec!["lamp".to_owned()], Value::Null));
            assert!(turns.contains(&count), "{query}: {count}");
        }
        let not = json!({ "queryString": "NOT needle" });
        assert_eq!(search(&mut backend, &not).0, ["a", "z"]);
        let (none, _, count) = search(&mut backend, &json!({ "queryString": "thingName:b" }));
        assert_eq!((none.len(), count), (0, 1), "no shadow is looked at");
        let (page, _) = call(
            &mut backend,
            "POST",
            "/indices/search",
            r#"{"queryString":"thingName:lamp"}"#,
        );
        let len = page["things"][0]["shadow"].as_str().unwrap().len();
        assert!(len > Search::PAGE_BYTES / 2 && len <= Search::PAGE_BYTES + 8192);
    }

    #[test]
    fn a_costly_query_looks_at_less_in_a_turn() {
        let mut backend = Backend::new(Limits::default(), 1);
        call(&mut backend, "POST", "/things/lamp", "");
        for index in 0..20 {
            let text = "a ".repeat(3500);
            report(&mut backend, "lamp", Some(&format!("s{index:03}")), &text);
        }
        let mut turns = |query: &str| search(&mut backend, &json!({ "queryString": query })).2;
        assert_eq!(turns("b"), 1);
        let phrase = format!("\"{}b\"", "a ".repeat(498));
        let wild = format!("*{}b", "a".repeat(900));
        assert_eq!((turns(&phrase), turns(&wild)), (11, 21));
    }
}
