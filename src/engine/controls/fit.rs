//! Which control fits a key: what a person said about it first, then what its values look like and what stands
//! beside it. Where a control could send something else than it shows, there is none.

use super::{Control, ControlKind, Controls, Range, Shape};
use crate::engine::frame::{DraftFault, ValueKind, ValueView};
use crate::engine::panel::{MAX_TEXT, view_of};
use crate::shadow::document::ShadowDocument;
use crate::shadow::form::{is_colour, number};
use crate::shadow::value::Value;

/// Choices that are offered.
const MAX_CHOICES: usize = 100;

/// Last keys of a path that make something happen once.
const MOMENTARY_KEYS: [&str; 6] = ["reboot", "restart", "reset", "identify", "locate", "ping"];

/// A key and what is known of it.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Subject<'a> {
    pub(in crate::engine) path: &'a [String],
    pub(in crate::engine) reported: Option<&'a Value>,
    pub(in crate::engine) desired: Option<&'a Value>,
    /// What this page wishes and the document does not hold.
    pub(in crate::engine) wish: Option<&'a Value>,
    pub(in crate::engine) document: Option<&'a ShadowDocument>,
}

impl<'a> Subject<'a> {
    /// The value whose form the device uses.
    pub(in crate::engine) fn form(&self) -> Option<&'a Value> {
        let known = self.reported.or(self.desired).or(self.wish);
        known.filter(|value| **value != Value::Null)
    }

    fn key(&self) -> &'a str {
        self.path.last().map_or("", |key| key)
    }

    fn values(&self) -> impl Iterator<Item = &'a Value> {
        self.reported.into_iter().chain(self.desired)
    }

    /// What stands beside it under another key.
    fn sibling(&self, key: &str) -> Option<&'a Value> {
        let (_, parent) = self.path.split_last()?;
        let mut path: Vec<&str> = parent.iter().map(|key| &**key).collect();
        path.push(key);
        let document = self.document?;
        let reported = document.reported.leaf(&path);
        let stated = reported.or_else(|| document.desired.leaf(&path))?;
        Some(&stated.value)
    }

    fn limit(&self, name: &str) -> Option<&'a Value> {
        let key = self.key();
        let numeric = |value: &&Value| value.as_number().is_some();
        let named = [key.to_owned() + "_" + name, name.to_owned() + "_" + key];
        let mut named = named.iter().filter_map(|key| self.sibling(key));
        let beside = || self.sibling(name).filter(|_| key == "value");
        named.find(numeric).or_else(|| beside().filter(numeric))
    }
}

impl Controls {
    pub(in crate::engine) fn fit(&self, subject: &Subject<'_>) -> Control {
        // Too long to be shown whole, or no single value: a matter for the document editor.
        let fits = |value: &Value| value.is_scalar() && !is_long(value);
        if subject.path.is_empty() || !subject.values().all(fits) {
            return Control::None;
        }
        let shape = self.shape(subject.path);
        if let Some(kind) = shape.and_then(|shape| shape.kind) {
            if kind == ControlKind::ReadOnly {
                return Control::None;
            }
            if let Some(control) = self.shaped(kind, subject, shape) {
                return control;
            }
        }
        self.unshaped(subject, shape)
    }

    /// What a person said, where the values allow it.
    fn shaped(
        &self,
        kind: ControlKind,
        subject: &Subject<'_>,
        shape: Option<&Shape>,
    ) -> Option<Control> {
        let form = subject.form();
        let may_be = |is: fn(&Value) -> bool| form.is_none_or(is);
        match kind {
            ControlKind::ReadOnly => Some(Control::None),
            ControlKind::Switch => {
                may_be(|form| form.as_switch().is_some()).then_some(Control::Switch)
            }
            ControlKind::Number => {
                let range = range(subject, shape);
                may_be(|form| form.numeric().is_some()).then_some(Control::Number { range })
            }
            ControlKind::Choice => self.choice(subject, shape, true),
            ControlKind::Text => {
                may_be(|form| matches!(form, Value::Text(_))).then_some(Control::Text)
            }
            ControlKind::Colour => {
                may_be(|form| matches!(form, Value::Text(_))).then_some(Control::Colour)
            }
            ControlKind::Momentary => momentary(subject),
        }
    }

    fn unshaped(&self, subject: &Subject<'_>, shape: Option<&Shape>) -> Control {
        let key = subject.key();
        let is_momentary = MOMENTARY_KEYS.iter().any(|it| it.eq_ignore_ascii_case(key));
        if is_momentary
            && subject.desired.is_some()
            && let Some(control) = momentary(subject)
        {
            return control;
        }
        let Some(form) = subject.form() else {
            // Nothing is known of it but that a person types something, or wishes it away.
            return match subject.wish {
                None => Control::Text,
                Some(_) => Control::None,
            };
        };
        if shape.is_some_and(|shape| !shape.choices.is_empty())
            && let Some(choice) = self.choice(subject, shape, true)
        {
            return choice;
        }
        if form.is_switch(key) {
            return Control::Switch;
        }
        let wished = subject.desired.or(subject.wish);
        let is_number = |value: &Value| value.as_number().is_some();
        let has_limits = shape.is_some_and(|shape| shape.min.or(shape.max).is_some());
        if let Some(choice) = self.choice(subject, shape, false) {
            return choice;
        }
        if (wished.is_some_and(is_number) || has_limits) && form.numeric().is_some() {
            let range = range(subject, shape);
            return Control::Number { range };
        }
        match (form.is_colour(), wished) {
            (true, _) => Control::Colour,
            (false, Some(Value::Text(_))) => Control::Text,
            (false, _) => Control::None,
        }
    }

    /// From the shape, from what stands beside the key, or from what other devices use.
    fn choice(
        &self,
        subject: &Subject<'_>,
        shape: Option<&Shape>,
        is_said: bool,
    ) -> Option<Control> {
        let said = shape.map_or(&[][..], |shape| &shape.choices).iter();
        let mut options: Vec<Value> = said.map(|text| self.chosen(text, subject)).collect();
        if options.is_empty() {
            let beside = ["_options", "_choices"].into_iter();
            let mut beside =
                beside.filter_map(|end| subject.sibling(&(subject.key().to_owned() + end)));
            if let Some(Value::Array(array)) = beside.next() {
                options = array.to_vec();
            }
        }
        let seen = self.seen.choices(subject.path);
        let is_one_of_them = |value: &Value| seen.iter().any(|text| *value == Value::from(&**text));
        if options.is_empty() && (is_said || subject.form().is_some_and(is_one_of_them)) {
            options = seen.iter().map(|text| Value::from(&**text)).collect();
        }
        let fits = |option: &Value| option.is_scalar() && !is_long(option);
        if options.is_empty() || !options.iter().all(fits) {
            return None;
        }
        let options = options.iter().take(MAX_CHOICES).map(view_of).collect();
        Some(Control::Choice { options })
    }

    fn chosen(&self, text: &str, subject: &Subject<'_>) -> Value {
        let text = Value::from(text);
        match subject.form() {
            Some(form) => text.written_as(form),
            None => text,
        }
    }
}

fn is_long(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.chars().nth(MAX_TEXT).is_some(),
        _ => false,
    }
}

fn momentary(subject: &Subject<'_>) -> Option<Control> {
    let press = match subject.form() {
        None => Some(true.into()),
        // The one that was wished last: desired may be ahead of reported.
        Some(form) => {
            let rank = |value: &&Value| value.numeric().unwrap_or_default();
            let same = subject.values().filter(|value| value.numeric().is_some());
            let last = same.max_by(|a, b| rank(a).total_cmp(&rank(b)));
            last.filter(|_| form.numeric().is_some())
                .unwrap_or(form)
                .written_as(form)
                .pressed()
        }
    };
    let press = view_of(&press?);
    Some(Control::Momentary { press })
}

/// None unless both ends are known.
fn range(subject: &Subject<'_>, shape: Option<&Shape>) -> Option<Range> {
    let beside = |name: &str| subject.limit(name).and_then(Value::as_number);
    let min = shape.and_then(|it| it.min).or_else(|| beside("min"))?;
    let max = shape.and_then(|it| it.max).or_else(|| beside("max"))?;
    let width = max - min;
    if !width.is_finite() || width <= 0.0 {
        return None;
    }
    let said = shape.and_then(|shape| shape.step);
    let said = said.filter(|step| step.is_finite() && *step > 0.0);
    let are_integers = subject.values().all(Value::is_integer)
        && [min, max].iter().all(|limit| limit.fract() == 0.0);
    let step = said.unwrap_or_else(|| match are_integers {
        true => 1.0,
        false => power_of_ten(width / 100.0),
    });
    Some(Range { min, max, step })
}

/// The one next to a positive number.
fn power_of_ten(number: f64) -> f64 {
    let exponent = number.log10().round() as i32;
    match exponent {
        0.. => 10f64.powi(exponent),
        // So that a tenth is 0.1 to the last digit.
        _ => 1.0 / 10f64.powi(-exponent),
    }
}

/// What a draft wishes, in the form that the device uses, or why it cannot be wished.
pub(in crate::engine) fn typed(
    text: &str,
    control: &Control,
    form: Option<&Value>,
) -> Result<Value, DraftFault> {
    let written = |value: Value| form.map_or_else(|| value.clone(), |form| value.written_as(form));
    match control {
        Control::Number { range } => {
            let number = number(text).ok_or(DraftFault::NotANumber)?;
            let number = Value::Number(number);
            let inside = |range: &Range| {
                let number = number.as_number().unwrap_or_default();
                number >= range.min && number <= range.max
            };
            match range.filter(|range| !inside(range)) {
                Some(range) => Err(DraftFault::OutOfRange(range)),
                None => Ok(written(number)),
            }
        }
        Control::Colour if !is_colour(text) => Err(DraftFault::NotAColour),
        Control::Choice { options } => {
            let option = options.iter().find(|option| option.text == text);
            let option = option.and_then(value_of);
            Ok(option.unwrap_or_else(|| text.into()))
        }
        Control::Switch => match Value::from(text).as_switch() {
            Some(on) => Ok(form.map_or(Value::Bool(on), |form| form.with_switch(on))),
            None => Ok(text.into()),
        },
        Control::Momentary { press } if press.text == text => {
            Ok(value_of(press).unwrap_or_else(|| text.into()))
        }
        _ => Ok(written(text.into())),
    }
}

/// None: it was cut, or is no JSON.
pub(in crate::engine) fn value_of(view: &ValueView) -> Option<Value> {
    match view.kind {
        ValueKind::Text => Some(Value::from(&*view.text)),
        _ => Value::from_json(&view.text),
    }
}
