//! The ways in: where a broker is, and what shows it who comes. Lives in memory only, and never shows a secret.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::time::UnixMillis;

/// How a broker is reached, and as whom.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// Any broker.
    Broker {
        /// `ws://` or `wss://`.
        url: String,
        user_name: Option<String>,
        password: Option<String>,
    },
    /// AWS IoT, signed with keys of a user or a role.
    AwsKeys { place: AwsPlace, keys: Keys },
    /// AWS IoT, signed with keys that an identity pool gives.
    Cognito { place: AwsPlace, pool: IdentityPool },
    /// AWS IoT, where a function of the account decides.
    Authorizer {
        place: AwsPlace,
        authorizer: Authorizer,
    },
}

/// An endpoint of AWS IoT, or of a stand-in.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwsPlace {
    /// A host name, with a port where it is not 443; or a whole `wss://` or `ws://` URL.
    pub endpoint: String,
    /// Empty: the one that the endpoint names.
    pub region: String,
}

/// AWS credentials. Only the first part is no secret.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    pub access_key_id: String,
    pub secret_access_key: String,
    /// Of temporary credentials.
    pub session_token: Option<String>,
    /// When they end, as far as it is known.
    pub expires_at: Option<UnixMillis>,
}

/// An Amazon Cognito identity pool.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityPool {
    /// `REGION:UUID`.
    pub id: String,
    /// None: as a guest.
    pub login: Option<Login>,
    /// Where Cognito answers. Empty: AWS's own address for the pool's region.
    pub service: String,
}

/// A token of an identity provider.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// Such as `cognito-idp.us-east-1.amazonaws.com/us-east-1_POOL`.
    pub provider: String,
    pub token: String,
}

/// What a custom authorizer of AWS IoT is told.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorizer {
    /// Empty: the account's default one.
    pub name: String,
    /// The name under which the token goes, where the authorizer checks signatures.
    pub token_key: String,
    pub token: String,
    /// Of the token, made elsewhere: the private key never comes near a browser.
    pub signature: String,
    pub user_name: String,
    pub password: String,
    pub carrier: Carrier,
}

/// How an [`Authorizer`] hears what it is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Carrier {
    /// In the query of the WebSocket's URL.
    #[default]
    Query,
    /// Behind the user name of CONNECT.
    UserName,
}

/// Says only of which kind it is: where it leads may be a URL with a secret in it.
impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Broker { .. } => "Broker",
            Self::AwsKeys { .. } => "AwsKeys",
            Self::Cognito { .. } => "Cognito",
            Self::Authorizer { .. } => "Authorizer",
        })
    }
}
