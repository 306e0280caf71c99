//! One life of this browser as a device, from Start to Stop: what it has to say, what waits, what was acknowledged.
//! It knows no topic and sends nothing itself.

use std::collections::VecDeque;
use std::time::Duration;

use super::{OwnPosition, OwnSettings, OwnTarget, PositionFault, TextFate};
use crate::mqtt::limits::FRESH_PUBLISH;
use crate::mqtt::wire::PacketId;
use crate::time::{Instant, UnixMillis};

/// A device that does not move says so once in this time, as long as the browser vouches for the place.
const HEARTBEAT: Duration = Duration::from_secs(60);

/// What waits, with what is under way. Above it the oldest go.
pub(super) const MAX_WAITING: usize = 1000;

/// Bytes of texts that wait. Above it the oldest texts go.
const MAX_TEXTS: usize = 1 << 20;

/// Unacknowledged at once, half of what the session has room for.
const WINDOW: usize = 50;

/// Between two messages, so that half of what a service takes is left to what a person does.
const PACE: Duration = Duration::from_millis(20);

/// Before the next attempt at what could not be sent.
const LATER: Duration = Duration::from_secs(1);

/// Connections that end upon one and the same message before it is taken for the cause: one alone may be the network's
/// doing, and nobody may be there to press Resume.
const CERTAIN: u8 = 3;

/// Updates of a shadow whose answers are looked for.
const MAX_TOKENS: usize = 16;

/// Bytes that are kept of what a service says.
const MAX_MESSAGE: usize = 512;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    Position(OwnPosition),
    /// With its number: how many texts there were up to it.
    Text(u64, String),
}

impl Item {
    pub(super) fn is_position(&self) -> bool {
        matches!(self, Self::Position(_))
    }
}

#[derive(Debug)]
struct Sent {
    id: PacketId,
    at: Instant,
    item: Item,
}

#[derive(Debug)]
pub(super) struct Running {
    pub(super) settings: OwnSettings,
    pub(super) paused: bool,
    pub(super) position: Option<OwnPosition>,
    pub(super) fault: Option<PositionFault>,
    /// The newest position that was taken to be sent, and when.
    taken: Option<(OwnPosition, Instant)>,
    /// Oldest first.
    queue: VecDeque<Item>,
    /// In the order of sending.
    in_flight: Vec<Sent>,
    /// Nothing goes out before it.
    next: Instant,
    /// The other side closed the link upon a message: the next one goes out alone.
    pub(super) suspected: bool,
    /// How often in a row it did so upon one that was alone.
    cuts: u8,
    tokens: VecDeque<String>,
    pub(super) sent: u64,
    pub(super) last_sent: Option<UnixMillis>,
    pub(super) texts: u64,
    /// Of the newest text. None: there was none.
    pub(super) last_text: Option<TextFate>,
    /// How many texts there were, and so the number of the newest.
    numbered: u64,
    pub(super) dropped: u64,
    pub(super) refused: Option<(u16, String)>,
}

impl Running {
    pub(super) fn new(settings: OwnSettings) -> Self {
        Self {
            settings,
            paused: false,
            position: None,
            fault: None,
            taken: None,
            queue: VecDeque::new(),
            in_flight: Vec::new(),
            next: Instant(0),
            suspected: false,
            cuts: 0,
            tokens: VecDeque::new(),
            sent: 0,
            last_sent: None,
            texts: 0,
            last_text: None,
            numbered: 0,
            dropped: 0,
            refused: None,
        }
    }

    pub(super) fn handle_position(&mut self, position: OwnPosition) {
        if !self.paused {
            self.position = Some(position);
            self.fault = None;
        }
    }

    /// Nothing that is known by now is taken any more, also not after a Resume.
    pub(super) fn pause(&mut self) {
        self.paused = true;
        let at = self.taken.map_or(Instant(0), |(_, at)| at);
        self.taken = self.position.map(|position| (position, at));
    }

    /// Also tries again where the other side closed the connection upon it.
    pub(super) fn resume(&mut self) {
        self.paused = false;
        self.refused.take_if(|(code, _)| *code == 0);
    }

    pub(super) fn push(&mut self, item: Item) {
        if self.is_shadow() && item.is_position() {
            // A shadow has one state: the newest.
            self.queue.retain(|item| !item.is_position());
        }
        self.queue.push_back(item);
        while self.queue.len() + self.in_flight.len() > MAX_WAITING {
            self.drop_at(0);
        }
        while self.text_bytes() > MAX_TEXTS
            && let Some(place) = self.queue.iter().position(|item| !item.is_position())
        {
            self.drop_at(place);
        }
    }

    pub(super) fn push_text(&mut self, text: String) {
        self.numbered += 1;
        self.last_text = Some(TextFate::Waiting);
        self.push(Item::Text(self.numbered, text));
    }

    fn drop_at(&mut self, place: usize) {
        if let Some(item) = self.queue.remove(place) {
            self.dropped += 1;
            self.note_fate(&item, TextFate::Dropped);
        }
    }

    /// What became of an earlier text than the newest is told by the counts alone.
    fn note_fate(&mut self, item: &Item, fate: TextFate) {
        if matches!(item, Item::Text(number, _) if *number == self.numbered) {
            self.last_text = Some(fate);
        }
    }

    fn text_bytes(&self) -> usize {
        let bytes = self.queue.iter().map(|item| match item {
            Item::Position(_) => 0,
            Item::Text(_, text) => text.len(),
        });
        bytes.sum()
    }

    fn is_shadow(&self) -> bool {
        self.settings.target == OwnTarget::Shadow
    }

    /// When the newest position is to be taken. None: there is nothing new.
    pub(super) fn due_at(&self) -> Option<Instant> {
        let position = self.position.as_ref().filter(|_| !self.paused)?;
        let Some((before, at)) = &self.taken else {
            return Some(Instant(0));
        };
        let place = |position: &OwnPosition| (position.longitude, position.latitude);
        let every = Duration::from_secs(self.settings.every.into());
        match place(position) == place(before) {
            true if position.at == before.at => None,
            true => Some(*at + every.max(HEARTBEAT)),
            false => Some(*at + every),
        }
    }

    /// Takes the newest position when it is time.
    pub(super) fn take_due(&mut self, now: Instant) {
        if let Some(position) = self.position
            && self.due_at().is_some_and(|at| at <= now)
        {
            self.taken = Some((position, now));
            self.push(Item::Position(position));
        }
    }

    /// Where in the queue the next message stands.
    fn next_place(&self) -> Option<usize> {
        if self.in_flight.len() >= WINDOW {
            return None;
        }
        // Two updates of one shadow under way could overtake each other when they are repeated.
        let is_held = self.paused
            || self.is_shadow() && self.in_flight.iter().any(|sent| sent.item.is_position());
        let mut items = self.queue.iter();
        items.position(|item| !is_held || !item.is_position())
    }

    /// When [`Self::poll`] has something.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.next_place().map(|_| self.next)
    }

    /// The next message to send; [`Self::handle_sent`] tells what came of it.
    pub(super) fn poll(&mut self, alone: bool, now: Instant) -> Option<Item> {
        if now < self.next {
            return None;
        }
        let place = self.next_place()?;
        if self.suspected && !alone {
            self.next = now + LATER;
            return None;
        }
        self.queue.remove(place)
    }

    /// None: it could not be sent for now.
    pub(super) fn handle_sent(&mut self, item: Item, id: Option<PacketId>, now: Instant) {
        match id {
            Some(id) => {
                let at = now;
                self.in_flight.push(Sent { id, at, item });
                self.next = now + PACE;
            }
            None => {
                self.queue.push_front(item);
                self.next = now + LATER;
            }
        }
    }

    pub(super) fn handle_acknowledged(&mut self, id: PacketId, at: UnixMillis) {
        if let Some(place) = self.in_flight.iter().position(|sent| sent.id == id) {
            let sent = self.in_flight.remove(place);
            (self.suspected, self.cuts) = (false, 0);
            self.texts += u64::from(!sent.item.is_position());
            self.note_fate(&sent.item, TextFate::Taken);
            self.sent += 1;
            self.last_sent = Some(at);
        }
    }

    /// The other side closed the connection upon one of these, fresh and unacknowledged. `topic` is where the only one
    /// under way went. True when that is now certain to be why: a text is given up, positions wait for a person.
    pub(super) fn handle_cut(&mut self, topic: Option<&str>) -> bool {
        self.suspected = true;
        let Some(topic) = topic else {
            return false;
        };
        self.cuts += 1;
        if self.cuts < CERTAIN {
            return false;
        }
        (self.suspected, self.cuts) = (false, 0);
        match self.in_flight.pop() {
            Some(sent) if sent.item.is_position() => {
                self.in_flight.push(sent);
                self.refused = Some((0, topic.to_owned()));
                self.paused = true;
            }
            Some(sent) => {
                self.dropped += 1;
                self.note_fate(&sent.item, TextFate::Closed);
            }
            None => {}
        }
        true
    }

    /// The connection is gone: what was not acknowledged goes out again, before what came after it.
    pub(super) fn handle_lost(&mut self) {
        let overtaken = self.is_shadow() && self.queue.iter().any(Item::is_position);
        for sent in self.in_flight.drain(..).rev() {
            if !overtaken || !sent.item.is_position() {
                self.queue.push_front(sent.item);
            }
        }
        self.next = Instant(0);
    }

    /// An update of the shadow goes out under this client token.
    pub(super) fn note_token(&mut self, token: String) {
        if self.tokens.len() >= MAX_TOKENS {
            self.tokens.pop_front();
        }
        self.tokens.push_back(token);
    }

    pub(super) fn handle_accepted(&mut self, token: &str) {
        if self.take_token(token) {
            self.refused = None;
        }
    }

    pub(super) fn handle_rejected(&mut self, token: &str, code: u16, message: &str) {
        if self.take_token(token) {
            let end = message.floor_char_boundary(MAX_MESSAGE);
            self.refused = Some((code, message[..end].to_owned()));
        }
    }

    fn take_token(&mut self, token: &str) -> bool {
        let place = self.tokens.iter().position(|known| known == token);
        place.is_some_and(|place| self.tokens.remove(place).is_some())
    }

    /// What was not sent, and what has been without an answer for longer than an answer takes.
    pub(super) fn waiting(&self, now: Instant) -> u32 {
        let late = |sent: &&Sent| now.since(sent.at) >= FRESH_PUBLISH;
        (self.queue.len() + self.in_flight.iter().filter(late).count()) as u32
    }
}
