//! The stages of a change of many devices, when it stops by itself, and why some were refused.

use leptos::prelude::*;

use super::bulk_panel::{BulkPanel, tenths};
use super::bulk_who::share;
use super::format;
use super::life_icon::{LifeIcon, life_icon};
use super::reactive::{Live, act, live, memo};
use super::text::{Language, Phrase, bulk as words, language, say};
use crate::engine::frame::{ItemStep, StageView};

const STAGES: [usize; 3] = [0, 1, 2];

pub(super) fn stages(panel: BulkPanel) -> AnyView {
    let language = language();
    let all = panel.part(|job| job.stages.clone());
    let pace = panel.part(|job| (job.requests_per_second, job.request_limit));
    let requests = live(move || {
        let (now, limit) = pace.get();
        let (now, limit) = (format::count(now.into()), format::count(limit.into()));
        words::REQUESTS.fill(language.get(), &[&now, &limit])
    });
    view! {
        <section class="bulk-part">
            <div class="bulk-part-head">
                <h3>{say(words::STAGES)}</h3>
                <span class="bulk-side">{requests}</span>
            </div>
            <ol class="stages">
                {STAGES.into_iter().map(|at| stage(at, all)).collect::<Vec<_>>()}
            </ol>
        </section>
    }
    .into_any()
}

fn stage(at: usize, all: Memo<Vec<StageView>>) -> AnyView {
    let language = language();
    let stage = memo(move |_| all.with(|all| all.get(at).copied()).unwrap_or_default());
    let is_there = memo(move |_| all.with(|all| at < all.len()));
    let before = memo(move |_| {
        let before = at.checked_sub(1);
        before.and_then(|before| all.with(|all| all.get(before).map(|stage| stage.percent)))
    });
    let picture = live(move || Some(life_icon(icon_of(stage.get()))));
    let percent = live(move || {
        let percent = stage.get().percent.to_string();
        words::PERCENT.fill(language.get(), &[&percent])
    });
    let devices = live(move || format::count(stage.get().devices.into()));
    let said = live(move || said(stage.get(), before.get(), language.get()));
    let bar = PARTS.into_iter().map(|part| {
        let share = move || {
            let stage = stage.get();
            share((part.count)(stage), stage.devices)
        };
        let none = move || (part.count)(stage.get()) == 0;
        view! { <span class=part.class hidden=live(none) style:flex-grow=live(share)></span> }
            .into_any()
    });
    let legend = PARTS.into_iter().map(|part| {
        let count = memo(move |_| (part.count)(stage.get()));
        let name = move || {
            let figure = format::count(count.get().into());
            part.name.fill(language.get(), &[&figure])
        };
        view! {
            <li hidden=move || count.get() == 0 title=live(name)>
                {life_icon(part.icon)}
                <span class="visually-hidden">{live(name)}</span>
                <span aria-hidden="true">{move || format::count(count.get().into())}</span>
            </li>
        }
        .into_any()
    });
    let quiet = move || {
        let stage = stage.get();
        stage.began.is_none() || stage.reported == stage.devices
    };
    view! {
        <li class="stage" hidden=move || !is_there.get()>
            {picture}
            <div class="stage-main">
                <div class="stage-head">
                    <span><b>{percent}</b> " " {devices}</span>
                    <span class="bulk-side">{said}</span>
                </div>
                <div class="bar-of-parts" hidden=move || stage.get().began.is_none() aria-hidden="true">
                    {bar.collect::<Vec<_>>()}
                </div>
                <ul class="stage-counts" hidden=live(quiet)>{legend.collect::<Vec<_>>()}</ul>
            </div>
        </li>
    }
    .into_any()
}

/// A part of the bar of a stage.
#[derive(Clone, Copy)]
struct Part {
    class: &'static str,
    icon: LifeIcon,
    name: Phrase,
    count: fn(StageView) -> u32,
}

/// Solid: reported. Dashed: under way. The rest is none of both.
const PARTS: [Part; 6] = [
    Part {
        class: "part reported",
        icon: LifeIcon::Reported,
        name: words::N_REPORTED,
        count: |stage| stage.reported,
    },
    Part {
        class: "part under-way",
        icon: LifeIcon::Accepted,
        name: words::N_UNDER_WAY,
        count: |stage| stage.sent + stage.accepted,
    },
    Part {
        class: "part rejected",
        icon: LifeIcon::Rejected,
        name: words::N_REJECTED,
        count: |stage| stage.rejected,
    },
    Part {
        class: "part timed-out",
        icon: LifeIcon::TimedOut,
        name: words::N_TIMED_OUT,
        count: |stage| stage.timed_out,
    },
    Part {
        class: "part superseded",
        icon: LifeIcon::Superseded,
        name: words::N_SUPERSEDED,
        count: |stage| stage.superseded,
    },
    Part {
        class: "part waiting",
        icon: LifeIcon::Queued,
        name: words::N_WAITING,
        count: |stage| stage.waiting,
    },
];

const fn icon_of(stage: StageView) -> LifeIcon {
    match stage {
        StageView { began: None, .. } => LifeIcon::Coming,
        stage if stage.devices == stage.reported => LifeIcon::Reported,
        stage if stage.waiting + stage.sent > 0 => LifeIcon::Sent,
        _ => LifeIcon::Accepted,
    }
}

fn said(stage: StageView, before: Option<u8>, language: Language) -> String {
    let reported = format::count(stage.reported.into());
    match (stage.began, stage.ended) {
        (None, _) => match before {
            Some(percent) => words::STARTS_AFTER.fill(language, &[&percent.to_string()]),
            None => words::STARTS_FIRST.text(language).to_owned(),
        },
        (Some(began), Some(ended)) if stage.reported == stage.devices => {
            let time = format::duration(language, ended.0 - began.0);
            words::ALL_IN.fill(language, &[&reported, &time])
        }
        _ => {
            let devices = format::count(stage.devices.into());
            words::OF_REPORTED.fill(language, &[&reported, &devices])
        }
    }
}

/// Settable until it is started.
pub(super) fn limit(panel: BulkPanel) -> AnyView {
    let permille = panel.part(|job| job.rejected_permille);
    let percent = panel.part(|job| job.stop_percent);
    let input = match panel.draft {
        Some(draft) => {
            let bad = memo(move |_| draft.limit_percent().is_none());
            view! {
                <input
                    id="bulk-limit"
                    class="input"
                    type="number"
                    min="0"
                    max="100"
                    inputmode="numeric"
                    aria-invalid=move || bad.get().to_string()
                    prop:value=move || draft.limit.get()
                    on:input=act(move |event| draft.limit.set(event_target_value(&event)))
                />
                <span aria-hidden="true">"%"</span>
            }
            .into_any()
        }
        None => view! { <output id="bulk-limit">{move || percent.get().to_string()} " %"</output> }
            .into_any(),
    };
    view! {
        <section class="bulk-part">
            <div class="bulk-limit">
                {life_icon(LifeIcon::Rejected)}
                <label for="bulk-limit">{say(words::STOP_WHEN)}</label>
                {input}
            </div>
            {panel.draft.is_none().then(|| {
                view! {
                    <p class="bulk-now">
                        <span>{say(words::REJECTED_NOW)}</span>
                        <span>{move || tenths(permille.get())} " %"</span>
                    </p>
                }
                .into_any()
            })}
        </section>
    }
    .into_any()
}

/// The service's own words, with how many got them.
pub(super) fn rejections(panel: BulkPanel) -> AnyView {
    let language = language();
    let list = panel.part(|job| job.rejections.clone());
    let count = memo(move |_| list.with(|list| list.iter().map(|(.., count)| count).sum::<u32>()));
    let title = figure(
        count,
        words::WHY_ONE_REJECTED,
        words::WHY_REJECTED,
        language,
    );
    let button = figure(count, words::SHOW_THE, words::SHOW_THE, language);
    let rows = live(move || {
        let row = |(code, words, count): (u16, String, u32)| {
            view! {
                <div class="rejection">
                    <dt><code>{code.to_string()}</code> {words}</dt>
                    <dd>{format::count(count.into())}</dd>
                </div>
            }
            .into_any()
        };
        Some(
            list.get()
                .into_iter()
                .map(row)
                .collect::<Vec<_>>()
                .into_any(),
        )
    });
    view! {
        <section class="bulk-part" hidden=move || count.get() == 0>
            <h3>{title}</h3>
            <dl>{rows}</dl>
            <button
                type="button"
                class="link"
                on:click=act(move |_| panel.listed.set(Some(Some(ItemStep::Rejected))))
            >
                {button}
            </button>
        </section>
    }
    .into_any()
}

fn figure(
    count: Memo<u32>,
    one: Phrase,
    many: Phrase,
    language: RwSignal<Language>,
) -> Live<String> {
    live(move || {
        let figure = format::count(count.get().into());
        let phrase = if count.get() == 1 { one } else { many };
        phrase.fill(language.get(), &[&figure])
    })
}
