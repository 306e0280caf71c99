//! Answers the page's request for a frame, and leaves out what it already shows.

use super::Engine;
use super::doctor::DoctorView;
use super::frame::{
    BoardView, EditorFrame, FrameRequest, FrameUpdate, FrameView, HistoryView, JobRows, JobView,
    LinkView, ListView, OwnView, Picked, Row, RulesView, Selected, ThingsView,
};
use super::known::Known;
use crate::fleet::Slot;
use crate::geo::Bounds;
use crate::shadow::topics::ShadowId;
use crate::time::{Instant, Now};

/// Between two answers to one and the same request, in milliseconds: a fleet that never rests is shown thirty times
/// a second, which halves the work of the page and of whoever draws it.
const PACE: u64 = 30;

/// The same in a flood, where drawing would take the time that receiving needs.
const PACE_IN_FLOOD: u64 = 100;

/// Messages a second that are a flood.
const FLOOD: u32 = 20_000;

/// The parts that the page holds.
#[derive(Default)]
pub(super) struct Shown {
    /// The newest request that was answered with all that had changed, and when.
    request: FrameRequest,
    at: Instant,
    slots: u32,
    link: Option<LinkView>,
    list: Option<ListView>,
    selected: Option<Selected>,
    extent: Option<Bounds>,
    picked: Option<u32>,
    doctor: Option<DoctorView>,
    editor: Option<EditorFrame>,
    history: Option<HistoryView>,
    board: Option<BoardView>,
    jobs: Option<Vec<JobView>>,
    job: Option<JobRows>,
    things: Option<ThingsView>,
    rules: Option<RulesView>,
    own: Option<OwnView>,
}

impl Engine {
    /// Everything that changed since the last frame, as far as `request` looks at it.
    pub fn frame(&mut self, request: &FrameRequest, now: Now) -> FrameUpdate {
        self.known.handle_timeout(now);
        let soon = now.instant.0 < self.shown.at.0 + self.pace();
        if soon && !request.fresh && self.shown.request == *request {
            return self.nothing(now);
        }
        let backlog = self.known.backlog.len() as u32;
        self.known.work_in();
        // Only when it is chosen: one that is forgotten while it is looked at stays so.
        let chosen = request.selected.as_deref();
        if let Some(name) = chosen.filter(|_| self.shown.request.selected != request.selected) {
            self.known.bring_back(name, request.shadow.as_deref());
        }
        if request.fresh {
            self.shown = Shown::default();
        }
        if request.details || request.doctor {
            self.with_session(|session| session.look(now.instant));
        }
        self.look_up_selected(request, now);
        let changes = self.known.fleet.take_changes(request.fresh);
        let link = self.link_view(backlog, now);
        let doctor = request.doctor.then(|| self.doctor_view(&link, now));
        let list = self
            .known
            .fleet
            .list(&request.list, request.bounds, now.wall);
        let selected = match &request.selected {
            Some(name) => self.known.selected(name, request.shadow.as_deref(), now),
            None => Selected::Nothing,
        };
        let editor = self.editor_frame();
        if request.history.is_none() {
            // The page forgets it with the view that it closes.
            self.shown.history = None;
        }
        let history = request.history.as_ref();
        let history = history.map(|request| self.history_view(request));
        let board = request.board.as_ref();
        let board = board.map(|request| self.board_view(request, now));
        let jobs = self.jobs(now);
        let job = request.job.as_ref().map(|request| self.job_rows(request));
        let things = request.things.as_ref();
        let things = things.map(|request| self.things_view(request, now));
        let rules = request.rules.as_ref();
        let rules = rules.map(|request| self.rules_view(request, now));
        let own = self.own_view(now);
        self.prefer_shown(list.rows.iter(), things.as_ref());
        let extent = self.known.fleet.extent();
        let picked = self.picked(request);
        self.shown.request.clone_from(request);
        self.shown.at = now.instant;
        self.shown.slots = self.known.fleet.len();
        FrameUpdate {
            runs: changes.runs,
            positions: changes.positions,
            marks: changes.marks,
            view: FrameView {
                now: now.wall,
                slots: self.shown.slots,
                received: self.meter.total(),
                link: news(&mut self.shown.link, link),
                list: news(&mut self.shown.list, list),
                selected: news(&mut self.shown.selected, selected),
                picked,
                extent: extent.and_then(|extent| news(&mut self.shown.extent, extent)),
                doctor: doctor.and_then(|doctor| news(&mut self.shown.doctor, doctor)),
                editor: news(&mut self.shown.editor, editor),
                history: history.and_then(|history| news(&mut self.shown.history, history)),
                board: board.and_then(|board| news(&mut self.shown.board, board)),
                jobs: news(&mut self.shown.jobs, jobs),
                job: job.and_then(|job| news(&mut self.shown.job, job)),
                things: things.and_then(|things| news(&mut self.shown.things, things)),
                rules: rules.and_then(|rules| news(&mut self.shown.rules, rules)),
                own: news(&mut self.shown.own, own),
            },
        }
    }

    fn pace(&self) -> u64 {
        match self.meter.busiest() > FLOOD {
            true => PACE_IN_FLOOD,
            false => PACE,
        }
    }

    /// The page asked again before there can be news.
    fn nothing(&self, now: Now) -> FrameUpdate {
        FrameUpdate {
            view: FrameView {
                now: now.wall,
                slots: self.shown.slots,
                received: self.meter.total(),
                ..FrameView::default()
            },
            ..FrameUpdate::default()
        }
    }

    fn link_view(&mut self, backlog: u32, now: Now) -> LinkView {
        self.meter.roll(now.instant);
        let (messages_per_second, bytes_per_second) = self.meter.rates();
        let mut view = LinkView {
            messages_per_second,
            bytes_per_second,
            history: self.meter.history(),
            backlog,
            dropped: self.known.fleet.dropped() + self.known.backlog.dropped(),
            unreadable: self.known.counters.unreadable,
            texts: self.known.counters.texts,
            waiting: self.known.requests.queued() as u32,
            publish_refused: self.publishing.refused().map(ToOwned::to_owned),
            ..LinkView::default()
        };
        if let Some(link) = &mut self.link {
            link.rates.roll(now.instant);
            link.describe(&mut view, now);
        }
        view
    }

    /// Also asks the questions that can tell more, once for each series of failures.
    fn doctor_view(&mut self, view: &LinkView, now: Now) -> DoctorView {
        if let Some(link) = &self.link
            && self.record.wants_examination(&link.session)
        {
            self.examine(now.instant);
        }
        let Some(link) = &self.link else {
            return DoctorView::default();
        };
        self.record.view(link, view, now)
    }

    fn look_up_selected(&mut self, request: &FrameRequest, now: Now) {
        let Some(name) = &request.selected else {
            return;
        };
        let shadow = request.shadow.as_deref();
        if ShadowId::new(name, shadow).is_err() {
            return;
        }
        self.known.watch(name, shadow);
        match self.known.fleet.find(name) {
            Some(slot) => self.known.lookup.want_now((slot, shadow.map(Into::into))),
            // A name from an address may be that of a silent thing: its shadow knows it.
            None if self.asked.as_ref() != Some(name) && self.may_ask() => {
                self.publish_get(name, shadow, now.instant);
                self.asked = Some(name.clone());
            }
            None => {}
        }
    }

    /// The shadows of what is in sight are asked for first.
    fn prefer_shown<'a>(
        &mut self,
        rows: impl Iterator<Item = &'a Row>,
        things: Option<&ThingsView>,
    ) {
        let Known { fleet, lookup, .. } = &mut self.known;
        let things = things.into_iter().flat_map(|things| &things.rows);
        let things = things.filter_map(|row| fleet.find(&row.name));
        lookup.prefer(things.chain(rows.map(|row| Slot(row.slot))));
    }

    fn picked(&mut self, request: &FrameRequest) -> Option<Picked> {
        let pick = request.pick.as_ref()?;
        if self.shown.picked.replace(pick.serial) == Some(pick.serial) {
            return None;
        }
        Some(self.known.fleet.pick(pick))
    }
}

fn news<T: Clone + PartialEq>(shown: &mut Option<T>, new: T) -> Option<T> {
    if shown.as_ref() == Some(&new) {
        return None;
    }
    *shown = Some(new.clone());
    Some(new)
}
