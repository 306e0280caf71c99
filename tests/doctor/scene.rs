//! The page alone, without a backend: a test is its browser and its broker at once, in virtual time.

use std::time::Duration;

use bytes::Bytes;
use gnomon::engine::ask::{FetchAnswer, NoAnswer};
use gnomon::engine::command::{Command, ConnectRequest};
use gnomon::engine::frame::{Cause, DoctorView, FrameRequest, LinkView, Outcome};
use gnomon::engine::{Engine, Input, Output};
use gnomon::time::{Instant, Now, UnixMillis};

const CONNACK: &[u8] = &[0x20, 2, 0, 0];

/// The page and its broker, as one test plays them.
pub(crate) struct Scene {
    pub(crate) engine: Engine,
    pub(crate) now: Now,
    /// What the engine asked of the world beside its link, oldest first.
    pub(crate) asked: Vec<Output>,
    /// What it sent since it was last looked at.
    pub(crate) sent: Vec<u8>,
    pub(crate) opened: u32,
}

impl Scene {
    pub(crate) fn new(request: ConnectRequest) -> Self {
        let now = Now {
            instant: Instant(60_000),
            wall: UnixMillis(1_795_400_000_000),
        };
        let mut scene = Self {
            engine: Engine::new(7, now),
            now,
            asked: Vec::new(),
            sent: Vec::new(),
            opened: 0,
        };
        scene.input(Input::Command(Command::Connect(request)));
        scene
    }

    pub(crate) fn to(url: &str) -> Self {
        Self::new(ConnectRequest::to(url))
    }

    /// The link stands and every filter is granted.
    pub(crate) fn connected() -> Self {
        let mut scene = Self::to("ws://127.0.0.1:8083/mqtt");
        scene.accept();
        scene.grant(0x01);
        scene
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.engine.handle(input, self.now);
        self.pump();
    }

    fn pump(&mut self) {
        while let Some(output) = self.engine.poll_output(true) {
            match output {
                Output::Open { .. } => self.opened += 1,
                Output::Send(bytes) => self.sent.extend_from_slice(&bytes),
                Output::Close | Output::Recall { .. } | Output::Remember { .. } => {}
                question @ (Output::Fetch { .. } | Output::Knock { .. }) => {
                    self.asked.push(question);
                }
            }
        }
    }

    pub(crate) fn receive(&mut self, bytes: &[u8]) {
        self.input(Input::Chunk(Bytes::copy_from_slice(bytes)));
    }

    /// Opens the socket, and answers CONNECT.
    pub(crate) fn accept(&mut self) {
        self.wait(Duration::from_millis(84));
        self.input(Input::SocketOpened);
        self.wait(Duration::from_millis(131));
        self.receive(CONNACK);
    }

    /// Answers every SUBSCRIBE that was sent with this code for each of its filters.
    pub(crate) fn grant(&mut self, code: u8) {
        self.wait(Duration::from_millis(52));
        let sent = std::mem::take(&mut self.sent);
        let mut rest = sent.as_slice();
        while let [kind, after @ ..] = rest {
            let (mut length, mut at) = (0, 0);
            while let Some(byte) = after.get(at) {
                length |= usize::from(byte & 127) << (7 * at);
                at += 1;
                if byte & 128 == 0 {
                    break;
                }
            }
            let (body, next) = after[at..].split_at(length);
            if *kind == 0x82 {
                let filters = filters_in(&body[2..]);
                let mut suback = vec![0x90, 2 + filters as u8, body[0], body[1]];
                suback.extend(std::iter::repeat_n(code, filters));
                self.receive(&suback);
            }
            rest = next;
        }
    }

    pub(crate) fn wait(&mut self, duration: Duration) {
        let end = self.now.instant + duration;
        while let Some(next) = self.engine.poll_timeout().filter(|next| *next <= end) {
            self.advance(next);
            self.input(Input::Timeout);
        }
        self.advance(end);
    }

    fn advance(&mut self, at: Instant) {
        let passed = at.since(self.now.instant);
        self.now.instant = self.now.instant + passed;
        self.now.wall = UnixMillis(self.now.wall.0 + passed.as_millis() as i64);
    }

    pub(crate) fn ask(&mut self, fresh: bool) -> Option<DoctorView> {
        let request = FrameRequest {
            fresh,
            doctor: true,
            ..FrameRequest::default()
        };
        let view = self.engine.frame(&request, self.now).view.doctor;
        self.pump();
        view
    }

    pub(crate) fn link(&mut self) -> LinkView {
        let request = FrameRequest {
            fresh: true,
            ..FrameRequest::default()
        };
        let view = self.engine.frame(&request, self.now).view;
        view.link.expect("a fresh frame has every part")
    }

    pub(crate) fn doctor(&mut self) -> DoctorView {
        self.ask(true).expect("a fresh frame has every part")
    }

    pub(crate) fn causes(&mut self) -> Vec<Cause> {
        let finding = self.doctor().finding;
        finding.map_or_else(Vec::new, |finding| finding.causes)
    }

    /// Of each step: `D`one, `F`ailed, `R`unning, `-` not yet.
    pub(crate) fn outcomes(&mut self) -> String {
        let steps = self.doctor().steps;
        let outcome = |outcome| match outcome {
            Outcome::Done => 'D',
            Outcome::Failed => 'F',
            Outcome::Running => 'R',
            Outcome::NotYet => '-',
        };
        steps.iter().map(|step| outcome(step.outcome)).collect()
    }

    /// Answers the questions that are open: whether HTTP answers, and which knocks open a WebSocket.
    pub(crate) fn answer(&mut self, http: bool, bare: bool, old: bool) {
        for question in std::mem::take(&mut self.asked) {
            let answer = match question {
                Output::Fetch { id, .. } => Input::Fetched {
                    id,
                    answer: if http { Ok(opaque()) } else { Err(NoAnswer) },
                },
                Output::Knock { id, knock } => {
                    let opened = if knock.protocol.is_some() { old } else { bare };
                    Input::Knocked { id, opened }
                }
                _ => continue,
            };
            self.input(answer);
        }
    }
}

fn filters_in(mut rest: &[u8]) -> usize {
    let mut count = 0;
    while let [high, low, after @ ..] = rest {
        rest = &after[usize::from(*high) << 8 | usize::from(*low)..][1..];
        count += 1;
    }
    count
}

fn opaque() -> FetchAnswer {
    FetchAnswer {
        status: 0,
        date: None,
        error_type: None,
        body: Vec::new(),
    }
}
