//! One and the same meaning in several forms: numbers as texts, presses, colours. A device is told in its own form.

use crate::shadow::document::json;
use crate::shadow::value::{Number, Value};

impl Value {
    /// Any JSON text. None: it is none.
    pub fn from_json(text: &str) -> Option<Self> {
        json::value(text)
    }

    /// A number as a person types it. An integer stays one.
    pub fn from_number_text(text: &str) -> Option<Self> {
        let text = text.trim();
        let number = if let Ok(number) = text.parse() {
            Number::Unsigned(number)
        } else if let Ok(number) = text.parse() {
            Number::Signed(number)
        } else {
            let number: f64 = text.parse().ok()?;
            Number::Decimal(Some(number).filter(|number| number.is_finite())?)
        };
        Some(Self::Number(number))
    }

    /// Also of a text that holds a number.
    pub fn numeric(&self) -> Option<f64> {
        match self {
            Self::Text(text) => Self::from_number_text(text)?.as_number(),
            other => other.as_number(),
        }
    }

    /// Whether it is written without a decimal point.
    pub fn is_integer(&self) -> bool {
        match self {
            Self::Number(number) => !matches!(number, Number::Decimal(_)),
            Self::Text(text) => Self::from_number_text(text).is_some_and(|it| it.is_integer()),
            _ => false,
        }
    }

    /// This wish as `form` writes such things: `5` as `"5"`, `true` as `"ON"` or 1. A wish that `form` has no way to
    /// write stays as it is.
    pub fn in_form_of(&self, form: &Self) -> Self {
        match (self, form) {
            (Self::Text(_), Self::Text(_)) | (Self::Number(_), Self::Number(_)) => self.clone(),
            (Self::Number(_), Self::Text(text)) if Self::from_number_text(text).is_some() => {
                Self::from(&*self.to_text())
            }
            (Self::Text(text), Self::Number(_)) if Self::from_number_text(text).is_some() => {
                Self::from_number_text(text).unwrap_or_else(|| self.clone())
            }
            _ => match self.as_switch() {
                Some(on) if form.as_switch().is_some() => form.with_switch(on),
                _ => self.clone(),
            },
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
            Self::Text(text) => match Self::from_number_text(text) {
                Some(number) => Some(Self::from(&*number.pressed()?.to_text())),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Value {
        Value::from_json(text).unwrap()
    }

    #[test]
    fn a_typed_integer_stays_one_and_what_is_no_number_is_none() {
        let check = |text: &str, expected: Option<&str>| {
            let text = Value::from_number_text(text).map(|number| number.to_text());
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
    fn a_wish_is_written_as_the_device_writes_it() {
        let check = |wish: &str, form: &str, expected: &str| {
            let written = json(wish).in_form_of(&json(form));
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
