//! The line between engine and backend: a queue of events, each delivered after a latency of virtual time.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use gnomon::engine::command::{Command, ConnectRequest};
use gnomon::engine::frame::{FrameRequest, FrameView, LinkState, ListRequest, ListView, Selected};
use gnomon::engine::{Engine, Input, Output};
use gnomon::shadow::topics::ShadowId;
use gnomon::time::{Instant, Now, UnixMillis};
use gnomon_backend::backend::Backend;
use gnomon_backend::broker::{ConnectionId, Limits, Output as BrokerOutput};
use gnomon_backend::fleet::FleetOptions;
use gnomon_backend::things::Principal;

/// Nothing in these tests takes longer than this of virtual time.
const PATIENCE: Duration = Duration::from_secs(300);

enum Event {
    Opened(u32),
    ToEngine(u32, Bytes),
    ToBackend(u32, Bytes),
    ClosedByBackend(u32),
    ClosedByEngine(u32),
}

pub(crate) struct Pair {
    engine: Engine,
    pub(crate) backend: Backend,
    now: Now,
    pub(crate) latency: Duration,
    events: VecDeque<(Instant, Event)>,
    /// The engine's socket: its number, and its connection once it is open.
    socket: Option<(u32, Option<ConnectionId>)>,
    sockets: u32,
    /// How many more events are delivered before the link is cut.
    cut_after: Option<u32>,
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
            events: VecDeque::new(),
            socket: None,
            sockets: 0,
            cut_after: None,
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
        let Some((_, connection)) = self.socket.take() else {
            return;
        };
        self.events.clear();
        if let Some(connection) = connection {
            self.backend.handle_closed(connection, self.now);
        }
        self.engine.handle(Input::SocketClosed(1006), self.now);
        self.pump();
    }

    /// The link breaks once so many more events were delivered.
    pub(crate) fn cut_after(&mut self, events: u32) {
        self.cut_after = Some(events);
    }

    /// The backend dies with all that it knew, and a new one takes its place.
    pub(crate) fn restart_backend(&mut self) {
        self.backend = Backend::new(Limits::default(), 99);
        if let Some((number, _)) = self.socket.take() {
            self.socket = Some((number, None));
        }
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

    /// What the service holds of a thing's key `power`: desired, reported.
    pub(crate) fn power(&self, thing: &str) -> [Option<String>; 2] {
        let id = ShadowId::new(thing, None).expect("a test names things well");
        let document = self
            .backend
            .shadow(id)
            .expect("the service knows the thing");
        [&document.desired, &document.reported].map(|section| {
            section
                .leaf(&["power"])
                .map(|stated| stated.value.to_text())
        })
    }

    fn ask(&mut self, selected: Option<String>) -> FrameView {
        let list = ListRequest {
            rows: 100,
            ..ListRequest::default()
        };
        let request = FrameRequest {
            fresh: true,
            list,
            selected,
            ..FrameRequest::default()
        };
        let view = self.engine.frame(&request, self.now).view;
        self.pump();
        view
    }

    fn next(&self) -> Option<Instant> {
        let event = self.events.front().map(|(at, _)| *at);
        let deadlines = [
            event,
            self.engine.poll_timeout(),
            self.backend.poll_timeout(),
        ];
        deadlines.into_iter().flatten().min()
    }

    fn step(&mut self, at: Instant) {
        self.advance(at);
        if self
            .events
            .front()
            .is_some_and(|(due, _)| *due <= self.now.instant)
        {
            if let Some((_, event)) = self.events.pop_front() {
                self.deliver(event);
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
            Some(0) => {
                self.cut_after = None;
                self.cut();
            }
            Some(left) => *left -= 1,
            None => {}
        }
    }

    fn advance(&mut self, at: Instant) {
        let passed = at.since(self.now.instant);
        self.now.instant = self.now.instant + passed;
        self.now.wall = UnixMillis(self.now.wall.0 + passed.as_millis() as i64);
    }

    fn deliver(&mut self, event: Event) {
        let now = self.now;
        let (Event::Opened(number)
        | Event::ToEngine(number, _)
        | Event::ToBackend(number, _)
        | Event::ClosedByBackend(number)
        | Event::ClosedByEngine(number)) = event;
        let Some((_, connection)) = self.socket.as_mut().filter(|(open, _)| *open == number) else {
            return;
        };
        match event {
            Event::Opened(_) => {
                *connection = Some(self.backend.connect(Principal::Anonymous, now));
                self.engine.handle(Input::SocketOpened, now);
            }
            Event::ToEngine(_, bytes) => self.engine.handle(Input::Chunk(bytes), now),
            Event::ToBackend(_, bytes) => {
                if let Some(connection) = *connection {
                    self.backend.handle_bytes(connection, bytes, now);
                }
            }
            Event::ClosedByBackend(_) => {
                self.socket = None;
                self.engine.handle(Input::SocketClosed(1006), now);
            }
            Event::ClosedByEngine(_) => {
                if let Some((_, Some(connection))) = self.socket.take() {
                    self.backend.handle_closed(connection, now);
                }
            }
        }
    }

    /// Puts everything that either end wants to send on the line.
    pub(crate) fn pump(&mut self) {
        let at = self.now.instant + self.latency;
        while let Some(output) = self.engine.poll_output(true) {
            let number = self.socket.map_or(self.sockets, |(number, _)| number);
            match output {
                Output::Open { .. } => {
                    self.sockets += 1;
                    self.socket = Some((self.sockets, None));
                    self.events.push_back((at, Event::Opened(self.sockets)));
                }
                Output::Send(bytes) => self.events.push_back((at, Event::ToBackend(number, bytes))),
                Output::Close => self.events.push_back((at, Event::ClosedByEngine(number))),
                Output::Fetch { .. } | Output::Knock { .. } => {}
            }
        }
        while let Some(output) = self.backend.poll_output() {
            let Some((number, Some(connection))) = self.socket else {
                continue;
            };
            match output {
                BrokerOutput::Ready(id) if id == connection => {
                    while let Some(bytes) = self.backend.poll_transmit(id) {
                        self.events.push_back((at, Event::ToEngine(number, bytes)));
                    }
                }
                BrokerOutput::Close(id, _) if id == connection => {
                    self.backend.handle_closed(id, self.now);
                    self.events.push_back((at, Event::ClosedByBackend(number)));
                }
                _ => {}
            }
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
