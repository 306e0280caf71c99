//! The questions that tell apart why a WebSocket does not open, and what the answers say. Asks nothing by itself.

use std::time::Duration;

use crate::engine::Output;
use crate::engine::address::Address;
use crate::engine::ask::{Fetch, Knock};
use crate::time::Instant;

/// After that an answer is not waited for any more.
const PATIENCE: Duration = Duration::from_secs(20);

/// What was found out. None: not asked, or not answered yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The same host and port answer HTTP.
    pub(super) answers: Option<bool>,
    /// A WebSocket opens there that asks for no subprotocol.
    pub(super) opens_bare: Option<bool>,
    /// One that asks for `mqttv3.1`.
    pub(super) opens_old: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Answers,
    OpensBare,
    OpensOld,
}

/// One round of questions.
#[derive(Debug)]
pub(super) struct Examination {
    began: Instant,
    /// Their numbers, while no answer came.
    open: Vec<(u32, Question)>,
    found: Found,
}

impl Examination {
    /// Asks what may be asked about this address, at most three questions. None where nothing may.
    pub(super) fn begin(
        url: &str,
        now: Instant,
        mut number: impl FnMut() -> u32,
    ) -> Option<(Self, Vec<Output>)> {
        let address = Address::parse(url)?;
        let mut open = Vec::new();
        let mut outputs = Vec::new();
        if let Some(url) = address.of_http() {
            let id = number();
            open.push((id, Question::Answers));
            let fetch = Fetch {
                method: "GET",
                url,
                headers: Vec::new(),
                body: Vec::new(),
                opaque: true,
            };
            outputs.push(Output::Fetch { id, fetch });
        }
        for (protocol, question) in [
            (None, Question::OpensBare),
            (Some("mqttv3.1"), Question::OpensOld),
        ] {
            let id = number();
            open.push((id, question));
            let url = address.bare();
            let knock = Knock { url, protocol };
            outputs.push(Output::Knock { id, knock });
        }
        let examination = Self {
            began: now,
            open,
            found: Found::default(),
        };
        Some((examination, outputs))
    }

    /// Takes the answer to a question of this round, and passes over any other.
    pub(super) fn answered(&mut self, id: u32, yes: bool) {
        let Some(at) = self.open.iter().position(|(open, _)| *open == id) else {
            return;
        };
        let (_, question) = self.open.swap_remove(at);
        let found = match question {
            Question::Answers => &mut self.found.answers,
            Question::OpensBare => &mut self.found.opens_bare,
            Question::OpensOld => &mut self.found.opens_old,
        };
        *found = Some(yes);
    }

    pub(super) fn is_running(&self, now: Instant) -> bool {
        !self.open.is_empty() && now < self.began + PATIENCE
    }

    pub(super) fn found(&self) -> Found {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(url: &str) -> Option<(Examination, Vec<Output>)> {
        let mut next = 6;
        Examination::begin(url, Instant(0), || {
            next += 1;
            next
        })
    }

    #[test]
    fn three_questions_at_most_and_none_with_a_secret() {
        let (_, outputs) = begin("wss://me:secret@h.example.net:8084/mqtt?token=secret").unwrap();
        let asked: Vec<_> = outputs
            .iter()
            .map(|output| match output {
                Output::Fetch { id, fetch } => {
                    assert!(fetch.opaque && fetch.headers.is_empty() && fetch.body.is_empty());
                    (*id, fetch.method, fetch.url.as_str())
                }
                Output::Knock { id, knock } => {
                    (*id, knock.protocol.unwrap_or("-"), knock.url.as_str())
                }
                _ => panic!("a question"),
            })
            .collect();
        let socket = "wss://h.example.net:8084/mqtt";
        let expected = [
            (7, "GET", "https://h.example.net:8084/"),
            (8, "-", socket),
            (9, "mqttv3.1", socket),
        ];
        assert_eq!(asked, expected);
    }

    #[test]
    fn what_the_page_may_not_ask_is_not_asked() {
        let (_, outputs) = begin("ws://192.168.0.7:9001/").unwrap();
        assert_eq!(outputs.len(), 2);
        let knocks = |output: &Output| matches!(output, Output::Knock { .. });
        assert!(outputs.iter().all(knocks));
        assert!(begin("mqtt://h").is_none());
    }

    #[test]
    fn each_answer_counts_once_and_strangers_never() {
        let (mut examination, _) = begin("ws://127.0.0.1:8083/mqtt").unwrap();
        examination.answered(1, true);
        assert_eq!(examination.found(), Found::default());
        examination.answered(8, true);
        examination.answered(8, false);
        examination.answered(7, false);
        assert!(examination.is_running(Instant(0)));
        examination.answered(9, false);
        assert!(!examination.is_running(Instant(0)));
        let found = Found {
            answers: Some(false),
            opens_bare: Some(true),
            opens_old: Some(false),
        };
        assert_eq!(examination.found(), found);
    }

    #[test]
    fn an_answer_that_never_comes_is_not_waited_for() {
        let (examination, _) = begin("ws://127.0.0.1/").unwrap();
        assert!(examination.is_running(Instant(19_999)));
        assert!(!examination.is_running(Instant(20_000)));
    }
}
