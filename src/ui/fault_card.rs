//! Why there is no link, over the map: when Gnomon does not try again by itself, or has never been connected.

use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::connect_form::field;
use super::connection::{Connection, Form};
use super::fault;
use super::icons::{Icon, icon};
use super::link_state::LinkKind;
use super::reactive::{act, live, memo};
use super::store::Store;
use super::text::{say, shell};
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
    live(move || held.get().map(|(fault, is_final)| card(&fault, is_final)))
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
                <button class="button" on:click=act(move |_| connection.form.set(Form::Open))>
                    {say(shell::EDIT_CONNECTION)}
                </button>
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
        connection.connect_and_keep(request);
    };
    view! {
        <form class="form" on:submit=act(submit)>
            <div class="form-pair">
                {field(shell::USER_NAME, user_name, "text", "username", None, !has_name)}
                {field(shell::PASSWORD, password, "password", "current-password", None, has_name)}
            </div>
            <div class="card-foot">
                <span class="form-kept">{icon(Icon::Lock)} {say(shell::KEPT_IN_TAB)}</span>
                <button class="button" type="button" on:click=act(move |_| connection.form.set(Form::Open))>
                    {say(shell::EDIT_CONNECTION)}
                </button>
                <button class="button primary" type="submit">{say(shell::CONNECT_AGAIN)}</button>
            </div>
        </form>
    }
}
