//! Which change of many devices is open in the panel: a new one, or a job. The job itself is the engine's.

use leptos::prelude::*;

use super::choosing::Choosing;
use super::commands::Commands;
use super::keys::focus_soon;
use super::open::{Open, Page};
use super::reactive::{memo, watch};
use super::store::Store;
use crate::engine::command::{BulkCommand, Command};
use crate::engine::frame::{Control, Selected, ValueKind};

/// Signals that live as long as the page. Found in the context of every component.
#[derive(Clone, Copy)]
pub(super) struct Bulk {
    pub(super) store: Store,
    pub(super) choosing: Choosing,
    commands: Commands,
    open: Open,
    pub(super) target: RwSignal<Option<Target>>,
    /// Of the shadow that was opened last.
    pub(super) keys: RwSignal<Vec<KnownKey>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// For the devices that are chosen in the list.
    New,
    Job(u32),
}

/// What a value of a key looks like.
#[derive(Clone, PartialEq)]
pub(super) struct KnownKey {
    pub(super) path: Vec<String>,
    pub(super) control: Control,
    pub(super) kind: ValueKind,
}

impl Bulk {
    pub(super) fn start(open: Open) -> Self {
        let bulk = Self {
            store: expect_context(),
            choosing: expect_context(),
            commands: expect_context(),
            open,
            target: RwSignal::default(),
            keys: RwSignal::default(),
        };
        bulk.learn_keys();
        watch(move || {
            // There is room for one panel.
            if bulk.store.selection.with(Option::is_some) {
                bulk.close();
            }
        });
        watch(move || {
            let target = bulk.target.get_untracked();
            let undoing = bulk.store.jobs.with(|jobs| {
                let undoes = |id| jobs.iter().find(|job| job.undoes == Some(id));
                match target {
                    Some(Target::Job(id)) => undoes(id).map(|job| job.id),
                    _ => None,
                }
            });
            if let Some(id) = undoing {
                bulk.target.set(Some(Target::Job(id)));
            }
        });
        bulk
    }

    fn learn_keys(self) {
        let selected = self.store.selected;
        let version = memo(move |_| {
            selected.with(|selected| match selected {
                Selected::Device(device) => {
                    let version = device.shadow.as_ref().map(|shadow| shadow.version);
                    version.map(|version| (device.name.clone(), version))
                }
                _ => None,
            })
        });
        watch(move || {
            version.track();
            let keys = selected.with_untracked(|selected| {
                let Selected::Device(device) = selected else {
                    return None;
                };
                let fields = device.shadow.as_ref()?.fields.iter();
                let known = fields.map(|field| KnownKey {
                    path: field.path.clone(),
                    control: field.control.clone(),
                    kind: field
                        .reported
                        .as_ref()
                        .or(field.desired.as_ref())
                        .map_or(ValueKind::Text, |value| value.kind),
                });
                Some(known.collect::<Vec<_>>())
            });
            if let Some(keys) = keys {
                self.keys.set(keys);
            }
        });
    }

    pub(super) fn is_open(self) -> bool {
        self.target.with(Option::is_some)
    }

    /// A new change for the devices that are chosen.
    pub(super) fn begin(self) {
        self.store.select(None);
        self.target.set(Some(Target::New));
        focus_soon("#bulk-key");
    }

    pub(super) fn reopen(self, id: u32) {
        self.open.go(Page::Map);
        self.store.select(None);
        self.target.set(Some(Target::Job(id)));
        focus_soon(".bulk .icon-button");
    }

    /// Closes the panel. A job goes on.
    pub(super) fn close(self) {
        if self.target.get_untracked().is_some() {
            self.target.set(None);
        }
    }

    pub(super) fn send(self, command: BulkCommand) {
        self.commands.send(Command::Bulk(command));
    }
}
