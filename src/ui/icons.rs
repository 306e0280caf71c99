//! The icons: one path each on a grid of 16 px, drawn with a stroke in the colour of the text.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Icon {
    Back,
    Changes,
    Check,
    Close,
    Copy,
    Down,
    Edit,
    Fit,
    Follow,
    Help,
    History,
    Locate,
    Lock,
    Map,
    Merge,
    Minus,
    Moon,
    More,
    Next,
    Offline,
    Pause,
    Play,
    Plus,
    Refused,
    Ring,
    Search,
    Select,
    Sun,
    Rules,
    Things,
    Trash,
    Undo,
    Warning,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Back => "M10 3.5L5.5 8l4.5 4.5",
            Self::Changes => {
                "M4.5 2.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3m0 8a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3m7-8a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3M4.5 5.5v5M4.5 9c0-1.5 7-.5 7-3.5"
            }
            Self::Check => "M3 8.5l3.2 3.2L13 5",
            Self::Close => "M3.5 3.5l9 9m0-9l-9 9",
            Self::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
            Self::Down => "M4 6.5l4 4 4-4",
            Self::Edit => "M10.5 3l2.5 2.5-7.5 7.5-3 .5.5-3zM9 4.5L11.5 7",
            Self::Fit => {
                "M2.5 5.5v-3h3m5 0h3v3m0 5v3h-3m-5 0h-3v-3M8 6.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3"
            }
            Self::Follow => "M8 1v3m0 8v3M1 8h3m8 0h3M8 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8",
            Self::Help => {
                "M8 1.75a6.25 6.25 0 1 1 0 12.5 6.25 6.25 0 0 1 0-12.5M6.2 6.3a1.9 1.9 0 1 1 2.7 1.8c-.6.3-.9.7-.9 1.2m0 1.9v.1"
            }
            Self::History => "M2.6 5.4A6 6 0 1 1 2 8m.4-5.2v2.8h2.8M8 4.8V8l2.2 1.6",
            Self::Locate => "M13.5 2.5L9.3 13.2 7.4 8.6 2.8 6.7z",
            Self::Lock => {
                "M4.5 7h7a1 1 0 0 1 1 1v4.5a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1m.8 0V4.9a2.7 2.7 0 0 1 5.4 0V7"
            }
            Self::Map => {
                "M8 14.2S3.2 9.9 3.2 6.4a4.8 4.8 0 0 1 9.6 0c0 3.5-4.8 7.8-4.8 7.8M8 4.9a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2"
            }
            Self::Merge => {
                "M4.5 6v4M4.5 2.5a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4m0 7.6a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4m7-1.6a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4M4.5 6c0 2.6 2.4 4.2 5.2 4.2"
            }
            Self::Minus => "M3 8h10",
            Self::Moon => "M13.5 9.4A5.8 5.8 0 0 1 6.6 2.5a5.8 5.8 0 1 0 6.9 6.9z",
            Self::More => {
                "M3 7.5a.5.5 0 1 1 0 1 .5.5 0 0 1 0-1m5 0a.5.5 0 1 1 0 1 .5.5 0 0 1 0-1m5 0a.5.5 0 1 1 0 1 .5.5 0 0 1 0-1"
            }
            Self::Next => "M6 3.5L10.5 8 6 12.5",
            Self::Offline => {
                "M2 2l12 12M1.5 6.2a9.6 9.6 0 0 1 3-1.9m3.4-.6a9.6 9.6 0 0 1 6.6 2.5M4 9a6 6 0 0 1 2.3-1.4m3.5.1A6 6 0 0 1 12 9m-4 3.5v.1"
            }
            Self::Pause => "M5.5 3.5v9m5-9v9",
            Self::Play => "M5 3.2v9.6L12.6 8z",
            Self::Plus => "M3 8h10M8 3v10",
            Self::Refused => "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11M5.5 8h5",
            Self::Ring => "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6",
            Self::Search => "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9m3.3 7.8L13.5 13.5",
            Self::Select => "M2 4.2l1.4 1.4L6 2.8M2 11.2l1.4 1.4L6 9.8M8.5 4.5h5.5m-5.5 7h5.5",
            Self::Sun => {
                "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6M8 1.5v1m0 11v1M1.5 8h1m11 0h1M3.4 3.4l.7.7m7.8 7.8l.7.7m0-9.2l-.7.7M4.1 11.9l-.7.7"
            }
            Self::Rules => "M2.5 4h7M2.5 8h4M2.5 12h4M9 8.2h4.5M11.6 6l2.2 2.2-2.2 2.2",
            Self::Things => "M8 1.8l5.5 3v6.4L8 14.2l-5.5-3V4.8zM2.5 4.8L8 7.9l5.5-3.1M8 7.9v6.3",
            Self::Trash => "M2.5 4.5h11M6 4.5v-2h4v2m-6 0l.6 9h6.8l.6-9M6.6 7v4m2.8-4v4",
            Self::Undo => "M5.5 3L2.5 6l3 3M2.5 6h7a3.8 3.8 0 0 1 0 7.5H6",
            Self::Warning => "M8 2.3l6.2 11H1.8zM8 6.6v3m0 1.9v.1",
        }
    }
}

/// The icon as a picture without a name: the button around it has the name.
pub(super) fn icon(icon: Icon) -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d=icon.path()/>
        </svg>
    }
    .into_any()
}
