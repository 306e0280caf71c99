//! The pages and the ways between them: words in the bar, on narrow screens tabs at the bottom.

use leptos::prelude::*;

use super::format;
use super::icons::{Icon, icon};
use super::open::{Open, Page};
use super::reactive::{act, live, memo};
use super::store::Store;
use super::text::{Phrase, changes, language, say, shell};
use crate::engine::frame::JobState;

const PAGES: [(Page, Icon, Phrase, &str); 4] = [
    (Page::Map, Icon::Map, shell::MAP, "1"),
    (Page::Changes, Icon::Changes, shell::CHANGES, "2"),
    (Page::Rules, Icon::Rules, shell::RULES, "4"),
    (Page::Things, Icon::Things, shell::THINGS, "5"),
];

/// The page that a key opens.
pub(super) fn page_of_key(key: &str) -> Option<Page> {
    let page = PAGES.iter().find(|(_, _, _, of)| *of == key);
    page.map(|(page, ..)| *page)
}

pub(super) fn page_links() -> AnyView {
    view! {
        <nav class="pages" aria-label=say(shell::PAGES)>
            {PAGES.into_iter().map(link).collect::<Vec<_>>()}
        </nav>
    }
    .into_any()
}

fn link((page, picture, name, key): (Page, Icon, Phrase, &'static str)) -> AnyView {
    let open = expect_context::<Open>();
    let language = language();
    view! {
        <button
            type="button"
            class="page-link"
            aria-current=move || (open.page.get() == page).then(|| "page".to_owned())
            aria-keyshortcuts=key
            title=move || name.text(language.get()).to_owned() + " (" + key + ")"
            on:click=act(move |_| open.go(page))
        >
            {icon(picture)}
            <span>{say(name)}</span>
            {(page == Page::Changes).then(attention)}
        </button>
    }
    .into_any()
}

/// How many changes wait for a person: those that are stuck, and jobs that stopped by themselves.
fn attention() -> AnyView {
    let store = expect_context::<Store>();
    let language = language();
    let count = memo(move |_| {
        let is_stopped = |state| state == JobState::StoppedByRefusals;
        let jobs = store.jobs.with(|jobs| {
            let stopped = jobs.iter().filter(|job| is_stopped(job.state));
            stopped.count() as u32
        });
        store.board.with(|board| board.stuck) + jobs
    });
    let view = live(move || {
        let figure = format::count(count.get().into());
        let needs = changes::NEED_ATTENTION.fill(language.get(), &[&figure]);
        let view = view! {
            <span class="page-count" title=needs>{figure}</span>
        };
        (count.get() > 0).then(|| view.into_any())
    });
    view.into_any()
}
