//! Keeps the screen on, where the browser lets a page do that. It ends by itself when the page is hidden.

use js_sys::{Promise, Reflect};
use wasm_bindgen::closure::Closure;
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

const ON_RELEASE: &str = "onrelease";

/// Why the screen may go off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AwakeFault {
    /// There is no such thing in this browser, or the page did not come over `https:` or from this machine.
    Unsupported,
    /// Not now: the battery is low, or the page is hidden.
    Refused,
    /// It was kept on, and the browser or the system ended that.
    Ended,
}

/// Lets the screen go when it is dropped.
pub struct Awake {
    sentinel: Sentinel,
    _on_release: Closure<dyn FnMut()>,
}

/// `end` is called where the browser ends it by itself.
pub async fn keep(end: impl FnMut() + 'static) -> Result<Awake, AwakeFault> {
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
    let on_release: Closure<dyn FnMut()> = Closure::new(end);
    let _ = Reflect::set(&sentinel, &ON_RELEASE.into(), on_release.as_ref());
    Ok(Awake {
        sentinel: sentinel.unchecked_into(),
        _on_release: on_release,
    })
}

impl Drop for Awake {
    fn drop(&mut self) {
        let _ = Reflect::set(self.sentinel.as_ref(), &ON_RELEASE.into(), &JsValue::NULL);
        let _ = self.sentinel.release();
    }
}
