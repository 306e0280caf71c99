//! A lasting session with QoS 1 in both directions over a line that breaks, against the backend's broker.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use gnomon::message::QoS;
use gnomon::mqtt::limits::MAX_PACKET;
use gnomon::mqtt::session::{Config, Event, Output, Session};
use gnomon::mqtt::wire::{FrameReader, Packet, PacketId, parse};
use gnomon::rng::Rng;
use gnomon::time::{Instant, Now};
use gnomon::topic::TopicFilter;
use gnomon_backend::broker::ConnectionId;
use gnomon_backend::things::Principal;

use super::device::Device;
use super::line::Pair;

/// Messages in each direction.
const MESSAGES: usize = 12;

enum Step {
    Opened,
    ToClient(Bytes),
    ToBroker(Bytes),
}

pub(crate) struct Lasting {
    what: String,
    rng: Rng,
    /// The backend with somebody at the other end; its engine stays idle.
    pair: Pair,
    other: Device,
    session: Session,
    latency: Duration,
    line: VecDeque<(Instant, Step)>,
    connection: Option<ConnectionId>,
    /// What waits for the link.
    waiting: VecDeque<String>,
    /// What the client published under which identifier, and what of it was acknowledged.
    published: HashMap<PacketId, String>,
    acknowledged: HashSet<String>,
    /// What came to the client, and what of it the broker knows to have come.
    received: HashSet<String>,
    taken: HashSet<String>,
    to_acknowledge: HashMap<PacketId, String>,
    acks: FrameReader,
    arrived: Vec<String>,
}

impl Lasting {
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let mut pair = Pair::new(seed);
        let other = Device::connect(&mut pair, "other");
        other.listen(&mut pair, "up");
        let config = Config {
            client_id: "lasting".to_owned(),
            user_name: None,
            password: None,
            keep_alive: Duration::from_secs(30),
            clean_session: false,
            filters: vec![TopicFilter::new("down").expect("a filter")],
            left_out: Vec::new(),
        };
        let session = Session::new(config, rng.next_u64(), pair.now().instant);
        Self {
            what: format!("seed {seed}"),
            latency: Duration::from_millis(1 + rng.below(300)),
            rng,
            pair,
            other,
            session,
            line: VecDeque::new(),
            connection: None,
            waiting: VecDeque::new(),
            published: HashMap::new(),
            acknowledged: HashSet::new(),
            received: HashSet::new(),
            taken: HashSet::new(),
            to_acknowledge: HashMap::new(),
            acks: FrameReader::new(MAX_PACKET),
            arrived: Vec::new(),
        }
    }

    pub(crate) fn run(mut self) {
        self.session.connect(self.now().instant);
        self.pump();
        // The broker knows the filter before anything is sent to it.
        self.pass(Duration::from_secs(2));
        for n in 0..MESSAGES {
            let down = format!("down {n}");
            self.waiting.push_back(format!("up {n}"));
            self.pump();
            self.other
                .publish_at_least_once(&mut self.pair, "down", &down);
            let pause = self.rng.below(700);
            self.pass(Duration::from_millis(pause));
            if self.rng.below(4) == 0 {
                self.cut();
            }
        }
        self.pass(Duration::from_secs(60));
        for n in 0..MESSAGES {
            let down = format!("down {n}");
            assert!(
                self.received.contains(&down),
                "{}: {down} was lost",
                self.what
            );
        }
        for (_, payload) in self.other.messages(&mut self.pair) {
            self.arrived
                .push(String::from_utf8_lossy(&payload).into_owned());
        }
        assert_eq!(self.acknowledged.len(), MESSAGES, "{}", self.what);
        for up in &self.acknowledged {
            assert!(self.arrived.contains(up), "{}: {up} was lost", self.what);
        }
        assert!(
            self.published.is_empty(),
            "{}: all are acknowledged",
            self.what
        );
    }

    fn now(&self) -> Now {
        self.pair.now()
    }

    fn publish(&mut self) {
        let now = self.now().instant;
        while let Some(text) = self.waiting.front() {
            let sent = self
                .session
                .publish("up", text.as_bytes(), QoS::AtLeastOnce, now);
            let Ok(Some(id)) = sent else {
                return;
            };
            let text = self.waiting.pop_front().unwrap_or_default();
            let before = self.published.insert(id, text);
            assert_eq!(before, None, "{}: {id} is in flight", self.what);
        }
    }

    fn cut(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.pair.backend.handle_closed(connection, self.now());
        }
        self.line.clear();
        self.acks = FrameReader::new(MAX_PACKET);
        self.to_acknowledge.clear();
        self.session.handle_closed(1006, self.now().instant);
        self.pump();
    }

    fn pass(&mut self, duration: Duration) {
        let end = self.now().instant + duration;
        loop {
            let due = self.line.front().map(|(at, _)| *at);
            let deadlines = [due, self.session.poll_timeout()];
            let Some(next) = deadlines
                .into_iter()
                .flatten()
                .min()
                .filter(|at| *at <= end)
            else {
                break;
            };
            self.pair.run_for(next.since(self.now().instant));
            match self.line.pop_front_if(|(at, _)| *at <= next) {
                Some((_, step)) => self.deliver(step),
                None => self.session.handle_timeout(next),
            }
            self.pump();
        }
        self.pair.run_for(end.since(self.now().instant));
    }

    fn deliver(&mut self, step: Step) {
        let now = self.now();
        match step {
            Step::Opened => {
                let connection = self.pair.backend.connect(Principal::Anonymous, now);
                self.pair.watched.push(connection);
                self.connection = Some(connection);
                self.session.handle_opened(now.instant);
            }
            Step::ToClient(bytes) => {
                let mut taken = Vec::new();
                self.session.handle_chunk(bytes, now.instant, |publish| {
                    let text = String::from_utf8_lossy(publish.payload).into_owned();
                    taken.extend(publish.packet_id.map(|id| (id, text)));
                });
                for (id, text) in taken {
                    assert!(
                        !self.taken.contains(&text),
                        "{}: {text} came again",
                        self.what
                    );
                    self.received.insert(text.clone());
                    self.to_acknowledge.insert(id, text);
                    self.session.acknowledge(id, now.instant);
                }
                while let Some(event) = self.session.poll_event() {
                    if let Event::Acknowledged(id) = event {
                        self.acknowledged.extend(self.published.remove(&id));
                    }
                }
            }
            Step::ToBroker(bytes) => {
                self.acks.push(bytes.clone());
                while let Ok(Some(frame)) = self.acks.next_frame() {
                    if let Ok(Packet::PubAck(id)) = parse(&frame) {
                        self.taken.extend(self.to_acknowledge.remove(&id));
                    }
                }
                if let Some(connection) = self.connection {
                    self.pair.backend.handle_bytes(connection, bytes, now);
                }
            }
        }
    }

    fn pump(&mut self) {
        self.publish();
        let at = self.now().instant + self.latency;
        while let Some(output) = self.session.poll_output(true) {
            match output {
                Output::Open => self.line.push_back((at, Step::Opened)),
                Output::Send(mut bytes) => {
                    // In two pieces, cut anywhere.
                    let rest = bytes.split_off(self.rng.below(bytes.len() as u64) as usize);
                    for piece in [bytes, rest] {
                        self.line.push_back((at, Step::ToBroker(piece)));
                    }
                }
                Output::Close => {}
            }
        }
        self.pair.pump();
        let heard = self
            .pair
            .heard
            .extract_if(.., |(id, _)| Some(*id) == self.connection);
        for (_, mut bytes) in heard {
            let rest = bytes.split_off(self.rng.below(bytes.len() as u64) as usize);
            for piece in [bytes, rest] {
                self.line.push_back((at, Step::ToClient(piece)));
            }
        }
    }
}
