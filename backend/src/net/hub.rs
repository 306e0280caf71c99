//! The one backend behind a lock, and for each connection a link to it that a transport task holds.

mod link;
mod rules;

use std::net::IpAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use gnomon::time::{Instant, Now};
use slotmap::SecondaryMap;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::clock::Clock;
use crate::api::{ApiError, Call, ControlCall, Outcome};
use crate::backend::Backend;
use crate::broker::{ConnectionId, Output};
use crate::fleet::FleetOptions;
use crate::journal::Mark;
use crate::record::Batch;
use crate::things::Principal;
use crate::things::certificates::{CertificateId, Refusal};
use crate::uplink::Uplink;
pub(super) use link::Link;

/// Shared by all tasks. A std mutex: what happens under it is short and never waits; a task of its own for the
/// broker would add a queue and a change of threads to each packet.
#[derive(Debug)]
pub(super) struct Hub {
    clock: Clock,
    state: Mutex<State>,
    timer_moved: Notify,
    /// Wakes the writer, which waits with the lock given back.
    changed: Condvar,
    saved: watch::Sender<Mark>,
    uplink_moved: Notify,
    rule_work: Notify,
}

#[derive(Debug)]
struct State {
    backend: Backend,
    doors: SecondaryMap<ConnectionId, Arc<Door>>,
    /// What the timer task waits for.
    waiting_for: Option<Instant>,
    stopped: bool,
    /// The writer ends with the batch that it takes next.
    saving_ends: bool,
}

/// Where the backend knocks.
#[derive(Debug, Default)]
struct Door {
    ready: Notify,
    closing: CancellationToken,
}

impl Hub {
    pub(super) fn new(clock: Clock, mut backend: Backend, fleet: &FleetOptions) -> Self {
        if fleet.devices > 0 {
            backend = backend.with_fleet(fleet, clock.now());
        }
        backend.note_start(clock.now());
        let state = State {
            backend,
            doors: SecondaryMap::new(),
            waiting_for: None,
            stopped: false,
            saving_ends: false,
        };
        Self {
            clock,
            state: Mutex::new(state),
            timer_moved: Notify::new(),
            changed: Condvar::new(),
            saved: watch::Sender::new(Mark::NONE),
            uplink_moved: Notify::new(),
            rule_work: Notify::new(),
        }
    }

    pub(super) fn now(&self) -> Now {
        self.clock.now()
    }

    pub(super) fn connect(self: &Arc<Self>, principal: Principal, from: IpAddr) -> Link {
        self.open(self.lock(), principal, from)
    }

    /// For whoever proved to hold this certificate's key. It is looked at again: it may have been revoked since.
    pub(super) fn connect_with(
        self: &Arc<Self>,
        id: CertificateId,
        from: IpAddr,
    ) -> Result<Link, Refusal> {
        let state = self.lock();
        let certificates = state.backend.things().certificates();
        certificates.check(id, self.clock.now().wall)?;
        Ok(self.open(state, Principal::Certificate(id), from))
    }

    /// Whether a certificate opens a connection at this moment.
    pub(super) fn check_certificate(&self, id: CertificateId) -> Result<(), Refusal> {
        let state = self.lock();
        let certificates = state.backend.things().certificates();
        certificates.check(id, self.clock.now().wall)
    }

    fn open(
        self: &Arc<Self>,
        mut state: MutexGuard<'_, State>,
        principal: Principal,
        from: IpAddr,
    ) -> Link {
        let door = Arc::new(Door::default());
        let id = state.backend.connect(principal, self.clock.now());
        state.backend.note_address(id, from);
        state.doors.insert(id, door.clone());
        if state.stopped {
            door.closing.cancel();
        }
        self.settle(state);
        let hub = self.clone();
        Link { hub, id, door }
    }

    /// Does something to the backend as a call would.
    #[cfg(test)]
    pub(super) fn change(&self, change: impl FnOnce(&mut Backend)) {
        let mut state = self.lock();
        change(&mut state.backend);
        self.settle(state);
    }

    /// Closes every connection, also those that are still to come.
    pub(super) fn close_all(&self) {
        let mut state = self.lock();
        state.stopped = true;
        for door in state.doors.values() {
            door.closing.cancel();
        }
    }

    pub(super) async fn wait_until_due(&self) {
        loop {
            let moved = self.timer_moved.notified();
            let due = {
                let mut state = self.lock();
                state.waiting_for = state.backend.poll_timeout();
                state.waiting_for
            };
            let Some(due) = due else {
                moved.await;
                continue;
            };
            tokio::select! {
                () = tokio::time::sleep(self.clock.until(due)) => return,
                () = moved => {}
            }
        }
    }

    pub(super) fn handle_timeout(&self) {
        let mut state = self.lock();
        state.backend.handle_timeout(self.clock.now());
        self.settle(state);
    }

    /// Waits until something changed, and gives it; `None` after [`Self::stop_saving`], when there is nothing left.
    pub(super) fn next_batch(&self) -> Option<Batch> {
        let mut state = self.lock();
        loop {
            if let Some(batch) = state.backend.take_batch() {
                return Some(batch);
            }
            if state.saving_ends {
                return None;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(super) fn handle_saved(&self, mark: Mark) {
        let mut state = self.lock();
        state.backend.handle_saved(mark, self.clock.now());
        self.settle(state);
        self.saved.send_replace(mark);
    }

    /// Returns once that batch is saved.
    pub(super) async fn saved(&self, mark: Mark) {
        // The sender lives as long as the hub does.
        let _ = self
            .saved
            .subscribe()
            .wait_for(|saved| *saved >= mark)
            .await;
    }

    /// Lets the writer end once it has saved what there is.
    pub(super) fn stop_saving(&self) {
        self.lock().saving_ends = true;
        self.changed.notify_one();
    }

    /// Carries a call out, and returns when its answer may be given.
    pub(super) async fn call(
        &self,
        principal: &Principal,
        call: Call,
    ) -> Result<Outcome, ApiError> {
        let mut call = call;
        loop {
            let (result, mark) = self.carry_out(principal, call);
            self.saved(mark).await;
            match result {
                Ok(Outcome::Searching(search)) => {
                    call = Call::Control(ControlCall::SearchIndex(search));
                    tokio::task::yield_now().await;
                }
                result => return result,
            }
        }
    }

    /// See [`Backend::check`].
    pub(super) fn check(&self, principal: &Principal, call: &Call) -> Result<(), ApiError> {
        self.lock().backend.check(principal, call)
    }

    fn carry_out(&self, principal: &Principal, call: Call) -> (Result<Outcome, ApiError>, Mark) {
        let mut state = self.lock();
        let carried_out = state.backend.handle_call(principal, call, self.clock.now());
        self.settle(state);
        carried_out
    }

    /// Tells the uplink something.
    pub(super) fn with_uplink(&self, tell: impl FnOnce(&mut Uplink, Instant)) {
        let mut state = self.lock();
        let now = self.clock.now().instant;
        if let Some(uplink) = state.backend.uplink() {
            tell(uplink, now);
        }
        self.settle(state);
    }

    /// Returns when the disk has kept pace.
    pub(super) async fn receive_from_uplink(&self, chunk: Bytes) {
        if let Some(mark) = self.handle_uplink_bytes(chunk) {
            self.saved(mark).await;
        }
    }

    fn handle_uplink_bytes(&self, chunk: Bytes) -> Option<Mark> {
        let mut state = self.lock();
        let now = self.clock.now();
        state.backend.handle_uplink_bytes(chunk, now);
        let behind = state.backend.behind();
        self.settle(state);
        behind
    }

    /// Asks the uplink for something that it wants; after [`Self::uplink_moved`] there may be more.
    pub(super) fn poll_uplink<T>(
        &self,
        poll: impl FnOnce(&mut Uplink, Instant) -> Option<T>,
    ) -> Option<T> {
        let now = self.clock.now().instant;
        poll(self.lock().backend.uplink()?, now)
    }

    pub(super) async fn uplink_moved(&self) {
        self.uplink_moved.notified().await;
    }

    /// Passes on what the backend wants done.
    fn settle(&self, mut state: MutexGuard<'_, State>) {
        while let Some(output) = state.backend.poll_output() {
            match output {
                Output::Ready(id) => {
                    if let Some(door) = state.doors.get(id) {
                        door.ready.notify_one();
                    }
                }
                Output::Close(id, _) => {
                    if let Some(door) = state.doors.get(id) {
                        door.closing.cancel();
                    }
                }
            }
        }
        self.uplink_moved.notify_one();
        let due = state.backend.poll_timeout();
        if due.is_some() && state.waiting_for.is_none_or(|waiting| due < Some(waiting)) {
            state.waiting_for = due;
            self.timer_moved.notify_one();
        }
        if state.backend.has_changes() {
            self.changed.notify_one();
        }
        if state.backend.has_rule_work() {
            self.rule_work.notify_one();
        }
    }

    /// A panic under the lock is a bug; the others' connections go on in spite of it.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
