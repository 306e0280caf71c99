//! The shapes of the steps of a change, one for each, so that no step is told by its colour alone.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LifeIcon {
    /// A step that is still to come.
    Coming,
    Draft,
    Queued,
    Sent,
    Accepted,
    Reported,
    Rejected,
    TimedOut,
    Superseded,
}

const CIRCLE: &str = "M8 2.2a5.8 5.8 0 1 1 0 11.6a5.8 5.8 0 1 1 0-11.6z";
const OCTAGON: &str = "M5.4 1.8h5.2l3.6 3.6v5.2l-3.6 3.6H5.4l-3.6-3.6V5.4z";
const HOURGLASS: &str = "M4 2h8M4 14h8M5 2v2.6L8 8l3-3.4V2M5 14v-2.6L8 8l3 3.4V14";

impl LifeIcon {
    /// The outline, and what stands in it.
    const fn paths(self) -> (&'static str, &'static str) {
        match self {
            Self::Coming | Self::Draft => (CIRCLE, ""),
            Self::Queued => (CIRCLE, "M6.4 5.8v4.4m3.2-4.4v4.4"),
            Self::Sent => (CIRCLE, "M8 11V5.2M5.6 7.4L8 5l2.4 2.4"),
            Self::Accepted | Self::Reported => (CIRCLE, "M5.4 8.2l1.8 1.8 3.4-3.8"),
            Self::Rejected => (OCTAGON, "M6 6l4 4m0-4l-4 4"),
            Self::TimedOut => (HOURGLASS, ""),
            Self::Superseded => (CIRCLE, "M4.2 11.8l7.6-7.6"),
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Coming => "life-icon coming",
            Self::Draft => "life-icon draft-icon",
            Self::Queued | Self::Sent | Self::Accepted => "life-icon",
            Self::Reported => "life-icon reported",
            Self::Rejected => "life-icon rejected",
            Self::TimedOut => "life-icon timed-out",
            Self::Superseded => "life-icon superseded",
        }
    }
}

pub(super) fn life_icon(icon: LifeIcon) -> AnyView {
    let (outline, inside) = icon.paths();
    view! {
        <svg class=icon.class() viewBox="0 0 16 16" aria-hidden="true">
            <path class="outline" d=outline></path>
            <path class="inside" d=inside></path>
        </svg>
    }
    .into_any()
}
