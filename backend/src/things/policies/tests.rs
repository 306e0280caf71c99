//! The evaluator against a slow and obvious one, which reads the JSON anew for each question; and the life of named
//! policies.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::grant::Grant;
use super::variable::{AttachedThing, Context};
use super::*;
use crate::things::Action;

const NOW: UnixMillis = UnixMillis(1_700_000_000_000);
const ALL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

fn check(statement: &str, action: Action, resource: &str, expected: bool) {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
    let document = Document::parse(&text).unwrap();
    let attributes = BTreeMap::from([("floor".to_owned(), "*".to_owned())]);
    let context = Context {
        client_id: Some("lamp"),
        thing: Some(AttachedThing {
            name: "lamp",
            type_name: None,
            attributes: &attributes,
        }),
        ..Context::default()
    };
    let grant = Grant::new(&[&document], action, &context);
    assert_eq!(
        grant.allows(resource),
        expected,
        "{action:?} {resource} {statement}"
    );
}

#[test]
fn deny_wins_and_nothing_is_allowed_that_no_statement_allows() {
    let allow = r#"{"Effect":"Allow","Action":"iot:Publish","Resource":"arn:aws:iot:eu-west-1:1:topic/a/*"}"#;
    check(allow, Action::Publish, "a/b/c", true);
    check(allow, Action::Publish, "a", false);
    check(allow, Action::Receive, "a/b/c", false);
    let both = format!(
        r#"{allow},{{"Effect":"Deny","Action":"iot:*","Resource":"arn:aws:iot:*:*:topic/a/b/?"}}"#
    );
    check(&both, Action::Publish, "a/b/c", false);
    check(&both, Action::Publish, "a/b/cc", true);
    let nothing = format!(r#"{allow},{{"Effect":"Deny","Action":"*","Resource":"*"}}"#);
    check(&nothing, Action::Publish, "a/b", false);
}

#[test]
fn a_filter_is_compared_with_its_text() {
    let statement = |name: &str| {
        format!(
            r#"{{"Effect":"Allow","Action":"iot:Subscribe","Resource":"arn:aws:iot:::topicfilter/{name}"}}"#
        )
    };
    check(&statement("a/+/c"), Action::Subscribe, "a/+/c", true);
    check(&statement("a/+/c"), Action::Subscribe, "a/b/c", false);
    check(&statement("a/*"), Action::Subscribe, "a/+/#", true);
    check(&statement("a/#"), Action::Subscribe, "a/b", false);
}

#[test]
fn the_type_of_a_resource_counts_and_may_hold_wildcards() {
    let statement = |resource: &str| {
        format!(r#"{{"Effect":"Allow","Action":"iot:*","Resource":"{resource}"}}"#)
    };
    check(
        &statement("arn:aws:iot:::topic/*"),
        Action::Subscribe,
        "a",
        false,
    );
    check(
        &statement("arn:aws:iot:::topic*"),
        Action::Subscribe,
        "a",
        true,
    );
    check(
        &statement("arn:aws:iot:::topic*/a"),
        Action::Receive,
        "b/a",
        true,
    );
    check(&statement("arn:aws:iot:::*/a"), Action::Connect, "a", true);
    check(&statement("arn:aws:iot:::*/a"), Action::Connect, "b", false);
    check(
        &statement("arn:aws:iot:::client/a"),
        Action::ListRetainedMessages,
        "*",
        false,
    );
    check(&statement("*"), Action::ListRetainedMessages, "*", true);
    let create = Action::Control("iot:CreatePolicy");
    check(
        &statement("arn:aws:iot:::policy/a*"),
        create,
        "policy/abc",
        true,
    );
    check(
        &statement("arn:aws:iot:::policy/a*"),
        create,
        "policy/b",
        false,
    );
}

#[test]
fn a_variable_is_its_value_and_without_one_it_matches_nothing() {
    let statement = |effect: &str, name: &str| {
        format!(r#"{{"Effect":"{effect}","Action":"*","Resource":"arn:aws:iot:::topic/{name}"}}"#)
    };
    let own = statement(
        "Allow",
        "${iot:ClientId}/${iot:Connection.Thing.ThingName}/*",
    );
    check(&own, Action::Publish, "lamp/lamp/x", true);
    check(&own, Action::Publish, "fan/lamp/x", false);
    let floor = statement("Allow", "${iot:Connection.Thing.Attributes[floor]}/x");
    check(&floor, Action::Publish, "*/x", true);
    check(&floor, Action::Publish, "3/x", false);
    let missing = statement("Allow", "${iot:Connection.Thing.ThingTypeName}*");
    check(&missing, Action::Publish, "x", false);
    let denied = format!(
        "{},{}",
        statement("Allow", "*"),
        statement("Deny", "${iot:Connection.Thing.ThingTypeName}*")
    );
    check(&denied, Action::Publish, "x", true);
}

/// One character after another, with nothing prepared.
fn wild(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        (['*', rest @ ..], _) => (0..=text.len()).any(|at| wild(rest, &text[at..])),
        (['?', rest @ ..], [_, text @ ..]) => wild(rest, text),
        ([one, rest @ ..], [other, text @ ..]) if one == other => wild(rest, text),
        _ => false,
    }
}

fn slow_match(pattern: &str, text: &str) -> bool {
    let pattern: Vec<_> = pattern.chars().collect();
    wild(&pattern, &text.chars().collect::<Vec<_>>())
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        other => vec![other.as_str().unwrap().to_owned()],
    }
}

/// The client identifiers below hold no wildcard, so they can stand in the text of a pattern.
fn slow(policies: &[Value], client_id: &str, action: &str, resource: &str) -> bool {
    let arn = format!("arn:aws:iot:us-east-1:123456789012:{resource}");
    let hits = |effect: &str| {
        let statements = policies
            .iter()
            .flat_map(|it| it["Statement"].as_array().unwrap());
        statements
            .filter(|it| it["Effect"] == effect)
            .filter(|it| texts(&it["Action"]).iter().any(|it| slow_match(it, action)))
            .filter(|it| {
                let wanted = it["Condition"]["StringLike"]["iot:ClientId"].as_str();
                wanted.is_none_or(|wanted| slow_match(wanted, client_id))
            })
            .any(|it| {
                let mut resources = texts(&it["Resource"]).into_iter();
                resources.any(|it| slow_match(&it.replace("${iot:ClientId}", client_id), &arn))
            })
    };
    hits("Allow") && !hits("Deny")
}

fn any_statement() -> impl Strategy<Value = Value> {
    let action = prop::sample::select(vec![
        "iot:Publish",
        "iot:Receive",
        "iot:Subscribe",
        "iot:Connect",
        "iot:*",
        "iot:*ublish",
        "*",
        "iot:?ubscribe",
    ]);
    let kind = prop::sample::select(vec![
        "topic/",
        "topicfilter/",
        "client/",
        "*/",
        "topic*",
        "t*",
        "",
        "?opic/",
    ]);
    let name = prop_oneof![
        "[ab/+#*?]{0,5}",
        Just("${iot:ClientId}".to_owned()),
        "[ab*]{0,2}".prop_map(|end| format!("${{iot:ClientId}}/{end}")),
        Just("*".to_owned()),
    ];
    let resource = (kind, name)
        .prop_map(|(kind, name)| format!("arn:aws:iot:us-east-1:123456789012:{kind}{name}"));
    let resource = prop_oneof![8 => resource, 1 => Just("*".to_owned()), 1 => Just("arn:aws:iot:*".to_owned())];
    let effect = prop_oneof![3 => Just("Allow"), 1 => Just("Deny")];
    let condition = prop::option::weighted(0.2, "[ab*?]{1,2}");
    let lists = (
        prop::collection::vec(action, 1..3),
        prop::collection::vec(resource, 1..4),
    );
    (effect, lists, condition).prop_map(|(effect, (actions, resources), condition)| {
        let mut statement = json!({"Effect": effect, "Action": actions, "Resource": resources});
        if let Some(wanted) = condition {
            statement["Condition"] = json!({"StringLike": {"iot:ClientId": wanted}});
        }
        statement
    })
}

fn any_policy() -> impl Strategy<Value = Value> {
    prop::collection::vec(any_statement(), 1..4)
        .prop_map(|statements| json!({"Version": "2012-10-17", "Statement": statements}))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn says_what_the_obvious_evaluator_says(
        policies in prop::collection::vec(any_policy(), 0..3),
        client_id in "[ab]{1,2}",
        name in "[ab/+#]{0,6}",
        action in prop::sample::select(vec![
            Action::Publish, Action::Receive, Action::Subscribe, Action::Connect,
        ]),
    ) {
        let documents: Vec<_> = policies
            .iter()
            .map(|policy| Document::parse(&policy.to_string()).unwrap())
            .collect();
        let context = Context { client_id: Some(&client_id), ..Context::default() };
        let documents: Vec<_> = documents.iter().collect();
        let grant = Grant::new(&documents, action, &context);
        let resource = format!("{}{name}", action.resource_type());
        let expected = slow(&policies, &client_id, action.name(), &resource);
        prop_assert_eq!(grant.allows(&name), expected);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in r#"[{}\[\]":,A-Za-z*?$ ]{0,80}"#) {
        let _ = Document::parse(&text);
    }
}

#[test]
fn a_policy_has_up_to_five_versions_and_one_counts() {
    let mut policies = Policies::default();
    assert_eq!(policies.create("p", ALL, NOW).unwrap().default_version, 1);
    let none = ALL.replace("Allow", "Deny");
    for number in 2..=5 {
        let created = policies.create_version("p", &none, number == 3, NOW);
        assert_eq!(created, Ok(number));
    }
    let policy = policies.get("p").unwrap();
    assert_eq!((policy.default_version, policy.text()), (3, none.as_str()));
    let sixth = |policies: &mut Policies| policies.create_version("p", ALL, false, NOW);
    assert_eq!(sixth(&mut policies), Err(PolicyError::TooManyVersions));
    let default = policies.delete_version("p", 3, NOW);
    assert_eq!(default, Err(PolicyError::DefaultVersion));
    policies.delete_version("p", 5, NOW).unwrap();
    assert_eq!(sixth(&mut policies), Ok(6), "a number is never used again");
    let gone = policies.set_default_version("p", 5, NOW);
    assert_eq!(gone, Err(PolicyError::UnknownVersion));
    policies.set_default_version("p", 1, NOW).unwrap();
    assert_eq!(policies.get("p").unwrap().text(), ALL);
    assert_eq!(policies.delete("p"), Err(PolicyError::OtherVersions));
    for number in [2, 3, 4, 6] {
        policies.delete_version("p", number, NOW).unwrap();
    }
    policies.delete("p").unwrap();
    assert_eq!(policies.get("p"), None);
}

#[test]
fn names_and_texts_are_checked() {
    let mut policies = Policies::default();
    let mut refused = |name: &str, text: &str| policies.create(name, text, NOW).unwrap_err();
    for name in ["", "a b", "a/b", "é", &"n".repeat(129)] {
        assert_eq!(refused(name, ALL), PolicyError::Name, "{name}");
    }
    let long = ALL
        .replace("iot:*", &"x".repeat(2048))
        .replacen('*', &"x".repeat(2048), 1);
    assert_eq!(refused("p", &long), PolicyError::TooLong);
    assert!(matches!(refused("p", "{}"), PolicyError::Malformed(_)));
    let padded = |len: usize| format!("{}{ALL}", " ".repeat(len - ALL.len()));
    assert_eq!(refused("p", &padded(8193)), PolicyError::TooLong);
    let roomy = padded(8192);
    assert!(policies.create("a+=,.@-_", &roomy, NOW).is_ok());
    let again = policies.create("a+=,.@-_", ALL, NOW).unwrap_err();
    assert_eq!(again, PolicyError::Exists);
}

#[test]
fn an_attached_policy_stays_and_a_certificate_has_ten_at_most() {
    let mut policies = Policies::default();
    let (one, other) = (CertificateId([1; 32]), CertificateId([2; 32]));
    assert_eq!(policies.attach("p", one), Err(PolicyError::Unknown));
    policies.create("p", ALL, NOW).unwrap();
    policies.attach("p", one).unwrap();
    policies.attach("p", one).unwrap();
    policies.attach("p", other).unwrap();
    assert_eq!(policies.targets("p").collect::<Vec<_>>(), [one, other]);
    assert_eq!(policies.delete("p"), Err(PolicyError::Attached));
    for id in [one, other, other] {
        policies.detach("p", id).unwrap();
    }
    assert_eq!(policies.attached_record(one), None);
    policies.delete("p").unwrap();
    for number in 0..11 {
        let name = format!("p{number}");
        policies.create(&name, ALL, NOW).unwrap();
        let expected = match number {
            10 => Err(PolicyError::TooManyAttached),
            _ => Ok(()),
        };
        assert_eq!(policies.attach(&name, one), expected);
    }
    assert_eq!(policies.attached(one).count(), 10);
}

#[test]
fn what_is_kept_comes_back_as_it_was() {
    let mut policies = Policies::default();
    let id = CertificateId([7; 32]);
    policies.create("p", ALL, NOW).unwrap();
    policies.create_version("p", ALL, true, NOW).unwrap();
    policies.delete_version("p", 1, NOW).unwrap();
    policies.create("q", ALL, NOW).unwrap();
    policies.attach("p", id).unwrap();
    policies.attach("q", id).unwrap();
    let mut restored = Policies::default();
    let attached = policies.attached_record(id).unwrap();
    let key = id.to_string();
    let early = restored.restore_attached(key.as_bytes(), &attached);
    assert_eq!(early, Err(RecordError(Table::Attached)));
    for name in ["p", "q"] {
        let record = policies.record(name).unwrap();
        restored.restore(name.as_bytes(), &record).unwrap();
    }
    restored
        .restore_attached(key.as_bytes(), &attached)
        .unwrap();
    assert_eq!(restored.by_name, policies.by_name);
    assert_eq!(restored.attached, policies.attached);
    let damaged = policies.record("p").unwrap().repeat(2);
    let refused = restored.restore(b"p", &damaged);
    assert_eq!(refused, Err(RecordError(Table::Policies)));
}
