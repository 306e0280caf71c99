//! Why a signature lets nobody in, in AWS's words.

use std::time::Duration;

use gnomon::auth::sigv4::stamp;
use gnomon::time::UnixMillis;

/// `Display` is the message of the answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("Missing Authentication Token")]
    Missing,
    #[error("Incomplete signature: {0}")]
    Incomplete(&'static str),
    #[error("The security token included in the request is invalid.")]
    UnknownKey,
    #[error("Credential should be scoped to correct service: '{0}'.")]
    Scope(&'static str),
    #[error(
        "Signature expired: {} is now earlier than {} ({} - {} min.)",
        stamp(*.signed), stamp(minus(*.now, *.life)), stamp(*.now), .life.as_secs().div_ceil(60)
    )]
    Expired {
        signed: UnixMillis,
        now: UnixMillis,
        life: Duration,
    },
    #[error("Signature not yet current: {} is still later than {} + 5 min.", stamp(*.signed), stamp(*.now))]
    NotYet { signed: UnixMillis, now: UnixMillis },
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access \
        Key and signing method. Consult the service documentation for details."
    )]
    Mismatch,
}

fn minus(time: UnixMillis, by: Duration) -> UnixMillis {
    UnixMillis(time.0 - by.as_millis() as i64)
}
