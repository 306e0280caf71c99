//! Who stores under one name when several messages do: the newest of them, and nothing older afterwards, however often
//! each has to try. Knows names and numbers, and no object.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::objects::ObjectName;

/// The names of all stores that are under way.
#[derive(Debug, Default)]
pub(super) struct Places {
    by_name: Mutex<HashMap<ObjectName, (Arc<Place>, usize)>>,
}

/// One name.
#[derive(Debug, Default)]
pub(super) struct Place {
    state: Mutex<State>,
    moved: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// The newest message that is stored there.
    stored: u64,
    waiting: BTreeSet<u64>,
    is_taken: bool,
}

impl Places {
    /// Before a newer message can be stored under this name.
    pub(super) fn enter(&self, name: &ObjectName) {
        let mut by_name = self.lock();
        by_name.entry(name.clone()).or_default().1 += 1;
    }

    pub(super) fn at(&self, name: &ObjectName) -> Arc<Place> {
        let by_name = self.lock();
        by_name.get(name).map(|it| it.0.clone()).unwrap_or_default()
    }

    /// Once for each time that it was entered.
    pub(super) fn leave(&self, name: &ObjectName) {
        let mut by_name = self.lock();
        if let Some((_, count)) = by_name.get_mut(name) {
            *count -= 1;
            if *count == 0 {
                by_name.remove(name);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ObjectName, (Arc<Place>, usize)>> {
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Waits until this message may be stored, which nobody else does before [`Self::give_back`]. False when a newer one
    /// is stored: it would take that one's place.
    pub(super) async fn take(&self, number: u64) -> bool {
        self.lock().waiting.insert(number);
        loop {
            let moved = self.moved.notified();
            {
                let mut state = self.lock();
                let is_superseded = state.stored > number;
                if is_superseded || !state.is_taken && state.waiting.last() == Some(&number) {
                    state.waiting.remove(&number);
                    state.is_taken |= !is_superseded;
                    drop(state);
                    self.moved.notify_waiters();
                    return !is_superseded;
                }
            }
            moved.await;
        }
    }

    pub(super) fn give_back(&self, number: u64, is_stored: bool) {
        let mut state = self.lock();
        state.is_taken = false;
        if is_stored {
            state.stored = state.stored.max(number);
        }
        drop(state);
        self.moved.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Poll;

    use futures_util::poll;

    use super::*;

    #[tokio::test]
    async fn the_newest_goes_first_and_nothing_older_after_it() {
        let place = Place::default();
        assert!(place.take(1).await);
        let (mut second, mut third) = (Box::pin(place.take(2)), Box::pin(place.take(3)));
        assert!(poll!(&mut second).is_pending() && poll!(&mut third).is_pending());
        // The first one failed, and will try again.
        place.give_back(1, false);
        assert!(poll!(&mut second).is_pending());
        assert_eq!(poll!(&mut third), Poll::Ready(true));
        assert!(poll!(&mut second).is_pending());
        place.give_back(3, true);
        assert_eq!(poll!(&mut second), Poll::Ready(false));
        assert!(!place.take(1).await);
        assert!(place.take(4).await);
    }

    #[tokio::test]
    async fn a_name_is_remembered_while_somebody_stores_under_it() {
        let places = Places::default();
        let name = ObjectName::new("b", "k").unwrap();
        places.enter(&name);
        places.enter(&name);
        assert!(places.at(&name).take(2).await);
        places.at(&name).give_back(2, true);
        places.leave(&name);
        assert!(!places.at(&name).take(1).await);
        places.leave(&name);
        assert!(places.lock().is_empty());
    }
}
