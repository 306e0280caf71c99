//! The brain of the dashboard, as a pure value: it reads no clock, no socket and no storage.
//!
//! The host hands in what happens with [`Engine::handle`], does what [`Engine::poll_output`] says until it is
//! silent, arms one timer with [`Engine::poll_timeout`], and asks for a [`frame`] when it wants to draw.

pub mod ask;
pub mod command;
pub mod doctor;
pub mod frame;
mod known;
mod link;
mod lookup;
mod meter;
mod panel;
mod shadows;
mod show;

use std::collections::VecDeque;

use bytes::Bytes;

use crate::message::QoS;
use crate::mqtt::session::{self, Event, LinkFault, Phase};
use crate::rng::Rng;
use crate::shadow::document::ShadowDocument;
use crate::shadow::topics::{Operation, ShadowId, ShadowTopic, Verb};
use crate::shadow::value::Value;
use crate::time::{Instant, Now};

use ask::{Fetch, FetchAnswer, Knock, NoAnswer};
use command::{Command, ConnectRequest, FieldAddress, Wish};
use doctor::Record;
use known::Known;
use link::Link;
use meter::Meter;
use show::Shown;

/// What happened.
#[derive(Clone, Debug)]
pub enum Input {
    Command(Command),
    SocketOpened,
    /// With the WebSocket's close code.
    SocketClosed(u16),
    /// The socket could not be made.
    SocketRefused(LinkFault),
    /// Bytes that came, cut anywhere.
    Chunk(Bytes),
    /// The answer to the question of that number.
    Fetched {
        id: u32,
        answer: Result<FetchAnswer, NoAnswer>,
    },
    /// Whether the WebSocket of that number opened.
    Knocked {
        id: u32,
        opened: bool,
    },
    /// The deadline of [`Engine::poll_timeout`] has come.
    Timeout,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// The URL may hold a signature: it is a secret.
    Open {
        url: String,
    },
    Send(Bytes),
    Close,
    /// The world beside the link is asked something.
    Fetch {
        id: u32,
        fetch: Fetch,
    },
    Knock {
        id: u32,
        knock: Knock,
    },
}

/// See the module's documentation for the order of calls.
pub struct Engine {
    rng: Rng,
    /// None: no broker was chosen yet.
    link: Option<Link>,
    /// The last words of a link that was replaced.
    parting: VecDeque<Output>,
    /// Questions to the world beside the link, and how many there were.
    questions: VecDeque<Output>,
    asked_so_far: u32,
    record: Record,
    known: Known,
    /// The unknown device whose shadow was asked for on this connection.
    asked: Option<String>,
    meter: Meter,
    shown: Shown,
}

impl Engine {
    /// `seed` makes identifiers and jitter.
    pub fn new(seed: u64, now: Now) -> Self {
        let mut meter = Meter::default();
        meter.roll(now.instant);
        Self {
            rng: Rng::new(seed),
            link: None,
            parting: VecDeque::new(),
            questions: VecDeque::new(),
            asked_so_far: 0,
            record: Record::default(),
            known: Known::new(""),
            asked: None,
            meter,
            shown: Shown::default(),
        }
    }

    pub fn handle(&mut self, input: Input, now: Now) {
        match input {
            Input::Command(command) => self.handle_command(command, now),
            Input::Chunk(chunk) => self.handle_chunk(chunk, now),
            Input::SocketOpened => self.with_session(|session| session.handle_opened(now.instant)),
            Input::SocketClosed(code) => {
                self.with_session(|session| session.handle_closed(code, now.instant));
            }
            Input::SocketRefused(fault) => {
                self.with_session(|session| session.handle_refused(fault, now.instant));
            }
            Input::Fetched { id, answer } => self.record.answered(id, answer.is_ok()),
            Input::Knocked { id, opened } => self.record.answered(id, opened),
            Input::Timeout => {}
        }
        self.with_session(|session| session.handle_timeout(now.instant));
        if let Some(link) = &self.link {
            self.record.note(&link.session);
        }
        self.known.handle_timeout(now);
        self.handle_events();
        self.send_requests(now);
        self.send_lookups(now);
    }

    /// While the socket is not `writable`, packets wait, and only opening and closing come out.
    pub fn poll_output(&mut self, writable: bool) -> Option<Output> {
        let first = self.parting.pop_front();
        if let Some(output) = first.or_else(|| self.questions.pop_front()) {
            return Some(output);
        }
        self.link.as_mut()?.poll_output(writable)
    }

    /// Whether packets wait for the socket.
    pub fn has_unsent(&self) -> bool {
        self.link
            .as_ref()
            .is_some_and(|link| link.session.has_unsent())
    }

    /// When [`Input::Timeout`] is wanted at the latest.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let link = self.link.as_ref()?;
        let lookup = match link.session.phase() {
            Phase::Up => self.known.lookup.poll_timeout(),
            _ => None,
        };
        let deadlines = [
            link.session.poll_timeout(),
            self.known.requests.poll_timeout(),
            lookup,
        ];
        deadlines.into_iter().flatten().min()
    }

    fn with_session(&mut self, act: impl FnOnce(&mut session::Session)) {
        if let Some(link) = &mut self.link {
            act(&mut link.session);
        }
    }

    fn handle_chunk(&mut self, chunk: Bytes, now: Now) {
        let Self {
            link: Some(link),
            known,
            meter,
            ..
        } = self
        else {
            return;
        };
        meter.count_bytes(chunk.len(), now.instant);
        let patterns = &link.patterns;
        link.session.handle_chunk(chunk, now.instant, |publish| {
            meter.count_message();
            known.handle_message(publish, patterns, now);
        });
    }

    fn handle_command(&mut self, command: Command, now: Now) {
        match command {
            Command::Connect(request) => self.connect(request, now),
            Command::Disconnect | Command::Leave => {
                self.with_session(|session| session.disconnect(now.instant));
            }
            Command::Reconnect => {
                if let Some(link) = &mut self.link {
                    link.reconnect(now.instant);
                }
            }
            Command::Desire { field, wish } => self.desire(field, wish, now),
            Command::TakeBack(field) => self.take_back(field, now),
            Command::SendAgain(field) => {
                self.known.requests.send_again(&field, now);
                self.known.refresh_named(&field.device, now);
            }
            Command::Dismiss(field) => self.known.requests.dismiss(&field),
            Command::TryFilter(filter) => {
                self.with_session(|session| session.try_filter(&filter, now.instant));
            }
            Command::LeaveOut(filter) => {
                self.with_session(|session| session.leave_out(&filter, now.instant));
            }
            Command::Examine => self.examine(now.instant),
        }
    }

    fn connect(&mut self, request: ConnectRequest, now: Now) {
        if let Some(old) = &mut self.link {
            old.session.disconnect(now.instant);
            self.parting
                .extend(std::iter::from_fn(|| old.poll_output(true)));
        }
        let link = Link::new(request, &mut self.rng, now.instant);
        if self.link.as_ref().is_none_or(|old| old.url != link.url) {
            self.known.clear(&link.client_id);
            self.shown = Shown::default();
        }
        self.link = Some(link);
        self.record = Record::default();
    }

    /// Asks what a WebSocket that does not open hides.
    fn examine(&mut self, now: Instant) {
        if let Some(link) = &self.link {
            let number = || {
                self.asked_so_far += 1;
                self.asked_so_far
            };
            let url = &link.url;
            let questions = self.record.examine(&link.session, url, now, number);
            self.questions.extend(questions);
        }
    }

    fn desire(&mut self, field: FieldAddress, wish: Wish, now: Now) {
        let Wish::Switch(on) = wish;
        // The form of the value is the device's own: it may say "on", true or 1.
        let form = self.document(&field).and_then(|document| {
            let reported = document.reported.leaf(&field.path);
            reported.or_else(|| document.desired.leaf(&field.path))
        });
        let value = form.map_or(Value::Bool(on), |form| form.value.with_switch(on));
        self.wish(field, value, now);
    }

    /// Wishes what is reported; where nothing ever was, the wish itself goes away.
    fn take_back(&mut self, field: FieldAddress, now: Now) {
        let document = self.document(&field);
        let reported = document.and_then(|document| document.reported.leaf(&field.path));
        let value = reported.map_or(Value::Null, |stated| stated.value.clone());
        self.wish(field, value, now);
    }

    fn wish(&mut self, field: FieldAddress, value: Value, now: Now) {
        let device = field.device.clone();
        self.known.requests.desire(field, value, now);
        self.known.refresh_named(&device, now);
    }

    fn document(&self, field: &FieldAddress) -> Option<&ShadowDocument> {
        let slot = self.known.fleet.find(&field.device)?;
        self.known.shadows.document(slot, field.shadow.as_deref())
    }

    fn handle_events(&mut self) {
        while let Some(event) = self
            .link
            .as_mut()
            .and_then(|link| link.session.poll_event())
        {
            match event {
                Event::Connected => {
                    self.asked = None;
                    self.known.shadows.restart();
                    self.known.lookup.restart(self.known.shadows.keys());
                }
                Event::Lost(_) => self.known.requests.handle_lost(),
                Event::Acknowledged(_) => {}
            }
        }
    }

    fn send_requests(&mut self, now: Now) {
        while let Some(link) = self
            .link
            .as_mut()
            .filter(|link| *link.session.phase() == Phase::Up)
        {
            let Some(request) = self.known.requests.poll_request(now) else {
                break;
            };
            let field = request.field;
            let topic = request_topic(&field.device, field.shadow.as_deref(), Verb::Update);
            let Some(topic) = topic else {
                let message = "this name cannot be the name of a thing";
                self.known.requests.handle_unsendable(&field, message, now);
                continue;
            };
            let (qos, now) = (QoS::AtLeastOnce, now.instant);
            if link
                .session
                .publish(&topic, &request.payload, qos, now)
                .is_err()
            {
                self.known.requests.requeue(&field);
                break;
            }
        }
    }

    fn send_lookups(&mut self, now: Now) {
        while self.is_up() {
            let Some((slot, shadow)) = self.known.lookup.poll(now.instant) else {
                break;
            };
            let name = self.known.fleet.name(slot).to_owned();
            self.send_get(&name, shadow.as_deref(), now.instant);
        }
    }

    fn send_get(&mut self, device: &str, shadow: Option<&str>, now: Instant) {
        if let Some(topic) = request_topic(device, shadow, Verb::Get) {
            // A lost request costs only freshness; it is made again on the next connection.
            self.with_session(|session| {
                let _ = session.publish(&topic, b"", QoS::AtMostOnce, now);
            });
        }
    }

    fn is_up(&self) -> bool {
        self.link
            .as_ref()
            .is_some_and(|link| *link.session.phase() == Phase::Up)
    }
}

fn request_topic(device: &str, shadow: Option<&str>, verb: Verb) -> Option<String> {
    let id = ShadowId::new(device, shadow).ok()?;
    Some(
        ShadowTopic {
            id,
            operation: Operation::Request(verb),
        }
        .to_string(),
    )
}
