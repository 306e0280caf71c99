//! Who is concerned by a job, what each of them wants now, and what will be wished of it.

use std::collections::{HashMap, HashSet};

use super::job::{Item, Place};
use super::{BulkRequest, BulkWish, Who};
use crate::engine::board::stuck::Search;
use crate::engine::command::Wish;
use crate::engine::controls::value_of;
use crate::engine::known::Known;
use crate::fleet::Slot;
use crate::shadow::document::{ShadowDocument, Stated};
use crate::shadow::value::Value;
use crate::time::Now;

/// Leaves that one job may concern; the rest is left out.
const MAX_ITEMS: usize = 100_000;

/// A job before it has a number.
pub(super) struct Plan {
    pub(super) what: BulkWish,
    pub(super) places: Vec<Place>,
    /// Those that change, in the order of sending, and then those that are left alone.
    pub(super) items: Vec<Item>,
    pub(super) changing: usize,
    pub(super) silent: u32,
}

impl Plan {
    pub(super) fn capture(request: BulkRequest, known: &mut Known, now: Now) -> Self {
        let BulkRequest { who, what } = request;
        let mut chosen = Chosen::default();
        chosen.choose(who, known, now);
        let leaves = chosen.leaves.into_iter();
        let items = leaves.map(|(slot, place)| {
            let at = chosen.places.get(place as usize);
            item(slot, place, at, &what, known)
        });
        let items = items.collect();
        Self::new(what, chosen.places, items, known)
    }

    /// Puts them in order: those that answer first, so that the first stages tell something.
    pub(super) fn new(what: BulkWish, places: Vec<Place>, items: Vec<Item>, known: &Known) -> Self {
        let (changing, mut left_alone): (Vec<_>, Vec<_>) =
            items.into_iter().partition(Item::changes);
        let is_silent = |item: &Item| known.fleet.is_silent(item.slot);
        let (silent, mut items): (Vec<_>, Vec<_>) = changing.into_iter().partition(is_silent);
        let silent_devices = silent.len() as u32;
        items.extend(silent);
        let changing = items.len();
        items.append(&mut left_alone);
        Self {
            what,
            places,
            items,
            changing,
            silent: silent_devices,
        }
    }
}

/// Leaves of devices, each once.
#[derive(Default)]
struct Chosen {
    places: Vec<Place>,
    known_places: HashMap<Place, u32>,
    leaves: Vec<(Slot, u32)>,
    known_leaves: HashSet<(Slot, u32)>,
}

impl Chosen {
    fn choose(&mut self, who: Who, known: &mut Known, now: Now) {
        match who {
            Who::Found {
                search,
                chip,
                except,
                shadow,
                path,
            } => {
                let place = self.place(Place { shadow, path });
                let find = |name: &String| known.fleet.find(name);
                let except: HashSet<_> = except.iter().filter_map(find).collect();
                for slot in known.fleet.found(&search, chip) {
                    if !except.contains(&slot) {
                        self.add(slot, place);
                    }
                }
            }
            Who::Devices {
                names,
                shadow,
                path,
            } => {
                let place = self.place(Place { shadow, path });
                for slot in names.iter().filter_map(|name| known.fleet.find(name)) {
                    self.add(slot, place);
                }
            }
            Who::Fields(fields) => {
                for field in fields {
                    if let Some(slot) = known.fleet.find(&field.device) {
                        let (shadow, path) = (field.shadow, field.path);
                        let place = self.place(Place { shadow, path });
                        self.add(slot, place);
                    }
                }
            }
            Who::Stuck {
                older_than,
                key,
                cause,
            } => {
                let search = Search::new(known, older_than, now.wall);
                let found = search.found.iter();
                for stuck in found.filter(|stuck| search.fits(stuck, key.as_deref(), cause)) {
                    let field = search.field(stuck, known);
                    let (shadow, path) = (field.shadow, field.path);
                    let place = self.place(Place { shadow, path });
                    self.add(stuck.slot, place);
                }
            }
        }
    }

    fn place(&mut self, place: Place) -> u32 {
        if let Some(known) = self.known_places.get(&place) {
            return *known;
        }
        let number = self.places.len() as u32;
        self.places.push(place.clone());
        self.known_places.insert(place, number);
        number
    }

    fn add(&mut self, slot: Slot, place: u32) {
        if self.leaves.len() < MAX_ITEMS && self.known_leaves.insert((slot, place)) {
            self.leaves.push((slot, place));
        }
    }
}

fn item(slot: Slot, number: u32, place: Option<&Place>, what: &BulkWish, known: &Known) -> Item {
    let shadow = place.and_then(|place| place.shadow.as_deref());
    let path = place.map_or(&[][..], |place| &place.path);
    let document = known.shadows.document(slot, shadow);
    let before = document.and_then(|document| value(document.desired.leaf(path)));
    let after = wanted(what, document, path);
    Item::new(slot, number, document.is_some(), before, after)
}

/// What the desired value becomes. None: it goes away.
fn wanted(what: &BulkWish, document: Option<&ShadowDocument>, path: &[String]) -> Option<Value> {
    let desired = document.and_then(|document| value(document.desired.leaf(path)));
    let reported = document.and_then(|document| value(document.reported.leaf(path)));
    match what {
        BulkWish::Set(wish) => wished(wish, desired, reported),
        // Where nothing is wished there is nothing to bring into line.
        BulkWish::AcceptReported => desired.and(reported),
        BulkWish::Remove => None,
        BulkWish::OwnForm => {
            let desired = desired?;
            let form = reported.and_then(|reported| desired.in_form_of(&reported));
            Some(form.unwrap_or(desired))
        }
    }
}

/// In the form that the device uses.
fn wished(wish: &Wish, desired: Option<Value>, reported: Option<Value>) -> Option<Value> {
    match wish {
        Wish::Switch(on) => {
            let form = reported.or(desired);
            Some(form.map_or(Value::Bool(*on), |form| form.with_switch(*on)))
        }
        // What is no value changes nothing.
        Wish::Value(view) => match value_of(view) {
            Some(Value::Null) => None,
            Some(value) => Some(match reported.or_else(|| desired.clone()) {
                Some(form) => value.written_as(&form),
                None => value,
            }),
            None => desired,
        },
        Wish::Remove => None,
    }
}

fn value(stated: Option<&Stated>) -> Option<Value> {
    stated.map(|stated| stated.value.clone())
}
