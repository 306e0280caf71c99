//! The filters that a session holds, and what the broker said to each.

use crate::mqtt::limits::{MAX_FILTERS_PER_SUBSCRIBE, MAX_SUBSCRIPTIONS};
use crate::topic::TopicFilter;

/// What became of one filter on the present connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum SubscriptionState {
    /// Waits for SUBACK, or for a connection.
    Asked,
    Granted,
    /// At QoS 0 only: what comes while the link is down is lost.
    GrantedQoS0,
    /// SUBACK 0x80.
    Refused,
    /// The broker closes the connection on it, so it is not asked for any more.
    SetAside,
    /// A person does not want it.
    LeftOut,
}

#[derive(Clone, Debug)]
pub(super) struct Subscriptions(Vec<(TopicFilter, SubscriptionState)>);

impl Subscriptions {
    /// Keeps the first 50: the broker would close the connection over more.
    pub(super) fn new(filters: Vec<TopicFilter>) -> Self {
        let kept = filters.into_iter().take(MAX_SUBSCRIPTIONS);
        Self(
            kept.map(|filter| (filter, SubscriptionState::Asked))
                .collect(),
        )
    }

    /// Asks for all of them anew, in packets that AWS IoT takes.
    pub(super) fn restart(&mut self) -> Vec<Vec<usize>> {
        for (_, state) in &mut self.0 {
            *state = SubscriptionState::Asked;
        }
        let places: Vec<usize> = (0..self.0.len()).collect();
        places
            .chunks(MAX_FILTERS_PER_SUBSCRIBE)
            .map(<[usize]>::to_vec)
            .collect()
    }

    pub(super) fn filters(&self, places: &[usize]) -> Vec<(TopicFilter, u8)> {
        places
            .iter()
            .map(|&place| (self.0[place].0.clone(), 1))
            .collect()
    }

    /// One code for each place, as SUBACK gives them. False when their numbers differ.
    pub(super) fn answered(&mut self, places: &[usize], codes: &[u8]) -> bool {
        for (&place, &code) in places.iter().zip(codes) {
            self.0[place].1 = match code {
                0x80 => SubscriptionState::Refused,
                0 => SubscriptionState::GrantedQoS0,
                _ => SubscriptionState::Granted,
            };
        }
        places.len() == codes.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&TopicFilter, SubscriptionState)> {
        self.0.iter().map(|(filter, state)| (filter, *state))
    }
}
