//! Many changes at once and the board of changes, in virtual time with the real service.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::panic)]

mod many {
    mod board;
    mod field;
    mod lost;
    mod stages;
}

#[allow(dead_code, reason = "each test file uses its part")]
mod pair {
    pub(crate) mod beside;
    pub(crate) mod device;
    pub(crate) mod line;
    pub(crate) mod tap;
}
