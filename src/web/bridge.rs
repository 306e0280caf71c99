//! The page's end of the line to the engine worker.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{MessageEvent, Worker};

use super::parcel::{self, ToWorker};
use crate::engine::command::Command;
use crate::engine::frame::{FrameRequest, FrameUpdate};

type OnMessage = Closure<dyn FnMut(MessageEvent)>;

/// A handle on the worker. Clones share it.
#[derive(Clone)]
pub struct Bridge(Rc<Line>);

struct Line {
    worker: Worker,
    /// Commands from before the worker could hear; `None` once it can.
    early: RefCell<Option<Vec<ToWorker>>>,
    in_flight: Cell<bool>,
    on_message: RefCell<Option<OnMessage>>,
    _on_error: Closure<dyn FnMut()>,
}

impl Bridge {
    /// Starts the worker from `script`. `on_update` is called with each answer to [`Self::request`], `on_failure`
    /// when the worker cannot be loaded or has panicked.
    pub fn start(
        script: &str,
        mut on_update: impl FnMut(FrameUpdate) + 'static,
        on_failure: impl FnMut() + 'static,
    ) -> Result<Self, String> {
        let worker = Worker::new(script).map_err(|_| format!("{script} cannot be started"))?;
        let on_error = Closure::new(on_failure);
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let line = Rc::new(Line {
            worker: worker.clone(),
            early: RefCell::new(Some(Vec::new())),
            in_flight: Cell::new(false),
            on_message: RefCell::default(),
            _on_error: on_error,
        });
        let on_message: Closure<dyn FnMut(MessageEvent)> = Closure::new({
            let line = Rc::clone(&line);
            move |event: MessageEvent| {
                let data = event.data();
                if let Some(update) = parcel::unpack_update(&data) {
                    line.in_flight.set(false);
                    on_update(update);
                } else if data.as_string().is_some_and(|word| word == parcel::READY) {
                    line.ready();
                }
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        line.on_message.replace(Some(on_message));
        Ok(Self(line))
    }

    /// Commands arrive in order, also those sent before the worker is ready.
    pub fn send(&self, command: Command) {
        let word = ToWorker::Command(command);
        match &mut *self.0.early.borrow_mut() {
            Some(early) => early.push(word),
            None => self.0.post(&word),
        }
    }

    /// Asks for a frame. False when one is in flight, or the worker is not ready yet.
    pub fn request(&self, request: FrameRequest) -> bool {
        if self.0.in_flight.get() || self.0.early.borrow().is_some() {
            return false;
        }
        self.0.in_flight.set(true);
        self.0.post(&ToWorker::Frame(request));
        true
    }
}

impl Line {
    fn ready(&self) {
        for word in self.early.take().unwrap_or_default() {
            self.post(&word);
        }
    }

    fn post(&self, word: &ToWorker) {
        if let Some(message) = parcel::pack_word(word) {
            let _ = self.worker.post_message(&message);
        }
    }
}
