//! Whether somebody else connects under the same client identifier: the broker then ends one link for the other, and
//! two clients that both come back fight without end. This side gives way, under another identifier.

use std::time::Duration;

use super::LinkFault;
use crate::rng::Rng;
use crate::time::Instant;

/// Two ends further apart than this are no fight.
const FIGHT: Duration = Duration::from_secs(60);

/// How long the link under another identifier stands at least before the fight is certain, and how long the links
/// before it count at most.
const PROOF: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(60);

/// For how long no other identifier is tried after one was of no use.
const REST: Duration = Duration::from_secs(600);

/// AWS IoT's limit for a client identifier, in bytes, less the dash and four digits.
const MAX_OWN: usize = 128 - 5;

#[derive(Debug)]
pub(super) struct Rival {
    rng: Rng,
    /// The identifier used in place of the session's own.
    other: Option<Other>,
    /// When a link under the own identifier was last cut, and how long it had stood.
    cut: Option<(Instant, Duration)>,
    rests_until: Instant,
}

#[derive(Debug)]
struct Other {
    client_id: String,
    /// How long a link must stand under it. None: one did.
    needs: Option<Duration>,
    /// The broker closed once without CONNACK.
    unanswered: bool,
}

impl Rival {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            rng: Rng::new(seed),
            other: None,
            cut: None,
            rests_until: Instant::default(),
        }
    }

    /// The identifier to use in place of the own one.
    pub(super) fn client_id(&self) -> Option<&str> {
        self.other.as_ref().map(|other| &*other.client_id)
    }

    /// Whether a link under another identifier stood for longer than those that were cut.
    pub(super) fn is_certain(&self) -> bool {
        self.other.as_ref().is_some_and(|it| it.needs.is_none())
    }

    /// When a link that stands since then makes it certain.
    pub(super) fn certain_at(&self, since: Instant) -> Option<Instant> {
        Some(since + self.other.as_ref()?.needs?)
    }

    pub(super) fn handle_proof(&mut self) {
        if let Some(other) = &mut self.other {
            other.needs = None;
        }
    }

    /// The other side closed a link that had stood so long, with nothing of this side unanswered.
    pub(super) fn handle_cut(&mut self, own: &str, stood: Duration, now: Instant) {
        match &self.other {
            // Another name does not help: this is no fight.
            Some(other) if other.needs.is_some() => {
                self.forget();
                self.rests_until = now + REST;
            }
            Some(_) => {}
            None => {
                let stood = stood.min(LONGEST);
                if let Some((at, before)) = self.cut.replace((now, stood))
                    && now.since(at) <= FIGHT
                    && now >= self.rests_until
                {
                    self.give_way(own, stood.max(before));
                }
            }
        }
    }

    /// The link ended in another way, or the broker was not reached: whoever restarts fights nobody.
    pub(super) fn handle_other_end(&mut self) {
        self.cut = None;
    }

    /// The broker was reached and let nobody in. True when it is the other identifier that it does not want.
    pub(super) fn handle_refused(&mut self, fault: &LinkFault) -> bool {
        self.cut = None;
        let Some(other) = self.other.as_mut().filter(|it| it.needs.is_some()) else {
            return false;
        };
        let refused = match fault {
            LinkFault::Refused(_) => fault.is_final(),
            // AWS IoT says nothing to whom it does not let in; but once may be an accident.
            LinkFault::NoConnack => std::mem::replace(&mut other.unanswered, true),
            _ => false,
        };
        if refused {
            self.forget();
        }
        refused
    }

    /// Goes back to the own identifier. False when it is in use.
    pub(super) fn forget(&mut self) -> bool {
        self.cut = None;
        self.other.take().is_some()
    }

    fn give_way(&mut self, own: &str, longest: Duration) {
        let mut end = own.len().min(MAX_OWN);
        while !own.is_char_boundary(end) {
            end -= 1;
        }
        let client_id = format!("{}-{:04x}", &own[..end], self.rng.below(1 << 16));
        self.cut = None;
        self.other = Some(Other {
            client_id,
            needs: Some(PROOF.max(longest * 2)),
            unanswered: false,
        });
    }
}
