//! Values that mean on or off, in the forms that devices write them in.

use crate::shadow::value::{Number, Value};

/// Pairs of texts, off first.
const WORDS: [[&str; 2]; 3] = [["off", "on"], ["false", "true"], ["0", "1"]];

/// Last keys of a path under which 0 and 1 mean off and on rather than a quantity.
const SWITCH_KEYS: [&str; 11] = [
    "power", "on", "enabled", "enable", "active", "switch", "relay", "light", "lamp", "armed",
    "locked",
];

impl Value {
    /// What the value means as a switch: `true`, `"on"`, `"TRUE"`, `1`, `"1"` and their opposites.
    pub fn as_switch(&self) -> Option<bool> {
        match self {
            Self::Bool(on) => Some(*on),
            Self::Number(number) if *number == Number::Unsigned(0) => Some(false),
            Self::Number(number) if *number == Number::Unsigned(1) => Some(true),
            Self::Text(text) => word(text).map(|(_, on)| on),
            _ => None,
        }
    }

    /// On or off in the form of this value, so that a device that says `"OFF"` is told `"ON"`.
    /// A boolean where this value is no switch.
    pub fn with_switch(&self, on: bool) -> Self {
        match self {
            Self::Number(number) if self.as_switch().is_some() => Self::Number(match number {
                Number::Unsigned(_) => Number::Unsigned(on.into()),
                Number::Signed(_) => Number::Signed(on.into()),
                Number::Decimal(_) => Number::Decimal(on.into()),
            }),
            Self::Text(text) => match word(text) {
                Some((pair, _)) => Self::Text(in_case_of(text, pair[usize::from(on)])),
                None => on.into(),
            },
            _ => on.into(),
        }
    }

    /// Whether a person should be given a switch for this value under `key`, the last one of its path.
    /// The numbers 0 and 1 are as often a level or a count, so they need a key that names a switch.
    pub fn is_switch(&self, key: &str) -> bool {
        match self {
            Self::Bool(_) => true,
            Self::Text(text) => word(text).is_some(),
            Self::Number(_) => {
                let named = SWITCH_KEYS
                    .iter()
                    .any(|name| name.eq_ignore_ascii_case(key));
                named && self.as_switch().is_some()
            }
            _ => false,
        }
    }
}

fn word(text: &str) -> Option<([&'static str; 2], bool)> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    let pair = WORDS
        .into_iter()
        .find(|pair| pair.iter().any(|word| is(word)))?;
    Some((pair, is(pair[1])))
}

/// `word` in upper case, capitalised or in lower case, whichever `text` is.
fn in_case_of(text: &str, word: &str) -> Box<str> {
    let upper = |byte: u8| byte.is_ascii_uppercase();
    let mut word: Box<str> = word.into();
    if text.bytes().all(upper) {
        word.make_ascii_uppercase();
    } else if text.bytes().next().is_some_and(upper)
        && let Some(first) = word.get_mut(..1)
    {
        first.make_ascii_uppercase();
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(off: impl Into<Value>, on: impl Into<Value>) {
        let (off, on) = (off.into(), on.into());
        assert_eq!(off.as_switch(), Some(false), "{off:?}");
        assert_eq!(on.as_switch(), Some(true), "{on:?}");
        for (value, other) in [(&off, &on), (&on, &off)] {
            let switched = value.with_switch(other == &on);
            assert_eq!(format!("{switched:?}"), format!("{other:?}"));
            let kept = value.with_switch(value == &on);
            assert_eq!(format!("{kept:?}"), format!("{value:?}"));
        }
    }

    #[test]
    fn switching_keeps_the_form_of_the_device() {
        check(false, true);
        check("off", "on");
        check("OFF", "ON");
        check("Off", "On");
        check("false", "true");
        check("False", "True");
        check("FALSE", "TRUE");
        check("0", "1");
        check(0, 1);
        check(0.0, 1.0);
    }

    #[test]
    fn what_is_no_switch_is_switched_to_a_boolean() {
        for value in [
            Value::from("open"),
            2.into(),
            0.5.into(),
            Value::Null,
            "".into(),
        ] {
            assert_eq!(value.as_switch(), None, "{value:?}");
            assert_eq!(value.with_switch(true), Value::Bool(true));
        }
    }

    #[test]
    fn numbers_are_switches_only_under_the_name_of_one() {
        assert!(Value::from(1).is_switch("Power"));
        assert!(!Value::from(1).is_switch("speed"));
        assert!(!Value::from(2).is_switch("power"));
        assert!(Value::from("OFF").is_switch("speed"));
        assert!(Value::from(true).is_switch("speed"));
        assert!(!Value::from("fast").is_switch("power"));
    }
}
