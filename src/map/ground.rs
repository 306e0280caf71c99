//! The 2D canvas between the base map and the devices: grid, city names, scale, and the selected device's trail
//! and accuracy. It is drawn when the camera moves or one of these changes, not when devices do.

use std::f64::consts::TAU;

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::geo::{LngLat, World};
use crate::map::MapLanguage;
use crate::map::camera::{Padding, Screen, View};
use crate::map::cities::Cities;
use crate::map::elements::fit_canvas;
use crate::map::labels::{self, Rank, Room};
use crate::map::scale::{self, Scale};
use crate::map::tokens::Palette;

/// So small an accuracy is drawn larger, to make the selected device stand out.
const LEAST_CIRCLE: f64 = 30.0;
/// The trail fades in as many steps.
const TRAIL_STEPS: usize = 12;

pub(crate) struct Ground {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
}

/// Everything that one drawing shows.
pub(crate) struct Scene<'a> {
    pub(crate) view: View,
    /// Device px per CSS px.
    pub(crate) ratio: f64,
    pub(crate) padding: Padding,
    pub(crate) palette: &'a Palette,
    pub(crate) language: MapLanguage,
    pub(crate) cities: &'a Cities,
    pub(crate) selected: Option<Track<'a>>,
}

/// The selected device on the ground.
pub(crate) struct Track<'a> {
    pub(crate) position: World,
    /// Radius in metres.
    pub(crate) accuracy: f64,
    /// Oldest first.
    pub(crate) trail: &'a [World],
}

impl Ground {
    pub(crate) fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Self { canvas, context })
    }

    pub(crate) fn draw(&self, scene: &Scene<'_>) {
        let (view, ratio) = (&scene.view, scene.ratio);
        fit_canvas(&self.canvas, view, ratio);
        // Every one of these fails only for numbers that are not finite.
        let _ = self.context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        self.context.clear_rect(0.0, 0.0, view.width, view.height);
        self.draw_grid(scene);
        if let Some(track) = &scene.selected {
            self.draw_accuracy(scene, track);
            self.draw_trail(scene, track);
        }
        let bar = scale::scale(view).map(|scale| ScaleBar::new(scale, scene));
        self.draw_labels(scene, bar.as_ref());
        if let Some(bar) = bar {
            self.draw_scale(scene, &bar);
        }
    }

    fn draw_grid(&self, scene: &Scene<'_>) {
        let (context, view) = (&self.context, &scene.view);
        let Some(step) = scale::grid_step(view.zoom) else {
            return;
        };
        let corner = |x, y| view.world_from_screen(Screen { x, y }).lng_lat();
        let (first, last) = (corner(0.0, 0.0), corner(view.width, view.height));
        let east = first.lng + (last.lng - first.lng).rem_euclid(360.0);
        let screen = |lng, lat| view.screen_from_world(World::from_lng_lat(LngLat { lng, lat }));
        context.begin_path();
        for lng in multiples(step, first.lng, east) {
            // The middle of a device px, so that the line is one px wide and not two of half the strength.
            let x = screen(lng, 0.0).x.floor() + 0.5;
            context.move_to(x, 0.0);
            context.line_to(x, view.height);
        }
        for lat in multiples(step, last.lat, first.lat) {
            let y = screen(view.centre.lng_lat().lng, lat).y.floor() + 0.5;
            context.move_to(0.0, y);
            context.line_to(view.width, y);
        }
        context.set_global_alpha(0.06);
        context.set_line_width(1.0);
        context.set_stroke_style_str(&scene.palette.grid.css());
        context.stroke();
        context.set_global_alpha(1.0);
    }

    fn draw_accuracy(&self, scene: &Scene<'_>, track: &Track<'_>) {
        let (context, colour) = (&self.context, scene.palette.accent.css());
        let at = scene.view.screen_from_world(track.position);
        let radius = (track.accuracy / scene.view.metres_per_pixel()).max(LEAST_CIRCLE);
        context.begin_path();
        let _ = context.arc(at.x, at.y, radius, 0.0, TAU);
        context.set_fill_style_str(&colour);
        context.set_global_alpha(0.1);
        context.fill();
        context.set_stroke_style_str(&colour);
        context.set_line_width(1.0);
        context.set_global_alpha(0.45);
        context.stroke();
        context.set_global_alpha(1.0);
    }

    fn draw_trail(&self, scene: &Scene<'_>, track: &Track<'_>) {
        let context = &self.context;
        let points = screens(&scene.view, track);
        context.set_stroke_style_str(&scene.palette.accent.css());
        context.set_line_width(4.0);
        context.set_line_join("round");
        let stretch = points.len().div_ceil(TRAIL_STEPS).max(1);
        let steps = points.len().div_ceil(stretch) as f64;
        for (step, first) in (0..points.len()).step_by(stretch).enumerate() {
            // A stretch ends where the next one begins.
            let last = (first + stretch + 1).min(points.len());
            context.set_global_alpha(0.08 + 0.72 * (step as f64 + 1.0) / steps);
            self.stroke_line(&points[first..last]);
        }
        context.set_global_alpha(1.0);
    }

    fn stroke_line(&self, points: &[Screen]) {
        self.context.begin_path();
        for point in points {
            self.context.line_to(point.x, point.y);
        }
        self.context.stroke();
    }

    fn draw_labels(&self, scene: &Scene<'_>, bar: Option<&ScaleBar>) {
        let (context, view) = (&self.context, &scene.view);
        let selected = scene.selected.as_ref();
        let selected = selected.map(|track| room_around(view.screen_from_world(track.position)));
        let reserved = bar.map(ScaleBar::room).into_iter().collect();
        let mut font = None;
        let mut write_in = |rank: Rank| {
            if font.replace(rank) != Some(rank) {
                context.set_font(rank.font());
            }
        };
        let measure = |text: &str, rank| {
            write_in(rank);
            context.measure_text(text).map_or(0.0, |text| text.width())
        };
        let placed = labels::place(
            scene.cities,
            view,
            scene.language,
            reserved,
            selected,
            measure,
        );
        context.set_text_align("center");
        context.set_text_baseline("middle");
        context.set_line_join("round");
        context.set_line_width(3.0);
        context.set_stroke_style_str(&scene.palette.land.css());
        context.set_fill_style_str(&scene.palette.label.css());
        for label in placed {
            context.set_font(label.rank.font());
            let Screen { x, y } = label.at;
            let _ = context.stroke_text(label.text, x, y);
            let _ = context.fill_text(label.text, x, y);
        }
    }

    fn draw_scale(&self, scene: &Scene<'_>, bar: &ScaleBar) {
        let (context, colour) = (&self.context, scene.palette.label.css());
        let ScaleBar {
            left,
            right,
            bottom,
            ..
        } = *bar;
        context.begin_path();
        context.move_to(left, bottom - 5.0);
        context.line_to(left, bottom);
        context.line_to(right, bottom);
        context.line_to(right, bottom - 5.0);
        context.set_line_width(1.2);
        context.set_stroke_style_str(&colour);
        context.stroke();
        context.set_font(Rank::Town.font());
        context.set_text_align("left");
        context.set_fill_style_str(&colour);
        let _ = context.fill_text(&bar.text, right + 10.0, bottom - 2.0);
    }
}

/// The scale in its corner, in px.
struct ScaleBar {
    left: f64,
    right: f64,
    bottom: f64,
    text: String,
}

impl ScaleBar {
    fn new(scale: Scale, scene: &Scene<'_>) -> Self {
        // In the middle of a device px, for sharp lines.
        let left = (scene.padding.left + 12.0).round() + 0.5;
        Self {
            left,
            right: (left + scale.width).round() + 0.5,
            bottom: (scene.view.height - scene.padding.bottom - 19.0).round() + 0.5,
            text: scale.text,
        }
    }

    /// With its text.
    fn room(&self) -> Room {
        let half_width = (self.right - self.left) / 2.0 + 30.0;
        Room {
            middle: Screen {
                x: self.left + half_width,
                y: self.bottom - 2.0,
            },
            half_width,
            half_height: 10.0,
        }
    }
}

fn room_around(middle: Screen) -> Room {
    Room {
        middle,
        half_width: LEAST_CIRCLE,
        half_height: LEAST_CIRCLE,
    }
}

/// The trail and its end on the screen. Each point is the copy nearest to the one after it, so that a trail over
/// the far side of the world does not cross the screen.
fn screens(view: &View, track: &Track<'_>) -> Vec<Screen> {
    let scale = view.pixels_per_unit();
    let (mut at, mut after) = (view.screen_from_world(track.position), track.position);
    let mut points = vec![at];
    for &point in track.trail.iter().rev() {
        at.x += f64::from(point.x.wrapping_sub(after.x) as i32) * scale;
        at.y += (f64::from(point.y) - f64::from(after.y)) * scale;
        points.push(at);
        after = point;
    }
    points.reverse();
    points
}

/// The multiples of `step` from `low` to `high`; a few hundred at most for any step that is drawn.
fn multiples(step: f64, low: f64, high: f64) -> impl Iterator<Item = f64> {
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    (first..=last).map(move |count| count as f64 * step)
}
