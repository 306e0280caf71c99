//! One pass over a JSON object that may hold a position somewhere, without building a tree of it.
//!
//! Knows where positions hide in each format; whether their numbers make sense is for the parent module to say.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::scalar::{
    METRES_A_SECOND_PER_KMH, METRES_A_SECOND_PER_KNOT, NUMBER, SPEED, Scalar, TIME,
    number_from_text,
};
use crate::geo::LngLat;
use crate::time::UnixMillis;

/// What was found, unchecked: numbers may be out of range or not finite.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sketch {
    pub(super) position: Option<LngLat>,
    pub(super) kind: Option<Kind>,
    pub(super) time: Option<UnixMillis>,
    pub(super) altitude: Option<f64>,
    pub(super) speed: Option<f64>,
    pub(super) heading: Option<f64>,
    pub(super) accuracy: Option<f64>,
}

/// What an OwnTracks `_type` means for the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Position,
    Will,
    /// Its coordinates, if any, are not where the device is.
    NoPosition,
}

enum Key {
    Latitude,
    Longitude,
    /// Meshtastic: degrees times ten million.
    LatitudeE7,
    LongitudeE7,
    Altitude,
    Speed,
    /// Metres a second, or km/h in OwnTracks.
    Velocity,
    /// Speed over ground, in knots as ships have it.
    SpeedOverGround,
    Heading,
    Accuracy,
    Time,
    Kind,
    /// An object that may hold the position, or an array or text in this order.
    Place(AxisOrder),
    Other,
}

/// Which number of a pair comes first.
#[derive(Clone, Copy)]
enum AxisOrder {
    /// What AWS IoT fleet indexing assumes of texts and arrays.
    LatLng,
    /// GeoJSON and Amazon Location.
    LngLat,
}

const KIND: Scalar<Kind> = Scalar {
    number: |_| None,
    text: |text| match text {
        "location" | "transition" => Some(Kind::Position),
        "lwt" => Some(Kind::Will),
        "waypoint" | "waypoints" | "card" | "cmd" | "encrypted" => Some(Kind::NoPosition),
        _ => None,
    },
};

impl Key {
    fn from_name(name: &str) -> Self {
        // Long enough for every name below; a longer one is none of them.
        let mut buffer = [0; 20];
        let Some(lower) = buffer.get_mut(..name.len()) else {
            return Self::Other;
        };
        lower.copy_from_slice(name.as_bytes());
        lower.make_ascii_lowercase();
        match &*lower {
            b"lat" | b"latitude" => Self::Latitude,
            b"lon" | b"lng" | b"long" | b"longitude" => Self::Longitude,
            b"latitude_i" => Self::LatitudeE7,
            b"longitude_i" => Self::LongitudeE7,
            b"alt" | b"altitude" | b"ele" | b"elevation" => Self::Altitude,
            b"speed" | b"velocity" => Self::Speed,
            b"vel" => Self::Velocity,
            b"sog" => Self::SpeedOverGround,
            b"heading" | b"course" | b"cog" | b"bearing" | b"hdg" | b"track" => Self::Heading,
            b"acc"
            | b"accuracy"
            | b"gps_accuracy"
            | b"horizontalaccuracy"
            | b"horizontal_accuracy" => Self::Accuracy,
            b"ts" | b"tst" | b"time" | b"timestamp" | b"datetime" | b"fixtime" => Self::Time,
            b"_type" => Self::Kind,
            b"state" | b"reported" | b"current" | b"location" | b"coords" | b"gps" | b"geo"
            | b"geometry" | b"properties" | b"payload" => Self::Place(AxisOrder::LatLng),
            b"position" | b"coordinates" => Self::Place(AxisOrder::LngLat),
            _ => Self::Other,
        }
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl Visitor<'_> for KeyVisitor {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, name: &str) -> Result<Key, E> {
        Ok(Key::from_name(name))
    }
}

impl Sketch {
    /// Fills the gaps from `other`.
    fn or(self, other: Self) -> Self {
        Self {
            position: self.position.or(other.position),
            kind: self.kind.or(other.kind),
            time: self.time.or(other.time),
            altitude: self.altitude.or(other.altitude),
            speed: self.speed.or(other.speed),
            heading: self.heading.or(other.heading),
            accuracy: self.accuracy.or(other.accuracy),
        }
    }

    fn at(position: Option<LngLat>) -> Self {
        Self {
            position,
            ..Self::default()
        }
    }
}

impl<'de> Deserialize<'de> for Sketch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        AxisOrder::LatLng.deserialize(deserializer)
    }
}

impl AxisOrder {
    fn position(self, first: f64, second: f64) -> LngLat {
        let (lng, lat) = match self {
            Self::LatLng => (second, first),
            Self::LngLat => (first, second),
        };
        LngLat { lng, lat }
    }

    /// `POINT(lng lat)` in either case of letters, or two numbers with a comma.
    fn position_from_text(self, text: &str) -> Option<LngLat> {
        let (order, pair) = match text.split_once('(') {
            Some((word, rest)) if word.trim().eq_ignore_ascii_case("point") => (
                Self::LngLat,
                rest.strip_suffix(')')?.trim().split_once(' ')?,
            ),
            _ => (self, text.split_once(',')?),
        };
        let first = number_from_text(pair.0.trim())?;
        let second = number_from_text(pair.1.trim())?;
        Some(order.position(first, second))
    }
}

impl<'de> DeserializeSeed<'de> for AxisOrder {
    type Value = Sketch;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Sketch, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AxisOrder {
    type Value = Sketch;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Sketch, E> {
        Ok(Sketch::default())
    }

    fn visit_unit<E>(self) -> Result<Sketch, E> {
        Ok(Sketch::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Sketch, E> {
        Ok(Sketch::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Sketch, E> {
        Ok(Sketch::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Sketch, E> {
        Ok(Sketch::default())
    }

    fn visit_str<E>(self, text: &str) -> Result<Sketch, E> {
        Ok(Sketch::at(self.position_from_text(text.trim())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Sketch, A::Error> {
        // The coordinates of a line or polygon begin with another array, which reads as no number.
        let first = sequence.next_element_seed(NUMBER)?.flatten();
        let second = sequence.next_element_seed(NUMBER)?.flatten();
        let third = sequence.next_element_seed(NUMBER)?.flatten();
        while sequence.next_element::<IgnoredAny>()?.is_some() {}
        let position = first.zip(second).map(|pair| self.position(pair.0, pair.1));
        Ok(Sketch {
            altitude: position.and(third),
            ..Sketch::at(position)
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Sketch, A::Error> {
        let mut own = Sketch::default();
        let mut inner = Sketch::default();
        let (mut lat, mut lng, mut velocity) = (None, None, None);
        while let Some(key) = map.next_key::<Key>()? {
            match key {
                Key::Latitude => keep(&mut lat, map.next_value_seed(NUMBER)?),
                Key::Longitude => keep(&mut lng, map.next_value_seed(NUMBER)?),
                Key::LatitudeE7 => keep(&mut lat, degrees(map.next_value_seed(NUMBER)?)),
                Key::LongitudeE7 => keep(&mut lng, degrees(map.next_value_seed(NUMBER)?)),
                Key::Altitude => keep(&mut own.altitude, map.next_value_seed(NUMBER)?),
                Key::Speed => keep(&mut own.speed, map.next_value_seed(SPEED)?),
                Key::Velocity => keep(&mut velocity, map.next_value_seed(SPEED)?),
                Key::SpeedOverGround => {
                    let knots = map.next_value_seed(NUMBER)?;
                    keep(&mut own.speed, knots.map(|n| n * METRES_A_SECOND_PER_KNOT));
                }
                Key::Heading => keep(&mut own.heading, map.next_value_seed(NUMBER)?),
                Key::Accuracy => keep(&mut own.accuracy, map.next_value_seed(NUMBER)?),
                Key::Time => keep(&mut own.time, map.next_value_seed(TIME)?),
                Key::Kind => keep(&mut own.kind, map.next_value_seed(KIND)?),
                Key::Place(order) => inner = inner.or(map.next_value_seed(order)?),
                Key::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let unit = match own.kind {
            Some(Kind::Position) => METRES_A_SECOND_PER_KMH,
            _ => 1.0,
        };
        keep(&mut own.speed, velocity.map(|n| n * unit));
        own.position = lng.zip(lat).map(|(lng, lat)| LngLat { lng, lat });
        // What lies deeper lies nearer to the position, so it counts for more.
        Ok(inner.or(own))
    }
}

/// The first value that a payload gives under several names holds.
fn keep<T>(place: &mut Option<T>, value: Option<T>) {
    if place.is_none() {
        *place = value;
    }
}

fn degrees(e7: Option<f64>) -> Option<f64> {
    e7.map(|value| value / 1e7)
}
