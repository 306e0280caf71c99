//! The SQL of a rule: a plain text field over a coloured copy of what it holds, and what is wrong with it below. The copy
//! is for the eye only.

use std::ops::Range;

use leptos::html::Textarea;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::reactive::{act, live, memo};
use super::rules_completion::Completion;
use super::rules_desk::RulesDesk;
use super::rules_fault::{fault_at, fault_line, is_warning, spot};
use super::rules_marks::{Piece, browser_units, line_of, lines, visible};
use super::rules_rule::save;
use super::text::{rules as words, say};
use crate::engine::command::RuleDraft;
use crate::engine::frame::{FaultPlace, RuleFault, SqlMark, SqlMarkKind};

/// So many lines are there at least, so that there is a place to write in.
const LEAST_LINES: usize = 5;

pub(super) fn sql(desk: RulesDesk) -> AnyView {
    let area = NodeRef::<Textarea>::new();
    let fault = fault_at(desk, FaultPlace::Sql);
    let completion = Completion::new(desk, area);
    let typed = desk.entered(|draft| draft.sql.clone());
    let rows = memo(move |_| typed.with(|text| text.split('\n').count()).max(LEAST_LINES));
    let change = move |event| {
        let text = event_target_value(&event);
        desk.edit(move |draft| draft.sql = text);
        completion.follow();
    };
    let press = move |event: KeyboardEvent| {
        if completion.press(&event) || event.is_composing() {
            return;
        }
        let with_control = event.ctrl_key() || event.meta_key();
        if event.key() == "Enter" && with_control {
            event.prevent_default();
            save(desk);
        }
    };
    let repaired = Callback::new(move |spot: Range<usize>| go_to(desk, area, spot.end));
    let is_faulty = move || fault.with(|fault| fault.as_ref().is_some_and(|it| !is_warning(it)));
    view! {
        <div class="rules-sql">
            <div class="rules-sql-head">
                <span>{say(words::SQL_VERSION)}</span>
                <span class="rules-sql-keys" aria-hidden="true">
                    <kbd>"Ctrl"</kbd> <kbd>"Space"</kbd> {say(words::COMPLETES)}
                </span>
            </div>
            <div class="rules-sql-scroll">
                <div class="rules-sql-text">
                    {copy(desk, fault, typed)}
                    <textarea
                        id="rules-sql"
                        class="mono"
                        node_ref=area
                        rows=live(move || rows.get().to_string())
                        wrap="off"
                        spellcheck="false"
                        autocomplete="off"
                        autocapitalize="off"
                        aria-label=say(words::SQL)
                        aria-describedby="rules-sql-fault"
                        aria-invalid=live(move || is_faulty().to_string())
                        aria-keyshortcuts="Control+Space Control+Enter"
                        aria-autocomplete="list"
                        aria-controls="rules-words"
                        aria-activedescendant=live(move || completion.active_id())
                        prop:value=live(move || typed.get())
                        on:input=act(change)
                        on:keydown=act(press)
                        on:click=act(move |_| completion.close())
                        on:blur=act(move |_| completion.close())
                    ></textarea>
                    {completion.view()}
                </div>
            </div>
            <div id="rules-sql-fault">{fault_line(desk, fault, repaired)}</div>
        </div>
    }
    .into_any()
}

/// Shows what is entered at once, with the cursor behind a byte of it: what is typed next belongs there.
pub(super) fn go_to(desk: RulesDesk, area: NodeRef<Textarea>, at: usize) {
    let Some(area) = area.get_untracked() else {
        return;
    };
    let text = desk.draft.with_untracked(|draft| {
        let text = draft.as_ref().map(|draft| draft.sql.clone());
        text.unwrap_or_default()
    });
    let place = browser_units(text.get(..at).unwrap_or(&text));
    area.set_value(&text);
    let _ = area.focus();
    let _ = area.set_selection_range(place, place);
}

/// What the engine last saw of the rule: its text, and what it says of it.
type Seen = (RuleDraft, Vec<SqlMark>);

fn copy(desk: RulesDesk, fault: Memo<Option<RuleFault>>, typed: Memo<String>) -> AnyView {
    let seen = desk.rule(|rule| Some((rule.draft.clone(), rule.marks.clone())));
    let content = live(move || {
        typed.track();
        let lines = desk.draft.with(|entered| {
            let entered = entered.as_ref()?;
            Some(
                seen.with(|seen| fault.with(|fault| drawn(entered, seen.as_ref(), fault.as_ref()))),
            )
        });
        Some(lines.unwrap_or_default().into_any())
    });
    view! { <pre class="rules-sql-copy" aria-hidden="true">{content}</pre> }.into_any()
}

fn drawn(entered: &RuleDraft, seen: Option<&Seen>, fault: Option<&RuleFault>) -> Vec<AnyView> {
    let text = &entered.sql;
    let (seen_sql, marks) = seen.map_or(("", &[][..]), |(draft, marks)| (&draft.sql, marks));
    let spot = seen
        .zip(fault)
        .and_then(|((seen, _), fault)| spot(fault, seen, entered));
    let faulty_line = spot.as_ref().map(|spot| line_of(text, spot.start));
    let spot = spot.map(|spot| visible(text, spot));
    let class = match fault.is_some_and(|fault| !is_warning(fault)) {
        true => "sql-line faulty problem",
        false => "sql-line faulty",
    };
    let lines = lines(text, seen_sql, marks, spot.as_ref());
    let line = |(at, pieces): (usize, Vec<Piece>)| {
        let class = if Some(at) == faulty_line {
            class
        } else {
            "sql-line"
        };
        let pieces: Vec<AnyView> = pieces.into_iter().map(piece).collect();
        view! { <span class=class>{pieces} "\n"</span> }.into_any()
    };
    lines.into_iter().enumerate().map(line).collect()
}

fn piece(piece: Piece) -> AnyView {
    let class = match piece.kind {
        Some(SqlMarkKind::Keyword) => "sql-keyword",
        Some(SqlMarkKind::Function) => "sql-function",
        Some(SqlMarkKind::Text) => "sql-string",
        Some(SqlMarkKind::Number) => "sql-number",
        None => "",
    };
    view! { <span class=class class:sql-fault=piece.faulty>{piece.text}</span> }.into_any()
}
