//! How a link ends, what is learnt from its end, and when the next attempt is due.

use std::time::Duration;

use super::{Event, LinkFault, Output, Phase, Session};
use crate::mqtt::limits::{FRESH_PUBLISH, MAX_PACKET, MAX_SKIPPED, NEXT_FILTER};
use crate::mqtt::wire::FrameReader;
use crate::time::Instant;

/// A link that stood this long starts the next series of attempts from the shortest wait.
const STABLE: Duration = Duration::from_secs(10);

/// How a link that stood came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The other side closed it while filters were unanswered.
    Subscribing,
    /// The other side closed it otherwise.
    Closed,
    /// This side did: it left, or nothing or nonsense came.
    Given,
}

impl Session {
    pub(super) fn lose(&mut self, mut fault: LinkFault, now: Instant) {
        let stood = now.since(self.since);
        self.trace.lost = Some(stood);
        let mut pause = None;
        if self.phase == Phase::Up {
            if stood >= STABLE {
                self.backoff.reset();
                self.hurried = 0;
            }
            let loss = self.kind_of(&fault);
            if loss == Loss::Subscribing {
                self.subscriptions.handle_closed();
                self.hurried += 1;
                pause = (self.hurried <= self.subscriptions.len() + 1).then_some(NEXT_FILTER);
            }
            self.look_for_rival(loss, stood, now);
            self.events.push_back(Event::Lost(loss));
        } else if self.rival.handle_refused(&fault) {
            fault = LinkFault::TakenOver;
        }
        self.drop_socket();
        if fault.is_final() {
            self.enter(Phase::Failed { fault }, now);
        } else {
            let until = now + pause.unwrap_or_else(|| self.backoff.next());
            self.enter(Phase::Waiting { fault, until }, now);
        }
    }

    /// A lasting session cannot do with another identifier: what waits for it waits under its own.
    fn look_for_rival(&mut self, loss: Loss, stood: Duration, now: Instant) {
        let fresh = self.in_flight.has_published_since(now - FRESH_PUBLISH);
        match loss {
            Loss::Given => self.rival.handle_other_end(),
            Loss::Closed if self.config.clean_session => {
                let own = &self.config.client_id;
                self.rival.handle_cut(own, stood, fresh, now);
            }
            Loss::Closed | Loss::Subscribing => {}
        }
    }

    fn kind_of(&self, fault: &LinkFault) -> Loss {
        match fault {
            LinkFault::Closed(_) if self.subscriptions.is_unanswered() => Loss::Subscribing,
            LinkFault::Closed(_) => Loss::Closed,
            _ => Loss::Given,
        }
    }

    pub(super) fn drop_socket(&mut self) {
        self.unsent.clear();
        self.in_flight.clear();
        self.reader = frame_reader(self.config.clean_session);
        self.latency.clear();
        if matches!(self.phase, Phase::Opening | Phase::Connecting | Phase::Up) {
            self.outputs.push_back(Output::Close);
        }
    }
}

pub(super) fn frame_reader(clean_session: bool) -> FrameReader {
    // A broker would repeat an over-long message of a lasting session for ever if it ended the connection.
    let max_skipped = if clean_session {
        MAX_SKIPPED
    } else {
        usize::MAX
    };
    FrameReader::new(MAX_PACKET).skipping(max_skipped)
}
