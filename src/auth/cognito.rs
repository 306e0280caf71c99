//! An Amazon Cognito identity pool gives keys for a while: who is it (once), then keys for whom it is. What to ask and
//! what the answer means; it sends nothing.

#[cfg(test)]
mod tests;

use super::Question;
use super::endpoint::{Address, incomplete, is_loopback, is_region};
use super::fault::SignInFault;
use super::way::{IdentityPool, Keys, Login};
use crate::shadow::value::{Object, Value};
use crate::time::UnixMillis;

/// Of a message of theirs, in characters.
const MAX_MESSAGE: usize = 300;

/// Of anything that comes back with keys, in bytes. Real session tokens have about 2,000.
const MAX_PART: usize = 16 * 1024;

/// Of an identity that was deleted: the next time, another one is asked for. For a guest, each is somebody else.
const GONE: &str = "ResourceNotFound";

/// Fits identities and pools (`[\w-]+:[0-9a-f-]+`).
const MAX_ID: usize = 55;

/// What a call came back with.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    pub status: u16,
    /// The header `x-amzn-errortype`, where it may be read.
    pub error_type: Option<&'a str>,
    pub body: &'a [u8],
}

/// One pool, and the identity that it gave.
pub struct Cognito {
    pool: String,
    login: Option<Login>,
    url: String,
    identity: Option<String>,
}

impl Cognito {
    /// What is wrong is named by the field of [`IdentityPool`] or [`Login`]; the pool itself is `pool`.
    pub fn new(pool: &IdentityPool) -> Result<Self, SignInFault> {
        let id = pool.id.trim();
        let region = id.split_once(':').map(|(region, _)| region);
        let region = region.filter(|region| is_region(region) && is_id(id));
        let region = region.ok_or_else(|| incomplete("pool"))?;
        let url = match pool.service.trim() {
            "" => service_of(region),
            own => checked(own).ok_or_else(|| incomplete("service"))?,
        };
        let login = pool.login.as_ref().map(|login| {
            let (provider, token) = (login.provider.trim(), login.token.trim());
            match (provider, token) {
                ("", _) => Err(incomplete("provider")),
                (_, "") => Err(incomplete("token")),
                _ => Ok(Login {
                    provider: provider.to_owned(),
                    token: token.to_owned(),
                }),
            }
        });
        Ok(Self {
            pool: id.to_owned(),
            login: login.transpose()?,
            url,
            identity: None,
        })
    }

    /// The next call on the way to keys.
    pub fn question(&self) -> Question {
        let (action, name, id) = match &self.identity {
            None => ("GetId", "IdentityPoolId", &self.pool),
            Some(identity) => ("GetCredentialsForIdentity", "IdentityId", identity),
        };
        let mut body = "{\"".to_owned() + name + "\":" + &json(id);
        if let Some(Login { provider, token }) = &self.login {
            body = body + ",\"Logins\":{" + &json(provider) + ":" + &json(token) + "}";
        }
        Question {
            method: "POST",
            url: self.url.clone(),
            headers: vec![
                ("content-type", "application/x-amz-json-1.1".to_owned()),
                (
                    "x-amz-target",
                    "AWSCognitoIdentityService.".to_owned() + action,
                ),
                ("cache-control", "no-store".to_owned()),
            ],
            body: (body + "}").into_bytes(),
        }
    }

    /// None: there is one more [`Self::question`].
    pub fn handle_answer(&mut self, answer: Answer<'_>) -> Result<Option<Keys>, SignInFault> {
        if answer.status != 200 {
            let fault = refusal(answer);
            if matches!(&fault, SignInFault::CognitoRefused { code, .. } if code.starts_with(GONE))
            {
                self.identity = None;
            }
            return Err(fault);
        }
        let said = read(answer.body).ok_or(SignInFault::CognitoUnreachable)?;
        let identity = text(&said, "IdentityId").filter(|id| is_id(id));
        let identity = identity.ok_or(SignInFault::CognitoUnreachable)?;
        let asked_for_keys = self.identity.replace(identity.to_owned()).is_some();
        if !asked_for_keys {
            return Ok(None);
        }
        let keys = match said.get("Credentials") {
            Some(Value::Object(given)) => keys_of(given),
            _ => None,
        };
        keys.map(Some).ok_or(SignInFault::CognitoUnreachable)
    }
}

fn service_of(region: &str) -> String {
    let end = if region.starts_with("cn-") { ".cn" } else { "" };
    "https://cognito-identity.".to_owned() + region + ".amazonaws.com" + end + "/"
}

/// Tokens go there, so it is https, or this machine.
fn checked(url: &str) -> Option<String> {
    let address = Address::read(url)?;
    let secure = address.scheme.eq_ignore_ascii_case("https");
    let near = address.scheme.eq_ignore_ascii_case("http")
        && is_loopback(&address.host.to_ascii_lowercase());
    (secure || near).then(|| url.to_owned())
}

fn is_id(id: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    id.len() <= MAX_ID
        && id.split_once(':').is_some_and(|(region, name)| {
            !region.is_empty()
                && !name.is_empty()
                && (region.bytes().chain(name.bytes())).all(is_word)
        })
}

fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// Other names than those of STS, and a number where STS has a text.
fn keys_of(given: &Object<Value>) -> Option<Keys> {
    let part = |name| {
        let part = text(given, name)?;
        let plain = part.len() <= MAX_PART && part.bytes().all(|byte| byte.is_ascii_graphic());
        (plain && !part.is_empty()).then(|| part.to_owned())
    };
    // In seconds since 1970; up to the year 9999, which a stamp can still say.
    let end = given.get("Expiration")?.as_number()?;
    let in_time = end > 0.0 && end < 253_402_300_800.0;
    in_time.then_some(Keys {
        access_key_id: part("AccessKeyId")?,
        secret_access_key: part("SecretKey")?,
        session_token: Some(part("SessionToken")?),
        expires_at: Some(UnixMillis((end * 1000.0) as i64)),
    })
}

/// By the reader of shadows: a second one would be a good part of the engine's code for JSON again.
pub(super) fn read(body: &[u8]) -> Option<Object<Value>> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

pub(super) fn text<'a>(members: &'a Object<Value>, name: &str) -> Option<&'a str> {
    match members.get(name) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// Whatever does not speak as Cognito does, is not Cognito.
fn refusal(answer: Answer<'_>) -> SignInFault {
    match error_of(answer) {
        (code, _) if code.is_empty() => SignInFault::CognitoUnreachable,
        (code, message) => SignInFault::CognitoRefused { code, message },
    }
}

/// The name and the words of an error as AWS's services write it. Empty where there is none.
pub fn error_of(answer: Answer<'_>) -> (String, String) {
    let said = read(answer.body).unwrap_or_default();
    let name = text(&said, "__type")
        .or(answer.error_type)
        .unwrap_or_default();
    let message = text(&said, "message").or_else(|| text(&said, "Message"));
    let message = message.unwrap_or_default();
    (
        error_name(name).to_owned(),
        message.chars().take(MAX_MESSAGE).collect(),
    )
}

/// The bare name of an AWS error: it may come behind a `prefix#` and before a `:http…`. Empty for what is no name.
fn error_name(text: &str) -> &str {
    let name = text.rsplit('#').next().unwrap_or_default();
    let name = name.split(':').next().unwrap_or_default().trim();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    match name.len() <= 100 && name.bytes().all(fits) {
        true => name,
        false => "",
    }
}
