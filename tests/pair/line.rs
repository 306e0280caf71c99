//! The line between engine and backend: a queue of events, each delivered after a latency of virtual time, and every
//! way in which a line can break.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use gnomon::engine::command::{Command, ConnectRequest};
use gnomon::engine::frame::{
    FrameRequest, FrameView, HistoryRequest, HistoryView, LinkState, ListRequest, ListView,
    Selected, ThingsRequest, ThingsView,
};
use gnomon::engine::{Engine, Input, Output};
use gnomon::rng::Rng;
use gnomon::shadow::topics::ShadowId;
use gnomon::time::{Instant, Now, UnixMillis};
use gnomon_backend::backend::Backend;
use gnomon_backend::broker::{ConnectionId, Limits, Output as BrokerOutput};
use gnomon_backend::fleet::FleetOptions;
use gnomon_backend::things::Principal;

use super::beside::{self, Beside};
use super::tap::Tap;

/// Nothing in these tests takes longer than this of virtual time.
const PATIENCE: Duration = Duration::from_secs(300);

/// How much later the other end learns of a link that broke at one end first.
const LATER: Duration = Duration::from_secs(2);

/// The number of a socket of the engine.
type Socket = u32;

enum Event {
    Opened,
    ToEngine(Bytes),
    ToBackend(Bytes),
    ClosedByBackend,
    ClosedByEngine,
}

/// How a link breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Break {
    /// Both ends learn of it at once; what is under way is lost.
    Both,
    /// The engine learns of it; what it sent before still arrives.
    EngineFirst,
    /// The backend learns of it; what it sent before still arrives.
    BackendFirst,
    /// Nothing arrives any more, and nobody is told.
    Silent,
}

impl Break {
    pub(crate) const ALL: [Self; 4] = [
        Self::Both,
        Self::EngineFirst,
        Self::BackendFirst,
        Self::Silent,
    ];
}

pub(crate) struct Pair {
    engine: Engine,
    pub(crate) backend: Backend,
    now: Now,
    pub(crate) latency: Duration,
    /// Cuts what is sent into pieces.
    pub(crate) split: Option<Rng>,
    /// In the order of their times.
    events: VecDeque<(Instant, Socket, Event)>,
    /// The engine's socket.
    socket: Option<Socket>,
    /// How often the engine opened one.
    pub(crate) sockets: u32,
    /// The backend's ends of the engine's sockets, also of those that the engine gave up.
    ends: Vec<(Socket, ConnectionId)>,
    /// A socket on which nothing arrives any more.
    silent: Option<Socket>,
    /// How many more events are delivered before the link breaks.
    pub(crate) cut_after: Option<(u32, Break)>,
    pub(crate) tap: Tap,
    pub(crate) beside: Beside,
    /// Connections of others whose bytes are kept, and those bytes.
    pub(crate) watched: Vec<ConnectionId>,
    pub(crate) heard: Vec<(ConnectionId, Bytes)>,
    /// Connections of others that the backend closed.
    pub(crate) closed: Vec<ConnectionId>,
}

impl Pair {
    pub(crate) fn new(seed: u64) -> Self {
        Self::around(Backend::new(Limits::default(), seed), seed)
    }

    pub(crate) fn with_fleet(seed: u64, options: &FleetOptions) -> Self {
        let backend = Backend::new(Limits::default(), seed).with_fleet(options, start());
        Self::around(backend, seed)
    }

    fn around(backend: Backend, seed: u64) -> Self {
        Self {
            engine: Engine::new(seed, start()),
            backend,
            now: start(),
            latency: Duration::from_millis(5),
            split: None,
            events: VecDeque::new(),
            socket: None,
            sockets: 0,
            ends: Vec::new(),
            silent: None,
            cut_after: None,
            tap: Tap::default(),
            beside: Beside::default(),
            watched: Vec::new(),
            heard: Vec::new(),
            closed: Vec::new(),
        }
    }

    pub(crate) fn now(&self) -> Now {
        self.now
    }

    pub(crate) fn connect(&mut self) {
        self.connect_to("ws://127.0.0.1:8083/mqtt");
    }

    pub(crate) fn connect_to(&mut self, url: &str) {
        self.command(Command::Connect(ConnectRequest::to(url)));
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.engine.handle(Input::Command(command), self.now);
        self.pump();
    }

    /// The link breaks now; both ends learn of it.
    pub(crate) fn cut(&mut self) {
        self.break_off(Break::Both);
    }

    pub(crate) fn break_off(&mut self, how: Break) {
        let Some(socket) = self.socket else {
            return;
        };
        let later = self.now.instant + LATER;
        match how {
            Break::Both => {
                self.events.retain(|(_, of, _)| *of != socket);
                self.close_end(socket);
                self.tell_engine();
            }
            Break::EngineFirst => {
                self.schedule(later, socket, Event::ClosedByEngine);
                self.tell_engine();
            }
            Break::BackendFirst => {
                self.close_end(socket);
                self.schedule(later, socket, Event::ClosedByBackend);
            }
            Break::Silent => self.silent = Some(socket),
        }
        self.pump();
    }

    /// The link breaks once so many more events were delivered.
    pub(crate) fn cut_after(&mut self, events: u32, how: Break) {
        self.cut_after = Some((events, how));
    }

    /// The page is loaded anew: what is not on the disk is gone. It may have had no time to say goodbye.
    pub(crate) fn reload(&mut self, goodbye: bool) {
        if goodbye {
            self.command(Command::Leave);
        }
        self.break_off(Break::Both);
        self.engine = Engine::new(self.now.instant.0, self.now);
        self.socket = None;
        self.events.clear();
    }

    /// A call of the backend's HTTP interface.
    pub(crate) fn call(&mut self, method: &str, path: &str) {
        self.call_with(method, path, "");
    }

    /// The same with a body.
    pub(crate) fn call_with(&mut self, method: &str, path: &str, body: &str) {
        let body = Bytes::from(body.to_owned());
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let answer = beside::call(&mut self.backend, method, path, query, body, self.now);
        assert_eq!(answer.status, 200, "{method} {path}");
        self.pump();
    }

    pub(crate) fn things(&mut self, request: ThingsRequest) -> ThingsView {
        let request = FrameRequest {
            fresh: true,
            things: Some(request),
            ..FrameRequest::default()
        };
        let view = self.engine.frame(&request, self.now).view;
        self.pump();
        view.things.expect("a fresh frame has every part")
    }

    /// The backend dies with all that it knew, and a new one takes its place.
    pub(crate) fn restart_backend(&mut self) {
        self.backend = Backend::new(Limits::default(), 99);
        self.ends.clear();
        self.cut();
    }

    pub(crate) fn run_for(&mut self, duration: Duration) {
        let end = self.now.instant + duration;
        while let Some(next) = self.next().filter(|next| *next <= end) {
            self.step(next);
        }
        self.advance(end);
    }

    /// Runs until `done`, asked after every event.
    pub(crate) fn run_until(&mut self, mut done: impl FnMut(&mut Self) -> bool) {
        let end = self.now.instant + PATIENCE;
        while !done(self) {
            match self.next() {
                Some(next) if next <= end => self.step(next),
                _ => panic!("it did not happen within {PATIENCE:?}"),
            }
        }
    }

    pub(crate) fn frame(&mut self) -> FrameView {
        self.ask(None)
    }

    pub(crate) fn frame_state(&mut self) -> LinkState {
        self.frame()
            .link
            .expect("a fresh frame has every part")
            .state
    }

    pub(crate) fn list(&mut self) -> ListView {
        self.frame().list.expect("a fresh frame has every part")
    }

    pub(crate) fn selected(&mut self, name: &str) -> Selected {
        self.ask(Some(name.to_owned()))
            .selected
            .expect("a fresh frame has every part")
    }

    /// What the service holds of a thing's key `power`: desired, reported. Nothing, where it knows no such thing.
    pub(crate) fn power(&self, thing: &str) -> [Option<String>; 2] {
        let id = ShadowId::new(thing, None).expect("a test names things well");
        let document = self.backend.shadow(id).unwrap_or_default();
        [&document.desired, &document.reported].map(|section| {
            section
                .leaf(&["power"])
                .map(|stated| stated.value.to_text())
        })
    }

    /// A frame with the details of the link open.
    pub(crate) fn look(&mut self) {
        let request = FrameRequest {
            details: true,
            ..FrameRequest::default()
        };
        self.engine.frame(&request, self.now);
        self.pump();
    }

    pub(crate) fn history(&mut self, history: HistoryRequest) -> HistoryView {
        let request = FrameRequest {
            fresh: true,
            history: Some(history),
            ..FrameRequest::default()
        };
        let view = self.engine.frame(&request, self.now).view;
        self.pump();
        view.history.expect("a fresh frame has what was asked for")
    }

    fn ask(&mut self, selected: Option<String>) -> FrameView {
        let list = ListRequest {
            rows: 100,
            ..ListRequest::default()
        };
        self.answer(FrameRequest {
            list,
            selected,
            ..FrameRequest::default()
        })
    }

    /// A fresh frame, with every part that the request looks at.
    pub(crate) fn answer(&mut self, request: FrameRequest) -> FrameView {
        let request = FrameRequest {
            fresh: true,
            ..request
        };
        let view = self.engine.frame(&request, self.now).view;
        self.pump();
        view
    }

    fn next(&self) -> Option<Instant> {
        let event = self.events.front().map(|(at, ..)| *at);
        let deadlines = [
            event,
            self.engine.poll_timeout(),
            self.backend.poll_timeout(),
        ];
        deadlines.into_iter().flatten().min()
    }

    fn step(&mut self, at: Instant) {
        self.advance(at);
        let due = |(due, ..): &(Instant, Socket, Event)| *due <= self.now.instant;
        if self.events.front().is_some_and(due) {
            if let Some((_, socket, event)) = self.events.pop_front() {
                self.deliver(socket, event);
            }
            self.count_down();
        } else {
            self.engine.handle(Input::Timeout, self.now);
            self.backend.handle_timeout(self.now);
        }
        self.pump();
    }

    fn count_down(&mut self) {
        match &mut self.cut_after {
            Some((0, how)) => {
                let how = *how;
                self.cut_after = None;
                self.break_off(how);
            }
            Some((left, _)) => *left -= 1,
            None => {}
        }
    }

    fn advance(&mut self, at: Instant) {
        let passed = at.since(self.now.instant);
        self.now.instant = self.now.instant + passed;
        self.now.wall = UnixMillis(self.now.wall.0 + passed.as_millis() as i64);
    }

    fn deliver(&mut self, socket: Socket, event: Event) {
        let now = self.now;
        let current = self.socket == Some(socket);
        match event {
            _ if self.silent == Some(socket) => {}
            Event::Opened if current => {
                let connection = self.backend.connect(Principal::Anonymous, now);
                self.ends.push((socket, connection));
                self.engine.handle(Input::SocketOpened, now);
            }
            Event::ToEngine(bytes) if current => {
                self.tap.note_received(&bytes);
                self.engine.handle(Input::Chunk(bytes), now);
            }
            Event::ClosedByBackend if current => self.tell_engine(),
            Event::ToBackend(bytes) => {
                if let Some(connection) = self.end(socket) {
                    self.backend.handle_bytes(connection, bytes, now);
                }
            }
            Event::ClosedByEngine => self.close_end(socket),
            Event::Opened | Event::ToEngine(_) | Event::ClosedByBackend => {}
        }
    }

    fn tell_engine(&mut self) {
        self.socket = None;
        self.engine.handle(Input::SocketClosed(1006), self.now);
    }

    fn end(&self, socket: Socket) -> Option<ConnectionId> {
        let end = self.ends.iter().find(|(of, _)| *of == socket);
        end.map(|(_, connection)| *connection)
    }

    fn close_end(&mut self, socket: Socket) {
        if let Some(connection) = self.end(socket) {
            self.ends.retain(|(of, _)| *of != socket);
            self.backend.handle_closed(connection, self.now);
        }
    }

    fn schedule(&mut self, at: Instant, socket: Socket, event: Event) {
        let place = self.events.partition_point(|(due, ..)| *due <= at);
        self.events.insert(place, (at, socket, event));
    }

    /// Puts everything that either end wants to send on the line.
    pub(crate) fn pump(&mut self) {
        let at = self.now.instant + self.latency;
        while let Some(output) = self.engine.poll_output(true) {
            match output {
                Output::Open { .. } => {
                    self.sockets += 1;
                    self.socket = Some(self.sockets);
                    self.tap.note_opened();
                    self.schedule(at, self.sockets, Event::Opened);
                }
                Output::Send(bytes) => {
                    if let Some(socket) = self.socket {
                        self.tap.note_sent(&bytes);
                        for piece in self.pieces(bytes) {
                            self.schedule(at, socket, Event::ToBackend(piece));
                        }
                    }
                }
                Output::Close => {
                    if let Some(socket) = self.socket.take() {
                        self.schedule(at, socket, Event::ClosedByEngine);
                    }
                }
                Output::Fetch { id, fetch } => {
                    let answer = self.beside.fetch(&fetch, &mut self.backend, self.now);
                    self.engine.handle(Input::Fetched { id, answer }, self.now);
                }
                Output::Recall { place } => {
                    let bytes = self.beside.recall(&place);
                    self.engine
                        .handle(Input::Recalled { place, bytes }, self.now);
                }
                Output::Remember { place, bytes } => {
                    if !self.beside.remember(place.clone(), bytes) {
                        let bytes = None;
                        self.engine
                            .handle(Input::Recalled { place, bytes }, self.now);
                    }
                }
                Output::Knock { .. } => {}
            }
        }
        while let Some(output) = self.backend.poll_output() {
            match output {
                BrokerOutput::Ready(id) => self.transmit(id, at),
                BrokerOutput::Close(id, _) => {
                    self.transmit(id, at);
                    self.backend.handle_closed(id, self.now);
                    match self.ends.iter().position(|(_, end)| *end == id) {
                        Some(place) => {
                            let (socket, _) = self.ends.remove(place);
                            self.schedule(at, socket, Event::ClosedByBackend);
                        }
                        None => self.closed.push(id),
                    }
                }
            }
        }
    }

    fn transmit(&mut self, id: ConnectionId, at: Instant) {
        let end = self.ends.iter().find(|(_, end)| *end == id);
        let socket = end.map(|(socket, _)| *socket);
        let watched = self.watched.contains(&id);
        while let Some(bytes) = self.backend.poll_transmit(id) {
            match socket {
                Some(socket) => {
                    for piece in self.pieces(bytes) {
                        self.schedule(at, socket, Event::ToEngine(piece));
                    }
                }
                None if watched => self.heard.push((id, bytes)),
                None => {}
            }
        }
    }

    /// Cut in two, where that is wanted.
    fn pieces(&mut self, mut bytes: Bytes) -> Vec<Bytes> {
        match &mut self.split {
            Some(rng) if bytes.len() > 1 => {
                let rest = bytes.split_off(1 + rng.below(bytes.len() as u64 - 1) as usize);
                vec![bytes, rest]
            }
            _ => vec![bytes],
        }
    }
}

/// 2026-11-23, and a monotonic clock that began some time ago.
fn start() -> Now {
    Now {
        instant: Instant(60_000),
        wall: UnixMillis(1_795_400_000_000),
    }
}
