//! The article's JSON of one position.

use crate::decimal;
use crate::engine::own::OwnPosition;
use crate::shadow::document::named_request;

/// Decimals of a degree beyond which there is nothing to tell apart: a hundred-thousandth of a millimetre.
const MAX_DECIMALS: u32 = 12;

/// `{"state":{"reported":{"location":{"longitude":…,"latitude":…}}}}`. With `details`, accuracy, speed, heading and
/// time follow in `location`, as far as they are known.
pub(super) fn write(position: &OwnPosition, details: bool) -> String {
    let mut text = String::from(r#"{"state":{"reported":{"location":{"longitude":"#);
    text.push_str(&number(position.longitude));
    text.push_str(r#","latitude":"#);
    text.push_str(&number(position.latitude));
    if details {
        for (key, value) in [
            (r#","accuracy":"#, Some(position.accuracy)),
            (r#","speed":"#, position.speed),
            (r#","heading":"#, position.heading),
        ] {
            if let Some(value) = value {
                text.push_str(key);
                text.push_str(&number(value));
            }
        }
        text.push_str(r#","timestamp":"#);
        text.push_str(&position.at.0.to_string());
    }
    text.push_str("}}}}");
    text
}

/// The same as an update of a shadow whose answer can be told from others'.
pub(super) fn write_update(position: &OwnPosition, details: bool, token: &str) -> Vec<u8> {
    let mut update = write(position, details).into_bytes();
    update.pop();
    update.push(b',');
    update.extend(named_request(token).into_iter().skip(1));
    update
}

/// With no more digits than tell it from every other number.
fn number(number: f64) -> String {
    let same = |decimals: &u32| decimal::parse(&decimal::fixed(number, *decimals)) == Some(number);
    let decimals = (1..MAX_DECIMALS).find(same).unwrap_or(MAX_DECIMALS);
    let text = decimal::fixed(number, decimals);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0" } else { text }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::UnixMillis;

    const KYOTO: OwnPosition = OwnPosition {
        latitude: 35.011_583_2,
        longitude: 135.784_889_5,
        accuracy: 12.0,
        speed: None,
        heading: Some(271.5),
        at: UnixMillis(1_795_400_000_123),
    };

    #[test]
    fn a_position_is_the_articles_json() {
        assert_eq!(
            write(&KYOTO, false),
            r#"{"state":{"reported":{"location":{"longitude":135.7848895,"latitude":35.0115832}}}}"#
        );
    }

    #[test]
    fn details_follow_only_where_they_are_wanted_and_known() {
        assert_eq!(
            write(&KYOTO, true),
            r#"{"state":{"reported":{"location":{"longitude":135.7848895,"latitude":35.0115832,"accuracy":12,"heading":271.5,"timestamp":1795400000123}}}}"#
        );
    }

    #[test]
    fn an_update_names_itself_whatever_the_client_is_called() {
        let update = write_update(&KYOTO, false, "a\"b-1");
        assert_eq!(
            str::from_utf8(&update).unwrap(),
            r#"{"state":{"reported":{"location":{"longitude":135.7848895,"latitude":35.0115832}}},"clientToken":"a\"b-1"}"#
        );
    }

    #[test]
    fn numbers_have_as_many_digits_as_they_need() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (135.0, "135"),
            (-180.0, "-180"),
            (-0.5, "-0.5"),
            (100.0, "100"),
            (1e-7, "0.0000001"),
            (35.011_583_212_345, "35.011583212345"),
            (1.0 / 3.0, "0.333333333333"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
