//! Names that a person types or pastes, and what became of them; also what the registry said, in words.

use leptos::prelude::*;
use web_sys::{KeyboardEvent, SubmitEvent};

use super::format;
use super::keys::focus;
use super::reactive::{act, live};
use super::text::{Language, say, things as words};
use super::things_page::Desk;
use crate::engine::command::ThingsCommand;
use crate::engine::frame::{Added, Refusal, Refused, Registry};

/// Opens with the focus in its text.
pub(super) fn add_names(desk: Desk) -> AnyView {
    let text = RwSignal::new(String::new());
    let element = NodeRef::<leptos::html::Textarea>::new();
    super::reactive::watch(move || {
        if let Some(element) = element.get() {
            let _ = element.focus();
        }
    });
    let add = move || {
        let names = text.get_untracked();
        if !names.trim().is_empty() {
            desk.send(ThingsCommand::Add(names));
            text.set(String::new());
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        add();
    };
    let on_key = move |event: KeyboardEvent| {
        let enter = event.key() == "Enter" && (event.ctrl_key() || event.meta_key());
        if enter && !event.is_composing() {
            event.prevent_default();
            add();
        }
    };
    let close = move |_| {
        desk.adding.set(false);
        focus(".things-head [aria-expanded]");
    };
    view! {
        <form class="things-add" on:submit=act(submit)>
            <label for="things-names">{say(words::NAMES)}</label>
            <textarea
                id="things-names"
                class="input"
                rows="5"
                spellcheck="false"
                autocomplete="off"
                aria-describedby="things-names-hint"
                node_ref=element
                prop:value=move || text.get()
                on:input=act(move |event| text.set(event_target_value(&event)))
                on:keydown=act(on_key)
            ></textarea>
            <p id="things-names-hint" class="things-hint">{say(words::NAMES_HINT)}</p>
            <div class="things-actions">
                <button type="submit" class="button primary">{say(words::ADD)}</button>
                <button type="button" class="button" on:click=act(close)>
                    {say(words::CLOSE)}
                </button>
            </div>
            <div aria-live="polite">{outcome(desk)}</div>
        </form>
    }
    .into_any()
}

fn outcome(desk: Desk) -> AnyView {
    let added = desk.part(|view| view.added.clone());
    let view = live(move || {
        let language = desk.language.get();
        added.with(|added| Some(outcome_view(added.as_ref()?, language)))
    });
    view.into_any()
}

fn outcome_view(added: &Added, language: Language) -> AnyView {
    let figure = |number: u32| format::count(number.into());
    let (new, known) = (figure(added.new), figure(added.known));
    let refused = figure(added.refused_total);
    let more = added
        .refused_total
        .saturating_sub(added.refused.len() as u32);
    let more = (more > 0).then(|| {
        let more = words::MORE_REFUSED.fill(language, &[&figure(more)]);
        view! { <li>{more}</li> }.into_any()
    });
    let refused_views: Vec<AnyView> = added
        .refused
        .iter()
        .map(|refused| refused_view(refused, language))
        .collect();
    let list = (!refused_views.is_empty())
        .then(|| view! { <ul class="things-refused">{refused_views} {more}</ul> }.into_any());
    let cut = added
        .cut
        .then(|| view! { <p class="warning">{words::CUT.text(language)}</p> }.into_any());
    view! {
        <p class="things-added">{words::ADDED.fill(language, &[&new, &known, &refused])}</p>
        {list}
        {cut}
    }
    .into_any()
}

fn refused_view(refused: &Refused, language: Language) -> AnyView {
    let why = match refused.why {
        Refusal::TooLong => words::TOO_LONG.text(language).to_owned(),
        Refusal::Character(c) => words::CHARACTER.fill(language, &[c.encode_utf8(&mut [0; 4])]),
        Refusal::Full => words::FULL.text(language).to_owned(),
    };
    view! { <li><code>{refused.text.clone()}</code> ": " {why}</li> }.into_any()
}

/// None while it was not asked.
pub(super) fn registry_line(registry: &Registry, language: Language) -> Option<String> {
    let figure = |number: &u32| format::count((*number).into());
    let text = match registry {
        Registry::Unread => return None,
        Registry::Reading { found } => words::REGISTRY_READING.fill(language, &[&figure(found)]),
        Registry::Read { found, new } => {
            words::REGISTRY_READ.fill(language, &[&figure(found), &figure(new)])
        }
        Registry::None => words::REGISTRY_NONE.text(language).to_owned(),
        Registry::OutOfReach => words::REGISTRY_FAR.text(language).to_owned(),
        Registry::Failed { status: None, .. } => words::REGISTRY_SILENT.text(language).to_owned(),
        Registry::Failed {
            status: Some(status),
            error,
        } => {
            let code = status.to_string();
            let code = if error.is_empty() {
                code
            } else {
                error.clone() + ", " + &code
            };
            let phrase = match status {
                401 | 403 => words::REGISTRY_REFUSED,
                _ => words::REGISTRY_ODD,
            };
            phrase.fill(language, &[&code])
        }
    };
    Some(text)
}
