//! The form that asks for a broker. What it cannot say before trying, the fault card says after.

use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::address;
use super::connection::{Connection, Form};
use super::dialog::Dialog;
use super::icons::{Icon, icon};
use super::link_state::LinkKind;
use super::reactive::{act, memo, show};
use super::store::Store;
use super::text::{Phrase, language, say, shell};
use crate::engine::command::{ConnectRequest, Way};
use crate::web::start;

#[component]
pub(super) fn ConnectForm() -> impl IntoView {
    let connection = expect_context::<Connection>();
    let kind = LinkKind::memo(expect_context::<Store>());
    let dialog = move || {
        view! {
            <Dialog
                title=shell::CONNECT_TO
                closable=memo(move |_| kind.get() != LinkKind::Idle)
                on_close=Callback::new(move |()| connection.form.set(Form::Closed))
            >
                <Fields/>
            </Dialog>
        }
        .into_any()
    };
    show(move || connection.form.get() != Form::Closed, dialog)
}

#[component]
fn Fields() -> impl IntoView {
    let connection = expect_context::<Connection>();
    let secret_needed = connection.form.get_untracked() == Form::SecretNeeded;
    let before = connection.request();
    let (url, user_name, password) = match before.way.clone() {
        Way::Broker {
            url,
            user_name,
            password,
        } => (url, user_name, password),
        _ => (String::new(), None, None),
    };
    let url = RwSignal::new(url);
    let client_id = RwSignal::new(before.client_id.clone());
    let user_name = RwSignal::new(user_name.unwrap_or_default());
    let password = RwSignal::new(password.unwrap_or_default());
    let secure = start::is_secure_page();
    // Nothing is wrong with a field that nobody has filled in yet.
    let problem = memo(move |_| {
        url.with(|url| match url.trim() {
            "" => None,
            url => address::check(url, secure).err(),
        })
    });
    let tried = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if url.with_untracked(|url| address::check(url, secure).is_err()) {
            return;
        }
        let filled =
            |signal: RwSignal<String>| Some(signal.get_untracked()).filter(|text| !text.is_empty());
        connection.connect_and_keep(ConnectRequest {
            way: Way::Broker {
                url: url.get_untracked().trim().to_owned(),
                user_name: filled(user_name),
                password: filled(password),
            },
            client_id: client_id.get_untracked(),
            ..before.clone()
        });
    };
    let language = language();
    let invalid =
        move || tried.get() && (problem.get().is_some() || url.with(|url| url.trim().is_empty()));
    view! {
        <form class="form" on:submit=act(submit) novalidate>
            {secret_needed.then(|| view! { <p class="form-note">{say(shell::PASSWORD_AGAIN)}</p> }.into_any())}
            <label class="form-field">
                <span>{say(shell::ADDRESS)}</span>
                <input
                    class="input mono"
                    type="url"
                    required
                    autofocus=!secret_needed
                    autocomplete="url"
                    spellcheck="false"
                    placeholder="wss://broker.example.net/mqtt"
                    aria-invalid=move || invalid().to_string()
                    aria-describedby="address-hint"
                    prop:value=move || url.get()
                    on:input=act(move |event| url.set(event_target_value(&event)))
                />
                <small id="address-hint" class:problem=move || problem.get().is_some()>
                    {move || problem.get().unwrap_or(shell::ADDRESS_HINT).text(language.get()).to_owned()}
                </small>
            </label>
            {field(shell::CLIENT_ID, client_id, "text", "off", Some(shell::CLIENT_ID_HINT), false)}
            <div class="form-pair">
                {field(shell::USER_NAME, user_name, "text", "username", None, false)}
                {field(shell::PASSWORD, password, "password", "current-password", None, secret_needed)}
            </div>
            <div class="form-foot">
                <span class="form-kept">{icon(Icon::Lock)} {say(shell::KEPT_IN_TAB)}</span>
                <button class="button primary" type="submit">{say(shell::CONNECT)}</button>
            </div>
        </form>
    }
}

/// A labelled input of one line.
pub(super) fn field(
    name: Phrase,
    value: RwSignal<String>,
    kind: &'static str,
    autocomplete: &'static str,
    hint: Option<Phrase>,
    autofocus: bool,
) -> AnyView {
    view! {
        <label class="form-field">
            <span>{say(name)}</span>
            <input
                class="input"
                type=kind
                autocomplete=autocomplete
                autofocus=autofocus
                spellcheck="false"
                prop:value=move || value.get()
                on:input=act(move |event| value.set(event_target_value(&event)))
            />
            {hint.map(|hint| view! { <small>{say(hint)}</small> }.into_any())}
        </label>
    }
    .into_any()
}
