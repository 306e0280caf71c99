//! One and the same wish in the types of different devices: what asks for `true` may have to say `1`, `"on"` or `"1"`.

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

    /// Numbers written differently: `"5.0"` for `"5"`.
    fn means(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => number(a) == number(b),
            (a, b) => a == b,
        }
    }
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
}
