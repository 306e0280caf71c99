//! The changes of this page that are on their way, or over: those for many devices first, then single ones.

use leptos::prelude::*;

use super::board::Board;
use super::changes_page::back;
use super::format;
use super::job_list::{has_jobs, job_list};
use super::keys::focus;
use super::life_icon::{LifeIcon, life_icon};
use super::life_rail::gap;
use super::open::{Open, Page};
use super::reactive::{act, live, memo, show};
use super::scroller::{Heights, Scroller};
use super::text::{Language, changes as words, devices, language, say};
use crate::engine::command::Command;
use crate::engine::frame::{BoardTab, ChangeView, Stage, Step};
use crate::time::UnixMillis;

/// As changes.css has them.
const ROW: Heights = Heights {
    mouse: 52,
    touch: 76,
};

pub(super) fn change_list(tab: BoardTab, board: Board) -> AnyView {
    let under_way = tab == BoardTab::OnItsWay;
    let name = match under_way {
        true => words::ON_ITS_WAY,
        false => words::DONE,
    };
    let total = memo(move |_| board.store.board.with(|view| view.total));
    let rows = Scroller::new(total, board.first, board.rows, ROW);
    let window = memo(move |_| {
        board
            .store
            .board
            .with(|view| (view.first, view.first + view.changes.len() as u32))
    });
    let jobs = has_jobs(under_way, board.store);
    let nothing = match under_way {
        true => words::NOTHING_ON_ITS_WAY,
        false => words::NOTHING_DONE,
    };
    view! {
        <header class="changes-head">
            {back(board)} <h3>{say(name)}</h3> {under_way.then(|| queue(board))}
        </header>
        {job_list(under_way, board)}
        <div
            class="change-rows"
            role="list"
            tabindex="0"
            aria-label=say(name)
            hidden=move || total.get() == 0
            node_ref=rows.element
            on:scroll=act(move |_| rows.look())
        >
            {rows.place("presentation", window, move |index| row(index, under_way, rows, board))}
        </div>
        {show(
            move || !jobs.get() && total.get() == 0,
            move || view! { <p class="changes-nothing">{say(nothing)}</p> }.into_any(),
        )}
    }
    .into_any()
}

/// What waits for the connection can be forgotten.
fn queue(board: Board) -> AnyView {
    let language = language();
    let waiting = memo(move |_| board.store.link.with(|link| link.waiting));
    let text = live(move || {
        let figure = format::count(waiting.get().into());
        words::QUEUE.fill(language.get(), &[&figure])
    });
    let empty = move |_| {
        board.send(Command::EmptyQueue);
        focus(".changes-filters [aria-pressed=true]");
    };
    view! {
        <div class="changes-actions" hidden=move || waiting.get() == 0>
            <span class="changes-queue">{text}</span>
            <button type="button" class="button" on:click=act(empty)>
                {say(words::EMPTY_QUEUE)}
            </button>
        </div>
    }
    .into_any()
}

fn row(index: u32, under_way: bool, rows: Scroller, board: Board) -> AnyView {
    let open = expect_context::<Open>();
    let language = language();
    let change = memo(move |before: Option<&Option<ChangeView>>| {
        let change = board.store.board.with(|view| {
            let place = index.checked_sub(view.first)? as usize;
            view.changes.get(place).cloned()
        });
        change.or_else(|| before.cloned().flatten())
    });
    let icon = live(move || {
        change.with(|change| {
            change
                .as_ref()
                .map(|change| life_icon(icon_of(&change.stage)))
        })
    });
    let name = live(move || change.with(|it| it.as_ref().map(|it| it.field.device.clone())));
    let what = live(move || {
        change.with(|change| {
            let change = change.as_ref()?;
            let key = change.field.path.join(".");
            let view = view! {
                <code>{key}</code> " " <span class="arrow" aria-hidden="true">"→"</span> " "
                <code class=if under_way { "wished" } else { "" }>{change.wish.text.clone()}</code>
            };
            Some(view.into_any())
        })
    });
    let outcome = live(move || {
        let language = language.get();
        change.with(|change| change.as_ref().map(|change| outcome(change, language)))
    });
    let when = live(move || {
        let at = change.with(|change| change.as_ref()?.steps.last().map(|(_, at)| *at))?;
        let who = words::BY_YOU.text(language.get());
        Some(format::clock(at) + " · " + who)
    });
    let look = move |_| {
        let device = change.with_untracked(|it| it.as_ref().map(|it| it.field.device.clone()));
        board.store.select(device);
        open.go(Page::Map);
    };
    let take_back = move |_| {
        if let Some(change) = change.get_untracked() {
            board.send(Command::TakeBack(change.field));
        }
    };
    view! {
        <div
            class="change-row"
            role="listitem"
            aria-setsize=move || rows.total.get().to_string()
            aria-posinset=(index + 1).to_string()
            style:transform=move || rows.shift(index)
        >
            {icon}
            <div class="change-what">
                <button type="button" class="change-device" on:click=act(look)>{name}</button>
                <div>{what}</div>
            </div>
            <div class="change-outcome">
                <div>{outcome}</div>
                <div class="change-when">{when}</div>
            </div>
            {under_way
                .then(|| {
                    view! {
                        <button type="button" class="link" on:click=act(take_back)>
                            {say(devices::TAKE_BACK)}
                        </button>
                    }
                    .into_any()
                })}
        </div>
    }
    .into_any()
}

const fn icon_of(stage: &Stage) -> LifeIcon {
    match stage {
        Stage::Queued => LifeIcon::Queued,
        Stage::Sent => LifeIcon::Sent,
        Stage::Accepted { .. } => LifeIcon::Accepted,
        Stage::Reported => LifeIcon::Reported,
        Stage::Rejected { .. } => LifeIcon::Rejected,
        Stage::TimedOut => LifeIcon::TimedOut,
        Stage::Superseded { .. } => LifeIcon::Superseded,
    }
}

/// Where it stands, or how it ended.
fn outcome(change: &ChangeView, language: Language) -> String {
    match &change.stage {
        Stage::Queued => devices::QUEUED.text(language).to_owned(),
        Stage::Sent => devices::SENT.text(language).to_owned(),
        Stage::Accepted { version } => devices::ACCEPTED.fill(language, &[&version.to_string()]),
        Stage::Reported => match reported_after(change) {
            Some((sent, reported)) => {
                words::REPORTED_AFTER.fill(language, &[&gap(sent, reported, language)])
            }
            None => devices::REPORTED.text(language).to_owned(),
        },
        Stage::Rejected { code, message } => {
            let rejected = devices::REJECTED.text(language).to_owned();
            rejected + " · " + message + " (" + &code.to_string() + ")"
        }
        Stage::TimedOut => devices::TIMED_OUT.text(language).to_owned(),
        Stage::Superseded { by, value, version } => {
            let by = by.as_deref();
            let by = by.unwrap_or_else(|| devices::ANOTHER_CLIENT.text(language));
            let value = value.as_ref().map(|value| value.text.as_str());
            let value = value.unwrap_or_else(|| devices::REMOVED.text(language));
            let superseded = devices::SUPERSEDED.text(language).to_owned();
            superseded + " · " + value + " (" + by + ", v" + &version.to_string() + ")"
        }
    }
}

fn reported_after(change: &ChangeView) -> Option<(UnixMillis, UnixMillis)> {
    let at = |wanted: Step| {
        let step = change.steps.iter().find(|(step, _)| *step == wanted);
        step.map(|(_, at)| *at)
    };
    Some((at(Step::Sent)?, at(Step::Reported)?))
}
