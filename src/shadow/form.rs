//! One and the same wish in the types of different devices: what asks for `true` may have to say `1`, `"on"` or `"1"`.
//! And the special forms of values: numbers in texts, presses, colours.

use crate::shadow::document::json;
use crate::shadow::value::{Number, Value};

impl Value {
    /// This wish in the type in which `reported` is written. None: it is in that type already, or there is none.
    ///
    /// Where both mean the same, it is `reported` itself.
    pub fn in_form_of(&self, reported: &Self) -> Option<Self> {
        if let (Some(on), Some(_)) = (self.as_switch(), reported.as_switch()) {
            return Some(reported.with_switch(on)).filter(|form| form != self);
        }
        match (self, reported) {
            (Self::Text(text), Self::Number(_)) => number(text).map(Self::Number),
            (Self::Number(_), Self::Text(text)) => {
                number(text).map(|_| Self::Text(self.to_text().into()))
            }
            _ => None,
        }
        .map(|form| {
            if form.means(reported) {
                reported.clone()
            } else {
                form
            }
        })
    }

    /// This wish as `form` writes such things, and as it is where it has no way to.
    pub fn written_as(&self, form: &Self) -> Self {
        match (self, form) {
            // One text is never taken for another.
            (Self::Text(_), Self::Text(_)) => self.clone(),
            _ => self.in_form_of(form).unwrap_or_else(|| self.clone()),
        }
    }

    /// Numbers written differently: `"5.0"` for `"5"`.
    fn means(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => number(a) == number(b),
            (a, b) => a == b,
        }
    }

    /// Any JSON text. None: it is none.
    pub fn from_json(text: &str) -> Option<Self> {
        json::value(text)
    }

    /// Also of a text that holds a number.
    pub fn numeric(&self) -> Option<f64> {
        match self {
            Self::Text(text) => Self::Number(number(text)?).as_number(),
            other => other.as_number(),
        }
    }

    /// Whether it is written without a decimal point.
    pub fn is_integer(&self) -> bool {
        match self {
            Self::Number(number) => !matches!(number, Number::Decimal(_)),
            Self::Text(text) => number(text).is_some_and(|it| !matches!(it, Number::Decimal(_))),
            _ => false,
        }
    }

    /// What wishes once more what this value wished the last time. None where there is no way to say so.
    pub fn pressed(&self) -> Option<Self> {
        match self {
            Self::Bool(_) => Some(true.into()),
            Self::Number(Number::Unsigned(number)) => Some(number.checked_add(1)?.into()),
            Self::Number(Number::Signed(number)) => {
                Some(Self::Number(Number::Signed(number.checked_add(1)?)))
            }
            // Beyond it the next number is the same one.
            Self::Number(Number::Decimal(number)) if number.abs() < 1e15 => {
                Some((number + 1.0).into())
            }
            Self::Text(text) => match number(text) {
                Some(number) => Some(Self::from(&*Self::Number(number).pressed()?.to_text())),
                None => self.as_switch().map(|_| self.with_switch(true)),
            },
            _ => None,
        }
    }

    /// Whether it is a text such as `#D6542F`.
    pub fn is_colour(&self) -> bool {
        self.as_text().is_some_and(is_colour)
    }

    /// Neither an array nor an object.
    pub fn is_scalar(&self) -> bool {
        matches!(self, Self::Bool(_) | Self::Number(_) | Self::Text(_))
    }
}

/// Whether a text is `#` and six hexadecimal digits.
pub fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The number that a text says.
pub fn number(text: &str) -> Option<Number> {
    let text = text.trim();
    let integer = text.parse().map(Number::Unsigned).ok();
    let integer = integer.or_else(|| text.parse().map(Number::Signed).ok());
    let decimal = || text.parse().ok().filter(|number: &f64| number.is_finite());
    integer.or_else(|| decimal().map(Number::Decimal))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wish: impl Into<Value>, reported: impl Into<Value>, expected: Option<Value>) {
        let (wish, reported) = (wish.into(), reported.into());
        let form = wish.in_form_of(&reported);
        // Values are equal across the forms of a number; the text tells them apart.
        assert_eq!(format!("{form:?}"), format!("{expected:?}"));
    }

    #[test]
    fn a_wish_takes_the_form_that_the_device_uses() {
        check(true, 1, Some(1.into()));
        check(true, 0, Some(1.into()));
        check(true, "off", Some("on".into()));
        check("on", false, Some(true.into()));
        check("on", "OFF", Some("ON".into()));
        check(1, "0", Some("1".into()));
        check("true", true, Some(true.into()));
        check("5", 4, Some(5.into()));
        check("5", 5, Some(5.into()));
        check(5, "4", Some("5".into()));
        check(5, "5.0", Some("5.0".into()));
        check("-0.5", 4, Some((-0.5).into()));
    }

    #[test]
    fn what_is_in_that_form_already_or_has_none_there_stays() {
        check(true, false, None);
        check(5, 4, None);
        check("eco", "boost", None);
        check("eco", 3, None);
        check("inf", 3, None);
        check(5, "full", None);
        check(true, 5, None);
    }

    fn json(text: &str) -> Value {
        Value::from_json(text).unwrap()
    }

    #[test]
    fn a_typed_integer_stays_one_and_what_is_no_number_is_none() {
        let check = |text: &str, expected: Option<&str>| {
            let text = number(text).map(|number| Value::Number(number).to_text());
            assert_eq!(text.as_deref(), expected);
        };
        check(" 22 ", Some("22"));
        check("-3", Some("-3"));
        check("+3", Some("3"));
        check("21.50", Some("21.5"));
        check("5.0", Some("5.0"));
        check("18446744073709551615", Some("18446744073709551615"));
        for text in ["", "x", "1,5", "NaN", "inf", "1e999", "0x10"] {
            check(text, None);
        }
    }

    #[test]
    fn a_typed_value_is_written_as_the_device_writes_it() {
        let check = |wish: &str, form: &str, expected: &str| {
            let written = json(wish).written_as(&json(form));
            assert_eq!(written, json(expected), "{wish} as {form}");
        };
        check("7", r#""5""#, r#""7""#);
        check("7", "5.5", "7");
        check(r#""7""#, "5", "7");
        check("true", r#""OFF""#, r#""ON""#);
        check("true", "0", "1");
        check("1", "false", "true");
        check(r#""on""#, "false", "true");
        // What the device has no form for stays as it was wished.
        check(r#""auto""#, "5", r#""auto""#);
        check(r#""1""#, r#""off""#, r#""1""#);
        check("true", r#""open""#, "true");
        check("[1]", "5", "[1]");
        check("5", "true", "5");
    }

    #[test]
    fn a_press_is_another_wish_than_the_last_one() {
        let check = |last: &str, expected: Option<&str>| {
            assert_eq!(json(last).pressed(), expected.map(json), "{last}");
        };
        check("false", Some("true"));
        check("41", Some("42"));
        check("-1", Some("0"));
        check("1.5", Some("2.5"));
        check(r#""7""#, Some(r#""8""#));
        check(r#""Off""#, Some(r#""On""#));
        for last in [r#""now""#, "18446744073709551615", "1e300", "[]", "null"] {
            check(last, None);
        }
    }

    #[test]
    fn a_colour_has_six_digits() {
        assert!(is_colour("#D6542f"));
        for text in ["D6542F", "#D6542", "#D6542FF", "#D6542G", "", "#é6542"] {
            assert!(!is_colour(text), "{text}");
        }
    }
}
