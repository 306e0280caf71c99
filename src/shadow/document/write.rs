//! The bodies of requests and answers, in the key order that AWS IoT uses.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::shadow::document::json::to_bytes;
use crate::shadow::document::{Node, ShadowDocument};
use crate::shadow::error::ShadowError;
use crate::shadow::patch::Patch;
use crate::shadow::value::{Object, Value};
use crate::time::UnixMillis;

/// The payload of an update that wishes one value (`Value::Null` removes it) without a version, so the newest wins.
pub fn desired_update(path: &[String], value: &Value, client_token: &str) -> Vec<u8> {
    #[derive(serde::Serialize)]
    struct Request<'a> {
        state: Sections<Nested<'a>>,
        #[serde(rename = "clientToken")]
        client_token: &'a str,
    }
    let desired = Some(Nested { path, value });
    to_bytes(&Request {
        state: Sections {
            desired,
            reported: None,
            delta: None,
        },
        client_token,
    })
}

/// The payload of an update of several wishes, which holds only while the shadow is at that version.
pub fn desired_patch(patch: &Object<Value>, version: Option<u64>, client_token: &str) -> Vec<u8> {
    #[derive(serde::Serialize)]
    struct Request<'a> {
        state: Sections<&'a Object<Value>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        version: Option<u64>,
        #[serde(rename = "clientToken")]
        client_token: &'a str,
    }
    to_bytes(&Request {
        state: Sections {
            desired: Some(patch),
            reported: None,
            delta: None,
        },
        version,
        client_token,
    })
}

/// The payload of a `get` or a `delete` that others can trace.
pub fn named_request(client_token: &str) -> Vec<u8> {
    let token: Value = client_token.into();
    to_bytes(&Object::from_iter([("clientToken".into(), token)]))
}

/// What every answer ends with.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(in crate::shadow) struct Footer<'a> {
    timestamp: i64,
    #[serde(rename = "clientToken", skip_serializing_if = "Option::is_none")]
    client_token: Option<&'a str>,
}

impl<'a> Footer<'a> {
    pub(in crate::shadow) fn new(at: UnixMillis, client_token: Option<&'a str>) -> Self {
        Self {
            timestamp: at.seconds(),
            client_token,
        }
    }
}

/// `update/accepted`: the request's own state, and the time at each of its leaves.
pub(in crate::shadow) fn accepted(patch: &Patch, version: u64, footer: Footer<'_>) -> Vec<u8> {
    let value = patch.state();
    let metadata = Mirror {
        value,
        seconds: footer.timestamp,
    };
    to_bytes(&Body {
        state: value,
        metadata,
        version,
        footer,
    })
}

/// `get/accepted`
pub(in crate::shadow) fn whole(document: &ShadowDocument, footer: Footer<'_>) -> Vec<u8> {
    let delta = document.delta();
    to_bytes(&Body {
        state: Sections {
            delta: present(&delta),
            ..state(document)
        },
        metadata: metadata(document),
        version: document.version,
        footer,
    })
}

/// What is kept of a living shadow: the whole document without the delta, which follows from it.
pub(in crate::shadow) fn kept(document: &ShadowDocument) -> Vec<u8> {
    to_bytes(&Body {
        state: state(document),
        metadata: metadata(document),
        version: document.version,
        footer: Footer::new(document.timestamp, None),
    })
}

/// `update/delta`
pub(in crate::shadow) fn delta(delta: &Object<Node>, version: u64, footer: Footer<'_>) -> Vec<u8> {
    #[derive(serde::Serialize)]
    struct Delta<'a> {
        version: u64,
        timestamp: i64,
        state: &'a Object<Node>,
        metadata: Metadata<'a>,
        #[serde(rename = "clientToken", skip_serializing_if = "Option::is_none")]
        client_token: Option<&'a str>,
    }
    to_bytes(&Delta {
        version,
        timestamp: footer.timestamp,
        state: delta,
        metadata: Metadata(delta),
        client_token: footer.client_token,
    })
}

/// `update/documents`
pub(in crate::shadow) fn documents(
    previous: Option<&ShadowDocument>,
    current: &ShadowDocument,
    footer: Footer<'_>,
) -> Vec<u8> {
    #[derive(serde::Serialize)]
    struct Document<'a> {
        state: Sections<&'a Object<Node>>,
        metadata: Sections<Metadata<'a>>,
        version: u64,
    }
    #[derive(serde::Serialize)]
    struct Documents<'a> {
        previous: Option<Document<'a>>,
        current: Document<'a>,
        #[serde(flatten)]
        footer: Footer<'a>,
    }
    let view = |document| Document {
        state: state(document),
        metadata: metadata(document),
        version: document.version,
    };
    to_bytes(&Documents {
        previous: previous.map(view),
        current: view(current),
        footer,
    })
}

/// `delete/accepted`
pub(in crate::shadow) fn deleted(version: u64, footer: Footer<'_>) -> Vec<u8> {
    #[derive(serde::Serialize)]
    struct Deleted<'a> {
        version: u64,
        #[serde(flatten)]
        footer: Footer<'a>,
    }
    to_bytes(&Deleted { version, footer })
}

/// `rejected`. AWS documents a timestamp here, but sends none.
pub(in crate::shadow) fn rejected(error: &ShadowError, client_token: Option<&str>) -> Vec<u8> {
    #[derive(serde::Serialize)]
    struct Rejected<'a> {
        code: u16,
        message: String,
        #[serde(rename = "clientToken", skip_serializing_if = "Option::is_none")]
        client_token: Option<&'a str>,
    }
    to_bytes(&Rejected {
        code: error.code(),
        message: error.to_string(),
        client_token,
    })
}

#[derive(serde::Serialize)]
struct Body<'a, S, M> {
    state: S,
    metadata: M,
    version: u64,
    #[serde(flatten)]
    footer: Footer<'a>,
}

#[derive(serde::Serialize)]
struct Sections<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    desired: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reported: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delta: Option<T>,
}

fn state(document: &ShadowDocument) -> Sections<&Object<Node>> {
    Sections {
        desired: present(&document.desired),
        reported: present(&document.reported),
        delta: None,
    }
}

fn metadata(document: &ShadowDocument) -> Sections<Metadata<'_>> {
    Sections {
        desired: present(&document.desired).map(Metadata),
        reported: present(&document.reported).map(Metadata),
        delta: None,
    }
}

fn present(section: &Object<Node>) -> Option<&Object<Node>> {
    (!section.is_empty()).then_some(section)
}

/// The metadata of a section.
struct Metadata<'a>(&'a Object<Node>);

impl Serialize for Metadata<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, node) in self.0.iter() {
            map.serialize_key(key)?;
            match node {
                Node::Object(members) => map.serialize_value(&Metadata(members))?,
                Node::Leaf(stated) => map.serialize_value(&Mirror {
                    value: &stated.value,
                    seconds: stated.at.unwrap_or_default().seconds(),
                })?,
            }
        }
        map.end()
    }
}

/// A value's shape with a time at each leaf: the metadata of something that was named all at once.
struct Mirror<'a> {
    value: &'a Value,
    seconds: i64,
}

impl Serialize for Mirror<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let seconds = self.seconds;
        let mirror = |value| Mirror { value, seconds };
        match self.value {
            Value::Array(elements) => serializer.collect_seq(elements.iter().map(mirror)),
            Value::Object(members) => {
                serializer.collect_map(members.iter().map(|(key, member)| (key, mirror(member))))
            }
            _ => serializer.collect_map([("timestamp", seconds)]),
        }
    }
}

/// A value below a path of keys.
struct Nested<'a> {
    path: &'a [String],
    value: &'a Value,
}

impl Serialize for Nested<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = self.value;
        match self.path.split_first() {
            Some((key, path)) => serializer.collect_map([(key, Nested { path, value })]),
            None => value.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &[&str], value: impl Into<Value>, expected: &str) {
        let path: Vec<_> = path.iter().map(|key| key.to_string()).collect();
        let body = desired_update(&path, &value.into(), "token");
        assert_eq!(String::from_utf8(body).unwrap(), expected);
    }

    #[test]
    fn a_patch_carries_its_version_where_it_has_one() {
        let patch = Object::from_iter([("a".into(), Value::Null)]);
        let text = |body| String::from_utf8(body).unwrap();
        assert_eq!(
            text(desired_patch(&patch, Some(7), "t")),
            r#"{"state":{"desired":{"a":null}},"version":7,"clientToken":"t"}"#
        );
        assert_eq!(
            text(desired_patch(&Object::EMPTY, None, "t")),
            r#"{"state":{"desired":{}},"clientToken":"t"}"#
        );
        assert_eq!(text(named_request("t")), r#"{"clientToken":"t"}"#);
    }

    #[test]
    fn a_desired_update_names_one_path() {
        check(
            &["power"],
            "on",
            r#"{"state":{"desired":{"power":"on"}},"clientToken":"token"}"#,
        );
        check(
            &["fan", "a \"b\""],
            40,
            r#"{"state":{"desired":{"fan":{"a \"b\"":40}}},"clientToken":"token"}"#,
        );
        check(
            &["power"],
            Value::Null,
            r#"{"state":{"desired":{"power":null}},"clientToken":"token"}"#,
        );
    }
}
