//! Which broker the page is connected to and as whom: chosen at the start, kept over a reload, changed by the form.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::address;
use super::commands::Commands;
use crate::engine::command::{Command, ConnectRequest, Way};
use crate::web::{start, storage};

const KEY: &str = "profile";

/// Found in the context of every component.
#[derive(Clone, Copy)]
pub(super) struct Connection {
    commands: Commands,
    /// What was asked for last, the password with it: it lives in this tab's memory only.
    request: StoredValue<ConnectRequest>,
    pub(super) form: RwSignal<Form>,
}

/// The connect form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Form {
    #[default]
    Closed,
    Open,
    /// Open because a secret is needed that was not stored.
    SecretNeeded,
}

impl Connection {
    pub(super) fn new(commands: Commands) -> Self {
        Self {
            commands,
            request: StoredValue::new(ConnectRequest::to("")),
            form: RwSignal::default(),
        }
    }

    /// The address bar's broker, else the saved one, else the one that belongs to this page, else the form.
    pub(super) fn start(self, broker: Option<String>) {
        if let Some(url) = broker {
            return self.connect(ConnectRequest::to(&url));
        }
        if let Some((request, complete)) = load() {
            if complete {
                return self.connect(request);
            }
            self.request.set_value(request);
            return self.form.set(Form::SecretNeeded);
        }
        spawn_local(async move {
            match start::local_broker().await {
                Some(url) => self.connect(ConnectRequest::to(&url)),
                None => self.form.set(Form::Open),
            }
        });
    }

    /// What was asked for last.
    pub(super) fn request(self) -> ConnectRequest {
        self.request.get_value()
    }

    /// Connects to what a person entered, and stores it without its secrets.
    pub(super) fn connect_and_keep(self, request: ConnectRequest) {
        save(&request);
        start::forget_broker();
        self.connect(request);
    }

    pub(super) fn reconnect(self) {
        self.commands.send(Command::Reconnect);
    }

    pub(super) fn disconnect(self) {
        self.commands.send(Command::Disconnect);
    }

    fn connect(self, request: ConnectRequest) {
        self.request.set_value(request.clone());
        self.form.set(Form::Closed);
        self.commands.send(Command::Connect(request));
    }
}

/// One line each: address, client identifier, user name, and a mark when something was left out.
fn save(request: &ConnectRequest) {
    let Way::Broker { url, user_name, .. } = &request.way else {
        return;
    };
    let (url, lost) = address::without_secrets(url);
    let user_name = user_name.as_deref().unwrap_or_default();
    let incomplete = if lost { "incomplete" } else { "" };
    let lines = [&*url, request.client_id.trim(), user_name, incomplete];
    storage::save(KEY, &lines.join("\n"));
}

/// The saved request, and whether it can be used as it is.
fn load() -> Option<(ConnectRequest, bool)> {
    let text = storage::load(KEY)?;
    let mut lines = text.split('\n');
    let url = lines.next()?.to_owned();
    let client_id = lines.next()?.to_owned();
    let user_name = lines.next().filter(|name| !name.is_empty());
    let user_name = user_name.map(ToOwned::to_owned);
    let complete = user_name.is_none() && lines.next().is_none_or(str::is_empty);
    let way = Way::Broker {
        url,
        user_name,
        password: None,
    };
    let request = ConnectRequest {
        client_id,
        ..ConnectRequest::new(way)
    };
    Some((request, complete))
}
