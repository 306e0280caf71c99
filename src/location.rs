//! Positions out of payloads: every common shape in, one [`Fix`] out.
//!
//! It knows no device and no connection: who sent a payload is told by the topic, see [`pattern`].

pub mod pattern;
mod scalar;
mod sketch;

use serde::Deserialize;
use serde_json::error::Category;

use self::sketch::{Kind, Sketch};
use crate::decimal;
use crate::geo::LngLat;
use crate::time::UnixMillis;

/// The longest payload that is looked at, in bytes: the limit of AWS IoT.
pub const MAX_PAYLOAD: usize = 128 * 1024;

/// One position and what came with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fix {
    /// Latitude within 90 degrees, longitude within 180, never 0,0.
    pub position: LngLat,
    /// When the device was there, by its own word.
    pub time: Option<UnixMillis>,
    /// Metres.
    pub altitude: Option<f32>,
    /// Metres a second, not negative.
    pub speed: Option<f32>,
    /// Degrees clockwise from north, `0.0..360.0`.
    pub heading: Option<f32>,
    /// Radius in metres, not negative.
    pub accuracy: Option<f32>,
}

/// What a payload on a location topic says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reading<'p> {
    Fix(Fix),
    /// No JSON object: words for people, such as the seed's `Hello mqtt`.
    Text(&'p str),
    /// The will of an OwnTracks device.
    Offline,
    /// Empty, or JSON about something else, such as an OwnTracks card.
    Nothing,
}

/// Why a payload cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum LocationError {
    #[error("the payload is longer than 128 KB")]
    TooLong,
    #[error("the payload is neither JSON nor text")]
    NotText,
    #[error("the JSON ends in the middle")]
    CutOff,
    #[error("the payload begins like JSON but is none")]
    Malformed,
    #[error("a number is not finite")]
    NotFinite,
    #[error("latitude {0} lies outside -90 to 90")]
    Latitude(f64),
    #[error("longitude {0} lies outside -180 to 180")]
    Longitude(f64),
    #[error("0,0 is what a receiver without a fix says")]
    NullIsland,
}

/// Reads the payload of a message on a location topic, or the reported section of a shadow as JSON text.
pub fn read(payload: &[u8]) -> Result<Reading<'_>, LocationError> {
    if payload.len() > MAX_PAYLOAD {
        return Err(LocationError::TooLong);
    }
    match payload.trim_ascii_start().first() {
        None => Ok(Reading::Nothing),
        Some(b'{') => read_json(payload),
        Some(_) => std::str::from_utf8(payload)
            .map(Reading::Text)
            .map_err(|_| LocationError::NotText),
    }
}

fn read_json(payload: &[u8]) -> Result<Reading<'static>, LocationError> {
    let mut json = serde_json::Deserializer::from_slice(payload);
    let sketch = Sketch::deserialize(&mut json)
        .and_then(|sketch| json.end().map(|()| sketch))
        .map_err(|error| why_unreadable(&error, payload))?;
    match sketch.kind {
        Some(Kind::Will) => Ok(Reading::Offline),
        Some(Kind::NoPosition) => Ok(Reading::Nothing),
        Some(Kind::Position) | None => {
            Ok(fix_from_sketch(&sketch)?.map_or(Reading::Nothing, Reading::Fix))
        }
    }
}

fn why_unreadable(error: &serde_json::Error, payload: &[u8]) -> LocationError {
    if error.classify() == Category::Eof {
        return LocationError::CutOff;
    }
    // NaN, Infinity and 1e999 are no JSON numbers, but common serialisers write them.
    let not_finite = String::from_utf8_lossy(payload)
        .split([':', ',', '[', ']', '}'])
        .any(|token| decimal::parse_or_word(token.trim()).is_some_and(|n| !n.is_finite()));
    match not_finite {
        true => LocationError::NotFinite,
        false => LocationError::Malformed,
    }
}

fn fix_from_sketch(sketch: &Sketch) -> Result<Option<Fix>, LocationError> {
    let Some(position) = sketch.position else {
        return Ok(None);
    };
    check(position)?;
    // Negative speeds, courses of -1 and negative accuracies are how phones say "unknown".
    let not_negative = |value: &f32| *value >= 0.0;
    Ok(Some(Fix {
        position,
        time: sketch.time,
        altitude: single(sketch.altitude),
        speed: single(sketch.speed).filter(not_negative),
        heading: single(sketch.heading.filter(|degrees| *degrees != -1.0))
            .map(|degrees| degrees.rem_euclid(360.0) % 360.0),
        accuracy: single(sketch.accuracy).filter(not_negative),
    }))
}

fn check(LngLat { lng, lat }: LngLat) -> Result<(), LocationError> {
    if !lng.is_finite() || !lat.is_finite() {
        Err(LocationError::NotFinite)
    } else if lat.abs() > 90.0 {
        Err(LocationError::Latitude(lat))
    } else if lng.abs() > 180.0 {
        Err(LocationError::Longitude(lng))
    } else if lng == 0.0 && lat == 0.0 {
        Err(LocationError::NullIsland)
    } else {
        Ok(())
    }
}

fn single(value: Option<f64>) -> Option<f32> {
    value
        .map(|value| value as f32)
        .filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fix(payload: &str) -> Fix {
        match read(payload.as_bytes()) {
            Ok(Reading::Fix(fix)) => fix,
            other => panic!("{payload} gave {other:?}"),
        }
    }

    /// A fix with nothing but a position.
    fn bare(lng: f64, lat: f64) -> Fix {
        Fix {
            position: LngLat { lng, lat },
            time: None,
            altitude: None,
            speed: None,
            heading: None,
            accuracy: None,
        }
    }

    fn check_error(payload: &str, error: LocationError) {
        assert_eq!(read(payload.as_bytes()), Err(error), "{payload}");
    }

    #[test]
    fn reads_the_payload_of_the_seed() {
        assert_eq!(
            fix(
                r#"{"state":{"reported":{"location":{"longitude":135.7848895,"latitude":35.0115832}}}}"#
            ),
            bare(135.7848895, 35.0115832)
        );
    }

    #[test]
    fn reads_flat_keys_under_their_usual_names() {
        let expected = Fix {
            time: Some(UnixMillis(1_790_676_000_000)),
            altitude: Some(35.0),
            speed: Some(15.5),
            heading: Some(271.0),
            accuracy: Some(12.0),
            ..bare(2.29513, 48.85833)
        };
        for payload in [
            r#"{"lat":48.85833,"lng":2.29513,"speed":15.5,"heading":271,"time":1790676000,"alt":35,"acc":12}"#,
            r#"{"latitude":48.85833,"longitude":2.29513,"vel":15.5,"course":271,"timestamp":1790676000000,"altitude":35,"accuracy":12}"#,
            r#"{"Lat":"48.85833","Long":" 2.29513 ","velocity":"15.5 m/s","cog":"271","ts":"2026-09-29T10:00:00Z","ele":"35","gps_accuracy":"12"}"#,
        ] {
            assert_eq!(fix(payload), expected, "{payload}");
        }
    }

    #[test]
    fn reads_owntracks() {
        let payload = r#"{"_type":"location","tid":"JJ","lat":48.85833,"lon":2.29513,"tst":1497476456,"acc":12,"alt":35,"vel":54,"vac":4,"cog":271,"batt":41,"bs":1,"conn":"m","t":"u","inregions":["Home"],"created_at":1497476460}"#;
        let expected = Fix {
            time: Some(UnixMillis(1_497_476_456_000)),
            altitude: Some(35.0),
            speed: Some(15.0),
            heading: Some(271.0),
            accuracy: Some(12.0),
            ..bare(2.29513, 48.85833)
        };
        assert_eq!(fix(payload), expected);
        let speed_first = r#"{"vel":54,"lat":48.85833,"lon":2.29513,"_type":"location"}"#;
        assert_eq!(fix(speed_first).speed, Some(15.0));
        let transition = r#"{"_type":"transition","wtst":1497470000,"lat":48.85,"lon":2.29,"tst":1497476456,"acc":12,"tid":"JJ","event":"enter","desc":"Home","t":"c"}"#;
        assert_eq!(
            fix(transition).position,
            LngLat {
                lng: 2.29,
                lat: 48.85
            }
        );
    }

    #[test]
    fn tells_a_will_and_what_is_no_position_apart() {
        let check = |payload: &str, expected| {
            assert_eq!(read(payload.as_bytes()), Ok(expected), "{payload}");
        };
        check(r#"{"_type":"lwt","tst":1497470000}"#, Reading::Offline);
        for payload in [
            r#"{"_type":"waypoint","desc":"Home","lat":48.85,"lon":2.29,"rad":100,"tst":1497470000}"#,
            r#"{"_type":"card","name":"Jane Jolie","face":"aGk="}"#,
            r#"{"_type":"cmd","action":"reportLocation"}"#,
            r#"{"_type":"encrypted","data":"aGk="}"#,
            r#"{"lat":48.85}"#,
            r#"{"lat":null,"lon":null}"#,
            r#"{"lat":[48.85],"lon":{"deg":2.29}}"#,
            r#"{"location":"Kyoto"}"#,
            r#"{"state":{"desired":{"location":{"latitude":1,"longitude":2}}}}"#,
            r#"{"type":"LineString","coordinates":[[2.29,48.85],[2.30,48.86]]}"#,
            "{}",
            "",
            "  \n",
        ] {
            check(payload, Reading::Nothing);
        }
    }

    #[test]
    fn reads_geojson() {
        let feature = r#"{"type":"Feature","id":"truck-7","geometry":{"type":"Point","coordinates":[2.29513,48.85833,35]},"properties":{"time":"2026-09-29T10:00:00Z","speed":15}}"#;
        let expected = Fix {
            time: Some(UnixMillis(1_790_676_000_000)),
            altitude: Some(35.0),
            speed: Some(15.0),
            ..bare(2.29513, 48.85833)
        };
        assert_eq!(fix(feature), expected);
        let point = r#"{"type":"Point","coordinates":[2.29513,48.85833]}"#;
        assert_eq!(fix(point), bare(2.29513, 48.85833));
    }

    #[test]
    fn reads_the_forms_of_aws_fleet_indexing() {
        for location in [
            r#""POINT(-71.34 41.12)""#,
            r#""point ( -71.34  41.12 )""#,
            r#""41.12,-71.34""#,
            r#"{"lat":41.12,"lon":-71.34}"#,
            "[41.12,-71.34]",
            r#"{"coordinates":[-71.34,41.12],"type":"Point"}"#,
        ] {
            let payload = format!(r#"{{"state":{{"reported":{{"location":{location}}}}}}}"#);
            assert_eq!(fix(&payload), bare(-71.34, 41.12), "{location}");
        }
        let accurate = r#"{"location":{"coordinates":[-71.34,41.12],"type":"Point","properties":{"horizontalAccuracy":20}}}"#;
        assert_eq!(fix(accurate).accuracy, Some(20.0));
        let amazon = r#"{"DeviceId":"x","Position":[-71.34,41.12]}"#;
        assert_eq!(fix(amazon), bare(-71.34, 41.12));
    }

    #[test]
    fn reads_what_other_trackers_send() {
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");

        let traccar = r#"{"device_id":"123456","location":{"timestamp":"2026-09-29T10:00:00Z","coords":{"latitude":48.85833,"longitude":2.29513,"accuracy":12,"speed":15,"heading":271,"altitude":35},"is_moving":true,"battery":{"level":0.41,"is_charging":false}}}"#;
        let fix_traccar = fix(traccar);
        assert_eq!(fix_traccar.time, Some(UnixMillis(1_790_676_000_000)));
        assert_eq!(fix_traccar.speed, Some(15.0));
        close(fix_traccar.position.lng, 2.29513);

        let red_map = r#"{"name":"Jason","lat":51.05,"lon":-1.35,"hdg":90,"speed":"20 kt","icon":"car","layer":"gps","ttl":60}"#;
        let fix_red_map = fix(red_map);
        assert_eq!(fix_red_map.heading, Some(90.0));
        close(f64::from(fix_red_map.speed.unwrap()), 10.288888931274414);
        assert_eq!(
            fix(r#"{"lat":1,"lon":2,"SOG":20}"#).speed,
            fix_red_map.speed
        );

        let meshtastic = r#"{"channel":0,"from":2130636288,"id":452664778,"payload":{"altitude":35,"latitude_i":488583300,"longitude_i":22951300,"time":1497476456},"sender":"!7efeee00","timestamp":1497476999,"to":-1,"type":"position"}"#;
        let fix_meshtastic = fix(meshtastic);
        close(fix_meshtastic.position.lat, 48.85833);
        close(fix_meshtastic.position.lng, 2.29513);
        assert_eq!(fix_meshtastic.time, Some(UnixMillis(1_497_476_456_000)));

        let home_assistant = r#"{"latitude":32.87336,"longitude":-117.22743,"gps_accuracy":1.2}"#;
        assert_eq!(fix(home_assistant).accuracy, Some(1.2));
        let rule =
            r#"{"deviceid":"thing123","lat":48.85833,"long":2.29513,"timestamp":1604940328}"#;
        assert_eq!(fix(rule).time, Some(UnixMillis(1_604_940_328_000)));
    }

    #[test]
    fn reads_shadow_documents_and_ignores_their_past_and_their_metadata() {
        let documents = r#"{"previous":{"state":{"reported":{"location":{"latitude":1,"longitude":1}}},"version":1},
            "current":{"state":{"desired":{"location":{"latitude":2,"longitude":2}},"reported":{"location":{"latitude":35.0115832,"longitude":135.7848895,"time":1790676000}}},
            "metadata":{"reported":{"location":{"latitude":{"timestamp":1},"longitude":{"timestamp":1}}}},"version":2},"timestamp":1790676999}"#;
        let expected = Fix {
            time: Some(UnixMillis(1_790_676_000_000)),
            ..bare(135.7848895, 35.0115832)
        };
        assert_eq!(fix(documents), expected);
    }

    #[test]
    fn reads_the_reported_section_of_a_shadow() {
        let seed = r#"{"power":"on","location":{"longitude":"135.7848895","latitude":35.0115832}}"#;
        assert_eq!(fix(seed), bare(135.7848895, 35.0115832));
        let without = r#"{"power":"on","fan":{"speed":3},"position":40,"tags":[1,"a",null,true]}"#;
        assert_eq!(read(without.as_bytes()), Ok(Reading::Nothing));
    }

    #[test]
    fn what_is_no_json_object_is_text() {
        for text in [
            "Hello mqtt",
            "[warn] low",
            "42",
            "\"home\"",
            "not_home",
            "京都",
        ] {
            assert_eq!(read(text.as_bytes()), Ok(Reading::Text(text)));
        }
    }

    #[test]
    fn says_why_a_payload_cannot_be_read() {
        check_error(r#"{"lat":91,"lon":2}"#, LocationError::Latitude(91.0));
        check_error(
            r#"{"lat":1,"lon":-180.5}"#,
            LocationError::Longitude(-180.5),
        );
        check_error(r#"{"lat":0,"lon":0.0}"#, LocationError::NullIsland);
        check_error(r#"{"lat":"NaN","lon":2}"#, LocationError::NotFinite);
        check_error(r#"{"lat":"inf","lon":2}"#, LocationError::NotFinite);
        check_error(r#"{"lat":NaN,"lon":2}"#, LocationError::NotFinite);
        check_error(r#"{"lat":-Infinity,"lon":2}"#, LocationError::NotFinite);
        check_error(r#"{"lat":1e999,"lon":2}"#, LocationError::NotFinite);
        check_error(r#"{"lat":1,"lo"#, LocationError::CutOff);
        check_error(r#"{"lat":1,"lon":2"#, LocationError::CutOff);
        check_error(r#"{"lat":1 "lon":2}"#, LocationError::Malformed);
        check_error(r#"{"lat":1,"lon":2} x"#, LocationError::Malformed);
        check_error("{hello}", LocationError::Malformed);
        assert_eq!(read(&[0xff, 0xfe]), Err(LocationError::NotText));
        let long = format!(r#"{{"lat":1,"lon":2,"x":"{}"}}"#, "x".repeat(MAX_PAYLOAD));
        check_error(&long, LocationError::TooLong);
    }

    #[test]
    fn leaves_out_what_makes_no_sense_beside_a_position() {
        let odd = r#"{"lat":1,"lon":2,"speed":-1,"heading":-1,"accuracy":-3,"altitude":"1e300","time":0}"#;
        assert_eq!(fix(odd), bare(2.0, 1.0));
        assert_eq!(
            fix(r#"{"lat":1,"lon":2,"heading":-90}"#).heading,
            Some(270.0)
        );
        assert_eq!(fix(r#"{"lat":1,"lon":2,"heading":360}"#).heading, Some(0.0));
        assert_eq!(
            fix(r#"{"lat":1,"lon":2,"heading":-1e-9}"#).heading,
            Some(0.0)
        );
    }

    #[test]
    fn deep_nesting_is_refused_and_not_followed_to_the_end_of_the_stack() {
        let deep = r#"{"state":"#.repeat(10_000);
        check_error(&deep, LocationError::Malformed);
        let arrays = format!(r#"{{"location":{}"#, "[".repeat(100_000));
        assert!(read(arrays.as_bytes()).is_err());
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn random_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes);
        }

        #[test]
        fn random_json_like_text_gives_only_sound_fixes(
            text in r#"\{("(lat|lon|location|coordinates|time|vel|_type|position)":[-0-9eE.,"\[\]{}: naN]{0,12},?){0,6}\}?"#
        ) {
            if let Ok(Reading::Fix(fix)) = read(text.as_bytes()) {
                prop_assert!(check(fix.position).is_ok());
                prop_assert!(fix.heading.is_none_or(|heading| (0.0..360.0).contains(&heading)));
                prop_assert!(fix.speed.is_none_or(|speed| speed >= 0.0));
            }
        }

        #[test]
        fn every_cut_of_a_payload_is_an_error(cut in 1usize..87) {
            let payload = br#"{"state":{"reported":{"location":{"longitude":135.7848895,"latitude":35.0115832}}}}   "#;
            let whole = payload.trim_ascii_end().len();
            prop_assert_eq!(read(&payload[..cut]).is_ok(), cut >= whole);
        }
    }
}
