//! The panel of the selected device: what it does and where, its last words, and its shadow.

use leptos::prelude::*;

use super::describe;
use super::editor_panel::panel_foot;
use super::icons::{Icon, icon};
use super::life_rail::since_then;
use super::mark::{mark, shape};
use super::panel::Panel;
use super::panel_menu::panel_menu;
use super::reactive::{act, each, item, live, memo};
use super::shadow_section::{shadow_section, with_device};
use super::sheet::sheet;
use super::store::Store;
use super::text::{devices as words, language, say};
use crate::engine::frame::{DeviceState, FixView, LastMessage, Selected};

/// Nothing while no device is selected. On narrow screens it brings its own bottom sheet along.
#[component]
pub fn DevicePanel() -> impl IntoView {
    let store = expect_context::<Store>();
    // Keyed by the name: nothing of one device's panel goes on in the next one's.
    each(move || {
        let open = |name: String| item(name.clone(), move || panel(&name));
        store.selection.get().map(open).into_iter().collect()
    })
}

fn panel(name: &str) -> AnyView {
    let panel = Panel::new(name);
    let language = language();
    let title = name.to_owned();
    let label = move || words::DEVICE.fill(language.get(), &[&title]);
    let content = view! {
        <section class="device-panel" role="region" aria-label=live(label)>
            {head(name, panel)}
            <div class="panel-body">
                {unknown(name, panel)} {known(panel)}
            </div>
            {panel_foot(panel)}
            <p class="visually-hidden" aria-live="polite">{move || panel.outcome.get()}</p>
        </section>
    };
    sheet(content.into_any())
}

/// State and position, without which the head would change with every message.
type Place = (DeviceState, Option<FixView>);

fn place(panel: Panel) -> Memo<Option<Place>> {
    memo(move |_| with_device(panel, |device| (device.state, device.fix)))
}

fn head(name: &str, panel: Panel) -> AnyView {
    let store = panel.store;
    let place = place(panel);
    let shape = memo(move |_| {
        place.get().map_or_else(Default::default, |(state, fix)| {
            shape(state, fix.and_then(|fix| fix.heading))
        })
    });
    view! {
        <header class="panel-head">
            <div class="panel-title">
                {mark(shape.into())} <h2>{name.to_owned()}</h2>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=say(words::FOLLOW)
                    aria-pressed=move || store.follow.get().to_string()
                    title=move || format!("{} (f)", words::FOLLOW.text(panel.language.get()))
                    on:click=act(move |_| store.follow.set(!store.follow.get_untracked()))
                >
                    {icon(Icon::Follow)}
                </button>
                {panel_menu(panel)}
                <button
                    type="button"
                    class="icon-button"
                    aria-label=say(words::CLOSE)
                    title=move || format!("{} (Esc)", words::CLOSE.text(panel.language.get()))
                    on:click=act(move |_| store.select(None))
                >
                    {icon(Icon::Close)}
                </button>
            </div>
            {move || place.get().map(|(state, fix)| facts(state, fix.as_ref(), panel))}
        </header>
    }
    .into_any()
}

fn facts(state: DeviceState, fix: Option<&FixView>, panel: Panel) -> AnyView {
    let language = panel.language.get();
    let what = describe::movement(state, fix, language);
    let Some(fix) = fix else {
        let text = format!("{what} · {}", words::NO_POSITION.text(language));
        return view! { <p class="panel-what">{text}</p> }.into_any();
    };
    let accuracy = fix
        .accuracy
        .map(|metres| format!(" · ±{} m", metres.round() as i32));
    view! {
        <p class="panel-what">
            {what} " · " {since_then(words::FIX_AGE, fix.at, panel, language)} {accuracy}
        </p>
        <p class="panel-where">{describe::coordinates(fix.position)}</p>
    }
    .into_any()
}

fn unknown(name: &str, panel: Panel) -> AnyView {
    let name = name.to_owned();
    let is_unknown = memo(move |_| {
        let selected = panel.store.selected;
        selected.with(|selected| matches!(selected, Selected::Unknown(name) if panel.is_of(name)))
    });
    let view = live(move || {
        let text = words::UNKNOWN_DEVICE.fill(panel.language.get(), &[&name]);
        is_unknown
            .get()
            .then(|| view! { <p class="panel-note">{text}</p> }.into_any())
    });
    view.into_any()
}

fn known(panel: Panel) -> AnyView {
    let is_known = memo(move |_| with_device(panel, |_| ()).is_some());
    let view = live(move || {
        is_known
            .get()
            .then(|| view! { {last_message(panel)} {shadow_section(panel)} }.into_any())
    });
    view.into_any()
}

/// As text, whatever it holds.
fn last_message(panel: Panel) -> AnyView {
    let message = memo(move |_| -> Option<LastMessage> {
        with_device(panel, |device| device.last_message.clone())?
    });
    let view = live(move || {
        let message = message.get()?;
        let language = panel.language.get();
        let view = view! {
            <div class="last-message">
                <p class="last-message-head">
                    <span>{words::LAST_MESSAGE.text(language)}</span>
                    <code>{message.topic}</code>
                    <span class="fact-age">
                        {since_then(words::AGO, message.at, panel, language)}
                    </span>
                </p>
                <pre class="last-message-text">{message.text}</pre>
            </div>
        };
        Some(view.into_any())
    });
    view.into_any()
}
