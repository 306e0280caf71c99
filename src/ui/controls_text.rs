//! The dialog in which what was said about controls is taken away as a text, or brought as one.

use leptos::prelude::*;

use super::copy::copy_button;
use super::dialog::Dialog;
use super::panel_menu::Menu;
use super::reactive::{act, live, memo, show};
use super::text::{Phrase, controls as words, say};
use crate::engine::controls::{self, LineFault, LineProblem};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Export,
    Import,
}

pub(super) fn controls_text(menu: Menu) -> AnyView {
    let dialog = move |title, direction| {
        move || {
            view! {
                <Dialog
                    title=title
                    class="dialog"
                    closable=memo(|_| true)
                    on_close=Callback::new(move |()| menu.text.set(None))
                >
                    {match direction {
                        Direction::Export => export(menu),
                        Direction::Import => import(menu),
                    }}
                </Dialog>
            }
            .into_any()
        }
    };
    let is = move |direction| move || menu.text.get() == Some(direction);
    view! {
        {show(is(Direction::Export), dialog(words::EXPORT, Direction::Export))}
        {show(is(Direction::Import), dialog(words::IMPORT, Direction::Import))}
    }
    .into_any()
}

fn export(menu: Menu) -> AnyView {
    let text = memo(move |_| menu.panel.shapes.set.with(controls::write));
    view! {
        <div class="controls-text">
            <p>{say(words::EXPORT_NOTE)}</p>
            <textarea
                class="input mono"
                readonly
                rows="10"
                aria-label=say(words::PASTE_HERE)
                prop:value=live(move || text.get())
            ></textarea>
            <div class="shape-actions">{copy_button(text, Some(words::COPY_TEXT))}</div>
        </div>
    }
    .into_any()
}

fn import(menu: Menu) -> AnyView {
    let text = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<LineFault>);
    let language = menu.panel.language;
    let said = move || match fault.get() {
        Some(fault) => {
            let language = language.get();
            let why = problem(fault.problem).text(language);
            words::LINE_FAULT.fill(language, &[&fault.line.to_string(), why])
        }
        None => words::IMPORT_NOTE.text(language.get()).to_owned(),
    };
    let change = move |event| {
        text.set(event_target_value(&event));
        fault.set(None);
    };
    let take = move |_| match text.with_untracked(|text| controls::read(text)) {
        Ok(set) => {
            menu.panel.shapes.replace(set);
            menu.text.set(None);
        }
        Err(wrong) => fault.set(Some(wrong)),
    };
    view! {
        <div class="controls-text">
            <textarea
                class="input mono"
                rows="10"
                spellcheck="false"
                autofocus
                aria-label=say(words::PASTE_HERE)
                aria-invalid=move || fault.get().is_some().to_string()
                aria-describedby="import-note"
                prop:value=live(move || text.get())
                on:input=act(change)
            ></textarea>
            <p id="import-note" class="form-hint" role="status" class:problem=move || fault.get().is_some()>
                {live(said)}
            </p>
            <div class="shape-actions">
                <button
                    type="button"
                    class="button primary"
                    disabled=move || text.with(|text| text.trim().is_empty())
                    on:click=act(take)
                >
                    {say(words::TAKE_OVER)}
                </button>
            </div>
        </div>
    }
    .into_any()
}

const fn problem(problem: LineProblem) -> Phrase {
    match problem {
        LineProblem::Head => words::NO_HEAD,
        LineProblem::NoValue => words::NO_VALUE,
        LineProblem::UnknownKey => words::UNKNOWN_KEY,
        LineProblem::NoPath => words::NO_PATH,
        LineProblem::SamePath => words::SAME_PATH,
        LineProblem::TooMany => words::TOO_MANY,
        LineProblem::NotANumber => words::NOT_A_NUMBER,
        LineProblem::UnknownKind => words::UNKNOWN_KIND,
    }
}
