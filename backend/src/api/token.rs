//! `nextToken`: where a page ended, in a form that nobody takes for a name.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::ApiError;

/// `last` is the last item of the page.
pub(crate) fn write(last: &str) -> String {
    URL_SAFE_NO_PAD.encode(last)
}

/// Gives the item back. It may have been made up by anyone: whoever takes it checks it.
pub(crate) fn read(token: &str) -> Result<String, ApiError> {
    let bytes = URL_SAFE_NO_PAD.decode(token);
    let text = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or(ApiError::NextToken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_needs_no_escapes_and_gives_the_item_back() {
        for item in ["", "a", "cfg", "$aws:-_", "京都/#?&=%", &"é".repeat(300)] {
            let token = write(item);
            assert!(
                token
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            );
            assert_eq!(read(&token).as_deref(), Ok(item));
        }
        for made_up in ["a", "a=", "%", "é", "_w", "gICA"] {
            assert_eq!(read(made_up), Err(ApiError::NextToken), "{made_up}");
        }
    }
}
