//! Keeps the screen on, where the browser lets a page do that. It ends by itself when the page is hidden.

use js_sys::{Promise, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// The browser's `WakeLock`.
    type Lock;

    #[wasm_bindgen(method, catch)]
    fn request(this: &Lock, kind: &str) -> Result<Promise, JsValue>;

    /// The browser's `WakeLockSentinel`.
    type Sentinel;

    #[wasm_bindgen(method, catch)]
    fn release(this: &Sentinel) -> Result<Promise, JsValue>;
}

/// Why the screen may go off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AwakeFault {
    /// There is no such thing in this browser, or the page did not come over `https:` or from this machine.
    Unsupported,
    /// Not now: the battery is low, or the page is hidden.
    Refused,
}

/// Lets the screen go when it is dropped.
pub struct Awake(Sentinel);

pub async fn keep() -> Result<Awake, AwakeFault> {
    let navigator = web_sys::window()
        .ok_or(AwakeFault::Unsupported)?
        .navigator();
    let lock = Reflect::get(&navigator, &"wakeLock".into()).unwrap_or_default();
    if !lock.is_object() {
        return Err(AwakeFault::Unsupported);
    }
    let lock: Lock = lock.unchecked_into();
    let promise = lock.request("screen").map_err(|_| AwakeFault::Refused)?;
    let sentinel = JsFuture::from(promise).await;
    let sentinel = sentinel.map_err(|_| AwakeFault::Refused)?;
    Ok(Awake(sentinel.unchecked_into()))
}

impl Drop for Awake {
    fn drop(&mut self) {
        let _ = self.0.release();
    }
}
