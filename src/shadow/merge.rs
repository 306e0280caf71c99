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
