//! The page of changes: those on their way, those that are stuck, and those that are done.

use leptos::prelude::*;

use super::text::{say, shell};

pub(super) fn changes_page() -> AnyView {
    view! { <h2>{say(shell::CHANGES)}</h2> }.into_any()
}
