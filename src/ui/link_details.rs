//! Everything about the link, below its pill.

use leptos::prelude::*;

use super::address;
use super::connection::{Connection, Form};
use super::fault;
use super::format;
use super::icons::{Icon, icon};
use super::link_state::{Drops, LinkKind};
use super::open::Open;
use super::reactive::{act, live, memo};
use super::sparkline;
use super::store::Store;
use super::text::{Phrase, language, say, shell};
use crate::engine::frame::{LinkState, SubscriptionState};

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
    let url = memo(move |_| {
        store
            .link
            .with(|link| address::without_secrets(&link.url).0)
    });
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
        let of = |drop: &(crate::time::UnixMillis, u64)| {
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
    let number = move |read: fn(&crate::engine::frame::LinkView) -> u64| {
        memo(move |_| format::count(store.link.with(read)))
    };
    let received = memo(move |_| {
        let bytes = store.link.with(|link| link.bytes_per_second);
        format::bytes(bytes.into()) + "/s"
    });
    let latency = memo(move |_| match store.link.with(|link| link.latency_ms) {
        Some(ms) => format::count(ms.into()) + " ms",
        None => shell::UNKNOWN.text(language.get()).to_owned(),
    });
    let subscriptions = memo(move |_| {
        let count = store.link.with(|link| link.subscriptions.len());
        format!("{count} / {MAX_SUBSCRIPTIONS}")
    });
    [
        figure(
            shell::MESSAGES_PER_SECOND,
            number(|link| link.messages_per_second.into()),
        ),
        figure(shell::RECEIVED, received),
        figure(shell::LATENCY, latency),
        figure(shell::WAITING, number(|link| link.waiting.into())),
        figure(shell::DROPPED, number(|link| link.dropped)),
        figure(shell::UNREADABLE, number(|link| link.unreadable)),
        figure(shell::TEXTS, number(|link| link.texts)),
        figure(shell::SUBSCRIPTIONS, subscriptions),
    ]
}

fn filters(store: Store) -> impl IntoView {
    let subscriptions = memo(move |_| store.link.with(|link| link.subscriptions.clone()));
    live(move || {
        let rows = subscriptions.get().into_iter().map(|subscription| {
            let (word, class) = match subscription.state {
                SubscriptionState::Asked => (shell::ASKED, "asked"),
                SubscriptionState::Granted | SubscriptionState::GrantedQoS0 => {
                    (shell::GRANTED, "granted")
                }
                SubscriptionState::Refused
                | SubscriptionState::SetAside
                | SubscriptionState::LeftOut => (shell::REFUSED, "refused"),
            };
            let filter = subscription.filter;
            view! {
                <li class=class>
                    <code title=filter.clone()>{filter.clone()}</code>
                    <span>{say(word)}</span>
                </li>
            }
            .into_any()
        });
        Some(rows.collect::<Vec<_>>().into_any())
    })
}

#[component]
fn Actions(kind: Memo<LinkKind>) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let open = expect_context::<Open>();
    let edit = move |_| {
        open.details.set(false);
        connection.form.set(Form::Open);
    };
    let away = move || kind.get() == LinkKind::Idle;
    view! {
        <div class="details-actions">
            <button class="button" on:click=act(edit)>{say(shell::EDIT_CONNECTION)}</button>
            <button class="button" on:click=act(move |_| connection.reconnect())>{say(shell::RECONNECT_NOW)}</button>
            <button class="button" hidden=live(away) on:click=act(move |_| connection.disconnect())>
                {say(shell::DISCONNECT)}
            </button>
        </div>
    }
}
