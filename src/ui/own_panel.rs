//! The panel of this browser as a device: what it publishes, where, and how that goes. Closing it stops nothing.

use leptos::prelude::*;

use super::format;
use super::icons::{Icon, icon};
use super::keys::focus_if_lost;
use super::link_state::LinkKind;
use super::own_device::{Doing, OwnDevice};
use super::own_form::form;
use super::own_live::{goes_to, running};
use super::own_text::text_form;
use super::reactive::{act, live, memo, show, watch};
use super::sheet::tall_sheet;
use super::text::{Language, Phrase, devices, language, own as words, say};
use crate::engine::command::{OwnCommand, PositionFault};

/// Nothing while it is closed. On narrow screens it brings its own bottom sheet along.
pub(super) fn own_panel() -> AnyView {
    let own = expect_context::<OwnDevice>();
    show(move || own.open.own.get(), move || panel(own))
}

fn panel(own: OwnDevice) -> AnyView {
    let language = language();
    let runs = own.part(|own| own.settings.is_some());
    let doing = own.doing();
    keep_focus(runs);
    let body = live(move || {
        Some(match runs.get() {
            true => view! { {running(own)} {text_form(own)} }.into_any(),
            false => form(own),
        })
    });
    let content = view! {
        <section class="device-panel own" role="region" aria-label=say(words::TITLE)>
            <header class="panel-head">
                <div class="panel-title">
                    {icon(Icon::Locate)} <h2>{say(words::TITLE)}</h2>
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=say(devices::CLOSE)
                        title=move || devices::CLOSE.text(language.get()).to_owned() + " (Esc)"
                        on:click=act(move |_| own.close())
                    >
                        {icon(Icon::Close)}
                    </button>
                </div>
                {summary(own, language)}
            </header>
            <div class="panel-body own-body" tabindex="-1">{note(own, doing)} {body}</div>
            {show(move || runs.get(), move || foot(own))}
        </section>
    };
    tall_sheet(content.into_any())
}

/// Start and Stop take away what had the focus.
fn keep_focus(runs: Memo<bool>) {
    let mut before = runs.get_untracked();
    watch(move || {
        let now = runs.get();
        if std::mem::replace(&mut before, now) != now {
            request_animation_frame(move || match now {
                true => focus_if_lost(".own .bulk-foot .button"),
                false => focus_if_lost(".own .icon-button"),
            });
        }
    });
}

/// Who publishes where and how often, or what the panel is for.
fn summary(own: OwnDevice, language: RwSignal<Language>) -> AnyView {
    let facts = own.part(|own| {
        let settings = own.settings.as_ref()?;
        Some((settings.thing.clone(), own.topic.clone(), settings.every))
    });
    let text = live(move || {
        let language = language.get();
        let Some((thing, topic, every)) = facts.get() else {
            return Some(words::INTRO.text(language).into_any());
        };
        let goes = goes_to(&topic, every, language);
        Some(view! { <b>{thing}</b> " · " {goes} }.into_any())
    });
    view! { <p class="panel-what own-what">{text}</p> }.into_any()
}

/// What there is to say of it, and what to do. Heard when it changes; single positions are not.
fn note(own: OwnDevice, doing: Memo<Option<Doing>>) -> AnyView {
    let language = language();
    let is_shadow = own.part(|own| own.topic != own.text_topic);
    let refused = own.part(|own| own.refused.clone());
    let text = live(move || {
        let language = language.get();
        let said = match doing.get()? {
            Doing::Refused => return refused.get().map(|it| refusal(&it, language)),
            Doing::Paused => words::PAUSED,
            Doing::NoPosition(fault) => explain(fault),
            Doing::Offline if is_shadow.get() => words::OFFLINE_SHADOW,
            Doing::Offline => words::OFFLINE,
            Doing::NoPositionYet => words::FIRST_POSITION,
            Doing::Sending => words::SENDING,
        };
        Some(said.text(language).to_owned())
    });
    let kind = live(move || match doing.get() {
        Some(Doing::NoPosition(_) | Doing::Refused) => "own-note bad",
        Some(Doing::Sending | Doing::NoPositionYet) | None => "own-note quiet",
        Some(Doing::Paused | Doing::Offline) => "own-note",
    });
    let can_ask = memo(move |_| matches!(doing.get(), Some(Doing::NoPosition(_))));
    view! {
        <div class=kind>
            <p aria-live="polite">{text}</p>
            {show(
                move || can_ask.get(),
                move || {
                    view! {
                        <button type="button" class="link" on:click=act(move |_| own.locate())>
                            {say(words::TRY_AGAIN)}
                        </button>
                    }
                    .into_any()
                },
            )}
        </div>
    }
    .into_any()
}

fn refusal((code, said): &(u16, String), language: Language) -> String {
    match code {
        0 => words::CLOSED_UPON.fill(language, &[said]),
        code => words::REFUSED.fill(language, &[said, &code.to_string()]),
    }
}

const fn explain(fault: PositionFault) -> Phrase {
    match fault {
        PositionFault::Denied => words::DENIED,
        PositionFault::Unavailable => words::UNAVAILABLE,
        PositionFault::TimedOut => words::TIMED_OUT,
        PositionFault::Unsupported => words::UNSUPPORTED,
    }
}

fn foot(own: OwnDevice) -> AnyView {
    let language = language();
    let paused = own.part(|own| own.paused);
    let waiting = own.part(|own| own.waiting);
    let toggle = move |_| {
        own.send(match paused.get_untracked() {
            true => OwnCommand::Resume,
            false => OwnCommand::Pause,
        });
    };
    let picture = live(move || {
        Some(icon(match paused.get() {
            true => Icon::Play,
            false => Icon::Pause,
        }))
    });
    let name = live(move || match paused.get() {
        true => words::RESUME.text(language.get()).to_owned(),
        false => words::PAUSE.text(language.get()).to_owned(),
    });
    // One that is just under way is no reason for another word.
    let discards = memo(move |_| match waiting.get() {
        1 if own.link.get() == LinkKind::Connected => 0,
        count => count,
    });
    let stop = live(move || match discards.get() {
        0 => words::STOP.text(language.get()).to_owned(),
        count => words::STOP_DISCARD.fill(language.get(), &[&format::count(count.into())]),
    });
    let end = move |_| own.send(OwnCommand::Stop);
    view! {
        <footer class="bulk-foot">
            <button type="button" class="button" on:click=act(toggle)>
                {picture}
                {name}
            </button>
            <button type="button" class="button" class:danger=move || discards.get() != 0 on:click=act(end)>
                {stop}
            </button>
        </footer>
    }
    .into_any()
}
