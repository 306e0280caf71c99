//! A small line of the numbers that a key reported since its panel was opened.

use leptos::prelude::*;

use super::control::Handle;
use super::reactive::{live, memo, watch};
use super::sparkline;
use crate::decimal::parse;
use crate::engine::frame::{FieldView, ValueKind};
use crate::time::UnixMillis;

/// In values and CSS px.
const SLOTS: usize = 40;
const WIDTH: u32 = 60;
const HEIGHT: u32 = 12;

/// Values are drawn between the lowest and the highest, in so many steps.
const STEPS: f64 = 240.0;

/// Nothing before the third value: two make no course.
pub(super) fn spark(handle: Handle) -> AnyView {
    let seen = RwSignal::new(Vec::<f64>::new());
    let newest = memo(move |_| handle.field.with(number));
    watch(move || {
        if let Some((value, _)) = newest.get() {
            seen.update(|seen| {
                if seen.len() == SLOTS {
                    seen.remove(0);
                }
                seen.push(value);
            });
        }
    });
    let view = live(move || {
        let values = seen.with(|seen| (seen.len() > 2).then(|| scaled(seen)))?;
        let path = sparkline::line(&values, SLOTS, WIDTH, HEIGHT);
        let view = view! {
            <svg class="spark" viewBox="0 -1 60 14" width="60" height="14" aria-hidden="true">
                <path d=path></path>
            </svg>
        };
        Some(view.into_any())
    });
    view.into_any()
}

/// With its time, so that an equal value is one more.
fn number(field: &FieldView) -> Option<(f64, Option<UnixMillis>)> {
    let value = field.reported.as_ref();
    let value = value.filter(|value| value.kind == ValueKind::Number)?;
    Some((parse(&value.text)?, field.reported_at))
}

fn scaled(values: &[f64]) -> Vec<u32> {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let range = high - low;
    let scale = |value: &f64| match range > 0.0 {
        true => ((value - low) / range * STEPS) as u32,
        false => (STEPS / 2.0) as u32,
    };
    values.iter().map(scale).collect()
}
