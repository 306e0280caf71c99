//! The page's entry. On any other target there is no page and nothing to do.

#[cfg(target_arch = "wasm32")]
fn main() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        gnomon::ui::stopped::show();
    }));
    gnomon::ui::app::mount();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
