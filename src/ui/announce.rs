//! Says what the map shows to those who do not see it, once it has rested. Never single updates.

use std::time::Duration;

use leptos::leptos_dom::helpers::debounce;
use leptos::prelude::*;

use super::format;
use super::store::Store;
use super::text::{language, shell};

const REST: Duration = Duration::from_secs(1);

/// A live region out of sight.
#[component]
pub fn Announcer() -> impl IntoView {
    let store = expect_context::<Store>();
    let language = language();
    let words = RwSignal::new(String::new());
    let mut speak = debounce(REST, move |()| {
        let text = store.list.with_untracked(|list| {
            let in_view = format::count(list.in_view.into());
            let alarms = format::count(list.counts.alarm.into());
            shell::IN_VIEW.fill(language.get_untracked(), &[&in_view, &alarms])
        });
        if words.with_untracked(|words| *words != text) {
            words.set(text);
        }
    });
    Effect::new(move |_| {
        if store.bounds.with(Option::is_some) {
            speak(());
        }
    });
    view! { <p class="visually-hidden" aria-live="polite">{words}</p> }
}
