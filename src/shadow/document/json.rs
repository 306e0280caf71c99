//! Values from JSON text and back. serde_json's own limit of 128 levels stays on, so no input can overflow the stack.

use std::fmt;
use std::io;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::shadow::document::Node;
use crate::shadow::value::{Number, Object, Value};

/// Why bytes are no message of a shadow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    #[error("not UTF-8")]
    NotUtf8,
    #[error("not a JSON object")]
    NotAnObject,
}

/// Reads a whole payload. The member `previous` is skipped: no reader wants it, and it is half of the message.
pub(in crate::shadow) fn parse(payload: &[u8]) -> Result<Object<Value>, JsonError> {
    str::from_utf8(payload).map_err(|_| JsonError::NotUtf8)?;
    // The same reader as for positions: a second one would be a third of the engine's JSON code again.
    match serde_json::from_slice(payload) {
        Ok(Payload(members)) => Ok(members),
        Err(_) => Err(JsonError::NotAnObject),
    }
}

/// Reads any value. None: it is no JSON.
pub(in crate::shadow) fn value(text: &str) -> Option<Value> {
    serde_json::from_slice(text.as_bytes()).ok()
}

/// Compact JSON. What this crate writes has text keys and cannot fail, so a failure is not passed on.
pub(in crate::shadow) fn to_bytes(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

pub(in crate::shadow) fn to_text(value: &Value) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// The length of compact JSON in bytes, without writing it anywhere.
pub(in crate::shadow) fn size(value: &impl Serialize) -> usize {
    let mut count = Count(0);
    // Counting cannot fail.
    let _ = serde_json::to_writer(&mut count, value);
    count.0
}

struct Count(usize);

impl io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Payload(Object<Value>);

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PayloadVisitor;

        impl<'de> Visitor<'de> for PayloadVisitor {
            type Value = Payload;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Payload, A::Error> {
                let mut members = Vec::new();
                while let Some(key) = map.next_key::<Box<str>>()? {
                    if &*key == "previous" {
                        map.next_value::<IgnoredAny>()?;
                    } else {
                        members.push((key, map.next_value()?));
                    }
                }
                Ok(Payload(members.into_iter().collect()))
            }
        }

        deserializer.deserialize_map(PayloadVisitor)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(Number::Signed(value)))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(element) = elements.next_element()? {
            array.push(element);
        }
        Ok(Value::Array(array.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry::<Box<str>, Value>()? {
            members.push(member);
        }
        Ok(Value::Object(members.into_iter().collect()))
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(Number::Unsigned(value)) => serializer.serialize_u64(*value),
            Self::Number(Number::Signed(value)) => serializer.serialize_i64(*value),
            Self::Number(Number::Decimal(value)) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Array(elements) => serializer.collect_seq(&**elements),
            Self::Object(members) => members.serialize(serializer),
        }
    }
}

impl<T: Serialize> Serialize for Object<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// The state of a node; `write` writes its metadata.
impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Leaf(stated) => stated.value.serialize(serializer),
            Self::Object(members) => members.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_kept(text: &str) {
        let object = parse(text.as_bytes()).unwrap();
        assert_eq!(to_bytes(&object), text.as_bytes());
        assert_eq!(size(&object), text.len());
    }

    #[test]
    fn what_is_read_is_written_unchanged() {
        check_kept("{}");
        check_kept(r#"{"a":null,"b":[1,[true,{"c":"é\"\n"}],{}],"d":{"e":-1}}"#);
    }

    #[test]
    fn numbers_keep_every_digit() {
        check_kept(r#"{"a":18446744073709551615,"b":-9223372036854775808}"#);
        check_kept(r#"{"a":35.0115832,"b":135.7848895,"c":1.0,"d":0.1,"e":1e+300}"#);
    }

    #[test]
    fn the_previous_document_is_skipped() {
        let object = parse(br#"{"previous":{"a":[1]},"current":1}"#).unwrap();
        assert_eq!(to_bytes(&object), br#"{"current":1}"#);
    }

    #[test]
    fn refuses_what_is_no_object() {
        for text in [
            "",
            "{",
            "[]",
            "1",
            "null",
            "{}x",
            "{\"a\":1e999}",
            "not json",
        ] {
            assert_eq!(
                parse(text.as_bytes()),
                Err(JsonError::NotAnObject),
                "{text}"
            );
        }
        assert_eq!(parse(b"{\"a\":\"\xff\"}"), Err(JsonError::NotUtf8));
    }

    #[test]
    fn refuses_ten_thousand_levels() {
        let objects = "{\"a\":".repeat(10_000);
        assert_eq!(parse(objects.as_bytes()), Err(JsonError::NotAnObject));
        let arrays = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(parse(arrays.as_bytes()), Err(JsonError::NotAnObject));
    }
}
