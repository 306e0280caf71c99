//! A choice among known values: side by side, or as a menu when there are many. The reported one is solid and checked,
//! the wished one dashed.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusEvent, KeyboardEvent, MouseEvent};

use super::control::{Handle, focus_in_row, walk};
use super::field_value::{Ahead, pair};
use super::icons::{Icon, icon};
use super::keys::focus;
use super::reactive::{Item, act, each, item, live, memo, show};
use super::text::{controls as words, devices};
use crate::engine::command::Command;
use crate::engine::frame::{Control, FieldView, ValueView};

/// How options are drawn.
#[derive(Clone, Copy)]
struct Role {
    role: &'static str,
    class: &'static str,
    /// Called when an option was pressed.
    done: Option<RwSignal<bool>>,
}

pub(super) fn segments(handle: Handle) -> AnyView {
    let busy = handle.is_busy();
    let role = Role {
        role: "radio",
        class: "choice-segment",
        done: None,
    };
    let walk = move |event: KeyboardEvent| {
        walk(&event);
    };
    view! {
        <div
            class="choice"
            role="radiogroup"
            aria-label=move || handle.name()
            aria-busy=move || busy.get().to_string()
            on:keydown=act(walk)
        >
            {options(handle, role)}
        </div>
    }
    .into_any()
}

pub(super) fn menu(handle: Handle) -> AnyView {
    let open = RwSignal::new(false);
    let busy = handle.is_busy();
    let role = Role {
        role: "menuitemradio",
        class: "choice-item",
        done: Some(open),
    };
    let close = move |event: &KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.prevent_default();
            open.set(false);
            focus_in_row(event, ".choice-button");
        }
    };
    let press = move |event: KeyboardEvent| match event.key().as_str() {
        // It presses the option; the draft, if there is one, is not meant.
        "Enter" => event.stop_propagation(),
        _ if walk(&event) => {}
        _ => close(&event),
    };
    let list = move || {
        // It is in the page once this is done.
        queue_microtask(|| focus(".choice-list [tabindex='0']"));
        view! {
            <div
                class="choice-list"
                role="menu"
                aria-label=move || handle.name()
                on:keydown=act(press)
                on:focusout=act(move |event: FocusEvent| close_behind(&event, open))
            >
                {options(handle, role)}
            </div>
        }
        .into_any()
    };
    view! {
        <button
            type="button"
            class="choice-button"
            class:wished=move || handle.ahead().is_some()
            aria-haspopup="menu"
            aria-expanded=move || open.get().to_string()
            aria-busy=move || busy.get().to_string()
            on:click=act(move |_| open.update(|open| *open = !*open))
            on:keydown=act(move |event: KeyboardEvent| close(&event))
        >
            <span class="visually-hidden">{live(move || spoken(handle))}</span>
            <span class="field-value" aria-hidden="true">{live(move || Some(pair(handle, Ahead::Draft)))}</span>
            {icon(Icon::Down)}
        </button>
        {show(move || open.get(), list)}
    }
    .into_any()
}

/// Closes what the focus has left for another place of the page.
fn close_behind(event: &FocusEvent, open: RwSignal<bool>) {
    let to = event
        .related_target()
        .and_then(|it| it.dyn_into::<Element>().ok());
    if to.is_some_and(|to| to.closest(".choice-list").ok().flatten().is_none()) {
        open.set(false);
    }
}

fn options(handle: Handle, role: Role) -> AnyView {
    let options = memo(move |_| handle.field.with(options_of));
    // The one that the Tab key leads to.
    let first = memo(move |_| {
        let options = options.get();
        let ahead = handle.ahead();
        let place = |text: &str| options.iter().position(|option| option.text == text);
        let reported = handle.field.with(reported_text);
        let at = reported.as_deref().and_then(place);
        at.or_else(|| ahead.as_deref().and_then(place)).unwrap_or(0)
    });
    let row = move |(index, value): (usize, ValueView)| -> Item {
        let key = index.to_string() + ":" + &value.text;
        item(key, move || option(index, value, first, role, handle))
    };
    each(move || options.get().into_iter().enumerate().map(row).collect())
}

fn option(
    index: usize,
    value: ValueView,
    first: Memo<usize>,
    role: Role,
    handle: Handle,
) -> AnyView {
    let text = StoredValue::new(value.text.clone());
    let is_reported = memo(move |_| {
        let reported = handle.field.with(reported_text);
        text.with_value(|text| reported.as_ref() == Some(text))
    });
    let is_ahead = memo(move |_| {
        let ahead = handle.ahead();
        text.with_value(|text| ahead.as_ref() == Some(text))
    });
    let press = {
        let value = value.clone();
        move |event: MouseEvent| {
            pick(
                handle,
                &value,
                is_reported.get_untracked(),
                is_ahead.get_untracked(),
            );
            if let Some(open) = role.done {
                focus_in_row(&event, ".choice-button");
                open.set(false);
            }
        }
    };
    let spoken = move || {
        let phrase = match (is_reported.get(), is_ahead.get()) {
            (true, _) => words::OPTION_REPORTED,
            (false, true) => words::OPTION_WISHED,
            (false, false) => return text.get_value(),
        };
        phrase.fill(handle.language(), &[&text.get_value()])
    };
    view! {
        <button
            type="button"
            role=role.role
            class=role.class
            class:wished=move || is_ahead.get() && !is_reported.get()
            tabindex=move || if first.get() == index { "0" } else { "-1" }.to_owned()
            aria-checked=move || is_reported.get().to_string()
            aria-label=live(spoken)
            on:click=act(press)
        >
            {show(move || is_reported.get(), || icon(Icon::Check))}
            {value.text}
        </button>
    }
    .into_any()
}

/// The reported one takes a wish back, the wished one stands already.
fn pick(handle: Handle, value: &ValueView, is_reported: bool, is_ahead: bool) {
    if untrack(|| handle.draft()).is_some() && (is_reported || is_ahead) {
        return handle.discard_draft();
    }
    if is_ahead {
        return;
    }
    if !is_reported {
        return handle.wish_value(value.clone());
    }
    if handle
        .field
        .with_untracked(|field| field.differs || field.change.is_some())
    {
        handle.panel.send(Command::TakeBack(handle.address()));
    }
}

fn options_of(field: &FieldView) -> Vec<ValueView> {
    match &field.control {
        Control::Choice { options } => options.clone(),
        _ => Vec::new(),
    }
}

fn reported_text(field: &FieldView) -> Option<String> {
    field.reported.as_ref().map(|value| value.text.clone())
}

/// "mode: eco → boost"
fn spoken(handle: Handle) -> String {
    let language = handle.language();
    let reported = handle.field.with(reported_text);
    let said = match reported {
        Some(text) => words::SAYS_REPORTED.fill(language, &[&text]),
        None => devices::UNKNOWN.text(language).to_owned(),
    };
    let said = handle.name() + ": " + &said;
    let (draft, ahead) = (handle.draft(), handle.ahead());
    match (draft, ahead) {
        (Some(draft), _) => words::SAYS_DRAFT.fill(language, &[&said, &draft]),
        (None, Some(ahead)) => words::SAYS_WISHED.fill(language, &[&said, &ahead]),
        (None, None) => said,
    }
}
