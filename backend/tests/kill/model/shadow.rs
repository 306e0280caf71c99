//! One shadow: two sections whose values tell which update wrote them, and a version that outlives a delete.

use serde_json::{Value, json};

use super::Kept;

/// The document, or the counter that a deleted one leaves behind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Shadow {
    pub(crate) version: u64,
    pub(crate) document: Option<Sections>,
}

/// The number that was last written to each section.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sections {
    pub(crate) desired: Option<u64>,
    pub(crate) reported: Option<u64>,
}

#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// Writes the sections that are given; with a version only if that is the present one.
    Update {
        sections: Sections,
        version: Option<u64>,
    },
    Delete,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Answer {
    /// The new version, or the one that was deleted.
    Accepted(u64),
    Rejected(u64),
}

impl Kept for Shadow {
    type Change = Change;
    type Answer = Answer;

    fn apply(&self, change: &Change) -> (Self, Answer) {
        match (change, self.document) {
            (Change::Delete, None) => (self.clone(), Answer::Rejected(404)),
            (Change::Delete, Some(_)) => {
                let deleted = Self {
                    version: self.version + 1,
                    document: None,
                };
                (deleted, Answer::Accepted(self.version))
            }
            (Change::Update { version, .. }, _) if version.is_some_and(|it| it != self.version) => {
                (self.clone(), Answer::Rejected(409))
            }
            (Change::Update { sections, .. }, document) => {
                let old = document.unwrap_or_default();
                let updated = Self {
                    version: self.version + 1,
                    document: Some(Sections {
                        desired: sections.desired.or(old.desired),
                        reported: sections.reported.or(old.reported),
                    }),
                };
                let version = updated.version;
                (updated, Answer::Accepted(version))
            }
        }
    }
}

impl Shadow {
    /// Whether `get` may answer with this version and state; `None` is 404.
    pub(crate) fn agrees(&self, seen: Option<&(u64, Value)>) -> bool {
        match (self.document, seen) {
            (None, None) => true,
            (Some(sections), Some((version, state))) => {
                let section = |name| state.get(name).cloned();
                *version == self.version
                    && section("desired") == sections.desired.map(written)
                    && section("reported") == sections.reported.map(written)
            }
            _ => false,
        }
    }
}

impl Sections {
    /// The `state` of an update.
    pub(crate) fn to_state(self) -> Value {
        let mut state = json!({});
        for (name, number) in [("desired", self.desired), ("reported", self.reported)] {
            if let Some(number) = number {
                state[name] = written(number);
            }
        }
        state
    }
}

/// A section that tells twice which update wrote it, in a size of its own.
fn written(number: u64) -> Value {
    json!({ "number": number, "text": format!("{number} ").repeat((number % 61) as usize) })
}

#[cfg(test)]
mod tests {
    use super::super::Tracked;
    use super::*;

    fn update(desired: Option<u64>, reported: Option<u64>) -> Change {
        let sections = Sections { desired, reported };
        Change::Update {
            sections,
            version: None,
        }
    }

    fn seen(version: u64, desired: Option<u64>, reported: Option<u64>) -> Option<(u64, Value)> {
        Some((version, Sections { desired, reported }.to_state()))
    }

    /// Desired 1 and reported 2 accepted; then desired 3 and reported 4 and a delete asked for; then the end.
    fn killed() -> Tracked<Shadow> {
        let mut shadow = Tracked::new("lamp".to_owned(), Shadow::default());
        shadow.ask(1, update(Some(1), None));
        shadow.answer(1, &Answer::Accepted(1)).unwrap();
        shadow.ask(2, update(None, Some(2)));
        shadow.answer(2, &Answer::Accepted(2)).unwrap();
        shadow.ask(3, update(Some(3), None));
        shadow.ask(4, update(None, Some(4)));
        shadow.ask(5, Change::Delete);
        shadow
    }

    fn found(shadow: &mut Tracked<Shadow>, seen: Option<(u64, Value)>) -> Result<usize, String> {
        let found = shadow.observe(&seen, |state| state.agrees(seen.as_ref()));
        found.map_err(|broken| broken.0)
    }

    #[test]
    fn unanswered_updates_may_be_stored_up_to_any_of_them() {
        for (place, seen) in [
            seen(2, Some(1), Some(2)),
            seen(3, Some(3), Some(2)),
            seen(4, Some(3), Some(4)),
            None,
        ]
        .into_iter()
        .enumerate()
        {
            let mut shadow = killed();
            shadow.lose();
            assert_eq!(found(&mut shadow, seen), Ok(place));
        }
    }

    #[test]
    fn anything_else_is_a_broken_promise() {
        for (what, seen) in [
            ("an accepted version is lost", seen(1, Some(1), None)),
            ("a mix of two updates", seen(3, Some(1), Some(4))),
            (
                "a later version with an earlier state",
                seen(3, Some(1), Some(2)),
            ),
            (
                "an earlier version with a later state",
                seen(2, Some(3), Some(2)),
            ),
            ("a version that nobody asked for", seen(5, Some(3), Some(4))),
            ("a section is missing", seen(2, Some(1), None)),
        ] {
            let mut shadow = killed();
            shadow.lose();
            assert!(found(&mut shadow, seen).is_err(), "{what}");
        }
    }

    #[test]
    fn an_accepted_shadow_that_is_gone_is_a_broken_promise() {
        let mut shadow = killed();
        shadow.unanswered.pop_back();
        shadow.lose();
        let broken = found(&mut shadow, None).unwrap_err();
        assert!(
            broken.starts_with("lamp: found None, possible was"),
            "{broken}"
        );
    }

    #[test]
    fn an_update_whose_publish_was_acknowledged_must_be_there() {
        let mut shadow = killed();
        shadow.acknowledge(3);
        shadow.lose();
        let mut lost = shadow.clone();
        assert!(found(&mut lost, seen(2, Some(1), Some(2))).is_err());
        assert_eq!(found(&mut shadow, seen(3, Some(3), Some(2))), Ok(0));
    }

    #[test]
    fn the_version_of_a_deleted_shadow_goes_on() {
        let mut shadow = killed();
        shadow.lose();
        found(&mut shadow, None).unwrap();
        shadow.ask(6, update(Some(6), None));
        for wrong in [1, 5, 7] {
            assert!(shadow.clone().answer(6, &Answer::Accepted(wrong)).is_err());
        }
        shadow.answer(6, &Answer::Accepted(6)).unwrap();
        shadow.lose();
        let back = seen(6, Some(6), Some(4));
        assert!(
            found(&mut shadow.clone(), back).is_err(),
            "a deleted section is back"
        );
        assert_eq!(found(&mut shadow, seen(6, Some(6), None)), Ok(0));
    }

    #[test]
    fn a_version_check_is_answered_as_the_version_stands() {
        let check = |version, answer| {
            let mut shadow = killed();
            shadow.lose();
            found(&mut shadow, seen(3, Some(3), Some(2))).unwrap();
            let sections = Sections::default();
            let version = Some(version);
            shadow.ask(6, Change::Update { sections, version });
            shadow.answer(6, &answer)
        };
        assert_eq!(check(3, Answer::Accepted(4)), Ok(()));
        assert_eq!(check(2, Answer::Rejected(409)), Ok(()));
        assert!(check(2, Answer::Accepted(4)).is_err());
        assert!(check(3, Answer::Rejected(409)).is_err());
    }

    #[test]
    fn answers_come_in_the_order_of_their_requests() {
        let mut shadow = killed();
        assert!(shadow.answer(4, &Answer::Accepted(4)).is_err());
    }
}
