//! This browser while it is a device: where it is, how old that is, and what the broker has of it.

use leptos::prelude::*;
use web_sys::MouseEvent;

use super::format;
use super::link_state::LinkKind;
use super::own_device::OwnDevice;
use super::reactive::{act, live, memo};
use super::rich::rich;
use super::text::{Language, Phrase, devices, language, own as words, say};
use crate::web::awake::AwakeFault;

pub(super) fn running(own: OwnDevice) -> AnyView {
    view! {
        <div class="own-part">{place(own)} {counts(own)} {listed(own)}</div>
        <div class="own-part">{stay_awake(own)}</div>
    }
    .into_any()
}

/// "topic_1 every 5 s"
pub(super) fn goes_to(topic: &str, every: u16, language: Language) -> AnyView {
    let every = format::duration(language, i64::from(every) * 1000);
    let words = words::GOES_TO.text(language);
    let mut parts = words.split("{}").map(ToOwned::to_owned);
    let (before, between, after) = (parts.next(), parts.next(), parts.next());
    view! { {before} <code>{topic.to_owned()}</code> {between} {every} {after} }.into_any()
}

fn place(own: OwnDevice) -> AnyView {
    let language = language();
    let position = own.part(|own| own.position);
    let figure = move |name: Phrase, read: fn(f64, f64) -> f64| {
        let text = live(move || match position.get() {
            Some(it) => degrees(read(it.latitude, it.longitude)),
            None => words::UNKNOWN.text(language.get()).to_owned(),
        });
        let unknown = live(move || position.with(Option::is_none));
        view! {
            <div class="own-figure">
                <dt>{say(name)}</dt>
                <dd class="mono" class:unknown=unknown>{text}</dd>
            </div>
        }
        .into_any()
    };
    let now = own.store.now;
    let age = live(move || {
        let position = position.get()?;
        let language = language.get();
        let metres = format::count(position.accuracy.max(0.0).round() as u64);
        let age = format::age(language, position.at, now.get());
        let age = devices::AGO.fill(language, &[&age]);
        Some("±".to_owned() + &metres + " m · " + &age)
    });
    view! {
        <dl class="own-figures">
            {figure(words::LATITUDE, |latitude, _| latitude)}
            {figure(words::LONGITUDE, |_, longitude| longitude)}
        </dl>
        <p class="own-age">{age}</p>
    }
    .into_any()
}

/// A centimetre is enough to see: the rest is noise.
fn degrees(degrees: f64) -> String {
    crate::decimal::fixed(degrees, 7)
}

fn counts(own: OwnDevice) -> AnyView {
    let language = language();
    let sent = own.part(|own| (own.sent, own.last_sent));
    let waiting = own.part(|own| own.waiting);
    let dropped = own.part(|own| own.dropped);
    let now = own.store.now;
    let sent = live(move || {
        let language = language.get();
        match sent.get() {
            (count, Some(last)) => {
                let age = format::age(language, last, now.get());
                words::SENT.fill(language, &[&format::count(count), &age])
            }
            _ => words::NOT_SENT.text(language).to_owned(),
        }
    });
    let waits =
        live(move || words::WAITING.fill(language.get(), &[&format::count(waiting.get().into())]));
    let lost = live(move || match dropped.get() {
        0 => None,
        count => {
            let text = words::DROPPED.fill(language.get(), &[&format::count(count)]);
            Some(view! { <span class="own-dropped">{text}</span> }.into_any())
        }
    });
    view! {
        <p class="own-counts">
            <span>{sent}</span>
            <span class:own-waits=live(move || waiting.get() > 0)>{waits}</span>
            {lost}
        </p>
    }
    .into_any()
}

/// The way to the device as the broker told of it.
fn listed(own: OwnDevice) -> AnyView {
    let language = language();
    let listed = own.part(|own| (own.listed_as.clone(), own.topic.clone()));
    let is_up = memo(move |_| own.link.get() == LinkKind::Connected);
    let sent = own.part(|own| own.sent > 0);
    let view = live(move || {
        let language = language.get();
        match listed.get() {
            (Some(name), _) if sent.get() => {
                let words = words::SHOW.fill(language, &[&name]);
                let select = move |_: MouseEvent| own.store.select(Some(name.clone()));
                Some(
                    view! { <button type="button" class="link" on:click=act(select)>{words}</button> }
                        .into_any(),
                )
            }
            (None, topic) if is_up.get() => {
                let said = rich(words::NOT_HEARD, language, &[&topic]);
                Some(view! { <p class="own-hint">{said}</p> }.into_any())
            }
            _ => None,
        }
    });
    view.into_any()
}

fn stay_awake(own: OwnDevice) -> AnyView {
    let language = language();
    let said = live(move || {
        let phrase = match own.awake.get() {
            None => words::AWAKE_WHY,
            Some(Ok(())) => words::AWAKE_HELD,
            Some(Err(AwakeFault::Ended)) => words::AWAKE_ENDED,
            Some(Err(AwakeFault::Refused)) => words::AWAKE_REFUSED,
            Some(Err(AwakeFault::Unsupported)) => words::AWAKE_UNSUPPORTED,
        };
        phrase.text(language.get()).to_owned()
    });
    view! {
        <label class="own-check">
            <input
                type="checkbox"
                aria-describedby="own-awake"
                prop:checked=move || own.stay_awake.get()
                on:change=act(move |event| own.stay_awake.set(event_target_checked(&event)))
            />
            {say(words::AWAKE)}
        </label>
        <p id="own-awake" class="own-hint" aria-live="polite">{said}</p>
    }
    .into_any()
}
