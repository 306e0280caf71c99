//! The page of things: every one that is known by name, also those that say nothing.

use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::commands::Commands;
use super::format;
use super::icons::{Icon, icon};
use super::own_mark::own_button;
use super::reactive::{act, live, memo, show, watch};
use super::store::Store;
use super::text::{Language, Phrase, language, say, shell, things as words};
use super::things_add::{add_names, registry_line};
use super::things_table::things_table;
use crate::engine::command::{Command, ThingsCommand};
use crate::engine::frame::{AskState, Registry, ThingsChip, ThingsRequest, ThingsView};

/// What the parts of the page share. Signals that live as long as it is open.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    pub(super) store: Store,
    pub(super) language: RwSignal<Language>,
    commands: Commands,
    search: RwSignal<String>,
    only: RwSignal<ThingsChip>,
    /// The rows that are in sight.
    pub(super) first: RwSignal<u32>,
    pub(super) rows: RwSignal<u32>,
    /// Names are being entered.
    pub(super) adding: RwSignal<bool>,
    /// Something was forgotten while the page was open.
    forgot: RwSignal<bool>,
}

impl Desk {
    fn new() -> Self {
        Self {
            store: expect_context(),
            language: language(),
            commands: expect_context(),
            search: RwSignal::default(),
            only: RwSignal::default(),
            first: RwSignal::default(),
            rows: RwSignal::new(40),
            adding: RwSignal::default(),
            forgot: RwSignal::default(),
        }
    }

    pub(super) fn send(self, command: ThingsCommand) {
        self.commands.send(Command::Things(command));
    }

    pub(super) fn forget(self, what: ThingsCommand) {
        self.forgot.set(true);
        self.send(what);
    }

    /// A part of the view, told only when it changes.
    pub(super) fn part<T: PartialEq + Send + Sync + 'static>(
        self,
        part: fn(&ThingsView) -> T,
    ) -> Memo<T> {
        memo(move |_| self.store.things.with(part))
    }

    /// Another question has another first row: `then` goes there.
    pub(super) fn on_question(self, then: impl Fn() + 'static) {
        let mut asked = false;
        watch(move || {
            self.search.track();
            self.only.track();
            if std::mem::replace(&mut asked, true) {
                then();
            }
        });
    }

    fn ask(self) {
        watch(move || {
            let request = ThingsRequest {
                search: self.search.get(),
                only: self.only.get(),
                first: self.first.get(),
                rows: self.rows.get(),
            };
            self.store.things_request.set(Some(request));
        });
        on_cleanup(move || self.store.things_request.set(None));
    }

    fn show_all(self) {
        self.search.set(String::new());
        self.only.set(ThingsChip::All);
    }
}

pub(super) fn things_page() -> AnyView {
    let desk = Desk::new();
    desk.ask();
    let adding = desk.adding;
    view! {
        <section class="things" aria-label=say(shell::THINGS)>
            <header class="things-head">
                <div class="things-title">
                    <h2>{say(shell::THINGS)}</h2>
                    <p class="things-counts">{counts(desk)}</p>
                </div>
                <div class="things-actions">
                    {add_button(desk, "button primary")}
                    {registry_button(desk)}
                    {forget_all(desk)}
                    {own_button()}
                </div>
            </header>
            {notes(desk)}
            {show(move || adding.get(), move || add_names(desk))}
            <div class="things-tools">{search(desk)} {chips(desk)}</div>
            {things_table(desk)}
            {nothing(desk)}
        </section>
    }
    .into_any()
}

/// "248 things, 12 silent, 3 without a shadow"
fn counts(desk: Desk) -> AnyView {
    let counts = desk.part(|view| (view.things, view.silent, view.no_shadow));
    let text = live(move || {
        let language = desk.language.get();
        let (things, silent, no_shadow) = counts.get();
        let figure = |number: u32| format::count(number.into());
        let mut text = match things {
            0 => return String::new(),
            1 => words::ONE_THING.text(language).to_owned(),
            _ => words::THINGS.fill(language, &[&figure(things)]),
        };
        for (number, word) in [
            (silent, words::COUNT_SILENT),
            (no_shadow, words::COUNT_NO_SHADOW),
        ] {
            if number > 0 {
                text.push_str(comma(language));
                text.push_str(&word.fill(language, &[&figure(number)]));
            }
        }
        text
    });
    text.into_any()
}

fn comma(language: Language) -> &'static str {
    match language {
        Language::En => ", ",
        Language::Ja => "、",
    }
}

fn add_button(desk: Desk, class: &'static str) -> AnyView {
    view! {
        <button
            type="button"
            class=class
            aria-expanded=move || desk.adding.get().to_string()
            on:click=act(move |_| desk.adding.set(!desk.adding.get_untracked()))
        >
            {say(words::ADD_NAMES)}
        </button>
    }
    .into_any()
}

fn registry_button(desk: Desk) -> AnyView {
    let reading = desk.part(|view| matches!(view.registry, Registry::Reading { .. }));
    view! {
        <button
            type="button"
            class="button"
            disabled=move || reading.get()
            on:click=act(move |_| desk.send(ThingsCommand::ReadRegistry))
        >
            {say(words::READ_REGISTRY)}
        </button>
    }
    .into_any()
}

fn forget_all(desk: Desk) -> AnyView {
    let none = desk.part(|view| view.things == 0);
    view! {
        <button
            type="button"
            class="button"
            disabled=move || none.get()
            on:click=act(move |_| desk.forget(ThingsCommand::ForgetAll))
        >
            {say(words::FORGET_ALL)}
        </button>
    }
    .into_any()
}

/// How the asking goes, what the registry said, what was forgotten, and whether anything is kept at all.
fn notes(desk: Desk) -> AnyView {
    let asking = desk.part(|view| (view.asking, view.to_ask));
    let asking = live(move || {
        let (state, to_ask) = asking.get();
        let (phrase, to_ask) = (asking_word(state), format::count(to_ask.into()));
        let any = to_ask != "0" || state == AskState::Refused;
        any.then(|| note(phrase.fill(desk.language.get(), &[&to_ask]), "note"))
    });
    // Before the first answer nothing is known of storage.
    let kept = memo(move |before: Option<&Option<bool>>| {
        let kept = desk.store.things.with(|view| view.remembers);
        before.map(|_| kept)
    });
    let not_kept = live(move || {
        let text = words::NOT_KEPT.text(desk.language.get());
        (kept.get() == Some(false)).then(|| note(text.to_owned(), "note warning"))
    });
    let registry = desk.part(|view| view.registry.clone());
    let registry = live(move || {
        registry.with(|said| Some(note(registry_line(said, desk.language.get())?, "note")))
    });
    view! {
        <div class="things-notes">
            <div aria-live="polite">{registry}</div>
            {forgotten(desk)} {asking} {not_kept}
        </div>
    }
    .into_any()
}

fn note(text: String, class: &'static str) -> AnyView {
    view! { <p class=class>{text}</p> }.into_any()
}

fn asking_word(state: AskState) -> Phrase {
    match state {
        AskState::Paused => words::ASKING_LATER,
        AskState::Going => words::ASKING,
        AskState::NoAnswer => words::NO_ANSWER,
        AskState::Refused => words::ASKING_REFUSED,
    }
}

/// It can be undone as long as nothing else is forgotten.
fn forgotten(desk: Desk) -> AnyView {
    let count = desk.part(|view| view.forgotten);
    let text = live(move || {
        let count = format::count(count.get().into());
        words::FORGOTTEN.fill(desk.language.get(), &[&count])
    });
    let undo = move |_| {
        desk.forgot.set(false);
        desk.send(ThingsCommand::Undo);
    };
    let line = move || {
        view! {
            <div class="note undo">
                <p role="alert">{text.clone()}</p>
                <button type="button" class="link" on:click=act(undo)>
                    {say(words::UNDO)}
                </button>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=say(words::CLOSE)
                    title=say(words::CLOSE)
                    on:click=act(move |_| desk.forgot.set(false))
                >
                    {icon(Icon::Close)}
                </button>
            </div>
        }
        .into_any()
    };
    show(move || desk.forgot.get() && count.get() > 0, line)
}

fn search(desk: Desk) -> AnyView {
    view! {
        <form class="search" on:submit=act(|event: SubmitEvent| event.prevent_default())>
            {icon(Icon::Search)}
            <input
                class="search-input"
                type="search"
                role="searchbox"
                autocomplete="off"
                spellcheck="false"
                aria-label=say(words::SEARCH)
                placeholder=say(words::SEARCH)
                prop:value=move || desk.search.get()
                on:input=act(move |event| desk.search.set(event_target_value(&event)))
            />
        </form>
    }
    .into_any()
}

fn chips(desk: Desk) -> AnyView {
    let all = desk.part(|view| view.things);
    let silent = desk.part(|view| view.silent);
    let no_shadow = desk.part(|view| view.no_shadow);
    view! {
        <div class="chips" role="group" aria-label=say(words::SHOW_ONLY)>
            {chip(desk, ThingsChip::All, words::ALL, all)}
            {chip(desk, ThingsChip::Silent, words::SILENT, silent)}
            {chip(desk, ThingsChip::NoShadow, words::NO_SHADOW, no_shadow)}
        </div>
    }
    .into_any()
}

fn chip(desk: Desk, only: ThingsChip, word: Phrase, count: Memo<u32>) -> AnyView {
    let figure = move || format::count(count.get().into());
    view! {
        <button
            type="button"
            class="chip"
            aria-pressed=move || (desk.only.get() == only).to_string()
            on:click=act(move |_| desk.only.set(only))
        >
            <span class="chip-word">{say(word)}</span>
            <span class="chip-count">{live(figure)}</span>
        </button>
    }
    .into_any()
}

/// What to do about an empty table.
fn nothing(desk: Desk) -> AnyView {
    let counts = desk.part(|view| (view.total == 0, view.things == 0));
    let view = live(move || {
        let view = match counts.get() {
            (false, _) => return None,
            (true, true) => view! {
                <div class="things-nothing">
                    <h3>{say(words::NO_THINGS)}</h3>
                    <p>{say(words::WHAT_TO_DO)}</p>
                </div>
            }
            .into_any(),
            (true, false) => view! {
                <div class="things-nothing">
                    <p>{say(words::NO_MATCH)}</p>
                    <button type="button" class="button" on:click=act(move |_| desk.show_all())>
                        {say(words::SHOW_ALL)}
                    </button>
                </div>
            }
            .into_any(),
        };
        Some(view)
    });
    view.into_any()
}
