//! Calculation with 34 digits.

use super::*;

fn number(text: &str) -> Decimal {
    Decimal::parse(text).unwrap_or_else(|| panic!("{text}"))
}

fn check(a: &str, sign: char, b: &str, expected: &str) {
    let (left, right) = (number(a), number(b));
    let result = match sign {
        '+' => left.plus(right),
        '-' => left.minus(right),
        '*' => left.times(right),
        '/' => left.over(right),
        _ => left.remainder(right),
    };
    let result = result.map(|it| it.simplest().text());
    assert_eq!(
        result.as_deref().unwrap_or("none"),
        expected,
        "{a} {sign} {b}"
    );
}

#[test]
fn sums_and_products_are_exact() {
    check("0.1", '+', "0.2", "0.3");
    check("1", '-', "0.9", "0.1");
    check(
        "123456789012345678901234567890",
        '+',
        "0.0001",
        "123456789012345678901234567890.0001",
    );
    check(
        "9999999999999999999999999999999999",
        '-',
        "9999999999999999999999999999999998",
        "1",
    );
    check("1.1", '*', "1.1", "1.21");
    check(
        "12345678901234567",
        '*',
        "12345678901234567",
        "152415787532388345526596755677489",
    );
    check("-2.5", '*', "4", "-10");
    check("0", '*', "-5.5", "0");
    check("5.5", '+', "-5.5", "0");
}

#[test]
fn beyond_34_digits_the_last_one_is_rounded_half_to_even() {
    let nines = "9999999999999999999999999999999999";
    check(nines, '+', "1", "1E+34");
    check(nines, '+', "0.4", nines);
    check(nines, '+', "0.6", "1E+34");
    check(
        "1000000000000000000000000000000000",
        '+',
        "0.5",
        "1000000000000000000000000000000000",
    );
    check(
        "1000000000000000000000000000000001",
        '+',
        "0.5",
        "1000000000000000000000000000000002",
    );
    check("1E40", '+', "1", "1E+40");
    check("1E40", '-', "1E-40", "1E+40");
    check("1E34", '-', "1", nines);
    check("1E35", '-', "6", "9.999999999999999999999999999999999E+34");
    check(nines, '*', nines, "9.999999999999999999999999999999998E+67");
    check("1E600", '*', "1E600", "none");
    check("1E-600", '*', "1E-600", "0");
}

#[test]
fn division_gives_34_digits_and_of_ints_an_int() {
    check("5.5", '/', "2", "2.75");
    check("5", '/', "2", "2");
    check("-5", '/', "2", "-2");
    check("1", '/', "3", "0");
    check("1.0", '/', "3", "0.3333333333333333333333333333333333");
    check("2.0", '/', "3", "0.6666666666666666666666666666666667");
    check("1.0", '/', "0", "none");
    check("0", '/', "5", "0");
    check(
        "9999999999999999999999999999999999",
        '/',
        "1",
        "9999999999999999999999999999999999",
    );
    check("1E34", '/', "1E-34", "1E+68");
}

#[test]
fn a_remainder_has_the_sign_of_the_dividend() {
    check("8", '%', "3", "2");
    check("-8", '%', "3", "-2");
    check("8", '%', "-3", "2");
    check("5.5", '%', "2", "1.5");
    check("5", '%', "0.3", "0.2");
    check("1E300", '%', "7", "1");
    check("1E-300", '%', "1E300", "1E-300");
    check("5", '%', "0", "none");
}

#[test]
fn whole_numbers_are_found_below_above_and_nearby() {
    let check = |text: &str, floor: &str, ceil: &str, round: &str| {
        let number = number(text);
        let text = |it: Option<Decimal>| it.map_or_else(|| "none".to_owned(), Decimal::text);
        assert_eq!(text(number.floor()), floor, "floor({number:?})");
        assert_eq!(text(number.ceil()), ceil, "ceil({number:?})");
        assert_eq!(text(number.round()), round, "round({number:?})");
    };
    check("1.2", "1", "2", "1");
    check("-1.2", "-2", "-1", "-1");
    check("1.5", "1", "2", "2");
    check("-1.5", "-2", "-1", "-2");
    check("0.4999999999999999999999999999999999", "0", "1", "0");
    check("7", "7", "7", "7");
    check("-0.3", "-1", "0", "0");
    check("1E300", "none", "none", "none");
    check("1E-300", "0", "1", "0");
}

#[test]
fn numbers_compare_by_value() {
    let order = |a: &str, b: &str| number(a).compare(number(b));
    assert!(order("1.0", "1").is_eq());
    assert!(order("1E2", "100").is_eq());
    assert!(order("0", "-0").is_eq());
    assert!(order("-2", "-1.5").is_lt());
    assert!(order("9007199254740993", "9007199254740992").is_gt());
    assert!(order("1E-999", "0").is_gt());
    assert!(order("-1E900", "1E-900").is_lt());
    assert!(order("99", "100").is_lt());
}

#[test]
fn texts_are_read_as_aws_reads_them() {
    for text in ["0", "-1.2", "5E-12", "5e3", "007"] {
        assert!(Decimal::from_text(text).is_some(), "{text}");
    }
    for text in [
        "", " 1", "1 ", "+1", "1.", ".5", "1E+3", "1e", "0x1", "1,5", "abc", "--1", "1.5.5",
        "1e5e5", "٣",
    ] {
        assert!(Decimal::from_text(text).is_none(), "{text}");
    }
    assert!(Decimal::parse("1E1000").is_none());
    assert!(Decimal::parse("1E99999999999999999999").is_none());
    assert!(Decimal::parse("1E-99999999999999999999").is_some_and(Decimal::is_zero));
    let long = "0.".to_owned() + &"0".repeat(100) + "1";
    assert_eq!(number(&long).text(), "1E-101");
    let long = "1".to_owned() + &"0".repeat(100);
    assert_eq!(number(&long).simplest().text(), "1E+100");
    assert_eq!(
        number("12345678901234567890123456789012345").text(),
        "1.234567890123456789012345678901234E+34"
    );
}

#[test]
fn double_precision_goes_both_ways() {
    for (double, text) in [
        (0.1, "0.1"),
        (32.0, "32"),
        (1e-7, "1E-7"),
        (-2.5e-9, "-2.5E-9"),
    ] {
        let decimal = Decimal::from_f64(double).unwrap();
        assert_eq!(decimal.simplest().text(), text);
        assert_eq!(decimal.as_f64(), double);
    }
    assert!(Decimal::from_f64(f64::NAN).is_none() && Decimal::from_f64(f64::INFINITY).is_none());
}

#[test]
fn an_index_stays_within_bounds() {
    assert_eq!(number("-2.411E247").index(), i64::MIN);
    assert_eq!(number("1E30").index(), i64::MAX);
    assert_eq!(number("2.745").index(), 2);
}
