//! What the page knows and what it asks for, one signal for each thing that is drawn on its own.

use leptos::prelude::*;

use crate::engine::frame::{
    BoardRequest, BoardView, Chip, DoctorView, EditorFrame, FrameRequest, FrameView,
    HistoryRequest, HistoryView, JobRequest, JobRows, JobView, LinkView, ListRequest, ListView,
    OwnView, Pick, Picked, RulesRequest, RulesView, Selected, Sort, ThingsRequest, ThingsView,
};
use crate::geo::Bounds;
use crate::time::UnixMillis;

/// Signals that live as long as the page. Copies share them.
#[derive(Clone, Copy)]
pub struct Store {
    // From the engine.
    /// The engine's wall clock, to the tenth of a second: ages are counted from it.
    pub now: RwSignal<UnixMillis>,
    /// Messages that came since the page was opened.
    pub received: RwSignal<u64>,
    pub link: RwSignal<LinkView>,
    pub list: RwSignal<ListView>,
    pub selected: RwSignal<Selected>,
    pub picked: RwSignal<Option<Picked>>,
    pub extent: RwSignal<Option<Bounds>>,
    pub doctor: RwSignal<DoctorView>,
    pub editor: RwSignal<EditorFrame>,
    pub history: RwSignal<HistoryView>,
    pub board: RwSignal<BoardView>,
    /// Newest first.
    pub jobs: RwSignal<Vec<JobView>>,
    pub job: RwSignal<JobRows>,
    pub things: RwSignal<ThingsView>,
    pub rules: RwSignal<RulesView>,
    pub own: RwSignal<OwnView>,

    // From the person.
    pub search: RwSignal<String>,
    pub chip: RwSignal<Chip>,
    pub sort: RwSignal<Sort>,
    /// Pointer or focus is in the list: its order stays.
    pub hold: RwSignal<bool>,
    /// The rows that the list's window shows.
    pub first_row: RwSignal<u32>,
    pub rows: RwSignal<u32>,
    /// The name of the device whose panel is open.
    pub selection: RwSignal<Option<String>>,
    pub shadow: RwSignal<Option<String>>,
    pub follow: RwSignal<bool>,
    pub bounds: RwSignal<Option<Bounds>>,
    pub pick: RwSignal<Option<Pick>>,
    // What is open and wants to be answered; None: nobody looks.
    pub history_request: RwSignal<Option<HistoryRequest>>,
    pub board_request: RwSignal<Option<BoardRequest>>,
    pub job_request: RwSignal<Option<JobRequest>>,
    pub things_request: RwSignal<Option<ThingsRequest>>,
    pub rules_request: RwSignal<Option<RulesRequest>>,
}

impl Store {
    pub fn new() -> Self {
        Self {
            now: RwSignal::default(),
            received: RwSignal::default(),
            link: RwSignal::default(),
            list: RwSignal::default(),
            selected: RwSignal::new(Selected::Nothing),
            picked: RwSignal::default(),
            extent: RwSignal::default(),
            doctor: RwSignal::default(),
            editor: RwSignal::default(),
            history: RwSignal::default(),
            board: RwSignal::default(),
            jobs: RwSignal::default(),
            job: RwSignal::default(),
            things: RwSignal::default(),
            rules: RwSignal::default(),
            own: RwSignal::default(),
            search: RwSignal::default(),
            chip: RwSignal::default(),
            sort: RwSignal::default(),
            hold: RwSignal::default(),
            first_row: RwSignal::default(),
            rows: RwSignal::new(30),
            selection: RwSignal::default(),
            shadow: RwSignal::default(),
            follow: RwSignal::default(),
            bounds: RwSignal::default(),
            pick: RwSignal::default(),
            history_request: RwSignal::default(),
            board_request: RwSignal::default(),
            job_request: RwSignal::default(),
            things_request: RwSignal::default(),
            rules_request: RwSignal::default(),
        }
    }

    /// Opens the panel of a device, or closes it.
    pub fn select(&self, name: Option<String>) {
        if self
            .selection
            .with_untracked(|selection| *selection != name)
        {
            self.follow.set(false);
            self.shadow.set(None);
            self.selection.set(name);
        }
    }

    /// What to ask the engine for on the next frame, but for what is open over the page. Reads without subscribing: the frame loop calls it.
    pub fn request(&self, fresh: bool) -> FrameRequest {
        FrameRequest {
            fresh,
            list: ListRequest {
                search: self.search.get_untracked(),
                chip: self.chip.get_untracked(),
                sort: self.sort.get_untracked(),
                hold: self.hold.get_untracked(),
                first: self.first_row.get_untracked(),
                rows: self.rows.get_untracked(),
            },
            selected: self.selection.get_untracked(),
            shadow: self.shadow.get_untracked(),
            bounds: self.bounds.get_untracked(),
            pick: self.pick.get_untracked(),
            history: self.history_request.get_untracked(),
            board: self.board_request.get_untracked(),
            job: self.job_request.get_untracked(),
            things: self.things_request.get_untracked(),
            rules: self.rules_request.get_untracked(),
            ..FrameRequest::default()
        }
    }

    /// Takes over what changed. The engine leaves out what did not, so every `set` is news.
    pub fn apply(&self, view: FrameView) {
        let now = UnixMillis(view.now.0.div_euclid(100) * 100);
        if self.now.get_untracked() != now {
            self.now.set(now);
        }
        if self.received.get_untracked() != view.received {
            self.received.set(view.received);
        }
        take(view.link, self.link);
        take(view.list, self.list);
        take(view.selected, self.selected);
        take(view.extent.map(Some), self.extent);
        take(view.doctor, self.doctor);
        take(view.editor, self.editor);
        take(view.history, self.history);
        take(view.board, self.board);
        take(view.jobs, self.jobs);
        take(view.job, self.job);
        take(view.things, self.things);
        take(view.rules, self.rules);
        take(view.own, self.own);
        if let Some(picked) = view.picked {
            self.pick.set(None);
            self.picked.set(Some(picked));
        }
    }
}

fn take<T: Send + Sync + 'static>(news: Option<T>, signal: RwSignal<T>) {
    if let Some(news) = news {
        signal.set(news);
    }
}

impl Default for Store {
    fn default() -> Self {
        Self::new()
    }
}
