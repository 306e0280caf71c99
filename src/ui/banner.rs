//! Says that the whole page shows the past, while the link is down and there is something to see.

use leptos::prelude::*;

use super::format;
use super::icons::{Icon, icon};
use super::link_state::LinkKind;
use super::reactive::{live, memo, show};
use super::store::Store;
use super::text::{language, say, shell};
use crate::time::UnixMillis;

/// Since when the page shows the past, if it does: the moment when the link was last up.
pub(super) fn past_since(store: Store) -> Memo<Option<UnixMillis>> {
    let kind = LinkKind::memo(store);
    let any = memo(move |_| store.list.with(|list| list.devices > 0));
    memo(
        move |before: Option<&Option<UnixMillis>>| match kind.get() {
            LinkKind::Connected => None,
            _ if !any.get() => None,
            // Later attempts and failures do not make the past younger.
            _ => before
                .copied()
                .flatten()
                .or_else(|| Some(store.link.with_untracked(|link| link.since))),
        },
    )
}

#[component]
pub(super) fn Banner(since: Memo<Option<UnixMillis>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let language = language();
    let waiting = memo(move |_| store.link.with(|link| link.waiting));
    let past = move || {
        let as_of = live(move || {
            let clock = since.get().map(format::clock).unwrap_or_default();
            shell::AS_OF.fill(language.get(), &[&clock])
        });
        let changes = live(move || match waiting.get() {
            0 => String::new(),
            1 => shell::ONE_CHANGE_WAITS.text(language.get()).to_owned(),
            many => shell::CHANGES_WAIT.fill(language.get(), &[&format::count(many.into())]),
        });
        view! {
            <div class="banner" role="note">
                {icon(Icon::Offline)}
                <p><b>{say(shell::PAST)}</b> " " {as_of} " " {changes}</p>
            </div>
        }
        .into_any()
    };
    show(move || since.get().is_some(), past)
}
