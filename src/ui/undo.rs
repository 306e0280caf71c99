//! The way back from a change of many devices: a button with the time it is left, a key, and a note that comes and
//! goes by itself.

use leptos::prelude::*;

use super::commands::Commands;
use super::format;
use super::icons::{Icon, icon};
use super::job_words::{state, title};
use super::reactive::{act, each, item, live, memo, watch};
use super::store::Store;
use super::text::{changes as words, devices, language, say};
use crate::engine::command::{BulkCommand, Command};
use crate::engine::frame::{JobState, JobView};
use crate::time::UnixMillis;

/// How long the note stays, in milliseconds.
const STAY: i64 = 10_000;

/// How many devices an undo of it would set back, as long as there is time.
fn undoable(job: &JobView, now: UnixMillis) -> u32 {
    match job.undo_until {
        Some(until) if until > now => job.undoable,
        _ => 0,
    }
}

fn undo(id: u32, commands: Commands) {
    commands.send(Command::Bulk(BulkCommand::Undo(id)));
}

/// Undoes the newest job that can be. False: there is none.
pub(super) fn undo_newest(store: Store, commands: Commands) -> bool {
    let now = store.now.get_untracked();
    let newest = store.jobs.with_untracked(|jobs| {
        let mut jobs = jobs.iter();
        let job = jobs.find(|job| job.undoes.is_none() && undoable(job, now) > 0);
        job.map(|job| job.id)
    });
    if let Some(id) = newest {
        undo(id, commands);
    }
    newest.is_some()
}

/// "Undo for 6 devices", and for how long that is possible. Nothing when it is not.
pub(super) fn button(id: u32) -> AnyView {
    let store = expect_context::<Store>();
    let commands = expect_context::<Commands>();
    let language = language();
    let left = memo(move |_| {
        let now = store.now.get();
        store.jobs.with(|jobs| {
            let job = jobs.iter().find(|job| job.id == id)?;
            let devices = undoable(job, now);
            let until = job.undo_until?;
            (devices > 0).then_some((devices, (until.0 - now.0) / 1000))
        })
    });
    let name = live(move || {
        let language = language.get();
        let (devices, _) = left.get()?;
        let devices = match devices {
            1 => words::ONE_DEVICE.text(language).to_owned(),
            many => words::DEVICES.fill(language, &[&format::count(many.into())]),
        };
        Some(words::UNDO_FOR.fill(language, &[&devices]))
    });
    let time = live(move || {
        let language = language.get();
        let (_, seconds) = left.get()?;
        let time = format::duration(language, seconds * 1000);
        Some(words::TIME_LEFT.fill(language, &[&time]))
    });
    view! {
        <span class="undo" hidden=move || left.get().is_none()>
            <button type="button" class="button" on:click=act(move |_| undo(id, commands))>
                {icon(Icon::Undo)}
                {name}
            </button>
            <span class="undo-left">{time}</span>
        </span>
    }
    .into_any()
}

/// Says what an answer did, with the way back from it. Stays while pointer or focus is in it.
pub(super) fn toast() -> AnyView {
    let store = expect_context::<Store>();
    let shown = RwSignal::new(None::<u32>);
    let until = StoredValue::new(0);
    let held = StoredValue::new((false, false));
    let newest = memo(move |_| {
        store.jobs.with(|jobs| {
            let job = jobs.iter().find(|job| job.state != JobState::Prepared)?;
            // Jobs in stages have a panel of their own, with their undo in it.
            let at_once = job.stages.len() == 1 && job.undoes.is_none();
            let done = at_once && job.undoable > 0;
            (done || job.state == JobState::Refused).then_some(job.id)
        })
    });
    watch(move || {
        until.set_value(store.now.get_untracked().0 + STAY);
        shown.set(newest.get());
    });
    watch(move || {
        let now = store.now.get().0;
        if held.get_value() != (false, false) {
            until.set_value(now + STAY);
        } else if now > until.get_value() && shown.get_untracked().is_some() {
            shown.set(None);
        }
    });
    let hold = move |pointer: Option<bool>, focus: Option<bool>| {
        held.update_value(|held| {
            held.0 = pointer.unwrap_or(held.0);
            held.1 = focus.unwrap_or(held.1);
        });
    };
    let view = move |id: u32| {
        held.set_value((false, false));
        view! {
            <div
                class="toast"
                on:pointerenter=act(move |_| hold(Some(true), None))
                on:pointerleave=act(move |_| hold(Some(false), None))
                on:focusin=act(move |_| hold(None, Some(true)))
                on:focusout=act(move |_| hold(None, Some(false)))
            >
                <p>{said(id, store)}</p>
                {button(id)}
                <kbd aria-hidden="true">"u"</kbd>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=say(devices::CLOSE)
                    title=say(devices::CLOSE)
                    on:click=act(move |_| {
                        shown.set(None);
                    })
                >
                    {icon(Icon::Close)}
                </button>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="toasts" role="region" aria-label=say(words::TOAST) aria-live="polite">
            {each(move || shown.get().map(|id| item(id.to_string(), move || view(id))).into_iter().collect())}
        </div>
    }
    .into_any()
}

fn said(id: u32, store: Store) -> AnyView {
    let language = language();
    let text = live(move || {
        let language = language.get();
        store.jobs.with_untracked(|jobs| {
            let job = jobs.iter().find(|job| job.id == id);
            job.map(|job| {
                let refused = job.state == JobState::Refused;
                let why = refused.then(|| " · ".to_owned() + state(job.state).text(language));
                view! { {title(job, language)} {why} }.into_any()
            })
        })
    });
    text.into_any()
}
