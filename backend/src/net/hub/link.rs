//! One transport's end of a connection: bytes in and out, and the pauses of whoever outruns the others.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::{Door, Hub};
use crate::broker::ConnectionId;
use crate::journal::Mark;

/// How long a closed connection may take to send what still waits for it.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// How long a publisher waits at most for a subscriber that it outran, after each read.
pub(super) const PAUSE: Duration = Duration::from_millis(20);
pub(super) const PAUSE_STEP: Duration = Duration::from_millis(1);
/// The most that is handled under one lock.
const PIECE: usize = 64 * 1024;

/// What a publisher should wait for before it goes on.
#[derive(Debug)]
struct Pause {
    /// A subscriber that was outrun.
    pressed: Option<ConnectionId>,
    /// A batch: the disk was outrun.
    behind: Option<Mark>,
}

/// One transport's end of a connection. Dropping it tells the broker that the transport is gone.
#[derive(Debug)]
pub(in crate::net) struct Link {
    pub(super) hub: Arc<Hub>,
    pub(super) id: ConnectionId,
    pub(super) door: Arc<Door>,
}

impl Link {
    /// Hands over what came, a piece at a time so that others get their turn. Waits a little when it came faster
    /// than a subscriber takes it.
    pub(in crate::net) async fn receive(&self, mut chunk: Bytes) {
        while !chunk.is_empty() {
            let piece = chunk.split_to(PIECE.min(chunk.len()));
            let pause = self.handle_bytes(piece);
            if let Some(subscriber) = pause.pressed {
                self.hub.pause_for(subscriber).await;
            }
            if let Some(mark) = pause.behind {
                self.hub.saved(mark).await;
            }
        }
    }

    /// The next bytes to send, whole packets; `None` when all was said and the transport is to be closed.
    pub(in crate::net) async fn transmit(&self) -> Option<Bytes> {
        loop {
            let closing = self.door.closing.is_cancelled();
            if let Some(chunk) = self.take_chunk() {
                return Some(chunk);
            }
            match closing {
                // What waits for a batch is still to be sent.
                true if self.hub.lock().backend.has_unsent(self.id) => {
                    self.door.ready.notified().await;
                }
                true => return None,
                false => tokio::select! {
                    () = self.door.ready.notified() => {}
                    () = self.door.closing.cancelled() => {}
                },
            }
        }
    }

    /// Comes when a closed connection had its time to send the rest.
    pub(in crate::net) async fn overdue(&self) {
        self.door.closing.cancelled().await;
        tokio::time::sleep(LAST_WORDS).await;
    }

    fn handle_bytes(&self, chunk: Bytes) -> Pause {
        let mut state = self.hub.lock();
        let now = self.hub.clock.now();
        state.backend.handle_bytes(self.id, chunk, now);
        let pause = Pause {
            pressed: state.backend.take_pressed(),
            behind: state.backend.behind(),
        };
        self.hub.settle(state);
        pause
    }

    fn take_chunk(&self) -> Option<Bytes> {
        self.hub.lock().backend.poll_transmit(self.id)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let mut state = self.hub.lock();
        state.doors.remove(self.id);
        state.backend.handle_closed(self.id, self.hub.clock.now());
        self.hub.settle(state);
    }
}
