//! Why a call fails: AWS IoT's statuses, exception names and texts.

use gnomon::shadow::error::ShadowError;
use gnomon::shadow::topics::NameError;
use gnomon::topic::TopicError;

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
    Name(#[from] NameError),
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
    NotAllowed,
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
            | Self::BrokenBody => (400, "InvalidRequestException"),
            Self::ReservedTopic | Self::NotAllowed => (403, "ForbiddenException"),
            Self::UnknownPath | Self::NothingRetained(_) => (404, "ResourceNotFoundException"),
            Self::MethodNotAllowed { .. } => (405, "MethodNotAllowedException"),
            Self::SlowBody => (408, "RequestTimeoutException"),
            Self::TooLarge => (413, "RequestEntityTooLargeException"),
            Self::NoBroker => (501, "NotImplementedException"),
            Self::Shadow(error) => (error.code(), error.exception()),
        }
    }
}
