//! One simulated device: what it is, what it reports, and how it obeys.

use std::time::Duration;

use gnomon::rng::Rng;
use gnomon::time::{Instant, Now};
use serde_json::{Map, Value, json};

use super::drive::Drive;
use super::roads::Roads;

/// A shadow is no stream: it gets the position at most this often.
const LOCATION_IN_SHADOW: Duration = Duration::from_secs(30);
/// Percent of the battery that a second costs.
const DRAIN: f64 = 1.0 / 300.0;
/// Devices with a battery that is nearly empty from the start.
const WEAK: [u32; 2] = [6, 18];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Eco,
    Normal,
    Boost,
}

impl Mode {
    const ALL: [Self; 3] = [Self::Eco, Self::Normal, Self::Boost];

    fn name(self) -> &'static str {
        match self {
            Self::Eco => "eco",
            Self::Normal => "normal",
            Self::Boost => "boost",
        }
    }

    fn pace(self) -> f64 {
        match self {
            Self::Eco => 0.8,
            Self::Normal => 1.0,
            Self::Boost => 1.25,
        }
    }
}

/// What a device is asked for and can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wish {
    power: Option<bool>,
    mode: Option<Mode>,
}

impl Wish {
    /// Reads a delta. What the device does not know it leaves undone.
    pub(super) fn from_delta(payload: &[u8]) -> Self {
        let delta: Value = serde_json::from_slice(payload).unwrap_or(Value::Null);
        let text = |key: &str| delta["state"][key].as_str();
        Self {
            power: match text("power") {
                Some("on") => Some(true),
                Some("off") => Some(false),
                _ => None,
            },
            mode: text("mode")
                .and_then(|name| Mode::ALL.into_iter().find(|mode| mode.name() == name)),
        }
    }
}

#[derive(Debug)]
pub(super) struct Device {
    index: u32,
    rng: Rng,
    drive: Drive,
    power: bool,
    mode: Mode,
    /// Percent.
    battery: f64,
    reported_battery: u32,
    /// Metres a second with mode normal.
    cruise: f64,
    wish: Wish,
    moved: Instant,
    /// When its shadow got its position last, for the devices that do that.
    located: Option<Instant>,
}

/// The index of the device that a delta is for.
pub(super) fn index_of_delta(topic: &str) -> Option<u32> {
    let name = topic.strip_prefix("$aws/things/sim-")?;
    let number: u32 = name.strip_suffix("/shadow/update/delta")?.parse().ok()?;
    number.checked_sub(1)
}

impl Device {
    pub(super) fn new(index: u32, roads: &Roads, mut rng: Rng, now: Now) -> Self {
        let drive = Drive::new(index, roads, Rng::new(rng.next_u64()));
        let slowest = if drive.is_on_road() { 14.0 } else { 6.0 };
        let battery = match WEAK.contains(&index) {
            true => 6.0 + rng.unit() * 3.0,
            false => 30.0 + rng.unit() * 70.0,
        };
        Self {
            index,
            drive,
            power: index % 6 != 5,
            mode: Mode::ALL[rng.below(3) as usize],
            battery,
            reported_battery: battery as u32,
            cruise: slowest + rng.unit() * 7.0,
            wish: Wish::default(),
            moved: now.instant,
            located: None,
            rng,
        }
    }

    fn name(&self) -> String {
        format!("sim-{:04}", self.index + 1)
    }

    pub(super) fn location_topic(&self) -> String {
        format!("fleet/{}/location", self.name())
    }

    pub(super) fn update_topic(&self) -> String {
        format!("$aws/things/{}/shadow/update", self.name())
    }

    /// All that it can say of itself.
    pub(super) fn introduction(&mut self) -> String {
        let firmware = if self.index % 4 == 3 {
            "1.3.9"
        } else {
            "1.4.2"
        };
        update(json!({
            "power": power_name(self.power),
            "mode": self.mode.name(),
            "battery": self.reported_battery,
            "firmware": firmware,
        }))
    }

    /// Hears what is desired. Returns when it will be done, unless something is to be done already.
    pub(super) fn hear(&mut self, wish: Wish, now: Instant) -> Option<Instant> {
        let was_idle = self.wish == Wish::default();
        self.wish.power = wish.power.or(self.wish.power);
        self.wish.mode = wish.mode.or(self.wish.mode);
        if !was_idle || self.wish == Wish::default() {
            return None;
        }
        Some(now + Duration::from_millis(1000 + self.rng.below(1000)))
    }

    /// Does what was desired, and reports it.
    pub(super) fn carry_out(&mut self) -> Option<String> {
        let wish = std::mem::take(&mut self.wish);
        let mut reported = Map::new();
        if let Some(power) = wish.power {
            self.power = power;
            reported.insert("power".into(), power_name(power).into());
        }
        if let Some(mode) = wish.mode {
            self.mode = mode;
            reported.insert("mode".into(), mode.name().into());
        }
        (!reported.is_empty()).then(|| update(reported.into()))
    }

    /// Moves on to `now` and says where it is.
    pub(super) fn advance(&mut self, now: Now) -> String {
        let seconds = now.instant.since(self.moved).as_secs_f64();
        self.moved = now.instant;
        let cruise = match self.power {
            true => self.cruise * self.mode.pace(),
            false => 0.0,
        };
        self.drive.advance(seconds, cruise);
        self.use_battery(seconds);
        let (place, heading) = self.drive.place();
        let position = place.lng_lat();
        format!(
            r#"{{"lat":{:.7},"lng":{:.7},"speed":{:.1},"heading":{:.0},"accuracy":{},"time":{}}}"#,
            position.lat,
            position.lng,
            self.drive.speed(),
            heading.floor(),
            3 + self.rng.below(6),
            now.wall.0,
        )
    }

    /// What changed and belongs into its shadow.
    pub(super) fn report(&mut self, now: Now) -> Option<String> {
        let mut reported = Map::new();
        let battery = self.battery as u32;
        if battery != self.reported_battery {
            self.reported_battery = battery;
            reported.insert("battery".into(), battery.into());
        }
        let due = self
            .located
            .is_none_or(|last| now.instant.since(last) >= LOCATION_IN_SHADOW);
        if self.index % 10 == 9 && due {
            self.located = Some(now.instant);
            let position = self.drive.place().0.lng_lat();
            let round = |degrees: f64| (degrees * 1e7).round() / 1e7;
            reported.insert(
                "location".into(),
                json!({"latitude": round(position.lat), "longitude": round(position.lng)}),
            );
        }
        (!reported.is_empty()).then(|| update(reported.into()))
    }

    /// An empty battery is changed for a full one; a weak one lasts on its last percents.
    fn use_battery(&mut self, seconds: f64) {
        self.battery -= seconds * DRAIN;
        if WEAK.contains(&self.index) {
            self.battery = self.battery.max(4.0);
        } else if self.battery < 15.0 {
            self.battery = 100.0;
        }
    }
}

fn power_name(power: bool) -> &'static str {
    if power { "on" } else { "off" }
}

fn update(reported: Value) -> String {
    json!({"state": {"reported": reported}}).to_string()
}
