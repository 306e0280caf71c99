//! Which devices the list holds: one press for each state, with its count.

use leptos::prelude::*;

use super::format;
use super::mark::{diamond, mark, state_word};
use super::reactive::{act, live, memo};
use super::store::Store;
use super::text::{Phrase, devices as words, language, say};
use crate::engine::frame::{Chip, DeviceState, ListView};

const CHIPS: [Chip; 6] = [
    Chip::All,
    Chip::State(DeviceState::Moving),
    Chip::State(DeviceState::Stale),
    Chip::State(DeviceState::Offline),
    Chip::State(DeviceState::Alarm),
    Chip::Differs,
];

/// A chip that would show nothing is not there, unless it is the one in use.
pub(super) fn chips() -> AnyView {
    view! {
        <div class="chips" role="group" aria-label=say(words::SHOW_ONLY)>
            {CHIPS.into_iter().map(button).collect::<Vec<_>>()}
        </div>
    }
    .into_any()
}

fn button(chip: Chip) -> AnyView {
    let store = expect_context::<Store>();
    let language = language();
    let count = memo(move |_| store.list.with(|list| count_of(list, chip)));
    let chosen = memo(move |_| store.chip.get() == chip);
    let figure = move || format::count(count.get().into());
    let name = move || format!("{} {}", word(chip).text(language.get()), figure());
    view! {
        <button
            type="button"
            class="chip"
            hidden=move || count.get() == 0 && !chosen.get() && chip != Chip::All
            aria-pressed=move || chosen.get().to_string()
            aria-label=live(name)
            title=say(word(chip))
            on:click=act(move |_| choose(store, chip))
        >
            {picture(chip)}
            <span class="chip-count">{live(figure)}</span>
        </button>
    }
    .into_any()
}

/// A press on the chip in use shows all again.
fn choose(store: Store, chip: Chip) {
    let before = store.chip.get_untracked();
    let next = if before == chip { Chip::All } else { chip };
    if before != next {
        store.chip.set(next);
    }
}

fn picture(chip: Chip) -> AnyView {
    match chip {
        Chip::All => view! { <span class="chip-word">{say(words::ALL)}</span> }.into_any(),
        Chip::State(state) => mark(Signal::stored((state, 0))),
        Chip::Differs => diamond(false),
    }
}

fn word(chip: Chip) -> Phrase {
    match chip {
        Chip::All => words::ALL,
        Chip::State(state) => state_word(state),
        Chip::Differs => words::DIFFERS,
    }
}

fn count_of(list: &ListView, chip: Chip) -> u32 {
    match chip {
        Chip::All => list.devices,
        Chip::State(DeviceState::Moving) => list.counts.moving,
        Chip::State(DeviceState::Still) => list.counts.still,
        Chip::State(DeviceState::Stale) => list.counts.stale,
        Chip::State(DeviceState::Offline) => list.counts.offline,
        Chip::State(DeviceState::Alarm) => list.counts.alarm,
        Chip::Differs => list.counts.differs,
    }
}
