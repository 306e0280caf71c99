//! Why a call fails: AWS IoT's statuses, exception names and texts.

mod control;

use gnomon::shadow::error::ShadowError;
use gnomon::shadow::topics;
use gnomon::topic::TopicError;

use super::Plane;
use crate::objects::NameError;
use crate::rules::RuleError;
use crate::search::QueryError;
use crate::signatures::SignatureError;
use crate::things::authority::AuthorityError;
use crate::things::certificates::{CertificateError, CertificateId};
use crate::things::policies::PolicyError;
use crate::things::registry::RegistryError;
use crate::things::x509::X509Error;

/// `Display` is the message of the answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    #[error("Not found")]
    UnknownPath,
    #[error("Method not allowed")]
    MethodNotAllowed {
        /// For the header `Allow`.
        allowed: &'static str,
    },
    #[error("Invalid percent-encoding")]
    Encoding,
    #[error("Invalid name: {0}")]
    Name(#[from] topics::NameError),
    #[error("Invalid topic: {0}")]
    Topic(#[from] TopicError),
    #[error("Invalid nextToken")]
    NextToken,
    #[error("Invalid qos: it is 0 or 1")]
    Qos,
    #[error("Invalid retain: it is true or false")]
    Retain,
    #[error("Invalid {name}: it is a number from 1 to {most}")]
    Number { name: &'static str, most: usize },
    /// Clients may not publish to it.
    #[error("Forbidden")]
    ReservedTopic,
    /// No policy lets the caller do this.
    #[error("Forbidden")]
    NotAllowed(Plane),
    #[error("No retained message exists on topic: '{0}'")]
    NothingRetained(Box<str>),
    #[error("The payload exceeds the maximum size allowed")]
    TooLarge,
    #[error("This backend is attached to another broker and serves shadows only")]
    NoBroker,
    #[error("The request body could not be read")]
    BrokenBody,
    #[error("The request body did not come in time")]
    SlowBody,
    #[error(transparent)]
    Shadow(#[from] ShadowError),
    #[error("Invalid request body: {0}")]
    Body(String),
    #[error("Missing {0}")]
    Missing(&'static str),
    #[error("Invalid {0}: it is true or false")]
    Flag(&'static str),
    #[error("Invalid principal: it is the ARN of a certificate")]
    Principal,
    #[error("Invalid certificate identifier")]
    CertificateId,
    #[error("Invalid certificate status: it is ACTIVE, INACTIVE or REVOKED")]
    CertificateStatus,
    #[error("Invalid policy version")]
    PolicyVersion,
    #[error("Invalid expectedVersion: it is a number")]
    ExpectedVersion,
    #[error("Invalid endpointType: here it is iot:Data-ATS or iot:Data")]
    EndpointType,
    #[error("Invalid queryVersion: it is 2017-09-30")]
    QueryVersion,
    #[error("This backend has no {0}")]
    NotHere(&'static str),
    #[error("This stand-in for AWS IoT does not serve this call")]
    NotServed,
    #[error("Index {0} does not exist")]
    NoIndex(String),
    #[error("Certificate {0} does not exist")]
    NoCertificate(CertificateId),
    #[error("Things must be detached before deletion (arn: {})", .0.arn())]
    ThingsAttached(CertificateId),
    #[error("Certificate policies must be detached before deletion (arn: {})", .0.arn())]
    PoliciesAttached(CertificateId),
    /// Keys are made where there is randomness, and not here.
    #[error("This backend signs no certificates")]
    NoAuthority,
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error(transparent)]
    Rule(#[from] RuleError),
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    #[error(transparent)]
    X509(#[from] X509Error),
    #[error("The certificate was not signed by the CA certificate")]
    ForeignAuthority,
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    #[error("{0}")]
    Signature(SignatureError, Plane),
    #[error("Invalid name of an object: {0}")]
    ObjectName(#[from] NameError),
    #[error("Object {0} does not exist")]
    NoObject(String),
    /// Where objects are cannot be read.
    #[error("{0}")]
    Objects(String),
}

impl ApiError {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.kind().0
    }

    /// The value of the header `x-amzn-ErrorType`.
    pub fn exception(&self) -> &'static str {
        self.kind().1
    }

    fn kind(&self) -> (u16, &'static str) {
        match self {
            Self::Encoding
            | Self::Name(_)
            | Self::Topic(_)
            | Self::NextToken
            | Self::Qos
            | Self::Retain
            | Self::Number { .. }
            | Self::Body(_)
            | Self::Missing(_)
            | Self::Flag(_)
            | Self::Principal
            | Self::CertificateId
            | Self::CertificateStatus
            | Self::PolicyVersion
            | Self::ExpectedVersion
            | Self::ObjectName(_)
            | Self::EndpointType
            | Self::QueryVersion
            | Self::BrokenBody => (400, "InvalidRequestException"),
            Self::Query(_) => (400, "InvalidQueryException"),
            Self::X509(_) | Self::ForeignAuthority => (400, "CertificateValidationException"),
            Self::ReservedTopic | Self::NotAllowed(Plane::Data) => (403, "ForbiddenException"),
            Self::NotAllowed(Plane::Control) => (401, "UnauthorizedException"),
            Self::UnknownPath
            | Self::NothingRetained(_)
            | Self::NoIndex(_)
            | Self::NoObject(_)
            | Self::NoCertificate(_) => (404, "ResourceNotFoundException"),
            Self::ThingsAttached(_) | Self::PoliciesAttached(_) => (409, "DeleteConflictException"),
            Self::MethodNotAllowed { .. } => (405, "MethodNotAllowedException"),
            Self::SlowBody => (408, "RequestTimeoutException"),
            Self::TooLarge => (413, "RequestEntityTooLargeException"),
            Self::NoBroker | Self::NoAuthority | Self::NotHere(_) | Self::NotServed => {
                (501, "NotImplementedException")
            }
            Self::Objects(_) => (500, "InternalFailureException"),
            Self::Shadow(error) => (error.code(), error.exception()),
            Self::Registry(error) => control::registry(error),
            Self::Policy(error) => control::policy(error),
            Self::Rule(error) => control::rule(error),
            Self::Certificate(error) => control::certificate(error),
            Self::Authority(error) => control::authority(error),
            Self::Signature(error, plane) => control::signature(error, *plane),
        }
    }

    /// Identifier and ARN of what is there already.
    pub(super) fn resource(&self) -> Option<(String, String)> {
        control::resource(self)
    }
}
