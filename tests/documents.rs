//! Whatever a device writes into its shadow and however the page's link fares, the page ends with the service's
//! document: the engine and the backend joined in memory, under virtual time.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::panic)]

#[allow(dead_code)]
mod pair {
    pub(crate) mod beside;
    pub(crate) mod device;
    pub(crate) mod line;
    pub(crate) mod tap;
}

use std::time::Duration;

use gnomon::engine::frame::{FieldView, Selected};
use gnomon::shadow::document::Stated;
use gnomon::shadow::topics::ShadowId;
use gnomon::time::UnixMillis;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use pair::device::Device;
use pair::line::Pair;

/// Longer than the page needs to come back and to ask for what it missed.
const SETTLED: Duration = Duration::from_secs(60);

#[derive(Clone, Debug)]
enum Step {
    Update(Value),
    Delete,
    /// The page loses its link.
    Cut,
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => state().prop_map(Step::Update),
        1 => Just(Step::Delete),
        2 => Just(Step::Cut),
        4 => (1..3000u64).prop_map(Step::Wait),
    ]
}

/// The `state` of an update: few keys and few values, so that they meet often.
fn state() -> impl Strategy<Value = Value> {
    let sections = (section(), section(), 0..4u8);
    sections.prop_map(|(desired, reported, which)| match which {
        0 => json!({ "desired": desired }),
        1 => json!({ "reported": reported }),
        2 => json!({ "desired": desired, "reported": reported }),
        _ => json!({ "desired": desired, "reported": null }),
    })
}

fn section() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..3u8).prop_map(Value::from),
        "[ab]".prop_map(Value::from),
        Just(json!([1, "a"])),
    ];
    leaf.prop_recursive(2, 8, 3, members)
        .prop_map(|value| match value {
            Value::Object(_) => value,
            other => json!({ "a": other }),
        })
}

fn members(inner: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    let members = prop::collection::vec(("[abc]", inner), 0..3);
    members.prop_map(|members| members.into_iter().collect::<Map<_, _>>().into())
}

type Side = (Option<String>, Option<UnixMillis>);

/// A path with what is reported and desired there, each with its time, and whether they differ.
type Leaf = (Vec<String>, Side, Side, bool);

fn on_the_page(pair: &mut Pair) -> Option<(u64, Vec<Leaf>)> {
    let Selected::Device(view) = pair.selected("lamp") else {
        return None;
    };
    let shadow = view.shadow?;
    let leaf = |field: FieldView| {
        let text = |value: Option<gnomon::engine::frame::ValueView>| value.map(|it| it.text);
        let reported = (text(field.reported), field.reported_at);
        let desired = (text(field.desired), field.desired_at);
        (field.path, reported, desired, field.differs)
    };
    Some((
        shadow.version,
        shadow.fields.into_iter().map(leaf).collect(),
    ))
}

fn in_the_service(pair: &Pair) -> Option<(u64, Vec<Leaf>)> {
    let id = ShadowId::new("lamp", None).expect("a valid name");
    let document = pair.backend.shadow(id)?;
    let side = |stated: Option<&Stated>| match stated {
        Some(stated) => {
            let text = match &stated.value {
                gnomon::shadow::value::Value::Text(text) => text.to_string(),
                other => other.to_text(),
            };
            (Some(text), stated.at)
        }
        None => (None, None),
    };
    let mut leaves = Vec::new();
    document.visit_leaves(&mut |leaf| {
        let path = leaf.path.iter().map(|key| (*key).to_owned()).collect();
        leaves.push((path, side(leaf.reported), side(leaf.desired), leaf.differs));
    });
    Some((document.version, leaves))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_page_ends_with_the_services_document(
        seed in any::<u64>(),
        steps in prop::collection::vec(step(), 1..25),
    ) {
        let mut pair = Pair::new(seed);
        let mut lamp = Device::connect(&mut pair, "lamp");
        pair.connect();
        pair.run_for(SETTLED);
        // The page learns of a thing by its first message.
        lamp.update(&mut pair, r#"{"state":{"reported":{"a":1}}}"#);
        pair.run_until(|pair| on_the_page(pair).is_some());
        for step in steps {
            match step {
                Step::Update(state) => {
                    lamp.update(&mut pair, &json!({ "state": state }).to_string());
                }
                Step::Delete => lamp.publish(&mut pair, "$aws/things/lamp/shadow/delete", ""),
                Step::Cut => pair.cut(),
                Step::Wait(milliseconds) => pair.run_for(Duration::from_millis(milliseconds)),
            }
        }
        pair.run_for(SETTLED);
        // Whoever opens the panel of a device has its shadow asked for.
        on_the_page(&mut pair);
        pair.run_for(SETTLED);
        prop_assert_eq!(on_the_page(&mut pair), in_the_service(&pair));
    }
}
