//! What would be saved, line by line: what changes, or the whole of it.

use leptos::prelude::*;

use super::desk::Desk;
use super::reactive::{act, live, memo};
use super::text::{Phrase, editor as words, say};
use crate::engine::frame::{LineMark, ResultLine};

pub(super) fn result(desk: Desk) -> AnyView {
    let whole = RwSignal::new(false);
    let lines = memo(move |_| {
        let lines = desk.read(|view| Some(view.merge.as_ref()?.result.clone()));
        lines.flatten().unwrap_or_default()
    });
    let text = live(move || {
        let lines = lines.get();
        let shown = match whole.get() {
            true => vec![true; lines.len()],
            false => with_parents(&lines),
        };
        let shown = lines.iter().zip(shown).filter(|(_, shown)| *shown);
        Some(shown.map(|(it, _)| line(it)).collect::<Vec<_>>().into_any())
    });
    let version = memo(move |_| desk.read(|view| view.version).flatten());
    let note = live(move || {
        let version = version.get()?.to_string();
        Some(words::ONLY_DIFFERENCE.fill(desk.language.get(), &[&version, &version]))
    });
    let segment = move |is_whole: bool, name: Phrase| {
        view! {
            <button
                type="button"
                class="segment"
                aria-pressed=live(move || (whole.get() == is_whole).to_string())
                on:click=act(move |_| whole.set(is_whole))
            >
                {say(name)}
            </button>
        }
        .into_any()
    };
    view! {
        <section class="merge-result" aria-label=say(words::RESULT)>
            <div class="merge-result-head">
                <h3>{say(words::RESULT)}</h3>
                <div class="segments" role="group" aria-label=say(words::VIEW)>
                    {segment(false, words::RESULT_CHANGES)} {segment(true, words::WHOLE_DOCUMENT)}
                </div>
            </div>
            <pre class="merge-lines" tabindex="0" aria-label=say(words::RESULT)>{text}</pre>
            <p class="merge-note">{note}</p>
        </section>
    }
    .into_any()
}

fn line(line: &ResultLine) -> AnyView {
    let (class, sign, name) = match line.mark {
        LineMark::Same => ("line", " ", None),
        LineMark::Added => ("line added", "+", Some(words::LINE_ADDED)),
        LineMark::Removed => ("line removed", "-", Some(words::LINE_REMOVED)),
        LineMark::Open => ("line open", "?", Some(words::LINE_OPEN)),
    };
    let name =
        name.map(|name| view! { <span class="visually-hidden">{say(name)} " "</span> }.into_any());
    view! {
        <span class=class>
            <span class="sign" aria-hidden="true">{sign}</span>
            {name}
            <span class="code">{line.text.clone() + "\n"}</span>
        </span>
    }
    .into_any()
}

/// Which lines to show so that every changed one stands among the lines that open and close around it.
fn with_parents(lines: &[ResultLine]) -> Vec<bool> {
    let depth = |line: &ResultLine| line.text.len() - line.text.trim_start().len();
    let mut shown: Vec<bool> = lines
        .iter()
        .map(|line| line.mark != LineMark::Same)
        .collect();
    let changed = shown.clone();
    let mut walk = |order: &mut dyn Iterator<Item = usize>| {
        // The lines of lesser depth seen last, outermost first.
        let mut around: Vec<usize> = Vec::new();
        for at in order {
            while around
                .last()
                .is_some_and(|last| depth(&lines[*last]) >= depth(&lines[at]))
            {
                around.pop();
            }
            if changed[at] {
                around.iter().for_each(|parent| shown[*parent] = true);
            }
            around.push(at);
        }
    };
    walk(&mut (0..lines.len()));
    walk(&mut (0..lines.len()).rev());
    shown
}
