//! What is typed, what is saved, and what the service says to it.

use gnomon::engine::command::{Command, EditorCommand, Side};
use gnomon::engine::frame::{Changed, EditorFrame, EditorStage, Selected, Stage, TextProblem};

use super::scene::{Scene, path, shadow, text};

fn is_saved(stage: &EditorStage, at: u64) -> bool {
    matches!(stage, EditorStage::Saved { version, .. } if *version == at)
}

#[test]
fn only_what_differs_is_sent_and_with_the_version() {
    let mut scene = Scene::open(r#"{"mode":"eco","fan":{"speed":40},"old":1}"#);
    let listener = crate::pair::device::Device::connect(&mut scene.pair, "listener");
    listener.listen(&mut scene.pair, "$aws/things/+/shadow/update");
    let view = scene.view();
    assert_eq!((view.began, view.version), (Some(1), Some(1)));
    assert_eq!(view.by.as_deref(), None, "nobody listened then");
    scene.text(r#"{"mode":"eco","fan":{"speed":65},"label":"x"}"#);
    assert_eq!(scene.view().changes, 3);
    scene.save();
    assert!(is_saved(&scene.settle(), 2));
    let mut listener = listener;
    let sent = listener.messages(&mut scene.pair);
    let body = String::from_utf8_lossy(&sent[0].1).into_owned();
    let expected = r#"{"state":{"desired":{"fan":{"speed":65},"label":"x","old":null}},"version":1,"clientToken":"desk-e1"}"#;
    assert_eq!((sent.len(), &*body), (1, expected));
    let view = scene.view();
    assert_eq!((view.began, view.changes, view.incoming), (Some(2), 0, 0));
    assert_eq!(view.by.as_deref(), Some("desk-e1"));
}

#[test]
fn every_key_of_a_save_lives_on_as_a_change() {
    let mut scene = Scene::open(r#"{"mode":"eco","power":"off"}"#);
    scene.report(r#"{"mode":"eco","power":"on"}"#);
    scene.run(1.0);
    scene.text(r#"{"mode":"boost","power":"on"}"#);
    scene.save();
    scene.settle();
    let Selected::Device(lamp) = scene.pair.selected("lamp") else {
        panic!("the lamp is known");
    };
    let fields = lamp.shadow.expect("it has one").fields;
    let stages: Vec<_> = fields
        .into_iter()
        .map(|field| field.change.map(|change| change.stage))
        .collect();
    let accepted = Stage::Accepted { version: 3 };
    assert_eq!(stages, [Some(accepted), Some(Stage::Reported)]);
}

#[test]
fn a_fault_is_shown_at_its_spot_and_nothing_is_saved() {
    let mut scene = Scene::open(r#"{"mode":"eco"}"#);
    scene.text("{\"mode\": \"boost\",\n}");
    let view = scene.view();
    let fault = view.fault.expect("there is one");
    assert_eq!((fault.line, fault.column), (1, 17));
    assert_eq!(fault.problem, TextProblem::ExtraComma);
    scene.save();
    scene.others(r#"{"mode":"normal"}"#);
    scene.run(5.0);
    assert_eq!(scene.version(), 2, "only the others'");
    assert_eq!(
        scene.view().text,
        "{\"mode\": \"boost\",\n}",
        "it stays as typed"
    );
    scene.text("{\"mode\": \"boost\"}");
    assert_eq!(scene.view().fault, None);
    assert_eq!(scene.row("mode").changed, Changed::Conflict);
}

#[test]
fn an_edit_by_form_writes_the_text_anew() {
    let mut scene = Scene::open(r#"{"fan":{"speed":40},"mode":"eco"}"#);
    let before = scene.view().text_serial;
    scene.leaf("fan.speed", "65");
    scene.leaf("mode", "boost");
    scene.edit(EditorCommand::Leaf {
        path: path("fan.none"),
        value: None,
    });
    let view = scene.view();
    assert!(view.text_serial > before);
    assert_eq!(
        view.text,
        "{\n  \"fan\": {\n    \"speed\": 65\n  },\n  \"mode\": \"boost\"\n}"
    );
    scene.edit(EditorCommand::Revert(path("fan.speed")));
    assert_eq!(scene.row("fan.speed").changed, Changed::Nobody);
    scene.leaf("list", "[1,null]");
    let fault = scene.view().fault.expect("the service refuses it");
    assert_eq!(fault.problem, TextProblem::NullInArray);
    scene.text("{}");
    scene.edit(EditorCommand::Leaf {
        path: vec!["a".to_owned(); 100_000],
        value: Some("1".to_owned()),
    });
    let fault = scene.view().fault.expect("no service takes so many levels");
    assert_eq!(fault.problem, TextProblem::TooDeep);
}

#[test]
fn a_refusal_has_the_services_words_and_the_text_stays() {
    let mut scene = Scene::open(r#"{"mode":"eco"}"#);
    let long = format!(r#"{{"mode":"{}"}}"#, "x".repeat(9000));
    scene.text(&long);
    let view = scene.view();
    assert!(view.bytes > view.bytes_limit);
    scene.save();
    let expected = EditorStage::Rejected {
        code: 413,
        message: "The payload exceeds the maximum size allowed".to_owned(),
    };
    assert_eq!(scene.settle(), expected);
    assert_eq!(scene.view().text, long);
    scene.text(r#"{"mode":"boost"}"#);
    scene.save();
    assert!(is_saved(&scene.settle(), 2));
}

#[test]
fn a_save_while_offline_is_queued_and_goes_out_later() {
    let mut scene = Scene::open(r#"{"mode":"eco","other":1}"#);
    scene.pair.command(Command::Disconnect);
    scene.leaf("mode", "boost");
    scene.save();
    assert_eq!(scene.stage(), EditorStage::Queued);
    scene.others(r#"{"other":2}"#);
    scene.run(60.0);
    assert_eq!(scene.stage(), EditorStage::Queued);
    scene.pair.command(Command::Reconnect);
    assert!(is_saved(&scene.settle(), 3));
    assert_eq!(scene.desired(), r#"{"mode":"boost","other":2}"#);
}

#[test]
fn a_shadow_that_is_not_known_yet_is_asked_for_before_it_can_be_saved() {
    let mut scene = Scene::new(r#"{"mode":"eco"}"#);
    scene.pair.latency = std::time::Duration::from_millis(700);
    scene.edit(EditorCommand::Open(shadow(None)));
    assert_eq!(scene.stage(), EditorStage::Asking);
    scene.text(r#"{"new":1}"#);
    scene.save();
    assert_eq!(scene.stage(), EditorStage::Asking);
    scene.run(5.0);
    assert_eq!(scene.stage(), EditorStage::Editing);
    assert_eq!((scene.view().version, scene.version()), (Some(1), 1));
    scene.save();
    assert!(is_saved(&scene.settle(), 2));
    assert_eq!(scene.desired(), r#"{"mode":"eco","new":1}"#);
}

#[test]
fn nothing_to_change_is_saved_without_a_message() {
    let mut scene = Scene::open(r#"{"mode":"eco"}"#);
    scene.save();
    assert!(is_saved(&scene.settle(), 1));
    assert_eq!(scene.version(), 1);
}

#[test]
fn a_named_shadow_is_made_edited_and_deleted() {
    let mut scene = Scene::open(r#"{"mode":"eco"}"#);
    scene.edit(EditorCommand::Open(shadow(Some("cfg"))));
    scene.run(1.0);
    assert_eq!(scene.view().version, None);
    scene.save();
    assert!(is_saved(&scene.settle(), 1), "an empty one");
    scene.text(r#"{"a":{"b":1}}"#);
    scene.save();
    assert!(is_saved(&scene.settle(), 2));
    let stored = scene.stored(Some("cfg")).expect("it is there");
    assert_eq!(text(&stored.desired), r#"{"a":{"b":1}}"#);
    scene.edit(EditorCommand::Delete(shadow(Some("cfg"))));
    assert_eq!(scene.settle(), EditorStage::Deleted { version: 2 });
    assert_eq!(scene.stored(Some("cfg")), None);
    assert_eq!(scene.view().version, None);
    let Selected::Device(lamp) = scene.pair.selected("lamp") else {
        panic!("the lamp is known");
    };
    assert_eq!(lamp.shadows, [None]);
    scene.save();
    assert!(matches!(scene.settle(), EditorStage::Saved { .. }));
    let stored = scene.stored(Some("cfg")).expect("it is there again");
    assert_eq!(text(&stored.desired), r#"{"a":{"b":1}}"#);
}

#[test]
fn a_shadow_that_others_delete_is_gone_and_can_be_made_again() {
    let mut scene = Scene::open(r#"{"mode":"eco","old":1}"#);
    scene.leaf("mode", "boost");
    let delete = "$aws/things/lamp/shadow/delete";
    scene.lamp.publish(&mut scene.pair, delete, "");
    scene.run(1.0);
    assert_eq!(scene.stage(), EditorStage::Deleted { version: 1 });
    let view = scene.view();
    assert_eq!((view.began, view.version), (None, None));
    scene.save();
    assert!(matches!(scene.settle(), EditorStage::Saved { .. }));
    assert_eq!(scene.desired(), r#"{"mode":"boost","old":1}"#);
}

#[test]
fn deleting_what_is_not_there_is_done() {
    let mut scene = Scene::open("{}");
    scene.edit(EditorCommand::Delete(shadow(Some("none"))));
    assert!(matches!(scene.settle(), EditorStage::Deleted { .. }));
}

#[test]
fn a_closed_editor_sends_nothing() {
    let mut scene = Scene::open(r#"{"mode":"eco"}"#);
    scene.pair.command(Command::Disconnect);
    scene.leaf("mode", "boost");
    scene.save();
    scene.edit(EditorCommand::Close);
    scene.pair.command(Command::Reconnect);
    scene.run(10.0);
    assert_eq!(scene.pair.frame().editor, Some(EditorFrame::Closed));
    assert_eq!(scene.version(), 1);
}

#[test]
fn nobody_answers_and_a_late_answer_still_counts() {
    let mut scene = Scene::open(r#"{"mode":"eco"}"#);
    scene.pair.latency = std::time::Duration::from_secs(17);
    scene.leaf("mode", "boost");
    scene.save();
    scene.run(31.0);
    assert_eq!(scene.stage(), EditorStage::NoAnswer);
    scene.run(5.0);
    assert!(is_saved(&scene.stage(), 2));
}

#[test]
fn what_cannot_be_a_name_is_said() {
    let mut scene = Scene::open("{}");
    let mut bad = shadow(Some("a/b"));
    scene.edit(EditorCommand::Open(bad.clone()));
    scene.save();
    assert!(matches!(
        scene.settle(),
        EditorStage::Rejected { code: 400, .. }
    ));
    bad.shadow = None;
    scene.edit(EditorCommand::Open(bad));
    scene.edit(EditorCommand::ChooseAll(Side::Mine));
    scene.edit(EditorCommand::Back);
    assert_eq!(scene.stage(), EditorStage::Editing);
}
