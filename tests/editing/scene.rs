//! A lamp whose shadow somebody edits, and the words for it.

use gnomon::engine::command::{Command, ConnectRequest, EditorCommand, ShadowAddress, Side};
use gnomon::engine::frame::{EditorFrame, EditorLeaf, EditorStage, EditorView};
use gnomon::shadow::document::{Node, ShadowDocument};
use gnomon::shadow::text::state_to_json;
use gnomon::shadow::three_way::state_of;
use gnomon::shadow::topics::ShadowId;
use gnomon::shadow::value::Object;

use crate::pair::device::Device;
use crate::pair::line::Pair;

pub(crate) struct Scene {
    pub(crate) pair: Pair,
    pub(crate) lamp: Device,
}

pub(crate) fn shadow(name: Option<&str>) -> ShadowAddress {
    ShadowAddress {
        device: "lamp".to_owned(),
        shadow: name.map(ToOwned::to_owned),
    }
}

pub(crate) fn path(text: &str) -> Vec<String> {
    text.split('.').map(ToOwned::to_owned).collect()
}

impl Scene {
    /// The lamp's desired state is this; nobody edits it yet.
    pub(crate) fn new(desired: &str) -> Self {
        let mut pair = Pair::new(1);
        let lamp = Device::connect(&mut pair, "lamp");
        let mut scene = Self { pair, lamp };
        scene.others(desired);
        scene.pair.command(Command::Connect(ConnectRequest {
            client_id: "desk".to_owned(),
            keep_alive: 30,
            ..ConnectRequest::to("ws://127.0.0.1:8083/mqtt")
        }));
        scene.run(1.0);
        scene
    }

    /// The same with the editor open on it.
    pub(crate) fn open(desired: &str) -> Self {
        let mut scene = Self::new(desired);
        scene.pair.selected("lamp");
        scene.run(1.0);
        scene.edit(EditorCommand::Open(shadow(None)));
        scene.run(1.0);
        scene
    }

    pub(crate) fn run(&mut self, seconds: f64) {
        let duration = std::time::Duration::from_secs_f64(seconds);
        self.pair.run_for(duration);
    }

    pub(crate) fn edit(&mut self, command: EditorCommand) {
        self.pair.command(Command::Editor(command));
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.edit(EditorCommand::Text(text.to_owned()));
    }

    pub(crate) fn leaf(&mut self, at: &str, value: &str) {
        let value = Some(value.to_owned());
        self.edit(EditorCommand::Leaf {
            path: path(at),
            value,
        });
    }

    pub(crate) fn choose(&mut self, at: &str, side: Side) {
        self.edit(EditorCommand::Choose {
            path: path(at),
            side,
        });
    }

    pub(crate) fn save(&mut self) {
        self.edit(EditorCommand::Save);
    }

    /// Somebody else wishes this.
    pub(crate) fn others(&mut self, desired: &str) {
        let update = format!(r#"{{"state":{{"desired":{desired}}},"clientToken":"others-1"}}"#);
        self.lamp.update(&mut self.pair, &update);
    }

    pub(crate) fn report(&mut self, reported: &str) {
        let update = format!(r#"{{"state":{{"reported":{reported}}}}}"#);
        self.lamp.update(&mut self.pair, &update);
    }

    pub(crate) fn view(&mut self) -> EditorView {
        match self.pair.frame().editor {
            Some(EditorFrame::Open(view)) => *view,
            other => panic!("the editor is {other:?}"),
        }
    }

    pub(crate) fn stage(&mut self) -> EditorStage {
        self.view().stage
    }

    pub(crate) fn row(&mut self, at: &str) -> EditorLeaf {
        let leaves = self.view().leaves.into_iter();
        let mut leaves = leaves.filter(|leaf| leaf.path == path(at));
        leaves.next().expect("the leaf is there")
    }

    /// Runs until a save or a deletion came to an end.
    pub(crate) fn settle(&mut self) -> EditorStage {
        for _ in 0..300 {
            let stage = self.stage();
            if !matches!(stage, EditorStage::Queued | EditorStage::Saving { .. }) {
                return stage;
            }
            self.run(0.5);
        }
        panic!("it does not come to an end");
    }

    pub(crate) fn stored(&self, name: Option<&str>) -> Option<ShadowDocument> {
        let id = ShadowId::new("lamp", name).expect("a test names things well");
        self.pair.backend.shadow(id)
    }

    /// What the service holds.
    pub(crate) fn desired(&self) -> String {
        let document = self.stored(None).unwrap_or_default();
        text(&document.desired)
    }

    pub(crate) fn version(&self) -> u64 {
        self.stored(None).unwrap_or_default().version
    }
}

pub(crate) fn text(section: &Object<Node>) -> String {
    state_to_json(&state_of(section))
}
