//! One field of a shadow: what is reported, solid; what is wished, dashed; and how old each is.

use leptos::prelude::*;

use super::format;
use super::life_rail::{gap, life, since_then};
use super::panel::Panel;
use super::reactive::{act, live, memo, watch};
use super::switch::{is_under_way, switch, switch_text};
use super::text::{Language, devices as words};
use crate::engine::command::Command;
use crate::engine::frame::{FieldView, Stage, Step, ValueView};
use crate::time::UnixMillis;

/// A report younger than this, in milliseconds, is given by its time: an age would not stand still.
const FRESH: i64 = 60_000;

/// What the left edge of a field says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    Settled,
    OnItsWay,
    NeedsYou,
}

pub(super) fn edge(field: &FieldView) -> Edge {
    match field.change.as_ref().map(|change| &change.stage) {
        Some(Stage::Rejected { .. } | Stage::TimedOut) => Edge::NeedsYou,
        Some(Stage::Queued | Stage::Sent | Stage::Accepted { .. }) => Edge::OnItsWay,
        _ if field.differs => Edge::OnItsWay,
        _ => Edge::Settled,
    }
}

/// With a switch where one fits.
pub(super) fn control_field(field: ArcRwSignal<FieldView>, panel: Panel) -> AnyView {
    announce(field.clone(), panel);
    let key = field.with_untracked(|field| field.path.join("."));
    let edge = {
        let field = field.clone();
        memo(move |_| field.with(edge))
    };
    let has_switch = {
        let field = field.clone();
        memo(move |_| field.with(|field| field.switch.is_some()))
    };
    let control = {
        let field = field.clone();
        live(move || has_switch.get().then(|| switch(field.clone(), panel)))
    };
    let (value, seen, wish) = (field.clone(), field.clone(), field.clone());
    view! {
        <div
            class="field"
            data-edge=move || match edge.get() {
                Edge::Settled => None,
                Edge::OnItsWay => Some("on-its-way".to_owned()),
                Edge::NeedsYou => Some("needs-you".to_owned()),
            }
        >
            <div class="field-line">
                <div class="field-name">
                    <span class="field-key">{key}</span>
                    <span class="field-age">{move || reported_when(&seen, panel)}</span>
                </div>
                <div class="field-value">{move || Some(value_view(&value, panel.language.get()))}</div>
                {control}
            </div>
            {foreign_wish(wish, panel)}
            {life(field, panel)}
        </div>
    }
    .into_any()
}

/// Key, value, age in one line: nobody wished anything of it.
pub(super) fn reported_field(field: ArcRwSignal<FieldView>, panel: Panel) -> AnyView {
    let key = field.with_untracked(|field| field.path.join("."));
    let seen = field.clone();
    let age = live(move || {
        let language = panel.language.get();
        let at = seen.with(|field| field.reported_at)?;
        let age = format::age(language, at, panel.store.now.get());
        Some(words::AGE.fill(language, &[&age]))
    });
    view! {
        <div class="fact">
            <span class="field-key">{key}</span>
            <span class="field-value">
                {move || Some(value_view(&field, panel.language.get()))}
            </span>
            <span class="fact-age">{age}</span>
        </div>
    }
    .into_any()
}

/// "off → on", "40 → 72", or only what is reported.
fn value_view(field: &ArcRwSignal<FieldView>, language: Language) -> AnyView {
    let (reported, wished) = field.with(|field| match field.switch {
        Some(switch) => {
            let (reported, wished) = switch_text(switch, language);
            (reported.to_owned(), wished.map(ToOwned::to_owned))
        }
        None => {
            let text = |value: &ValueView| value.text.clone();
            let reported = field.reported.as_ref().map(text);
            (
                reported.unwrap_or_else(|| words::UNKNOWN.text(language).to_owned()),
                field.desired.as_ref().filter(|_| field.differs).map(text),
            )
        }
    });
    view! {
        <span class="reported">{reported}</span>
        {wished
            .map(|wished| {
                view! {
                    <span class="arrow">"→"</span>
                    <span class="wished">{wished}</span>
                }
                .into_any()
            })}
    }
    .into_any()
}

fn reported_when(field: &ArcRwSignal<FieldView>, panel: Panel) -> String {
    let language = panel.language.get();
    field.with(|field| {
        if let Some(after) = reported_after(field, language) {
            return words::REPORTED_AFTER.fill(language, &[&after]);
        }
        let Some(at) = field.reported_at else {
            return match field.reported {
                Some(_) => String::new(),
                None => words::NEVER_REPORTED.text(language).to_owned(),
            };
        };
        let now = panel.store.now.get();
        match now.0.saturating_sub(at.0) {
            ..FRESH => words::REPORTED_AT.fill(language, &[&format::clock(at)]),
            _ => words::REPORTED_AGO.fill(language, &[&format::age(language, at, now)]),
        }
    })
}

/// How long after sending a change was reported, while that is news.
fn reported_after(field: &FieldView, language: Language) -> Option<String> {
    let change = field.change.as_ref()?;
    let at = |wanted: Step| {
        let step = change.steps.iter().find(|(step, _)| *step == wanted);
        step.map(|(_, at)| *at)
    };
    Some(gap(at(Step::Sent)?, at(Step::Reported)?, language))
}

/// A wish that is not from this page: when it was made, and the way out of it.
fn foreign_wish(field: ArcRwSignal<FieldView>, panel: Panel) -> AnyView {
    let path = field.with_untracked(|field| field.path.clone());
    let wished_at = memo(move |_| {
        field.with(|field| {
            let foreign = field.differs && field.change.is_none();
            foreign.then_some(field.desired_at)
        })
    });
    let view = live(move || {
        let wished_at: Option<UnixMillis> = wished_at.get()?;
        let language = panel.language.get();
        let path = path.clone();
        let press = move |_| panel.send(Command::TakeBack(panel.address(&path)));
        let age = wished_at.map(|at| since_then(words::WISHED_AGO, at, panel, language));
        let view = view! {
            <div class="life-foot">
                <span>{age}</span>
                <button type="button" class="link" on:click=act(press)>
                    {words::TAKE_BACK.text(language)}
                </button>
            </div>
        };
        Some(view.into_any())
    });
    view.into_any()
}

/// Says once how a change of this page ended.
fn announce(field: ArcRwSignal<FieldView>, panel: Panel) {
    let ended = memo(move |_| {
        field.with(|field| {
            let change = field.change.as_ref()?;
            (!is_under_way(change)).then(|| sentence(field, panel.language.get_untracked()))?
        })
    });
    let mut is_news = false;
    watch(move || {
        if let Some(sentence) = ended.get().filter(|_| is_news) {
            panel.outcome.set(sentence);
        }
        is_news = true;
    });
}

/// "power: on, reported +1.9 s after sending"
fn sentence(field: &FieldView, language: Language) -> Option<String> {
    let change = field.change.as_ref()?;
    let end = match &change.stage {
        Stage::Reported => {
            let after = reported_after(field, language)?;
            let reported = words::REPORTED_AFTER.fill(language, &[&after]);
            format!("{}, {reported}", change.wish.text)
        }
        Stage::Rejected { code, message } => {
            format!("{}, {message} ({code})", words::REJECTED.text(language))
        }
        Stage::TimedOut => words::TIMED_OUT.text(language).to_owned(),
        Stage::Superseded { .. } => words::SUPERSEDED.text(language).to_owned(),
        _ => return None,
    };
    Some(format!("{}: {end}", field.path.join(".")))
}
