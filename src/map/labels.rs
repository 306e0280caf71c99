//! Which cities are named and where their names stand, so that no name touches another. Draws nothing itself.

use crate::map::MapLanguage;
use crate::map::camera::{Screen, View};
use crate::map::cities::{Cities, City};

/// More names than this are noise.
const MOST: usize = 40;
/// Free space beside and above a name, in px.
const GAP_X: f64 = 40.0;
const GAP_Y: f64 = 34.0;

macro_rules! font_family {
    () => {
        "system-ui, -apple-system, 'Segoe UI', Roboto, 'Hiragino Sans', 'Noto Sans JP', 'Noto Sans CJK JP', 'Yu Gothic UI', Meiryo, sans-serif"
    };
}

/// How large a city is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    Metropolis,
    City,
    Town,
}

impl Rank {
    fn of(city: &City) -> Self {
        match city.weight {
            1500.. => Self::Metropolis,
            400.. => Self::City,
            _ => Self::Town,
        }
    }

    /// As a canvas wants it.
    pub fn font(self) -> &'static str {
        match self {
            Self::Metropolis => concat!("600 14px ", font_family!()),
            Self::City => concat!("600 12.5px ", font_family!()),
            Self::Town => concat!("400 11.5px ", font_family!()),
        }
    }

    fn height(self) -> f64 {
        match self {
            Self::Metropolis => 16.0,
            Self::City => 14.0,
            Self::Town => 13.0,
        }
    }
}

/// A name with its middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Label<'a> {
    pub text: &'a str,
    pub at: Screen,
    pub rank: Rank,
}

/// A part of the map that no name may touch, as half extents around a middle, in px.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    pub middle: Screen,
    pub half_width: f64,
    pub half_height: f64,
}

impl Room {
    fn touches(&self, other: &Self) -> bool {
        (self.middle.x - other.middle.x).abs() < self.half_width + other.half_width
            && (self.middle.y - other.middle.y).abs() < self.half_height + other.half_height
    }

    /// The same room, ending where `other` begins to the left, and a little higher.
    fn beside(self, other: &Self) -> Self {
        let x = other.middle.x - other.half_width - self.half_width;
        let y = other.middle.y - other.half_height / 2.0;
        Self {
            middle: Screen { x, y },
            ..self
        }
    }
}

/// The names to draw, the heaviest first. `measure` gives the width of a text in px. No name stands in `reserved`
/// rooms; one that would stand on the selected device stands beside it.
pub fn place<'a>(
    cities: &'a Cities,
    view: &View,
    language: MapLanguage,
    reserved: Vec<Room>,
    selected: Option<Room>,
    mut measure: impl FnMut(&str, Rank) -> f64,
) -> Vec<Label<'a>> {
    let bounds = view.bounds();
    let mut labels = Vec::new();
    let mut taken = reserved;
    let in_view = cities
        .down_to(least_weight(view.zoom))
        .filter(|city| bounds.contains(city.world));
    for city in in_view {
        let (text, rank) = (city.name(language), Rank::of(city));
        let mut ink = Room {
            middle: view.screen_from_world(city.world),
            half_width: measure(text, rank) / 2.0,
            half_height: rank.height() / 2.0,
        };
        if let Some(selected) = selected.filter(|selected| ink.touches(selected)) {
            ink = ink.beside(&selected);
        }
        let room = Room {
            half_width: ink.half_width + GAP_X / 2.0,
            half_height: ink.half_height + GAP_Y / 2.0,
            ..ink
        };
        if !taken.iter().any(|other| room.touches(other)) {
            taken.push(room);
            let at = ink.middle;
            labels.push(Label { text, at, rank });
        }
        if labels.len() == MOST {
            break;
        }
    }
    labels
}

/// Halves with each zoom, down to every city of the list.
fn least_weight(zoom: f64) -> u32 {
    const ALL_FROM: f64 = 7.5;
    (40.0 * (ALL_FROM - zoom).max(0.0).exp2()) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::camera::Camera;

    const TABLE: &str = "Osaka\t大阪\t135.502\t34.694\t2592\n\
        Kyoto\t京都\t135.754\t35.021\t1460\n\
        Sakai\t堺\t135.483\t34.583\t782\n\
        Maizuru\t舞鶴\t135.333\t35.45\t92\n";

    fn check(zoom: f64, reserved: Vec<Room>, expected: &[&str]) {
        let cities = Cities::parse(TABLE);
        let camera = Camera {
            zoom,
            lng: 135.7,
            lat: 35.0,
        };
        let view = View::new(camera, 1280.0, 800.0);
        let width = |text: &str, _| text.len() as f64 * 7.0;
        let labels = place(&cities, &view, MapLanguage::English, reserved, None, width);
        let texts: Vec<_> = labels.iter().map(|label| label.text).collect();
        assert_eq!(texts, expected, "at zoom {zoom}");
    }

    #[test]
    fn the_heavier_of_two_names_that_would_touch_stays() {
        check(7.0, vec![], &["Osaka", "Kyoto", "Maizuru"]);
    }

    #[test]
    fn names_come_out_as_the_map_is_zoomed() {
        check(2.0, vec![], &["Osaka"]);
        check(9.0, vec![], &["Osaka", "Kyoto", "Sakai"]);
    }

    #[test]
    fn a_reserved_room_stays_free() {
        let osaka = Room {
            middle: Screen { x: 604.0, y: 467.0 },
            half_width: 20.0,
            half_height: 20.0,
        };
        check(7.0, vec![osaka], &["Kyoto", "Maizuru"]);
    }

    #[test]
    fn a_name_stands_beside_what_it_would_cover() {
        let cities = Cities::parse(TABLE);
        let camera = Camera {
            zoom: 7.6,
            lng: 135.754,
            lat: 35.021,
        };
        let view = View::new(camera, 1280.0, 800.0);
        let device = Room {
            middle: Screen { x: 640.0, y: 400.0 },
            half_width: 30.0,
            half_height: 30.0,
        };
        let labels = place(
            &cities,
            &view,
            MapLanguage::Japanese,
            vec![],
            Some(device),
            |_, _| 30.0,
        );
        let kyoto = labels.iter().find(|label| label.text == "京都").unwrap();
        assert_eq!(kyoto.at, Screen { x: 595.0, y: 385.0 });
    }
}
