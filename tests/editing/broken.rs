//! The link breaks at every step, in every way: what was chosen stands in the end, and was carried out once.

use gnomon::engine::command::{EditorCommand, Side};
use gnomon::engine::frame::EditorStage;

use super::scene::{Scene, shadow};
use crate::pair::device::Device;
use crate::pair::line::Break;

/// Plays a scene with the link broken after so many events, once for each number of events and each way.
fn everywhere(steps: u32, play: impl Fn(&mut dyn FnMut(&mut Scene), &str)) {
    for how in Break::ALL {
        for step in 0..steps {
            for latency in [5, 700] {
                let what = format!("{how:?} after {step} events at {latency} ms");
                play(
                    &mut |scene| {
                        scene.pair.latency = std::time::Duration::from_millis(latency);
                        scene.pair.cut_after(step, how);
                    },
                    &what,
                );
            }
        }
    }
}

/// Of the updates with a client token of this page those that were accepted.
fn carried_out(scene: &mut Scene, listener: &mut Device) -> usize {
    let messages = listener.messages(&mut scene.pair);
    let ours = |payload: &[u8]| String::from_utf8_lossy(payload).contains("desk-e");
    messages.iter().filter(|(_, payload)| ours(payload)).count()
}

fn listener(scene: &mut Scene, topic: &str) -> Device {
    let listener = Device::connect(&mut scene.pair, "listener");
    listener.listen(
        &mut scene.pair,
        &format!("$aws/things/+/shadow/{topic}/accepted"),
    );
    listener
}

#[test]
fn a_save_is_carried_out_once() {
    everywhere(14, |break_it, what| {
        let mut scene = Scene::open(r#"{"mode":"eco","other":1}"#);
        let mut listener = listener(&mut scene, "update");
        scene.leaf("mode", "boost");
        break_it(&mut scene);
        scene.save();
        scene.run(1.0);
        scene.others(r#"{"other":2}"#);
        scene.run(90.0);
        let stage = scene.settle();
        assert!(
            matches!(stage, EditorStage::Saved { .. }),
            "{what}: {stage:?}"
        );
        assert_eq!(scene.desired(), r#"{"mode":"boost","other":2}"#, "{what}");
        assert_eq!(carried_out(&mut scene, &mut listener), 1, "{what}");
    });
}

#[test]
fn a_merge_is_asked_decided_and_carried_out_once() {
    everywhere(16, |break_it, what| {
        let mut scene = Scene::open(r#"{"set":4,"other":1}"#);
        let mut listener = listener(&mut scene, "update");
        scene.leaf("set", "5");
        break_it(&mut scene);
        scene.others(r#"{"set":3}"#);
        scene.save();
        scene.run(90.0);
        let merge = scene.view().merge;
        assert!(merge.is_some(), "{what}: it is asked, {:?}", scene.stage());
        assert_eq!(carried_out(&mut scene, &mut listener), 0, "{what}");
        scene.choose("set", Side::Mine);
        break_it(&mut scene);
        scene.save();
        scene.run(90.0);
        let stage = scene.settle();
        assert!(
            matches!(stage, EditorStage::Saved { .. }),
            "{what}: {stage:?}"
        );
        assert_eq!(scene.desired(), r#"{"other":1,"set":5}"#, "{what}");
        assert_eq!(carried_out(&mut scene, &mut listener), 1, "{what}");
    });
}

#[test]
fn a_deletion_is_carried_out_once() {
    everywhere(14, |break_it, what| {
        let mut scene = Scene::open(r#"{"mode":"eco"}"#);
        let mut listener = listener(&mut scene, "delete");
        break_it(&mut scene);
        scene.edit(EditorCommand::Delete(shadow(None)));
        scene.run(90.0);
        let stage = scene.settle();
        assert!(
            matches!(stage, EditorStage::Deleted { .. }),
            "{what}: {stage:?}"
        );
        assert_eq!(scene.stored(None), None, "{what}");
        assert_eq!(carried_out(&mut scene, &mut listener), 1, "{what}");
    });
}

#[test]
fn a_shadow_that_is_made_is_there_in_the_end() {
    everywhere(14, |break_it, what| {
        let mut scene = Scene::open(r#"{"mode":"eco"}"#);
        scene.edit(EditorCommand::Open(shadow(Some("cfg"))));
        scene.run(1.0);
        scene.text(r#"{"a":1}"#);
        break_it(&mut scene);
        scene.save();
        scene.run(90.0);
        let stage = scene.settle();
        assert!(
            matches!(stage, EditorStage::Saved { .. }),
            "{what}: {stage:?}"
        );
        let stored = scene.stored(Some("cfg")).expect("it is there");
        assert_eq!(super::scene::text(&stored.desired), r#"{"a":1}"#, "{what}");
    });
}
