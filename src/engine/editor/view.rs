//! What the editor shows, made from what it holds.

use std::collections::BTreeMap;

use super::editing::Open;
use super::result::result_lines;
use super::{Changed, EditorLeaf, EditorStage, EditorView, MergeView, Side};
use crate::shadow::document::{Leaf, ShadowDocument};
use crate::shadow::text::{pretty, state_size, to_json};
use crate::shadow::three_way::{Sides, State, state_of, value_at, walk};
use crate::shadow::value::Value;

/// What AWS IoT takes by default, in bytes.
const BYTES_LIMIT: u32 = 8 * 1024;

type Leaves = BTreeMap<Vec<String>, EditorLeaf>;

impl Open {
    pub(super) fn view(&self, ready: bool) -> EditorView {
        let none = ShadowDocument::default();
        let theirs = self.theirs.as_ref();
        let document = theirs.map_or(&none, |theirs| &theirs.document);
        let (result, choices_left) = self.merged(&self.mine);
        let mut leaves = self.leaves();
        add_document(&mut leaves, document);
        let leaves: Vec<EditorLeaf> = leaves.into_values().collect();
        let reported = state_of(&document.reported);
        let by_others = |leaf: &&EditorLeaf| {
            let changed = leaf.changed;
            matches!(
                changed,
                Changed::Theirs | Changed::Alike | Changed::Conflict
            )
        };
        EditorView {
            shadow: self.shadow.clone(),
            began: self.began_version,
            version: self.version(),
            at: document.timestamp,
            by: theirs.and_then(|theirs| theirs.by.clone()),
            text: self.text.clone(),
            text_serial: self.text_serial,
            fault: self.fault.clone(),
            reported_text: pretty(&reported),
            delta_text: pretty(&state_of(&document.delta())),
            changes: changes(self.theirs(), &result),
            incoming: leaves.iter().filter(by_others).count() as u32,
            bytes: (state_size(&result) + state_size(&reported)) as u32,
            bytes_limit: BYTES_LIMIT,
            stage: self.shown_stage(ready),
            merge: self.merging.then(|| self.merge(&result, choices_left)),
            leaves,
        }
    }

    fn shown_stage(&self, ready: bool) -> EditorStage {
        match &self.task {
            Some(task) if !task.is_given_up() && !ready => EditorStage::Queued,
            Some(task) if !task.is_given_up() => EditorStage::Saving {
                merged: task.merged,
            },
            None if self.is_asking(ready) => EditorStage::Asking,
            _ => self.stage.clone(),
        }
    }

    /// Those of the desired states, by their paths.
    fn leaves(&self) -> Leaves {
        let mut leaves = Leaves::new();
        walk(
            &self.base,
            &self.mine,
            self.theirs(),
            &mut |path, sides, changed| {
                let choice = self.choice(path, sides);
                let key = path.iter().map(|key| (*key).to_owned()).collect();
                leaves.insert(key, self.leaf(path, sides, changed, choice));
                None
            },
        );
        leaves
    }

    fn leaf(
        &self,
        path: &[&str],
        sides: Sides<'_>,
        changed: Changed,
        choice: Option<Side>,
    ) -> EditorLeaf {
        let began = value_at(&self.began, path);
        // What flowed in already is compared with what the edit began at.
        let flowed = changed == Changed::Nobody && began != sides.theirs;
        EditorLeaf {
            base: (if flowed { began } else { sides.base }).map(to_json),
            mine: sides.mine.map(to_json),
            theirs: sides.theirs.map(to_json),
            changed: if flowed { Changed::Theirs } else { changed },
            choice: choice.filter(|_| changed == Changed::Conflict),
            ..empty_leaf(path)
        }
    }

    fn merge(&self, result: &State, choices_left: u32) -> MergeView {
        let (mut merged, mut same) = (0, 0);
        let mut open = Vec::new();
        walk(
            &self.base,
            &self.mine,
            self.theirs(),
            &mut |path, sides, changed| {
                match changed {
                    Changed::Nobody => same += 1,
                    Changed::Conflict if self.choice(path, sides).is_none() => {
                        open.push(path.iter().map(|key| (*key).to_owned()).collect());
                    }
                    Changed::Conflict => {}
                    Changed::Mine | Changed::Theirs | Changed::Alike => merged += 1,
                }
                None
            },
        );
        MergeView {
            choices_left,
            merged,
            same,
            result: result_lines(self.theirs(), result, &open),
        }
    }
}

/// Adds what is reported, and the times.
fn add_document(leaves: &mut Leaves, document: &ShadowDocument) {
    document.visit_leaves(&mut |leaf: Leaf<'_>| {
        let path: Vec<String> = leaf.path.iter().map(|key| (*key).to_owned()).collect();
        if leaf.reported.is_none() && !leaves.contains_key(&path) {
            // A part of an object that is shown as a whole.
            return;
        }
        let shown = leaves.entry(path).or_insert_with(|| empty_leaf(leaf.path));
        shown.reported = leaf.reported.map(|stated| to_json(&stated.value));
        shown.reported_at = leaf.reported.and_then(|stated| stated.at);
        shown.desired_at = leaf.desired.and_then(|stated| stated.at);
        shown.differs = leaf.differs;
    });
}

fn empty_leaf(path: &[&str]) -> EditorLeaf {
    EditorLeaf {
        path: path.iter().map(|key| (*key).to_owned()).collect(),
        base: None,
        mine: None,
        theirs: None,
        reported: None,
        desired_at: None,
        reported_at: None,
        changed: Changed::Nobody,
        differs: false,
        choice: None,
    }
}

fn changes(theirs: &State, result: &State) -> u32 {
    let mut changes = 0;
    walk(theirs, result, theirs, &mut |_,
                                       sides: Sides<'_>,
                                       changed|
     -> Option<&Value> {
        changes += u32::from(changed != Changed::Nobody);
        sides.mine
    });
    // Whether an empty object stays is no leaf, and yet a change.
    changes.max(u32::from(theirs != result))
}
