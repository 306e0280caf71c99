//! The state of the link as it is drawn everywhere: its word, its colour and its shape.

use leptos::prelude::*;

use super::reactive::memo;
use super::store::Store;
use super::text::{Phrase, shell};
use crate::engine::frame::LinkState;
use crate::time::UnixMillis;

/// A [`LinkState`] without what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinkKind {
    /// The person left, or did not choose yet.
    Idle,
    Connecting,
    Connected,
    Disconnected,
    Failed,
}

impl LinkKind {
    /// Changes only when the kind does.
    pub(super) fn memo(store: Store) -> Memo<Self> {
        memo(move |_| store.link.with(|link| Self::of(&link.state)))
    }

    pub(super) const fn of(state: &LinkState) -> Self {
        match state {
            LinkState::Idle => Self::Idle,
            LinkState::Connecting => Self::Connecting,
            LinkState::Connected => Self::Connected,
            LinkState::Disconnected { .. } => Self::Disconnected,
            LinkState::Failed { .. } => Self::Failed,
        }
    }

    pub(super) const fn word(self) -> Phrase {
        match self {
            Self::Connecting => shell::CONNECTING,
            Self::Connected => shell::CONNECTED,
            Self::Idle | Self::Disconnected => shell::DISCONNECTED,
            Self::Failed => shell::FAILED,
        }
    }

    /// The custom property that holds its colour.
    pub(super) const fn colour(self) -> &'static str {
        match self {
            Self::Connected => "--ok",
            Self::Connecting => "--sun-mark",
            Self::Idle | Self::Disconnected => "--stale",
            Self::Failed => "--bad",
        }
    }

    /// A green disc, an amber arc on a ring, a broken grey ring, or a red octagon with a cross.
    pub(super) fn mark(self) -> AnyView {
        let (class, shape) = match self {
            Self::Connected => (
                "link-mark ok",
                view! { <circle cx="8" cy="8" r="4.5" fill="currentColor"/> }.into_any(),
            ),
            Self::Connecting => (
                "link-mark turning",
                view! {
                    <circle cx="8" cy="8" r="5" class="ring"/>
                    <path d="M8 3a5 5 0 0 1 5 5" class="arc"/>
                }
                .into_any(),
            ),
            Self::Idle | Self::Disconnected => (
                "link-mark gone",
                view! { <circle cx="8" cy="8" r="5" class="arc" stroke-dasharray="4 3.85"/> }
                    .into_any(),
            ),
            Self::Failed => (
                "link-mark failed",
                view! {
                    <path d="M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5z" fill="currentColor"/>
                    <path d="M6 6l4 4m0-4l-4 4" class="cross"/>
                }
                .into_any(),
            ),
        };
        view! { <svg class=class viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{shape}</svg> }
            .into_any()
    }
}

/// What was dropped lately.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Drops {
    seen: u64,
    /// When, and how many; not older than a minute.
    pub(super) recent: Vec<(UnixMillis, u64)>,
}

impl Drops {
    pub(super) fn memo(store: Store) -> Memo<Self> {
        let dropped = memo(move |_| store.link.with(|link| link.dropped));
        let second = memo(move |_| store.now.get().seconds());
        memo(move |before: Option<&Self>| {
            let (dropped, now) = (dropped.get(), UnixMillis::from_seconds(second.get()));
            let mut drops = before.cloned().unwrap_or_default();
            let more = dropped.saturating_sub(drops.seen);
            match drops.recent.last_mut() {
                // In a burst there are some in every frame.
                Some((at, count)) if *at == now => *count += more,
                _ if more > 0 => drops.recent.push((now, more)),
                _ => {}
            }
            drops.seen = dropped;
            drops.recent.retain(|(at, _)| now.0 - at.0 < 60_000);
            drops
        })
    }
}
