//! What must hold for any sequence of updates and any bytes.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use crate::shadow::document::write::{self, Footer};
use crate::shadow::document::{ShadowDocument, json as own_json};
use crate::shadow::event::{EventKind, ShadowEvent};
use crate::shadow::merge;
use crate::shadow::patch::Patch;
use crate::shadow::service::{Limits, Request, Response, ShadowService};
use crate::shadow::topics::{Operation, ShadowId, ShadowTopic, Verb};
use crate::shadow::value::Value;
use crate::time::UnixMillis;

const UPDATE: &str = "$aws/things/lamp/shadow/update";

fn lamp() -> ShadowId<'static> {
    ShadowId::new("lamp", None).unwrap()
}

/// A value that may stand in an array. Few different ones, so that they are often equal.
fn settled() -> impl Strategy<Value = Json> {
    let scalar = prop_oneof![
        any::<bool>().prop_map(Json::from),
        (-1i64..2).prop_map(Json::from),
        (0u8..3).prop_map(|half| json!(f64::from(half) / 2.0)),
        "[ab]?".prop_map(Json::from),
    ];
    scalar.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Json::from),
            members(inner).prop_map(Json::from),
        ]
    })
}

fn members(value: impl Strategy<Value = Json>) -> impl Strategy<Value = Map<String, Json>> {
    vec(("[abc]", value), 0..4).prop_map(|members| members.into_iter().collect())
}

fn wish() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![1 => Just(Json::Null), 4 => settled()];
    leaf.prop_recursive(3, 12, 3, |inner| members(inner).prop_map(Json::from))
}

fn section() -> impl Strategy<Value = Json> {
    prop_oneof![1 => Just(Json::Null), 8 => members(wish()).prop_map(Json::from)]
}

/// The `state` of an update.
fn state() -> impl Strategy<Value = Json> {
    let sections = (
        proptest::option::of(section()),
        proptest::option::of(section()),
    );
    let sections = sections.prop_map(|(desired, reported)| {
        let mut state = Map::new();
        state.extend(desired.map(|section| ("desired".to_owned(), section)));
        state.extend(reported.map(|section| ("reported".to_owned(), section)));
        Json::Object(state)
    });
    prop_oneof![1 => Just(Json::Null), 15 => sections]
}

fn send(service: &mut ShadowService, state: &Json, now: UnixMillis) -> Response {
    let body = json!({ "state": state }).to_string();
    let request = Request::from_message(UPDATE, body.as_bytes()).unwrap();
    service.handle(request, now)
}

fn service_after(states: &[Json]) -> ShadowService {
    let mut service = ShadowService::new(Limits::default());
    for (step, state) in states.iter().enumerate() {
        let now = UnixMillis::from_seconds(1000 + 7 * step as i64);
        assert!(send(&mut service, state, now).answer.is_ok(), "{state}");
    }
    service
}

fn patch(state: &Json) -> Patch {
    let mut body = own_json::parse(json!({ "state": state }).to_string().as_bytes()).unwrap();
    Patch::new(body.remove("state").unwrap(), usize::MAX).unwrap()
}

/// A document's state as other JSON code sees it.
fn stored(document: &ShadowDocument) -> (Json, Json) {
    let section = |section| serde_json::from_slice(&own_json::to_bytes(section)).unwrap();
    (section(&document.desired), section(&document.reported))
}

fn body(document: &ShadowDocument) -> String {
    let body = write::whole(document, Footer::new(document.timestamp, None));
    String::from_utf8(body).unwrap()
}

fn covers(reported: Option<&Json>, desired: &Json) -> bool {
    match (desired, reported) {
        (Json::Object(desired), Some(Json::Object(reported))) => desired
            .iter()
            .all(|(key, desired)| covers(reported.get(key), desired)),
        (Json::Object(_), _) | (_, None) => false,
        (desired, Some(reported)) => same(desired, reported),
    }
}

fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => a.as_f64() == b.as_f64(),
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Json::Object(a), Json::Object(b)) => {
            let member = |(key, a)| b.get(key).is_some_and(|b| same(a, b));
            a.len() == b.len() && a.iter().all(member)
        }
        _ => a == b,
    }
}

proptest! {
    #[test]
    fn following_the_messages_gives_the_services_document(states in vec(state(), 1..12)) {
        let mut service = ShadowService::new(Limits::default());
        let mut from_documents = ShadowDocument::default();
        let mut from_accepted = ShadowDocument::default();
        for (step, state) in states.iter().enumerate() {
            let now = UnixMillis(1_000_400 + 7_300 * step as i64);
            for message in send(&mut service, state, now).messages {
                let topic = ShadowTopic::parse(message.topic.as_str()).unwrap();
                if topic.operation == Operation::Delta {
                    continue;
                }
                match ShadowEvent::parse(topic.operation, &message.payload).unwrap().kind {
                    EventKind::Documents(document) => from_documents = document,
                    EventKind::Updated { patch, version, at } => {
                        from_accepted = merge::merged(&from_accepted, &patch, version, at);
                    }
                    other => prop_assert!(false, "{other:?}"),
                }
            }
            let document = service.document(lamp()).unwrap();
            // As bodies, because the metadata of an array without leaves has no place for its time.
            prop_assert_eq!(body(&from_documents), body(&document));
            prop_assert_eq!(body(&from_accepted), body(&document));
            prop_assert_eq!(document.version, step as u64 + 1);
        }
    }

    #[test]
    fn the_delta_is_empty_exactly_when_reported_covers_desired(states in vec(state(), 1..6)) {
        let service = service_after(&states);
        let document = service.document(lamp()).unwrap();
        let (desired, reported) = stored(&document);
        prop_assert_eq!(document.delta().is_empty(), covers(Some(&reported), &desired));
        let mut differs = false;
        document.visit_leaves(&mut |leaf| differs |= leaf.differs);
        prop_assert_eq!(differs, !document.delta().is_empty());
    }

    #[test]
    fn a_device_that_reports_the_delta_has_nothing_left_to_do(states in vec(state(), 1..6)) {
        let mut service = service_after(&states);
        let delta = service.document(lamp()).unwrap().delta();
        let delta: Json = serde_json::from_slice(&own_json::to_bytes(&delta)).unwrap();
        let response = send(&mut service, &json!({ "reported": delta }), UnixMillis(5_000_000));
        prop_assert!(response.answer.is_ok());
        prop_assert_eq!(response.messages.len(), 2, "accepted and documents, but no delta");
    }

    #[test]
    fn merging_twice_is_merging_once(states in vec(state(), 1..6), last in state()) {
        let service = service_after(&states);
        let document = service.document(lamp()).unwrap();
        let patch = patch(&last);
        let once = merge::merged(&document, &patch, 9, UnixMillis(9_000));
        let twice = merge::merged(&once, &patch, 9, UnixMillis(9_000));
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn the_leaves_are_what_the_paths_lead_to(states in vec(state(), 1..6)) {
        let service = service_after(&states);
        let document = service.document(lamp()).unwrap();
        let mut last: Vec<String> = Vec::new();
        document.visit_leaves(&mut |leaf| {
            let path: Vec<String> = leaf.path.iter().map(|key| key.to_string()).collect();
            assert!(path > last, "{path:?} after {last:?}");
            last = path;
            if leaf.desired.is_some() {
                assert_eq!(leaf.desired, document.desired.leaf(leaf.path));
            }
            if leaf.reported.is_some() {
                assert_eq!(leaf.reported, document.reported.leaf(leaf.path));
            }
        });
    }

    #[test]
    fn no_bytes_panic_the_service_or_a_client(bytes in vec(any::<u8>(), 0..64)) {
        feed(&bytes);
    }

    #[test]
    fn no_damaged_message_panics_the_service_or_a_client(
        states in vec(state(), 1..4),
        wrong in any::<u8>(),
        place in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut service = service_after(&states);
        let update = json!({ "state": states[0], "version": 1, "clientToken": "t" }).to_string();
        let mut payloads = vec![update.into_bytes()];
        let messages = send(&mut service, &states[0], UnixMillis(5_000_000)).messages;
        payloads.extend(messages.into_iter().map(|message| message.payload.to_vec()));
        for mut payload in payloads {
            let place = place.index(payload.len());
            payload[place] = wrong;
            if cut {
                payload.truncate(place);
            }
            feed(&payload);
        }
    }

    #[test]
    fn no_topic_panics_the_parser(topic in "\\PC*", end in "[a-z/$+#é]{0,12}") {
        let _ = ShadowTopic::parse(&topic);
        let _ = ShadowTopic::parse(&format!("$aws/things/{end}"));
        let _ = ShadowTopic::parse(&format!("$aws/things/a/shadow/name/{end}"));
    }

    #[test]
    fn decimals_come_back_as_they_went(number in any::<f64>().prop_filter("JSON", |n| n.is_finite())) {
        let text = json!({ "a": number }).to_string();
        let read = own_json::parse(text.as_bytes()).unwrap();
        prop_assert_eq!(read.get("a"), Some(&Value::from(number)));
        prop_assert_eq!(own_json::to_bytes(&read), text.into_bytes());
    }
}

fn feed(bytes: &[u8]) {
    let mut service = ShadowService::new(Limits::default());
    for verb in [Verb::Update, Verb::Get, Verb::Delete] {
        for operation in [
            Operation::Accepted(verb),
            Operation::Rejected(verb),
            Operation::Documents,
        ] {
            let _ = ShadowEvent::parse(operation, bytes);
        }
        let operation = Operation::Request(verb);
        let topic = ShadowTopic {
            id: lamp(),
            operation,
        }
        .to_string();
        let request = Request::from_message(&topic, bytes).unwrap();
        let response = service.handle(request, UnixMillis(1_000));
        assert!(!response.messages.is_empty());
    }
}
