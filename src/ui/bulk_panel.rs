//! The panel of one change of many devices: what changes, who, in which stages, and when it stops. Closing it ends no
//! job.

use leptos::prelude::*;

use super::bulk::{Bulk, Target};
use super::bulk_draft::Draft;
use super::bulk_rows::device_rows;
use super::bulk_stages::{limit, rejections, stages};
use super::bulk_who::who;
use super::format;
use super::icons::{Icon, icon};
use super::job_words;
use super::keys::{focus_if_lost, focus_soon};
use super::link_state::LinkKind;
use super::reactive::{act, each, item, live, memo, show};
use super::rich::rich;
use super::sheet::tall_sheet;
use super::text::{Phrase, bulk as words, devices, language, say};
use super::undo;
use crate::engine::command::BulkCommand;
use crate::engine::frame::{ItemStep, JobRequest, JobState, JobView};

/// What the parts of the panel share.
#[derive(Clone, Copy)]
pub(super) struct BulkPanel {
    pub(super) bulk: Bulk,
    /// None: nothing is prepared yet.
    pub(super) job: Memo<Option<JobView>>,
    /// While nothing was started.
    pub(super) draft: Option<Draft>,
    /// The devices are looked at one by one: all of them, or those at a step.
    pub(super) listed: RwSignal<Option<Option<ItemStep>>>,
}

impl BulkPanel {
    /// A part of the job, or what stands for it while there is none.
    pub(super) fn part<T: Default + PartialEq + Send + Sync + 'static>(
        self,
        read: fn(&JobView) -> T,
    ) -> Memo<T> {
        memo(move |_| {
            self.job
                .with(|job| job.as_ref().map(read).unwrap_or_default())
        })
    }

    fn state(self) -> Memo<Option<JobState>> {
        self.part(|job| Some(job.state))
    }
}

/// Nothing while none is open. On narrow screens it brings its own bottom sheet along.
#[component]
pub(super) fn BulkPanels() -> impl IntoView {
    let bulk = expect_context::<Bulk>();
    each(move || {
        let key = |target: &Target| match target {
            Target::New => "new".to_owned(),
            Target::Job(id) => id.to_string(),
        };
        let open = |target: Target| item(key(&target), move || panel(target, bulk));
        bulk.target.get().map(open).into_iter().collect()
    })
}

fn panel(target: Target, bulk: Bulk) -> AnyView {
    let draft = (target == Target::New).then(|| Draft::new(bulk));
    let job = match (draft, target) {
        (Some(draft), _) => draft.job(),
        (None, Target::Job(id)) => memo(move |before: Option<&Option<JobView>>| {
            let jobs = bulk.store.jobs;
            let job = jobs.with(|jobs| jobs.iter().find(|job| job.id == id).cloned());
            job.or_else(|| before.cloned().flatten())
        }),
        (None, Target::New) => memo(|_| None),
    };
    let panel = BulkPanel {
        bulk,
        job,
        draft,
        listed: RwSignal::new(None),
    };
    clean_up(panel);
    let language = language();
    let devices = memo(move |_| match draft {
        Some(_) => bulk.choosing.count(),
        None => job.with(|job| job.as_ref().map_or(0, |job| job.devices)),
    });
    let title = memo(move |_| match devices.get() {
        1 => words::TITLE_ONE.text(language.get()).to_owned(),
        many => words::CHANGE_MANY.fill(language.get(), &[&format::count(many.into())]),
    });
    let is_listed = memo(move |_| panel.listed.with(Option::is_some));
    let body = live(move || {
        Some(match is_listed.get() {
            true => device_rows(panel),
            false => parts(panel),
        })
    });
    let content = view! {
        <section class="device-panel bulk" role="region" aria-label=move || title.get()>
            <header class="panel-head">
                <div class="panel-title">
                    {icon(Icon::Select)} <h2>{move || title.get()}</h2>
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=say(devices::CLOSE)
                        title=move || devices::CLOSE.text(language.get()).to_owned() + " (Esc)"
                        on:click=act(move |_| close(bulk))
                    >
                        {icon(Icon::Close)}
                    </button>
                </div>
                {captured(panel)}
            </header>
            {body}
            {foot(panel)}
        </section>
    };
    tall_sheet(content.into_any())
}

/// Closes the panel and gives the focus back to where it came from.
pub(super) fn close(bulk: Bulk) {
    bulk.close();
    focus_soon(".list-foot .primary, .list-foot button");
}

/// What was only prepared is forgotten with the panel.
fn clean_up(panel: BulkPanel) {
    let BulkPanel { bulk, .. } = panel;
    let is_draft = panel.draft.is_some();
    on_cleanup(move || {
        bulk.store.job_request.set(None);
        let prepared = bulk.store.jobs.with_untracked(|jobs| {
            let job = jobs.iter().find(|job| job.state == JobState::Prepared);
            job.map(|job| job.id).filter(|_| is_draft)
        });
        let started = bulk.target.get_untracked();
        if let Some(id) = prepared.filter(|id| started != Some(Target::Job(*id))) {
            bulk.send(BulkCommand::Close(id));
        }
    });
}

fn captured(panel: BulkPanel) -> AnyView {
    let language = language();
    let at = panel.part(|job| Some(job.captured_at));
    let text = live(move || {
        let language = language.get();
        let Some(at) = at.get() else {
            return words::NOTHING_SENT.text(language).to_owned();
        };
        let captured = words::CAPTURED.fill(language, &[&format::clock(at)]);
        match panel.draft {
            Some(_) => captured + " · " + words::NOTHING_SENT.text(language),
            None => captured,
        }
    });
    view! { <p class="panel-what">{text}</p> }.into_any()
}

fn parts(panel: BulkPanel) -> AnyView {
    let what = match panel.draft {
        Some(draft) => draft.view(),
        None => {
            let language = language();
            let is_there = memo(move |_| panel.job.with(Option::is_some));
            let title = live(move || {
                is_there.track();
                let language = language.get();
                let job = panel.job;
                job.with_untracked(|job| Some(job_words::title(job.as_ref()?, language)))
            });
            view! { <p class="bulk-what bulk-title">{title}</p> }.into_any()
        }
    };
    let is_there = memo(move |_| panel.job.with(Option::is_some));
    view! {
        <div class="panel-body bulk-body" tabindex="-1">
            {note(panel)}
            {what}
            {show(
                move || is_there.get(),
                move || {
                    view! {
                        {who(panel)} {stages(panel)} {limit(panel)} {rejections(panel)} {undo_sets(panel)}
                    }
                    .into_any()
                },
            )}
        </div>
    }
    .into_any()
}

/// What there is to say of where it stands, and why.
fn note(panel: BulkPanel) -> AnyView {
    let language = language();
    let state = panel.state();
    let permille = panel.part(|job| (job.rejected_permille, job.stop_percent));
    let kind = LinkKind::memo(panel.bulk.store);
    let text = live(move || {
        let language = language.get();
        let phrase = match state.get()? {
            JobState::Prepared => return None,
            JobState::Refused => words::NOTE_REFUSED,
            JobState::Running if kind.get() != LinkKind::Connected => words::NOTE_NO_LINK,
            JobState::Running => return None,
            JobState::Paused => words::NOTE_PAUSED,
            JobState::StoppedByRefusals => {
                let (permille, percent) = permille.get();
                let percent = percent.to_string();
                let text = words::NOTE_REFUSALS.fill(language, &[&tenths(permille), &percent]);
                return Some(text);
            }
            JobState::Stopped => words::NOTE_STOPPED,
            JobState::Sent => words::NOTE_SENT,
            JobState::Done => words::NOTE_DONE,
        };
        Some(phrase.text(language).to_owned())
    });
    let quiet = move || {
        matches!(
            state.get(),
            None | Some(JobState::Prepared | JobState::Running | JobState::Sent | JobState::Done)
        )
    };
    view! { <p class="bulk-note" class:quiet=live(quiet) aria-live="polite">{text}</p> }.into_any()
}

/// `12` is `1.2`.
pub(super) fn tenths(permille: u32) -> String {
    (permille / 10).to_string() + "." + &(permille % 10).to_string()
}

fn undo_sets(panel: BulkPanel) -> AnyView {
    let language = language();
    let path = panel.part(|job| job.path.as_ref().map(|path| path.join(".")));
    let at = panel.part(|job| job.captured_at);
    let undoes = panel.part(|job| job.undoes.is_some());
    let text = live(move || {
        let language = language.get();
        let several = words::SEVERAL_KEYS.text(language);
        let path = path.get().unwrap_or_else(|| several.to_owned());
        Some(rich(
            words::UNDO_SETS,
            language,
            &[&path, &format::clock(at.get())],
        ))
    });
    view! { <p class="bulk-undo" hidden=move || undoes.get()>{text}</p> }.into_any()
}

fn foot(panel: BulkPanel) -> AnyView {
    let state = panel.state();
    let view = live(move || {
        let id = panel
            .job
            .with_untracked(|job| job.as_ref().map(|job| job.id));
        let id = id.unwrap_or_default();
        Some(match state.get() {
            None | Some(JobState::Prepared | JobState::Refused) => start(panel),
            Some(JobState::Running) => {
                let pause = button(
                    panel,
                    words::PAUSE,
                    Some(Icon::Pause),
                    BulkCommand::Pause(id),
                );
                view! { {pause} {stop_and_undo(panel, id)} }.into_any()
            }
            Some(JobState::Paused | JobState::StoppedByRefusals) => {
                let resume = button(
                    panel,
                    words::RESUME,
                    Some(Icon::Play),
                    BulkCommand::Resume(id),
                );
                let stop = button(panel, words::STOP, None, BulkCommand::Stop(id));
                view! { {resume} {stop} {stop_and_undo(panel, id)} }.into_any()
            }
            Some(JobState::Stopped | JobState::Sent | JobState::Done) => undo::button(id),
        })
    });
    view! { <footer class="bulk-foot">{view}</footer> }.into_any()
}

fn start(panel: BulkPanel) -> AnyView {
    let BulkPanel { bulk, .. } = panel;
    let Some(draft) = panel.draft else {
        return ().into_any();
    };
    let language = language();
    let ready = memo(move |_| {
        let job = panel.job.with(|job| {
            let job = job.as_ref().filter(|job| job.state == JobState::Prepared);
            job.map(|job| (job.id, job.will_change))
        });
        let (id, devices) = job?;
        let percent = draft.limit_percent()?;
        (devices > 0).then_some((id, devices, percent))
    });
    let name = live(move || match ready.get() {
        None => words::CHANGE_ONE.text(language.get()).to_owned(),
        Some((_, 1, _)) => words::TITLE_ONE.text(language.get()).to_owned(),
        Some((_, many, _)) => {
            words::CHANGE_MANY.fill(language.get(), &[&format::count(many.into())])
        }
    });
    let press = move |_| {
        if let Some((job, _, stop_percent)) = ready.get_untracked() {
            bulk.send(BulkCommand::Start { job, stop_percent });
            bulk.choosing.end();
            bulk.target.set(Some(Target::Job(job)));
            keep_focus();
        }
    };
    view! {
        <button type="button" class="button" on:click=act(move |_| close(bulk))>
            {say(words::CANCEL)}
        </button>
        <button
            type="button"
            class="button primary"
            disabled=move || ready.get().is_none()
            on:click=act(press)
        >
            {name}
        </button>
    }
    .into_any()
}

/// The button that was pressed goes once the engine has answered; the one in its place gets the focus.
fn keep_focus() {
    set_timeout(
        || focus_if_lost(".bulk-foot button"),
        std::time::Duration::from_millis(200),
    );
}

fn button(panel: BulkPanel, name: Phrase, picture: Option<Icon>, command: BulkCommand) -> AnyView {
    let press = move |_| {
        panel.bulk.send(command.clone());
        keep_focus();
    };
    view! {
        <button type="button" class="button" on:click=act(press)>
            {picture.map(icon)}
            {say(name)}
        </button>
    }
    .into_any()
}

fn stop_and_undo(panel: BulkPanel, id: u32) -> AnyView {
    let language = language();
    let count = panel.part(|job| job.undoable);
    let name = live(move || {
        let figure = format::count(count.get().into());
        words::STOP_AND_UNDO.fill(language.get(), &[&figure])
    });
    let press = move |_| {
        panel.bulk.send(BulkCommand::Undo(id));
        keep_focus();
    };
    view! {
        <button
            type="button"
            class="button danger"
            disabled=move || count.get() == 0
            on:click=act(press)
        >
            {name}
        </button>
    }
    .into_any()
}

/// Asks for the devices of the job, those in sight.
pub(super) fn ask(panel: BulkPanel, first: u32, rows: u32) {
    let step = panel.listed.get().flatten();
    let id = panel.job.with(|job| job.as_ref().map(|job| job.id));
    let request = id.map(|job| JobRequest {
        job,
        step,
        first,
        rows,
    });
    panel.bulk.store.job_request.set(request);
}
