//! The page of rules in virtual time, against the real backend: written, tried, saved, watched, paused and deleted; and
//! against others that answer in other ways.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[allow(dead_code, reason = "each test file uses its part")]
mod pair {
    pub(crate) mod beside;
    pub(crate) mod device;
    pub(crate) mod line;
    pub(crate) mod tap;
}

mod ruling {
    mod desk;
    mod drafts;
    mod elsewhere;
    mod objects;
    pub(crate) mod scene;
    mod trying;
}
