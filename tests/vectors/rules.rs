//! Rules: a statement, a message, and what becomes of it. Numbers compare by value.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gnomon::rules::{Incoming, Origin, Sql, SqlVersion, Template};
use gnomon::time::UnixMillis;
use serde_json::Value;

use crate::Verdict;

pub(crate) fn judge(vector: &Value) -> Verdict {
    match play(vector) {
        Ok(()) => Verdict::Passed,
        Err(reason) => Verdict::Failed(reason),
    }
}

fn play(vector: &Value) -> Result<(), String> {
    let context = &vector["context"];
    let version = version(vector);
    let result = &vector["result"];
    let parsed = Sql::parse(text(&vector["sql"])?, version);
    if !result["error"].is_null() || !vector["error"].is_null() {
        return parsed.map_or(Ok(()), |_| Err("it was read without an error".to_owned()));
    }
    let sql = parsed.map_err(|error| error.to_string())?;
    let payload = bytes(&vector["payload"])?;
    let topic = text(&vector["topic"])?;
    let ingested = basic_ingest(topic);
    let by_mqtt = context["published_over"]
        .as_str()
        .is_none_or(|way| way.starts_with("mqtt"));
    let client_id = match &context["clientid"] {
        Value::String(id) => Some(id.as_str()),
        _ => None,
    };
    let origin = Origin {
        topic: ingested.unwrap_or(topic),
        at: UnixMillis(
            context["timestamp_ms"]
                .as_i64()
                .unwrap_or(1_481_825_251_155),
        ),
        client_id: client_id.filter(|_| by_mqtt),
        principal: context["principal"].as_str().unwrap_or("principal"),
        account: context["accountid"].as_str().unwrap_or("123456789012"),
        seed: 1,
    };
    let message = Incoming::new(origin, &payload);
    let reached = ingested.is_some() || sql.filter().is_some_and(|filter| filter.matches(topic));
    let fired = sql.evaluate(&message).map_err(|cut| cut.to_string())?;
    let fired = fired.filter(|_| reached);
    let triggered = result["triggered"].as_bool().unwrap_or(true);
    match fired {
        None if triggered => return Err("it did not fire".to_owned()),
        Some(_) if !triggered => return Err("it fired".to_owned()),
        Some(fired) if result.get("output").is_some() => {
            compare(&fired.payload, &result["output"])?
        }
        _ => {}
    }
    templates(vector, &sql, &message)
}

fn version(vector: &Value) -> SqlVersion {
    let keys = ["sql_version", "awsIotSqlVersion", "version"];
    let places = [vector, &vector["context"]];
    let mut named = places.iter().flat_map(|place| keys.map(|key| &place[key]));
    let named = named.find_map(|name| SqlVersion::by_name(name.as_str()?));
    named.unwrap_or(SqlVersion::V20160323)
}

fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| format!("{value} is no text"))
}

/// What follows the rule's name in a topic of Basic Ingest.
fn basic_ingest(topic: &str) -> Option<&str> {
    let rest = topic.strip_prefix("$aws/rules/")?;
    Some(rest.split_once('/').map_or("", |(_, rest)| rest))
}

/// A payload: JSON, or the text or the bytes that stand for it.
fn bytes(value: &Value) -> Result<Vec<u8>, String> {
    if let Some(raw) = value["$raw"].as_str() {
        return Ok(raw.as_bytes().to_vec());
    }
    match value["$base64"].as_str() {
        Some(encoded) => STANDARD.decode(encoded).map_err(|error| error.to_string()),
        None => Ok(value.to_string().into_bytes()),
    }
}

fn compare(payload: &[u8], expected: &Value) -> Result<(), String> {
    let shown = || {
        format!(
            "it made {}, not {expected}",
            String::from_utf8_lossy(payload)
        )
    };
    let is_raw = expected.get("$raw").is_some() || expected.get("$base64").is_some();
    let is_same = match serde_json::from_slice(payload) {
        _ if is_raw => payload == bytes(expected)?,
        Ok(made) => is_equal(&made, expected),
        // Undefined by itself is an empty text.
        Err(_) => payload.is_empty() && expected.as_str() == Some(""),
    };
    is_same.then_some(()).ok_or_else(shown)
}

fn is_equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let is_there =
                |(key, value): (&String, _)| b.get(key).is_some_and(|it| is_equal(value, it));
            a.len() == b.len() && a.iter().all(is_there)
        }
        (a, b) => a == b,
    }
}

fn templates(vector: &Value, sql: &Sql, message: &Incoming<'_>) -> Result<(), String> {
    let Some(expected) = vector["template_result"].as_object() else {
        return Ok(());
    };
    for (name, expected) in expected {
        let template = Template::parse_for(text(&vector["template"][name])?, sql);
        let filled = template
            .map_err(|error| error.to_string())?
            .fill(sql, message)
            .map_err(|cut| cut.to_string())?;
        if Some(&*filled) != expected.as_str() {
            return Err(format!("{name} became {filled}, not {expected}"));
        }
    }
    Ok(())
}
