//! Objects in S3, or whatever speaks its protocol: where that is and who we are there, and a client for each bucket.
//! Tries nothing again: whoever asks does, and says so.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::Uri;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder, S3ConditionalPut};
use object_store::list::{PaginatedListOptions, PaginatedListStore};
use object_store::path::Path;
use object_store::{
    ClientOptions, Error, GetOptions, GetRange, ObjectStore, ObjectStoreExt, RetryConfig,
};
use tokio_rustls::rustls::crypto::ring;

use super::name::is_bucket;
use super::{Content, Entry, Listed, Listing, ObjectName, PutError, ReadError};

/// An answer has come by then.
const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Clients that are kept.
const BUCKETS: usize = 64;
/// Names that are remembered at least, to tell that an object took the place of another.
const NAMES: usize = 50_000;
/// What is told of an error, in characters.
const WORDS: usize = 300;

/// Where S3 is, and who we are there.
#[derive(Clone, PartialEq, Eq)]
pub struct S3 {
    /// `None` is AWS itself.
    endpoint: Option<String>,
    region: String,
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
}

/// What is wrong with the environment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum S3Error {
    #[error("{0} is not set in the environment")]
    Missing(&'static str),
    #[error("{0} must be http:// or https:// with a host, and no user")]
    Endpoint(&'static str),
    #[error("{0} must be https://: http:// is for this machine only (localhost, 127.0.0.1, [::1])")]
    Unencrypted(&'static str),
}

impl S3 {
    /// `variable` gives what the environment says under a name.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, S3Error> {
        let given = |name: &str| variable(name).filter(|value| !value.is_empty());
        let needed = |name: &'static str| given(name).ok_or(S3Error::Missing(name));
        Ok(Self {
            endpoint: endpoint(given)?,
            region: given("AWS_REGION")
                .or_else(|| given("AWS_DEFAULT_REGION"))
                .unwrap_or_else(|| "us-east-1".to_owned()),
            access_key_id: needed("AWS_ACCESS_KEY_ID")?,
            secret_access_key: needed("AWS_SECRET_ACCESS_KEY")?,
            session_token: given("AWS_SESSION_TOKEN"),
        })
    }

    fn client(&self, bucket: &str) -> Result<AmazonS3, Error> {
        let is_http = self
            .endpoint
            .as_deref()
            .is_some_and(|endpoint| endpoint.starts_with("http:"));
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_region(&self.region)
            .with_access_key_id(&self.access_key_id)
            .with_secret_access_key(&self.secret_access_key)
            // AWS has a host for each bucket; others have one for all.
            .with_virtual_hosted_style_request(self.endpoint.is_none())
            .with_conditional_put(S3ConditionalPut::Disabled)
            .with_retry(RetryConfig {
                max_retries: 0,
                ..RetryConfig::default()
            })
            .with_client_options(
                ClientOptions::new()
                    .with_timeout(TIMEOUT)
                    .with_connect_timeout(CONNECT_TIMEOUT)
                    .with_allow_http(is_http),
            );
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        if let Some(token) = &self.session_token {
            builder = builder.with_token(token);
        }
        builder.build()
    }
}

fn endpoint(given: impl Fn(&str) -> Option<String>) -> Result<Option<String>, S3Error> {
    for name in ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"] {
        let Some(url) = given(name) else {
            continue;
        };
        let host = url
            .strip_prefix("http://")
            .or_else(|| url.strip_prefix("https://"));
        return match host.map(|host| host.trim_end_matches('/')) {
            Some(host) if !host.is_empty() && !host.contains(['@', '?', '#']) => {
                if url.starts_with("http:") && !is_here(&url) {
                    return Err(S3Error::Unencrypted(name));
                }
                Ok(Some(url.trim_end_matches('/').to_owned()))
            }
            _ => Err(S3Error::Endpoint(name)),
        };
    }
    Ok(None)
}

/// Whether an address is this machine's own.
fn is_here(url: &str) -> bool {
    let Ok(url) = url.parse::<Uri>() else {
        return false;
    };
    let host = url.host().unwrap_or_default();
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
    ip.map_or(host == "localhost", |ip| ip.is_loopback())
}

impl fmt::Debug for S3 {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("S3")
    }
}

#[derive(Debug)]
pub struct Buckets {
    s3: S3,
    clients: Mutex<BTreeMap<String, Arc<AmazonS3>>>,
    stored: Mutex<Recent>,
}

impl Buckets {
    pub(super) fn new(s3: S3) -> Self {
        // Another one may be there already, and does as well.
        let _ = ring::default_provider().install_default();
        Self {
            s3,
            clients: Mutex::default(),
            stored: Mutex::default(),
        }
    }

    fn client(&self, bucket: &str) -> Result<Arc<AmazonS3>, Error> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(bucket) {
            return Ok(client.clone());
        }
        let client = Arc::new(self.s3.client(bucket)?);
        if clients.len() >= BUCKETS {
            clients.pop_first();
        }
        clients.insert(bucket.to_owned(), client.clone());
        Ok(client)
    }

    pub(super) async fn put(&self, name: &ObjectName, payload: Bytes) -> Result<bool, PutError> {
        let put = async {
            let path = Path::parse(name.key())?;
            self.client(name.bucket())?.put(&path, payload.into()).await
        };
        match put.await {
            Ok(_) => {
                let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(stored.add(name))
            }
            Err(error @ Error::InvalidPath { .. }) => Err(PutError::Final(words(&error))),
            Err(error) => Err(PutError::ForNow(words(&error))),
        }
    }

    pub(super) async fn read(
        &self,
        name: &ObjectName,
        range: Option<GetRange>,
    ) -> Result<Content, ReadError> {
        let asked = range.clone();
        let get = async {
            let path = Path::parse(name.key())?;
            let options = GetOptions {
                range,
                ..GetOptions::default()
            };
            self.client(name.bucket())?.get_opts(&path, options).await
        };
        let got = match get.await {
            Ok(got) => got,
            Err(error) => return Err(self.unread(name, asked, error).await),
        };
        Ok(Content {
            size: got.meta.size,
            range: got.range.clone(),
            bytes: got.into_stream().map_err(std::io::Error::other).boxed(),
        })
    }

    /// Of a range that the object does not have, S3 only says that it failed.
    async fn unread(&self, name: &ObjectName, range: Option<GetRange>, error: Error) -> ReadError {
        if matches!(error, Error::NotFound { .. }) {
            return ReadError::Absent;
        }
        if let Some(range) = range
            && let Ok(path) = Path::parse(name.key())
            && let Ok(client) = self.client(name.bucket())
            && let Ok(meta) = client.head(&path).await
            && range.as_range(meta.size).is_err()
        {
            return ReadError::Range(meta.size);
        }
        ReadError::Failed(words(&error))
    }

    pub(super) async fn list(&self, listing: Listing) -> Result<Listed, ReadError> {
        let buckets = match listing.prefix.split_once('/') {
            // Anything else could lead to another host, and our signature with it.
            Some((bucket, _)) if is_bucket(bucket) => vec![bucket.to_owned()],
            Some(_) => Vec::new(),
            None => self.used(&listing),
        };
        let mut objects = Vec::new();
        for bucket in buckets {
            let wanted = listing.most + 1 - objects.len();
            if wanted == 0 {
                break;
            }
            objects.append(&mut self.list_bucket(&bucket, &listing, wanted).await?);
        }
        let more = objects.len() > listing.most;
        objects.truncate(listing.most);
        Ok(Listed { objects, more })
    }

    /// The buckets that may be meant: those that were named, and those that were used since the process began. In the
    /// order of `BUCKET/`, which is not quite that of their names.
    fn used(&self, listing: &Listing) -> Vec<String> {
        let clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let all = clients.keys().chain(&listing.buckets);
        let meant = all.filter(|name| name.starts_with(&listing.prefix) && is_bucket(name));
        let mut names: Vec<_> = meant.map(|name| [name, "/"].concat()).collect();
        names.sort_unstable();
        names.dedup();
        for name in &mut names {
            name.pop();
        }
        names
    }

    async fn list_bucket(
        &self,
        bucket: &str,
        listing: &Listing,
        wanted: usize,
    ) -> Result<Vec<Entry>, ReadError> {
        let all = [bucket, "/"].concat();
        let after = match listing.after.strip_prefix(&all) {
            Some(key) => Some(key).filter(|key| !key.is_empty()),
            None if listing.after > all => return Ok(Vec::new()),
            None => None,
        };
        let options = PaginatedListOptions {
            offset: after.map(str::to_owned),
            max_keys: Some(wanted),
            ..PaginatedListOptions::default()
        };
        let prefix = listing.prefix.strip_prefix(&all);
        let list = async {
            let client = self.client(bucket)?;
            client.list_paginated(prefix, options).await
        };
        match list.await {
            Ok(page) => {
                let objects = page.result.objects.into_iter();
                let objects = objects.map(|object| Entry {
                    name: [&*all, object.location.as_ref()].concat(),
                    bytes: object.size,
                    at: object.last_modified.timestamp_millis(),
                });
                Ok(objects.collect())
            }
            Err(error) if words(&error).contains("NoSuchBucket") => Ok(Vec::new()),
            Err(error) => Err(ReadError::Failed(words(&error))),
        }
    }
}

/// What was stored lately, as far as there is room: two generations, of which the older goes when the younger is full.
#[derive(Default)]
struct Recent {
    hasher: RandomState,
    younger: HashSet<u64>,
    older: HashSet<u64>,
}

impl Recent {
    /// Tells whether the name was there.
    fn add(&mut self, name: &ObjectName) -> bool {
        let hash = self.hasher.hash_one(name);
        if self.younger.len() >= NAMES {
            self.older = std::mem::take(&mut self.younger);
        }
        !self.younger.insert(hash) || self.older.contains(&hash)
    }
}

impl fmt::Debug for Recent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Recent")
    }
}

/// What S3 says is wrong, or why it could not be asked, in a line. Requests are signed in their headers, so that no
/// address holds a secret.
fn words(error: &Error) -> String {
    let whole = error.to_string();
    let between = |tag: &str| {
        let (_, rest) = whole.split_once(&*["<", tag, ">"].concat())?;
        Some(rest.split_once("</")?.0)
    };
    let words = match (between("Code"), between("Message")) {
        (Some(code), Some(message)) => format!("S3 says {code}: {message}"),
        _ => causes(error),
    };
    words
        .chars()
        .map(|char| if char.is_control() { ' ' } else { char })
        .take(WORDS)
        .collect()
}

/// The last cause is what tells: the others say again and again that it failed.
fn causes(error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    format!("cannot ask S3: {cause}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<S3, S3Error> {
        let keys = [("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "s")];
        S3::read(|name| {
            let mut all = variables.iter().chain(&keys);
            let (_, value) = all.find(|(variable, _)| *variable == name)?;
            Some((*value).to_owned())
        })
    }

    #[test]
    fn the_environment_says_where_and_who() {
        let s3 = read(&[]).unwrap();
        assert_eq!((s3.endpoint, &*s3.region), (None, "us-east-1"));
        let s3 = read(&[
            ("AWS_ENDPOINT_URL", "https://a"),
            ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:5000/"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_SESSION_TOKEN", "t"),
        ]);
        let s3 = s3.unwrap();
        assert_eq!(s3.endpoint.as_deref(), Some("http://127.0.0.1:5000"));
        assert_eq!(s3.region, "eu-west-1");
        assert_eq!(s3.session_token.as_deref(), Some("t"));
        assert_eq!(format!("{s3:?}"), "S3");
    }

    #[test]
    fn what_is_missing_or_wrong_there_is_named() {
        let missing = S3Error::Missing("AWS_SECRET_ACCESS_KEY");
        assert_eq!(read(&[("AWS_SECRET_ACCESS_KEY", "")]), Err(missing));
        for url in [
            "127.0.0.1:5000",
            "http://",
            "https://me:secret@a",
            "ftp://a",
        ] {
            let wrong = S3Error::Endpoint("AWS_ENDPOINT_URL");
            assert_eq!(read(&[("AWS_ENDPOINT_URL", url)]), Err(wrong), "{url}");
        }
    }

    #[test]
    fn what_is_not_encrypted_stays_on_this_machine() {
        for url in [
            "http://localhost:5000",
            "http://127.0.0.2",
            "http://[::1]:5000/",
        ] {
            assert!(read(&[("AWS_ENDPOINT_URL", url)]).is_ok(), "{url}");
        }
        for url in [
            "http://s3.example",
            "http://10.0.0.1:9000",
            "http://127.0.0.1.example",
        ] {
            let wrong = S3Error::Unencrypted("AWS_ENDPOINT_URL");
            assert_eq!(read(&[("AWS_ENDPOINT_URL", url)]), Err(wrong), "{url}");
        }
        assert!(read(&[("AWS_ENDPOINT_URL", "https://s3.example")]).is_ok());
    }

    /// Whatever is asked there fails: nobody listens.
    #[tokio::test]
    async fn no_bucket_leads_to_another_host() {
        let buckets = Buckets::new(read(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:1")]).unwrap());
        for (prefix, is_asked) in [
            ("evil.example#/", false),
            ("evil.example?/k", false),
            ("me@evil.example/", false),
            ("/evil.example", false),
            ("bucket/", true),
        ] {
            let listing = Listing {
                prefix: prefix.to_owned(),
                most: 1,
                ..Listing::default()
            };
            assert_eq!(buckets.list(listing).await.is_err(), is_asked, "{prefix}");
            assert_eq!(ObjectName::parse(&[prefix, "k"].concat()).is_ok(), is_asked);
        }
    }

    #[test]
    fn names_are_remembered_as_far_as_there_is_room() {
        let mut recent = Recent::default();
        let name = |number: usize| ObjectName::new("b", &number.to_string()).unwrap();
        assert!(!recent.add(&name(0)));
        for number in 1..2 * NAMES {
            assert!(!recent.add(&name(number)));
            assert!(recent.add(&name(number)));
        }
        assert!(recent.younger.len() <= NAMES && recent.older.len() <= NAMES);
        assert!(!recent.add(&name(0)));
    }
}
