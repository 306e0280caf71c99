//! The filters that a session holds, what the broker said to each, and in which order they are asked for.
//!
//! AWS IoT closes the connection over a SUBSCRIBE that its policy does not allow, without a word. So after such an
//! end the filters are asked for one by one, and the one that ends a connection a second time is set aside.

use std::collections::VecDeque;

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
struct Subscription {
    filter: TopicFilter,
    state: SubscriptionState,
    /// The other side closed the connection while this one was unanswered.
    suspected: bool,
    /// The place of the one that this one stands in for: it is asked for only where that one is not to be had.
    stands_in_for: Option<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct Subscriptions {
    all: Vec<Subscription>,
    /// Places that are still to be asked for on this connection.
    queue: VecDeque<usize>,
    /// Places without an answer.
    unanswered: Vec<usize>,
    /// One filter a SUBSCRIBE, and the next one after its answer.
    careful: bool,
}

impl Subscription {
    fn new(filter: &TopicFilter, left_out: &[String], stands_in_for: Option<usize>) -> Self {
        let unwanted = left_out.iter().any(|text| text == filter.as_str());
        Self {
            filter: filter.clone(),
            state: match unwanted {
                true => SubscriptionState::LeftOut,
                false => SubscriptionState::Asked,
            },
            suspected: false,
            stands_in_for,
        }
    }

    fn is_granted(&self) -> bool {
        matches!(
            self.state,
            SubscriptionState::Granted | SubscriptionState::GrantedQoS0
        )
    }

    /// Whether it is not asked for on any connection, until a person wants it.
    fn is_given_up(&self) -> bool {
        matches!(
            self.state,
            SubscriptionState::SetAside | SubscriptionState::LeftOut
        )
    }
}

impl Subscriptions {
    pub(super) fn new(filters: &[TopicFilter], left_out: &[String]) -> Self {
        let mut all: Vec<Subscription> = Vec::new();
        for filter in filters {
            if all.len() < MAX_SUBSCRIPTIONS && all.iter().all(|known| known.filter != *filter) {
                all.push(Subscription::new(filter, left_out, None));
            }
        }
        Self {
            all,
            queue: VecDeque::new(),
            unanswered: Vec::new(),
            careful: false,
        }
    }

    /// Asks for `other` where `filter` is not to be had. It takes up no room beside that one.
    pub(super) fn stand_in(&mut self, other: &TopicFilter, filter: &str, left_out: &[String]) {
        let place = self.place(filter);
        if place.is_some() && self.place(other.as_str()).is_none() {
            self.all.push(Subscription::new(other, left_out, place));
        }
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// A new connection: asks for all of them anew, and for the suspects last, since what follows them may not come.
    pub(super) fn restart(&mut self) {
        self.unanswered.clear();
        self.queue.clear();
        for it in self.all.iter_mut().filter(|it| !it.is_given_up()) {
            it.state = SubscriptionState::Asked;
        }
        for suspected in [false, true] {
            for (place, it) in self.all.iter().enumerate() {
                if it.suspected == suspected && !it.is_given_up() && self.is_needed(it) {
                    self.queue.push_back(place);
                }
            }
        }
    }

    /// Whether it stands in for nothing, or for what is not to be had.
    fn is_needed(&self, it: &Subscription) -> bool {
        it.stands_in_for.is_none_or(|place| {
            let other = &self.all[place];
            other.is_given_up() || other.state == SubscriptionState::Refused
        })
    }

    /// Asks for what has to stand in for another one now. Gives back what no longer has to.
    fn exchange(&mut self) -> Vec<TopicFilter> {
        let mut unwanted = Vec::new();
        for place in 0..self.all.len() {
            let it = &self.all[place];
            let Some(other) = it.stands_in_for else {
                continue;
            };
            let waits = self.queue.contains(&place) || self.unanswered.contains(&place);
            if it.state == SubscriptionState::Asked && !waits && self.is_needed(it) {
                self.queue.push_back(place);
            } else if self.all[other].is_granted() {
                self.queue.retain(|waiting| *waiting != place);
                if it.is_granted() {
                    unwanted.push(it.filter.clone());
                    self.all[place].state = SubscriptionState::Asked;
                }
            }
        }
        unwanted
    }

    /// Whether a filter is under suspicion.
    pub(super) fn is_wary(&self) -> bool {
        self.all.iter().any(|it| it.suspected)
    }

    /// The places of the next SUBSCRIBE, in numbers that AWS IoT takes.
    pub(super) fn poll(&mut self) -> Option<Vec<usize>> {
        let most = match self.careful {
            true => usize::from(self.unanswered.is_empty()),
            false => MAX_FILTERS_PER_SUBSCRIBE,
        };
        let count = most.min(self.queue.len());
        let places: Vec<usize> = self.queue.drain(..count).collect();
        self.unanswered.extend(&places);
        (!places.is_empty()).then_some(places)
    }

    pub(super) fn filters(&self, places: &[usize]) -> Vec<(TopicFilter, u8)> {
        let filter = |place: &usize| (self.all[*place].filter.clone(), 1);
        places.iter().map(filter).collect()
    }

    /// One code for each place, as SUBACK gives them: what was granted to somebody who no longer wants it. `None`
    /// when their numbers differ.
    pub(super) fn answered(&mut self, places: &[usize], codes: &[u8]) -> Option<Vec<TopicFilter>> {
        let mut unwanted = Vec::new();
        self.unanswered.retain(|place| !places.contains(place));
        for (&place, &code) in places.iter().zip(codes) {
            let it = &mut self.all[place];
            it.suspected = false;
            if it.state == SubscriptionState::LeftOut {
                unwanted.extend((code != 0x80).then(|| it.filter.clone()));
                continue;
            }
            it.state = match code {
                0x80 => SubscriptionState::Refused,
                0 => SubscriptionState::GrantedQoS0,
                _ => SubscriptionState::Granted,
            };
        }
        unwanted.append(&mut self.exchange());
        let clear = |it: &Subscription| !it.suspected && it.state != SubscriptionState::SetAside;
        if self.is_settled() && self.all.iter().all(clear) {
            self.careful = false;
        }
        (places.len() == codes.len()).then_some(unwanted)
    }

    /// Whether SUBACK is awaited.
    pub(super) fn is_unanswered(&self) -> bool {
        !self.unanswered.is_empty()
    }

    /// Whether every filter has its answer.
    pub(super) fn is_settled(&self) -> bool {
        self.unanswered.is_empty() && self.queue.is_empty()
    }

    /// The other side closed the connection while filters were unanswered: one of them may be why.
    pub(super) fn handle_closed(&mut self) {
        if let [place] = self.unanswered[..]
            && self.all[place].suspected
        {
            let it = &mut self.all[place];
            it.suspected = false;
            if it.state == SubscriptionState::Asked {
                it.state = SubscriptionState::SetAside;
            }
        }
        for place in self.unanswered.drain(..) {
            let it = &mut self.all[place];
            it.suspected = it.state == SubscriptionState::Asked;
        }
        self.careful = true;
    }

    /// Asks again for a filter that was not granted. False when there is nothing to ask for.
    pub(super) fn try_again(&mut self, filter: &str) -> bool {
        let Some(place) = self.place(filter) else {
            return false;
        };
        let it = &mut self.all[place];
        match it.state {
            SubscriptionState::Asked
            | SubscriptionState::Granted
            | SubscriptionState::GrantedQoS0 => return false,
            // It was convicted once: the next end of a connection is enough.
            SubscriptionState::SetAside => it.suspected = true,
            SubscriptionState::Refused | SubscriptionState::LeftOut => {}
        }
        it.state = SubscriptionState::Asked;
        self.careful = true;
        if !self.unanswered.contains(&place) {
            self.queue.push_back(place);
        }
        true
    }

    /// Asks for a filter no more. Gives it back when the broker has to be told.
    pub(super) fn leave_out(&mut self, filter: &str) -> Option<TopicFilter> {
        let place = self.place(filter)?;
        self.queue.retain(|waiting| *waiting != place);
        let it = &mut self.all[place];
        it.suspected = false;
        let granted = it.is_granted().then(|| it.filter.clone());
        it.state = SubscriptionState::LeftOut;
        // Nothing else was granted by this.
        self.exchange();
        granted
    }

    /// Without those that stand in for others and do not have to.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&TopicFilter, SubscriptionState)> {
        let shown = |it: &&Subscription| it.is_granted() || self.is_needed(it);
        let shown = self.all.iter().filter(shown);
        shown.map(|it| (&it.filter, it.state))
    }

    fn place(&self, filter: &str) -> Option<usize> {
        self.all.iter().position(|it| it.filter.as_str() == filter)
    }
}
