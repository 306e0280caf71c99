//! The life of each desired change of this client, from the wish to the device's report. It sends nothing itself.
//!
//! A change carries no version: for one key the newest wish wins, and a device that reports every second would
//! turn a checked version into a conflict each time. A wish is never taken for a fact: only a document whose
//! reported value equals it ends the change well. And it is made once: what was sent and lost its answer with the
//! connection waits for the document that tells whether it was carried out.

mod book;
mod change;
mod ended;
mod outbox;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::shadow::document::{self, ShadowDocument, Stated};
use crate::shadow::topics::ShadowId;
use crate::shadow::value::Value;
use crate::time::{Instant, Now};

use book::Book;
use change::Lane;

pub use change::{Change, Stage, Step};
pub use ended::EndedChange;

/// A client token may have 64 bytes: this much of them is for the client's name.
const MAX_TOKEN_PREFIX: usize = 40;

/// Changes that are kept. Above it those that ended go first, and then nothing new comes in.
const MAX_CHANGES: usize = 100_000;

/// One leaf of one shadow of one device.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FieldAddress {
    pub device: String,
    /// None: the classic shadow.
    pub shadow: Option<String>,
    /// Keys from the section down, such as `["fan", "speed"]`.
    pub path: Vec<String>,
}

/// An update to publish on the request topic of the field's shadow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub field: FieldAddress,
    pub payload: Vec<u8>,
    /// Names it in [`Requests::handle_acknowledged`] and [`Requests::handle_cut`].
    pub token: String,
    /// A connection ended upon it: it must be the only one under way.
    pub suspected: bool,
}

/// Every change that is under way or has just ended, at most one a field.
#[derive(Debug)]
pub struct Requests {
    token_prefix: String,
    serial: u64,
    book: Book,
}

impl Requests {
    /// `client_id` goes into the client tokens, so that others see who changed something.
    pub fn new(client_id: &str) -> Self {
        let mut requests = Self {
            token_prefix: String::new(),
            serial: 0,
            book: Book::default(),
        };
        requests.turn_to(client_id);
        requests
    }

    /// The client goes by this name from now on.
    pub fn turn_to(&mut self, client_id: &str) {
        let end = client_id.floor_char_boundary(MAX_TOKEN_PREFIX);
        client_id[..end].clone_into(&mut self.token_prefix);
    }

    /// How the client tokens of this client begin.
    pub fn token_prefix(&self) -> &str {
        &self.token_prefix
    }

    pub fn change(&self, field: &FieldAddress) -> Option<&Change> {
        let number = self.book.find(field)?;
        self.book.get(number).map(|(_, change)| change)
    }

    /// Every change, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&FieldAddress, &Change)> {
        self.book.iter()
    }

    /// The changes of one device that are not settled yet.
    pub fn under_way<'a>(&'a self, device: &'a str) -> impl Iterator<Item = &'a FieldAddress> {
        let of_device = self.book.of_device(device);
        of_device
            .filter_map(|number| self.book.get(number))
            .filter(|(_, change)| change.is_under_way())
            .map(|(field, _)| &**field)
    }

    /// The changes of one shadow, in the order of their paths.
    pub fn of_shadow<'a>(
        &'a self,
        device: &'a str,
        shadow: Option<&'a str>,
    ) -> impl Iterator<Item = (&'a FieldAddress, &'a Change)> {
        let numbers = self.book.of_shadow(device, shadow);
        numbers
            .filter_map(|number| self.book.get(number))
            .map(|(field, change)| (&**field, change))
    }

    /// Every change that is not settled yet, newest wish first.
    pub fn all_under_way(&self) -> impl Iterator<Item = (&FieldAddress, &Change)> {
        let newest_first = self.book.iter().rev();
        newest_first.filter(|(_, change)| change.is_under_way())
    }

    /// How many [`Self::all_under_way`] has.
    pub fn count_under_way(&self) -> usize {
        self.book.len() - self.book.lane(Lane::Ended).len()
    }

    /// The newest 200 changes that ended, newest first. They stay when they are dismissed.
    pub fn done(&self) -> impl ExactSizeIterator<Item = &EndedChange> {
        self.book.ended.newest_first()
    }

    /// Changes that wait for the connection.
    pub fn queued(&self) -> usize {
        self.book.queued()
    }

    /// Wishes a value. An older wish for the same field is forgotten: the newest wins.
    /// False when there are too many changes.
    pub fn desire(&mut self, field: FieldAddress, wish: Value, now: Now) -> bool {
        self.insert(field, Change::new(wish, now))
    }

    /// Shows a wish that is not made, and why. It is the first to go.
    pub fn refuse(&mut self, field: FieldAddress, wish: Value, why: (u16, &str), now: Now) {
        let mut change = Change::new(wish, now);
        change.reject(why.0, why.1, now);
        self.book.insert(field, change);
    }

    /// A change that was sent and accepted at `version` by other means now waits for the device.
    /// False when there are too many changes.
    pub fn adopt(
        &mut self,
        field: FieldAddress,
        wish: Value,
        token: &str,
        version: u64,
        now: Now,
    ) -> bool {
        self.insert(field, Change::adopted(wish, token, version, now))
    }

    fn insert(&mut self, field: FieldAddress, mut change: Change) -> bool {
        if let Some(old) = self.change(&field) {
            change.replace(old);
        }
        let is_new = self.book.find(&field).is_none();
        while is_new && self.book.len() >= MAX_CHANGES {
            let Some(oldest) = self.book.lane(Lane::Ended).first() else {
                return false;
            };
            self.book.remove(*oldest);
        }
        self.book.insert(field, change);
        true
    }

    /// Wishes the same once more.
    pub fn send_again(&mut self, field: &FieldAddress, now: Now) {
        if let Some(change) = self.change(field) {
            let wish = change.wish.clone();
            self.desire(field.clone(), wish, now);
        }
    }

    /// Forgets a change that came to an end.
    pub fn dismiss(&mut self, field: &FieldAddress) {
        if let Some(number) = self.book.find(field)
            && self.book.lane(Lane::Ended).contains(&number)
        {
            self.book.remove(number);
        }
    }

    /// Forgets a change that was never sent. False when there is none.
    pub fn forget_unsent(&mut self, field: &FieldAddress) -> bool {
        let unsent = self.change(field).is_some_and(Change::is_unsent);
        let number = self.book.find(field).filter(|_| unsent);
        number.is_some_and(|number| self.book.remove(number).is_some())
    }

    /// Forgets every change that waits for the connection; what is in doubt, once it is known not to be carried out.
    /// Gives the devices of these changes.
    pub fn empty_queue(&mut self) -> Vec<String> {
        let queued = |change: &Change| change.stage == Stage::Queued;
        let waiting = self.book.iter().filter(|(_, change)| queued(change));
        let fields: Vec<_> = waiting.map(|(field, _)| field.clone()).collect();
        for field in &fields {
            if let Some(number) = self.book.find(field) {
                self.book.alter(number, &mut |_, change| change.withdraw());
            }
        }
        fields.into_iter().map(|field| field.device).collect()
    }

    /// The shadows whose documents tell whether an update was carried out.
    pub fn in_doubt(&self) -> impl Iterator<Item = &FieldAddress> {
        let doubted = [Lane::Doubted, Lane::Asked];
        let numbers = doubted.into_iter().flat_map(|lane| self.book.lane(lane));
        numbers.filter_map(|number| self.book.get(*number).map(|(field, _)| &**field))
    }

    /// The documents of [`Self::in_doubt`] are asked for now, or cannot be had.
    pub fn handle_asked(&mut self, can_be_had: bool, now: Now) {
        self.alter_lane(Lane::Doubted, &mut |_, change| {
            change.wait_for_document(can_be_had, now);
        });
    }

    /// The next update to publish, to be called while there is a connection. Those upon which a connection ended
    /// come only when they are `alone`.
    pub fn poll_request(&mut self, alone: bool, now: Now) -> Option<Request> {
        let suspects = self.book.lane(Lane::Suspected);
        let suspect = suspects.first().copied().filter(|_| alone);
        let due = self.book.outbox.first();
        let number = due.into_iter().chain(suspect).min()?;
        let token = self.token();
        self.book.send(number, &token, now);
        let (field, change) = self.book.get(number)?;
        let payload = document::desired_update(&field.path, &change.wish, &token);
        Some(Request {
            field: (**field).clone(),
            payload,
            token,
            suspected: change.is_suspected(),
        })
    }

    /// What [`Self::poll_request`] gave goes out over this desired value of its field, as far as is known. Lost with
    /// the connection, it goes out again only over the same.
    pub fn remember(&mut self, field: &FieldAddress, desired: Option<Stated>) {
        if let Some(number) = self.book.find(field) {
            self.book
                .alter(number, &mut |_, change| change.remember(desired.clone()));
        }
    }

    /// A client token that no other update has.
    pub fn token(&mut self) -> String {
        self.serial += 1;
        format!("{}-{}", self.token_prefix, self.serial)
    }

    /// The next change that is given up because the connection ends upon it.
    pub fn poll_given_up(&mut self, now: Now) -> Option<FieldAddress> {
        let number = *self.book.lane(Lane::Hopeless).first()?;
        self.book
            .alter(number, &mut |_, change| change.reject(0, "", now));
        self.book.get(number).map(|(field, _)| (**field).clone())
    }

    /// The request could not be published after all.
    pub fn requeue(&mut self, field: &FieldAddress) {
        if let Some(number) = self.book.find(field) {
            let mut token = String::new();
            self.book.alter(number, &mut |_, change| {
                change.requeue();
                token.clone_from(&change.token);
            });
            self.book.outbox.handle_answered(&token);
        }
    }

    /// The broker has the update with this token.
    pub fn handle_acknowledged(&mut self, token: &str) {
        self.alter_by_token(token, &mut |_, change| change.acknowledge());
    }

    /// The other side closed the connection, with the update of this token fresh and unacknowledged.
    pub fn handle_cut(&mut self, token: &str) {
        self.alter_by_token(token, &mut |_, change| change.suspect());
    }

    /// The request cannot be made at all.
    pub fn handle_unsendable(&mut self, field: &FieldAddress, message: &str, now: Now) {
        if let Some(number) = self.book.find(field) {
            let mut token = String::new();
            self.book.alter(number, &mut |_, change| {
                change.reject(400, message, now);
                token.clone_from(&change.token);
            });
            self.book.outbox.handle_answered(&token);
        }
    }

    /// The connection is gone, and with it perhaps the answers to what was sent.
    pub fn handle_lost(&mut self) {
        self.book.outbox.handle_lost();
        for lane in [Lane::Sent, Lane::Asked] {
            self.alter_lane(lane, &mut |_, change| change.lose());
        }
    }

    /// The service accepted the update with this token. True when a change waited for that.
    pub fn handle_accepted(&mut self, token: &str, version: u64, now: Now) -> bool {
        self.book.outbox.handle_answered(token);
        let mut is_news = false;
        self.alter_by_token(token, &mut |_, change| {
            // One that waits to be sent once more was carried out after all.
            let waits = matches!(change.stage, Stage::Queued | Stage::Sent | Stage::TimedOut);
            if waits && !change.was_accepted() {
                change.accept(version, now);
                is_news = true;
            }
        });
        is_news
    }

    /// The service refused the update with this token.
    pub fn handle_rejected(&mut self, token: &str, code: u16, message: &str, now: Now) {
        self.book.outbox.handle_answered(token);
        self.alter_by_token(token, &mut |_, change| {
            // It may be repeated, and the device may have done meanwhile what somebody else wished too.
            if change.is_under_way() || change.stage == Stage::TimedOut {
                change.reject(code, message, now);
            }
        });
    }

    /// A document that is not older than the last one seen, and whose update led to it, as far as it says.
    pub fn handle_document(
        &mut self,
        id: ShadowId<'_>,
        document: &ShadowDocument,
        token: Option<&str>,
        now: Now,
    ) {
        self.handle_document_by(id, document, &|_| token, now);
    }

    /// The same, where more is known of who wished what stands at each path.
    pub fn handle_document_by<'a>(
        &mut self,
        id: ShadowId<'_>,
        document: &ShadowDocument,
        by: &dyn Fn(&[String]) -> Option<&'a str>,
        now: Now,
    ) {
        for number in self.book.numbers_of(id) {
            self.book.alter(number, &mut |field, change| {
                change.compare(field, document, by, now);
            });
        }
    }

    /// The service has no such shadow: nothing that is in doubt was carried out.
    pub fn handle_absent(&mut self, id: ShadowId<'_>) {
        for number in self.book.numbers_of(id) {
            self.book
                .alter(number, &mut |_, change| change.never_arrived());
        }
    }

    /// The shadow was deleted at `version`, and every wish in it. What was accepted above it is of the next shadow.
    pub fn handle_deleted(&mut self, id: ShadowId<'_>, version: u64, by: Option<&str>, now: Now) {
        for number in self.book.numbers_of(id) {
            self.book.alter(number, &mut |_, change| {
                let waits = matches!(change.stage, Stage::Accepted { .. } | Stage::TimedOut);
                if waits && change.accepted().is_none_or(|accepted| accepted <= version) {
                    change.supersede(None, version, by, now);
                }
            });
        }
    }

    /// Lets answers that did not come time out, and changes that ended by themselves go.
    /// Gives the devices of these changes.
    pub fn handle_timeout(&mut self, now: Now) -> Vec<String> {
        self.book.outbox.handle_timeout(now);
        let mut devices = Vec::new();
        while let Some(number) = self.book.poll_deadline(now) {
            let mut is_over = false;
            self.book.alter(number, &mut |field, change| {
                if !change.settle_doubt(now) {
                    devices.push(field.device.clone());
                    is_over = !change.is_awaited();
                    if !is_over {
                        change.enter(Stage::TimedOut, None, now);
                    }
                } else if change.is_void() {
                    devices.push(field.device.clone());
                }
            });
            if is_over {
                self.book.remove(number);
            }
        }
        devices
    }

    /// When [`Self::handle_timeout`] wants to be called at the latest.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.book.poll_timeout()
    }

    fn alter_by_token(&mut self, token: &str, act: &mut dyn FnMut(&FieldAddress, &mut Change)) {
        // A change that was never sent has no token, and neither have most messages.
        if let Some(number) = self.book.by_token(token) {
            self.book.alter(number, act);
        }
    }

    fn alter_lane(&mut self, lane: Lane, act: &mut dyn FnMut(&FieldAddress, &mut Change)) {
        for number in self.book.lane(lane).clone() {
            self.book.alter(number, act);
        }
    }
}
