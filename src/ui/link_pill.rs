//! The link in the top bar: its state always, its figures as far as there is room. Pressed, it opens the details.

use leptos::prelude::*;
use web_sys::MouseEvent;

use super::connection::Connection;
use super::fault;
use super::format;
use super::icons::{Icon, icon};
use super::link_details::LinkDetails;
use super::link_state::{Drops, LinkKind};
use super::open::{Form, Open};
use super::reactive::{act, live, memo, show};
use super::sparkline;
use super::store::Store;
use super::text::{language, say, shell};
use crate::engine::frame::{LinkState, SubscriptionState};

/// The pill and, when open, its details.
#[component]
pub(super) fn LinkPill() -> impl IntoView {
    let store = expect_context::<Store>();
    let open = expect_context::<Open>();
    let kind = LinkKind::memo(store);
    let drops = Drops::memo(store);
    view! {
        <div class="pill-place">
            <div class="link-pill" class:open=move || open.details.get() on:click=act(move |_| open.toggle_details())>
                <button
                    class="pill-button"
                    aria-label=say(shell::DETAILS)
                    aria-expanded=move || open.details.get().to_string()
                    aria-controls="link-details"
                ></button>
                <span class="pill-status" role="status" aria-label=say(shell::CONNECTION)>
                    {move || Some(kind.get().mark())}
                    <span class="pill-state">{move || kind.get().word().text(language().get()).to_owned()}</span>
                    <Reason kind/>
                </span>
                {move || match kind.get() {
                    LinkKind::Connected => Some(figures(store, drops)),
                    LinkKind::Connecting => None,
                    LinkKind::Disconnected => Some(retry(store)),
                    LinkKind::Idle | LinkKind::Failed => Some(edit()),
                }}
            </div>
            {show(move || open.details.get(), move || view! { <LinkDetails kind drops/> }.into_any())}
        </div>
    }
}

/// The host, or why there is no link.
#[component]
fn Reason(kind: Memo<LinkKind>) -> impl IntoView {
    let store = expect_context::<Store>();
    let language = language();
    let text = memo(move |_| {
        let language = language.get();
        store.link.with(|link| match &link.state {
            LinkState::Connected => {
                let all = link
                    .subscriptions
                    .iter()
                    .filter(|it| it.state != SubscriptionState::LeftOut);
                let not = all.clone().filter(|it| {
                    matches!(
                        it.state,
                        SubscriptionState::SetAside | SubscriptionState::Refused
                    )
                });
                match (all.count(), not.count()) {
                    (_, 0) => link.host.clone(),
                    (all, not) => {
                        let granted = (all - not).to_string();
                        shell::SOME_FILTERS.fill(language, &[&granted, &all.to_string()])
                    }
                }
            }
            LinkState::Connecting => link.host.clone(),
            LinkState::Idle if link.host.is_empty() => shell::NO_BROKER.text(language).to_owned(),
            LinkState::Idle => shell::LEFT.text(language).to_owned(),
            LinkState::Disconnected { fault, .. } | LinkState::Failed { fault } => {
                fault::explain(fault).short.text(language).to_owned()
            }
        })
    });
    let is_host = move || matches!(kind.get(), LinkKind::Connected | LinkKind::Connecting);
    view! { " " <span class="pill-reason" class:pill-host=live(is_host)>{move || text.get()}</span> }
}

fn figures(store: Store, drops: Memo<Drops>) -> AnyView {
    let rate = memo(move |_| store.link.with(|link| link.messages_per_second));
    let latency = memo(move |_| store.link.with(|link| link.latency_ms.map(i64::from)));
    let dropped = memo(move |_| store.link.with(|link| link.dropped));
    let path = memo(move |_| {
        store
            .link
            .with(|link| sparkline::line(&link.history, 60, 44, 12))
    });
    let lately = memo(move |_| drops.with(|drops| !drops.recent.is_empty()));
    view! {
        <span class="pill-part pill-rate">
            <svg class="pill-line" viewBox="-1 -1 46 14" width="46" height="14" aria-hidden="true">
                <path d=move || path.get()/>
            </svg>
            <b>{move || format::count(rate.get().into())}</b> " " {say(shell::MESSAGES_PER_SECOND)}
        </span>
        <span class="pill-part pill-latency" title=say(shell::LATENCY) hidden=move || latency.get().is_none()>
            <b>{move || latency.get().map(|ms| format::count(ms as u64)).unwrap_or_default()}</b> " ms"
        </span>
        <span class="pill-part pill-dropped" class:none=move || dropped.get() == 0 class:lately=move || lately.get()>
            {move || lately.get().then(|| icon(Icon::Warning))}
            <b>{move || format::count(dropped.get())}</b> " " {say(shell::DROPPED)}
        </span>
    }
    .into_any()
}

fn retry(store: Store) -> AnyView {
    let connection = expect_context::<Connection>();
    let language = language();
    let seconds = memo(move |_| {
        let now = store.now.get();
        store.link.with(|link| match link.state {
            LinkState::Disconnected { retry_at, .. } => (retry_at.0 - now.0 + 999).max(0) / 1000,
            _ => 0,
        })
    });
    let reconnect = move |event: MouseEvent| {
        event.stop_propagation();
        connection.reconnect();
    };
    view! {
        <span class="pill-part pill-retry">
            {say(shell::NEXT_TRY)} " "
            <b>{move || format::duration(language.get(), seconds.get() * 1000)}</b>
        </span>
        <span class="pill-part">
            <button class="link" on:click=act(reconnect)>{say(shell::RECONNECT_NOW)}</button>
        </span>
    }
    .into_any()
}

fn edit() -> AnyView {
    let open = expect_context::<Open>();
    let edit = move |event: MouseEvent| {
        event.stop_propagation();
        open.show(Form::Open);
    };
    view! {
        <span class="pill-part">
            <button class="link" on:click=act(edit)>{say(shell::EDIT)}</button>
        </span>
    }
    .into_any()
}
