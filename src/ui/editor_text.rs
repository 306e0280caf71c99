//! The editor as JSON: the desired state as text, and beside it what is reported and what differs.

use leptos::html::Textarea;
use leptos::prelude::*;

use super::desk::Desk;
use super::editor_fault::{offset, sentence};
use super::editor_reported::reported;
use super::reactive::{act, live, memo, watch};
use super::text::{editor as words, say};
use crate::engine::command::EditorCommand;
use crate::engine::frame::TextFault;

/// So many lines are there at least, so that an empty document is a place to write in.
const LEAST_LINES: usize = 12;

pub(super) fn text(desk: Desk) -> AnyView {
    view! {
        <div class="editor-columns">
            {desired(desk)}
            {reported(desk)}
            {delta(desk)}
        </div>
    }
    .into_any()
}

fn desired(desk: Desk) -> AnyView {
    let area = NodeRef::<Textarea>::new();
    let typed = RwSignal::new(String::new());
    // The text is the page's own, until the engine writes it anew.
    let serial = memo(move |_| desk.read(|view| (view.shadow.clone(), view.text_serial)));
    watch(move || {
        // Read, not only tracked: a memo that nobody reads follows nothing.
        serial.get();
        if let Some(text) = desk.peek(|view| view.text.clone()) {
            typed.set(text);
        }
    });
    let fault = memo(move |_| desk.read(|view| view.fault.clone())?);
    let change = move |event| {
        let text = event_target_value(&event);
        typed.set(text.clone());
        desk.discarded.set(None);
        desk.send(EditorCommand::Text(text));
    };
    let lines = memo(move |_| typed.with(|text| text.split('\n').count()));
    view! {
        <section class="editor-column desired">
            <h3><label for="desired-text">{say(words::DESIRED)}</label></h3>
            <div class="editor-scroll">
                {numbers(lines, fault)}
                <textarea
                    id="desired-text"
                    class="mono"
                    node_ref=area
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="off"
                    wrap="off"
                    rows=live(move || lines.get().max(LEAST_LINES).to_string())
                    aria-invalid=live(move || fault.with(Option::is_some).to_string())
                    aria-describedby="desired-fault"
                    prop:value=live(move || typed.get())
                    on:input=act(change)
                ></textarea>
            </div>
            {fault_line(desk, fault, area)}
        </section>
    }
    .into_any()
}

/// The line with the fault stands out. For the eye only: the fault is told in words.
fn numbers(lines: Memo<usize>, fault: Memo<Option<TextFault>>) -> AnyView {
    let at = memo(move |_| fault.with(|fault| fault.as_ref().map(|fault| fault.line as usize)));
    let numbers = live(move || {
        let at = at.get();
        let number = |line: usize| {
            let class = if at == Some(line) { "faulty" } else { "" };
            view! { <span class=class>{line.to_string()}</span> }.into_any()
        };
        Some((1..=lines.get()).map(number).collect::<Vec<_>>().into_any())
    });
    view! { <div class="editor-numbers" aria-hidden="true">{numbers}</div> }.into_any()
}

fn fault_line(desk: Desk, fault: Memo<Option<TextFault>>, area: NodeRef<Textarea>) -> AnyView {
    let words = live(move || {
        let language = desk.language.get();
        fault.with(|fault| match fault {
            Some(fault) => sentence(fault, language),
            None => words::NULL_DELETES.text(language).to_owned(),
        })
    });
    let go = move |_| {
        let (Some(fault), Some(area)) = (fault.get_untracked(), area.get_untracked()) else {
            return;
        };
        let place = offset(&area.value(), &fault);
        let _ = area.focus();
        let _ = area.set_selection_range(place, place);
    };
    let button = live(move || {
        let language = desk.language.get();
        let line = fault.with(|fault| Some(fault.as_ref()?.line.to_string()))?;
        let words = words::GO_THERE.fill(language, &[&line]);
        let view = view! {
            <button type="button" class="link" on:click=act(go)>
                {words}
            </button>
        };
        Some(view.into_any())
    });
    let is_faulty = move || fault.with(Option::is_some);
    view! {
        <div class="editor-fault" class:problem=is_faulty>
            <span id="desired-fault">{words}</span>
            {button}
        </div>
    }
    .into_any()
}

fn delta(desk: Desk) -> AnyView {
    let text = memo(move |_| {
        desk.read(|view| view.delta_text.clone())
            .unwrap_or_default()
    });
    let content = live(move || {
        let text = text.get();
        Some(match text.is_empty() || text == "{}" {
            true => view! { <p class="editor-none">{say(words::NO_DELTA)}</p> }.into_any(),
            // It scrolls: the keyboard has to reach it.
            false => {
                view! { <pre tabindex="0" aria-label=say(words::DELTA)>{text}</pre> }.into_any()
            }
        })
    });
    view! {
        <section class="editor-column">
            <h3>{say(words::DELTA)}</h3>
            <div class="editor-scroll">{content}</div>
        </section>
    }
    .into_any()
}
