//! What is entered about one connection. What it cannot say before trying, the doctor says after.

use std::sync::Arc;

use leptos::prelude::*;
use web_sys::{ClipboardEvent, KeyboardEvent, SubmitEvent};

use super::connection::Connection;
use super::connections::Editor;
use super::draft::{Slot, Tab};
use super::format;
use super::icons::{Icon, icon};
use super::input::{Input, Kind, Note};
use super::keys::focus;
use super::open::{Form, Open};
use super::reactive::{act, each, item, live, memo};
use super::text::{Language, Phrase, connections as words, language, say};
use crate::location::pattern::DEFAULT_PATTERNS;
use crate::shadow::topics::Operation;
use crate::time::UnixMillis;

/// The classic and the named shadows of all things.
const SHADOW_FILTERS: usize = 2 * Operation::WATCHED.len();

pub(super) fn form(editor: Editor) -> AnyView {
    let connection = expect_context::<Connection>();
    let secret_needed = expect_context::<Open>().connections.get_untracked() == Form::SecretNeeded;
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        editor.connect(connection);
    };
    // Keys are seldom copied one by one.
    let paste = move |event: ClipboardEvent| {
        let data = event.clipboard_data();
        let text = data.and_then(|data| data.get_data("text").ok());
        let keys = editor.draft.tab.get_untracked() == Tab::AwsKeys;
        if keys && text.is_some_and(|text| editor.draft.paste(&text)) {
            event.prevent_default();
        }
    };
    let part = each(move || {
        let slots = editor.draft.slots().into_iter();
        slots
            .map(|slot| item(told(slot).0, move || field(editor, slot)))
            .collect()
    });
    let by_user_name = editor.draft.by_user_name;
    let carrier = live(move || {
        (editor.draft.tab.get() == Tab::Authorizer).then(|| {
            view! {
                <label class="form-check">
                    <input
                        type="checkbox"
                        prop:checked=move || by_user_name.get()
                        on:change=act(move |event| by_user_name.set(event_target_checked(&event)))
                    />
                    {say(words::BY_USER_NAME)}
                </label>
            }
            .into_any()
        })
    });
    view! {
        <form class="form connection-form" on:submit=act(submit) novalidate>
            <div class="form-scroll">
                {secret_needed.then(|| view! { <p class="form-note">{say(words::SECRET_AGAIN)}</p> }.into_any())}
                {tabs(editor)}
                <div id="way" class="form-part" role="tabpanel" on:paste=act(paste) aria-labelledby=move || tab_id(editor.draft.tab.get())>
                    {part}
                    {carrier}
                </div>
                <div class="form-part">
                    {field(editor, Slot::ClientId)}
                    {field(editor, Slot::KeepAlive)}
                </div>
                <p class="form-kept">{icon(Icon::Lock)} {say(words::SECRETS)}</p>
                {will_ask(editor)}
                {more(editor)}
            </div>
            {foot(editor, connection)}
        </form>
    }
    .into_any()
}

fn tabs(editor: Editor) -> AnyView {
    let chosen = editor.draft.tab;
    let press = move |event: KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowRight" => 1,
            "ArrowLeft" => Tab::ALL.len() - 1,
            _ => return,
        };
        event.prevent_default();
        let next = Tab::ALL[(chosen.get_untracked() as usize + step) % Tab::ALL.len()];
        chosen.set(next);
        focus(&("#".to_owned() + tab_id(next)));
    };
    let tab = move |tab: Tab| {
        let is_chosen = move || chosen.get() == tab;
        view! {
            <button
                type="button"
                id=tab_id(tab)
                role="tab"
                aria-controls="way"
                aria-selected=live(move || is_chosen().to_string())
                tabindex=live(move || if is_chosen() { "0" } else { "-1" }.to_owned())
                on:click=act(move |_| chosen.set(tab))
            >
                {say(tab_name(tab))}
            </button>
        }
        .into_any()
    };
    view! {
        <div class="tabs" role="tablist" aria-label=say(words::WAYS) on:keydown=act(press)>
            {Tab::ALL.into_iter().map(tab).collect::<Vec<_>>()}
        </div>
    }
    .into_any()
}

const fn tab_id(tab: Tab) -> &'static str {
    match tab {
        Tab::Broker => "way-broker",
        Tab::AwsKeys => "way-keys",
        Tab::Cognito => "way-cognito",
        Tab::Authorizer => "way-authorizer",
    }
}

const fn tab_name(tab: Tab) -> Phrase {
    match tab {
        Tab::Broker => words::ANY_BROKER,
        Tab::AwsKeys => words::AWS_KEYS,
        Tab::Cognito => words::AWS_COGNITO,
        Tab::Authorizer => words::CUSTOM_AUTHORIZER,
    }
}

/// Its name, its kind, and a hint.
#[rustfmt::skip]
const fn told(slot: Slot) -> &'static (&'static str, Phrase, Kind, Option<Phrase>) {
    match slot {
        Slot::Name => &("name", words::NAME, Kind::Text, None),
        Slot::Url => &("address", words::ADDRESS, Kind::Code, Some(words::ADDRESS_HINT)),
        Slot::UserName => &("user-name", words::USER_NAME, Kind::Text, None),
        Slot::Password => &("password", words::PASSWORD, Kind::Secret, None),
        Slot::Endpoint => &("endpoint", words::ENDPOINT, Kind::Code, Some(words::ENDPOINT_HINT)),
        Slot::Region => &("region", words::REGION, Kind::Code, None),
        Slot::AccessKey => &("access-key", words::ACCESS_KEY, Kind::Code, Some(words::PASTE_KEYS)),
        Slot::SecretKey => &("secret-key", words::SECRET_KEY, Kind::Secret, None),
        Slot::SessionToken => &("session-token", words::SESSION_TOKEN, Kind::Secret, Some(words::FOR_TEMPORARY)),
        Slot::Expiration => &("expiration", words::EXPIRATION, Kind::Code, Some(words::EXPIRATION_HINT)),
        Slot::Pool => &("pool", words::POOL, Kind::Code, None),
        Slot::Provider => &("provider", words::PROVIDER, Kind::Code, Some(words::GUEST_HINT)),
        Slot::SignInToken => &("sign-in-token", words::SIGN_IN_TOKEN, Kind::Secret, None),
        Slot::Service => &("service", words::COGNITO_SERVICE, Kind::Code, Some(words::COGNITO_SERVICE_HINT)),
        Slot::Authorizer => &("authorizer", words::AUTHORIZER, Kind::Code, Some(words::AUTHORIZER_HINT)),
        Slot::TokenKey => &("token-key", words::TOKEN_KEY, Kind::Code, None),
        Slot::Token => &("token", words::TOKEN, Kind::Secret, None),
        Slot::Signature => &("signature", words::SIGNATURE, Kind::Secret, Some(words::SIGNATURE_HINT)),
        Slot::ClientId => &("client-id", words::CLIENT_ID, Kind::Code, None),
        Slot::KeepAlive => &("keep-alive", words::KEEP_ALIVE, Kind::Text, None),
        Slot::Patterns => &("patterns", words::PATTERNS, Kind::Lines, Some(words::PATTERNS_HINT)),
        Slot::Filters | Slot::LeftOut => &("filters", words::FILTERS, Kind::Lines, Some(words::FILTERS_HINT)),
    }
}

/// Nothing is wrong with a field that nobody has filled in yet.
fn field(editor: Editor, slot: Slot) -> AnyView {
    let Editor {
        draft, tried, now, ..
    } = editor;
    let value = draft.text(slot);
    let &(id, name, kind, hint) = told(slot);
    let language = language();
    let note = move || {
        let language = language.get();
        let tried = tried.get();
        let speaks = tried || value.with(|value| !value.trim().is_empty());
        let problem = draft.problem(slot).filter(|_| speaks);
        let text = match problem {
            Some(problem) => problem.text(language).to_owned(),
            None => read(editor, slot, now, language)
                .unwrap_or_else(|| hint.map_or("", |hint| hint.text(language)).to_owned()),
        };
        Note {
            text,
            is_problem: problem.is_some(),
            is_pressing: tried && problem.is_some(),
        }
    };
    let mut input = Input::new(id, name, kind, value);
    input.autofocus = editor.first == Some(slot);
    input.placeholder = live(move || match slot {
        Slot::Url => "wss://broker.example.net/mqtt".to_owned(),
        Slot::Endpoint => "a1b2c3-ats.iot.ap-northeast-1.amazonaws.com".to_owned(),
        Slot::Expiration => "2026-11-23T15:04:05Z".to_owned(),
        Slot::Patterns => DEFAULT_PATTERNS.join("\n"),
        Slot::ClientId => words::CLIENT_ID_HINT.text(language.get()).to_owned(),
        _ => String::new(),
    });
    input.note = Arc::new(note);
    input.view()
}

/// What was understood of a field.
fn read(
    editor: Editor,
    slot: Slot,
    now: RwSignal<UnixMillis>,
    language: Language,
) -> Option<String> {
    let draft = editor.draft;
    Some(match slot {
        Slot::Endpoint => {
            let region = words::REGION_READ.fill(language, &[&draft.region_read()?]);
            match draft.tab.get() {
                Tab::Authorizer => region,
                _ => region + words::SIGNED_ANEW.text(language),
            }
        }
        Slot::Expiration => match draft.expires_at()?.0 - now.get().0 {
            ..=0 => words::ENDED.text(language).to_owned(),
            left => words::ENDS_IN.fill(language, &[&format::duration(language, left)]),
        },
        _ => return None,
    })
}

/// What the broker, and its policy, have to allow.
fn will_ask(editor: Editor) -> AnyView {
    let language = language();
    let count = memo(move |_| {
        let count = editor.draft.filters(DEFAULT_PATTERNS.len(), SHADOW_FILTERS);
        count.to_string()
    });
    let subscribe = live(move || words::SUBSCRIBE_TO.fill(language.get(), &[&count.get()]));
    let of_fifty = live(move || words::OF_FIFTY.fill(language.get(), &[&count.get()]));
    view! {
        <div class="will-ask">
            <h3>{say(words::WILL_ASK)}</h3>
            <dl>
                <dt>{subscribe}</dt>
                <dd>{of_fifty}</dd>
                <dt>{say(words::PUBLISH)}</dt>
                <dd>{say(words::ONLY_YOU)}</dd>
                <dt>{say(words::NEVER_ALL)}</dt>
                <dd>{say(words::AWS_CLOSES)}</dd>
            </dl>
        </div>
    }
    .into_any()
}

fn more(editor: Editor) -> AnyView {
    let slots = [Slot::Name, Slot::Patterns, Slot::Filters];
    let wrong = memo(move |_| {
        slots
            .into_iter()
            .any(|slot| editor.draft.problem(slot).is_some())
    });
    view! {
        <details class="form-more" open=move || wrong.get()>
            <summary>{say(words::MORE)}</summary>
            <div class="form-part">
                {slots.into_iter().map(|slot| field(editor, slot)).collect::<Vec<_>>()}
            </div>
        </details>
    }
    .into_any()
}

fn foot(editor: Editor, connection: Connection) -> AnyView {
    let language = language();
    let kept = editor.kept(connection);
    let save = move || {
        let phrase = match kept.get() {
            true => words::SAVED,
            false => words::SAVE,
        };
        phrase.text(language.get()).to_owned()
    };
    let again = move || {
        let edited = editor.edited.get();
        let phrase = match edited.is_some() && edited == connection.in_use.get() {
            true => words::CONNECT_AGAIN,
            false => words::CONNECT,
        };
        phrase.text(language.get()).to_owned()
    };
    view! {
        <div class="connection-foot">
            <button class="button" type="button" disabled=move || kept.get() on:click=act(move |_| editor.save(connection))>
                {live(save)}
            </button>
            <button
                class="button"
                type="button"
                hidden=move || editor.edited.get().is_none()
                on:click=act(move |_| editor.delete(connection))
            >
                {say(words::DELETE)}
            </button>
            <button class="button primary" type="submit">{live(again)}</button>
        </div>
    }
    .into_any()
}
