//! How the two threads wrap what they say: text for the small, moved buffers for the bulk.

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

/// A message and the buffers to move with it.
pub(super) fn pack(update: FrameUpdate) -> Result<(Array, Array), serde_json::Error> {
    let small = serde_json::to_string(&Small {
        runs: update.runs,
        view: update.view,
    })?;
    let positions = Uint32Array::from(&update.positions[..]).buffer();
    let marks = Uint8Array::from(&update.marks[..]).buffer();
    let message = Array::of3(&JsValue::from(small), &positions, &marks);
    Ok((message, Array::of2(&positions, &marks)))
}

/// `None` when the message is none of ours.
pub(super) fn unpack(message: &JsValue) -> Option<FrameUpdate> {
    let parts: &Array = message.dyn_ref()?;
    let small: Small = serde_json::from_str(&parts.get(0).as_string()?).ok()?;
    let positions: ArrayBuffer = parts.get(1).dyn_into().ok()?;
    let marks: ArrayBuffer = parts.get(2).dyn_into().ok()?;
    Some(FrameUpdate {
        runs: small.runs,
        positions: Uint32Array::new(&positions).to_vec(),
        marks: Uint8Array::new(&marks).to_vec(),
        view: small.view,
    })
}
