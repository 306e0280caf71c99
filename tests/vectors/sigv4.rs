//! Signatures: what is signed, step by step, and what goes to AWS in the end.

use gnomon::auth::sigv4::{self, Credentials, Endpoint, Request, Scope, SigningKey};
use serde_json::Value;

use crate::Verdict;

pub(crate) fn judge(vector: &Value) -> Verdict {
    let judged = match vector["kind"].as_str() {
        Some("websocket-query") => websocket(vector),
        Some("https-header") => header(vector),
        _ => return Verdict::NotRun("an unknown kind of vector"),
    };
    match judged {
        Ok(()) => Verdict::Passed,
        Err(reason) => Verdict::Failed(reason),
    }
}

/// A URL that AWS IoT accepts must be made as it stands there, and one that it refuses must not.
fn websocket(vector: &Value) -> Result<(), String> {
    let input = &vector["input"];
    let port = input["port"].as_u64().unwrap_or(443);
    let endpoint = Endpoint {
        secure: true,
        host: text(input, "host")?,
        port: u16::try_from(port).map_err(|error| error.to_string())?,
        path: text(input, "path")?,
    };
    let now = sigv4::read_stamp(text(input, "amz_date")?).ok_or("no time of signing")?;
    let expires = input["expires"].as_u64().map(u32::try_from).transpose();
    let url = sigv4::presigned_url(
        endpoint,
        credentials(input)?,
        text(input, "region")?,
        now,
        expires.map_err(|error| error.to_string())?,
    );
    if vector["accepted_by_aws_iot"] == false {
        let signature = text(vector, "signature")?;
        return match url.contains(signature) {
            true => Err("made a URL that AWS IoT refuses".to_owned()),
            false => Ok(()),
        };
    }
    equal("url", &url, text(vector, "url")?)
}

fn header(vector: &Value) -> Result<(), String> {
    let input = &vector["input"];
    let url = text(input, "url")?;
    let (_, rest) = url.split_once("://").ok_or("no scheme")?;
    let (host, target) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let host = host.to_ascii_lowercase();
    let stamp = text(input, "amz_date")?;
    let credentials = credentials(input)?;
    let mut headers = vec![
        ("host", host.strip_suffix(":443").unwrap_or(&host)),
        ("x-amz-date", stamp),
    ];
    headers.extend(
        input["content_type"]
            .as_str()
            .map(|it| ("content-type", it)),
    );
    headers.extend(
        credentials
            .session_token
            .map(|it| ("x-amz-security-token", it)),
    );
    let request = Request {
        method: text(input, "method")?,
        path: if path.is_empty() { "/" } else { path },
        query,
        headers: &headers,
        payload_hash: &sigv4::sha256(text(input, "body")?.as_bytes()),
    };
    let scope = Scope {
        date: stamp.get(..8).ok_or("no date")?,
        region: text(input, "region")?,
        service: text(input, "service")?,
    };
    let key = SigningKey::new(credentials.secret_access_key, scope);
    let string_to_sign = request.string_to_sign(scope, stamp);
    let signature = key.sign(&string_to_sign);
    for (name, value) in [
        ("canonical_request", request.canonical()),
        ("string_to_sign", string_to_sign),
        ("signing_key_hex", key.to_hex()),
        ("signature", signature),
    ] {
        equal(name, &value, text(vector, name)?)?;
    }
    let authorization = request.authorization(credentials, scope, stamp);
    let expected = text(&vector["request_headers"], "Authorization")?;
    equal("Authorization", &authorization, expected)
}

fn credentials(input: &Value) -> Result<Credentials<'_>, String> {
    Ok(Credentials {
        access_key_id: text(input, "access_key_id")?,
        secret_access_key: text(input, "secret_access_key")?,
        session_token: input["session_token"].as_str(),
    })
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str, String> {
    value[name].as_str().ok_or_else(|| format!("no {name}"))
}

fn equal(name: &str, got: &str, expected: &str) -> Result<(), String> {
    match got == expected {
        true => Ok(()),
        false => Err(format!("{name}: got {got:?}, expected {expected:?}")),
    }
}
