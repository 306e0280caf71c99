//! The retained message of one topic, whose publisher numbers what it publishes.

use super::Kept;

/// The number of the message that is kept, if one is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Retained(pub(crate) Option<u64>);

impl Kept for Retained {
    /// The number to be kept; `None` is the empty payload.
    type Change = Option<u64>;
    type Answer = ();

    fn apply(&self, change: &Option<u64>) -> (Self, ()) {
        (Self(*change), ())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Tracked;
    use super::*;

    /// 1 acknowledged, then these asked for, then the end.
    fn killed(asked: &[Option<u64>]) -> Tracked<Retained> {
        let mut topic = Tracked::new("topic".to_owned(), Retained::default());
        topic.ask(0, Some(1));
        topic.answer(0, &()).unwrap();
        for (id, change) in (1..).zip(asked) {
            topic.ask(id, *change);
        }
        topic.lose();
        topic
    }

    fn may_be(asked: &[Option<u64>], seen: Option<u64>) -> bool {
        killed(asked)
            .observe(&seen, |state| state.0 == seen)
            .is_ok()
    }

    #[test]
    fn the_last_acknowledged_message_or_a_later_one_is_kept() {
        assert!(may_be(&[], Some(1)));
        for seen in [Some(1), Some(2), None, Some(3)] {
            assert!(may_be(&[Some(2), None, Some(3)], seen), "{seen:?}");
        }
    }

    #[test]
    fn anything_else_is_a_broken_promise() {
        assert!(!may_be(&[], None), "an acknowledged message is lost");
        assert!(
            !may_be(&[Some(2)], None),
            "a message is lost that was to be replaced"
        );
        assert!(!may_be(&[Some(2)], Some(3)), "nobody published it");
    }

    #[test]
    fn an_acknowledged_deletion_stays() {
        let mut topic = killed(&[]);
        topic.ask(1, None);
        topic.answer(1, &()).unwrap();
        topic.lose();
        assert!(
            topic
                .clone()
                .observe(&1, |state| state.0 == Some(1))
                .is_err()
        );
        assert!(topic.observe(&(), |state| state.0.is_none()).is_ok());
    }
}
