//! Other sides: without the API, with a part of it, signed, hostile, and another one in the middle of things.

use gnomon::engine::command::{AwsPlace, Command, ConnectRequest, Keys, RulesCommand, Way};
use gnomon::engine::frame::{RuleState, RulesSource};

use super::scene::{SECOND, SQL, Scene, draft};

const RULE: &str = r#"{"ruleArn":"a","rule":{"ruleName":"mine","sql":"SELECT * FROM 'a'","description":"d",
    "createdAt":1.0,"ruleDisabled":false,"awsIotSqlVersion":"2015-10-08",
    "actions":[{"s3":{"roleArn":"role","bucketName":"b","key":"k","cannedAcl":"private"}},
    {"lambda":{"functionArn":"f"}},{"republish":{"roleArn":"role","topic":"t","headers":{"x":"y"}}}],
    "errorAction":{"sqs":{"queueUrl":"q"}}}}"#;

/// Rules as AWS IoT has them: a list, and no counters.
fn aws(scene: &mut Scene) {
    scene.can("GET /gnomon/rules", 404, "{}");
    let first = r#"{"rules":[{"ruleName":"mine","ruleDisabled":false},{"ruleName":"no/name"}],"nextToken":null}"#;
    scene.can("GET /rules/mine", 200, RULE);
    scene.can("GET /rules", 200, first);
}

#[test]
fn a_side_without_counters_is_read_as_a_list() {
    let mut scene = Scene::new();
    aws(&mut scene);
    let view = scene.look();
    assert!(matches!(
        view.source,
        RulesSource::Here { counts: false, .. }
    ));
    assert_eq!(view.rules.len(), 1, "a name that cannot be one is left out");
    assert_eq!(
        (&*view.rules[0].name, &view.rules[0].counters),
        ("mine", &None)
    );
    let before = scene.calls().len();
    for _ in 0..20 {
        scene.look();
    }
    assert!(scene.calls().len() - before <= 5, "and not too often");
}

#[test]
fn counters_that_failed_once_are_there_again_by_themselves() {
    let mut scene = Scene::new();
    scene.edit(&draft("speeding", SQL));
    scene.can("GET /gnomon/rules", 503, "");
    let view = scene.look();
    let counts = |source: &RulesSource| matches!(source, RulesSource::Here { counts: true, .. });
    assert!(!counts(&view.source) && !view.is_aws);
    scene.pair.beside.canned.clear();
    for _ in 0..11 {
        scene.look();
    }
    assert!(counts(&scene.view().source));
}

#[test]
fn when_the_rules_were_told_last_stays_known() {
    let mut scene = Scene::new();
    assert_eq!(scene.view().as_of, None);
    let RulesSource::Here { at, .. } = scene.look().source else {
        panic!("it answers");
    };
    scene.pair.beside.is_down = true;
    scene.look();
    let view = scene.look();
    assert_eq!(view.source, RulesSource::NoAnswer);
    let as_of = view.as_of.unwrap();
    assert!(as_of >= at && as_of.0 < at.0 + 3_000, "{as_of:?}");
}

#[test]
fn what_can_be_asked_of_nobody_is_refused_and_not_dropped() {
    let mut scene = Scene::new();
    scene.look();
    scene.pair.connect_to("ws://192.168.1.2:8083/mqtt");
    scene.look();
    scene.edit(&draft("speeding", SQL));
    scene.say(RulesCommand::Save {
        name: "speeding".to_owned(),
        live: true,
    });
    let view = scene.look();
    let refused = Some(("speeding".to_owned(), 0, String::new()));
    assert_eq!((view.refused, view.busy), (refused, false));
    assert_eq!(scene.row("speeding").unwrap().state, RuleState::Draft);
}

#[test]
fn what_this_page_does_not_know_goes_back_as_it_came() {
    let mut scene = Scene::new();
    aws(&mut scene);
    scene.can("PATCH /rules/mine", 200, "");
    let view = scene.open("mine");
    assert_eq!(view.foreign_actions, ["lambda", "republish"]);
    assert_eq!(view.foreign_error.as_deref(), Some("sqs"));
    assert_eq!(view.version, "2015-10-08");
    assert_eq!(view.draft.actions.len(), 1);
    let mut changed = view.draft;
    changed.sql = SQL.to_owned();
    scene.edit(&changed);
    scene.say(RulesCommand::Save {
        name: "mine".to_owned(),
        live: false,
    });
    scene.look();
    let sent = scene.pair.beside.sent.iter();
    let (.., body) = sent
        .into_iter()
        .find(|(method, ..)| *method == "PATCH")
        .unwrap();
    let sent: serde_json::Value = serde_json::from_str(body).unwrap();
    let before: serde_json::Value = serde_json::from_str(RULE).unwrap();
    let before = &before["rule"];
    assert_eq!(sent["sql"], SQL);
    assert_eq!(sent["awsIotSqlVersion"], "2015-10-08");
    assert_eq!(sent["ruleDisabled"], true);
    assert_eq!(sent["actions"], before["actions"]);
    assert_eq!(sent["errorAction"], before["errorAction"]);
}

#[test]
fn nothing_is_written_over_a_rule_that_cannot_be_read() {
    let mut scene = Scene::new();
    aws(&mut scene);
    scene.can("GET /rules/mine", 500, r#"{"message":"not today"}"#);
    scene.edit(&draft("mine", SQL));
    scene.open("mine");
    scene.say(RulesCommand::Save {
        name: "mine".to_owned(),
        live: true,
    });
    let view = scene.look();
    let words = "not today".to_owned();
    assert_eq!(view.rule.map(|rule| rule.counters), Some(vec![None, None]));
    assert_eq!(view.unreadable, Some((500, words.clone())));
    assert_eq!(view.refused, Some(("mine".to_owned(), 500, words)));
    assert!(!view.busy);
    assert_eq!(scene.writes(), [""; 0]);
}

#[test]
fn a_side_without_the_api_one_that_refuses_and_one_that_is_silent_are_told_apart() {
    let mut scene = Scene::new();
    scene.can("GET /", 404, "<html>");
    assert_eq!(scene.look().source, RulesSource::None);
    let words = r#"{"message":"not you"}"#;
    scene.can("GET /", 403, words);
    scene.say(RulesCommand::Read);
    let refused = RulesSource::Refused(403, "not you".to_owned());
    assert_eq!(scene.look().source, refused);
    scene.pair.beside.is_down = true;
    scene.say(RulesCommand::Read);
    assert_eq!(scene.look().source, RulesSource::NoAnswer);
    // It answers again: nobody has to press anything.
    scene.pair.beside.is_down = false;
    scene.pair.beside.canned.clear();
    scene.look();
    let source = scene.look().source;
    assert!(matches!(source, RulesSource::Here { counts: true, .. }));
    for url in [
        "ws://192.168.1.2:8083/mqtt",
        "wss://a1-ats.iot.eu-west-1.amazonaws.com/mqtt",
    ] {
        scene.pair.connect_to(url);
        let before = scene.calls().len();
        assert_eq!(scene.look().source, RulesSource::None, "{url}");
        assert_eq!(scene.calls().len(), before);
    }
}

#[test]
fn a_change_that_gets_no_answer_says_so_and_does_not_go_out_twice() {
    let mut scene = Scene::new();
    scene.look();
    scene.pair.beside.is_down = true;
    scene.edit(&draft("speeding", SQL));
    scene.say(RulesCommand::Save {
        name: "speeding".to_owned(),
        live: true,
    });
    let view = scene.look();
    let refused = Some(("speeding".to_owned(), 0, String::new()));
    assert_eq!((view.refused, view.busy), (refused, false));
    scene.pair.beside.is_down = false;
    scene.look();
    scene.look();
    assert_eq!(scene.row("speeding").unwrap().state, RuleState::Draft);
}

#[test]
fn another_broker_has_other_rules_and_other_messages() {
    let mut scene = Scene::new();
    scene.drive(20);
    scene.edit(&draft("speeding", SQL));
    scene.open("speeding");
    assert_eq!(scene.dry().matched, 20);
    scene.say(RulesCommand::Save {
        name: "speeding".to_owned(),
        live: true,
    });
    scene.look();
    scene.pair.connect_to("ws://192.168.1.2:9001/mqtt");
    let view = scene.view();
    assert_eq!((view.rules, view.rule), (Vec::new(), None));
    scene.edit(&draft("speeding", SQL));
    assert_eq!(scene.row("speeding").unwrap().state, RuleState::Draft);
    assert_eq!(scene.dry().messages, 0);
    scene.pair.connect();
    scene.look();
    assert_eq!(scene.row("speeding").unwrap().state, RuleState::Live);
    assert!(!scene.row("speeding").unwrap().edited);
}

#[test]
fn with_keys_every_call_is_signed_as_the_control_plane_s() {
    let mut scene = Scene::new();
    let keys = gnomon_backend::signatures::Keys::parse("AKIDEXAMPLE secret\n");
    scene.pair.beside.keys = Some(keys.unwrap());
    assert!(matches!(scene.look().source, RulesSource::Refused(403, _)));
    let connect = |scene: &mut Scene, endpoint: &str, secret: &str| {
        let way = Way::AwsKeys {
            place: AwsPlace {
                endpoint: endpoint.to_owned(),
                region: "eu-west-1".to_owned(),
            },
            keys: Keys {
                access_key_id: "AKIDEXAMPLE".to_owned(),
                secret_access_key: secret.to_owned(),
                session_token: None,
                expires_at: None,
            },
        };
        scene
            .pair
            .command(Command::Connect(ConnectRequest::new(way)));
        scene.say(RulesCommand::Read);
        scene.look().source
    };
    let here = connect(&mut scene, "ws://127.0.0.1:8083/mqtt", "secret");
    assert!(matches!(here, RulesSource::Here { counts: true, .. }));
    scene.edit(&draft("speeding", SQL));
    scene.say(RulesCommand::Save {
        name: "speeding".to_owned(),
        live: true,
    });
    scene.look();
    assert_eq!(scene.row("speeding").unwrap().state, RuleState::Live);
    let aws = "a1-ats.iot.eu-west-1.amazonaws.com";
    let there = connect(&mut scene, aws, "secret");
    assert!(matches!(there, RulesSource::Here { counts: false, .. }));
    let last = scene.pair.beside.asked.last().unwrap();
    assert!(last.starts_with("https://iot.eu-west-1.amazonaws.com/rules"));
    assert!(!scene.pair.beside.asked.concat().contains("secret"));
    let wrong = connect(&mut scene, aws, "wrong");
    assert!(matches!(wrong, RulesSource::Refused(403, _)));
}

#[test]
fn hostile_answers_do_no_harm() {
    let mut scene = Scene::new();
    scene.edit(&draft("mine", SQL));
    scene.request.open = Some("mine".to_owned());
    let deep = "[".repeat(60_000);
    let many: Vec<String> = (0..900)
        .map(|n| format!(r#"{{"ruleName":"r{n}"}}"#))
        .collect();
    let many = format!(r#"{{"rules":[{}],"nextToken":"x"}}"#, many.join(","));
    for body in [
        "",
        "null",
        "{\"rules\":",
        &deep,
        r#"{"rules":{}}"#,
        r#"{"rules":[1,null,{"ruleName":7},{"ruleName":"../x"}]}"#,
        r#"{"since":-1e300,"rules":[{"ruleName":"mine","sql":7,"matched":1e300,"fired":-5,"actions":{}}]}"#,
        r#"{"rules":[{"ruleName":"mine","actions":[7,{"medianMs":1e99,"target":[]}]}]}"#,
        r#"{"rule":{"sql":"SELECT","actions":[{},{"s3":7},{"s3":{}},7,{"a":1,"b":2}],"errorAction":[]}}"#,
        &many,
    ] {
        scene.can("GET /", 200, body);
        scene.can("POST /", 200, body);
        scene.say(RulesCommand::Read);
        scene.look_at_objects("", Some("a/b"));
        scene.say(RulesCommand::Save {
            name: "mine".to_owned(),
            live: true,
        });
        scene.look();
        assert!(scene.view().rules.len() <= 1_001);
        scene.edit(&draft("mine", SQL));
    }
    scene.pair.run_for(SECOND * 60);
    assert!(!scene.view().busy);
}
