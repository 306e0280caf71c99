//! The dialog of the connections: those that are kept, the one that is edited, and what the doctor says of the one in
//! use.

use leptos::prelude::*;

use super::connection::{Connection, is_same};
use super::connection_form::form;
use super::connection_list::list;
use super::dialog::Dialog;
use super::doctor::doctor;
use super::draft::{Draft, Slot, Tab};
use super::keys::focus_soon;
use super::link_state::LinkKind;
use super::open::{Form, Open};
use super::reactive::{memo, show, watch};
use super::store::Store;
use super::text::connections as words;
use crate::engine::command::ConnectRequest;
use crate::engine::frame::{Outcome, SubscriptionState};
use crate::engine::profile::Profile;
use crate::time::UnixMillis;

/// What is edited. Lives as long as the dialog.
#[derive(Clone, Copy)]
pub(super) struct Editor {
    pub(super) draft: Draft,
    /// The number of the connection that the draft came from. None: it is a new one.
    pub(super) edited: RwSignal<Option<u32>>,
    /// A person has tried to go on with the draft: now an empty field may be wrong.
    pub(super) tried: RwSignal<bool>,
    /// Where the cursor is at first.
    pub(super) first: Option<Slot>,
    /// When the draft was connected to; never, before that.
    connected_at: RwSignal<UnixMillis>,
    pub(super) now: RwSignal<UnixMillis>,
}

#[component]
pub(super) fn Connections() -> impl IntoView {
    let open = expect_context::<Open>();
    let store = expect_context::<Store>();
    let kind = LinkKind::memo(store);
    let was_used = memo(move |_| store.link.with(|link| !link.host.is_empty()));
    let dialog = move || {
        let editor = Editor::start();
        editor.close_when_well(store, open);
        view! {
            <Dialog
                title=words::CONNECTIONS
                class="dialog wide"
                closable=memo(move |_| was_used.get() || kind.get() != LinkKind::Idle)
                on_close=Callback::new(move |()| open.show(Form::Closed))
                back=".pill-button"
            >
                <div class="connections">
                    {list(editor)}
                    {form(editor)}
                    {doctor()}
                </div>
            </Dialog>
        }
        .into_any()
    };
    show(move || open.connections.get() != Form::Closed, dialog)
}

impl Editor {
    /// With the connection in use.
    fn start() -> Self {
        let connection = expect_context::<Connection>();
        let edited = connection.in_use.get_untracked();
        let entry = connection.entry(edited);
        let draft = Draft::new();
        let profile = match &entry {
            Some(entry) => entry.profile.clone(),
            None => blank(connection.request()),
        };
        draft.fill(&profile);
        let first = match expect_context::<Open>().connections.get_untracked() {
            Form::Doctor => None,
            Form::SecretNeeded => Some(first_secret(draft)),
            _ => Some(match draft.tab.get_untracked() {
                Tab::Broker => Slot::Url,
                _ => Slot::Endpoint,
            }),
        };
        Self {
            draft,
            edited: RwSignal::new(entry.map(|entry| entry.id)),
            tried: RwSignal::new(false),
            first,
            connected_at: RwSignal::new(UnixMillis(i64::MAX)),
            now: expect_context::<Store>().now,
        }
    }

    pub(super) fn edit(self, connection: Connection, id: u32) {
        if let Some(entry) = connection.entry(Some(id)) {
            self.show(Some(id), &entry.profile);
        }
    }

    pub(super) fn blank(self) {
        self.show(None, &blank(ConnectRequest::to("")));
    }

    fn show(self, id: Option<u32>, profile: &Profile) {
        self.edited.set(id);
        self.tried.set(false);
        self.draft.fill(profile);
    }

    /// Whether the draft is kept as it is, but for its secrets.
    pub(super) fn kept(self, connection: Connection) -> Memo<bool> {
        memo(move |_| {
            let edited = self.edited.get();
            let draft = Profile {
                name: self.draft.trimmed(Slot::Name),
                request: self.draft.request(),
                asks: false,
            };
            connection.list.with(|list| {
                let entry = list.iter().find(|entry| Some(entry.id) == edited);
                entry.is_some_and(|entry| entry.saved && is_same(&entry.profile, draft))
            })
        })
    }

    pub(super) fn save(self, connection: Connection) {
        let before = connection.entry(self.edited.get_untracked());
        let asks = before.is_some_and(|entry| entry.profile.asks);
        let id = connection.keep(self.edited.get_untracked(), self.profile(asks));
        self.took(connection, id);
    }

    /// The draft stays, so that it can be saved again.
    pub(super) fn delete(self, connection: Connection) {
        if let Some(id) = self.edited.get_untracked() {
            connection.delete(id);
            self.edited.set(None);
        }
    }

    pub(super) fn connect(self, connection: Connection) {
        self.tried.set(true);
        if !untrack(move || self.draft.is_sound()) {
            return focus_soon(".connections [aria-invalid=true]");
        }
        self.connected_at.set(self.now.get_untracked());
        let id = connection.keep_and_connect(self.edited.get_untracked(), self.profile(false));
        self.took(connection, id);
    }

    fn profile(self, asks: bool) -> Profile {
        untrack(move || Profile {
            name: self.draft.trimmed(Slot::Name),
            request: self.draft.request(),
            asks,
        })
    }

    /// It may have got a name.
    fn took(self, connection: Connection, id: u32) {
        self.edited.set(Some(id));
        if let Some(entry) = connection.entry(Some(id)) {
            self.draft.text(Slot::Name).set(entry.profile.name);
        }
    }

    /// Closes the dialog once what it connected to stands, and there is nothing to say about it.
    fn close_when_well(self, store: Store, open: Open) {
        let well = memo(move |_| {
            let at = self.connected_at.get();
            let linked = store.link.with(|link| {
                let mut filters = link.subscriptions.iter();
                LinkKind::of(&link.state) == LinkKind::Connected
                    && link.since >= at
                    && filters.all(|it| it.state != SubscriptionState::Asked)
            });
            let nothing_to_say = store.doctor.with(|doctor| {
                let mut steps = doctor.steps.iter();
                doctor.finding.is_none() && steps.all(|it| it.outcome != Outcome::Failed)
            });
            linked && nothing_to_say
        });
        watch(move || {
            if well.get() {
                open.show(Form::Closed);
            }
        });
    }
}

fn blank(request: ConnectRequest) -> Profile {
    Profile {
        name: String::new(),
        request,
        asks: false,
    }
}

/// The first secret of the present tab that is not there.
fn first_secret(draft: Draft) -> Slot {
    let secrets = [
        Slot::Password,
        Slot::SecretKey,
        Slot::SignInToken,
        Slot::Token,
    ];
    let slots = untrack(move || draft.slots());
    let missing = slots.into_iter().find(|slot| secrets.contains(slot));
    missing.unwrap_or(Slot::Url)
}
