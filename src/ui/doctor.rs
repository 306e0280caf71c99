//! The connection doctor: the steps of the newest attempt in their order, and what the first failure means.

use leptos::prelude::*;

use super::connection::Connection;
use super::fault;
use super::format;
use super::life_icon::{LifeIcon, life_icon};
use super::link_state::LinkKind;
use super::open::{Form, Open};
use super::policy::policy;
use super::reactive::{act, live};
use super::store::Store;
use super::text::{Language, Phrase, doctor as words, language, say};
use crate::engine::command::Way;
use crate::engine::frame::{Cause, ConnectStep, Finding, Outcome, StepView};

pub(super) fn doctor() -> AnyView {
    let store = expect_context::<Store>();
    let language = language();
    let came_for = expect_context::<Open>().connections.get_untracked() == Form::Doctor;
    let none = move || store.doctor.with(|doctor| doctor.steps.is_empty());
    let clock = live(move || match none() {
        true => String::new(),
        false => format::clock(store.doctor.with(|doctor| doctor.at)),
    });
    let rows = live(move || {
        let language = language.get();
        let doctor = store.doctor.read();
        let rows = doctor.steps.iter().map(|step| row(step, language));
        Some(rows.collect::<Vec<_>>().into_any())
    });
    view! {
        <section class="doctor" aria-label=say(words::DOCTOR) tabindex="-1" autofocus=came_for>
            <div class="doctor-scroll">
                <div class="doctor-head">
                    <h3>{say(words::DOCTOR)}</h3>
                    <span>{clock}</span>
                </div>
                <p class="doctor-none" hidden=move || !none()>{say(words::NOTHING_TRIED)}</p>
                <ol class="doctor-steps">{rows}</ol>
                <div aria-live="polite">{finding(store)}</div>
                {policy(store)}
            </div>
            {actions(store)}
        </section>
    }
    .into_any()
}

fn row(step: &StepView, language: Language) -> AnyView {
    let (mark, state) = match step.outcome {
        Outcome::Done => (life_icon(LifeIcon::Accepted), words::DONE),
        Outcome::Failed => (LinkKind::Failed.mark(), words::FAILED),
        Outcome::Running => (LinkKind::Connecting.mark(), words::RUNNING),
        Outcome::NotYet => (LinkKind::Idle.mark(), words::NOT_YET),
    };
    let took = step.took_ms.map(|millis| {
        let took = format::count(millis.into()) + " ms";
        match step.step {
            ConnectStep::Refusals { .. } => words::AFTER_SUBSCRIBE.fill(language, &[&took]),
            _ => took,
        }
    });
    let class = match step.outcome {
        Outcome::Done => "done",
        _ => "",
    };
    view! {
        <li class=class>
            {mark}
            <span class="visually-hidden">{state.text(language)} ": "</span>
            <span class="doctor-step">{name(step, language)} " " <span>{detail(&step.step, language)}</span></span>
            " "
            <span class="doctor-took">{took}</span>
        </li>
    }
    .into_any()
}

fn name(step: &StepView, language: Language) -> String {
    // What it is called as long as it is not known how it ends, when it is done, and when it failed.
    let by_outcome = |coming: Phrase, done: Phrase, failed: Phrase| match step.outcome {
        Outcome::NotYet | Outcome::Running => coming,
        Outcome::Done => done,
        Outcome::Failed => failed,
    };
    let phrase = match step.step {
        ConnectStep::Address { .. } => {
            by_outcome(words::ADDRESS, words::ADDRESS, words::NO_ADDRESS)
        }
        ConnectStep::Clock { .. } => words::CLOCK,
        ConnectStep::Credentials { .. } => {
            by_outcome(words::GETTING_KEYS, words::KEYS, words::NO_KEYS)
        }
        ConnectStep::Socket => by_outcome(WEBSOCKET, words::SOCKET, words::NO_SOCKET),
        ConnectStep::Connect { .. } => by_outcome(CONNECT, words::ACCEPTED, words::NOT_ACCEPTED),
        ConnectStep::Subscribe { asked: 0, .. } => SUBSCRIBE,
        ConnectStep::Subscribe { granted, asked } => {
            let (granted, asked) = (granted.to_string(), asked.to_string());
            return words::SUBSCRIBED.fill(language, &[&granted, &asked]);
        }
        ConnectStep::Refusals {
            filters,
            close_code,
        } => {
            let phrase = match (filters, close_code) {
                (1, None) => words::ONE_REFUSED,
                (1, Some(_)) => words::ONE_CLOSES,
                (_, None) => words::REFUSED,
                (_, Some(_)) => words::CLOSES,
            };
            return phrase.fill(language, &[&filters.to_string()]);
        }
        ConnectStep::KeepAlive => by_outcome(words::KEEP_ALIVE, words::ANSWERS, words::LOST),
    };
    phrase.text(language).to_owned()
}

// The protocol's own words.
const WEBSOCKET: Phrase = Phrase::new("WebSocket", "WebSocket");
const CONNECT: Phrase = Phrase::new("CONNECT", "CONNECT");
const SUBSCRIBE: Phrase = Phrase::new("SUBSCRIBE", "SUBSCRIBE");

fn detail(step: &ConnectStep, language: Language) -> String {
    match step {
        ConnectStep::Address { secure: true } => "wss".to_owned(),
        ConnectStep::Address { secure: false } => "ws".to_owned(),
        ConnectStep::Clock {
            offset_ms: Some(offset),
        } => {
            let phrase = match offset {
                ..0 => words::BEHIND,
                _ => words::AHEAD,
            };
            phrase.fill(language, &[&format::span(language, offset.abs())])
        }
        ConnectStep::Credentials { until: Some(until) } => {
            words::UNTIL.fill(language, &[&format::clock(*until)])
        }
        ConnectStep::Connect { client_id } => client_id.clone(),
        ConnectStep::Refusals {
            close_code: Some(code),
            ..
        } => words::CODE.fill(language, &[&code.to_string()]),
        ConnectStep::Clock { offset_ms: None }
        | ConnectStep::Credentials { until: None }
        | ConnectStep::Socket
        | ConnectStep::Subscribe { .. }
        | ConnectStep::Refusals {
            close_code: None, ..
        }
        | ConnectStep::KeepAlive => String::new(),
    }
}

fn finding(store: Store) -> AnyView {
    let connection = expect_context::<Connection>();
    let language = language();
    live(move || {
        let language = language.get();
        let doctor = store.doctor.read();
        let finding = doctor.finding.as_ref()?;
        let aws = !matches!(connection.request().way, Way::Broker { .. });
        let code = finding.code.as_deref();
        let (headline, body) = match finding.causes[..] {
            [cause] => {
                let told = told(store, cause, code, aws);
                (told[0], explained(store, told, cause, code, language))
            }
            _ => {
                let &[_, headline, why, _] = fault::words(None, None);
                let body = match finding.causes[..] {
                    [] => view! { <p>{why.text(language)}</p> }.into_any(),
                    _ => likely(store, finding, aws, language),
                };
                (headline, body)
            }
        };
        let topics = finding.topics.iter();
        let topics = topics.map(|topic| view! { <code>{topic.clone()}</code> }.into_any());
        let examining = doctor.examining.then(|| words::EXAMINING.text(language));
        Some(
            view! {
                <div class="finding" role="group" aria-label=words::FINDING.text(language)>
                    <h4>{headline.text(language)}</h4>
                    {topics.collect::<Vec<_>>()}
                    <p>{examining}</p>
                    {body}
                </div>
            }
            .into_any(),
        )
    })
    .into_any()
}

/// Headline, why, and what to do, in the words of this link.
fn told(store: Store, cause: Cause, code: Option<&str>, aws: bool) -> [Phrase; 3] {
    let &[_, mut headline, mut why, advice] = fault::words(Some(cause), code);
    match cause {
        Cause::FilterCloses if aws => headline = words::AWS_FILTER_CLOSES,
        Cause::PublishCloses if aws => headline = words::AWS_PUBLISH_CLOSES,
        Cause::TakenOver if store.link.with_untracked(|link| link.taken_over.is_some()) => {
            why = words::LEFT_TO_IT;
        }
        _ => {}
    }
    [headline, why, advice]
}

fn explained(
    store: Store,
    [_, why, advice]: [Phrase; 3],
    cause: Cause,
    code: Option<&str>,
    language: Language,
) -> AnyView {
    let code =
        code.map(|code| view! { " (" <span class="mono">{code.to_owned()}</span> ")" }.into_any());
    // Where the browser itself says what is wrong with the certificate.
    let link = (cause == Cause::Tls).then(|| {
        let url = store
            .link
            .with_untracked(|link| "https://".to_owned() + &link.host);
        view! { " " <a href=url.clone() target="_blank" rel="noreferrer">{url.clone()}</a> }
            .into_any()
    });
    view! {
        <p>{why.text(language)} {code}</p>
        <p>{advice.text(language)} {link}</p>
    }
    .into_any()
}

/// Several causes, each with the test that tells it apart.
fn likely(store: Store, finding: &Finding, aws: bool, language: Language) -> AnyView {
    let causes = finding.causes.iter().map(|&cause| {
        let told = told(store, cause, None, aws);
        view! {
            <li>
                <b>{told[0].text(language)}</b>
                {explained(store, told, cause, None, language)}
            </li>
        }
        .into_any()
    });
    view! {
        <p>{words::LIKELY.text(language)}</p>
        <ol>{causes.collect::<Vec<_>>()}</ol>
    }
    .into_any()
}

fn actions(store: Store) -> AnyView {
    let connection = expect_context::<Connection>();
    let language = language();
    let word = move |one: Phrase, many: Phrase| {
        live(move || {
            let phrase = if filters(store).len() > 1 { many } else { one };
            phrase.text(language.get()).to_owned()
        })
    };
    let none = live(move || filters(store).is_empty());
    let ask = move |wanted| act(move |_| connection.ask_for(&filters(store), wanted));
    let unopened = move || {
        store.doctor.with(|doctor| {
            let mut steps = doctor.steps.iter();
            steps.any(|it| it.step == ConnectStep::Socket && it.outcome == Outcome::Failed)
        })
    };
    view! {
        <div class="doctor-foot">
            <button class="button" type="button" hidden=none.clone() on:click=ask(true)>
                {word(words::TRY_FILTER, words::TRY_FILTERS)}
            </button>
            <button class="button" type="button" hidden=none on:click=ask(false)>
                {word(words::LEAVE_OUT, words::LEAVE_ALL_OUT)}
            </button>
            <button
                class="button"
                type="button"
                hidden=move || !unopened()
                on:click=act(move |_| connection.examine())
            >
                {say(words::EXAMINE)}
            </button>
        </div>
    }
    .into_any()
}

/// Those that the broker does not allow.
fn filters(store: Store) -> Vec<String> {
    store.doctor.with(|doctor| match &doctor.finding {
        Some(finding)
            if matches!(
                finding.causes[..],
                [Cause::FilterCloses | Cause::FilterRefused]
            ) =>
        {
            finding.topics.clone()
        }
        _ => Vec::new(),
    })
}
