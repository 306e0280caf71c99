//! The policy of AWS IoT that the page's subscriptions and controls need, as text. Knows no broker: AWS reads it, or
//! the stand-in.

use crate::shadow::topics::{Operation, ShadowTopic, Verb};

/// Whom a policy is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holder<'a> {
    pub(super) client_id: &'a str,
    /// None: any.
    pub(super) region: Option<&'a str>,
}

/// Statements of a policy, in the order of the protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Statement<'a> {
    Connect,
    /// To be told what these filters reach.
    Listen(&'a [&'a str]),
    /// To ask for shadows and to change them.
    Shadows,
    Publish(&'a str),
}

/// Everything that the page does: it connects, listens to `filters`, and asks for shadows and changes them.
pub(super) fn whole(holder: Holder<'_>, filters: &[&str]) -> String {
    let mut text = String::from("{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    ");
    write(&mut text, holder, &Statement::Connect, "    ");
    for statement in [Statement::Listen(filters), Statement::Shadows] {
        if statement != Statement::Listen(&[]) {
            text += ",\n    ";
            write(&mut text, holder, &statement, "    ");
        }
    }
    text + "\n  ]\n}"
}

/// A single statement, to be added to a policy that lacks it.
pub(super) fn statement(holder: Holder<'_>, statement: &Statement<'_>) -> String {
    let mut text = String::new();
    write(&mut text, holder, statement, "");
    text
}

/// `margin` stands before each line but the first.
fn write(text: &mut String, holder: Holder<'_>, statement: &Statement<'_>, margin: &str) {
    let (actions, resources) = asked(statement, holder.client_id);
    let arn = arn(holder.region);
    text.push_str("{\n");
    let mut line = |parts: &[&str]| {
        text.push_str(margin);
        parts.iter().for_each(|part| text.push_str(part));
    };
    line(&["  \"Effect\": \"Allow\",\n"]);
    line(&["  \"Action\": [", actions, "],\n"]);
    line(&["  \"Resource\": [\n"]);
    for (place, resource) in resources.iter().enumerate() {
        let last = place + 1 == resources.len();
        let end = if last { "\n" } else { ",\n" };
        line(&["    ", &quoted(&[&arn, resource.as_str()].concat()), end]);
    }
    line(&["  ]\n"]);
    line(&["}"]);
}

/// The actions of a statement, and what stands in their ARNs behind the account.
fn asked(statement: &Statement<'_>, client_id: &str) -> (&'static str, Vec<String>) {
    match statement {
        Statement::Connect => ("\"iot:Connect\"", of_kind("client/", &[client(client_id)])),
        Statement::Listen(filters) => {
            let patterns = reaching(filters);
            let mut resources = of_kind("topicfilter/", &patterns);
            resources.append(&mut of_kind("topic/", &patterns));
            ("\"iot:Subscribe\", \"iot:Receive\"", resources)
        }
        Statement::Shadows => {
            let [get, update] = [Verb::Get, Verb::Update]
                .map(|verb| Operation::Request(verb).filters_for_all_things());
            let filters = [&get[0], &get[1], &update[0], &update[1]].map(String::as_str);
            ("\"iot:Publish\"", of_kind("topic/", &reaching(&filters)))
        }
        Statement::Publish(topic) => ("\"iot:Publish\"", of_kind("topic/", &[alike(topic)])),
    }
}

fn of_kind(kind: &str, names: &[String]) -> Vec<String> {
    let names = names.iter();
    names.map(|name| kind.to_owned() + name).collect()
}

/// As a string of JSON.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control < ' ' => {
                let digit = |value: u32| char::from_digit(value, 16).unwrap_or('0');
                let code = u32::from(control);
                quoted += "\\u00";
                quoted.extend([digit(code >> 4), digit(code & 15)]);
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// Up to the account, which the page cannot know.
fn arn(region: Option<&str>) -> String {
    let region = region.unwrap_or("*");
    let partition = match region {
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    ["arn:", partition, ":iot:", region, ":*:"].concat()
}

/// An identifier that was made up is another one after each reload.
fn client(client_id: &str) -> String {
    let digits = client_id
        .strip_prefix("gnomon-")
        .and_then(|rest| rest.get(..6));
    match digits {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            "gnomon-*".to_owned()
        }
        _ => literal(client_id),
    }
}

/// Patterns for what these filters reach. They match the filters themselves too, which AWS compares as texts. Where a
/// filter stands for classic shadows and another one for named ones, one pattern does for both: a policy of AWS IoT
/// has room for 2048 characters.
fn reaching(filters: &[&str]) -> Vec<String> {
    let mut patterns: Vec<String> = Vec::new();
    for filter in filters {
        let pattern = pattern(filter);
        let classic = pattern.replacen("/shadow/name/*/", "/shadow/", 1);
        match patterns.iter_mut().find(|it| **it == classic) {
            Some(known) if classic != pattern => {
                *known = pattern.replacen("/shadow/name/*/", "/shadow/*", 1);
            }
            Some(_) => {}
            None => patterns.push(pattern),
        }
    }
    patterns
}

/// `*` for each wildcard: in a policy it means any characters, slashes too, while `+` and `#` mean themselves.
fn pattern(filter: &str) -> String {
    let levels = filter.split('/').map(|level| match level {
        "+" | "#" => "*".to_owned(),
        _ => literal(level),
    });
    levels.collect::<Vec<_>>().join("/")
}

/// What a policy takes for a wildcard or a variable, made to mean itself.
fn literal(text: &str) -> String {
    let mut literal = String::new();
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '*' | '?' => literal.extend(['$', '{', character, '}']),
            '$' if rest.peek() == Some(&'{') => literal += "${$}",
            _ => literal.push(character),
        }
    }
    literal
}

/// For a topic of a shadow, the same topic of every shadow: what is refused for one device is refused for the next.
fn alike(topic: &str) -> String {
    match ShadowTopic::parse(topic) {
        Some(ShadowTopic { id, operation }) => {
            let [classic, named] = operation.filters_for_all_things();
            pattern(if id.shadow().is_some() {
                &named
            } else {
                &classic
            })
        }
        None => literal(topic),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOLDER: Holder<'_> = Holder {
        client_id: "desk",
        region: Some("ap-northeast-1"),
    };

    #[test]
    fn a_statement_is_what_a_person_would_write() {
        let filters = ["$aws/things/+/shadow/name/+/update/documents"];
        let expected = r#"{
  "Effect": "Allow",
  "Action": ["iot:Subscribe", "iot:Receive"],
  "Resource": [
    "arn:aws:iot:ap-northeast-1:*:topicfilter/$aws/things/*/shadow/name/*/update/documents",
    "arn:aws:iot:ap-northeast-1:*:topic/$aws/things/*/shadow/name/*/update/documents"
  ]
}"#;
        assert_eq!(statement(HOLDER, &Statement::Listen(&filters)), expected);
    }

    #[test]
    fn a_whole_policy_stands_in_order_and_is_json() {
        let text = whole(HOLDER, &["topic_1", "fleet/+/location"]);
        let expected = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["iot:Connect"],
      "Resource": [
        "arn:aws:iot:ap-northeast-1:*:client/desk"
      ]
    },
    {
      "Effect": "Allow",
      "Action": ["iot:Subscribe", "iot:Receive"],
      "Resource": [
        "arn:aws:iot:ap-northeast-1:*:topicfilter/topic_1",
        "arn:aws:iot:ap-northeast-1:*:topicfilter/fleet/*/location",
        "arn:aws:iot:ap-northeast-1:*:topic/topic_1",
        "arn:aws:iot:ap-northeast-1:*:topic/fleet/*/location"
      ]
    },
    {
      "Effect": "Allow",
      "Action": ["iot:Publish"],
      "Resource": [
        "arn:aws:iot:ap-northeast-1:*:topic/$aws/things/*/shadow/*get",
        "arn:aws:iot:ap-northeast-1:*:topic/$aws/things/*/shadow/*update"
      ]
    }
  ]
}"#;
        assert_eq!(text, expected);
        assert!(!whole(HOLDER, &[]).contains("iot:Subscribe"));
    }

    #[test]
    fn any_text_stays_json_and_means_itself() {
        let filters = ["a\"b\\/\u{1}\u{1f}\n/é*?/${x}/$aws/#"];
        let text = whole(HOLDER, &filters);
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        let resource = &read["Statement"][1]["Resource"][0];
        let name = "a\"b\\/\u{1}\u{1f}\n/é${*}${?}/${$}{x}/$aws/*";
        let expected = format!("arn:aws:iot:ap-northeast-1:*:topicfilter/{name}");
        assert_eq!(resource, &expected);
    }

    #[test]
    fn each_region_is_in_its_partition() {
        for (region, expected) in [
            (None, "arn:aws:iot:*:*:"),
            (Some("cn-north-1"), "arn:aws-cn:iot:cn-north-1:*:"),
            (Some("us-gov-west-1"), "arn:aws-us-gov:iot:us-gov-west-1:*:"),
        ] {
            assert_eq!(arn(region), expected);
        }
    }

    #[test]
    fn an_identifier_that_was_made_up_is_not_nailed_down() {
        assert_eq!(client("gnomon-7f3a91"), "gnomon-*");
        assert_eq!(client("gnomon-7f3a91-2"), "gnomon-*");
        for given in ["gnomon-office", "gnomon-7f3a9", "desk", "gnomon-é7f3a"] {
            assert_eq!(client(given), given);
        }
        assert_eq!(client("a*"), "a${*}");
    }

    #[test]
    fn a_refused_change_is_asked_for_every_device_of_its_kind() {
        for (topic, expected) in [
            (
                "$aws/things/lamp/shadow/update",
                "$aws/things/*/shadow/update",
            ),
            (
                "$aws/things/a/shadow/name/b/get",
                "$aws/things/*/shadow/name/*/get",
            ),
            ("a/b?", "a/b${?}"),
        ] {
            let text = statement(HOLDER, &Statement::Publish(topic));
            let read: serde_json::Value = serde_json::from_str(&text).unwrap();
            let arn = format!("arn:aws:iot:ap-northeast-1:*:topic/{expected}");
            assert_eq!(read["Resource"][0], arn.as_str());
            assert_eq!(read["Action"][0], "iot:Publish");
        }
    }
}
