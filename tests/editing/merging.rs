//! Several who edit one shadow.

use gnomon::engine::command::{Command, EditorCommand, Side};
use gnomon::engine::frame::{Changed, EditorFrame, EditorStage, LineMark};

use super::scene::{Scene, path, shadow};
use crate::pair::device::Device;
use crate::pair::page::Page;

fn saved(stage: EditorStage) -> u64 {
    match stage {
        EditorStage::Saved { version, .. } => version,
        other => panic!("it is {other:?}"),
    }
}

#[test]
fn two_pages_that_change_different_leaves_lose_nothing() {
    let mut scene = Scene::open(r#"{"mode":"eco","speed":40}"#);
    let mut other = Page::connect(&mut scene.pair, "sofa");
    other.command(
        &mut scene.pair,
        Command::Editor(EditorCommand::Open(shadow(None))),
    );
    scene.run(1.0);
    other.pump(&mut scene.pair);
    scene.text(r#"{"mode":"boost","speed":40}"#);
    let text = r#"{"mode":"eco","speed":65}"#.to_owned();
    other.command(&mut scene.pair, Command::Editor(EditorCommand::Text(text)));
    // Both save before either has heard of the other.
    scene.save();
    other.command(&mut scene.pair, Command::Editor(EditorCommand::Save));
    assert_eq!(saved(scene.settle()), 3);
    assert_eq!(scene.desired(), r#"{"mode":"boost","speed":65}"#);
    let Some(EditorFrame::Open(view)) = other.frame(&mut scene.pair).editor else {
        panic!("the other editor is open");
    };
    assert!(matches!(view.stage, EditorStage::Saved { version: 2, .. }));
    assert_eq!(view.by.as_deref(), Some("desk-e2"), "the second attempt");
    assert_eq!((view.version, view.incoming), (Some(3), 1));
}

#[test]
fn a_true_conflict_is_asked_and_sent_as_decided() {
    let mut scene = Scene::open(r#"{"label":"a","mode":"eco","set":4,"zone":1}"#);
    scene.text(r#"{"label":"b","mode":"boost","set":5,"zone":1}"#);
    scene.others(r#"{"mode":"normal","set":3,"zone":2}"#);
    scene.run(1.0);
    let view = scene.view();
    assert_eq!((view.incoming, view.version), (3, Some(2)));
    assert_eq!(view.by.as_deref(), Some("others-1"));
    scene.save();
    scene.run(2.0);
    assert_eq!(scene.version(), 2, "nothing is sent before it is decided");
    let merge = scene.view().merge.expect("it is asked");
    assert_eq!((merge.choices_left, merge.merged, merge.same), (2, 2, 0));
    let open: Vec<_> = merge
        .result
        .iter()
        .filter(|line| line.mark == LineMark::Open)
        .map(|line| line.text.trim())
        .collect();
    assert_eq!(open, [r#""mode":"#, r#""set":"#]);
    scene.choose("mode", Side::Mine);
    scene.save();
    scene.run(2.0);
    assert_eq!(scene.version(), 2, "one is left");
    scene.choose("set", Side::Theirs);
    assert_eq!(scene.row("set").choice, Some(Side::Theirs));
    scene.save();
    assert_eq!(saved(scene.settle()), 3);
    let result = r#"{"label":"b","mode":"boost","set":3,"zone":2}"#;
    assert_eq!(scene.desired(), result);
    let view = scene.view();
    assert_eq!((view.merge, view.changes, view.incoming), (None, 0, 0));
}

#[test]
fn a_conflict_that_shows_only_with_the_answer_is_asked_too() {
    let mut scene = Scene::open(r#"{"set":4}"#);
    scene.pair.latency = std::time::Duration::from_millis(300);
    scene.leaf("set", "5");
    scene.save();
    scene.others(r#"{"set":3}"#);
    scene.run(5.0);
    assert_eq!(scene.view().merge.map(|merge| merge.choices_left), Some(1));
    assert_eq!(scene.version(), 2);
    scene.edit(EditorCommand::ChooseAll(Side::Mine));
    scene.save();
    assert_eq!(saved(scene.settle()), 3);
    assert_eq!(scene.desired(), r#"{"set":5}"#);
}

#[test]
fn a_newer_version_while_choosing_keeps_the_choices() {
    let mut scene = Scene::open(r#"{"mode":"eco","set":4,"zone":1}"#);
    scene.text(r#"{"mode":"boost","set":5,"zone":7}"#);
    scene.others(r#"{"mode":"normal","set":3}"#);
    scene.run(1.0);
    scene.save();
    scene.choose("mode", Side::Mine);
    scene.choose("set", Side::Theirs);
    assert_eq!(scene.view().merge.map(|merge| merge.choices_left), Some(0));
    scene.others(r#"{"zone":9}"#);
    scene.run(1.0);
    assert_eq!(scene.view().merge.map(|merge| merge.choices_left), Some(1));
    assert_eq!(scene.row("mode").choice, Some(Side::Mine));
    // What was chosen of theirs is no longer what they have.
    scene.others(r#"{"set":2}"#);
    scene.run(1.0);
    assert_eq!(scene.view().merge.map(|merge| merge.choices_left), Some(2));
    scene.edit(EditorCommand::Back);
    let view = scene.view();
    assert_eq!(view.merge, None);
    assert_eq!(scene.row("mode").changed, Changed::Mine, "it is decided");
    assert_eq!(scene.row("set").changed, Changed::Conflict);
}

#[test]
fn five_conflicts_in_a_row_end_in_a_save() {
    let mut scene = Scene::open(r#"{"mode":"eco"}"#);
    scene.pair.latency = std::time::Duration::from_millis(400);
    scene.leaf("mode", "boost");
    let rejected = Device::connect(&mut scene.pair, "listener");
    rejected.listen(&mut scene.pair, "$aws/things/+/shadow/update/rejected");
    let mut rejected = rejected;
    scene.save();
    let mut conflicts = 0;
    for second in 0..200 {
        if conflicts < 5 {
            scene.report(&format!(r#"{{"second":{second}}}"#));
        }
        scene.run(0.1);
        conflicts += rejected.messages(&mut scene.pair).len();
    }
    assert_eq!(conflicts, 5);
    saved(scene.settle());
    assert_eq!(scene.desired(), r#"{"mode":"boost"}"#);
}

#[test]
fn conflicts_without_end_are_told_and_the_text_stays() {
    let mut scene = Scene::open(r#"{"mode":"eco"}"#);
    scene.pair.latency = std::time::Duration::from_millis(400);
    scene.leaf("mode", "boost");
    scene.save();
    for second in 0..300 {
        scene.report(&format!(r#"{{"second":{second}}}"#));
        scene.run(0.1);
    }
    let stage = scene.stage();
    assert!(
        matches!(stage, EditorStage::Rejected { code: 409, .. }),
        "{stage:?}"
    );
    assert_eq!(scene.row("mode").mine.as_deref(), Some("\"boost\""));
}

#[test]
fn a_text_that_nobody_typed_follows_the_others() {
    let mut scene = Scene::open(r#"{"mode":"eco","set":4}"#);
    scene.leaf("mode", "boost");
    let before = scene.view();
    scene.others(r#"{"set":3}"#);
    scene.run(1.0);
    let view = scene.view();
    assert!(view.text_serial > before.text_serial);
    assert!(view.text.contains("\"set\": 3"), "{}", view.text);
    assert_eq!((view.changes, view.incoming), (1, 1));
    let row = scene.row("set");
    assert_eq!(
        (row.changed, row.base.as_deref()),
        (Changed::Theirs, Some("4"))
    );
}

#[test]
fn a_typed_text_stays_as_it_is_and_takes_in_the_others_with_the_save() {
    let mut scene = Scene::open(r#"{"mode":"eco","set":4}"#);
    let typed = r#"{"mode": "boost",   "set": 4}"#;
    scene.text(typed);
    let before = scene.view().text_serial;
    scene.others(r#"{"set":3}"#);
    scene.run(1.0);
    let view = scene.view();
    assert_eq!((&*view.text, view.text_serial), (typed, before));
    assert_eq!((view.changes, view.incoming), (1, 1));
    scene.save();
    assert_eq!(saved(scene.settle()), 3);
    assert_eq!(scene.desired(), r#"{"mode":"boost","set":3}"#);
    assert!(scene.view().text.contains("\"set\": 3"));
}

#[test]
fn what_is_typed_while_a_save_is_under_way_is_not_touched() {
    let mut scene = Scene::open(r#"{"mode":"eco","set":4}"#);
    scene.pair.latency = std::time::Duration::from_millis(400);
    scene.text(r#"{"mode":"boost","set":4}"#);
    scene.others(r#"{"set":3}"#);
    scene.save();
    scene.text(r#"{"mode":"boost","set":4,"label":"x"}"#);
    assert_eq!(saved(scene.settle()), 3);
    assert_eq!(scene.desired(), r#"{"mode":"boost","set":3}"#);
    let view = scene.view();
    assert_eq!(view.text, r#"{"mode":"boost","set":4,"label":"x"}"#);
    assert_eq!(
        (view.changes, scene.row("set").changed),
        (1, Changed::Theirs)
    );
    scene.save();
    assert_eq!(saved(scene.settle()), 4);
    assert_eq!(scene.desired(), r#"{"label":"x","mode":"boost","set":3}"#);
}

#[test]
fn leaves_stand_beside_what_is_reported() {
    let mut scene = Scene::open(r#"{"mode":"eco"}"#);
    scene.report(r#"{"mode":"normal","battery":80}"#);
    scene.run(1.0);
    let paths: Vec<_> = scene
        .view()
        .leaves
        .into_iter()
        .map(|leaf| leaf.path)
        .collect();
    assert_eq!(paths, [path("battery"), path("mode")]);
    let row = scene.row("mode");
    assert_eq!(row.reported.as_deref(), Some("\"normal\""));
    assert!(row.differs && row.desired_at.is_some() && row.reported_at.is_some());
    assert_eq!(scene.view().delta_text, "{\n  \"mode\": \"eco\"\n}");
}
