//! The brain of the dashboard, as a pure value: it reads no clock, no socket and no storage.
//!
//! The host hands in what happens with [`Engine::handle`], does what [`Engine::poll_output`] says until it is
//! silent, arms one timer with [`Engine::poll_timeout`], and asks for a [`frame`] when it wants to draw.

mod address;
pub mod ask;
mod authors;
mod backlog;
pub mod board;
pub mod bulk;
pub mod command;
pub mod controls;
pub mod doctor;
mod door;
mod drafts;
pub mod editor;
pub mod frame;
pub mod history;
mod known;
mod link;
mod lookup;
mod meter;
pub mod own;
mod pace;
mod panel;
mod positions;
pub mod profile;
mod publish;
mod rates;
pub mod rules;
mod shadows;
mod show;
mod signed;
pub mod things;
mod wishes;

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;

use crate::mqtt::session::{self, LinkFault};
use crate::rng::Rng;
use crate::time::{Instant, Now};

use ask::{Fetch, FetchAnswer, Knock, NoAnswer};
use board::Board;
use bulk::Jobs;
use command::{Command, ConnectRequest};
use doctor::Record;
use known::Known;
use link::Link;
use meter::Meter;
use publish::Publishing;
use rules::Rules;
use show::Shown;
use things::Things;

/// What happened.
#[allow(clippy::large_enum_variant)]
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
    /// What [`Output::Remember`] kept at a place, also in an earlier session. Empty: nothing yet. None: there is no
    /// storage, or nothing more can be kept in it.
    Recalled {
        place: String,
        bytes: Option<Bytes>,
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
#[derive(Clone, PartialEq, Eq)]
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
    /// Asks for what was kept at a place: [`Input::Recalled`] answers.
    Recall {
        place: String,
    },
    /// Keeps bytes at a place, whole or not at all. `place` is a file's name and holds no secret.
    Remember {
        place: String,
        bytes: Bytes,
    },
}

/// Shows neither a URL nor a packet: both may hold secrets.
impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open { .. } => f.write_str("Open"),
            Self::Send(bytes) => f.debug_tuple("Send").field(&bytes.len()).finish(),
            Self::Close => f.write_str("Close"),
            Self::Fetch { id, fetch } => f.debug_tuple("Fetch").field(id).field(fetch).finish(),
            Self::Knock { id, knock } => f.debug_tuple("Knock").field(id).field(knock).finish(),
            Self::Recall { place } => f.debug_tuple("Recall").field(place).finish(),
            Self::Remember { place, bytes } => {
                let (place, bytes) = (place, bytes.len());
                f.debug_tuple("Remember")
                    .field(place)
                    .field(&bytes)
                    .finish()
            }
        }
    }
}

/// See the module's documentation for the order of calls.
pub struct Engine {
    rng: Rng,
    /// None: no broker was chosen yet.
    link: Option<Link>,
    /// The last words of a link that was replaced.
    parting: VecDeque<Output>,
    /// Questions to the world beside the link, how many there were, and what is to be kept.
    questions: VecDeque<Output>,
    asked_so_far: u32,
    record: Record,
    known: Known,
    publishing: Publishing,
    things: Things,
    rules: Rules,
    board: Board,
    jobs: Jobs,
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
            publishing: Publishing::default(),
            things: Things::default(),
            rules: Rules::default(),
            board: Board::default(),
            jobs: Jobs::default(),
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
            Input::Fetched { id, answer } => {
                self.record.answered(id, answer.is_ok());
                self.handle_page(id, &answer, now);
                self.handle_rules_answer(id, &answer, now);
                if let Some(link) = &mut self.link {
                    link.handle_answer(id, answer, now, &mut self.asked_so_far);
                }
            }
            Input::Recalled { place, bytes } => {
                self.rules.handle_recalled(&place, bytes.clone());
                self.handle_recalled(&place, bytes);
            }
            Input::Knocked { id, opened } => self.record.answered(id, opened),
            Input::Timeout => {}
        }
        if let Some(link) = &mut self.link {
            link.handle_timeout(now, &mut self.asked_so_far);
            link.advance(now, &mut self.asked_so_far);
            self.record.note(&link.session);
        }
        self.known.handle_timeout(now);
        self.handle_events(now);
        self.advance_things(now);
        self.advance_rules(now);
        self.advance_jobs(now);
        self.known.own.advance(now.instant);
        self.publish_due(now);
        self.known.adopt_saved(now);
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
        let lookup = self.known.lookup.poll_timeout();
        let has_room = self.publishing.pace.poll_timeout().is_none();
        let deadlines = [
            link.poll_timeout(),
            self.known.requests.poll_timeout(),
            self.known.backlog.poll_timeout(),
            self.publishing.poll_timeout(),
            self.known.editing.poll_timeout(),
            self.jobs.poll_timeout(),
            lookup.filter(|_| self.may_ask() && has_room),
            self.known.own.poll_timeout(self.may_publish() && has_room),
            self.things.poll_timeout(),
            self.rules.poll_timeout(),
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
            rules,
            ..
        } = self
        else {
            return;
        };
        meter.count_bytes(chunk.len(), now.instant);
        link.rates.roll(now.instant);
        let (patterns, rates) = (&link.patterns, &mut link.rates);
        link.session.handle_chunk(chunk, now.instant, |publish| {
            meter.count_message();
            rules.record(publish, now);
            let owner = known.handle_message(publish, patterns, now);
            rates.count(owner, publish.topic);
        });
    }

    fn handle_command(&mut self, command: Command, now: Now) {
        match command {
            Command::Connect(request) => self.connect(request, now),
            Command::Disconnect | Command::Leave => {
                self.with_session(|session| session.disconnect(now.instant));
                self.keep_things(now);
                self.keep_rules();
            }
            Command::Reconnect => {
                if let Some(link) = &mut self.link {
                    link.reconnect(now.instant);
                }
                self.publishing.forgive();
            }
            Command::Desire { field, wish } => self.desire(field, wish, now),
            Command::TakeBack(field) => self.take_back(field, now),
            Command::SendAgain(field) => {
                self.known.requests.send_again(&field, now);
                self.known.refresh_named(&field.device, now);
            }
            Command::Dismiss(field) => self.known.requests.dismiss(&field),
            Command::Draft { field, text } => self.draft(field, text, now),
            Command::SendDraft(field) => self.send_draft(field, now),
            Command::EmptyQueue => {
                for device in self.known.requests.empty_queue() {
                    self.known.refresh_named(&device, now);
                }
            }
            Command::Shape(controls) => self.known.controls.say(controls),
            Command::Editor(command) => self.handle_editor(command, now),
            Command::Bulk(command) => self.handle_bulk(command, now),
            Command::Things(command) => self.handle_things(command, now),
            Command::Rules(command) => self.handle_rules(command, now),
            Command::Own(command) => self.handle_own(command),
            Command::TryFilter(filter) => {
                self.with_session(|session| session.try_filter(&filter, now.instant));
            }
            Command::LeaveOut(filter) => {
                self.with_session(|session| session.leave_out(&filter, now.instant));
                self.known.lookup.untold();
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
            self.turn_things_to(&link.url, now);
            self.turn_rules_to(&link.url);
            self.known.clear(&link.client_id);
            self.board = Board::default();
            self.jobs = Jobs::default();
            self.shown = Shown::default();
        }
        self.link = Some(link);
        self.record = Record::default();
        self.publishing = Publishing::default();
        self.known.handle_lost();
    }

    /// Asks what a WebSocket that does not open hides.
    fn examine(&mut self, now: Instant) {
        if let Some(link) = &self.link {
            let number = || {
                self.asked_so_far += 1;
                self.asked_so_far
            };
            self.questions
                .extend(self.record.examine(link, now, number));
        }
    }
}
