//! The cities that the map names, read from the table that the base map's build step writes.

use crate::decimal;
use crate::geo::{LngLat, World, metres_between};
use crate::map::MapLanguage;

/// A city is said of a place when it lies within so many metres.
const NEAR: f64 = 40_000.0;

#[derive(Clone, Debug, PartialEq)]
pub struct City {
    name: Box<str>,
    japanese: Option<Box<str>>,
    position: LngLat,
    pub world: World,
    /// Thousands of people, more for a capital.
    pub weight: u32,
}

impl City {
    /// One line of the table: name, Japanese name or nothing, longitude, latitude, weight.
    fn parse(line: &str) -> Option<Self> {
        let mut cells = line.split('\t');
        let name = cells.next()?.into();
        let japanese = Some(cells.next()?).filter(|name| !name.is_empty());
        let position = LngLat {
            lng: decimal::parse(cells.next()?)?,
            lat: decimal::parse(cells.next()?)?,
        };
        Some(Self {
            name,
            japanese: japanese.map(Box::from),
            position,
            world: World::from_lng_lat(position),
            weight: cells.next()?.parse().ok()?,
        })
    }

    pub fn name(&self, language: MapLanguage) -> &str {
        match (language, &self.japanese) {
            (MapLanguage::Japanese, Some(japanese)) => japanese,
            _ => &self.name,
        }
    }
}

/// Every city, the heaviest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cities(Vec<City>);

impl Cities {
    /// Lines that cannot be read are left out.
    pub fn parse(table: &str) -> Self {
        Self(table.lines().filter_map(City::parse).collect())
    }

    /// Those of at least `weight`, the heaviest first.
    pub fn down_to(&self, weight: u32) -> impl Iterator<Item = &City> {
        self.0.iter().take_while(move |city| city.weight >= weight)
    }

    /// The city that a person would name to say where this is: heavy and near, as gravity counts.
    pub fn near(&self, place: LngLat) -> Option<&City> {
        let pull = |city: &City| {
            // Within the distance asked for, a difference in latitude is never more.
            if (city.position.lat - place.lat).abs() > 0.4 {
                return None;
            }
            let metres = metres_between(city.position, place);
            let kilometres = metres / 1000.0;
            (metres <= NEAR).then(|| f64::from(city.weight) / (kilometres * kilometres + 9.0))
        };
        let pulls = self.0.iter().filter_map(|city| Some((pull(city)?, city)));
        pulls
            .max_by(|(a, _), (b, _)| a.total_cmp(b))
            .map(|(_, city)| city)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "Osaka\t大阪\t135.502\t34.694\t2592\n\
        broken line\n\
        Kyoto\t京都\t135.754\t35.021\t1460\n\
        Sakai\t堺\t135.483\t34.583\t782\n\
        Uji\t\t135.799\t34.891\t193\n";

    fn check_near(lng: f64, lat: f64, expected: Option<&str>) {
        let cities = Cities::parse(TABLE);
        let found = cities.near(LngLat { lng, lat });
        assert_eq!(
            found.map(|city| city.name(MapLanguage::English)),
            expected,
            "at {lat}, {lng}"
        );
    }

    #[test]
    fn a_place_is_named_after_the_city_it_lies_in() {
        check_near(135.7681, 35.0116, Some("Kyoto"));
        check_near(135.48, 34.58, Some("Sakai"));
        check_near(135.80, 34.89, Some("Uji"));
        check_near(135.52, 34.70, Some("Osaka"));
    }

    #[test]
    fn far_from_every_city_nothing_is_named() {
        check_near(135.75, 35.8, None);
        check_near(-135.75, 35.0, None);
    }

    #[test]
    fn names_come_in_the_language_asked_for_where_it_is_known() {
        let cities = Cities::parse(TABLE);
        let names = |language| {
            cities
                .down_to(0)
                .map(|city| city.name(language))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names(MapLanguage::English),
            ["Osaka", "Kyoto", "Sakai", "Uji"]
        );
        assert_eq!(names(MapLanguage::Japanese), ["大阪", "京都", "堺", "Uji"]);
    }

    #[test]
    fn only_cities_of_enough_weight_are_listed() {
        assert_eq!(Cities::parse(TABLE).down_to(1000).count(), 2);
    }
}
