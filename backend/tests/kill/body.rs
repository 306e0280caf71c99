//! Payloads that carry a number, and show when they are not whole.

use super::model::Broken;

pub(crate) fn body(number: u64) -> String {
    format!("{number}:{}", "payload ".repeat((number % 43) as usize))
}

/// The number of a payload that is exactly as [`body`] made it.
pub(crate) fn number(payload: &[u8]) -> Result<u64, Broken> {
    let text = str::from_utf8(payload).unwrap_or_default();
    text.split_once(':')
        .and_then(|(number, _)| number.parse().ok())
        .filter(|number| body(*number) == text)
        .ok_or_else(|| {
            Broken(format!(
                "a payload that nobody sent: {}",
                payload.escape_ascii()
            ))
        })
}

#[test]
fn a_payload_that_is_cut_or_mixed_is_found_out() {
    assert_eq!(number(body(42).as_bytes()), Ok(42));
    for wrong in [&b""[..], b"42", b"42:payload", b"44:", b"\xff:"] {
        assert!(number(wrong).is_err());
    }
}
