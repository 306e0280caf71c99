//! Round distances: the steps of the grid and the length of the scale.

use crate::map::camera::View;

/// From this zoom on the base map is emptier than the grid.
const GRID_FROM: f64 = 6.0;
const SCALE_FROM: f64 = 3.0;
/// In px.
const LEAST_CELL: f64 = 90.0;
const LONGEST_SCALE: f64 = 80.0;

/// A bar of so many px that spans so many metres.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    pub width: f64,
    pub text: String,
}

/// Degrees between two lines of the grid; None where none is drawn.
pub fn grid_step(zoom: f64) -> Option<f64> {
    let pixels_per_degree = 512.0 * zoom.exp2() / 360.0;
    let step = round_above(LEAST_CELL / pixels_per_degree);
    (zoom >= GRID_FROM).then_some(step)
}

/// The scale for the middle of the map; None where it would be wrong for most of what is seen.
pub fn scale(view: &View) -> Option<Scale> {
    let metres = round_below(LONGEST_SCALE * view.metres_per_pixel());
    let text = match metres {
        1000.0.. => format!("{} km", (metres / 1000.0) as u32),
        _ => format!("{} m", metres.round() as u32),
    };
    let width = metres / view.metres_per_pixel();
    (view.zoom >= SCALE_FROM).then_some(Scale { width, text })
}

/// The largest of 1, 2 and 5 times a power of ten that is not above `number`.
fn round_below(number: f64) -> f64 {
    let power = 10_f64.powf(number.log10().floor());
    let digit = match number / power {
        5.0.. => 5.0,
        2.0.. => 2.0,
        _ => 1.0,
    };
    digit * power
}

/// The smallest of 1, 2 and 5 times a power of ten that is not below `number`.
fn round_above(number: f64) -> f64 {
    1.0 / round_below(1.0 / number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::camera::Camera;

    fn view(zoom: f64) -> View {
        let camera = Camera {
            zoom,
            lng: 135.7,
            lat: 35.0,
        };
        View::new(camera, 1280.0, 800.0)
    }

    #[test]
    fn cells_of_the_grid_are_round_and_neither_small_nor_huge() {
        for tenth in 60..=180 {
            let zoom = f64::from(tenth) / 10.0;
            let step = grid_step(zoom).unwrap();
            let pixels = step * 512.0 * zoom.exp2() / 360.0;
            assert!(
                (LEAST_CELL..=LEAST_CELL * 2.5).contains(&pixels),
                "zoom {zoom}: {step} degrees, {pixels} px"
            );
        }
        assert_eq!(grid_step(5.9), None);
    }

    #[test]
    fn the_scale_is_round_and_fits() {
        let scale = scale(&view(7.64)).unwrap();
        assert_eq!(scale.text, "20 km");
        assert!((scale.width - 62.0).abs() < 1.0);
    }

    #[test]
    fn short_scales_are_in_metres() {
        assert_eq!(scale(&view(14.0)).unwrap().text, "200 m");
        assert_eq!(scale(&view(2.0)), None);
    }
}
