//! AWS credentials in the forms in which people have them at hand: what `aws sts` prints, lines for a shell, a block of
//! `~/.aws/credentials`. All are names with values, so one reader does for all.

use super::sigv4::read_stamp;
use super::way::Keys;
use crate::time::UnixMillis;

impl Keys {
    /// None where there is no access key with its secret. Of several blocks, the first that has both.
    pub fn read(text: &str) -> Option<Self> {
        text.split("\n[").find_map(read_block)
    }
}

fn read_block(text: &str) -> Option<Keys> {
    let lower = text.to_ascii_lowercase();
    let value = |names: [&str; 2]| names.iter().find_map(|name| value(text, &lower, name));
    let end = value(["expiration", "x_security_token_expires"]);
    Some(Keys {
        access_key_id: value(["accesskeyid", "access_key_id"])?,
        secret_access_key: value(["secretaccesskey", "secret_access_key"])?,
        session_token: value(["sessiontoken", "session_token"]),
        expires_at: end.and_then(|end| read_time(&end)),
    })
}

/// What stands behind a name: behind `:` or `=`, with or without quotes, up to a blank or what ends a value.
fn value(text: &str, lower: &str, name: &str) -> Option<String> {
    lower.match_indices(name).find_map(|(at, name)| {
        let behind = text.get(at + name.len()..)?;
        let start = behind.trim_start_matches(['"', '\'', ' ', '\t']);
        let start = start.strip_prefix([':', '='])?;
        let start = start.trim_start_matches(['"', '\'', ' ', '\t']);
        let ends = |c: char| c.is_whitespace() || c.is_control() || "\"',;}".contains(c);
        let value = start.split(ends).next()?;
        (!value.is_empty()).then(|| value.to_owned())
    })
}

/// Such as `2026-11-23T10:00:00Z` or `2026-11-23T10:00:00+00:00`: AWS gives no other zone.
fn read_time(text: &str) -> Option<UnixMillis> {
    let (time, zone) = text.split_at_checked(19)?;
    let zone = zone.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let stamp = time.replace(['-', ':'], "") + "Z";
    read_stamp(&stamp).filter(|_| matches!(zone, "Z" | "+00:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, token: Option<&str>, end: Option<i64>) {
        let keys = Keys::read(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(keys.access_key_id, "ASIAEXAMPLE");
        assert_eq!(keys.secret_access_key, "wJalr/K7+x=");
        assert_eq!(keys.session_token.as_deref(), token);
        assert_eq!(keys.expires_at, end.map(UnixMillis), "{text}");
    }

    #[test]
    fn what_aws_sts_prints_is_read() {
        let end = Some(1_440_938_160_000);
        let whole = r#"{
    "Credentials": {
        "AccessKeyId": "ASIAEXAMPLE",
        "SecretAccessKey": "wJalr/K7+x=",
        "SessionToken": "IQoJ/b3+JpZ2==",
        "Expiration": "2015-08-30T12:36:00+00:00"
    },
    "AssumedRoleUser": { "AssumedRoleId": "AROA:me", "Arn": "arn:aws:sts::1:assumed-role/x/me" }
}"#;
        check(whole, Some("IQoJ/b3+JpZ2=="), end);
        let narrow = r#"{"Credentials":{"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"wJalr/K7+x=","SessionToken":"t","Expiration":"2015-08-30T12:36:00.123Z"}}"#;
        check(narrow, Some("t"), end);
        let process =
            r#"{"Version":1,"SecretAccessKey":"wJalr/K7+x=","AccessKeyId":"ASIAEXAMPLE"}"#;
        check(process, None, None);
    }

    #[test]
    fn lines_for_a_shell_are_read() {
        check(
            "export AWS_ACCESS_KEY_ID=\"ASIAEXAMPLE\"\nexport AWS_SECRET_ACCESS_KEY='wJalr/K7+x='\r\n\
             export AWS_SESSION_TOKEN=a/b==\nexport AWS_CREDENTIAL_EXPIRATION=2015-08-30T12:36:00Z\n",
            Some("a/b=="),
            Some(1_440_938_160_000),
        );
        check(
            "$Env:AWS_ACCESS_KEY_ID=\"ASIAEXAMPLE\"; $Env:AWS_SECRET_ACCESS_KEY=\"wJalr/K7+x=\"",
            None,
            None,
        );
        check(
            "AWS_ACCESS_KEY_ID=ASIAEXAMPLE AWS_SECRET_ACCESS_KEY=wJalr/K7+x= AWS_SESSION_TOKEN= x",
            Some("x"),
            None,
        );
    }

    #[test]
    fn the_first_whole_block_of_a_credentials_file_is_read() {
        let text = "[sso]\nsso_session = x\n[me]\naws_access_key_id = ASIAEXAMPLE\n\
            aws_secret_access_key=wJalr/K7+x=\n[other]\naws_access_key_id = A\n\
            aws_secret_access_key = B\naws_session_token = C\n";
        check(text, None, None);
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            "AKIA",
            "aws_access_key_id = A",
            "aws_secret_access_key = B",
            "aws_access_key_id aws_secret_access_key",
            "AccessKeyId: ,SecretAccessKey: é",
            "[a]\naws_access_key_id = A\n[b]\naws_secret_access_key = B",
        ] {
            assert!(Keys::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn an_end_that_is_no_time_is_no_end() {
        for end in [
            "soon",
            "2015-08-30T12:36:00+02:00",
            "2015-08-30",
            "2015-08-30T12:36:0é",
        ] {
            let text = format!("AccessKeyId=A SecretAccessKey=B Expiration={end}");
            assert_eq!(Keys::read(&text).unwrap().expires_at, None, "{end}");
        }
    }
}
