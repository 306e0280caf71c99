//! The panel of this browser as a device: what it publishes, where, and how that goes.

use leptos::prelude::*;

use super::open::Open;
use super::reactive::show;

/// Nothing while it is closed.
pub(super) fn own_panel() -> AnyView {
    let open = expect_context::<Open>();
    show(move || open.own.get(), || ().into_any())
}
