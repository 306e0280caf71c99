//! What a person said about controls, kept for each connection, and told to the engine.

use leptos::prelude::*;

use super::commands::Commands;
use super::connection::Connection;
use super::reactive::{memo, watch};
use crate::engine::command::{Command, ControlSet, Shape};
use crate::engine::controls;
use crate::web::storage;

/// Before the name of the connection.
const KEY: &str = "controls.";

/// Found in the context of every component.
#[derive(Clone, Copy)]
pub(super) struct Shapes {
    pub(super) set: RwSignal<ControlSet>,
    commands: Commands,
    /// The connection that they belong to: its number and its name.
    of: StoredValue<Option<(u32, String)>>,
}

impl Shapes {
    /// Follows the connection in use.
    pub(super) fn start(connection: Connection, commands: Commands) -> Self {
        let shapes = Self {
            set: RwSignal::default(),
            commands,
            of: StoredValue::new(None),
        };
        let in_use = memo(move |_| {
            let id = connection.in_use.get()?;
            connection.list.with(|list| {
                let entry = list.iter().find(|entry| entry.id == id)?;
                Some((id, entry.profile.name.clone()))
            })
        });
        watch(move || shapes.follow(in_use.get()));
        shapes
    }

    fn follow(self, next: Option<(u32, String)>) {
        let before = self.of.get_value();
        self.of.set_value(next.clone());
        let Some((id, name)) = next else {
            return;
        };
        match before {
            // It only got another name, and keeps what was said.
            Some((known, old)) if known == id => {
                forget(&old);
                self.store();
            }
            _ => {
                let text = storage::load(&(KEY.to_owned() + &name));
                let set = text.and_then(|text| controls::read(&text).ok());
                self.tell(set.unwrap_or_default());
            }
        }
    }

    /// What is said about a key.
    pub(super) fn shape(self, path: &[String]) -> Shape {
        let shape = self.set.with_untracked(|set| {
            let mut shapes = set.shapes.iter();
            shapes.find(|shape| shape.path == path).cloned()
        });
        shape.unwrap_or_else(|| Shape {
            path: path.to_vec(),
            ..Shape::default()
        })
    }

    /// In place of what was said about this key. One that says nothing is forgotten.
    pub(super) fn put(self, shape: Shape) {
        let nothing = Shape {
            path: shape.path.clone(),
            ..Shape::default()
        };
        let mut set = self.set.get_untracked();
        set.shapes.retain(|known| known.path != shape.path);
        if shape != nothing {
            set.shapes.push(shape);
        }
        self.replace(set);
    }

    pub(super) fn toggle_review(self) {
        let mut set = self.set.get_untracked();
        set.review = !set.review;
        self.replace(set);
    }

    /// Takes a new one, and keeps it.
    pub(super) fn replace(self, set: ControlSet) {
        self.tell(set);
        self.store();
    }

    fn tell(self, set: ControlSet) {
        self.set.set(set.clone());
        self.commands.send(Command::Shape(set));
    }

    fn store(self) {
        let Some((_, name)) = self.of.get_value() else {
            return;
        };
        self.set
            .with_untracked(|set| match *set == ControlSet::default() {
                true => forget(&name),
                false => storage::save(&(KEY.to_owned() + &name), &controls::write(set)),
            });
    }
}

/// The connection is gone, or there is nothing to say.
pub(super) fn forget(connection: &str) {
    storage::remove(&(KEY.to_owned() + connection));
}
