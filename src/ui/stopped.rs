//! The last word of a page that panicked, or whose engine did. It uses nothing but the document, for nothing else can be trusted by then.

use leptos::prelude::document;

use super::text::{Language, shell};

/// Shows over everything that the page does nothing any more.
pub fn show() {
    let document = document();
    let japanese = document
        .document_element()
        .is_some_and(|root| root.get_attribute("lang").as_deref() == Some("ja"));
    let language = if japanese { Language::Ja } else { Language::En };
    if document
        .query_selector(".stopped")
        .is_ok_and(|shown| shown.is_some())
    {
        return;
    }
    let (Some(body), Ok(banner)) = (document.body(), document.create_element("p")) else {
        return;
    };
    banner.set_class_name("stopped");
    let _ = banner.set_attribute("role", "alert");
    banner.set_text_content(Some(shell::STOPPED.text(language)));
    let _ = body.append_child(&banner);
}
