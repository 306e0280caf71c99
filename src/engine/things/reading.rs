//! Reading the registry page by page. It knows what to ask next and when to stop; it sends nothing.

use std::time::Duration;

use super::Registry;
use crate::auth::cognito::{self, Answer};
use crate::auth::registry::{self, Page};
use crate::engine::ask::{FetchAnswer, NoAnswer};
use crate::time::Instant;

/// Things of one page. An answer is cut at 64 KiB: where they have much to say, less of them are asked for.
const PAGE: u32 = 100;

/// AWS IoT takes ten such calls a second from an account.
const PACE: Duration = Duration::from_millis(150);

/// The host gives up after ten seconds by itself.
const PATIENCE: Duration = Duration::from_secs(20);

/// Pages of one reading: more names than can be listed.
const MAX_PAGES: u32 = 10_000;

pub(super) struct Reading {
    page: Page,
    pages: u32,
    pub(super) found: u32,
    pub(super) new: u32,
    step: Step,
}

enum Step {
    /// The next page is to be asked for then.
    Due(Instant),
    Asked {
        id: u32,
        until: Instant,
    },
}

/// What came of an answer.
pub(super) enum Said {
    /// It was no answer to this.
    Nothing,
    Names {
        names: Vec<String>,
        last: bool,
    },
    Failed(Registry),
}

impl Reading {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            page: Page {
                size: PAGE,
                token: None,
            },
            pages: 0,
            found: 0,
            new: 0,
            step: Step::Due(now),
        }
    }

    /// The page that is due.
    pub(super) fn due(&self, now: Instant) -> Option<&Page> {
        matches!(self.step, Step::Due(at) if at <= now).then_some(&self.page)
    }

    pub(super) fn asked(&mut self, id: u32, now: Instant) {
        self.pages += 1;
        self.step = Step::Asked {
            id,
            until: now + PATIENCE,
        };
    }

    pub(super) fn is_late(&self, now: Instant) -> bool {
        matches!(self.step, Step::Asked { until, .. } if until <= now)
    }

    pub(super) fn poll_timeout(&self) -> Instant {
        match self.step {
            Step::Due(at) => at,
            Step::Asked { until, .. } => until,
        }
    }

    pub(super) fn handle_answer(
        &mut self,
        id: u32,
        answer: &Result<FetchAnswer, NoAnswer>,
        now: Instant,
    ) -> Said {
        if !matches!(self.step, Step::Asked { id: asked, .. } if asked == id) {
            return Said::Nothing;
        }
        self.step = Step::Due(now + PACE);
        let Ok(answer) = answer else {
            return Said::Failed(failed(None, String::new()));
        };
        if answer.status != 200 {
            let (name, _) = cognito::error_of(Answer {
                status: answer.status,
                error_type: answer.error_type.as_deref(),
                body: &answer.body,
            });
            return Said::Failed(failed(Some(answer.status), name));
        }
        match registry::read_names(&answer.body) {
            Some(said) => {
                // A token that leads nowhere new would lead there for ever.
                let next = said.next.filter(|_| self.pages < MAX_PAGES);
                let next = next.filter(|it| Some(it) != self.page.token.as_ref());
                let last = next.is_none();
                self.page.token = next;
                let names = said.names;
                Said::Names { names, last }
            }
            // It was cut.
            None if answer.body.len() >= FetchAnswer::MAX_BODY && self.page.size > 1 => {
                self.page.size = (self.page.size / 4).max(1);
                Said::Names {
                    names: Vec::new(),
                    last: false,
                }
            }
            None => Said::Failed(failed(Some(answer.status), String::new())),
        }
    }
}

pub(super) fn failed(status: Option<u16>, error: String) -> Registry {
    Registry::Failed { status, error }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Result<FetchAnswer, NoAnswer> {
        Ok(FetchAnswer {
            status,
            date: None,
            error_type: None,
            body: body.as_bytes().to_vec(),
        })
    }

    fn ask(reading: &mut Reading, now: u64) -> Page {
        let page = reading.due(Instant(now)).unwrap().clone();
        reading.asked(7, Instant(now));
        page
    }

    #[test]
    fn pages_follow_each_other_until_there_is_no_next_one() {
        let mut reading = Reading::new(Instant(0));
        assert_eq!(ask(&mut reading, 0).token, None);
        assert!(reading.due(Instant(5)).is_none());
        let first = answer(200, r#"{"things":[{"thingName":"a"}],"nextToken":"x"}"#);
        let other = reading.handle_answer(6, &first, Instant(5));
        assert!(matches!(other, Said::Nothing));
        let said = reading.handle_answer(7, &first, Instant(5));
        assert!(matches!(said, Said::Names { names, last: false } if names == ["a"]));
        assert_eq!(reading.poll_timeout(), Instant(155));
        assert_eq!(ask(&mut reading, 155).token.as_deref(), Some("x"));
        let same = answer(200, r#"{"things":[],"nextToken":"x"}"#);
        let said = reading.handle_answer(7, &same, Instant(160));
        assert!(
            matches!(said, Said::Names { last: true, .. }),
            "round and round"
        );
    }

    #[test]
    fn a_page_that_was_cut_is_asked_for_again_in_smaller_ones() {
        let mut reading = Reading::new(Instant(0));
        let cut = answer(200, &"{\"things\":[".repeat(FetchAnswer::MAX_BODY));
        let mut sizes = Vec::new();
        for now in 0.. {
            sizes.push(ask(&mut reading, now * 1000).size);
            if let Said::Failed(_) = reading.handle_answer(7, &cut, Instant(now * 1000)) {
                break;
            }
        }
        assert_eq!(sizes, [100, 25, 6, 1]);
    }

    #[test]
    fn what_was_refused_is_named() {
        let check = |answer, expected| {
            let mut reading = Reading::new(Instant(0));
            ask(&mut reading, 0);
            let said = reading.handle_answer(7, &answer, Instant(0));
            assert!(matches!(said, Said::Failed(failed) if failed == expected));
        };
        check(Err(NoAnswer), failed(None, String::new()));
        check(
            answer(404, "nothing here"),
            failed(Some(404), String::new()),
        );
        check(answer(200, "<html>"), failed(Some(200), String::new()));
        let denied = r#"{"__type":"AccessDeniedException","message":"no"}"#;
        check(
            answer(403, denied),
            failed(Some(403), "AccessDeniedException".to_owned()),
        );
    }
}
