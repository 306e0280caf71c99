//! The form under a field in which a person says what the data does not: label, unit, kind of control, range, choices.

use std::sync::Arc;

use leptos::prelude::*;
use web_sys::{Event, KeyboardEvent, MouseEvent, SubmitEvent};

use super::control::{Handle, focus_in_row};
use super::format;
use super::input::{Input, Kind, Note};
use super::keys::focus;
use super::reactive::{act, memo, show};
use super::text::{Language, Phrase, controls as words, say};
use crate::decimal::parse;
use crate::engine::command::{ControlKind, Shape};

/// In the order of the list; the first one follows the data.
const KINDS: [(Option<ControlKind>, Phrase); 8] = [
    (None, words::AUTOMATIC),
    (Some(ControlKind::ReadOnly), words::READ_ONLY),
    (Some(ControlKind::Switch), words::SWITCH),
    (Some(ControlKind::Number), words::NUMBER),
    (Some(ControlKind::Choice), words::CHOICE),
    (Some(ControlKind::Text), words::TEXT),
    (Some(ControlKind::Colour), words::COLOUR),
    (Some(ControlKind::Momentary), words::BUTTON),
];

/// What is entered.
#[derive(Clone, Copy)]
struct Form {
    handle: Handle,
    label: RwSignal<String>,
    unit: RwSignal<String>,
    kind: RwSignal<usize>,
    min: RwSignal<String>,
    max: RwSignal<String>,
    step: RwSignal<String>,
    choices: RwSignal<String>,
    pinned: RwSignal<bool>,
}

/// Open for one field of the panel at a time.
pub(super) fn shape_form(handle: Handle) -> AnyView {
    let shaping = handle.panel.shaping;
    let is_open = move || shaping.with(|path| path.as_ref() == Some(&handle.path()));
    show(is_open, move || form(handle))
}

fn form(handle: Handle) -> AnyView {
    let form = Form::of(handle);
    queue_microtask(|| focus("#shape-label"));
    let kind = form.kind;
    let is = move |wanted: ControlKind| KINDS[kind.get()].0 == Some(wanted);
    let has_range = move || kind.get() == 0 || is(ControlKind::Number);
    let has_choices = move || kind.get() == 0 || is(ControlKind::Choice);
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        if form.problem().is_none() {
            handle.panel.shapes.put(form.shape());
            form.close(&event);
        }
    };
    let forget = move |event: MouseEvent| {
        handle.panel.shapes.put(Shape {
            path: handle.path(),
            ..Shape::default()
        });
        form.close(&event);
    };
    let back = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !event.is_composing() {
            event.prevent_default();
            form.close(&event);
        }
    };
    let text = |id, name, value| Input::new(id, name, Kind::Text, value).view();
    view! {
        <form class="shape" novalidate on:submit=act(save) on:keydown=act(back)>
            <div class="shape-row">
                {text("shape-label", words::LABEL, form.label)}
                {text("shape-unit", words::UNIT, form.unit)}
            </div>
            {kinds(kind)}
            <div class="shape-row" hidden=move || !has_range()>
                {form.number("shape-min", words::MIN, form.min)}
                {form.number("shape-max", words::MAX, form.max)}
                {form.number("shape-step", words::STEP, form.step)}
            </div>
            <div hidden=move || !has_choices()>
                {Input::new("shape-choices", words::CHOICES, Kind::Lines, form.choices).view()}
            </div>
            <label class="shape-check">
                <input
                    type="checkbox"
                    prop:checked=move || form.pinned.get()
                    on:change=act(move |event| form.pinned.set(event_target_checked(&event)))
                />
                {say(words::PINNED)}
            </label>
            <p class="form-hint">{say(words::SHAPE_NOTE)}</p>
            <div class="shape-actions">
                <button type="button" class="link" on:click=act(forget)>{say(words::FOLLOW_DATA)}</button>
                <button type="button" class="button" on:click=act(move |event: MouseEvent| form.close(&event))>
                    {say(words::CANCEL)}
                </button>
                <button type="submit" class="button primary">{say(words::SAVE)}</button>
            </div>
        </form>
    }
    .into_any()
}

fn kinds(kind: RwSignal<usize>) -> AnyView {
    let choose = move |event| {
        let chosen = event_target_value(&event).parse::<usize>().unwrap_or(0);
        kind.set(chosen.min(KINDS.len() - 1));
    };
    let option = |(index, (_, name)): (usize, (Option<ControlKind>, Phrase))| {
        view! { <option value=index.to_string() prop:selected=kind.get_untracked() == index>{say(name)}</option> }
            .into_any()
    };
    view! {
        <div class="form-field">
            <label for="shape-kind">{say(words::CONTROL)}</label>
            <select id="shape-kind" class="input" on:change=act(choose)>
                {KINDS.into_iter().enumerate().map(option).collect::<Vec<_>>()}
            </select>
        </div>
    }
    .into_any()
}

impl Form {
    /// With what is said so far.
    fn of(handle: Handle) -> Self {
        let shape = handle.panel.shapes.shape(&handle.path());
        let number =
            |number: Option<f64>| RwSignal::new(number.map_or_else(String::new, format::number));
        let kind = KINDS.iter().position(|(kind, _)| *kind == shape.kind);
        Self {
            handle,
            label: RwSignal::new(shape.label),
            unit: RwSignal::new(shape.unit),
            kind: RwSignal::new(kind.unwrap_or(0)),
            min: number(shape.min),
            max: number(shape.max),
            step: number(shape.step),
            choices: RwSignal::new(shape.choices.join("\n")),
            pinned: RwSignal::new(shape.pinned),
        }
    }

    fn shape(self) -> Shape {
        let text = |signal: RwSignal<String>| signal.with_untracked(|text| text.trim().to_owned());
        let choices = self.choices.get_untracked();
        let choices = choices.lines().map(str::trim).filter(|it| !it.is_empty());
        Shape {
            path: self.handle.path(),
            pinned: self.pinned.get_untracked(),
            label: text(self.label),
            unit: text(self.unit),
            kind: KINDS[self.kind.get_untracked()].0,
            min: parse(&text(self.min)),
            max: parse(&text(self.max)),
            step: parse(&text(self.step)),
            choices: choices.map(ToOwned::to_owned).collect(),
        }
    }

    /// Why this cannot be saved, and at which input.
    fn problem(self) -> Option<(&'static str, Phrase)> {
        let number = |signal: RwSignal<String>| {
            signal.with(|text| match text.trim() {
                "" => Ok(None),
                text => parse(text).filter(|it| it.is_finite()).map(Some).ok_or(()),
            })
        };
        let (min, max, step) = (number(self.min), number(self.max), number(self.step));
        let wrong = [("shape-min", min), ("shape-max", max), ("shape-step", step)];
        if let Some((id, _)) = wrong.into_iter().find(|(_, number)| number.is_err()) {
            return Some((id, words::NOT_A_NUMBER));
        }
        let [min, max, step] = [min, max, step].map(|number| number.ok().flatten());
        match (min, max) {
            (Some(min), Some(max)) if min >= max => Some(("shape-max", words::WRONG_RANGE)),
            _ if step.is_some_and(|step| step <= 0.0) => Some(("shape-step", words::WRONG_STEP)),
            _ => None,
        }
    }

    fn number(self, id: &'static str, name: Phrase, value: RwSignal<String>) -> AnyView {
        let problem = memo(move |_| self.problem().filter(|(at, _)| *at == id));
        let language = self.handle.panel.language;
        let mut input = Input::new(id, name, Kind::Text, value);
        input.note = Arc::new(move || note(problem.get(), language.get()));
        input.view()
    }

    /// Gives the focus back to the button that opened it.
    fn close(self, event: &Event) {
        focus_in_row(event, ".field-more");
        self.handle.panel.shaping.set(None);
    }
}

fn note(problem: Option<(&'static str, Phrase)>, language: Language) -> Note {
    Note {
        text: problem.map_or_else(String::new, |(_, phrase)| phrase.text(language).to_owned()),
        is_problem: problem.is_some(),
        is_pressing: problem.is_some(),
    }
}
