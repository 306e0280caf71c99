//! The connections that a person keeps, and the one in use: chosen at the start, kept over a reload, changed by the
//! dialog. Secrets live in this tab's memory only.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::address;
use super::commands::Commands;
use super::open::{Form, Open};
use super::shapes;
use crate::engine::command::{Command, ConnectRequest, Way};
use crate::engine::profile::{self, Profile};
use crate::web::tabs::{self, Hold};
use crate::web::{start, storage};

/// The saved connections, and the name of the one that was used last.
const KEY: &str = "profiles";
const LAST: &str = "last-profile";
/// One connection, a line for each part, as earlier versions of the page wrote it.
const OLD_KEY: &str = "profile";

/// Found in the context of every component.
#[derive(Clone, Copy)]
pub(super) struct Connection {
    commands: Commands,
    open: Open,
    pub(super) list: RwSignal<Vec<Entry>>,
    /// The number of the one that was connected to last.
    pub(super) in_use: RwSignal<Option<u32>>,
    /// What was asked for last.
    request: StoredValue<ConnectRequest>,
    /// Counts what was asked for.
    turn: StoredValue<u32>,
    /// The number of the newest entry.
    newest: StoredValue<u32>,
    /// The client identifier that a person gave, and the one that this tab may use.
    hold: StoredValue<Option<(String, Hold)>, LocalStorage>,
}

/// A connection of the list.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) id: u32,
    pub(super) profile: Profile,
    /// False: in use, but nobody asked to keep it.
    pub(super) saved: bool,
}

impl Connection {
    pub(super) fn new(commands: Commands, open: Open) -> Self {
        Self {
            commands,
            open,
            list: RwSignal::default(),
            in_use: RwSignal::default(),
            request: StoredValue::new(ConnectRequest::to("")),
            turn: StoredValue::new(0),
            newest: StoredValue::new(0),
            hold: StoredValue::new_local(None),
        }
    }

    /// The address bar's broker, else the one used last, else the one that belongs to this page, else the form.
    pub(super) fn start(self, broker: Option<String>) {
        let (profiles, last) = load();
        for profile in profiles {
            self.put(None, profile, true);
        }
        if let Some(url) = broker {
            return self.connect_to(&url);
        }
        let entries = self.list.get_untracked();
        if let Some(entry) = entries.into_iter().find(|it| it.profile.name == last) {
            if !entry.profile.asks {
                return self.connect(entry.id);
            }
            self.in_use.set(Some(entry.id));
            self.request.set_value(entry.profile.request);
            return self.open.show(Form::SecretNeeded);
        }
        spawn_local(async move {
            match start::local_broker().await {
                Some(url) => self.connect_to(&url),
                None => self.open.show(Form::Open),
            }
        });
    }

    /// What was asked for last.
    pub(super) fn request(self) -> ConnectRequest {
        self.request.get_value()
    }

    pub(super) fn entry(self, id: Option<u32>) -> Option<Entry> {
        self.list
            .with_untracked(|list| list.iter().find(|entry| Some(entry.id) == id).cloned())
    }

    /// Stores a connection without its secrets, in place of the one with this number or as a new one.
    pub(super) fn keep(self, id: Option<u32>, mut profile: Profile) -> u32 {
        if profile.name.is_empty() {
            profile.name = address::host(address_of(&profile.request.way));
        }
        let name = profile.name.clone();
        let mut number = 2;
        while self.list.with_untracked(|list| {
            list.iter()
                .any(|entry| entry.profile.name == profile.name && Some(entry.id) != id)
        }) {
            profile.name = name.clone() + " " + &number.to_string();
            number += 1;
        }
        let id = self.put(id, profile, true);
        self.store();
        id
    }

    /// It stays in use until another one is chosen.
    pub(super) fn delete(self, id: u32) {
        if let Some(entry) = self.entry(Some(id)) {
            shapes::forget(&entry.profile.name);
        }
        self.list.update(|list| list.retain(|entry| entry.id != id));
        self.store();
    }

    /// Keeps what a person entered, and connects to it.
    pub(super) fn keep_and_connect(self, id: Option<u32>, profile: Profile) -> u32 {
        let id = self.keep(id, profile);
        start::forget_broker();
        self.connect(id);
        self.store();
        id
    }

    /// Connects to what is in use with other words to sign in.
    pub(super) fn sign_in(self, request: ConnectRequest) {
        let in_use = self.in_use.get_untracked();
        let name = self.entry(in_use).map(|entry| entry.profile.name);
        let profile = Profile {
            name: name.unwrap_or_default(),
            request,
            asks: false,
        };
        self.keep_and_connect(in_use, profile);
    }

    pub(super) fn reconnect(self) {
        self.commands.send(Command::Reconnect);
    }

    pub(super) fn disconnect(self) {
        count(self.turn);
        self.commands.send(Command::Disconnect);
    }

    pub(super) fn examine(self) {
        self.commands.send(Command::Examine);
    }

    /// Asks for these filters again, or no more; and remembers it with the connection.
    pub(super) fn ask_for(self, filters: &[String], wanted: bool) {
        self.request.update_value(|request| {
            request.left_out.retain(|filter| !filters.contains(filter));
            if !wanted {
                request.left_out.extend_from_slice(filters);
            }
        });
        let left_out = self.request().left_out;
        if let Some(mut entry) = self.entry(self.in_use.get_untracked()) {
            entry.profile.request.left_out = left_out;
            self.put(Some(entry.id), entry.profile, entry.saved);
            self.store();
        }
        for filter in filters {
            self.commands.send(match wanted {
                true => Command::TryFilter(filter.clone()),
                false => Command::LeaveOut(filter.clone()),
            });
        }
    }

    /// To a broker that wants no sign-in, without keeping it.
    fn connect_to(self, url: &str) {
        let profile = Profile {
            name: address::host(url),
            request: ConnectRequest::to(url),
            asks: false,
        };
        let known = self.list.with_untracked(|list| {
            let known = list.iter().find(|entry| {
                let name = entry.profile.name.clone();
                is_same(
                    &entry.profile,
                    Profile {
                        name,
                        ..profile.clone()
                    },
                )
            });
            known.map(|entry| entry.id)
        });
        self.connect(known.unwrap_or_else(|| self.put(None, profile, false)));
    }

    fn connect(self, id: u32) {
        let Some(entry) = self.entry(Some(id)) else {
            return;
        };
        let mut request = entry.profile.request;
        self.request.set_value(request.clone());
        self.in_use.set(Some(id));
        let turn = count(self.turn);
        let given = request.client_id.trim().to_owned();
        if given.is_empty() {
            self.hold.set_value(None);
            return self.commands.send(Command::Connect(request));
        }
        spawn_local(async move {
            let held = self.hold.try_update_value(Option::take).flatten();
            let hold = match held.filter(|(name, _)| *name == given) {
                Some((_, hold)) => hold,
                None => tabs::hold(&given).await,
            };
            request.client_id.clone_from(&hold.name);
            // Something else may have been asked for meanwhile.
            if self.turn.get_value() == turn {
                self.hold.set_value(Some((given, hold)));
                self.commands.send(Command::Connect(request));
            }
        });
    }

    /// Changes the entry with this number, or adds one.
    fn put(self, id: Option<u32>, profile: Profile, saved: bool) -> u32 {
        let known = self.entry(id).map(|entry| entry.id);
        let id = known.unwrap_or_else(|| count(self.newest));
        let entry = Entry { id, profile, saved };
        self.list
            .update(|list| match list.iter_mut().find(|entry| entry.id == id) {
                Some(place) => *place = entry,
                None => list.push(entry),
            });
        id
    }

    fn store(self) {
        let in_use = self.entry(self.in_use.get_untracked());
        let last = in_use.filter(|entry| entry.saved);
        let saved = self.list.with_untracked(|list| {
            let saved = list.iter().filter(|entry| entry.saved);
            saved.map(|entry| entry.profile.clone()).collect::<Vec<_>>()
        });
        storage::save(KEY, &profile::write(&saved));
        match last {
            Some(entry) => storage::save(LAST, &entry.profile.name),
            None => storage::remove(LAST),
        }
    }
}

fn count(number: StoredValue<u32>) -> u32 {
    number.update_value(|number| *number += 1);
    number.get_value()
}

/// Whether both are the same but for their secrets, and for whether they have any.
pub(super) fn is_same(kept: &Profile, mut other: Profile) -> bool {
    other.asks = kept.asks;
    profile::write(std::slice::from_ref(kept)) == profile::write(&[other])
}

/// Where a way leads: a URL, or the name of a host.
pub(super) fn address_of(way: &Way) -> &str {
    match way {
        Way::Broker { url, .. } => url,
        Way::AwsKeys { place, .. } | Way::Cognito { place, .. } | Way::Authorizer { place, .. } => {
            &place.endpoint
        }
    }
}

/// The saved connections, and the name of the one that was used last.
fn load() -> (Vec<Profile>, String) {
    if let Some(text) = storage::load(KEY) {
        let last = storage::load(LAST).unwrap_or_default();
        return (profile::read(&text), last);
    }
    let Some(profile) = storage::load(OLD_KEY).and_then(|text| old(&text)) else {
        return Default::default();
    };
    let name = profile.name.clone();
    storage::save(LAST, &name);
    let profiles = vec![profile];
    storage::save(KEY, &profile::write(&profiles));
    storage::remove(OLD_KEY);
    (profiles, name)
}

/// The lines of earlier versions: address, client identifier, user name, and a mark when something was left out.
fn old(text: &str) -> Option<Profile> {
    let mut lines = text.split('\n');
    let url = lines.next()?;
    let client_id = lines.next()?.to_owned();
    let user_name = lines.next().filter(|name| !name.is_empty());
    let asks = user_name.is_some() || lines.next().is_some_and(|mark| !mark.is_empty());
    let way = Way::Broker {
        url: url.to_owned(),
        user_name: user_name.map(ToOwned::to_owned),
        password: None,
    };
    Some(Profile {
        name: address::host(url),
        request: ConnectRequest {
            client_id,
            ..ConnectRequest::new(way)
        },
        asks,
    })
}
