//! What is known of one link when the doctor looks at it.

use crate::engine::frame::{LinkView, SubscriptionState};
use crate::mqtt::session::{LinkFault, Phase, Trace};

use super::examine::Found;

/// The parts that steps and findings are made of.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) link: &'a LinkView,
    pub(super) phase: &'a Phase,
    /// Of the newest attempt.
    pub(super) trace: &'a Trace,
    /// The newest attempt that failed since a person chose this link.
    pub(super) failure: Option<&'a Failure>,
    pub(super) found: Found,
}

/// An attempt that failed, or a link that was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) fault: LinkFault,
    pub(super) trace: Trace,
}

impl<'a> Case<'a> {
    /// Why the link does not stand. While the next attempt runs, what the last one came to.
    pub(super) fn fault(&self) -> Option<&'a LinkFault> {
        match self.phase {
            Phase::Idle | Phase::Up => None,
            Phase::Waiting { fault, .. } | Phase::Failed { fault } => Some(fault),
            Phase::Opening | Phase::Connecting => self.failure.map(|failure| &failure.fault),
        }
    }

    /// The filters in this state.
    pub(super) fn filters(&self, state: SubscriptionState) -> Vec<&'a str> {
        let those = self.link.subscriptions.iter();
        let those = those.filter(|subscription| subscription.state == state);
        those
            .map(|subscription| subscription.filter.as_str())
            .collect()
    }

    /// With which code the last link was closed, if it was.
    pub(super) fn close_code(&self) -> Option<u16> {
        match self.failure?.fault {
            LinkFault::Closed(code) => Some(code),
            _ => None,
        }
    }
}
