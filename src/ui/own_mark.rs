//! The ways to the panel of this browser as a device, and the mark that it is one: whoever looks at the page sees it.

use leptos::prelude::*;

use super::icons::{Icon, icon};
use super::open::Page;
use super::own_device::{Doing, OwnDevice};
use super::reactive::{act, live, show};
use super::text::{language, own as words, say};

/// In the bar, as long as this browser is a device.
pub(super) fn own_mark() -> AnyView {
    let own = expect_context::<OwnDevice>();
    let doing = own.doing();
    show(move || doing.get().is_some(), move || mark(own, doing))
}

fn mark(own: OwnDevice, doing: Memo<Option<Doing>>) -> AnyView {
    let language = language();
    let word = move || {
        let doing = doing.get().unwrap_or(Doing::Sending);
        doing.word().text(language.get())
    };
    let name = live(move || words::TITLE.text(language.get()).to_owned() + ": " + word());
    let loud = live(move || doing.get().is_some_and(|doing| !doing.is_quiet()));
    let sends = live(move || doing.get() == Some(Doing::Sending));
    view! {
        <button
            type="button"
            class="own-mark"
            class:loud=loud
            class:sends=sends
            aria-label=name.clone()
            title=name
            on:click=act(move |_| toggle(own))
        >
            {icon(Icon::Locate)}
            <span>{live(move || word().to_owned())}</span>
        </button>
    }
    .into_any()
}

/// Among the tools of the bar.
pub(super) fn own_tool() -> AnyView {
    let own = expect_context::<OwnDevice>();
    view! {
        <button
            type="button"
            class="icon-button own-tool"
            aria-label=say(words::TITLE)
            title=say(words::TITLE)
            aria-expanded=move || own.open.own.get().to_string()
            on:click=act(move |_| toggle(own))
        >
            {icon(Icon::Locate)}
        </button>
    }
    .into_any()
}

/// On the page of things.
pub(super) fn own_button() -> AnyView {
    let own = expect_context::<OwnDevice>();
    view! {
        <button type="button" class="button" on:click=act(move |_| own.show())>
            {icon(Icon::Locate)}
            {say(words::TITLE)}
        </button>
    }
    .into_any()
}

fn toggle(own: OwnDevice) {
    match own.open.own.get_untracked() && own.open.page.get_untracked() == Page::Map {
        true => own.close(),
        false => own.show(),
    }
}
