//! The page of rules: written, tried on what was seen, saved and watched.

use leptos::prelude::*;

pub(super) fn rules_page() -> AnyView {
    ().into_any()
}
