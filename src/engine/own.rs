//! This browser as a device: it publishes its position and texts, at a chosen rate, and keeps them while the link is
//! down. Where it is, the page asks the browser; nothing begins without a person's Start.
//!
//! The newest position goes out once in `every` seconds when the place is another one, and otherwise once a minute or at
//! its slower rate, as long as the browser gives positions: what it does not vouch for any more is not repeated. All go out with QoS 1, at
//! most fifty a second, and again after a loss until they are acknowledged. On a topic each one waits its turn; of a
//! shadow only the newest counts.

mod payload;
mod running;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::Engine;
use super::publish::About;
use crate::location::MAX_PAYLOAD;
use crate::mqtt::wire::PacketId;
use crate::shadow::topics::{Operation, ShadowId, ShadowTopic, Verb};
use crate::time::{Instant, Now, UnixMillis};
use crate::topic;

use running::{Item, Running};

/// Where the article publishes.
const TOPIC: &str = "topic_1";

/// Stands for the name of the thing in a topic.
const THING: &str = "{thing}";

/// The one reserved branch that a person may publish to: straight to a rule.
const RULES: &str = "$aws/rules/";

/// An hour, in seconds.
const MAX_EVERY: u16 = 3600;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum OwnCommand {
    /// Becomes a device, or changes how it is one.
    Start(OwnSettings),
    Pause,
    Resume,
    /// Is a device no longer. What waits is discarded.
    Stop,
    Position(OwnPosition),
    /// The browser gives no position.
    NoPosition(PositionFault),
    /// Publishes a text with QoS 1 where positions go, or on `topic_1` where those go into a shadow.
    Text(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSettings {
    pub thing: String,
    pub target: OwnTarget,
    /// Seconds between two positions, at least 1 and at most 3600.
    pub every: u16,
    /// Accuracy, speed, heading and time are published too. The article publishes none of them.
    pub details: bool,
}

/// Why it did not become a device, or did not take a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OwnInvalid {
    /// No thing can have that name.
    Thing,
    /// Nothing can be published there.
    Topic,
    /// The topic begins with `$`: shadows are chosen as such, and the rest is the service's.
    Reserved,
    /// Longer than 128 KB.
    Text,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OwnTarget {
    /// Such as `topic_1`, as in the article. `{thing}` stands for the name of the thing.
    Topic(String),
    /// The classic shadow of the thing.
    Shadow,
}

/// What became of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextFate {
    /// For its turn, the link or the acknowledgement.
    Waiting,
    /// The other side acknowledged it.
    Taken,
    /// It did not fit into the queue.
    Dropped,
    /// The other side closed the connection upon it again and again: it was given up.
    Closed,
}

/// Degrees, metres, metres a second.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnPosition {
    pub latitude: f64,
    pub longitude: f64,
    pub accuracy: f64,
    pub speed: Option<f64>,
    pub heading: Option<f64>,
    pub at: UnixMillis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PositionFault {
    /// A person or the system said no.
    Denied,
    Unavailable,
    TimedOut,
    /// This browser has none, or the page did not come over `https:` or from this machine.
    Unsupported,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OwnView {
    /// None: it is no device.
    pub settings: Option<OwnSettings>,
    /// What was wrong with the last Start or text.
    pub invalid: Option<OwnInvalid>,
    /// The topic that positions go to.
    pub topic: String,
    /// The topic that texts go to.
    pub text_topic: String,
    /// The name under which this page lists what it publishes. None: the page does not listen there.
    pub listed_as: Option<String>,
    pub paused: bool,
    pub position: Option<OwnPosition>,
    pub fault: Option<PositionFault>,
    /// Positions and texts that the other side acknowledged.
    pub sent: u64,
    pub last_sent: Option<UnixMillis>,
    /// Texts among those that were acknowledged.
    pub texts: u64,
    /// Of the newest text that was taken in. None: there was none since Start.
    pub last_text: Option<TextFate>,
    /// They wait for the link, or have been without an acknowledgement for over two seconds.
    pub waiting: u32,
    /// Did not fit into the queue, of which the oldest go first, or texts that were given up.
    pub dropped: u64,
    /// What the shadow service refused last, until it accepts again. With code 0 it is the topic upon which the other
    /// side closed the connection again and again: positions wait for Resume.
    pub refused: Option<(u16, String)>,
}

/// None: this browser is no device.
#[derive(Debug, Default)]
pub(super) struct Own {
    running: Option<Running>,
    invalid: Option<OwnInvalid>,
}

impl Own {
    fn handle(&mut self, command: OwnCommand) {
        // Positions come by themselves: what a person was told stands until that person acts.
        if let OwnCommand::Start(_) | OwnCommand::Stop | OwnCommand::Text(_) = &command {
            self.invalid = None;
        }
        match command {
            OwnCommand::Start(settings) => match check(settings) {
                Ok(settings) => self.running = Some(Running::new(settings)),
                Err(invalid) => self.invalid = Some(invalid),
            },
            OwnCommand::Stop => self.running = None,
            OwnCommand::Text(text) if text.len() > MAX_PAYLOAD => {
                self.invalid = Some(OwnInvalid::Text);
            }
            _ => {
                if let Some(running) = &mut self.running {
                    running.handle(command);
                }
            }
        }
    }

    /// Takes what is due.
    pub(super) fn advance(&mut self, now: Instant) {
        if let Some(running) = &mut self.running {
            running.take_due(now);
        }
    }

    /// `may_send`: whether what waits can go out.
    pub(super) fn poll_timeout(&self, may_send: bool) -> Option<Instant> {
        let running = self.running.as_ref()?;
        let send = running.poll_timeout().filter(|_| may_send);
        running.due_at().into_iter().chain(send).min()
    }

    pub(super) fn handle_acknowledged(&mut self, id: PacketId, now: Now) {
        if let Some(running) = &mut self.running {
            running.handle_acknowledged(id, now.wall);
        }
    }

    /// See [`Running::handle_cut`].
    pub(super) fn handle_cut(&mut self, topic: Option<&str>) -> bool {
        let running = self.running.as_mut();
        running.is_some_and(|running| running.handle_cut(topic))
    }

    pub(super) fn handle_lost(&mut self) {
        if let Some(running) = &mut self.running {
            running.handle_lost();
        }
    }

    pub(super) fn handle_accepted(&mut self, token: Option<&str>) {
        if let (Some(running), Some(token)) = (&mut self.running, token) {
            running.handle_accepted(token);
        }
    }

    pub(super) fn handle_rejected(&mut self, token: Option<&str>, code: u16, message: &str) {
        if let (Some(running), Some(token)) = (&mut self.running, token) {
            running.handle_rejected(token, code, message);
        }
    }
}

impl Running {
    fn handle(&mut self, command: OwnCommand) {
        match command {
            OwnCommand::Pause => self.pause(),
            OwnCommand::Resume => self.resume(),
            OwnCommand::Position(position) => match whole(position) {
                Some(position) => self.handle_position(position),
                None => self.fault = Some(PositionFault::Unavailable),
            },
            // An answer to what was asked before.
            OwnCommand::NoPosition(_) if self.paused => {}
            OwnCommand::NoPosition(fault) => self.fault = Some(fault),
            OwnCommand::Text(text) => self.push_text(text),
            OwnCommand::Start(_) | OwnCommand::Stop => {}
        }
    }

    /// Where positions go, or texts.
    fn topic(&self, is_position: bool) -> String {
        let OwnSettings { thing, target, .. } = &self.settings;
        match target {
            OwnTarget::Topic(topic) => topic.replace(THING, thing),
            OwnTarget::Shadow if is_position => shadow_topic(thing),
            OwnTarget::Shadow => TOPIC.to_owned(),
        }
    }
}

fn shadow_topic(thing: &str) -> String {
    let id = ShadowId::new(thing, None);
    let operation = Operation::Request(Verb::Update);
    id.map(|id| ShadowTopic { id, operation }.to_string())
        .unwrap_or_default()
}

/// As it is used.
fn check(mut settings: OwnSettings) -> Result<OwnSettings, OwnInvalid> {
    ShadowId::new(&settings.thing, None).map_err(|_| OwnInvalid::Thing)?;
    if let OwnTarget::Topic(topic) = &settings.target {
        let topic = topic.replace(THING, &settings.thing);
        topic::check_name(&topic).map_err(|_| OwnInvalid::Topic)?;
        if topic.starts_with('$') && !topic.starts_with(RULES) {
            return Err(OwnInvalid::Reserved);
        }
    }
    settings.every = settings.every.clamp(1, MAX_EVERY);
    Ok(settings)
}

/// Without what is no number. None: it is nowhere on Earth.
fn whole(position: OwnPosition) -> Option<OwnPosition> {
    let within = |degrees: f64, most: f64| degrees.is_finite() && degrees.abs() <= most;
    let number = |value: &f64| value.is_finite();
    let is_somewhere = within(position.latitude, 90.0)
        && within(position.longitude, 180.0)
        && position.accuracy.is_finite();
    is_somewhere.then(|| OwnPosition {
        speed: position.speed.filter(number),
        heading: position.heading.filter(number),
        ..position
    })
}

impl Engine {
    pub(super) fn handle_own(&mut self, command: OwnCommand) {
        self.known.own.handle(command);
    }

    /// Sends what waits, where the link may be used.
    pub(super) fn publish_own(&mut self, now: Now) {
        while self.may_publish() && self.publishing.pace.room(now.instant) > 0 {
            let alone = !self.publishing.is_busy(now.instant);
            let Some(running) = &mut self.known.own.running else {
                return;
            };
            let Some(item) = running.poll(alone, now.instant) else {
                return;
            };
            let topic = running.topic(item.is_position());
            let suspected = running.suspected;
            let details = running.settings.details;
            let payload = match &item {
                Item::Text(_, text) => text.clone().into_bytes(),
                Item::Position(position) if running.settings.target == OwnTarget::Shadow => {
                    let token = self.known.requests.token();
                    let update = payload::write_update(position, details, &token);
                    running.note_token(token);
                    update
                }
                Item::Position(position) => payload::write(position, details).into_bytes(),
            };
            let id = self.publish(topic, &payload, About::Own, suspected, now.instant);
            if let Some(running) = &mut self.known.own.running {
                running.handle_sent(item, id, now.instant);
            }
        }
    }

    pub(super) fn own_view(&self, now: Now) -> OwnView {
        let invalid = self.known.own.invalid;
        let Some(running) = &self.known.own.running else {
            return OwnView {
                invalid,
                ..OwnView::default()
            };
        };
        let topic = running.topic(true);
        OwnView {
            settings: Some(running.settings.clone()),
            invalid,
            listed_as: self.listed_as(&running.settings, &topic),
            topic,
            text_topic: running.topic(false),
            paused: running.paused,
            position: running.position,
            fault: running.fault,
            sent: running.sent,
            last_sent: running.last_sent,
            texts: running.texts,
            last_text: running.last_text,
            waiting: running.waiting(now.instant),
            dropped: running.dropped,
            refused: running.refused.clone(),
        }
    }

    fn listed_as(&self, settings: &OwnSettings, topic: &str) -> Option<String> {
        if settings.target == OwnTarget::Shadow {
            return Some(settings.thing.clone());
        }
        let mut patterns = self.link.as_ref()?.patterns.iter();
        patterns.find_map(|pattern| pattern.name(topic).map(Into::into))
    }
}
