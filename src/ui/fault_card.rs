//! Why there is no link, over the map: when Gnomon does not try again by itself, or has never been connected.

use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::connection::Connection;
use super::fault;
use super::icons::{Icon, icon};
use super::input::{Input, Kind};
use super::link_state::LinkKind;
use super::open::{Form, Open};
use super::reactive::{act, live, memo};
use super::store::Store;
use super::text::{connections as words, doctor as told, say, shell};
use crate::engine::command::Way;
use crate::engine::frame::{LinkFault, LinkState};

/// Nothing while the link stands, or while devices are shown and a retry is due: the banner and the pill say that.
#[component]
pub(super) fn FaultCard() -> impl IntoView {
    let store = expect_context::<Store>();
    let no_devices = memo(move |_| store.list.with(|list| list.devices == 0));
    let shown = memo(move |_| {
        store.link.with(|link| match &link.state {
            LinkState::Failed { fault } => Some((fault.clone(), true)),
            LinkState::Disconnected { fault, .. } if no_devices.get() => {
                Some((fault.clone(), false))
            }
            _ => None,
        })
    });
    // A retry does not make the card blink: what was shown stays while the next attempt runs.
    let connecting = {
        let kind = LinkKind::memo(store);
        memo(move |_| kind.get() == LinkKind::Connecting)
    };
    let held = memo(move |before: Option<&Option<(LinkFault, bool)>>| {
        shown.get().or_else(|| {
            let kept = before.cloned().flatten();
            kept.filter(|(_, is_final)| connecting.get() && !is_final)
        })
    });
    // The dialog says the same, and more.
    let open = expect_context::<Open>().connections;
    live(move || {
        let held = held.get().filter(|_| open.get() == Form::Closed);
        held.map(|(fault, is_final)| card(&fault, is_final))
    })
}

fn card(fault: &LinkFault, is_final: bool) -> AnyView {
    let connection = expect_context::<Connection>();
    let it = fault::explain(fault);
    let code = it
        .code
        .map(|code| view! { " (" <span class="mono">{code}</span> ")" }.into_any());
    let mark = if is_final {
        LinkKind::Failed.mark()
    } else {
        LinkKind::Disconnected.mark()
    };
    let body = if it.sign_in {
        view! { <SignIn/> }.into_any()
    } else {
        view! {
            <div class="card-foot">
                {ways_on()}
                <button class="button primary" on:click=act(move |_| connection.reconnect())>
                    {say(shell::RECONNECT_NOW)}
                </button>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="card fault-card" aria-label=say(it.headline)>
            <h2>{mark} {say(it.headline)}</h2>
            <p>{say(it.why)} {code}</p>
            <p>{say(it.advice)}</p>
            {body}
        </section>
    }
    .into_any()
}

/// To what there is to see and to change.
fn ways_on() -> AnyView {
    let open = expect_context::<Open>();
    view! {
        <button class="button" type="button" on:click=act(move |_| open.show(Form::Doctor))>{say(told::DOCTOR)}</button>
        <button class="button" type="button" on:click=act(move |_| open.show(Form::Open))>
            {say(shell::EDIT_CONNECTION)}
        </button>
    }
    .into_any()
}

/// User name and password once more, right where they were refused.
#[component]
fn SignIn() -> impl IntoView {
    let connection = expect_context::<Connection>();
    let before = connection.request();
    let known_name = match &before.way {
        Way::Broker { user_name, .. } => user_name.clone(),
        _ => None,
    };
    let has_name = known_name.is_some();
    let user_name = RwSignal::new(known_name.unwrap_or_default());
    let password = RwSignal::new(String::new());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let mut request = before.clone();
        let filled =
            |signal: RwSignal<String>| Some(signal.get_untracked()).filter(|text| !text.is_empty());
        if let Way::Broker {
            user_name: name,
            password: word,
            ..
        } = &mut request.way
        {
            *name = filled(user_name);
            *word = filled(password);
        }
        connection.sign_in(request);
    };
    let mut name = Input::new("again-name", words::USER_NAME, Kind::Text, user_name);
    name.autofocus = !has_name;
    let mut word = Input::new("again-word", words::PASSWORD, Kind::Secret, password);
    word.autofocus = has_name;
    view! {
        <form class="form" on:submit=act(submit)>
            <div class="form-pair">
                {name.view()}
                {word.view()}
            </div>
            <p class="form-kept">{icon(Icon::Lock)} {say(words::SECRETS)}</p>
            <div class="card-foot">
                {ways_on()}
                <button class="button primary" type="submit">{say(words::CONNECT_AGAIN)}</button>
            </div>
        </form>
    }
}
