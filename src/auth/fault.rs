//! Why a way in could not even be tried, or was refused before MQTT was spoken.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignInFault {
    /// Neither the endpoint nor the person says which region it is.
    NoRegion,
    /// A field that is needed is empty or cannot be what it should be: the field's own name.
    Incomplete(String),
    /// The keys end, or their signature was made, too long ago.
    Expired,
    /// This device's clock differs by so many milliseconds (positive: it is ahead), more than AWS forgives.
    Clock(i64),
    /// AWS knows the keys but does not allow it, or does not know them: AWS's own word.
    KeysRefused(String),
    /// Cognito answered with an error: its name, and its words.
    CognitoRefused { code: String, message: String },
    /// Cognito could not be reached, or something else answered in its place.
    CognitoUnreachable,
}

impl SignInFault {
    /// Whether trying again by itself would not help.
    pub fn is_final(&self) -> bool {
        match self {
            Self::CognitoUnreachable => false,
            Self::CognitoRefused { code, .. } => {
                let passing = [
                    "TooManyRequests",
                    "InternalError",
                    "LimitExceeded",
                    "External",
                ];
                !passing.iter().any(|name| code.starts_with(name))
            }
            Self::NoRegion
            | Self::Incomplete(_)
            | Self::Expired
            | Self::Clock(_)
            | Self::KeysRefused(_) => true,
        }
    }
}
