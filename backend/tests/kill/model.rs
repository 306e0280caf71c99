//! What the broker has promised, and what may therefore be found after it was killed. Knows no process and no socket.
//!
//! A request that was not answered may or may not have been carried out; one that was answered has been, exactly as
//! the answer says. So a model holds every state that is possible, and each answer and each observation leaves those
//! that agree with it. None left is a broken promise.

pub(crate) mod queue;
pub(crate) mod retained;
pub(crate) mod shadow;

use std::collections::VecDeque;
use std::fmt::{self, Debug};

/// A promise that was not kept, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken(pub(crate) String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something that is kept, and changed by requests in their order.
pub(crate) trait Kept: Clone + PartialEq + Debug {
    type Change: Clone + Debug;
    type Answer: PartialEq + Debug;

    /// What a change makes of it, and how it is answered.
    fn apply(&self, change: &Self::Change) -> (Self, Self::Answer);
}

/// One kept thing, as far as its only client can know it.
#[derive(Clone, Debug)]
pub(crate) struct Tracked<K: Kept> {
    name: String,
    /// Before the requests that are not answered.
    possible: Vec<K>,
    unanswered: VecDeque<Request<K::Change>>,
}

#[derive(Clone, Debug)]
struct Request<C> {
    id: u64,
    change: C,
    /// Its PUBLISH was acknowledged: it will not be forgotten, whether or not its answer came.
    stored: bool,
}

impl<K: Kept> Tracked<K> {
    pub(crate) fn new(name: String, state: K) -> Self {
        Self {
            name,
            possible: vec![state],
            unanswered: VecDeque::new(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn unanswered(&self) -> usize {
        self.unanswered.len()
    }

    /// What it will be when all that was asked for is done.
    pub(crate) fn expected(&self) -> K {
        let after = |state: K, request: &Request<K::Change>| state.apply(&request.change).0;
        self.unanswered.iter().fold(self.possible[0].clone(), after)
    }

    /// A request is about to be sent. `id` is its own.
    pub(crate) fn ask(&mut self, id: u64, change: K::Change) {
        let stored = false;
        self.unanswered.push_back(Request { id, change, stored });
    }

    /// The PUBLISH of a request was acknowledged.
    pub(crate) fn acknowledge(&mut self, id: u64) {
        if let Some(request) = self.unanswered.iter_mut().find(|it| it.id == id) {
            request.stored = true;
        }
    }

    /// The oldest request was answered.
    pub(crate) fn answer(&mut self, id: u64, answer: &K::Answer) -> Result<(), Broken> {
        let oldest = self.unanswered.pop_front().filter(|it| it.id == id);
        let Some(request) = oldest else {
            let name = &self.name;
            return Err(Broken(format!(
                "{name}: request {id} was answered out of turn"
            )));
        };
        let agreeing = self.possible.iter().filter_map(|state| {
            let (next, expected) = state.apply(&request.change);
            (expected == *answer).then_some(next)
        });
        let possible = agreeing.collect();
        self.narrow(
            possible,
            &format!("{:?} was answered {answer:?}", request.change),
        )
    }

    /// The process ended: what was not answered is done up to some request, and not after it.
    pub(crate) fn lose(&mut self) {
        let stored = self.unanswered.iter().rposition(|it| it.stored);
        let certain = stored.map_or(0, |index| index + 1);
        let mut reached = Vec::new();
        for state in &self.possible {
            let mut state = state.clone();
            for (index, request) in self.unanswered.iter().enumerate() {
                if index >= certain && !reached.contains(&state) {
                    reached.push(state.clone());
                }
                state = state.apply(&request.change).0;
            }
            if !reached.contains(&state) {
                reached.push(state);
            }
        }
        self.possible = reached;
        self.unanswered.clear();
    }

    /// It was looked at while nothing was under way. Returns how many of the states before the one found were
    /// possible: above 0 an unanswered request was found done.
    pub(crate) fn observe(
        &mut self,
        seen: &impl Debug,
        agrees: impl Fn(&K) -> bool,
    ) -> Result<usize, Broken> {
        let place = self.possible.iter().position(&agrees);
        let possible = self.possible.iter().filter(|state| agrees(state)).cloned();
        let possible = possible.collect();
        self.narrow(possible, &format!("found {seen:?}"))?;
        Ok(place.unwrap_or_default())
    }

    fn narrow(&mut self, possible: Vec<K>, what: &str) -> Result<(), Broken> {
        if possible.is_empty() {
            let (name, expected) = (&self.name, &self.possible);
            return Err(Broken(format!("{name}: {what}, possible was {expected:?}")));
        }
        self.possible = possible;
        Ok(())
    }
}
