//! Asks the engine for what changed, once on each animation frame. A hidden tab gets no frames and asks nothing.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::window;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// The loop runs until this is dropped.
pub(super) struct FrameLoop(Rc<Turn>);

struct Turn {
    handle: Cell<Option<i32>>,
    closure: RefCell<Option<Closure<dyn FnMut()>>>,
}

impl FrameLoop {
    /// Calls `on_frame` on each animation frame, with one closure for all of them.
    pub(super) fn start(mut on_frame: impl FnMut() + 'static) -> Self {
        let turn = Rc::new(Turn {
            handle: Cell::new(None),
            closure: RefCell::default(),
        });
        let weak = Rc::downgrade(&turn);
        turn.closure.replace(Some(Closure::new(move || {
            if let Some(turn) = weak.upgrade() {
                turn.next();
                on_frame();
            }
        })));
        turn.next();
        Self(turn)
    }
}

impl Turn {
    fn next(&self) {
        let handle = self.closure.borrow().as_ref().and_then(|closure| {
            window()
                .request_animation_frame(closure.as_ref().unchecked_ref())
                .ok()
        });
        self.handle.set(handle);
    }
}

impl Drop for FrameLoop {
    fn drop(&mut self) {
        if let Some(handle) = self.0.handle.get() {
            let _ = window().cancel_animation_frame(handle);
        }
    }
}
