//! A place for one listener of the page.

use std::cell::RefCell;

/// The listener is called while nothing is borrowed, so it may call the map and even replace itself.
pub(crate) struct Listener<F: ?Sized>(RefCell<Option<Box<F>>>);

impl<F: ?Sized> Default for Listener<F> {
    fn default() -> Self {
        Self(RefCell::new(None))
    }
}

impl<F: ?Sized> Listener<F> {
    pub(crate) fn set(&self, listener: Box<F>) {
        self.0.replace(Some(listener));
    }

    pub(crate) fn call(&self, call: impl FnOnce(&mut F)) {
        let listener = self.0.take();
        if let Some(mut listener) = listener {
            call(&mut listener);
            self.0.borrow_mut().get_or_insert(listener);
        }
    }
}
