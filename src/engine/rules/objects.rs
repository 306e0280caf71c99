//! What rules stored, as far as a person looks at it: a list by names, and the content of one object. It sends nothing.

use std::time::Duration;

use super::answers;
use super::layout::shown_text;
use super::{ObjectContent, ObjectRow, ObjectsRequest, ObjectsView};
use crate::auth::rules::RulesCall;
use crate::engine::ask::{FetchAnswer, NoAnswer};
use crate::time::Instant;

/// Of one answer, and of the list.
const PAGE: u32 = 200;
const MAX_ROWS: u32 = 2_000;

/// Bytes of an object that are shown.
const MAX_CONTENT: usize = 64 * 1024;

/// Of a prefix or a name.
const MAX_NAME: usize = 2_048;

/// The host gives up after ten seconds by itself.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Default)]
pub(super) struct Objects {
    /// What is looked at. None: nothing.
    request: Option<ObjectsRequest>,
    rows: Vec<ObjectRow>,
    more: bool,
    /// The list is to be read from its beginning, or read on.
    list: List,
    /// To be read.
    to_open: Option<String>,
    content: Option<ObjectContent>,
    refused: Option<(u16, String)>,
    flight: Option<Flight>,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum List {
    #[default]
    Read,
    Due,
    /// What comes is added.
    Further,
}

struct Flight {
    id: u32,
    /// The object whose content was asked for. None: the list.
    object: Option<String>,
    after: Option<String>,
    /// Somebody looks at something else by now.
    is_stale: bool,
    until: Instant,
}

impl Objects {
    /// What is looked at now.
    pub(super) fn look(&mut self, request: Option<&ObjectsRequest>) {
        if self.request.as_ref() == request {
            return;
        }
        let fits = |it: &&ObjectsRequest| it.prefix.len() <= MAX_NAME;
        let Some(request) = request.filter(fits) else {
            *self = Self::default();
            return;
        };
        let before = self.request.replace(request.clone());
        if before.as_ref().is_none_or(|it| it.prefix != request.prefix) {
            (self.rows, self.more) = (Vec::new(), false);
            self.read();
        } else if self.wants_more() {
            self.list = List::Further;
        }
        if before.is_none_or(|it| it.open != request.open) {
            self.content = None;
            self.to_open = request.open.clone().filter(|it| it.len() <= MAX_NAME);
            self.outdate(|flight| flight.object.is_some());
        }
    }

    /// The list, once more.
    pub(super) fn read(&mut self) {
        if self.request.is_some() {
            self.list = List::Due;
            self.outdate(|flight| flight.object.is_none());
        }
    }

    fn outdate(&mut self, is_it: impl FnOnce(&Flight) -> bool) {
        if let Some(flight) = &mut self.flight {
            flight.is_stale |= is_it(flight);
        }
    }

    fn wanted(&self) -> u32 {
        let request = self.request.as_ref();
        request.map_or(0, |request| request.rows.clamp(1, MAX_ROWS))
    }

    fn wants_more(&self) -> bool {
        self.more && (self.rows.len() as u32) < self.wanted()
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.flight.as_ref().map(|flight| flight.until)
    }

    pub(super) fn poll_call(&mut self, now: Instant) -> Option<RulesCall> {
        let request = self.request.as_ref()?;
        if self.flight.is_some() {
            return None;
        }
        let mut flight = Flight {
            id: 0,
            object: self.to_open.take(),
            after: None,
            is_stale: false,
            until: now + PATIENCE,
        };
        let call = match (&flight.object, self.list) {
            (Some(name), _) => RulesCall::Object(name.clone()),
            (None, List::Read) => return None,
            (None, list) => {
                let last = self.rows.last().filter(|_| list == List::Further);
                flight.after = last.map(|row| row.name.clone());
                self.list = List::Read;
                RulesCall::Objects {
                    prefix: request.prefix.clone(),
                    after: flight.after.clone(),
                    rows: self.wanted().min(PAGE),
                }
            }
        };
        self.flight = Some(flight);
        Some(call)
    }

    /// The call that was just given went out under this number. None: nobody may be asked.
    pub(super) fn asked(&mut self, id: Option<u32>) {
        match (id, &mut self.flight) {
            (Some(id), Some(flight)) => flight.id = id,
            _ => self.flight = None,
        }
    }

    /// Gives up what was not answered.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        if let Some(flight) = &self.flight
            && flight.until <= now
        {
            self.handle_answer(flight.id, &Err(NoAnswer));
        }
    }

    pub(super) fn handle_answer(&mut self, id: u32, answer: &Result<FetchAnswer, NoAnswer>) {
        let Some(flight) = self.flight.take_if(|flight| flight.id == id) else {
            return;
        };
        if flight.is_stale {
            return;
        }
        let answer = match answer {
            Ok(answer) if matches!(answer.status, 200 | 206) => answer,
            Ok(answer) => return self.refused = Some(answers::refusal(answer)),
            Err(NoAnswer) => return self.refused = Some((0, String::new())),
        };
        self.refused = None;
        match flight.object {
            Some(name) => self.take_content(name, &answer.body),
            None => self.take_page(flight.after, answer),
        }
    }

    fn take_page(&mut self, after: Option<String>, answer: &FetchAnswer) {
        let Some((rows, more)) = answers::read_objects(&answer.body) else {
            self.refused = Some((answer.status, String::new()));
            return;
        };
        if after.is_none() {
            self.rows.clear();
        }
        let before = self.rows.len();
        let room = MAX_ROWS as usize - before.min(MAX_ROWS as usize);
        // Their order is what the next page goes on from.
        let is_behind = |row: &ObjectRow| after.as_ref().is_none_or(|after| row.name > *after);
        self.rows
            .extend(rows.into_iter().filter(is_behind).take(room));
        self.more = more;
        if self.rows.len() > before && self.wants_more() {
            self.list = List::Further;
        }
    }

    fn take_content(&mut self, name: String, body: &[u8]) {
        let row = self.rows.iter().find(|row| row.name == name);
        let bytes = row.map_or(body.len() as u64, |row| row.bytes.max(body.len() as u64));
        let shown = &body[..body.len().min(MAX_CONTENT)];
        let cut = bytes > shown.len() as u64 || body.len() >= FetchAnswer::MAX_BODY;
        self.content = Some(ObjectContent {
            name,
            bytes,
            text: text_of(shown, cut),
            cut,
        });
    }

    pub(super) fn view(&self) -> Option<ObjectsView> {
        let request = self.request.as_ref()?;
        let wanted = self.wanted() as usize;
        Some(ObjectsView {
            prefix: request.prefix.clone(),
            objects: self.rows.iter().take(wanted).cloned().collect(),
            more: self.more || self.rows.len() > wanted,
            asking: self.flight.is_some() || self.list != List::Read || self.to_open.is_some(),
            open: self.content.clone(),
            refused: self.refused.clone(),
        })
    }
}

/// None where it is no text. The cut may have gone through a character.
fn text_of(body: &[u8], cut: bool) -> Option<String> {
    let text = match std::str::from_utf8(body) {
        Ok(text) => text,
        Err(error) if cut && error.error_len().is_none() => {
            std::str::from_utf8(&body[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let is_odd = |c: char| c.is_control() && !c.is_whitespace();
    (!text.contains(is_odd)).then(|| shown_text(text, 2 * MAX_CONTENT))
}
