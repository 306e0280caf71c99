//! A name that one tab of this browser holds at a time. Knows nothing of what the name is used for.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// The browser's `LockManager`.
    type Locks;

    #[wasm_bindgen(method, catch)]
    fn request(
        this: &Locks,
        name: &str,
        options: &JsValue,
        held: &JsValue,
    ) -> Result<Promise, JsValue>;
}

/// More tabs than this share the last name.
const MOST: u32 = 64;

/// Holds its name until it is dropped, or the tab is closed.
pub struct Hold {
    pub name: String,
    /// Ends the promise for whose life the browser keeps the lock. None where there are no locks.
    release: Option<Function>,
}

/// The first of `NAME`, `NAME-2`, `NAME-3`… that no other tab holds. Where the browser has no locks (a page that came
/// over plain http from another machine), the name as it is.
pub async fn hold(name: &str) -> Hold {
    let mut tried = name.to_owned();
    for number in 2..=MOST {
        let Some(granted) = ask(&tried).await else {
            break;
        };
        if let Ok(release) = granted.dyn_into() {
            return Hold {
                name: tried,
                release: Some(release),
            };
        }
        tried = name.to_owned() + "-" + &number.to_string();
    }
    Hold {
        name: tried,
        release: None,
    }
}

/// What releases the lock, or `null` when another tab holds it. None: there are no locks.
async fn ask(name: &str) -> Option<JsValue> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    if locks.is_undefined() {
        return None;
    }
    let locks: Locks = locks.unchecked_into();
    let options = Object::new();
    Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE).ok()?;
    let name = "gnomon ".to_owned() + name;
    let mut requested = None;
    let answer = Promise::new(&mut |answer, _| {
        let held = Closure::once_into_js(move |lock: JsValue| {
            if lock.is_null() {
                let _ = answer.call1(&JsValue::NULL, &lock);
                return lock;
            }
            Promise::new(&mut |release, _| {
                let _ = answer.call1(&JsValue::NULL, &release);
            })
            .into()
        });
        requested = locks.request(&name, &options, &held).ok();
    });
    // Where a person lets no page keep anything, the browser refuses, and `held` is never called.
    let requested = requested?;
    let either = Promise::race(&Array::of2(&answer, &requested));
    JsFuture::from(either).await.ok()
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            let _ = release.call0(&JsValue::NULL);
        }
    }
}
