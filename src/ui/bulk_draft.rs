//! What a person enters about a change of many devices: the key, and the value in the form that fits it. The engine
//! captures and counts each time it changes, and sends nothing.

use std::time::Duration;

use leptos::leptos_dom::helpers::debounce;
use leptos::prelude::*;

use super::bulk::{Bulk, KnownKey};
use super::reactive::{act, live, memo, watch};
use super::text::{Phrase, bulk as words, devices, language, say};
use crate::engine::command::{BulkCommand, BulkRequest, BulkWish, Wish};
use crate::engine::frame::{Control, JobState, JobView, ValueKind, ValueView};

/// From the last key stroke until the engine counts.
const REST: Duration = Duration::from_millis(300);

/// In what form the value is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Switch,
    Choice,
    Number,
    Text,
    Removal,
}

const FORMS: [(Form, &str, Phrase); 5] = [
    (Form::Switch, "switch", words::A_SWITCH),
    (Form::Choice, "choice", words::A_CHOICE),
    (Form::Number, "number", words::A_NUMBER),
    (Form::Text, "text", words::A_TEXT),
    (Form::Removal, "removal", words::A_REMOVAL),
];

/// Signals that live as long as the panel. Copies share them.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    bulk: Bulk,
    key: RwSignal<String>,
    shadow: RwSignal<String>,
    form: RwSignal<Form>,
    value: RwSignal<String>,
    /// In percent.
    pub(super) limit: RwSignal<String>,
}

impl Draft {
    pub(super) fn new(bulk: Bulk) -> Self {
        let draft = Self {
            bulk,
            key: RwSignal::default(),
            shadow: RwSignal::new(bulk.store.shadow.get_untracked().unwrap_or_default()),
            form: RwSignal::new(Form::Text),
            value: RwSignal::default(),
            limit: RwSignal::new("2".to_owned()),
        };
        let mut prepare = debounce(REST, move |request: BulkRequest| {
            bulk.send(BulkCommand::Prepare(request));
        });
        watch(move || {
            if let Some(request) = draft.request() {
                prepare(request);
            }
        });
        let known = memo(move |_| draft.known());
        watch(move || {
            if let Some(known) = known.get() {
                draft.form.set(form_of(&known));
                draft.value.set(String::new());
            }
        });
        draft
    }

    fn known(self) -> Option<KnownKey> {
        let key = self.key.get();
        self.bulk.keys.with(|keys| {
            let known = keys.iter().find(|known| known.path.join(".") == key.trim());
            known.cloned()
        })
    }

    /// None: nothing, or a level without a name.
    fn path(self) -> Option<Vec<String>> {
        if let Some(known) = self.known() {
            return Some(known.path);
        }
        let key = self.key.get();
        let path: Vec<_> = key.trim().split('.').map(ToOwned::to_owned).collect();
        path.iter().all(|level| !level.is_empty()).then_some(path)
    }

    fn options(self) -> Vec<ValueView> {
        match self.known().map(|known| known.control) {
            Some(Control::Choice { options }) => options,
            _ => Vec::new(),
        }
    }

    fn wish(self) -> Option<Wish> {
        let text = self.value.get();
        let as_kind = |kind| {
            let text = text.trim().to_owned();
            Some(Wish::Value(ValueView { text, kind }))
        };
        match self.form.get() {
            Form::Switch if text.is_empty() => None,
            Form::Switch => Some(Wish::Switch(text == "on")),
            Form::Choice => {
                let mut options = self.options().into_iter();
                options.find(|option| option.text == text).map(Wish::Value)
            }
            Form::Number if is_number(text.trim()) => as_kind(ValueKind::Number),
            Form::Text if !text.trim().is_empty() => as_kind(ValueKind::Text),
            Form::Number | Form::Text => None,
            Form::Removal => Some(Wish::Remove),
        }
    }

    fn request(self) -> Option<BulkRequest> {
        let (path, wish) = (self.path()?, self.wish()?);
        let who = self.bulk.choosing.who(self.shadow(), path);
        let what = BulkWish::Set(wish);
        Some(BulkRequest { who, what })
    }

    fn shadow(self) -> Option<String> {
        let shadow = self.shadow.get();
        let shadow = shadow.trim();
        (!shadow.is_empty()).then(|| shadow.to_owned())
    }

    pub(super) fn limit_percent(self) -> Option<u8> {
        let percent = self.limit.get().trim().parse().ok()?;
        (percent <= 100).then_some(percent)
    }

    /// What the engine prepared of it: none while that is not the newest of what was entered.
    pub(super) fn job(self) -> Memo<Option<JobView>> {
        let store = self.bulk.store;
        memo(move |_| {
            let what = BulkWish::Set(self.wish()?);
            let (path, shadow) = (self.path(), self.shadow());
            store.jobs.with(|jobs| {
                let mut jobs = jobs.iter();
                let job =
                    jobs.find(|job| matches!(job.state, JobState::Prepared | JobState::Refused))?;
                let fits = job.what == what && job.path == path && job.shadow == shadow;
                fits.then(|| job.clone())
            })
        })
    }

    pub(super) fn view(self) -> AnyView {
        let language = language();
        let keys = memo(move |_| {
            let seen = self.bulk.keys.get().into_iter().map(|known| known.path);
            let board = self.bulk.store.board;
            let stuck =
                board.with(|view| view.keys.iter().map(|it| it.0.clone()).collect::<Vec<_>>());
            let mut keys: Vec<_> = seen.chain(stuck).map(|path| path.join(".")).collect();
            keys.sort();
            keys.dedup();
            keys
        });
        let keys = live(move || {
            let option = |key: String| view! { <option value=key></option> }.into_any();
            let options = keys.get().into_iter().map(option);
            Some(options.collect::<Vec<_>>().into_any())
        });
        let hint = live(move || {
            let entered = self.key.with(|key| !key.trim().is_empty());
            let phrase = match entered && self.path().is_none() {
                true => words::BAD_KEY,
                false => words::KEY_HINT,
            };
            phrase.text(language.get()).to_owned()
        });
        let form = live(move || Some(self.value_view(self.form.get())));
        view! {
            <div class="bulk-what">
                <div class="form-field">
                    <label for="bulk-key">{say(words::KEY)}</label>
                    <input
                        id="bulk-key"
                        class="input mono"
                        list="bulk-keys"
                        autocomplete="off"
                        spellcheck="false"
                        aria-describedby="bulk-key-note"
                        prop:value=move || self.key.get()
                        on:input=act(move |event| self.key.set(event_target_value(&event)))
                    />
                    <datalist id="bulk-keys">{keys}</datalist>
                    <span id="bulk-key-note" class="form-hint">{hint}</span>
                </div>
                <div class="form-pair">
                    <div class="form-field">
                        <label for="bulk-form">{say(words::FORM)}</label>
                        {self.form_choice()}
                    </div>
                    <div class="form-field">
                        <label for="bulk-shadow">{say(words::SHADOW)}</label>
                        <input
                            id="bulk-shadow"
                            class="input mono"
                            autocomplete="off"
                            spellcheck="false"
                            placeholder=say(words::CLASSIC)
                            prop:value=move || self.shadow.get()
                            on:input=act(move |event| self.shadow.set(event_target_value(&event)))
                        />
                    </div>
                </div>
                {form}
            </div>
        }
        .into_any()
    }

    fn form_choice(self) -> AnyView {
        let has_options = memo(move |_| !self.options().is_empty());
        let option = move |(form, name, word): (Form, &'static str, Phrase)| {
            view! {
                <option
                    value=name
                    hidden=move || form == Form::Choice && !has_options.get()
                    prop:selected=move || self.form.get() == form
                >
                    {say(word)}
                </option>
            }
            .into_any()
        };
        let choose = move |event| {
            let chosen = event_target_value(&event);
            if let Some((form, ..)) = FORMS.into_iter().find(|(_, name, _)| *name == chosen) {
                self.value.set(String::new());
                self.form.set(form);
            }
        };
        view! {
            <select id="bulk-form" class="input" on:change=act(choose)>
                {FORMS.into_iter().map(option).collect::<Vec<_>>()}
            </select>
        }
        .into_any()
    }

    fn value_view(self, form: Form) -> AnyView {
        let language = language();
        let control = match form {
            Form::Switch => {
                let word = |on: bool| if on { devices::ON } else { devices::OFF };
                let on_off = [true, false].map(|on| {
                    let value = if on { "on" } else { "off" };
                    self.segment(value.to_owned(), say(word(on)).into_any())
                });
                on_off.into_iter().collect::<Vec<_>>()
            }
            Form::Choice => {
                let options = untrack(|| self.options()).into_iter();
                let segment = |option: ValueView| {
                    let text = option.text.clone();
                    self.segment(option.text, text.into_any())
                };
                options.map(segment).collect()
            }
            Form::Number | Form::Text => return self.value_input(form),
            Form::Removal => return ().into_any(),
        };
        let name = live(move || words::VALUE.text(language.get()).to_owned());
        view! {
            <div class="form-field">
                <span class="form-label">{say(words::VALUE)}</span>
                <div class="choice" role="radiogroup" aria-label=name>{control}</div>
            </div>
        }
        .into_any()
    }

    fn segment(self, value: String, word: AnyView) -> AnyView {
        let own = value.clone();
        view! {
            <label class="choice-option">
                <input
                    type="radio"
                    name="bulk-value"
                    value=value.clone()
                    prop:checked=move || self.value.with(|value| *value == own)
                    on:change=act(move |_| self.value.set(value.clone()))
                />
                <span>{word}</span>
            </label>
        }
        .into_any()
    }

    fn value_input(self, form: Form) -> AnyView {
        let language = language();
        let bad = memo(move |_| {
            let value = self.value.get();
            form == Form::Number && !value.trim().is_empty() && !is_number(value.trim())
        });
        let hint = live(move || match bad.get() {
            true => words::NOT_A_NUMBER.text(language.get()).to_owned(),
            false => String::new(),
        });
        view! {
            <div class="form-field">
                <label for="bulk-value">{say(words::VALUE)}</label>
                <input
                    id="bulk-value"
                    class="input"
                    autocomplete="off"
                    spellcheck="false"
                    inputmode=if form == Form::Number { "decimal" } else { "text" }
                    aria-invalid=move || bad.get().to_string()
                    aria-describedby="bulk-value-note"
                    prop:value=move || self.value.get()
                    on:input=act(move |event| self.value.set(event_target_value(&event)))
                />
                <span id="bulk-value-note" class="form-hint problem">{hint}</span>
            </div>
        }
        .into_any()
    }
}

const fn form_of(known: &KnownKey) -> Form {
    match (&known.control, known.kind) {
        (Control::Switch, _) | (_, ValueKind::Boolean) => Form::Switch,
        (Control::Choice { .. }, _) => Form::Choice,
        (Control::Number { .. }, _) | (_, ValueKind::Number) => Form::Number,
        _ => Form::Text,
    }
}

/// As JSON writes one, without an exponent.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let all_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    all_digits(whole) && !leading_zero && fraction.is_none_or(all_digits)
}
