//! Why the service refuses a request: AWS IoT's codes, texts and exception names.

/// `Display` is the message that AWS IoT sends.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShadowError {
    #[error("Invalid JSON")]
    InvalidJson,
    #[error("Invalid clientToken")]
    InvalidClientToken,
    #[error("Invalid version")]
    InvalidVersion,
    #[error("Missing required node: state")]
    MissingState,
    #[error("State node must be an object")]
    StateNotAnObject,
    #[error("Desired node must be an object")]
    DesiredNotAnObject,
    #[error("Reported node must be an object")]
    ReportedNotAnObject,
    #[error("State contains an invalid node: '{0}'")]
    InvalidNode(Box<str>),
    /// AWS raised the limit to 8 and left its text as it was.
    #[error("JSON contains too many levels of nesting; maximum is 6")]
    TooDeep,
    #[error("No shadow exists with name: '{0}'")]
    NotFound(Box<str>),
    #[error("Version conflict")]
    VersionConflict,
    #[error("The payload exceeds the maximum size allowed")]
    TooLarge,
    #[error("Unsupported documented encoding; supported encoding is UTF-8")]
    NotUtf8,
    /// More than ten requests of one thing on one connection are not answered yet.
    #[error("Too many requests")]
    TooManyRequests,
    /// There is no room for another shadow, or what is kept of this one cannot be read.
    #[error("Internal service failure")]
    Internal,
}

impl ShadowError {
    /// The code over MQTT and the status over HTTP.
    pub fn code(&self) -> u16 {
        self.kind().0
    }

    /// The value of the HTTP header `x-amzn-ErrorType`.
    pub fn exception(&self) -> &'static str {
        self.kind().1
    }

    fn kind(&self) -> (u16, &'static str) {
        match self {
            Self::InvalidJson
            | Self::InvalidClientToken
            | Self::InvalidVersion
            | Self::MissingState
            | Self::StateNotAnObject
            | Self::DesiredNotAnObject
            | Self::ReportedNotAnObject
            | Self::InvalidNode(_)
            | Self::TooDeep => (400, "InvalidRequestException"),
            Self::NotFound(_) => (404, "ResourceNotFoundException"),
            Self::VersionConflict => (409, "ConflictException"),
            Self::TooLarge => (413, "RequestEntityTooLargeException"),
            Self::NotUtf8 => (415, "UnsupportedDocumentEncodingException"),
            Self::TooManyRequests => (429, "ThrottlingException"),
            Self::Internal => (500, "InternalFailureException"),
        }
    }
}
