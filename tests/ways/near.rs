//! This side: the engine with its clock, its socket and its questions, played by hand.

use std::time::Duration;

use bytes::Bytes;
use gnomon::engine::ask::{Fetch, FetchAnswer, NoAnswer};
use gnomon::engine::command::{AwsPlace, Command, ConnectRequest, Keys, Way};
use gnomon::engine::frame::{FrameRequest, LinkFault, LinkState, LinkView};
use gnomon::engine::{Engine, Input, Output};
use gnomon::time::{Instant, Now, UnixMillis};

pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

pub(crate) fn keys() -> Keys {
    Keys {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: SECRET.to_owned(),
        session_token: None,
        expires_at: None,
    }
}

pub(crate) fn place() -> AwsPlace {
    AwsPlace {
        endpoint: "a1-ats.iot.eu-west-1.amazonaws.com".to_owned(),
        region: String::new(),
    }
}

pub(crate) struct Near {
    engine: Engine,
    pub(crate) now: Now,
    /// How far this side's clock is ahead of the other's, in milliseconds.
    skew: i64,
    /// Every one that was opened, oldest first.
    pub(crate) urls: Vec<String>,
    /// Not answered yet, oldest first.
    pub(crate) questions: Vec<(u32, Fetch)>,
    pub(crate) sent: Vec<u8>,
}

impl Near {
    pub(crate) fn idle() -> Self {
        let now = Now {
            instant: Instant(60_000),
            wall: UnixMillis(1_795_400_000_000),
        };
        Self {
            engine: Engine::new(1, now),
            now,
            skew: 0,
            urls: Vec::new(),
            questions: Vec::new(),
            sent: Vec::new(),
        }
    }

    pub(crate) fn by(way: Way) -> Self {
        let mut near = Self::idle();
        near.command(Command::Connect(ConnectRequest::new(way)));
        near
    }

    pub(crate) fn with_keys(keys: Keys) -> Self {
        let mut near = Self::idle();
        near.connect_with_keys(keys);
        near
    }

    pub(crate) fn connect_with_keys(&mut self, keys: Keys) {
        let place = place();
        self.connect_to(&place.endpoint, &place.region, keys);
    }

    pub(crate) fn connect_to(&mut self, endpoint: &str, region: &str, keys: Keys) {
        let place = AwsPlace {
            endpoint: endpoint.to_owned(),
            region: region.to_owned(),
        };
        let way = Way::AwsKeys { place, keys };
        self.command(Command::Connect(ConnectRequest::new(way)));
    }

    pub(crate) fn server_time(&self) -> UnixMillis {
        UnixMillis(self.now.wall.0 - self.skew)
    }

    /// Sets this side's clock wrong.
    pub(crate) fn set_skew(&mut self, skew: i64) {
        self.now.wall.0 += skew - self.skew;
        self.skew = skew;
    }

    /// From the beginning, as if nothing was opened before.
    pub(crate) fn reconnect(&mut self) {
        self.command(Command::Disconnect);
        self.urls.clear();
        self.command(Command::Reconnect);
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.input(Input::Command(command));
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.engine.handle(input, self.now);
        self.pump();
    }

    fn pump(&mut self) {
        while let Some(output) = self.engine.poll_output(true) {
            match output {
                Output::Open { url } => self.urls.push(url),
                Output::Send(bytes) => self.sent.extend(bytes),
                Output::Fetch { id, fetch } => self.questions.push((id, fetch)),
                Output::Close
                | Output::Knock { .. }
                | Output::Recall { .. }
                | Output::Remember { .. } => {}
            }
        }
    }

    /// The newest.
    pub(crate) fn opened(&self) -> &String {
        self.urls.last().unwrap()
    }

    /// The socket opens, and the broker says CONNACK 0.
    pub(crate) fn accept(&mut self) {
        self.input(Input::SocketOpened);
        self.input(Input::Chunk(Bytes::from_static(&[0x20, 2, 0, 0])));
    }

    /// The socket closes, or does not open, which looks alike.
    pub(crate) fn close(&mut self) {
        self.input(Input::SocketClosed(1006));
    }

    pub(crate) fn only_question(&self) -> &Fetch {
        assert_eq!(self.questions.len(), 1);
        &self.questions[0].1
    }

    /// Answers the oldest question, a little later.
    pub(crate) fn answer(&mut self, answer: Result<FetchAnswer, NoAnswer>) {
        self.advance(Duration::from_millis(200));
        let (id, _) = self.questions.remove(0);
        self.fetched(id, answer);
    }

    pub(crate) fn fetched(&mut self, id: u32, answer: Result<FetchAnswer, NoAnswer>) {
        self.input(Input::Fetched { id, answer });
    }

    pub(crate) fn link(&mut self) -> LinkView {
        let request = FrameRequest {
            fresh: true,
            ..FrameRequest::default()
        };
        let view = self.engine.frame(&request, self.now).view;
        self.pump();
        view.link.unwrap()
    }

    /// Why there is no link.
    pub(crate) fn fault(&mut self) -> LinkFault {
        match self.link().state {
            LinkState::Disconnected { fault, .. } | LinkState::Failed { fault } => fault,
            state => panic!("{state:?}"),
        }
    }

    fn advance(&mut self, duration: Duration) {
        self.now.instant = self.now.instant + duration;
        self.now.wall.0 += duration.as_millis() as i64;
    }

    /// Fires the engine's timer whenever it is due.
    pub(crate) fn run_for(&mut self, duration: Duration) {
        let end = self.now.instant + duration;
        while let Some(at) = self.engine.poll_timeout().filter(|at| *at <= end) {
            self.fire(at);
        }
        self.advance(end.since(self.now.instant));
    }

    pub(crate) fn run_until_opened(&mut self) {
        let before = self.urls.len();
        while self.urls.len() == before {
            let at = self.engine.poll_timeout().unwrap();
            self.fire(at);
        }
    }

    fn fire(&mut self, at: Instant) {
        // A timer that is due and changes nothing would never end.
        let wait = at.since(self.now.instant).max(Duration::from_millis(1));
        self.advance(wait);
        self.input(Input::Timeout);
    }
}
