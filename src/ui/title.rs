//! The tab's title and icon: they say how the link does when the tab is not in front.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlLinkElement;

use super::format;
use super::link_state::LinkKind;
use super::reactive::{memo, watch};
use super::store::Store;
use super::text::{language, shell};
use super::theme::Theme;

/// Keeps both up to date.
pub(super) fn keep() {
    let store = expect_context::<Store>();
    let theme = expect_context::<Theme>();
    let language = language();
    let kind = LinkKind::memo(store);
    let devices = memo(move |_| store.list.with(|list| list.devices));
    watch(move || {
        let language = language.get();
        let what = match (kind.get(), devices.get()) {
            (LinkKind::Connected, 0) => shell::CONNECTED.text(language).to_owned(),
            (LinkKind::Connected, 1) => "● ".to_owned() + shell::ONE_DEVICE.text(language),
            (LinkKind::Connected, many) => {
                "● ".to_owned() + &shell::DEVICES.fill(language, &[&format::count(many.into())])
            }
            (kind, _) => kind.word().text(language).to_owned(),
        };
        document().set_title(&(what + " · " + shell::TITLE));
    });
    watch(move || {
        theme.is_dark();
        show_icon(kind.get());
    });
}

/// The mark with a dot in the colour of the state.
fn show_icon(kind: LinkKind) {
    let link = document().get_element_by_id("favicon");
    let Some(link) = link.and_then(|link| link.dyn_into::<HtmlLinkElement>().ok()) else {
        return;
    };
    let (ink, sun, dot) = (colour("--ink"), colour("--sun-mark"), colour(kind.colour()));
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'><path fill='{ink}' d='M10 3v16H2z'/>\
         <path fill='{sun}' d='M12 14l10 5H12z'/><circle fill='{dot}' cx='18.5' cy='6' r='4.5'/></svg>"
    );
    link.set_href(&("data:image/svg+xml,".to_owned() + &svg.replace('#', "%23")));
}

/// The value of a colour of the style sheets.
fn colour(property: &str) -> String {
    let root = document().document_element();
    let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
    let value = style.and_then(|style| style.get_property_value(property).ok());
    value.unwrap_or_default().trim().to_owned()
}
