//! Says what the map shows to those who do not see it, once it has rested. Never single updates.

use std::time::Duration;

use leptos::leptos_dom::helpers::debounce;
use leptos::prelude::*;

use super::format;
use super::places::Places;
use super::reactive::watch;
use super::store::Store;
use super::text::{language, shell};
use crate::geo::{Bounds, LngLat, World};

const REST: Duration = Duration::from_secs(1);

/// A live region out of sight.
#[component]
pub(super) fn Announcer() -> impl IntoView {
    let store = expect_context::<Store>();
    let places = expect_context::<Places>();
    let language = language();
    let words = RwSignal::new(String::new());
    let mut speak = debounce(REST, move |()| {
        let text = store.list.with_untracked(|list| {
            let in_view = format::count(list.in_view.into());
            let alarms = format::count(list.counts.alarm.into());
            shell::IN_VIEW.fill(language.get_untracked(), &[&in_view, &alarms])
        });
        let place = untrack(|| {
            store
                .bounds
                .get()
                .and_then(|bounds| places.near(centre(bounds)))
        });
        let text = place.map_or_else(|| text.clone(), |place| place + ": " + &text);
        if words.with_untracked(|words| *words != text) {
            words.set(text);
        }
    });
    watch(move || {
        if store.bounds.with(Option::is_some) {
            speak(());
        }
    });
    view! { <p class="visually-hidden" aria-live="polite">{move || words.get()}</p> }
}

fn centre(bounds: Bounds) -> LngLat {
    let Bounds {
        north_west,
        width,
        height,
    } = bounds;
    let middle = World {
        x: north_west.x.wrapping_add(width / 2),
        y: north_west.y.saturating_add(height / 2),
    };
    middle.lng_lat()
}
