//! What stands under a control that holds a draft: what is reported, what is wrong with the draft, and what to press.

use leptos::prelude::*;
use web_sys::MouseEvent;

use super::control::{Handle, Kind, focus_in_row};
use super::field_value::reported_text;
use super::format;
use super::life_icon::{LifeIcon, life_icon};
use super::reactive::{act, live, memo, show};
use super::text::{Language, controls as words, devices};
use crate::engine::frame::{DraftFault, FieldView, Range};

/// What can be typed or pressed in a row.
const CONTROL: &str =
    ".field-control :is(button, input[type='text'], [role='slider'], [tabindex='0'])";

pub(super) fn draft_row(handle: Handle, kind: Memo<Kind>) -> AnyView {
    let is_draft = memo(move |_| handle.draft().is_some());
    let is_wish = memo(move |_| kind.get().is_entry() && handle.ahead().is_some());
    view! {
        {show(move || is_draft.get(), move || draft(handle))}
        {show(move || is_wish.get() && !is_draft.get(), move || still_reported(handle))}
    }
    .into_any()
}

fn draft(handle: Handle) -> AnyView {
    let fault = memo(move |_| {
        let fault = |field: &FieldView| field.draft.as_ref()?.fault;
        handle.field.with(fault)
    });
    let note = move || {
        let language = handle.language();
        match fault.get() {
            Some(fault) => fault_text(fault, language),
            None => reported_note(handle, language),
        }
    };
    let send = move |event: MouseEvent| {
        focus_in_row(&event, CONTROL);
        handle.send_draft();
    };
    let discard = move |event: MouseEvent| {
        focus_in_row(&event, CONTROL);
        handle.discard_draft();
    };
    view! {
        <div class="draft">
            <p class="change-note" title=live(move || words::NOT_SENT.text(handle.language()).to_owned())>
                {life_icon(LifeIcon::Draft)}
                <span role="status">
                    <b class="draft-word">{live(move || words::DRAFT.text(handle.language()))}</b>
                    " · "
                    <span class:failed=move || fault.get().is_some()>{live(note)}</span>
                </span>
            </p>
            <div class="draft-actions">
                <button type="button" class="link" on:click=act(discard)>
                    {live(move || words::DISCARD_DRAFT.text(handle.language()))}
                </button>
                <button
                    type="button"
                    class="button primary"
                    disabled=move || fault.get().is_some()
                    on:click=act(send)
                >
                    {live(move || words::SEND.text(handle.language()))}
                    <span aria-hidden="true">"↵"</span>
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// Where the control itself shows the wish.
fn still_reported(handle: Handle) -> AnyView {
    let note = move || reported_note(handle, handle.language());
    view! { <p class="still-reported">{live(note)}</p> }.into_any()
}

fn reported_note(handle: Handle, language: Language) -> String {
    handle.field.with(|field| match field.reported {
        Some(_) => words::REPORTED_VALUE.fill(language, &[&reported_text(field, language)]),
        None => devices::NEVER_REPORTED.text(language).to_owned(),
    })
}

fn fault_text(fault: DraftFault, language: Language) -> String {
    match fault {
        DraftFault::NotANumber => words::NOT_A_NUMBER.text(language).to_owned(),
        DraftFault::TooLong => words::DRAFT_TOO_LONG.text(language).to_owned(),
        DraftFault::NotAColour => words::NOT_A_COLOUR.text(language).to_owned(),
        DraftFault::OutOfRange(Range { min, max, .. }) => {
            let ends = [format::number(min), format::number(max)];
            words::OUT_OF_RANGE.fill(language, &[&ends[0], &ends[1]])
        }
    }
}
