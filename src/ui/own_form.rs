//! What a person chooses before this browser becomes a device, kept for the next time. No position is kept.

use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::format;
use super::own_device::OwnDevice;
use super::reactive::{act, live, memo, show};
use super::text::{Phrase, language, own as words, say};
use crate::engine::command::{OwnCommand, OwnSettings, OwnTarget};
use crate::engine::frame::OwnInvalid;
use crate::web::storage;

/// Seconds between two positions.
const RATES: [u16; 9] = [1, 2, 5, 10, 30, 60, 300, 900, 3600];
const USUAL_RATE: u16 = 5;

const THING: &str = "own.thing";
const WHERE: &str = "own.where";
const TOPIC: &str = "own.topic";
const EVERY: &str = "own.every";
const DETAILS: &str = "own.details";

/// The topic of the article, and a name for whoever has not chosen one.
const TOPIC_1: &str = "topic_1";
const USUAL_TOPIC: &str = "fleet/{thing}/location";
const USUAL_THING: &str = "this-browser";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    TopicOne,
    Topic,
    Shadow,
}

const PLACES: [(Place, &str, Phrase); 3] = [
    (Place::TopicOne, "topic_1", words::TOPIC_1),
    (Place::Topic, "topic", words::ANOTHER_TOPIC),
    (Place::Shadow, "shadow", words::ITS_SHADOW),
];

/// Signals that live as long as the form is shown.
#[derive(Clone, Copy)]
struct Draft {
    thing: RwSignal<String>,
    place: RwSignal<Place>,
    topic: RwSignal<String>,
    every: RwSignal<u16>,
    details: RwSignal<bool>,
}

impl Draft {
    /// As it was the last time.
    fn load() -> Self {
        let text = |key, usual: &str| storage::load(key).unwrap_or_else(|| usual.to_owned());
        let place = storage::load(WHERE).and_then(|name| {
            let mut places = PLACES.iter();
            places.find(|(_, known, _)| *known == name).map(|it| it.0)
        });
        let every = storage::load(EVERY).and_then(|text| text.parse().ok());
        let every = every.filter(|every| RATES.contains(every));
        Self {
            thing: RwSignal::new(text(THING, USUAL_THING)),
            place: RwSignal::new(place.unwrap_or(Place::TopicOne)),
            topic: RwSignal::new(text(TOPIC, USUAL_TOPIC)),
            every: RwSignal::new(every.unwrap_or(USUAL_RATE)),
            details: RwSignal::new(storage::load(DETAILS).is_some()),
        }
    }

    fn save(self) {
        storage::save(THING, &self.thing.get_untracked());
        storage::save(TOPIC, &self.topic.get_untracked());
        storage::save(EVERY, &self.every.get_untracked().to_string());
        let place = self.place.get_untracked();
        if let Some((_, name, _)) = PLACES.iter().find(|(it, ..)| *it == place) {
            storage::save(WHERE, name);
        }
        match self.details.get_untracked() {
            true => storage::save(DETAILS, "yes"),
            false => storage::remove(DETAILS),
        }
    }

    fn settings(self) -> OwnSettings {
        OwnSettings {
            thing: self.thing.get_untracked().trim().to_owned(),
            target: match self.place.get_untracked() {
                Place::TopicOne => OwnTarget::Topic(TOPIC_1.to_owned()),
                Place::Topic => OwnTarget::Topic(self.topic.get_untracked().trim().to_owned()),
                Place::Shadow => OwnTarget::Shadow,
            },
            every: self.every.get_untracked(),
            details: self.details.get_untracked(),
        }
    }
}

pub(super) fn form(own: OwnDevice) -> AnyView {
    let draft = Draft::load();
    let homeless = memo(move |_| own.store.link.with(|link| link.url.is_empty()));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        draft.save();
        // The first broker that is chosen would end it.
        if !homeless.get_untracked() {
            own.send(OwnCommand::Start(draft.settings()));
        }
    };
    view! {
        <form class="own-form" on:submit=act(submit) novalidate>
            {thing(own, draft)}
            {places(draft)}
            {show(
                move || draft.place.get() == Place::Topic,
                move || topic(own, draft),
            )}
            {rate(draft)}
            <label class="own-check">
                <input
                    type="checkbox"
                    prop:checked=move || draft.details.get()
                    on:change=act(move |event| draft.details.set(event_target_checked(&event)))
                />
                {say(words::DETAILS)}
            </label>
            <p class="own-hint">{say(words::PRIVACY)}</p>
            {show(
                move || homeless.get(),
                || view! { <p class="own-hint">{say(words::NO_BROKER)}</p> }.into_any(),
            )}
            <button type="submit" class="button primary own-start" disabled=move || homeless.get()>
                {say(words::START)}
            </button>
        </form>
    }
    .into_any()
}

fn thing(own: OwnDevice, draft: Draft) -> AnyView {
    let invalid = own.part(|own| own.invalid == Some(OwnInvalid::Thing));
    field(
        "own-thing",
        words::THING,
        draft.thing,
        memo(move |_| invalid.get().then_some(words::BAD_THING)),
        None,
    )
}

fn topic(own: OwnDevice, draft: Draft) -> AnyView {
    let invalid = own.part(|own| own.invalid);
    let fault = memo(move |_| match invalid.get() {
        Some(OwnInvalid::Topic) => Some(words::BAD_TOPIC),
        Some(OwnInvalid::Reserved) => Some(words::RESERVED),
        _ => None,
    });
    field(
        "own-topic",
        words::TOPIC,
        draft.topic,
        fault,
        Some(words::TOPIC_HINT),
    )
}

/// A line of text with its name, and below it what is wrong or what it means.
fn field(
    id: &'static str,
    name: Phrase,
    value: RwSignal<String>,
    fault: Memo<Option<Phrase>>,
    hint: Option<Phrase>,
) -> AnyView {
    let language = language();
    let below = id.to_owned() + "-below";
    let described = below.clone();
    let said = live(move || {
        let phrase = fault.get().or(hint)?;
        Some(phrase.text(language.get()).to_owned())
    });
    view! {
        <div class="form-field">
            <label for=id>{say(name)}</label>
            <input
                id=id
                class="input mono"
                type="text"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby=described
                aria-invalid=live(move || fault.get().is_some().to_string())
                prop:value=move || value.get()
                on:input=act(move |event| value.set(event_target_value(&event)))
            />
            <p id=below class="own-hint" class:bad=live(move || fault.get().is_some()) aria-live="polite">
                {said}
            </p>
        </div>
    }
    .into_any()
}

fn places(draft: Draft) -> AnyView {
    let option = move |(place, name, words): (Place, &'static str, Phrase)| {
        let mono = place == Place::TopicOne;
        view! {
            <label class="own-check">
                <input
                    type="radio"
                    name="own-where"
                    value=name
                    prop:checked=move || draft.place.get() == place
                    on:change=act(move |_| draft.place.set(place))
                />
                <span class:mono=mono>{say(words)}</span>
            </label>
        }
        .into_any()
    };
    let language = language();
    let hint = live(move || {
        let is_shadow = draft.place.get() == Place::Shadow;
        is_shadow.then(|| words::SHADOW_HINT.text(language.get()).to_owned())
    });
    view! {
        <fieldset class="own-where">
            <legend>{say(words::WHERE)}</legend>
            {PLACES.into_iter().map(option).collect::<Vec<_>>()}
            <p class="own-hint">{hint}</p>
        </fieldset>
    }
    .into_any()
}

fn rate(draft: Draft) -> AnyView {
    let language = language();
    let option = move |seconds: u16| {
        let text = live(move || {
            let language = language.get();
            let span = format::duration(language, i64::from(seconds) * 1000);
            words::EVERY.fill(language, &[&span])
        });
        view! {
            <option value=seconds.to_string() selected=draft.every.get_untracked() == seconds>
                {text}
            </option>
        }
        .into_any()
    };
    // Nothing goes out more often than the rate says.
    let still = live(move || {
        let is_slow = draft.every.get() > 60;
        let phrase = if is_slow {
            words::AS_OFTEN
        } else {
            words::HEARTBEAT
        };
        phrase.text(language.get()).to_owned()
    });
    let choose = move |event| {
        if let Ok(seconds) = event_target_value(&event).parse() {
            draft.every.set(seconds);
        }
    };
    view! {
        <div class="form-field">
            <label for="own-every">{say(words::HOW_OFTEN)}</label>
            <select id="own-every" class="input" aria-describedby="own-every-below" on:change=act(choose)>
                {RATES.into_iter().map(option).collect::<Vec<_>>()}
            </select>
            <p id="own-every-below" class="own-hint">{still}</p>
        </div>
    }
    .into_any()
}
