//! What a session is asked to be. Never shows how it signs in.

use std::fmt;
use std::time::Duration;

use crate::topic::TopicFilter;

/// Who connects, and what it wants to hear.
#[derive(Clone)]
pub struct Config {
    pub client_id: String,
    pub user_name: Option<String>,
    pub password: Option<Vec<u8>>,
    pub keep_alive: Duration,
    /// Whether the broker forgets the session with its connection. Otherwise it keeps QoS 1 messages for as long as
    /// the client is away, and the caller says [`Session::acknowledge`](super::Session::acknowledge) for each that
    /// came.
    pub clean_session: bool,
    /// The first 50 that differ count: the broker would close the connection over more.
    pub filters: Vec<TopicFilter>,
    /// Those among them that are not asked for, unless [`Session::try_filter`](super::Session::try_filter) says so.
    pub left_out: Vec<String>,
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("client_id", &self.client_id)
            .field("keep_alive", &self.keep_alive)
            .field("clean_session", &self.clean_session)
            .field("filters", &self.filters)
            .finish_non_exhaustive()
    }
}
