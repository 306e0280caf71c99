//! What each subscription brings a second. A message that fits several counts for the first: a location pattern's,
//! a shadow's, then those that a person typed.

use crate::shadow::topics::Operation;
use crate::time::Instant;
use crate::topic::TopicFilter;

/// Whose a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The location pattern of that number.
    Location(usize),
    Shadow {
        operation: Operation,
        named: bool,
    },
    /// Nobody's: only a typed filter can have brought it.
    Nobody,
}

#[derive(Debug, Default)]
pub(super) struct Rates {
    /// The second that is being counted.
    second: u64,
    locations: usize,
    filters: Vec<Rate>,
}

#[derive(Debug)]
struct Rate {
    filter: TopicFilter,
    counting: u32,
    last: u32,
}

impl Rates {
    /// `filters` are those of so many `locations`, then two for each of [`Operation::WATCHED`], then others.
    pub(super) fn new(locations: usize, filters: &[TopicFilter]) -> Self {
        let rate = |filter: &TopicFilter| Rate {
            filter: filter.clone(),
            counting: 0,
            last: 0,
        };
        Self {
            second: 0,
            locations,
            filters: filters.iter().map(rate).collect(),
        }
    }

    pub(super) fn count(&mut self, owner: Owner, topic: &str) {
        let place = match owner {
            Owner::Location(number) => Some(number),
            Owner::Shadow { operation, named } => {
                let watched = Operation::WATCHED.iter().position(|it| *it == operation);
                watched.map(|number| self.locations + 2 * number + usize::from(named))
            }
            Owner::Nobody => None,
        };
        let place = place.or_else(|| self.typed(topic));
        if let Some(rate) = place.and_then(|place| self.filters.get_mut(place)) {
            rate.counting = rate.counting.saturating_add(1);
        }
    }

    /// The first of the typed filters that `topic` fits.
    fn typed(&self, topic: &str) -> Option<usize> {
        let own = self.locations + 2 * Operation::WATCHED.len();
        let typed = self.filters.iter().enumerate().skip(own);
        let mut fits = typed.filter(|(_, rate)| rate.filter.matches(topic));
        fits.next().map(|(place, _)| place)
    }

    /// Closes the seconds that are over.
    pub(super) fn roll(&mut self, now: Instant) {
        let second = now.0 / 1000;
        if second == self.second {
            return;
        }
        let just_over = second == self.second + 1;
        self.second = second;
        for rate in &mut self.filters {
            let counted = std::mem::take(&mut rate.counting);
            rate.last = if just_over { counted } else { 0 };
        }
    }

    /// Messages of the last whole second.
    pub(super) fn of(&self, filter: &TopicFilter) -> u32 {
        let mut rates = self.filters.iter();
        rates
            .find(|rate| rate.filter == *filter)
            .map_or(0, |rate| rate.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shadow::topics::Verb;

    fn filter(text: &str) -> TopicFilter {
        TopicFilter::new(text).unwrap()
    }

    fn all() -> Vec<TopicFilter> {
        let shadows = Operation::WATCHED
            .into_iter()
            .flat_map(Operation::filters_for_all_things);
        let texts = ["topic_1".to_owned(), "fleet/+/location".to_owned()].into_iter();
        let texts = texts
            .chain(shadows)
            .chain(["plant/#", "#"].map(str::to_owned));
        texts.map(|text| filter(&text)).collect()
    }

    #[test]
    fn each_message_counts_for_the_filter_that_brought_it() {
        let mut rates = Rates::new(2, &all());
        rates.roll(Instant(5000));
        let shadow = |operation, named| Owner::Shadow { operation, named };
        for (owner, topic) in [
            (Owner::Location(1), "fleet/a/location"),
            (Owner::Location(1), "fleet/b/location"),
            (
                shadow(Operation::Documents, false),
                "$aws/things/a/shadow/update/documents",
            ),
            (
                shadow(Operation::Rejected(Verb::Get), true),
                "$aws/things/a/shadow/name/b/get/rejected",
            ),
            // It was not asked for by itself.
            (
                shadow(Operation::Delta, false),
                "$aws/things/a/shadow/update/delta",
            ),
            (Owner::Nobody, "plant/line/1"),
            (Owner::Nobody, "elsewhere"),
            (Owner::Nobody, "elsewhere/too"),
            (Owner::Nobody, "elsewhere/again"),
        ] {
            rates.count(owner, topic);
        }
        rates.roll(Instant(6999));
        let rate = |text: &str| rates.of(&filter(text));
        assert_eq!(rate("topic_1"), 0);
        assert_eq!(rate("fleet/+/location"), 2);
        assert_eq!(rate("$aws/things/+/shadow/update/documents"), 1);
        assert_eq!(rate("$aws/things/+/shadow/name/+/get/rejected"), 1);
        assert_eq!(rate("$aws/things/+/shadow/get/rejected"), 0);
        assert_eq!(rate("plant/#"), 1);
        assert_eq!(rate("#"), 3);
        assert_eq!(rate("never/asked/for"), 0);
    }

    #[test]
    fn a_silent_second_is_zero() {
        let mut rates = Rates::new(2, &all());
        rates.roll(Instant(5000));
        rates.count(Owner::Location(0), "topic_1");
        rates.roll(Instant(6000));
        assert_eq!(rates.of(&filter("topic_1")), 1);
        rates.roll(Instant(7000));
        assert_eq!(rates.of(&filter("topic_1")), 0);
        rates.count(Owner::Location(0), "topic_1");
        rates.roll(Instant(70_000));
        assert_eq!(rates.of(&filter("topic_1")), 0);
    }
}
