//! The dry run: what the rule would have done with the messages seen so far. Its sentence first.

use std::time::Duration;

use leptos::prelude::*;

use super::format;
use super::reactive::{act, live, memo, show, watch};
use super::rules_desk::{RulesDesk, STEP};
use super::rules_dry_rows::rows;
use super::text::{Language, Phrase, rules as words, say};
use crate::engine::frame::{DryRun, DrySpan, Heard};

/// The sentence is spoken anew at most so often.
const PACE: Duration = Duration::from_secs(2);

pub(super) fn dry_run(desk: RulesDesk) -> AnyView {
    let can_be_tried = desk.rule(|rule| rule.dry.is_some());
    let is_known = desk.rule(|_| true);
    view! {
        <aside class="rules-dry" aria-label=say(words::DRY_RUN)>
            <div class="rules-dry-top">
                <div class="rules-dry-head">
                    <h3>{say(words::DRY_RUN)}</h3>
                    <div class="segments" role="group" aria-label=say(words::SPAN)>
                        {span(desk, DrySpan::FiveMinutes, words::FIVE_MINUTES)}
                        {span(desk, DrySpan::HalfAnHour, words::HALF_AN_HOUR)}
                        {span(desk, DrySpan::AllKept, words::ALL_KEPT)}
                    </div>
                </div>
                {spoken(desk)}
                {headline(desk)}
                {show(move || is_known.get() && !can_be_tried.get(), || {
                    view! { <p class="rules-dry-more">{say(words::CANNOT_TRY)}</p> }.into_any()
                })}
                {bars(desk)}
            </div>
            {rows(desk)}
        </aside>
    }
    .into_any()
}

/// A part of the dry run; what there is while it cannot be tried is `T`'s usual value.
pub(super) fn part<T: PartialEq + Default + Send + Sync + 'static>(
    desk: RulesDesk,
    part: fn(&DryRun) -> T,
) -> Memo<T> {
    let rule = move || {
        let open = desk.open.get();
        desk.store.rules.with(|view| {
            let rule = view.rule.as_ref();
            let rule = rule.filter(|rule| Some(&rule.row.name) == open.as_ref());
            rule.and_then(|rule| rule.dry.as_ref())
                .map(part)
                .unwrap_or_default()
        })
    };
    memo(move |_| rule())
}

fn span(desk: RulesDesk, span: DrySpan, name: Phrase) -> AnyView {
    let choose = move |_| {
        desk.span.set(span);
        desk.rows.set(STEP);
        desk.close.set(None);
    };
    view! {
        <button
            type="button"
            class="segment"
            aria-pressed=live(move || (desk.span.get() == span).to_string())
            on:click=act(choose)
        >
            {say(name)}
        </button>
    }
    .into_any()
}

/// Messages looked at, and those that it would have fired for.
fn counts(desk: RulesDesk) -> Memo<Option<(u32, u32)>> {
    part(desk, |dry| Some((dry.done, dry.fired)))
}

/// The whole sentence for those who do not see the headline.
fn spoken(desk: RulesDesk) -> AnyView {
    let speaker = Speaker {
        counts: counts(desk),
        said: RwSignal::new(None),
        timer: StoredValue::new(None),
    };
    watch(move || {
        speaker.counts.track();
        if speaker.timer.with_value(Option::is_none) {
            speaker.speak();
        }
    });
    on_cleanup(move || {
        if let Some(timer) = speaker.timer.try_get_value().flatten() {
            timer.clear();
        }
    });
    let said = speaker.said;
    let text = live(move || {
        Some(said.get()?).map(|(done, fired)| sentence(done, fired, desk.language.get()))
    });
    view! { <p class="visually-hidden" role="status">{text}</p> }.into_any()
}

/// Says what is new at once, and then nothing for a while.
#[derive(Clone, Copy)]
struct Speaker {
    counts: Memo<Option<(u32, u32)>>,
    said: RwSignal<Option<(u32, u32)>>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Speaker {
    fn speak(self) {
        let now = self.counts.get_untracked();
        if self.said.get_untracked() == now {
            return;
        }
        self.said.set(now);
        let rested = move || {
            self.timer.set_value(None);
            self.speak();
        };
        let timer = set_timeout_with_handle(rested, PACE);
        self.timer.set_value(timer.ok());
    }
}

fn sentence(done: u32, fired: u32, language: Language) -> String {
    let (done, fired) = (format::count(done.into()), format::count(fired.into()));
    match (language, fired.as_str()) {
        (_, "1") => words::SENTENCE_ONCE.fill(language, &[&done]),
        (Language::En, _) => words::SENTENCE.fill(language, &[&fired, &done]),
        (Language::Ja, _) => words::SENTENCE_JA.fill(language, &[&done, &fired]),
    }
}

fn headline(desk: RulesDesk) -> AnyView {
    let counts = counts(desk);
    let headline = live(move || {
        let language = desk.language.get();
        let (done, fired) = counts.get()?;
        Some(match (done, fired) {
            (0, _) => words::NO_MESSAGES.text(language).to_owned(),
            (_, 1) => words::WOULD_ONCE.text(language).to_owned(),
            (_, fired) => words::WOULD.fill(language, &[&format::count(fired.into())]),
        })
    });
    let detail = part(desk, |dry| {
        Some((
            dry.done,
            dry.devices,
            dry.matched,
            dry.fired,
            dry.repaired.clone(),
        ))
    });
    let detail = live(move || {
        let language = desk.language.get();
        let (done, devices, matched, fired, repaired) = detail.get()?;
        if done == 0 {
            return Some(words::NO_MESSAGES_WHY.text(language).into_any());
        }
        let why = match (matched, fired) {
            (0, _) => Some(words::NONE_MATCHED.text(language).to_owned()),
            (_, 0) => Some(words::ONLY_MATCHED.fill(language, &[&format::count(matched.into())])),
            _ => None,
        };
        let in_messages = in_messages(done, devices, language);
        let in_place = repaired.map(|(stood, taken)| in_place(&stood, &taken, language));
        let nothing = words::NOTHING_SENT.text(language);
        let why = why.map(|why| view! { <span class="rules-dry-why">{why}</span> }.into_any());
        Some(view! { {in_messages} {in_place} {nothing} {why} }.into_any())
    });
    let progress = part(desk, |dry| {
        (dry.done, dry.messages, dry.not_kept, Some(dry.heard))
    });
    let needs = desk.rule(|rule| (rule.needs_zones, rule.needs_origin));
    let progress = live(move || {
        let language = desk.language.get();
        let (done, messages, not_kept, heard) = progress.get();
        let figures = [done, messages].map(|number| format::count(number.into()));
        let so_far = words::LOOKED_AT.fill(language, &[&figures[0], &figures[1]]);
        let so_far = (done < messages).then_some(so_far);
        let not_kept =
            (not_kept > 0).then(|| words::NOT_KEPT.fill(language, &[&format::count(not_kept)]));
        let heard = match heard {
            Some(Heard::Nothing) => Some(words::HEARS_NOTHING),
            Some(Heard::Some) => Some(words::HEARS_SOME),
            Some(Heard::All) | None => None,
        };
        let (zones, origin) = needs.get();
        let zones = zones.then_some(words::NEEDS_ZONES);
        let origin = origin.then_some(words::NEEDS_ORIGIN);
        let known = heard.into_iter().chain(zones).chain(origin);
        let known = known.map(|phrase| phrase.text(language).to_owned());
        let all = so_far.into_iter().chain(not_kept).chain(known);
        let all = all.map(|text| view! { <p class="rules-dry-note">{text}</p> }.into_any());
        Some(all.collect::<Vec<_>>().into_any())
    });
    view! {
        <p class="rules-dry-headline">{headline}</p>
        <p class="rules-dry-more">{detail}</p>
        {progress}
    }
    .into_any()
}

/// English and Japanese name the two figures in another order.
fn in_messages(messages: u32, devices: u32, language: Language) -> String {
    let (messages, devices) = (
        format::count(messages.into()),
        format::count(devices.into()),
    );
    let figures: [&str; 2] = match language {
        Language::En => [&messages, &devices],
        Language::Ja => [&devices, &messages],
    };
    words::IN_MESSAGES.fill(language, &figures)
}

fn in_place(stood: &str, taken: &str, language: Language) -> AnyView {
    let figures: [&str; 2] = match language {
        Language::En => [taken, stood],
        Language::Ja => [stood, taken],
    };
    super::rich::rich(words::IN_PLACE, language, &figures)
}

fn bars(desk: RulesDesk) -> AnyView {
    let bars = part(desk, |dry| (dry.bars.clone(), dry.from, dry.until));
    let view = live(move || {
        let language = desk.language.get();
        bars.with(|(bars, from, until)| {
            let most = bars
                .iter()
                .map(|(messages, _)| *messages)
                .max()
                .filter(|most| *most > 0)?;
            let step = (until.0 - from.0) / bars.len().max(1) as i64;
            let bar = |(at, (messages, fired)): (usize, &(u32, u32))| {
                let at = crate::time::UnixMillis(from.0 + at as i64 * step);
                bar(at, *messages, *fired, most, language)
            };
            let drawn: Vec<AnyView> = bars.iter().enumerate().map(bar).collect();
            let view = view! {
                <div class="rules-bars" aria-hidden="true">{drawn}</div>
                <div class="rules-bars-ends" aria-hidden="true">
                    <span>{format::clock_minutes(*from)}</span>
                    <span>{format::clock_minutes(*until)}</span>
                </div>
            };
            Some(view.into_any())
        })
    });
    view.into_any()
}

/// As high as there were messages; where it would have fired, full and with a dot on top.
fn bar(
    at: crate::time::UnixMillis,
    messages: u32,
    fired: u32,
    most: u32,
    language: Language,
) -> AnyView {
    let share = messages as u64 * 100 / u64::from(most.max(1));
    let class = if fired > 0 {
        "rules-bar fired"
    } else {
        "rules-bar"
    };
    let figures = [messages, fired].map(|number| format::count(number.into()));
    let title = words::BAR.fill(language, &[&format::clock(at), &figures[0], &figures[1]]);
    view! {
        <span class=class title=title>
            <span style:height=share.to_string() + "%"></span>
        </span>
    }
    .into_any()
}
