//! Two edits of one desired state brought together leaf by leaf, and the patch that leads from one state to another.
//! Knows no version and no message.
//!
//! Arrays are values. Where one side made a value of an object, or an object of a value, the whole path is one leaf:
//! what happened below it cannot be compared. An object that one side removed, while the other changed something in
//! it, is compared leaf by leaf, so that neither loses more than it said.

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;

use serde::{Deserialize, Serialize};

use crate::shadow::document::Node;
use crate::shadow::value::{Object, Value, join};

/// A desired state without its metadata.
pub type State = Object<Value>;

/// Who changed a leaf since the edit began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Changed {
    Nobody,
    Mine,
    Theirs,
    /// Both, to the same value.
    Alike,
    /// Both, to different values.
    Conflict,
}

/// Whose value a leaf in conflict gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    Mine,
    Theirs,
}

/// What stands at one path. None: nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sides<'a> {
    pub base: Option<&'a Value>,
    pub mine: Option<&'a Value>,
    pub theirs: Option<&'a Value>,
}

/// Is shown a leaf, and says what the merged state gets there.
type Pick<'p, 'a> = &'p mut dyn FnMut(&[&'a str], Sides<'a>, Changed) -> Option<&'a Value>;

/// Shows every leaf in the order of the paths, and gives the state that was picked.
pub fn walk<'a>(base: &'a State, mine: &'a State, theirs: &'a State, pick: Pick<'_, 'a>) -> State {
    walk_members([base, mine, theirs], &mut Vec::new(), pick)
}

impl<'a> Sides<'a> {
    pub fn changed(self) -> Changed {
        match (
            self.mine == self.base,
            self.theirs == self.base,
            self.mine == self.theirs,
        ) {
            (true, true, _) => Changed::Nobody,
            (_, _, true) => Changed::Alike,
            (false, true, _) => Changed::Mine,
            (true, false, _) => Changed::Theirs,
            (false, false, false) => Changed::Conflict,
        }
    }

    /// What the merge gives, once each conflict is decided.
    pub fn merged(self, choice: Side) -> Option<&'a Value> {
        match (self.changed(), choice) {
            (Changed::Theirs, _) | (Changed::Conflict, Side::Theirs) => self.theirs,
            _ => self.mine,
        }
    }

    /// The three as objects, where there is something in them to compare.
    fn objects(self) -> Option<[&'a State; 3]> {
        let sides = [self.base, self.mine, self.theirs];
        let mut objects = [const { &Object::EMPTY }; 3];
        for (object, side) in objects.iter_mut().zip(sides) {
            match side {
                Some(Value::Object(members)) => *object = members,
                Some(_) => return None,
                None => {}
            }
        }
        let any = objects.iter().any(|members| !members.is_empty());
        any.then_some(objects)
    }

    /// Whether an object stays when nothing is in it: as the side wants it that changed that.
    fn shell_stays(self) -> bool {
        match self.mine.is_some() == self.base.is_some() {
            true => self.theirs.is_some(),
            false => self.mine.is_some(),
        }
    }
}

fn walk_members<'a>(sides: [&'a State; 3], path: &mut Vec<&'a str>, pick: Pick<'_, 'a>) -> State {
    let mut keys: Vec<&str> = sides
        .iter()
        .flat_map(|side| side.iter().map(|(key, _)| key))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let mut members = Vec::with_capacity(keys.len());
    for key in keys {
        let [base, mine, theirs] = sides.map(|side| side.get(key));
        path.push(key);
        let picked = walk_node(Sides { base, mine, theirs }, path, pick);
        path.pop();
        members.extend(picked.map(|value| (key.into(), value)));
    }
    members.into_iter().collect()
}

fn walk_node<'a>(sides: Sides<'a>, path: &mut Vec<&'a str>, pick: Pick<'_, 'a>) -> Option<Value> {
    let Some(objects) = sides.objects() else {
        return pick(path, sides, sides.changed()).cloned();
    };
    let members = walk_members(objects, path, pick);
    let stays = !members.is_empty() || sides.shell_stays();
    stays.then_some(Value::Object(members))
}

/// What to name in an update so that `from` becomes `to`: what stands already is left out, a null removes.
///
/// Under the merge rules of the service it gives exactly `to`. Only the section itself cannot be empty there: without
/// a leaf it is absent, which is the same here.
pub fn patch(from: &State, to: &State) -> State {
    let members = join(from, to).filter_map(|(key, from, to)| {
        let value = match (from, to) {
            (_, None) => Value::Null,
            (Some(Value::Object(from)), Some(Value::Object(to))) => {
                let inner = patch(from, to);
                if inner.is_empty() {
                    return None;
                }
                Value::Object(inner)
            }
            (Some(from), Some(to)) if from == to => return None,
            (_, Some(to)) => to.clone(),
        };
        Some((key.into(), value))
    });
    members.collect()
}

/// The leaves that a patch names, in the order of their paths, with null for those that it removes.
pub fn leaves(patch: &State) -> Vec<(Vec<String>, Value)> {
    fn visit(patch: &State, path: &mut Vec<String>, out: &mut Vec<(Vec<String>, Value)>) {
        for (key, value) in patch.iter() {
            path.push(key.to_owned());
            match value {
                Value::Object(members) if !members.is_empty() => visit(members, path, out),
                value => out.push((path.clone(), value.clone())),
            }
            path.pop();
        }
    }
    let mut out = Vec::new();
    visit(patch, &mut Vec::new(), &mut out);
    out
}

/// The state of a section without its times.
pub fn state_of(section: &Object<Node>) -> State {
    let members = section.iter().map(|(key, node)| {
        let value = match node {
            Node::Leaf(stated) => stated.value.clone(),
            Node::Object(members) => Value::Object(state_of(members)),
        };
        (key.into(), value)
    });
    members.collect()
}

pub fn value_at<'a>(state: &'a State, path: &[impl AsRef<str>]) -> Option<&'a Value> {
    let (key, rest) = path.split_first()?;
    let value = state.get(key.as_ref())?;
    match (rest, value) {
        ([], value) => Some(value),
        (rest, Value::Object(members)) => value_at(members, rest),
        _ => None,
    }
}

/// Makes `value` stand at `path`, or nothing. What stands on the way and is no object gives way to one.
pub fn put(state: &mut State, path: &[impl AsRef<str>], value: Option<Value>) {
    let Some((key, rest)) = path.split_first() else {
        return;
    };
    let key = key.as_ref();
    match (rest, value) {
        ([], Some(value)) => state.insert(key, value),
        ([], None) => drop(state.remove(key)),
        (rest, value) => match state.get_mut(key) {
            Some(Value::Object(members)) => put(members, rest, value),
            _ if value.is_none() => {}
            _ => {
                let mut members = State::EMPTY;
                put(&mut members, rest, value);
                state.insert(key, Value::Object(members));
            }
        },
    }
}
