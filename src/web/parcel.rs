//! How the two threads wrap what they say: one message of bytes, with the bulk in moved buffers beside it.

use js_sys::{Array, ArrayBuffer, Uint8Array, Uint32Array};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};

use crate::engine::command::Command;
use crate::engine::frame::{FrameRequest, FrameUpdate, FrameView, SlotRun};

/// From the page to the worker.
#[derive(Serialize, Deserialize)]
pub(super) enum ToWorker {
    Command(Command),
    Frame(FrameRequest),
}

/// The first word of the worker, sent once it can hear.
pub(super) const READY: &str = "ready";

#[derive(Serialize, Deserialize)]
struct Small {
    runs: Vec<SlotRun>,
    view: FrameView,
}

/// `None` only when memory is out.
pub(super) fn pack_word(word: &ToWorker) -> Option<Uint8Array> {
    let bytes = postcard::to_allocvec(word).ok()?;
    Some(Uint8Array::from(&bytes[..]))
}

/// `None` when the message is none of the page's.
pub(super) fn unpack_word(message: &JsValue) -> Option<ToWorker> {
    let bytes: &Uint8Array = message.dyn_ref()?;
    postcard::from_bytes(&bytes.to_vec()).ok()
}

/// A message, and the buffers to move with it.
pub(super) fn pack_update(update: FrameUpdate) -> Option<(Array, Array)> {
    let small = Small {
        runs: update.runs,
        view: update.view,
    };
    let small = Uint8Array::from(&postcard::to_allocvec(&small).ok()?[..]).buffer();
    let positions = Uint32Array::from(&update.positions[..]).buffer();
    let marks = Uint8Array::from(&update.marks[..]).buffer();
    let message = Array::of3(&small, &positions, &marks);
    Some((message.clone(), message))
}

/// `None` when the message is none of the worker's.
pub(super) fn unpack_update(message: &JsValue) -> Option<FrameUpdate> {
    let parts: &Array = message.dyn_ref()?;
    let part = |index| parts.get(index).dyn_into::<ArrayBuffer>().ok();
    let small: Small = postcard::from_bytes(&Uint8Array::new(&part(0)?).to_vec()).ok()?;
    Some(FrameUpdate {
        runs: small.runs,
        positions: Uint32Array::new(&part(1)?).to_vec(),
        marks: Uint8Array::new(&part(2)?).to_vec(),
        view: small.view,
    })
}
