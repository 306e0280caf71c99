//! Decimals from text, to text, and from and to the floating point numbers of the functions that compute with those.

use super::{DIGITS, Decimal, MAX_EXPONENT, digits, fit};

impl Decimal {
    /// A JSON number. None: it is none, or its magnitude is too large.
    pub(in crate::rules) fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, power(exponent)?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let (mut coefficient, mut scale, mut sticky) = (0_u128, exponent, false);
        if whole.is_empty() || mantissa.ends_with('.') {
            return None;
        }
        let marked = whole.bytes().map(|digit| (digit, false));
        for (digit, is_fraction) in marked.chain(fraction.bytes().map(|digit| (digit, true))) {
            if !digit.is_ascii_digit() {
                return None;
            }
            // Three digits more than are kept decide how it is rounded.
            if digits(coefficient) < DIGITS + 3 {
                coefficient = coefficient * 10 + u128::from(digit - b'0');
                scale -= i64::from(is_fraction);
            } else {
                sticky |= digit != b'0';
                scale += i64::from(!is_fraction);
            }
        }
        // Far outside of what is kept, where the number is too large or nothing either way.
        let scale = scale.clamp(-9_999, 9_999) as i32;
        let int = mantissa.len() == rest.len() && fraction.is_empty();
        fit(negative, coefficient, scale, sticky).map(|it| Self { int, ..it })
    }

    /// The texts that AWS IoT SQL takes for numbers: `-?\d+(\.\d+)?(E-?\d+)?`, in any case.
    pub(in crate::rules) fn from_text(text: &str) -> Option<Self> {
        match text.contains('+') {
            true => None,
            false => Self::parse(text).map(Self::as_decimal),
        }
    }

    /// The shortest decimal that is read as this number. None: it is none, or infinite.
    pub(in crate::rules) fn from_f64(number: f64) -> Option<Self> {
        let text = serde_json::Number::from_f64(number)?.to_string();
        Self::parse(&text).map(Self::as_decimal)
    }

    pub(in crate::rules) fn as_f64(self) -> f64 {
        crate::decimal::parse(&self.text()).unwrap_or(f64::NAN)
    }

    /// Without an exponent, or scientific where there would be many zeros: 0.000001, 1E-7, 1E+34.
    pub(in crate::rules) fn text(self) -> String {
        let mut text = String::with_capacity(40);
        let digits = self.coefficient.to_string();
        if self.negative {
            text.push('-');
        }
        let magnitude = self.magnitude();
        if self.exponent == 0 {
            text += &digits;
        } else if self.exponent < 0 && magnitude >= -6 {
            let decimals = self.exponent.unsigned_abs() as usize;
            match digits.len().checked_sub(decimals) {
                None | Some(0) => {
                    text += "0.";
                    text.extend(std::iter::repeat_n('0', decimals - digits.len()));
                    text += &digits;
                }
                Some(whole) => {
                    text += &digits[..whole];
                    text.push('.');
                    text += &digits[whole..];
                }
            }
        } else {
            text += &digits[..1];
            if digits.len() > 1 {
                text.push('.');
                text += &digits[1..];
            }
            text += if magnitude < 0 { "E-" } else { "E+" };
            text += &magnitude.unsigned_abs().to_string();
        }
        text
    }
}

fn power(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    // A power of more digits than these is beyond every bound.
    let power = digits.parse().unwrap_or(i64::MAX);
    let power = power.min(i64::from(MAX_EXPONENT) * 1_000);
    Some(if text.starts_with('-') { -power } else { power })
}
