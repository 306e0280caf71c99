//! The bar over the page: mark, link, and the page's own tools.

use leptos::prelude::*;
use web_sys::MouseEvent;

use super::icons::{Icon, icon};
use super::keys::search;
use super::link_pill::LinkPill;
use super::open::Open;
use super::own_mark::{own_mark, own_tool};
use super::pages::page_links;
use super::reactive::{act, live, watch};
use super::text::{Language, Phrase, language, say, shell};
use super::theme::Theme;
use crate::web::storage;

type Press = Box<dyn FnMut(MouseEvent)>;

const LANGUAGE: &str = "language";

#[component]
pub(super) fn TopBar() -> impl IntoView {
    let open = expect_context::<Open>();
    let theme = expect_context::<Theme>();
    let other_theme = move || match theme.is_dark() {
        true => shell::TO_LIGHT,
        false => shell::TO_DARK,
    };
    let language_now = language();
    let name_of_theme = move || other_theme().text(language_now.get()).to_owned();
    view! {
        <header class="bar">
            <div class="brand">
                <svg class="brand-mark" viewBox="0 0 24 18" width="24" height="18" aria-hidden="true">
                    <path class="stile" d="M9 1v15H2z"/>
                    <path class="shade" d="M11 11l11 5H11z"/>
                </svg>
                <h1>{shell::TITLE}</h1>
            </div>
            {page_links()}
            <LinkPill/>
            {own_mark()}
            <button
                class="icon-button bar-more"
                aria-label=say(shell::MORE)
                aria-expanded=move || open.menu.get().to_string()
                on:click=act(move |_| open.toggle_menu())
            >
                {icon(Icon::More)}
            </button>
            <div class="bar-tools" class:open=move || open.menu.get()>
                {own_tool()}
                {tool(Icon::Search, shell::SEARCH, " (/)", act(move |_| search(open)))}
                <button
                    class="icon-button"
                    aria-label=live(name_of_theme)
                    title=live(name_of_theme)
                    on:click=act(move |_| theme.toggle())
                >
                    {move || Some(icon(if theme.is_dark() { Icon::Sun } else { Icon::Moon }))}
                </button>
                <button
                    class="icon-button language"
                    lang=move || other(language().get()).1.to_owned()
                    on:click=act(move |_| switch_language())
                >
                    {say(shell::TO_OTHER_LANGUAGE)}
                </button>
                {tool(Icon::Help, shell::HELP, " (?)", act(move |_| open.help.set(true)))}
            </div>
        </header>
    }
}

/// The remembered language, else the browser's. Also tells it to the page, for fonts and for those who hear it.
pub(super) fn start_language() -> RwSignal<Language> {
    let name = storage::load(LANGUAGE).or_else(|| window().navigator().language());
    let japanese = name.is_some_and(|name| name.starts_with("ja"));
    let signal = RwSignal::new(if japanese { Language::Ja } else { Language::En });
    watch(move || {
        let (_, other_name) = other(signal.get());
        let name = if other_name == "ja" { "en" } else { "ja" };
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("lang", name);
        }
    });
    signal
}

fn switch_language() {
    let signal = language();
    let (other, name) = other(signal.get_untracked());
    storage::save(LANGUAGE, name);
    signal.set(other);
}

const fn other(language: Language) -> (Language, &'static str) {
    match language {
        Language::En => (Language::Ja, "ja"),
        Language::Ja => (Language::En, "en"),
    }
}

fn tool(picture: Icon, name: Phrase, key: &'static str, press: Press) -> AnyView {
    let language = language();
    let title = move || name.text(language.get()).to_owned() + key;
    view! {
        <button class="icon-button" aria-label=say(name) title=live(title) on:click=press>
            {icon(picture)}
        </button>
    }
    .into_any()
}
