//! Stored objects: found by the beginning of their names, and what one of them holds.

use leptos::prelude::*;

use super::format;
use super::icons::{Icon, icon};
use super::reactive::{act, each, item, live, memo, show};
use super::rules_code::code;
use super::rules_desk::{RulesDesk, STEP};
use super::text::{rules as words, say};
use crate::engine::command::RulesCommand;
use crate::engine::frame::{ObjectContent, ObjectRow, ObjectsView};

pub(super) fn objects(desk: RulesDesk) -> AnyView {
    let names = part(desk, |view| view.objects.clone());
    let rows = each(move || {
        names.with(|objects| {
            let row = |object: &ObjectRow| {
                let key = object.name.clone() + "\n" + &object.at.0.to_string();
                let object = object.clone();
                item(key, move || row_view(desk, object))
            };
            objects.iter().map(row).collect()
        })
    });
    view! {
        <aside class="rules-objects" aria-label=say(words::OBJECTS)>
            <div class="rules-dry-head">
                <h3>{say(words::OBJECTS)}</h3>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=say(words::CLOSE)
                    title=say(words::CLOSE)
                    on:click=act(move |_| desk.close_objects())
                >
                    {icon(Icon::Close)}
                </button>
            </div>
            {search(desk)}
            {status(desk)}
            <ul class="rules-object-rows">{rows}</ul>
            {more(desk)}
        </aside>
    }
    .into_any()
}

fn part<T: PartialEq + Default + Send + Sync + 'static>(
    desk: RulesDesk,
    part: fn(&ObjectsView) -> T,
) -> Memo<T> {
    memo(move |_| {
        let read = |objects: &Option<ObjectsView>| objects.as_ref().map(part).unwrap_or_default();
        desk.store.rules.with(|view| read(&view.objects))
    })
}

fn search(desk: RulesDesk) -> AnyView {
    let prefix = memo(move |_| {
        desk.objects.with(|objects| {
            let prefix = objects.as_ref().map(|objects| objects.prefix.clone());
            prefix.unwrap_or_default()
        })
    });
    let change = move |event| {
        let prefix = event_target_value(&event);
        desk.look(move |objects| {
            objects.prefix = prefix;
            objects.open = None;
            objects.rows = STEP;
        });
    };
    view! {
        <div class="rules-object-search">
            <label class="rules-field">
                <span>{say(words::PREFIX)}</span>
                <input
                    class="input mono rules-prefix"
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=live(move || prefix.get())
                    on:input=act(change)
                />
            </label>
            <button
                type="button"
                class="button"
                on:click=act(move |_| desk.send(RulesCommand::ReadObjects))
            >
                {say(words::READ_AGAIN)}
            </button>
        </div>
    }
    .into_any()
}

/// That it reads, was refused, or found nothing.
fn status(desk: RulesDesk) -> AnyView {
    let state = part(desk, |view| {
        (view.asking, view.objects.is_empty(), view.refused.clone())
    });
    let is_there = desk.part(|view| view.objects.is_some());
    let text = live(move || {
        let language = desk.language.get();
        let text = match state.get() {
            (_, _, Some((0, _))) => words::NO_ANSWER_OBJECTS.text(language).to_owned(),
            (_, _, Some((code, said))) => {
                words::REFUSED.fill(language, &[&said, &code.to_string()])
            }
            (true, true, _) => words::READING.text(language).to_owned(),
            (false, true, _) if is_there.get() => words::NO_OBJECTS.text(language).to_owned(),
            _ => return None,
        };
        Some(text)
    });
    let is_narrowed = move || {
        let narrowed = desk
            .objects
            .with(|objects| objects.as_ref().is_some_and(|it| !it.prefix.is_empty()));
        narrowed && matches!(state.get(), (false, true, None))
    };
    view! {
        <p class="rules-dry-more" role="status">{text}</p>
        {show(is_narrowed, move || {
            view! {
                <button
                    type="button"
                    class="link"
                    on:click=act(move |_| desk.look(|objects| objects.prefix.clear()))
                >
                    {say(words::ALL_OBJECTS)}
                </button>
            }
            .into_any()
        })}
    }
    .into_any()
}

fn row_view(desk: RulesDesk, object: ObjectRow) -> AnyView {
    let ObjectRow { name, bytes, at } = object;
    let own = name.clone();
    let is_open = memo(move |_| {
        desk.objects.with(|objects| {
            let open = objects.as_ref().and_then(|objects| objects.open.as_ref());
            open == Some(&own)
        })
    });
    let press = name.clone();
    let toggle = move |_| {
        let next = (!is_open.get_untracked()).then(|| press.clone());
        desk.look(|objects| objects.open = next);
    };
    let age = live(move || {
        let language = desk.language.get();
        let age = format::age(language, at, desk.store.now.get());
        words::AGO.fill(language, &[&age])
    });
    let own = name.clone();
    let open = part(desk, |view| view.open.clone());
    let content = StoredValue::new(live(move || {
        let open = open.get().filter(|open| open.name == own)?;
        Some(content(desk, &open))
    }));
    view! {
        <li class:close=live(move || is_open.get())>
            <button
                type="button"
                class="rules-object-row"
                aria-expanded=live(move || is_open.get().to_string())
                on:click=act(toggle)
            >
                <span class="rules-object-name mono">{name}</span>
                <span>{format::bytes(bytes)}</span>
                <span>{age}</span>
            </button>
            {show(move || is_open.get(), move || content.get_value().into_any())}
        </li>
    }
    .into_any()
}

fn content(desk: RulesDesk, object: &ObjectContent) -> AnyView {
    let language = desk.language.get();
    let size = format::bytes(object.bytes);
    let text = match &object.text {
        Some(text) => code(text, words::OBJECTS),
        None => view! { <p>{words::NO_TEXT.fill(language, &[&size])}</p> }.into_any(),
    };
    let cut = object.cut.then(|| {
        view! { <p class="rules-dry-note">{words::CUT.fill(language, &[&size])}</p> }.into_any()
    });
    view! { <div class="rules-object-content">{text} {cut}</div> }.into_any()
}

fn more(desk: RulesDesk) -> AnyView {
    let more = part(desk, |view| view.more);
    view! {
        <button
            type="button"
            class="link rules-more"
            hidden=move || !more.get()
            on:click=act(move |_| desk.look(|objects| objects.rows += STEP))
        >
            {say(words::MORE_OBJECTS)}
        </button>
    }
    .into_any()
}
