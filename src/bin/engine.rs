//! The engine worker's entry. On any other target there is no worker and nothing to do.

#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
    gnomon::web::worker::run();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
