//! What carries out rules gets from the hub, and gives it.

use tokio::time::{sleep, timeout};

use super::Hub;
use super::link::{PAUSE, PAUSE_STEP};
use crate::backend::Backend;
use crate::broker::{ConnectionId, Limits};
use crate::rules::{Ended, Work};
use gnomon::time::Now;

impl Hub {
    /// Returns when there may be work for rules.
    pub(in crate::net) async fn rule_work(&self) {
        self.rule_work.notified().await;
    }

    pub(in crate::net) fn take_rule_work(&self) -> Vec<Work> {
        self.lock().backend.take_rule_work()
    }

    /// Does something short to the backend.
    pub(in crate::net) fn act<T>(&self, act: impl FnOnce(&mut Backend, Now) -> T) -> T {
        let mut state = self.lock();
        let done = act(&mut state.backend, self.clock.now());
        self.settle(state);
        done
    }

    pub(in crate::net) fn end_rule_work(&self, ends: impl Iterator<Item = (u64, Ended)>) {
        self.act(|backend, now| {
            for (number, ended) in ends {
                backend.end_rule_work(number, ended, now);
            }
        });
    }

    pub(in crate::net) fn limits(&self) -> Limits {
        self.lock().backend.limits().clone()
    }

    pub(in crate::net) fn shadow_text(&self, thing: &str, shadow: Option<&str>) -> Option<String> {
        self.lock().backend.shadow_text(thing, shadow)
    }

    /// Returns when the disk, and whoever was sent what rules published, have kept pace, as other publishers wait.
    pub(in crate::net) async fn keep_pace(&self) {
        let (pressed, behind) = {
            let mut state = self.lock();
            (state.backend.take_pressed(), state.backend.behind())
        };
        if let Some(subscriber) = pressed {
            self.pause_for(subscriber).await;
        }
        if let Some(mark) = behind {
            self.saved(mark).await;
        }
    }

    /// A subscriber that does not catch up within [`PAUSE`] must not hold up the others.
    pub(super) async fn pause_for(&self, subscriber: ConnectionId) {
        let pause = async {
            while self.lock().backend.is_pressed(subscriber) {
                sleep(PAUSE_STEP).await;
            }
        };
        if timeout(PAUSE, pause).await.is_err() {
            self.lock().backend.note_pause(subscriber);
        }
    }
}
