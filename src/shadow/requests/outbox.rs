//! Which changes may be sent now, in the order of the wishes. AWS IoT answers 429 to a connection with more than ten
//! unfinished requests for one thing, so a device gets the next one only when it has few. It knows changes by their
//! numbers alone.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use crate::time::{Instant, Now};

/// Updates of one device that the service has not answered. Two are left for those who ask and save beside us.
pub(super) const MAX_UNANSWERED: usize = 8;

/// After which nobody waits for an answer any more.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// Devices for which something waits or is unanswered.
    devices: HashMap<Box<str>, Waiting>,
    /// The first change of each device that may get one more.
    ready: BTreeSet<u64>,
    /// The device of each unanswered token, also of one whose change was replaced meanwhile.
    unanswered: HashMap<Box<str>, Box<str>>,
    /// Tokens in the order of sending. Those that were answered leave from the front.
    sent: VecDeque<(Instant, Box<str>)>,
}

#[derive(Debug, Default)]
struct Waiting {
    due: BTreeSet<u64>,
    unanswered: usize,
    /// What of it is in `ready`.
    head: Option<u64>,
}

impl Outbox {
    pub(super) fn put(&mut self, device: &str, number: u64) {
        let waiting = self.devices.entry(device.into()).or_default();
        waiting.due.insert(number);
        self.settle(device);
    }

    pub(super) fn take(&mut self, device: &str, number: u64) {
        if let Some(waiting) = self.devices.get_mut(device) {
            waiting.due.remove(&number);
            self.settle(device);
        }
    }

    /// The oldest wish that may go out.
    pub(super) fn first(&self) -> Option<u64> {
        self.ready.first().copied()
    }

    pub(super) fn handle_sent(&mut self, device: &str, token: &str, now: Now) {
        self.devices.entry(device.into()).or_default().unanswered += 1;
        self.unanswered.insert(token.into(), device.into());
        self.sent.push_back((now.instant + PATIENCE, token.into()));
        self.settle(device);
    }

    /// The service answered, or never will.
    pub(super) fn handle_answered(&mut self, token: &str) {
        if let Some(device) = self.unanswered.remove(token) {
            if let Some(waiting) = self.devices.get_mut(&device) {
                waiting.unanswered = waiting.unanswered.saturating_sub(1);
            }
            self.settle(&device);
        }
        while self
            .sent
            .front()
            .is_some_and(|(_, token)| !self.unanswered.contains_key(token))
        {
            self.sent.pop_front();
        }
    }

    /// The connection is gone, and with it all answers.
    pub(super) fn handle_lost(&mut self) {
        self.sent.clear();
        for device in std::mem::take(&mut self.unanswered).into_values() {
            if let Some(waiting) = self.devices.get_mut(&device) {
                waiting.unanswered = 0;
            }
            self.settle(&device);
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Now) {
        while let Some((until, token)) = self.sent.front().cloned() {
            if now.instant < until {
                break;
            }
            self.handle_answered(&token);
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.sent.front().map(|(until, _)| *until)
    }

    fn settle(&mut self, device: &str) {
        let Some(waiting) = self.devices.get_mut(device) else {
            return;
        };
        let may_go = waiting.unanswered < MAX_UNANSWERED;
        let head = waiting.due.first().copied().filter(|_| may_go);
        if head != waiting.head {
            if let Some(old) = waiting.head {
                self.ready.remove(&old);
            }
            self.ready.extend(head);
            waiting.head = head;
        }
        if waiting.due.is_empty() && waiting.unanswered == 0 {
            self.devices.remove(device);
        }
    }
}
