//! Drafts outlive the tab.

use std::collections::HashMap;

use bytes::Bytes;
use gnomon::engine::command::{RuleAction, RulesCommand};

use super::scene::{SECOND, SQL, Scene, draft};

fn reload(scene: &mut Scene, goodbye: bool) {
    scene.pair.reload(goodbye);
    scene.pair.connect();
    scene.look();
}

#[test]
fn drafts_are_there_again_after_a_restart() {
    let mut scene = Scene::new();
    let mut first = draft("first", SQL);
    first.error_action = Some(RuleAction::Republish {
        topic: "errors/\"é\"".to_owned(),
        qos: 0,
    });
    let second = draft("second", "SELECT nonsense");
    scene.edit(&first);
    scene.edit(&second);
    let writes = scene.pair.beside.writes;
    reload(&mut scene, false);
    assert_eq!(scene.open("first").draft, first);
    assert_eq!(scene.open("second").draft, second);
    assert_eq!(scene.pair.beside.writes, writes, "nothing is written back");
    scene.say(RulesCommand::Revert("second".to_owned()));
    reload(&mut scene, true);
    let names: Vec<_> = scene.view().rules.into_iter().map(|row| row.name).collect();
    assert_eq!(names, ["first"]);
}

#[test]
fn each_broker_has_its_own_and_no_secret_is_kept() {
    let mut scene = Scene::new();
    scene
        .pair
        .connect_to("ws://me:hidden@127.0.0.1:8083/mqtt?token=hidden");
    scene.edit(&draft("here", SQL));
    scene.pair.connect_to("ws://127.0.0.1:9001/mqtt");
    scene.look();
    assert_eq!(scene.row("here"), None);
    scene.edit(&draft("there", SQL));
    scene.pair.connect();
    scene.look();
    assert!(scene.row("here").is_some() && scene.row("there").is_none());
    let files = scene.pair.beside.files.as_ref().unwrap().iter();
    let files: Vec<_> = files
        .filter(|(place, _)| place.starts_with("rules-"))
        .collect();
    assert_eq!(files.len(), 2);
    for (place, bytes) in files {
        assert_eq!(place.len(), 38, "{place}");
        assert!(!String::from_utf8_lossy(bytes).contains("hidden"));
    }
}

#[test]
fn without_storage_drafts_last_as_long_as_the_tab() {
    let mut scene = Scene::new();
    scene.pair.reload(true);
    scene.pair.beside.files = None;
    scene.pair.connect();
    scene.look();
    scene.edit(&draft("here", SQL));
    scene.pair.run_for(SECOND * 10);
    assert!(scene.row("here").is_some());
    reload(&mut scene, true);
    assert_eq!(scene.row("here"), None);
}

#[test]
fn a_damaged_file_is_ignored() {
    let mut scene = Scene::new();
    scene.edit(&draft("here", SQL));
    scene.pair.run_for(SECOND);
    let files = scene.pair.beside.files.as_ref().unwrap();
    let kept = files.iter().find(|(place, _)| place.starts_with("rules-"));
    let (place, intact) = kept
        .map(|(place, bytes)| (place.clone(), bytes.clone()))
        .unwrap();
    let other = String::from_utf8(intact.to_vec())
        .unwrap()
        .replace("\"version\":1", "\"version\":2");
    for damage in [
        Bytes::new(),
        intact.slice(..intact.len() - 1),
        Bytes::from(other),
        Bytes::from_static(b"{\"version\":1,\"drafts\":[7,{},{\"name\":[]}]}"),
        Bytes::from(vec![0xff; 100]),
    ] {
        scene.pair.beside.files = Some(HashMap::from([(place.clone(), damage)]));
        reload(&mut scene, false);
        assert_eq!(scene.view().rules, []);
        scene.edit(&draft("new", SQL));
        reload(&mut scene, true);
        assert!(scene.row("new").is_some());
    }
}

#[test]
fn drafts_are_bounded_and_what_is_not_kept_is_told() {
    let mut scene = Scene::new();
    for number in 0..100 {
        scene.say(RulesCommand::Edit(draft(&format!("r{number}"), SQL)));
    }
    assert!(!scene.view().not_kept);
    scene.say(RulesCommand::Edit(draft("one_more", SQL)));
    let view = scene.view();
    assert_eq!((view.rules.len(), view.not_kept), (100, true));
    scene.say(RulesCommand::Edit(draft("r1", "SELECT 1")));
    assert!(!scene.view().not_kept);
    let long = "x".repeat(256 * 1024);
    scene.say(RulesCommand::Edit(draft("r1", &long)));
    assert!(scene.view().not_kept);
    assert_eq!(scene.open("r1").draft.sql, "SELECT 1");
}
