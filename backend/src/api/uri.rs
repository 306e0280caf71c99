//! Percent-encoded text and the parameters of a query. What is not well-formed is an error, never a guess.

use std::ops::RangeInclusive;

use super::ApiError;

/// `+` stays as it is: AWS signs and sends a blank as `%20`.
pub(crate) fn decode(text: &str) -> Result<String, ApiError> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => 16 * hex_digit(bytes.next())? + hex_digit(bytes.next())?,
            byte => byte,
        });
    }
    String::from_utf8(decoded).map_err(|_| ApiError::Encoding)
}

fn hex_digit(byte: Option<u8>) -> Result<u8, ApiError> {
    let digit = byte.and_then(|byte| char::from(byte).to_digit(16));
    digit.map_or(Err(ApiError::Encoding), |digit| Ok(digit as u8))
}

/// The first parameter of this name.
pub(crate) fn parameter(query: &str, name: &str) -> Result<Option<String>, ApiError> {
    let mut pairs = query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let value = pairs.find(|(key, _)| *key == name);
    value.map(|(_, value)| decode(value)).transpose()
}

/// A number within its range, its largest when it is not given.
pub(crate) fn number(
    query: &str,
    name: &'static str,
    range: RangeInclusive<usize>,
) -> Result<usize, ApiError> {
    let most = *range.end();
    let Some(text) = parameter(query, name)? else {
        return Ok(most);
    };
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or(ApiError::Number { name, most })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_decoded_once_and_whole() {
        for (text, expected) in [
            ("", Ok("")),
            ("a-b.c~d", Ok("a-b.c~d")),
            ("%3a%3A", Ok("::")),
            ("%252F", Ok("%2F")),
            ("%E4%BA%AC%e9%83%bd", Ok("京都")),
            ("a+b", Ok("a+b")),
            ("%", Err(ApiError::Encoding)),
            ("%2", Err(ApiError::Encoding)),
            ("%2G", Err(ApiError::Encoding)),
            ("%+1", Err(ApiError::Encoding)),
            ("%E4%BA", Err(ApiError::Encoding)),
            ("%C0%AF", Err(ApiError::Encoding)),
        ] {
            assert_eq!(decode(text), expected.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn parameters_are_found_by_their_whole_name() {
        let query = "rename=x&name=a%26b&name=c&&flag&=";
        let find = |name| parameter(query, name).unwrap();
        assert_eq!(find("name").as_deref(), Some("a&b"));
        assert_eq!(find("flag").as_deref(), Some(""));
        assert_eq!(find("nam"), None);
        assert_eq!(parameter("", "name"), Ok(None));
        assert_eq!(parameter("other=%&name=%", "name"), Err(ApiError::Encoding));
    }
}
