//! Whether what a page subscribes to brings it the messages that a rule takes. Compares filters; knows no connection.

use super::Heard;

/// How much of what `from` matches comes by these filters.
pub(super) fn heard<'a>(from: &str, filters: impl Iterator<Item = &'a str>) -> Heard {
    let mut heard = Heard::Nothing;
    for filter in filters {
        if covers(filter, from) {
            return Heard::All;
        }
        if meets(filter, from) {
            heard = Heard::Some;
        }
    }
    heard
}

fn is_wild_on_reserved(filter: &str, other: &str) -> bool {
    filter.starts_with(['+', '#']) && other.starts_with('$')
}

/// Every topic of `from` is one of `filter`.
fn covers(filter: &str, from: &str) -> bool {
    if is_wild_on_reserved(filter, from) {
        return false;
    }
    let mut levels = from.split('/');
    for level in filter.split('/') {
        if level == "#" {
            return true;
        }
        match levels.next() {
            Some("#") | None => return false,
            Some(other) if level == other || level == "+" => {}
            Some(_) => return false,
        }
    }
    levels.next().is_none()
}

/// Some topic could be one of both.
fn meets(filter: &str, from: &str) -> bool {
    if is_wild_on_reserved(filter, from) || is_wild_on_reserved(from, filter) {
        return false;
    }
    let (mut left, mut right) = (filter.split('/'), from.split('/'));
    loop {
        match (left.next(), right.next()) {
            (Some("#"), _) | (_, Some("#")) => return true,
            (None, None) => return true,
            (None, _) | (_, None) => return false,
            (Some(a), Some(b)) if a == b || a == "+" || b == "+" => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from: &str, filters: &[&str], expected: Heard) {
        let heard = heard(from, filters.iter().copied());
        assert_eq!(heard, expected, "{from} by {filters:?}");
    }

    #[test]
    fn a_filter_brings_all_some_or_nothing_of_another() {
        check("fleet/+/location", &["fleet/+/location"], Heard::All);
        check("fleet/truck/location", &["fleet/+/location"], Heard::All);
        check("fleet/+/location", &["fleet/truck/location"], Heard::Some);
        check("fleet/#", &["fleet/+/location"], Heard::Some);
        check("fleet/+/power", &["fleet/+/location"], Heard::Nothing);
        check("fleet/+", &["fleet/+/location"], Heard::Nothing);
        check("a/b/c", &["x", "a/#"], Heard::All);
        check("a/#", &["a/b/#", "a/+"], Heard::Some);
        check("#", &["#"], Heard::All);
        check("a", &[], Heard::Nothing);
    }

    #[test]
    fn a_leading_wildcard_brings_no_reserved_topics() {
        let accepted = "$aws/things/+/shadow/update/accepted";
        check(accepted, &["#", "+/things/#"], Heard::Nothing);
        check(
            accepted,
            &["$aws/things/+/shadow/update/documents"],
            Heard::Nothing,
        );
        check("#", &["$aws/#"], Heard::Nothing);
    }
}
