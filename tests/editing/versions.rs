//! The versions that were seen: what changed, who did it, what is different now, and back to one of them.

use gnomon::engine::command::EditorCommand;
use gnomon::engine::frame::{EditorStage, FieldView, HistoryRequest, HistoryView, Selected};

use super::scene::{Scene, path, shadow};

fn history(scene: &mut Scene, version: Option<u64>) -> HistoryView {
    scene.pair.history(HistoryRequest {
        shadow: shadow(None),
        version,
    })
}

fn power(scene: &mut Scene) -> FieldView {
    let Selected::Device(view) = scene.pair.selected("lamp") else {
        panic!("the lamp is known");
    };
    let fields = view.shadow.into_iter().flat_map(|shadow| shadow.fields);
    let mut fields = fields.filter(|field| field.path == ["power"]);
    fields.next().expect("it has a power")
}

#[test]
fn every_version_says_what_changed_and_who_did_it() {
    let mut scene = Scene::open(r#"{"power":"on","set":{"to":4}}"#);
    scene.others(r#"{"set":{"to":5},"power":null}"#);
    scene.report(r#"{"power":"on"}"#);
    scene.run(1.0);
    scene.edit(EditorCommand::Open(shadow(None)));
    scene.leaf("set.to", "6");
    scene.save();
    scene.settle();
    let view = history(&mut scene, Some(1));
    let rows: Vec<_> = view
        .versions
        .iter()
        .map(|it| {
            (
                it.version,
                it.by.as_deref(),
                it.desired.join(" "),
                it.reported.join(" "),
            )
        })
        .collect();
    let text = |text: &str| text.to_owned();
    let expected = [
        (4, Some("desk-e1"), text("set.to"), text("")),
        (3, None, text(""), text("power")),
        (2, Some("others-1"), text("set.to power"), text("")),
        (1, None, text(""), text("")),
    ];
    assert_eq!(rows, expected);
    let different: Vec<_> = view
        .difference
        .expect("it is kept")
        .into_iter()
        .map(|it| (it.desired, it.path.join("."), it.then, it.now))
        .collect();
    let some = |text: &str| Some(text.to_owned());
    let expected = [
        (true, text("power"), some("\"on\""), None),
        (true, text("set.to"), some("4"), some("6")),
        (false, text("power"), None, some("\"on\"")),
    ];
    assert_eq!(different, expected);
    assert_eq!(history(&mut scene, Some(99)).difference, None);
}

#[test]
fn a_version_is_restored_as_a_new_one() {
    let mut scene = Scene::open(r#"{"mode":"eco","old":1}"#);
    scene.others(r#"{"mode":"boost","old":null,"new":2}"#);
    scene.run(1.0);
    scene.edit(EditorCommand::Restore {
        shadow: shadow(None),
        version: 1,
    });
    assert_eq!((scene.view().changes, scene.version()), (3, 2));
    scene.save();
    assert!(matches!(
        scene.settle(),
        EditorStage::Saved { version: 3, .. }
    ));
    assert_eq!(scene.desired(), r#"{"mode":"eco","old":1}"#);
}

#[test]
fn the_panel_says_who_wished_a_value() {
    let mut scene = Scene::new("{}");
    scene.report(r#"{"power":"off"}"#);
    scene.run(1.0);
    assert_eq!(power(&mut scene).desired_by, None);
    scene.others(r#"{"power":"on"}"#);
    scene.run(1.0);
    assert_eq!(power(&mut scene).desired_by.as_deref(), Some("others-1"));
    scene.edit(EditorCommand::Open(shadow(None)));
    scene.edit(EditorCommand::Leaf {
        path: path("power"),
        value: None,
    });
    scene.save();
    scene.settle();
    assert_eq!(power(&mut scene).desired_by, None);
}
