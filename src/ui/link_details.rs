//! Everything about the link, below its pill.

use leptos::prelude::*;
use web_sys::MouseEvent;

use super::address;
use super::connection::Connection;
use super::fault;
use super::format;
use super::icons::{Icon, icon};
use super::life_icon::{LifeIcon, life_icon};
use super::link_state::{Drops, LinkKind};
use super::open::{Form, Open};
use super::reactive::{act, live, memo, show};
use super::sparkline;
use super::store::Store;
use super::text::{Language, Phrase, doctor as told, language, say, shell};
use crate::engine::frame::{LinkState, LinkView, SubscriptionState, SubscriptionView};
use crate::time::UnixMillis;

/// As AWS IoT allows for one connection.
const MAX_SUBSCRIPTIONS: usize = 50;

#[component]
pub(super) fn LinkDetails(kind: Memo<LinkKind>, drops: Memo<Drops>) -> impl IntoView {
    let store = expect_context::<Store>();
    let language = language();
    let since = memo(move |_| {
        let seconds = store.now.get().seconds();
        store
            .link
            .with(|link| seconds - link.since.seconds())
            .max(0)
    });
    let url = memo(move |_| store.link.with(|link| address::without_secrets(&link.url)));
    let client = memo(move |_| store.link.with(|link| link.client_id.clone()));
    view! {
        <div
            id="link-details"
            class="details"
            role="group"
            aria-label=say(shell::DETAILS)
            data-received=move || store.received.get().to_string()
        >
            <div class="details-head">
                {move || Some(kind.get().mark())}
                <h2>{move || kind.get().word().text(language.get()).to_owned()}</h2>
                <span class="details-since">{move || format::duration(language.get(), since.get() * 1000)}</span>
            </div>
            <p class="details-url mono">{move || url.get()}</p>
            <p class="details-client" hidden=move || client.with(String::is_empty)>
                {move || shell::CLIENT.fill(language.get(), &[&client.get()])}
            </p>
            {why(store)}
            {sign_in(store)}
            {graph(store, drops)}
            <dl class="details-figures">{figures(store)}</dl>
            <ul class="details-filters">{filters(store)}</ul>
            <Actions kind/>
        </div>
    }
}

/// Why the link is down, in a sentence.
fn why(store: Store) -> impl IntoView {
    let language = language();
    let text = memo(move |_| {
        let language = language.get();
        store.link.with(|link| match &link.state {
            LinkState::Disconnected { fault, .. } | LinkState::Failed { fault } => {
                let it = fault::explain(fault);
                let code = it.code.map(|code| format!(" ({code})"));
                let why = it.why.text(language).to_owned();
                why + &code.unwrap_or_default() + " " + it.advice.text(language)
            }
            _ => String::new(),
        })
    });
    view! { <p class="details-why" hidden=move || text.with(String::is_empty)>{move || text.get()}</p> }
}

/// Amber below this, in milliseconds.
const ENDS_SOON: i64 = 600_000;

/// How long the keys last, how far the clock is off, and who else goes by the same name.
fn sign_in(store: Store) -> impl IntoView {
    let language = language();
    let left = memo(move |_| {
        let until = store.link.with(|link| link.sign_in.and_then(|it| it.until));
        until.map(|until| (until.0 - store.now.get().0).max(0) / 1000 * 1000)
    });
    let text = memo(move |_| {
        let language = language.get();
        let mut notes = Vec::new();
        notes.push(left.get().map(|left| match left {
            0 => shell::KEYS_ENDED.text(language).to_owned(),
            _ => shell::KEYS_END.fill(language, &[&format::duration(language, left)]),
        }));
        store
            .link
            .with(|link| notes.extend(notes_of(link, language)));
        notes.into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    let soon = move || left.get().is_some_and(|left| left < ENDS_SOON);
    view! {
        <p class="details-why" class:soon=live(soon) hidden=move || text.with(String::is_empty)>{move || text.get()}</p>
    }
}

fn notes_of(link: &LinkView, language: Language) -> [Option<String>; 3] {
    let sign_in = link.sign_in.unwrap_or_default();
    let clock = sign_in.clock_offset_ms.filter(|it| it.abs() >= 1000);
    [
        sign_in
            .renewing
            .then(|| shell::RENEWING.text(language).to_owned()),
        clock.map(|offset| {
            let phrase = match offset {
                ..0 => shell::CLOCK_BEHIND,
                _ => shell::CLOCK_AHEAD,
            };
            phrase.fill(language, &[&format::span(language, offset.abs())])
        }),
        link.taken_over
            .as_ref()
            .map(|other| shell::TAKEN_OVER.fill(language, &[other, &link.client_id])),
    ]
}

fn graph(store: Store, drops: Memo<Drops>) -> impl IntoView {
    const WIDTH: u32 = 320;
    const HEIGHT: u32 = 48;
    let language = language();
    let path = memo(move |_| {
        store
            .link
            .with(|link| sparkline::line(&link.history, 60, WIDTH, HEIGHT))
    });
    let area = move || {
        let path = path.get();
        let start = path
            .strip_prefix('M')
            .and_then(|path| path.split(' ').next());
        start
            .map(|x| format!("{path}L{WIDTH} {HEIGHT}L{x} {HEIGHT}Z"))
            .unwrap_or_default()
    };
    let marks = memo(move |_| {
        let now = store.now.get().seconds();
        let of = |drop: &(UnixMillis, u64)| {
            let age = (now - drop.0.seconds()).clamp(0, 59) as u32;
            let x = (59 - age) * WIDTH / 59;
            format!("M{x} 0v3")
        };
        drops.with(|drops| drops.recent.iter().map(of).collect::<String>())
    });
    let lost = memo(move |_| drops.with(|drops| drops.recent.iter().map(|(_, n)| n).sum::<u64>()));
    view! {
        <div class="details-graph">
            <svg viewBox="0 -3 320 52" preserveAspectRatio="none" aria-hidden="true">
                <path class="area" d=live(area)/>
                <path class="grid" d="M0 24H320M0 48H320"/>
                <path class="curve" d=move || path.get()/>
                <path class="drops" d=move || marks.get()/>
            </svg>
            <div class="details-axis">
                <span>{say(shell::MINUTE_AGO)}</span>
                <span class="details-burst" hidden=move || lost.get() == 0>
                    {icon(Icon::Warning)}
                    {move || shell::NEWEST_KEPT.fill(language.get(), &[&format::count(lost.get())])}
                </span>
                <span>{say(shell::NOW)}</span>
            </div>
        </div>
    }
}

fn figures(store: Store) -> impl IntoView {
    let language = language();
    let figure = |name: Phrase, value: Memo<String>| {
        view! { <div><dd>{move || value.get()}</dd><dt>{say(name)}</dt></div> }.into_any()
    };
    let number =
        move |read: fn(&LinkView) -> u64| memo(move |_| format::count(store.link.with(read)));
    // What is not there most of the time takes no room then.
    let exception = move |name: Phrase, read: fn(&LinkView) -> u64| {
        let value = number(read);
        show(
            move || store.link.with(read) > 0,
            move || figure(name, value),
        )
    };
    let received = memo(move |_| {
        let bytes = store.link.with(|link| link.bytes_per_second);
        format::bytes(bytes.into()) + "/s"
    });
    let latency = memo(move |_| {
        let (half, most) = store
            .link
            .with(|link| (link.latency_p50_ms.or(link.latency_ms), link.latency_p95_ms));
        let Some(half) = half else {
            return shell::UNKNOWN.text(language.get()).to_owned();
        };
        let most = most.map(|most| " / ".to_owned() + &format::count(most.into()));
        format::count(half.into()) + &most.unwrap_or_default() + " ms"
    });
    let subscriptions = memo(move |_| {
        let count = store.link.with(|link| link.subscriptions.len());
        count.to_string() + " / " + &MAX_SUBSCRIPTIONS.to_string()
    });
    [
        figure(
            shell::MESSAGES_PER_SECOND,
            number(|link| link.messages_per_second.into()),
        ),
        figure(shell::RECEIVED, received),
        figure(shell::LATENCIES, latency),
        figure(shell::BACKLOG, number(|link| link.backlog.into())),
        figure(shell::DROPPED, number(|link| link.dropped)),
        figure(shell::SUBSCRIPTIONS, subscriptions),
        exception(shell::WAITING, |link| link.waiting.into()),
        exception(shell::UNREADABLE, |link| link.unreadable),
        exception(shell::TEXTS, |link| link.texts),
    ]
}

fn filters(store: Store) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let language = language();
    let subscriptions = memo(move |_| store.link.with(|link| link.subscriptions.clone()));
    live(move || {
        let language = language.get();
        let rows = subscriptions.get().into_iter();
        let rows = rows.map(|subscription| filter(subscription, connection, language));
        Some(rows.collect::<Vec<_>>().into_any())
    })
}

fn filter(it: SubscriptionView, connection: Connection, language: Language) -> AnyView {
    let (word, class, mark) = match it.state {
        SubscriptionState::Asked => (shell::ASKED, "asked", LifeIcon::Coming),
        SubscriptionState::Granted | SubscriptionState::GrantedQoS0 => {
            (shell::GRANTED, "granted", LifeIcon::Accepted)
        }
        SubscriptionState::Refused => (shell::REFUSED, "refused", LifeIcon::Rejected),
        SubscriptionState::SetAside => (shell::SET_ASIDE, "refused", LifeIcon::Rejected),
        SubscriptionState::LeftOut => (shell::LEFT_OUT, "left-out", LifeIcon::Superseded),
    };
    let rate = match (class, it.messages_per_second) {
        ("granted", 1..) => {
            let rate = format::count(it.messages_per_second.into());
            shell::PER_SECOND.fill(language, &[&rate])
        }
        _ => word.text(language).to_owned(),
    };
    let filter = it.filter;
    let again = matches!(class, "refused" | "left-out").then(|| {
        let filters = [filter.clone()];
        view! {
            <button
                class="link"
                title=told::TRY_FILTER.text(language)
                on:click=act(move |_| connection.ask_for(&filters, true))
            >
                {shell::TRY_AGAIN.text(language)}
            </button>
        }
        .into_any()
    });
    view! {
        <li class=class>
            {life_icon(mark)}
            <code title=filter.clone()>{filter.clone()}</code>
            <span>{rate}</span>
            {again}
        </li>
    }
    .into_any()
}

#[component]
fn Actions(kind: Memo<LinkKind>) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let open = expect_context::<Open>();
    let away = move || kind.get() == LinkKind::Idle;
    let button = |name: Phrase, press: Box<dyn FnMut(MouseEvent)>| {
        view! { <button class="button" on:click=press>{say(name)}</button> }.into_any()
    };
    view! {
        <div class="details-actions">
            {button(told::DOCTOR, act(move |_| open.show(Form::Doctor)))}
            {button(shell::EDIT_CONNECTION, act(move |_| open.show(Form::Open)))}
            {button(shell::RECONNECT_NOW, act(move |_| connection.reconnect()))}
            {show(
                move || !away(),
                move || button(shell::DISCONNECT, act(move |_| connection.disconnect())),
            )}
        </div>
    }
}
