//! The life of one change under its control: each step with its time, who made it, and what can be done about it.

use leptos::prelude::*;

use super::control::{Handle, Kind, is_under_way};
use super::format;
use super::life_icon::{LifeIcon, life_icon};
use super::life_outcome::{rejected, superseded, timed_out};
use super::panel::Panel;
use super::reactive::{act, live, memo};
use super::text::{Language, Phrase, devices as words};
use crate::engine::command::Command;
use crate::engine::frame::{ChangeView, Stage, Step, ValueView};
use crate::time::UnixMillis;

/// A change that waited less than this, in milliseconds, before it was sent was not queued in a person's eyes.
const QUEUED_NOTABLY: i64 = 1000;

/// Stays open while a pointer or the focus is in it, also when the change itself is over.
pub(super) fn life(handle: Handle) -> AnyView {
    let panel = handle.panel;
    let held = RwSignal::new(false);
    let reported = handle.reported();
    let kind = handle.kind();
    let change = memo(move |before: Option<&Option<ChangeView>>| {
        let change = handle.field.with(|field| field.change.clone());
        change.or_else(|| {
            held.get()
                .then(|| before.cloned().flatten().filter(folds))
                .flatten()
        })
    });
    let hold = move |inside: bool| {
        if held.get_untracked() != inside {
            held.set(inside);
        }
    };
    let view = live(move || {
        let change = change.get()?;
        let reported = reported.get();
        let language = panel.language.get();
        let view = match &change.stage {
            Stage::TimedOut if !is_told(&change, kind.get()) => {
                timed_out(&change, reported, panel, language)
            }
            Stage::Rejected { code, message } => {
                rejected(&change, *code, message, reported, panel, language)
            }
            Stage::Superseded { by, value, version } => superseded(
                &change.wish,
                by.as_deref(),
                value.as_ref(),
                *version,
                language,
            ),
            _ => rail(&change, reported, kind.get(), panel, language),
        };
        Some(view)
    });
    view! {
        <div
            class="life"
            on:pointerenter=act(move |_| hold(true))
            on:pointerleave=act(move |_| hold(false))
            on:focusin=act(move |_| hold(true))
            on:focusout=act(move |_| hold(false))
        >
            {view}
        </div>
    }
    .into_any()
}

/// Whether it goes by itself when it is over. What a person closes is closed.
fn folds(change: &ChangeView) -> bool {
    matches!(change.stage, Stage::Reported | Stage::Superseded { .. })
}

fn rail(
    change: &ChangeView,
    reported: Option<ValueView>,
    kind: Kind,
    panel: Panel,
    language: Language,
) -> AnyView {
    let steps = steps_to_show(&change.steps);
    let last = steps.len().saturating_sub(1);
    let is_told = is_told(change, kind);
    let under_way = is_under_way(change) && !is_told;
    let mut before = None;
    let mut nodes = Vec::new();
    for (index, (step, at)) in steps.iter().enumerate() {
        let line = match (index == last, under_way) {
            (false, _) => "step done",
            (true, true) => "step coming",
            (true, false) => "step",
        };
        nodes.push(step_view(*step, *at, before, line, language));
        before = Some(*at);
    }
    if let Some(since) = before.filter(|_| under_way) {
        nodes.push(coming(&change.stage, since, panel, language));
    }
    let takes_back = reported.map_or_else(
        || change.wish.text == "null",
        |reported| reported == change.wish,
    );
    let field = change.field.clone();
    let press = match change.stage {
        // Nobody waits for it any more.
        Stage::TimedOut => Some((words::CLOSE, Command::Dismiss(field))),
        _ if is_under_way(change) && !takes_back => {
            Some((words::TAKE_BACK, Command::TakeBack(field)))
        }
        _ => None,
    };
    let press = press.map(|(name, command)| {
        view! {
            <button type="button" class="link" on:click=act(move |_| panel.send(command.clone()))>
                {name.text(language)}
            </button>
        }
    });
    view! {
        <ol class="rail">{nodes}</ol>
        <div class="life-foot">
            <span>{words::BY_THIS_TAB.text(language)}</span>
            {press}
        </div>
    }
    .into_any()
}

/// What happens once is done for the page when it is accepted: no report need tell of it.
pub(super) fn is_told(change: &ChangeView, kind: Kind) -> bool {
    let is_accepted = |(step, _): &(Step, UnixMillis)| matches!(step, Step::Accepted(_));
    kind == Kind::Momentary && change.steps.iter().any(is_accepted)
}

/// Without the queue when there was none to speak of.
fn steps_to_show(steps: &[(Step, UnixMillis)]) -> &[(Step, UnixMillis)] {
    match steps {
        [(Step::Queued, queued), rest @ ..] => match rest.first() {
            Some((_, sent)) if sent.0.saturating_sub(queued.0) < QUEUED_NOTABLY => rest,
            _ => steps,
        },
        _ => steps,
    }
}

/// The first time is absolute, the others are gaps.
fn step_view(
    step: Step,
    at: UnixMillis,
    before: Option<UnixMillis>,
    class: &'static str,
    language: Language,
) -> AnyView {
    let (icon, label) = match step {
        Step::Queued => (LifeIcon::Queued, words::QUEUED.text(language).to_owned()),
        Step::Sent => (LifeIcon::Sent, words::SENT.text(language).to_owned()),
        Step::Accepted(version) => (
            LifeIcon::Accepted,
            words::ACCEPTED.fill(language, &[&version.to_string()]),
        ),
        Step::Reported => (
            LifeIcon::Reported,
            words::REPORTED.text(language).to_owned(),
        ),
    };
    let time = match before {
        None => format::clock_millis(at),
        Some(before) => format!("+{}", gap(before, at, language)),
    };
    view! {
        <li class=class>
            {life_icon(icon)} <b class="step-name">{label}</b>
            <span class="step-time">{time}</span>
        </li>
    }
    .into_any()
}

fn coming(stage: &Stage, since: UnixMillis, panel: Panel, language: Language) -> AnyView {
    let (waiting, for_what) = match stage {
        Stage::Queued => (words::WAITING_TO_SEND, words::NEWEST_WINS),
        Stage::Sent => (words::WAITING_FOR_ANSWER, words::NO_ANSWER_YET),
        _ => (words::WAITING, words::UP_TO_30_S),
    };
    view! {
        <li class="step waiting">
            {life_icon(LifeIcon::Coming)}
            <b class="step-name">{since_then(waiting, since, panel, language)}</b>
            <span class="step-time">{for_what.text(language)}</span>
        </li>
    }
    .into_any()
}

/// A phrase with the time since then, which goes on.
pub(super) fn since_then(
    phrase: Phrase,
    since: UnixMillis,
    panel: Panel,
    language: Language,
) -> AnyView {
    let now = panel.store.now;
    let text = live(move || phrase.fill(language, &[&format::age(language, since, now.get())]));
    text.into_any()
}

/// Milliseconds below one second.
pub(super) fn gap(from: UnixMillis, to: UnixMillis, language: Language) -> String {
    let millis = to.0.saturating_sub(from.0).max(0);
    match millis {
        ..1000 => format!("{millis} ms"),
        _ => format::span(language, millis),
    }
}
