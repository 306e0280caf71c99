//! Which of AWS IoT's exceptions an error of the control plane is.

use super::super::Plane;
use super::ApiError;
use crate::rules::RuleError;
use crate::signatures::SignatureError;
use crate::things::authority::AuthorityError;
use crate::things::certificates::CertificateError;
use crate::things::policies::PolicyError;
use crate::things::registry::{self, RegistryError};

type Kind = (u16, &'static str);

const INVALID: Kind = (400, "InvalidRequestException");
const NOT_FOUND: Kind = (404, "ResourceNotFoundException");
const EXISTS: Kind = (409, "ResourceAlreadyExistsException");
const DELETE_CONFLICT: Kind = (409, "DeleteConflictException");
const FULL: Kind = (410, "LimitExceededException");

pub(super) fn registry(error: &RegistryError) -> Kind {
    match error {
        RegistryError::NoThing(_) | RegistryError::NoType(_) => NOT_FOUND,
        RegistryError::ThingExists { .. } | RegistryError::TypeExists { .. } => EXISTS,
        RegistryError::VersionConflict(_) => (409, "VersionConflictException"),
        RegistryError::Full => FULL,
        RegistryError::Name(_)
        | RegistryError::AttributeName
        | RegistryError::AttributeValue
        | RegistryError::TooManyAttributes { .. }
        | RegistryError::HasPrincipals(_)
        | RegistryError::TypeGivenAndRemoved
        | RegistryError::TypeDeprecated(_)
        | RegistryError::TypeNotDeprecated(_)
        | RegistryError::TypeInUse(_)
        | RegistryError::TypeProperties(_) => INVALID,
    }
}

pub(super) fn policy(error: &PolicyError) -> Kind {
    match error {
        PolicyError::Malformed(_) | PolicyError::TooLong => (400, "MalformedPolicyException"),
        PolicyError::Name => INVALID,
        PolicyError::Unknown | PolicyError::UnknownVersion => NOT_FOUND,
        PolicyError::Exists => EXISTS,
        PolicyError::TooManyVersions => (409, "VersionsLimitExceededException"),
        PolicyError::DefaultVersion | PolicyError::OtherVersions | PolicyError::Attached => {
            DELETE_CONFLICT
        }
        PolicyError::TooManyAttached | PolicyError::Full => FULL,
    }
}

pub(super) fn rule(error: &RuleError) -> Kind {
    match error {
        RuleError::Sql(_) | RuleError::Template { .. } => (400, "SqlParseException"),
        RuleError::Exists(_) => EXISTS,
        RuleError::Unknown(_) => (401, "UnauthorizedException"),
        RuleError::Name
        | RuleError::Definition(_)
        | RuleError::FilterLevels(_)
        | RuleError::Full(_) => INVALID,
    }
}

pub(super) fn certificate(error: &CertificateError) -> Kind {
    match error {
        CertificateError::Unknown => NOT_FOUND,
        CertificateError::Exists(_) => EXISTS,
        CertificateError::Full => FULL,
        CertificateError::Revoked | CertificateError::Active => (406, "CertificateStateException"),
    }
}

pub(super) fn authority(error: &AuthorityError) -> Kind {
    match error {
        AuthorityError::Request | AuthorityError::KeyKind | AuthorityError::Certificate(_) => {
            INVALID
        }
        AuthorityError::Random
        | AuthorityError::NotAnAuthority(_)
        | AuthorityError::ForeignKey
        | AuthorityError::Name(_)
        | AuthorityError::Signing(_) => (500, "InternalFailureException"),
    }
}

/// The data endpoint has one name for all of them.
pub(super) fn signature(error: &SignatureError, plane: Plane) -> Kind {
    let name = match (plane, error) {
        (Plane::Data, _) => "ForbiddenException",
        (Plane::Control, SignatureError::Missing) => "MissingAuthenticationTokenException",
        (Plane::Control, SignatureError::Incomplete(_)) => "IncompleteSignatureException",
        (Plane::Control, SignatureError::UnknownKey) => "UnrecognizedClientException",
        (
            Plane::Control,
            SignatureError::Scope(_)
            | SignatureError::Expired { .. }
            | SignatureError::NotYet { .. }
            | SignatureError::Mismatch,
        ) => "InvalidSignatureException",
    };
    (403, name)
}

pub(super) fn resource(error: &ApiError) -> Option<(String, String)> {
    let arn = |kind, name| format!("{}{kind}/{name}", registry::ARN);
    match error {
        ApiError::Registry(RegistryError::ThingExists { name, id }) => {
            Some((id.clone(), arn("thing", name)))
        }
        ApiError::Registry(RegistryError::TypeExists { name, id }) => {
            Some((id.clone(), arn("thingtype", name)))
        }
        ApiError::Rule(RuleError::Exists(name)) => Some((name.clone(), arn("rule", name))),
        ApiError::Certificate(CertificateError::Exists(id)) => Some((id.to_string(), id.arn())),
        _ => None,
    }
}
