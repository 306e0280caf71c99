//! A shadow's document: desired and reported state, each leaf with the time when it was last named.
//! Serde and its JSON stop in this module and below it; the merge rules are in `merge`.

pub(in crate::shadow) mod json;
pub(in crate::shadow) mod write;

pub use json::JsonError;
pub use write::{desired_patch, desired_update, named_request};

use crate::shadow::merge;
use crate::shadow::value::{Object, Value, join};
use crate::time::UnixMillis;

/// What the service holds of one shadow. An empty section is an absent one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShadowDocument {
    pub desired: Object<Node>,
    pub reported: Object<Node>,
    pub version: u64,
    /// When the message that carried it was sent.
    pub timestamp: UnixMillis,
}

/// State and metadata in one tree, because both always have the same shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Anything but a JSON object: arrays are values and have one time.
    Leaf(Stated),
    Object(Object<Self>),
}

/// A value and when it was last named in an update. None: the message did not say.
#[derive(Clone, Debug, PartialEq)]
pub struct Stated {
    pub value: Value,
    pub at: Option<UnixMillis>,
}

/// One path of desired and reported together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leaf<'a> {
    /// Keys from the section down.
    pub path: &'a [&'a str],
    pub reported: Option<&'a Stated>,
    pub desired: Option<&'a Stated>,
    /// The delta holds this path: desired is there and reported is not equal to it.
    pub differs: bool,
}

/// How an object without members appears among the leaves.
static EMPTY_OBJECT: Stated = Stated {
    value: Value::Object(Object::EMPTY),
    at: None,
};

impl ShadowDocument {
    /// What desired asks for beyond what is reported.
    pub fn delta(&self) -> Object<Node> {
        merge::delta(&self.desired, &self.reported)
    }

    /// The reported state as JSON, for those who look for something in it.
    pub fn reported_json(&self) -> Vec<u8> {
        json::to_bytes(&self.reported)
    }

    /// Shows every leaf in the order of the paths.
    pub fn visit_leaves(&self, visit: &mut impl FnMut(Leaf<'_>)) {
        visit_members(&self.desired, &self.reported, &mut Vec::new(), visit);
    }
}

impl Object<Node> {
    /// The leaf at `path`. None where nothing stands there, or an object does.
    pub fn leaf(&self, path: &[impl AsRef<str>]) -> Option<&Stated> {
        let (last, way) = path.split_last()?;
        let mut object = self;
        for key in way {
            object = match object.get(key.as_ref())? {
                Node::Object(inner) => inner,
                Node::Leaf(_) => return None,
            };
        }
        object.get(last.as_ref())?.stated()
    }

    /// Joins state with the metadata that came beside it.
    pub(in crate::shadow) fn stamped(
        state: Object<Value>,
        metadata: Option<&Object<Value>>,
    ) -> Self {
        let members = state.into_iter().filter_map(|(key, value)| {
            let metadata = metadata.and_then(|object| object.get(&key));
            let node = match value {
                Value::Null => return None,
                Value::Object(inner) => {
                    Node::Object(Self::stamped(inner, metadata.and_then(Value::as_object)))
                }
                value => Node::Leaf(Stated {
                    value,
                    at: metadata.and_then(earliest_stamp),
                }),
            };
            Some((key, node))
        });
        members.collect()
    }
}

impl Node {
    fn stated(&self) -> Option<&Stated> {
        match self {
            Self::Leaf(stated) => Some(stated),
            Self::Object(members) if members.is_empty() => Some(&EMPTY_OBJECT),
            Self::Object(_) => None,
        }
    }
}

/// The first time found in a piece of metadata: a leaf, or an array of leaves.
pub(in crate::shadow) fn earliest_stamp(metadata: &Value) -> Option<UnixMillis> {
    match metadata {
        Value::Object(members) => match members.get("timestamp").map(Value::as_unsigned) {
            Some(Some(seconds)) => Some(UnixMillis::from_seconds(seconds.try_into().ok()?)),
            _ => members
                .iter()
                .find_map(|(_, member)| earliest_stamp(member)),
        },
        Value::Array(elements) => elements.iter().find_map(earliest_stamp),
        _ => None,
    }
}

fn visit_members<'a>(
    desired: &'a Object<Node>,
    reported: &'a Object<Node>,
    path: &mut Vec<&'a str>,
    visit: &mut impl FnMut(Leaf<'_>),
) {
    for (key, desired, reported) in join(desired, reported) {
        path.push(key);
        visit_node(desired, reported, path, visit);
        path.pop();
    }
}

fn visit_node<'a>(
    desired: Option<&'a Node>,
    reported: Option<&'a Node>,
    path: &mut Vec<&'a str>,
    visit: &mut impl FnMut(Leaf<'_>),
) {
    let inner = |node: Option<&'a Node>| match node {
        Some(Node::Object(members)) => members,
        _ => const { &Object::EMPTY },
    };
    let (desired_members, reported_members) = (inner(desired), inner(reported));
    let (mut desired_leaf, mut reported_leaf) = (
        desired.and_then(Node::stated),
        reported.and_then(Node::stated),
    );
    // An empty object beside one with members is no leaf of its own: the members are.
    if matches!(desired, Some(Node::Object(_))) && matches!(reported, Some(Node::Object(_))) {
        let both_empty = desired_members.is_empty() && reported_members.is_empty();
        desired_leaf = desired_leaf.filter(|_| both_empty);
        reported_leaf = reported_leaf.filter(|_| both_empty);
    }
    if desired_leaf.is_some() || reported_leaf.is_some() {
        visit(Leaf {
            path,
            reported: reported_leaf,
            desired: desired_leaf,
            differs: desired_leaf.is_some_and(|wished| match reported_leaf {
                Some(reported) => reported.value != wished.value,
                None => true,
            }),
        });
    }
    visit_members(desired_members, reported_members, path, visit);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(text: &str, seconds: &str) -> Object<Node> {
        let metadata = json::parse(seconds.as_bytes()).unwrap();
        Object::stamped(json::parse(text.as_bytes()).unwrap(), Some(&metadata))
    }

    fn leaves(desired: &str, reported: &str) -> Vec<String> {
        let document = ShadowDocument {
            desired: section(desired, "{}"),
            reported: section(reported, "{}"),
            ..ShadowDocument::default()
        };
        let text = |stated: Option<&Stated>| match stated {
            Some(stated) => stated.value.to_text(),
            None => "-".to_owned(),
        };
        let mut leaves = Vec::new();
        document.visit_leaves(&mut |leaf| {
            let (path, mark) = (leaf.path.join("."), if leaf.differs { "!" } else { "" });
            let (reported, desired) = (text(leaf.reported), text(leaf.desired));
            leaves.push(format!("{path} {reported} {desired}{mark}"));
        });
        leaves
    }

    #[test]
    fn leaves_of_both_sections_stand_side_by_side() {
        let leaves = leaves(
            r#"{"power":"on","fan":{"speed":40},"list":[1]}"#,
            r#"{"power":"off","fan":{"speed":40.0,"rpm":900},"list":[1.0]}"#,
        );
        let expected = [
            "fan.rpm 900 -",
            "fan.speed 40.0 40",
            "list [1.0] [1]",
            "power off on!",
        ];
        assert_eq!(leaves, expected);
    }

    #[test]
    fn a_leaf_beside_an_object_is_shown_with_the_objects_leaves() {
        assert_eq!(
            leaves(r#"{"a":{"b":1}}"#, r#"{"a":7}"#),
            ["a 7 -", "a.b - 1!"]
        );
        assert_eq!(
            leaves(r#"{"a":7}"#, r#"{"a":{"b":1}}"#),
            ["a - 7!", "a.b 1 -"]
        );
    }

    #[test]
    fn an_empty_object_is_a_leaf_unless_the_other_side_has_members() {
        assert_eq!(leaves(r#"{"a":{}}"#, "{}"), ["a - {}!"]);
        assert_eq!(leaves(r#"{"a":{}}"#, r#"{"a":7}"#), ["a 7 {}!"]);
        assert_eq!(leaves(r#"{"a":{}}"#, r#"{"a":{}}"#), ["a {} {}"]);
        assert_eq!(leaves(r#"{"a":{}}"#, r#"{"a":{"b":1}}"#), ["a.b 1 -"]);
        assert_eq!(leaves(r#"{"a":{"b":1}}"#, r#"{"a":{}}"#), ["a.b - 1!"]);
    }

    #[test]
    fn every_leaf_has_the_time_of_its_metadata() {
        let section = section(
            r#"{"timestamp":1,"a":{"b":[[2],3]},"c":4,"d":null}"#,
            r#"{"timestamp":{"timestamp":10},"a":{"b":[[{"timestamp":20}],{"timestamp":20}]},"c":{}}"#,
        );
        let at = |path: &[&str]| section.leaf(path).unwrap().at.map(UnixMillis::seconds);
        assert_eq!(at(&["timestamp"]), Some(10));
        assert_eq!(at(&["a", "b"]), Some(20));
        assert_eq!(at(&["c"]), None, "its metadata does not say");
        assert_eq!(section.leaf(&["d"]), None, "null is no value");
        assert_eq!(section.leaf(&["a"]), None, "an object is no leaf");
        assert_eq!(section.leaf(&["c", "d"]), None);
        assert_eq!(section.leaf(&[""; 0]), None);
    }
}
