//! Memos, effects and pieces of views behind few types: the browser would load a copy of the library for each closure.

use std::sync::{Arc, Mutex};

use leptos::prelude::*;
use leptos::tachys::reactive_graph::SharedReactiveFunction;

/// What changes in a view. A closure that is written in `view!` itself becomes the same type.
pub(super) type Live<T> = SharedReactiveFunction<T>;

/// A piece of a view that follows the signals it reads.
pub(super) fn live<T: 'static>(read: impl FnMut() -> T + Send + 'static) -> Live<T> {
    Arc::new(Mutex::new(read))
}

type Read<T> = Box<dyn Fn(Option<&T>) -> T + Send + Sync>;

/// Tells only of changes. Gets what it gave before.
pub(super) fn memo<T: PartialEq + Send + Sync + 'static>(
    read: impl Fn(Option<&T>) -> T + Send + Sync + 'static,
) -> Memo<T> {
    let read: Read<T> = Box::new(read);
    Memo::new(read)
}

/// Acts soon, and again whenever the signals it reads change.
pub(super) fn watch(act: impl FnMut() + 'static) {
    let mut act: Box<dyn FnMut()> = Box::new(act);
    Effect::new(move |_| act());
}

/// `view` as long as `when` holds.
pub(super) fn show(
    when: impl Fn() -> bool + Send + Sync + 'static,
    view: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    let when = memo(move |_| when());
    live(move || when.get().then(&view)).into_any()
}

/// What an event of a view does.
pub(super) fn act<E: 'static>(run: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(run)
}

/// What it is known by, and how it is drawn when it comes.
pub(super) type Item = (String, Box<dyn FnOnce() -> AnyView + Send>);

/// A view for each item, kept as long as its key is among them.
pub(super) fn each(items: impl Fn() -> Vec<Item> + Send + 'static) -> AnyView {
    let items: Box<dyn Fn() -> Vec<Item> + Send> = Box::new(items);
    view! { <For each=items key=|(key, _)| key.clone() children=|(_, draw)| draw()/> }.into_any()
}

pub(super) fn item(
    key: impl Into<String>,
    draw: impl FnOnce() -> AnyView + Send + 'static,
) -> Item {
    (key.into(), Box::new(draw))
}
