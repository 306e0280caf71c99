//! Where the map looks: the camera as text in a URL, and the way between the world and the screen.
//!
//! Flat Web Mercator with north up and tiles of 512 px, as MapLibre counts zoom. Screens are in CSS px.

use std::fmt::{self, Display, Formatter};

use crate::decimal;
use crate::geo::{Bounds, LngLat, MAX_LATITUDE, World};

pub const MAX_ZOOM: f64 = 18.0;

const TILE: f64 = 512.0;
const UNITS: f64 = 4_294_967_296.0;
const EARTH_CIRCUMFERENCE: f64 = 40_075_016.7;

/// The place in the middle of the map, and how near it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    pub zoom: f64,
    pub lng: f64,
    pub lat: f64,
}

impl Camera {
    /// Reads `map=ZOOM/LAT/LNG` out of a URL's fragment, with or without `#` and among other parts joined by `&`.
    pub fn from_fragment(fragment: &str) -> Option<Self> {
        let parts = fragment.trim_start_matches('#').split('&');
        let text = parts.filter_map(|part| part.strip_prefix("map=")).next()?;
        let mut numbers = text.split('/').map(decimal::parse);
        let (zoom, lat, lng) = (numbers.next()??, numbers.next()??, numbers.next()??);
        let sane = zoom.is_finite() && lat.abs() <= 90.0 && lng.abs() <= 360.0;
        (sane && numbers.next().is_none()).then(|| Self {
            zoom: zoom.clamp(0.0, MAX_ZOOM),
            lng: (lng + 180.0).rem_euclid(360.0) - 180.0,
            lat: lat.clamp(-MAX_LATITUDE, MAX_LATITUDE),
        })
    }
}

/// `map=ZOOM/LAT/LNG`, to about a metre.
impl Display for Camera {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { zoom, lng, lat } = self;
        let [zoom, lat, lng] = [(zoom, 2), (lat, 5), (lng, 5)]
            .map(|(number, decimals)| decimal::fixed(*number, decimals));
        write!(f, "map={zoom}/{lat}/{lng}")
    }
}

/// How much of each edge is covered by panels, in px.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Padding {
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
    pub left: f64,
}

/// A point of the map's element, from its upper left corner, in px.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Screen {
    pub x: f64,
    pub y: f64,
}

/// What is seen at one moment: the camera on an element of a known size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    pub centre: World,
    pub zoom: f64,
    /// In px.
    pub width: f64,
    pub height: f64,
}

impl View {
    pub fn new(camera: Camera, width: f64, height: f64) -> Self {
        let Camera { zoom, lng, lat } = camera;
        let centre = World::from_lng_lat(LngLat { lng, lat });
        Self {
            centre,
            zoom,
            width,
            height,
        }
    }

    pub fn camera(&self) -> Camera {
        camera_at(self.centre, self.zoom)
    }

    pub fn pixels_per_unit(&self) -> f64 {
        pixels_per_unit(self.zoom)
    }

    /// Metres on the ground that one px in the middle of the map spans.
    pub fn metres_per_pixel(&self) -> f64 {
        let shrink = self.centre.lng_lat().lat.to_radians().cos();
        EARTH_CIRCUMFERENCE * shrink / (TILE * self.zoom.exp2())
    }

    /// The copy of the point that lies nearest to the middle.
    pub fn screen_from_world(&self, point: World) -> Screen {
        let east = point.x.wrapping_sub(self.centre.x) as i32;
        let south = f64::from(point.y) - f64::from(self.centre.y);
        Screen {
            x: self.width / 2.0 + f64::from(east) * self.pixels_per_unit(),
            y: self.height / 2.0 + south * self.pixels_per_unit(),
        }
    }

    pub fn world_from_screen(&self, point: Screen) -> World {
        let east = (point.x - self.width / 2.0) / self.pixels_per_unit();
        let south = (point.y - self.height / 2.0) / self.pixels_per_unit();
        moved(self.centre, east, south)
    }

    pub fn bounds(&self) -> Bounds {
        let corner = |x, y| self.world_from_screen(Screen { x, y });
        let north_west = corner(0.0, 0.0);
        let width = (self.width / self.pixels_per_unit()).min(UNITS - 1.0) as u32;
        let height = corner(0.0, self.height).y - north_west.y;
        Bounds {
            north_west,
            width,
            height,
        }
    }

    /// True when the point can be seen, `margin` px away from the panels and edges.
    pub fn uncovers(&self, point: World, padding: Padding, margin: f64) -> bool {
        let Screen { x, y } = self.screen_from_world(point);
        x >= padding.left + margin
            && x <= self.width - padding.right - margin
            && y >= padding.top + margin
            && y <= self.height - padding.bottom - margin
    }

    /// The camera that shows the point in the middle of the uncovered part.
    pub fn centred_on(&self, point: World, zoom: f64, padding: Padding) -> Camera {
        let east = (padding.right - padding.left) / 2.0 / pixels_per_unit(zoom);
        let south = (padding.bottom - padding.top) / 2.0 / pixels_per_unit(zoom);
        camera_at(moved(point, east, south), zoom)
    }

    /// The camera that shows a whole rectangle in the uncovered part, no nearer than `max_zoom`.
    pub fn fitted_to(&self, extent: Bounds, padding: Padding, max_zoom: f64) -> Camera {
        const MARGIN: f64 = 48.0;
        let width = self.width - padding.left - padding.right - 2.0 * MARGIN;
        let height = self.height - padding.top - padding.bottom - 2.0 * MARGIN;
        let scale = (width.max(64.0) / f64::from(extent.width.max(1)))
            .min(height.max(64.0) / f64::from(extent.height.max(1)));
        let zoom = (scale * UNITS / TILE).log2();
        let middle = moved(
            extent.north_west,
            f64::from(extent.width) / 2.0,
            f64::from(extent.height) / 2.0,
        );
        // Not `clamp`: its panic would bring the formatting of floats into the page.
        let zoom = zoom.min(max_zoom.min(MAX_ZOOM)).max(0.0);
        self.centred_on(middle, zoom, padding)
    }
}

fn pixels_per_unit(zoom: f64) -> f64 {
    TILE * zoom.exp2() / UNITS
}

fn camera_at(centre: World, zoom: f64) -> Camera {
    let LngLat { lng, lat } = centre.lng_lat();
    Camera { zoom, lng, lat }
}

/// East and south in units; wraps around the world to the east, stops at its edges to the north and south.
fn moved(from: World, east: f64, south: f64) -> World {
    World {
        x: from.x.wrapping_add(east as i64 as u32),
        y: (f64::from(from.y) + south).clamp(0.0, UNITS - 1.0) as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KYOTO: Camera = Camera {
        zoom: 7.64,
        lng: 135.7681,
        lat: 35.01158,
    };

    fn check_screen(view: View, x: f64, y: f64) {
        let back = view.screen_from_world(view.world_from_screen(Screen { x, y }));
        let error = (back.x - x).hypot(back.y - y);
        assert!(error < 0.1, "({x}, {y}) came back as {back:?}");
    }

    #[test]
    fn a_camera_survives_a_url() {
        assert_eq!(KYOTO.to_string(), "map=7.64/35.01158/135.76810");
        assert_eq!(
            Camera::from_fragment("#map=7.64/35.01158/135.76810"),
            Some(KYOTO)
        );
        assert_eq!(
            Camera::from_fragment("theme=dark&map=7.64/35.01158/135.76810"),
            Some(KYOTO)
        );
    }

    #[test]
    fn what_is_no_camera_is_refused() {
        for text in [
            "",
            "#",
            "#map=",
            "#map=1/2",
            "#map=1/2/3/4",
            "#map=a/b/c",
            "#map=NaN/0/0",
            "#map=3/91/0",
            "#map=3/0/inf",
            "#other=3/0/0",
        ] {
            assert_eq!(Camera::from_fragment(text), None, "{text}");
        }
    }

    #[test]
    fn a_camera_too_near_or_turned_around_is_brought_back() {
        let camera = Camera::from_fragment("map=25/89/190").unwrap();
        assert_eq!((camera.zoom, camera.lng), (MAX_ZOOM, -170.0));
        assert_eq!(camera.lat, MAX_LATITUDE);
    }

    #[test]
    fn screen_and_world_are_each_others_inverse() {
        for zoom in [2.0, 7.64, 18.0] {
            for lng in [135.7681, 179.99, -179.99] {
                let view = View::new(Camera { zoom, lng, ..KYOTO }, 1280.0, 800.0);
                check_screen(view, 640.0, 400.0);
                check_screen(view, 3.0, 777.0);
                check_screen(view, 1279.0, 1.0);
            }
        }
    }

    #[test]
    fn a_point_beyond_the_antimeridian_lies_beside_the_middle() {
        let camera = Camera {
            zoom: 10.0,
            lng: 179.95,
            lat: 0.0,
        };
        let view = View::new(camera, 1000.0, 1000.0);
        let point = World::from_lng_lat(LngLat {
            lng: -179.9,
            lat: 0.0,
        });
        let pixels = 0.15 / 360.0 * 512.0 * 1024.0;
        assert!((view.screen_from_world(point).x - 500.0 - pixels).abs() < 0.1);
        assert!(view.bounds().contains(point));
    }

    #[test]
    fn north_stays_north_when_the_whole_world_is_seen() {
        let camera = Camera {
            zoom: 0.0,
            lng: 0.0,
            lat: 80.0,
        };
        let view = View::new(camera, 2000.0, 1000.0);
        let south = World::from_lng_lat(LngLat {
            lng: 0.0,
            lat: -80.0,
        });
        assert!(view.screen_from_world(south).y > 800.0);
        assert_eq!(view.bounds().width, u32::MAX);
    }

    #[test]
    fn a_fitted_extent_lies_in_the_uncovered_part() {
        let view = View::new(KYOTO, 1440.0, 852.0);
        let padding = Padding {
            top: 10.0,
            right: 408.0,
            bottom: 0.0,
            left: 332.0,
        };
        let north_west = World::from_lng_lat(LngLat {
            lng: 134.5,
            lat: 35.6,
        });
        let south_east = World::from_lng_lat(LngLat {
            lng: 137.0,
            lat: 34.0,
        });
        let extent = Bounds {
            north_west,
            width: south_east.x - north_west.x,
            height: south_east.y - north_west.y,
        };
        let camera = view.fitted_to(extent, padding, 12.0);
        let fitted = View::new(camera, view.width, view.height);
        for corner in [north_west, south_east] {
            assert!(fitted.uncovers(corner, padding, 47.0));
        }
        assert!(!fitted.uncovers(north_west, padding, 60.0));
    }

    #[test]
    fn a_single_point_is_fitted_no_nearer_than_asked() {
        let view = View::new(KYOTO, 800.0, 600.0);
        let extent = Bounds {
            north_west: view.centre,
            width: 0,
            height: 0,
        };
        let camera = view.fitted_to(extent, Padding::default(), 12.0);
        assert_eq!(camera.zoom, 12.0);
    }
}
