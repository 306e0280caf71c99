//! Decimal numbers from text and to text, without the tables that the standard library brings into the page for both.

/// Reads a JSON-like decimal: sign, digits, fraction, exponent. Exact up to 15 digits and exponents of 22; beyond,
/// the last digit may be off. Too large a number is infinite, as with the standard library.
pub fn parse(text: &str) -> Option<f64> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut digits = 0u64;
    let mut scale = exponent;
    for byte in whole.bytes().chain(fraction.bytes()) {
        if !byte.is_ascii_digit() {
            return None;
        }
        match digits
            .checked_mul(10)
            .and_then(|ten| ten.checked_add(u64::from(byte - b'0')))
        {
            Some(more) => digits = more,
            // The digits beyond the nineteenth only shift the others.
            None => scale = scale.saturating_add(1),
        }
    }
    scale = scale.saturating_sub(i32::try_from(fraction.len()).ok()?);
    let magnitude = match scale {
        0.. => digits as f64 * 10f64.powi(scale),
        // Dividing by a power that is exact rounds once; multiplying by its inverse would round twice.
        -300..0 => digits as f64 / 10f64.powi(-scale),
        _ => 0.0,
    };
    let magnitude = if digits == 0 { 0.0 } else { magnitude };
    Some(if negative { -magnitude } else { magnitude })
}

/// With so many decimals, one at least, as `{:.n}` writes it; for numbers of everyday size.
pub fn fixed(number: f64, decimals: u32) -> String {
    let one = 10_u64.pow(decimals);
    let units = (number.abs() * one as f64).round() as u64;
    let sign = if number.is_sign_negative() { "-" } else { "" };
    let width = decimals as usize;
    format!("{sign}{}.{:0width$}", units / one, units % one)
}

/// The number nearest to `number` that lies whole steps above `min`, with as many decimals as the step has: `40`, `2.5`.
/// Six decimals at most.
pub fn on_step(number: f64, min: f64, step: f64) -> String {
    let is_whole = |number: f64| (number - number.round()).abs() < 1e-6;
    let is_enough = |decimals: &u32| {
        let one = 10f64.powi(*decimals as i32);
        is_whole(step * one) && is_whole(min * one)
    };
    let decimals = (0..6).find(is_enough).unwrap_or(6);
    let nearest = min + ((number - min) / step).round() * step;
    let text = fixed(nearest, decimals);
    let text = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => &text,
    };
    if text == "-0" { "0" } else { text }.to_owned()
}

/// Reads a decimal, or one of the words that serialisers write for what is no number.
pub fn parse_or_word(text: &str) -> Option<f64> {
    const WORDS: [&str; 3] = ["nan", "inf", "infinity"];
    let word = text.trim_start_matches(['-', '+']);
    let is_word = WORDS.iter().any(|it| it.eq_ignore_ascii_case(word));
    if is_word { Some(f64::NAN) } else { parse(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_written_as_the_standard_library_does() {
        for number in [
            0.0, -0.0, 0.001, -0.26, 7.638, 35.011_58, -135.768_1, 1234.0, 0.999_996,
        ] {
            assert_eq!(fixed(number, 1), format!("{number:.1}"));
            assert_eq!(fixed(number, 5), format!("{number:.5}"));
        }
    }

    #[test]
    fn a_number_goes_to_the_nearest_step_and_keeps_no_error_of_its_sum() {
        assert_eq!(on_step(71.6, 0.0, 1.0), "72");
        assert_eq!(on_step(0.31, 0.0, 0.1), "0.3");
        assert_eq!(on_step(2.9, 0.5, 0.5), "3");
        assert_eq!(on_step(-0.2, -10.0, 1.0), "0");
        assert_eq!(on_step(-7.4, -10.0, 2.5), "-7.5");
        assert_eq!(on_step(100.0, 0.0, 50.0), "100");
        assert_eq!(on_step(1.0 / 3.0, 0.0, 1.0 / 3.0), "0.333333");
    }

    #[test]
    fn agrees_with_the_standard_library_on_what_payloads_hold() {
        for text in [
            "0",
            "-0.0",
            "35.0115832",
            "135.7848895",
            "-71.34",
            "1e3",
            "1.5E-7",
            "+4",
            ".5",
            "5.",
            "123456789.123456",
            "1604940328000",
            "0.000001",
            "1e22",
            "-179.99999999",
        ] {
            assert_eq!(parse(text), text.parse().ok(), "{text}");
        }
        assert_eq!(parse("1e999"), Some(f64::INFINITY));
        assert_eq!(parse("0e999"), Some(0.0));
        assert_eq!(parse("1e-999"), Some(0.0));
        let long = parse("3.14159265358979323846264338327950288").unwrap();
        assert!((long - std::f64::consts::PI).abs() < 1e-15);
    }

    #[test]
    fn refuses_what_is_no_number() {
        for text in [
            "", "-", ".", "e5", "1e", "1e5.5", "NaN", "inf", "1,5", "0x10", "--1", "１",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert!(parse_or_word("-Infinity").is_some_and(f64::is_nan));
        assert_eq!(parse_or_word("information"), None);
    }
}
