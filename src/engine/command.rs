//! What the page asks of the engine.

use serde::{Deserialize, Serialize};

pub use crate::shadow::requests::FieldAddress;

/// One request of a person. It is carried out in order; what came of it is seen in the next frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Leaves the present broker, forgets every device when the broker is another one, and connects.
    Connect(ConnectRequest),
    /// Leaves the broker and stays away.
    Disconnect,
    /// Tries again at once instead of waiting for the next attempt.
    Reconnect,
    /// Wishes a value for one key of a desired state.
    Desire { field: FieldAddress, wish: Wish },
    /// Makes the desired value equal to the reported one again.
    TakeBack(FieldAddress),
    /// Sends a wish that timed out once more.
    SendAgain(FieldAddress),
    /// Closes the note of a change that came to an end.
    Dismiss(FieldAddress),
    /// The page is being left: says DISCONNECT while there is time.
    Leave,
}

/// Where to connect and as whom. Lives in memory only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectRequest {
    /// `ws://` or `wss://`.
    pub url: String,
    /// Empty: one is made up.
    pub client_id: String,
    pub user_name: Option<String>,
    pub password: Option<String>,
    /// Topic patterns of positions, such as `fleet/{thing}/location`. Empty: the defaults.
    pub locations: Vec<String>,
}

/// A value as a control gives it. The engine writes it in the form that the device uses (`true`, `"on"`, `1`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Wish {
    Switch(bool),
}
