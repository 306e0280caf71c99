//! How an update changes a document, what remains to be done by the device, and how large a document is.
//! Every function is pure: the document before an update stays as it was.

use crate::shadow::document::{Node, ShadowDocument, Stated, json};
use crate::shadow::patch::{Patch, SectionPatch};
use crate::shadow::value::{Object, Value, join};
use crate::time::UnixMillis;

/// The document after an update. `at` becomes the time of every leaf that the patch names.
pub fn merged(
    document: &ShadowDocument,
    patch: &Patch,
    version: u64,
    at: UnixMillis,
) -> ShadowDocument {
    ShadowDocument {
        desired: merged_section(&document.desired, patch.desired(), at),
        reported: merged_section(&document.reported, patch.reported(), at),
        version,
        timestamp: at,
    }
}

/// The part of `desired` that `reported` does not cover, with desired's times.
pub fn delta(desired: &Object<Node>, reported: &Object<Node>) -> Object<Node> {
    let members = join(desired, reported)
        .filter_map(|(key, desired, reported)| Some((key.into(), difference(desired?, reported)?)));
    members.collect()
}

/// What AWS IoT holds against its limit of 8 KB: both sections as compact JSON, in bytes, without metadata.
pub fn size(document: &ShadowDocument) -> usize {
    let sections = [&document.desired, &document.reported];
    let present = sections.into_iter().filter(|section| !section.is_empty());
    present.map(json::size).sum()
}

fn merged_section(section: &Object<Node>, patch: SectionPatch<'_>, at: UnixMillis) -> Object<Node> {
    match patch {
        SectionPatch::Keep => section.clone(),
        SectionPatch::Clear => Object::EMPTY,
        SectionPatch::Merge(patch) => merged_object(section, patch, at),
    }
}

fn merged_object(object: &Object<Node>, patch: &Object<Value>, at: UnixMillis) -> Object<Node> {
    let members = join(object, patch).filter_map(|(key, node, patch)| {
        let merged = match patch {
            None => node.cloned(),
            Some(patch) => merged_node(node, patch, at),
        };
        Some((key.into(), merged?))
    });
    members.collect()
}

/// None removes the key.
fn merged_node(node: Option<&Node>, patch: &Value, at: UnixMillis) -> Option<Node> {
    match (node, patch) {
        (_, Value::Null) => None,
        (Some(Node::Object(object)), Value::Object(patch)) => {
            Some(Node::Object(merged_object(object, patch, at)))
        }
        (_, Value::Object(patch)) => {
            let created = merged_object(&Object::EMPTY, patch, at);
            // A new subtree that holds only nulls is not created.
            let only_nulls = created.is_empty() && !patch.is_empty() && node.is_none();
            (!only_nulls).then_some(Node::Object(created))
        }
        (_, value) => Some(Node::Leaf(Stated {
            value: value.clone(),
            at: Some(at),
        })),
    }
}

fn difference(desired: &Node, reported: Option<&Node>) -> Option<Node> {
    match (desired, reported) {
        (Node::Object(desired), Some(Node::Object(reported))) => {
            let members = delta(desired, reported);
            (!members.is_empty()).then_some(Node::Object(members))
        }
        (Node::Leaf(desired), Some(Node::Leaf(reported))) if desired.value == reported.value => {
            None
        }
        _ => Some(desired.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(state: &str) -> Patch {
        let mut body = json::parse(format!(r#"{{"state":{state}}}"#).as_bytes()).unwrap();
        Patch::new(body.remove("state").unwrap(), 8).unwrap()
    }

    fn document(state: &str, seconds: i64) -> ShadowDocument {
        let at = UnixMillis::from_seconds(seconds);
        merged(&ShadowDocument::default(), &patch(state), 1, at)
    }

    fn text(section: &Object<Node>) -> String {
        String::from_utf8(json::to_bytes(section)).unwrap()
    }

    fn check_merge(before: &str, patched: &str, after: &str) {
        let section = |members: &str| format!(r#"{{"reported":{members}}}"#);
        let document = document(&section(before), 1);
        let merged = merged(&document, &patch(&section(patched)), 2, UnixMillis(2_000));
        assert_eq!(text(&merged.reported), after, "{before} and {patched}");
    }

    #[test]
    fn only_what_is_named_changes() {
        check_merge(
            r#"{"a":1,"b":2}"#,
            r#"{"b":3,"c":4}"#,
            r#"{"a":1,"b":3,"c":4}"#,
        );
        check_merge(
            r#"{"a":{"b":1}}"#,
            r#"{"a":{"c":2}}"#,
            r#"{"a":{"b":1,"c":2}}"#,
        );
        check_merge(r#"{"a":[1,2]}"#, r#"{"a":[3]}"#, r#"{"a":[3]}"#);
        check_merge(r#"{"a":{"b":1}}"#, r#"{"a":{}}"#, r#"{"a":{"b":1}}"#);
        check_merge(r#"{"a":1}"#, "{}", r#"{"a":1}"#);
    }

    #[test]
    fn null_removes_and_leaves_an_empty_object_behind() {
        check_merge(r#"{"a":1,"b":2}"#, r#"{"a":null,"z":null}"#, r#"{"b":2}"#);
        check_merge(r#"{"a":{"b":1}}"#, r#"{"a":{"b":null}}"#, r#"{"a":{}}"#);
    }

    #[test]
    fn another_type_replaces() {
        check_merge(r#"{"a":1}"#, r#"{"a":{"b":2}}"#, r#"{"a":{"b":2}}"#);
        check_merge(r#"{"a":{"b":2}}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#);
        check_merge(r#"{"a":1}"#, r#"{"a":{}}"#, r#"{"a":{}}"#);
        check_merge(r#"{"a":1}"#, r#"{"a":{"b":null}}"#, r#"{"a":{}}"#);
    }

    #[test]
    fn nulls_in_a_new_subtree_are_dropped() {
        check_merge("{}", r#"{"a":{"b":null,"c":{"d":null}}}"#, "{}");
        check_merge("{}", r#"{"a":{"b":null,"c":1}}"#, r#"{"a":{"c":1}}"#);
        check_merge("{}", r#"{"a":{"b":null,"c":{}}}"#, r#"{"a":{"c":{}}}"#);
    }

    #[test]
    fn only_what_is_named_gets_a_new_time() {
        let before = document(r#"{"desired":{"a":1,"b":{"c":2,"d":3}}}"#, 10);
        let again = patch(r#"{"desired":{"b":{"c":2}}}"#);
        let after = merged(&before, &again, 2, UnixMillis::from_seconds(20));
        let at = |path: &[&str]| {
            after
                .desired
                .leaf(path)
                .unwrap()
                .at
                .map(UnixMillis::seconds)
        };
        assert_eq!(at(&["a"]), Some(10));
        assert_eq!(at(&["b", "c"]), Some(20), "named, though not changed");
        assert_eq!(at(&["b", "d"]), Some(10));
        assert_eq!((after.version, after.timestamp), (2, UnixMillis(20_000)));
    }

    #[test]
    fn the_delta_compares_numbers_by_value_and_arrays_whole() {
        let check = |desired: &str, reported: &str, expected: &str| {
            let state = format!(r#"{{"desired":{desired},"reported":{reported}}}"#);
            assert_eq!(text(&document(&state, 1).delta()), expected, "{state}");
        };
        check(r#"{"a":1,"b":[1.0]}"#, r#"{"a":1.0,"b":[1]}"#, "{}");
        check(r#"{"a":true}"#, r#"{"a":1}"#, r#"{"a":true}"#);
        check(r#"{"a":"1"}"#, r#"{"a":1}"#, r#"{"a":"1"}"#);
        check(r#"{"a":[1,2]}"#, r#"{"a":[1]}"#, r#"{"a":[1,2]}"#);
        check(
            r#"{"a":{"b":1,"c":2}}"#,
            r#"{"a":{"b":1}}"#,
            r#"{"a":{"c":2}}"#,
        );
        check(r#"{"a":{}}"#, "{}", r#"{"a":{}}"#);
        check(r#"{"a":{}}"#, r#"{"a":{"b":1}}"#, "{}");
        check("{}", r#"{"a":1}"#, "{}");
    }

    #[test]
    fn the_size_is_that_of_both_sections_without_metadata() {
        assert_eq!(size(&ShadowDocument::default()), 0);
        let both = document(r#"{"desired":{"a":"é"},"reported":{"b":1}}"#, 1);
        assert_eq!(size(&both), r#"{"a":"é"}"#.len() + r#"{"b":1}"#.len());
    }
}
