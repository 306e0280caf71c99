//! What a person has entered about a connection so far, and what is wrong with it. Shows nothing.

use leptos::prelude::*;

use super::address;
use super::text::{Phrase, connections as words};
use crate::auth::endpoint::{self, Endpoint};
use crate::engine::command::{AwsPlace, Carrier, ConnectRequest, Keys, Way};
use crate::engine::profile::Profile;
use crate::location::pattern::TopicPattern;
use crate::time::UnixMillis;
use crate::topic::TopicFilter;
use crate::web::start;

/// A text that is entered. Ways share those that mean the same, so that nothing is lost between two tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Name,
    Url,
    UserName,
    Password,
    Endpoint,
    Region,
    AccessKey,
    SecretKey,
    SessionToken,
    Expiration,
    Pool,
    Provider,
    SignInToken,
    Service,
    Authorizer,
    TokenKey,
    Token,
    Signature,
    ClientId,
    KeepAlive,
    Patterns,
    Filters,
    /// Of which nobody types anything: filters that are not wanted.
    LeftOut,
}

const SLOTS: usize = Slot::LeftOut as usize + 1;

/// Which [`Way`] is entered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tab {
    #[default]
    Broker,
    AwsKeys,
    Cognito,
    Authorizer,
}

/// Signals that live as long as the dialog. Copies share them.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    pub(super) tab: RwSignal<Tab>,
    /// An authorizer is told by the user name of CONNECT.
    pub(super) by_user_name: RwSignal<bool>,
    texts: StoredValue<Vec<RwSignal<String>>>,
}

impl Draft {
    pub(super) fn new() -> Self {
        let texts = (0..SLOTS).map(|_| RwSignal::default()).collect();
        Self {
            tab: RwSignal::default(),
            by_user_name: RwSignal::default(),
            texts: StoredValue::new(texts),
        }
    }

    pub(super) fn text(self, slot: Slot) -> RwSignal<String> {
        self.texts.with_value(|texts| texts[slot as usize])
    }

    /// Takes over everything of a connection.
    pub(super) fn fill(self, profile: &Profile) {
        self.texts
            .with_value(|texts| texts.iter().for_each(|text| text.set(String::new())));
        let mut request = profile.request.clone();
        self.text(Slot::Name).set(profile.name.clone());
        self.text(Slot::Patterns).set(request.locations.join("\n"));
        self.text(Slot::Filters).set(request.filters.join("\n"));
        self.text(Slot::KeepAlive)
            .set(request.keep_alive.to_string());
        self.text(Slot::LeftOut).set(request.left_out.join("\n"));
        self.tab.set(Tab::of(&request.way));
        let until = match &request.way {
            Way::AwsKeys { keys, .. } => keys.expires_at,
            _ => None,
        };
        self.show_end(until);
        self.by_user_name.set(matches!(
            &request.way,
            Way::Authorizer { authorizer, .. } if authorizer.carrier == Carrier::UserName
        ));
        for (slot, text) in parts(&mut request) {
            self.text(slot).set(text.clone());
        }
    }

    /// All of it as a connection. Follows every field.
    pub(super) fn request(self) -> ConnectRequest {
        let mut request = ConnectRequest::new(self.tab.get().blank());
        let region_read = self.region_read().is_some();
        for (slot, text) in parts(&mut request) {
            *text = match slot {
                Slot::Password => self.text(slot).get(),
                // What a field that is not shown holds is not meant.
                Slot::Region if region_read => String::new(),
                _ => self.trimmed(slot),
            };
        }
        let none_if_empty = |text: &mut Option<String>| {
            text.take_if(|text| text.is_empty());
        };
        match &mut request.way {
            Way::Broker {
                user_name,
                password,
                ..
            } => {
                none_if_empty(user_name);
                none_if_empty(password);
            }
            Way::AwsKeys { keys, .. } => {
                none_if_empty(&mut keys.session_token);
                keys.expires_at = self.expires_at();
            }
            Way::Cognito { pool, .. } => {
                pool.login
                    .take_if(|login| login.token.is_empty() && login.provider.is_empty());
            }
            Way::Authorizer { authorizer, .. } => {
                if self.by_user_name.get() {
                    authorizer.carrier = Carrier::UserName;
                }
            }
        }
        if let Ok(seconds) = self.trimmed(Slot::KeepAlive).parse() {
            request.keep_alive = seconds;
        }
        request.locations = self.lines(Slot::Patterns);
        request.filters = self.lines(Slot::Filters);
        request.left_out = self.lines(Slot::LeftOut);
        request
    }

    pub(super) fn trimmed(self, slot: Slot) -> String {
        self.text(slot).with(|text| text.trim().to_owned())
    }

    pub(super) fn lines(self, slot: Slot) -> Vec<String> {
        self.text(slot).with(|text| {
            let lines = text.lines().map(str::trim);
            let lines = lines.filter(|line| !line.is_empty());
            lines.map(ToOwned::to_owned).collect()
        })
    }

    pub(super) fn expires_at(self) -> Option<UnixMillis> {
        let millis = js_sys::Date::parse(&self.trimmed(Slot::Expiration));
        (!millis.is_nan()).then_some(UnixMillis(millis as i64))
    }

    /// The region that the endpoint names.
    pub(super) fn region_read(self) -> Option<String> {
        endpoint::region_of(&self.trimmed(Slot::Endpoint)).map(ToOwned::to_owned)
    }

    /// What is wrong with a field of the present tab.
    pub(super) fn problem(self, slot: Slot) -> Option<Phrase> {
        let text = self.trimmed(slot);
        let empty = text.is_empty();
        let goes_with = |other| empty && !self.trimmed(other).is_empty();
        let bad = match slot {
            Slot::Url | Slot::Endpoint | Slot::AccessKey | Slot::SecretKey | Slot::Pool
                if empty =>
            {
                words::NEEDED
            }
            Slot::Url => return address::check(&text, start::is_secure_page()).err(),
            Slot::Endpoint => {
                let place = AwsPlace {
                    endpoint: text,
                    region: "-".to_owned(),
                };
                Endpoint::read(&place).err().map(|_| words::BAD_ENDPOINT)?
            }
            Slot::Region if empty => words::NO_REGION,
            Slot::Pool if !text.contains(':') => words::BAD_POOL,
            Slot::Provider if goes_with(Slot::SignInToken) => words::NEEDED,
            Slot::SignInToken if goes_with(Slot::Provider) => words::NEEDED,
            Slot::TokenKey if goes_with(Slot::Token) => words::NEEDED,
            Slot::Expiration if !empty && self.expires_at().is_none() => words::BAD_DATE,
            Slot::KeepAlive if !(30..=1200).contains(&text.parse().unwrap_or(0)) => {
                words::BAD_KEEP_ALIVE
            }
            Slot::Patterns
                if self
                    .lines(slot)
                    .iter()
                    .any(|it| TopicPattern::new(it).is_err()) =>
            {
                words::BAD_FILTER
            }
            Slot::Filters
                if self
                    .lines(slot)
                    .iter()
                    .any(|it| TopicFilter::new(it).is_err()) =>
            {
                words::BAD_FILTER
            }
            _ => return None,
        };
        Some(bad)
    }

    /// Nothing keeps it from being tried.
    pub(super) fn is_sound(self) -> bool {
        let common = [Slot::KeepAlive, Slot::Patterns, Slot::Filters];
        let mut slots = self.slots().into_iter().chain(common);
        slots.all(|slot| self.problem(slot).is_none())
    }

    /// The fields of the present tab, in their order.
    pub(super) fn slots(self) -> Vec<Slot> {
        let mut slots = match self.tab.get() {
            Tab::Broker => vec![Slot::Url, Slot::UserName, Slot::Password],
            Tab::AwsKeys => vec![
                Slot::Endpoint,
                Slot::AccessKey,
                Slot::SecretKey,
                Slot::SessionToken,
                Slot::Expiration,
            ],
            Tab::Cognito => vec![
                Slot::Endpoint,
                Slot::Pool,
                Slot::Provider,
                Slot::SignInToken,
                Slot::Service,
            ],
            Tab::Authorizer => vec![
                Slot::Endpoint,
                Slot::Authorizer,
                Slot::TokenKey,
                Slot::Token,
                Slot::Signature,
                Slot::UserName,
                Slot::Password,
            ],
        };
        let needs_region = self.tab.get() != Tab::Broker && self.region_read().is_none();
        if needs_region && !self.trimmed(Slot::Endpoint).is_empty() {
            slots.insert(1, Slot::Region);
        }
        slots
    }

    /// Takes keys out of what a person pasted: the lines in which `aws sts`, a shell or a file has them. False: there
    /// are none in it.
    pub(super) fn paste(self, text: &str) -> bool {
        let Some(keys) = Keys::read(text) else {
            return false;
        };
        self.text(Slot::AccessKey).set(keys.access_key_id);
        self.text(Slot::SecretKey).set(keys.secret_access_key);
        let token = keys.session_token.unwrap_or_default();
        self.text(Slot::SessionToken).set(token);
        self.show_end(keys.expires_at);
        true
    }

    fn show_end(self, at: Option<UnixMillis>) {
        let text = at.map(|at| {
            let date = js_sys::Date::new(&(at.0 as f64).into());
            date.to_iso_string().into()
        });
        self.text(Slot::Expiration).set(text.unwrap_or_default());
    }

    /// How many filters will be asked for. `shadows`: those that are always among them.
    pub(super) fn filters(self, defaults: usize, shadows: usize) -> usize {
        let patterns = match self.lines(Slot::Patterns).len() {
            0 => defaults,
            some => some,
        };
        let all = patterns + shadows + self.lines(Slot::Filters).len();
        all.saturating_sub(self.lines(Slot::LeftOut).len())
    }
}

impl Tab {
    pub(super) const ALL: [Self; 4] =
        [Self::Broker, Self::AwsKeys, Self::Cognito, Self::Authorizer];

    const fn of(way: &Way) -> Self {
        match way {
            Way::Broker { .. } => Self::Broker,
            Way::AwsKeys { .. } => Self::AwsKeys,
            Way::Cognito { .. } => Self::Cognito,
            Way::Authorizer { .. } => Self::Authorizer,
        }
    }

    fn blank(self) -> Way {
        let place = AwsPlace::default();
        match self {
            Self::Broker => ConnectRequest::to("").way,
            Self::AwsKeys => Way::AwsKeys {
                place,
                keys: Default::default(),
            },
            Self::Cognito => Way::Cognito {
                place,
                pool: Default::default(),
            },
            Self::Authorizer => Way::Authorizer {
                place,
                authorizer: Default::default(),
            },
        }
    }
}

/// Every single text of a request, and where it is entered. What was absent is there and empty afterwards.
fn parts(request: &mut ConnectRequest) -> Vec<(Slot, &mut String)> {
    let mut parts = match &mut request.way {
        Way::Broker {
            url,
            user_name,
            password,
        } => vec![
            (Slot::Url, url),
            (Slot::UserName, user_name.get_or_insert_default()),
            (Slot::Password, password.get_or_insert_default()),
        ],
        Way::AwsKeys { place, keys } => vec![
            (Slot::Endpoint, &mut place.endpoint),
            (Slot::Region, &mut place.region),
            (Slot::AccessKey, &mut keys.access_key_id),
            (Slot::SecretKey, &mut keys.secret_access_key),
            (
                Slot::SessionToken,
                keys.session_token.get_or_insert_default(),
            ),
        ],
        Way::Cognito { place, pool } => {
            let login = pool.login.get_or_insert_default();
            vec![
                (Slot::Endpoint, &mut place.endpoint),
                (Slot::Region, &mut place.region),
                (Slot::Pool, &mut pool.id),
                (Slot::Provider, &mut login.provider),
                (Slot::SignInToken, &mut login.token),
                (Slot::Service, &mut pool.service),
            ]
        }
        Way::Authorizer { place, authorizer } => vec![
            (Slot::Endpoint, &mut place.endpoint),
            (Slot::Region, &mut place.region),
            (Slot::Authorizer, &mut authorizer.name),
            (Slot::TokenKey, &mut authorizer.token_key),
            (Slot::Token, &mut authorizer.token),
            (Slot::Signature, &mut authorizer.signature),
            (Slot::UserName, &mut authorizer.user_name),
            (Slot::Password, &mut authorizer.password),
        ],
    };
    parts.push((Slot::ClientId, &mut request.client_id));
    parts
}
