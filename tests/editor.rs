//! The document editor against the real backend, under virtual time.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::panic)]

#[allow(dead_code, reason = "each test file uses its part")]
mod pair {
    pub(crate) mod beside;
    pub(crate) mod device;
    pub(crate) mod line;
    pub(crate) mod page;
    pub(crate) mod tap;
}

mod editing {
    pub(crate) mod scene;

    mod broken;
    mod merging;
    mod saving;
    mod versions;
}
