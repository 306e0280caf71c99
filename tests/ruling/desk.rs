//! From a draft to a rule that runs, and back.

use gnomon::engine::command::{RuleAction, RulesCommand};
use gnomon::engine::frame::{RuleState, RulesSource};

use super::scene::{ANSWERS, SQL, Scene, draft};

fn save(scene: &mut Scene, name: &str, live: bool) {
    let name = name.to_owned();
    scene.say(RulesCommand::Save { name, live });
    scene.look();
}

#[test]
fn a_rule_is_written_tried_saved_watched_paused_and_deleted() {
    let mut scene = Scene::new();
    scene.drive(100);
    let published = scene.pair.tap.published.len();
    scene.edit(&draft("speeding", SQL));
    let view = scene.open("speeding");
    assert_eq!(view.faults, []);
    assert_eq!((view.row.state, view.row.edited), (RuleState::Draft, true));
    let dry = scene.dry();
    assert_eq!((dry.done, dry.messages), (100 + ANSWERS, 100 + ANSWERS));
    assert_eq!((dry.matched, dry.fired, dry.devices), (100, 10, 4));
    // Neither a message nor a call that changes anything.
    assert_eq!(scene.pair.tap.published.len(), published);
    assert_eq!(scene.writes(), [""; 0]);

    save(&mut scene, "speeding", true);
    assert_eq!(scene.writes(), ["POST /rules/speeding"]);
    let row = scene.row("speeding").unwrap();
    assert_eq!((row.state, row.edited), (RuleState::Live, false));
    assert_eq!(scene.view().refused, None);
    scene.drive(100);
    scene.carry_out(None);
    scene.look();
    let counters = scene.row("speeding").unwrap().counters.unwrap();
    assert_eq!((counters.matched, counters.fired), (100, 10));
    let done: Vec<u64> = counters.actions.iter().map(|it| it.done).collect();
    assert_eq!(done, [10, 10]);
    assert_eq!(counters.actions[0].median_ms, Some(3));
    // Beside another action than the one that is saved stand no counters.
    let mut changed = draft("speeding", SQL);
    changed.actions[0] = RuleAction::Republish {
        topic: "x".to_owned(),
        qos: 0,
    };
    changed.error_action = Some(changed.actions[1].clone());
    scene.edit(&changed);
    let aligned = scene.rule().counters;
    assert_eq!(aligned, [None, Some(counters.actions[1].clone()), None]);
    // Entered as it is saved, it is no draft any more.
    scene.edit(&draft("speeding", SQL));
    assert!(!scene.row("speeding").unwrap().edited);
    let aligned = scene.rule().counters;
    assert!(aligned.len() == 2 && aligned.iter().all(Option::is_some));
    assert!(matches!(
        scene.view().source,
        RulesSource::Here { counts: true, .. }
    ));

    let pause = |on| RulesCommand::Enable {
        name: "speeding".to_owned(),
        on,
    };
    scene.say(pause(false));
    scene.look();
    assert_eq!(scene.row("speeding").unwrap().state, RuleState::Paused);
    assert!(!scene.view().busy);
    scene.drive(10);
    scene.look();
    let counters = scene.row("speeding").unwrap().counters.unwrap();
    assert_eq!(counters.matched, 100);
    scene.say(pause(true));
    scene.look();
    assert_eq!(scene.row("speeding").unwrap().state, RuleState::Live);

    scene.say(RulesCommand::Delete("speeding".to_owned()));
    scene.look();
    assert_eq!(scene.view().rules, []);
    assert_eq!(scene.view().rule, None);
}

#[test]
fn an_edit_of_a_rule_that_runs_replaces_it_once_it_is_saved() {
    let mut scene = Scene::new();
    scene.edit(&draft("speeding", SQL));
    scene.open("speeding");
    save(&mut scene, "speeding", true);
    let mut changed = draft("speeding", &SQL.replace("60", "30"));
    changed.actions.truncate(1);
    scene.edit(&changed);
    assert!(scene.row("speeding").unwrap().edited);
    scene.say(RulesCommand::Revert("speeding".to_owned()));
    scene.look();
    assert!(!scene.row("speeding").unwrap().edited);
    assert_eq!(scene.rule().draft, draft("speeding", SQL));
    scene.edit(&changed);
    save(&mut scene, "speeding", false);
    let row = scene.row("speeding").unwrap();
    assert_eq!((row.state, row.edited), (RuleState::Paused, false));
    assert_eq!(scene.rule().draft, changed);
    assert_eq!(
        scene.writes(),
        ["POST /rules/speeding", "PATCH /rules/speeding"]
    );
}

#[test]
fn what_is_entered_while_a_save_is_under_way_stays_a_draft() {
    let mut scene = Scene::new();
    scene.edit(&draft("speeding", SQL));
    scene.open("speeding");
    let command = RulesCommand::Save {
        name: "speeding".to_owned(),
        live: true,
    };
    scene.say(command);
    let later = draft("speeding", &SQL.replace("60", "61"));
    scene.edit(&later);
    let row = scene.row("speeding").unwrap();
    assert_eq!((row.state, row.edited), (RuleState::Live, true));
    assert_eq!(scene.rule().draft, later);
}

#[test]
fn a_change_by_somebody_else_is_seen() {
    let mut scene = Scene::new();
    scene.edit(&draft("speeding", SQL));
    scene.open("speeding");
    save(&mut scene, "speeding", true);
    let body = r#"{"sql":"SELECT * FROM 'topic_1'","actions":
        [{"s3":{"roleArn":"r","bucketName":"b","key":"k"}}],"ruleDisabled":true}"#;
    scene.pair.call_with("PATCH", "/rules/speeding", body);
    scene.look();
    let view = scene.rule();
    assert_eq!(view.draft.sql, "SELECT * FROM 'topic_1'");
    let key = "k".to_owned();
    let bucket = "b".to_owned();
    assert_eq!(view.draft.actions, [RuleAction::Store { bucket, key }]);
    assert_eq!(view.row.state, RuleState::Paused);
    scene.pair.call("DELETE", "/rules/speeding");
    scene.look();
    assert_eq!(scene.view().rules, []);
}

#[test]
fn what_the_other_side_refuses_is_shown_in_its_own_words() {
    let mut scene = Scene::new();
    scene.edit(&draft("wrong", "SELECT * FORM 'a'"));
    let view = scene.open("wrong");
    assert_eq!(view.dry, None);
    assert_eq!(view.faults[0].repair.as_deref(), Some("FROM"));
    save(&mut scene, "wrong", true);
    let (name, code, words) = scene.view().refused.unwrap();
    assert_eq!((&*name, code), ("wrong", 400));
    assert!(words.starts_with("SqlParseException: "), "{words}");
    assert_eq!(scene.row("wrong").unwrap().state, RuleState::Draft);
    scene.say(RulesCommand::Dismiss);
    assert_eq!(scene.view().refused, None);
}

#[test]
fn a_rule_whose_action_fails_is_shown_so_for_a_while() {
    let mut scene = Scene::new();
    scene.edit(&draft("speeding", SQL));
    scene.open("speeding");
    save(&mut scene, "speeding", true);
    scene.position(1, 99);
    scene.carry_out(Some("the disk is full"));
    scene.look();
    let row = scene.row("speeding").unwrap();
    assert_eq!(row.state, RuleState::Failing);
    let error = row.counters.unwrap().actions[0].error.clone();
    assert_eq!(error.as_deref(), Some("the disk is full"));
    for _ in 0..11 {
        scene.look();
    }
    assert_eq!(scene.row("speeding").unwrap().state, RuleState::Live);
}

#[test]
fn a_page_that_is_not_looked_at_asks_nothing() {
    let mut scene = Scene::new();
    scene.look();
    let before = scene.calls().len();
    for _ in 0..4 {
        scene.look();
    }
    let asked = scene.calls().len() - before;
    assert!((5..=7).contains(&asked), "every two seconds: {asked}");
    scene.pair.run_for(super::scene::SECOND * 10);
    let before = scene.calls().len();
    scene.pair.run_for(super::scene::SECOND * 600);
    assert_eq!(scene.calls().len(), before);
    // A change goes out all the same, and nothing is read after it.
    scene.say(RulesCommand::Edit(draft("speeding", SQL)));
    scene.say(RulesCommand::Save {
        name: "speeding".to_owned(),
        live: true,
    });
    scene.pair.run_for(super::scene::SECOND * 600);
    assert_eq!(scene.calls()[before..], ["POST /rules/speeding"]);
}
