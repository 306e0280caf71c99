//! What stands in the map's place when it cannot be drawn.

use leptos::prelude::*;

use super::icons::{Icon, icon};
use super::map_handle::{MapHandle, MapState};
use super::reactive::{act, live};
use super::text::{say, shell};

#[component]
pub(super) fn NoMap() -> impl IntoView {
    let state = expect_context::<MapHandle>().state;
    live(move || {
        let (why, steps) = match state.get() {
            MapState::Starting | MapState::Ready => return None,
            MapState::NoWebGl => (shell::NO_WEBGL, true),
            MapState::Broken => (shell::NO_GROUND, false),
        };
        let steps = steps.then(|| {
            view! {
                <ol>
                    <li>{say(shell::TURN_ON_GPU)}</li>
                    <li>{say(shell::RESTART_BROWSER)}</li>
                </ol>
            }
        });
        let reload = |_| {
            let _ = window().location().reload();
        };
        let view = view! {
            <section class="card no-map" aria-label=say(shell::NO_MAP)>
                <h2><span class="warning">{icon(Icon::Warning)}</span> {say(shell::NO_MAP)}</h2>
                <p>{say(why)}</p>
                {steps}
                <button class="button" on:click=act(reload)>{say(shell::TRY_AGAIN)}</button>
            </section>
        };
        Some(view.into_any())
    })
}
