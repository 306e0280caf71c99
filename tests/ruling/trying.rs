//! Rules tried on what was heard.

use gnomon::engine::command::RuleAction;
use gnomon::engine::frame::{DrySpan, FaultPlace, Heard, RuleProblem};

use super::scene::{ANSWERS, SECOND, SQL, Scene, draft};

#[test]
fn a_row_says_when_which_device_where_to_and_why() {
    let mut scene = Scene::new();
    scene.drive(40);
    scene.edit(&draft("speeding", SQL));
    scene.open("speeding");
    let dry = scene.dry();
    assert_eq!((dry.column.as_str(), dry.rows.len()), ("speed", 4));
    assert!(dry.rows.windows(2).all(|pair| pair[0].at > pair[1].at));
    let newest = &dry.rows[0];
    assert_eq!((&*newest.device, &*newest.value), ("truck-1", "78"));
    assert_eq!(newest.target, format!("truck-1-{}", newest.at.0));
    assert_eq!(dry.bars.len(), 60);
    let bars = dry.bars.iter();
    let sums = bars.fold((0, 0), |sum, bar| (sum.0 + bar.0, sum.1 + bar.1));
    assert_eq!(sums, (40 + ANSWERS, 4));

    scene.request.close = Some(newest.number);
    let close = scene.dry().close.unwrap();
    assert_eq!(close.topic, "fleet/truck-1/location");
    assert!(close.message.contains("\"speed\": 78"), "{}", close.message);
    assert_eq!(
        close.result,
        "{\n  \"lat\": 34.98531,\n  \"device\": \"truck-1\"\n}"
    );
    assert_eq!(close.targets[1], "alerts/truck-1");
    scene.request.close = Some(99_999);
    assert_eq!(scene.dry().close, None);
    scene.request.first = 3;
    assert_eq!(scene.dry().rows.len(), 1);
}

#[test]
fn new_messages_are_taken_in_and_old_ones_let_go() {
    let mut scene = Scene::new();
    scene.edit(&draft("speeding", SQL));
    scene.request.span = DrySpan::FiveMinutes;
    scene.open("speeding");
    assert_eq!(scene.dry().messages, 0);
    scene.drive(100);
    scene.look();
    assert_eq!((scene.dry().matched, scene.dry().fired), (100, 10));
    scene.pair.run_for(SECOND * 200);
    scene.drive(50);
    scene.look();
    let dry = scene.dry();
    assert_eq!(
        (dry.messages, dry.done, dry.fired),
        (150 + ANSWERS, 150 + ANSWERS, 15)
    );
    scene.pair.run_for(SECOND * 96);
    scene.look();
    assert_eq!((scene.dry().matched, scene.dry().fired), (50, 5));
    scene.request.span = DrySpan::AllKept;
    scene.look();
    assert_eq!((scene.dry().matched, scene.dry().fired), (150, 15));
}

#[test]
fn a_path_that_is_in_no_message_is_told_and_repaired_for_the_trial() {
    let mut scene = Scene::new();
    scene.drive(50);
    let sql = SQL.replace("speed", "speeed");
    scene.edit(&draft("speeding", &sql));
    let view = scene.open("speeding");
    let [fault] = &view.faults[..] else {
        panic!("{:?}", view.faults);
    };
    let (at, len) = (fault.at as usize, fault.len as usize);
    assert_eq!(&sql[at..at + len], "speeed");
    assert_eq!(fault.place, FaultPlace::Sql);
    assert_eq!(fault.repair.as_deref(), Some("speed"));
    let problem = RuleProblem::NeverSeen {
        path: "state.reported.speeed".to_owned(),
        messages: 50,
        repair_in: 50,
        decides: true,
    };
    assert_eq!(fault.problem, problem);
    let dry = scene.dry();
    let repaired = Some(("speeed".to_owned(), "speed".to_owned()));
    assert_eq!((dry.fired, dry.repaired), (5, repaired));
    assert_eq!(dry.column, "speed");
    // One message has it: no warning any more, and it is tried as it was entered.
    scene.publish(
        0,
        "fleet/truck-0/location",
        r#"{"state":{"reported":{"speeed":70}}}"#,
    );
    scene.look();
    assert_eq!(scene.rule().faults, []);
    let dry = scene.dry();
    assert_eq!((dry.fired, dry.matched, dry.repaired), (1, 51, None));
}

#[test]
fn a_filter_that_matches_nothing_is_told_with_one_that_is_near() {
    let mut scene = Scene::new();
    scene.drive(20);
    let sql = SQL
        .replace("fleet/+/", "fleet/truk-3/")
        .replace("speed", "Speed");
    scene.edit(&draft("speeding", &sql));
    let view = scene.open("speeding");
    let problems: Vec<_> = view.faults.iter().map(|fault| &fault.problem).collect();
    let filter = "fleet/truk-3/location".to_owned();
    let topic = RuleProblem::NoSuchTopic {
        filter,
        messages: 20 + ANSWERS,
        repair_in: 5,
    };
    let path = RuleProblem::NeverSeen {
        path: "state.reported.Speed".to_owned(),
        messages: 5,
        repair_in: 5,
        decides: true,
    };
    assert_eq!(problems, [&topic, &path]);
    for (fault, stood) in view.faults.iter().zip(["fleet/truk-3/location", "Speed"]) {
        let (at, len) = (fault.at as usize, fault.len as usize);
        assert_eq!(&sql[at..at + len], stood);
    }
    assert_eq!((scene.dry().fired, scene.dry().matched), (1, 5));
}

#[test]
fn nothing_is_tried_in_the_place_of_what_the_page_does_not_hear() {
    let mut scene = Scene::new();
    scene.drive(20);
    scene.edit(&draft("far", &SQL.replace("location'", "locaton'")));
    let view = scene.open("far");
    assert_eq!(view.faults[0].repair.as_deref(), Some("fleet/+/location"));
    let dry = scene.dry();
    assert_eq!(
        (dry.heard, dry.matched, dry.repaired),
        (Heard::Nothing, 0, None)
    );
    // Another device is no repair of this one.
    scene.edit(&draft("other", &SQL.replace('+', "truck-7")));
    assert_eq!(scene.open("other").faults, []);
    let dry = scene.dry();
    assert_eq!(
        (dry.heard, dry.matched, dry.repaired),
        (Heard::All, 0, None)
    );
}

#[test]
fn what_no_page_knows_is_told_wherever_it_is_asked_for() {
    let mut scene = Scene::new();
    scene.edit(&draft("r", SQL));
    let view = scene.open("r");
    assert!(!view.needs_origin && !view.needs_zones);
    let mut changed = draft("r", SQL);
    changed.error_action = Some(RuleAction::Republish {
        topic: "e/${clientid()}".to_owned(),
        qos: 0,
    });
    scene.edit(&changed);
    assert!(scene.rule().needs_origin);
    changed.actions[0] = RuleAction::Store {
        bucket: "b".to_owned(),
        key: "${parse_time('yyyy', timestamp(), 'Asia/Tokyo')}".to_owned(),
    };
    scene.edit(&changed);
    assert!(scene.rule().needs_zones);
}

#[test]
fn a_filter_that_is_right_after_all_is_taken_as_it_was_entered() {
    let mut scene = Scene::new();
    scene.drive(20);
    scene.edit(&draft("all", "SELECT * FROM 'fleet/truk-0/location'"));
    assert_eq!(scene.open("all").faults.len(), 1);
    let repair = "fleet/truck-0/location".to_owned();
    let repaired = scene.dry().repaired.map(|(_, taken)| taken);
    assert_eq!((scene.dry().fired, repaired), (5, Some(repair)));
    scene.publish(0, "fleet/truk-0/location", "{}");
    scene.look();
    assert_eq!(scene.rule().faults, []);
    assert_eq!((scene.dry().fired, scene.dry().repaired), (1, None));
}

#[test]
fn a_topic_that_the_page_does_not_subscribe_to_is_told() {
    let mut scene = Scene::new();
    for (sql, heard) in [
        ("SELECT * FROM 'fleet/+/location'", Heard::All),
        ("SELECT * FROM 'fleet/#'", Heard::Some),
        (
            "SELECT * FROM '$aws/things/+/shadow/update/accepted'",
            Heard::Nothing,
        ),
    ] {
        scene.edit(&draft("r", sql));
        scene.open("r");
        assert_eq!(scene.dry().heard, heard, "{sql}");
    }
}

#[test]
fn what_a_broker_had_stored_is_not_tried_on() {
    let mut scene = Scene::new();
    let payload = r#"{"state":{"reported":{"speed":99}}}"#;
    let topic = "/topics/fleet/truck-0/location?retain=true&qos=1";
    scene.pair.call_with("POST", topic, payload);
    scene.edit(&draft("speeding", SQL));
    scene.open("speeding");
    assert_eq!(scene.dry().fired, 1, "it was just published");
    scene.pair.connect_to("ws://localhost:8083/mqtt");
    scene.pair.run_for(SECOND);
    scene.edit(&draft("speeding", SQL));
    scene.open("speeding");
    assert_eq!(scene.pair.list().devices, 1, "it came once more");
    assert_eq!(scene.dry().matched, 0);
}

#[test]
fn texts_and_bytes_are_shown_as_what_they_are() {
    let mut scene = Scene::new();
    scene.publish(0, "topic_1", "on my way");
    scene.edit(&draft("all", "SELECT * FROM 'topic_1'"));
    scene.open("all");
    let number = scene.dry().rows[0].number;
    scene.request.close = Some(number);
    let dry = scene.dry();
    assert_eq!(dry.rows[0].device, "topic_1");
    let close = dry.close.unwrap();
    assert_eq!(
        (&*close.message, &*close.result),
        ("on my way", "on my way")
    );
}

#[test]
fn faults_stand_at_their_spots() {
    let mut scene = Scene::new();
    let mut wrong = draft("not a name", "");
    wrong.actions = vec![
        RuleAction::Store {
            bucket: String::new(),
            key: "k".to_owned(),
        },
        RuleAction::Republish {
            topic: "alerts/${topic(".to_owned(),
            qos: 0,
        },
    ];
    scene.edit(&wrong);
    let faults = scene.open("not a name").faults;
    let places: Vec<_> = faults.iter().map(|fault| fault.place).collect();
    assert_eq!(
        places,
        [
            FaultPlace::Sql,
            FaultPlace::Action(0),
            FaultPlace::Action(1),
            FaultPlace::Name
        ]
    );
    assert_eq!(faults[0].problem, RuleProblem::Empty);
    assert_eq!(faults[1].problem, RuleProblem::Empty);
    assert!(matches!(faults[2].problem, RuleProblem::Syntax(_)));
    assert_eq!(faults[3].problem, RuleProblem::BadName);
    wrong.actions.clear();
    scene.edit(&wrong);
    assert!((scene.rule().faults.iter()).any(|fault| fault.problem == RuleProblem::NoAction));
}
