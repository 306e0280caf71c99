//! Choosing many devices in the list: one by one, a range, or all that are found.

use leptos::prelude::*;

use super::format;
use super::icons::{Icon, icon};
use super::keys::focus_if_lost;
use super::reactive::{act, live, memo, watch};
use super::store::Store;
use super::text::{bulk as words, language, say};
use crate::engine::command::Who;
use crate::engine::frame::Chip;

/// A range that reaches beyond the rows in sight is asked for whole, and holds no more than this.
const LONGEST_RANGE: u32 = 10_000;

/// Signals that live as long as the page. Found in the context of every component.
#[derive(Clone, Copy)]
pub(super) struct Choosing {
    store: Store,
    pub(super) on: RwSignal<bool>,
    chosen: RwSignal<Chosen>,
    /// The row that a range begins at.
    anchor: StoredValue<Option<u32>>,
    /// A range whose rows are not all here yet: its first row and its last.
    pub(super) range: RwSignal<Option<(u32, u32)>>,
}

#[derive(Clone, Default)]
struct Chosen {
    /// Every device that is found by this.
    found: Option<(String, Chip)>,
    /// The chosen ones; of those found, the ones that are not. In the order of their letters.
    names: Vec<String>,
}

impl Chosen {
    fn has(&self, name: &str) -> bool {
        let listed = self.position(name).is_ok();
        listed != self.found.is_some()
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.names
            .binary_search_by(|other| other.as_str().cmp(name))
    }

    fn turn(&mut self, name: &str) {
        match self.position(name) {
            Ok(at) => {
                self.names.remove(at);
            }
            Err(at) => self.names.insert(at, name.to_owned()),
        }
    }

    fn choose(&mut self, name: &str) {
        if !self.has(name) {
            self.turn(name);
        }
    }
}

impl Choosing {
    pub(super) fn start() -> Self {
        let choosing = Self {
            store: expect_context(),
            on: RwSignal::default(),
            chosen: RwSignal::default(),
            anchor: StoredValue::default(),
            range: RwSignal::default(),
        };
        let store = choosing.store;
        watch(move || {
            let question = (store.search.get(), store.chip.get());
            choosing.anchor.set_value(None);
            // Others would be found now.
            let found = choosing
                .chosen
                .with_untracked(|chosen| chosen.found.clone());
            if found.is_some_and(|found| found != question) {
                choosing.clear();
            }
        });
        choosing
    }

    pub(super) fn begin(self) {
        self.on.set(true);
        keep_focus();
    }

    pub(super) fn end(self) {
        self.on.set(false);
        self.clear();
        keep_focus();
    }

    pub(super) fn clear(self) {
        self.range.set(None);
        self.anchor.set_value(None);
        self.chosen.set(Chosen::default());
    }

    pub(super) fn has(self, name: &str) -> bool {
        self.chosen.with(|chosen| chosen.has(name))
    }

    /// Follows the list where everybody found is meant.
    pub(super) fn count(self) -> u32 {
        self.chosen.with(|chosen| {
            let names = chosen.names.len() as u32;
            match chosen.found {
                Some(_) => {
                    let total = self.store.list.with(|list| list.total);
                    total.saturating_sub(names)
                }
                None => names,
            }
        })
    }

    fn choose_found(self) {
        let search = self.store.search.get_untracked();
        let chip = self.store.chip.get_untracked();
        self.chosen.set(Chosen {
            found: Some((search, chip)),
            names: Vec::new(),
        });
    }

    /// The row at `index` of the whole list is pressed; with Shift, everything from the row pressed before.
    pub(super) fn press(self, index: u32, shift: bool) {
        let anchor = self.anchor.get_value().filter(|_| shift);
        if let Some(anchor) = anchor {
            let (first, last) = (anchor.min(index), anchor.max(index));
            self.range
                .set(Some((first, last.min(first + LONGEST_RANGE))));
            return;
        }
        self.anchor.set_value(Some(index));
        let name = self.store.list.with_untracked(|list| {
            let place = index.checked_sub(list.first)? as usize;
            list.rows.get(place).map(|row| row.name.clone())
        });
        if let Some(name) = name {
            self.chosen.update(|chosen| chosen.turn(&name));
        }
    }

    /// Takes a range in once all its rows are here, and asks for them until then. True: it is in.
    pub(super) fn take_range(self) -> bool {
        let Some((first, last)) = self.range.get() else {
            return false;
        };
        let store = self.store;
        let names = store.list.with(|list| {
            let start = first.checked_sub(list.first)? as usize;
            let end =
                (last.min(list.total.saturating_sub(1)) + 1).checked_sub(list.first)? as usize;
            let rows = list.rows.get(start..end)?;
            Some(rows.iter().map(|row| row.name.clone()).collect::<Vec<_>>())
        });
        let Some(names) = names else {
            store.first_row.set(first);
            store.rows.set(last - first + 1);
            return false;
        };
        self.range.set(None);
        self.chosen
            .update(|chosen| names.iter().for_each(|name| chosen.choose(name)));
        true
    }

    /// Follows the choice.
    pub(super) fn who(self, shadow: Option<String>, path: Vec<String>) -> Who {
        let Chosen { found, names } = self.chosen.get();
        match found {
            Some((search, chip)) => Who::Found {
                search,
                chip,
                except: names,
                shadow,
                path,
            },
            None => Who::Devices {
                names,
                shadow,
                path,
            },
        }
    }
}

/// Stands in the place of counts and order while devices are chosen.
pub(super) fn choosing_head(choosing: Choosing) -> AnyView {
    let language = language();
    let total = memo(move |_| choosing.store.list.with(|list| list.total));
    let all = live(move || {
        let figure = format::count(total.get().into());
        words::SELECT_ALL.fill(language.get(), &[&figure])
    });
    let selected = live(move || {
        let figure = format::count(choosing.count().into());
        words::SELECTED.fill(language.get(), &[&figure])
    });
    view! {
        <p class="list-selected" aria-live="polite">{selected}</p>
        <button type="button" class="link" on:click=act(move |_| choosing.choose_found())>
            {all}
        </button>
        <button
            type="button"
            class="link"
            hidden=move || choosing.count() == 0
            on:click=act(move |_| choosing.clear())
        >
            {say(words::SELECT_NONE)}
        </button>
    }
    .into_any()
}

/// The button that was pressed goes; the one in its place gets the focus.
fn keep_focus() {
    request_animation_frame(|| focus_if_lost(".list-foot button"));
}

/// The way into choosing, and from there to the change. `change` is called for it.
pub(super) fn choosing_foot(choosing: Choosing, change: Callback<()>) -> AnyView {
    let language = language();
    let count = memo(move |_| choosing.count());
    let figure = move || format::count(count.get().into());
    let name = live(move || match count.get() {
        0 | 1 => words::CHANGE_ONE.text(language.get()).to_owned(),
        _ => words::CHANGE_MANY.fill(language.get(), &[&figure()]),
    });
    let view = live(move || {
        let view = match choosing.on.get() {
            false => view! {
                <button type="button" class="list-several" on:click=act(move |_| choosing.begin())>
                    {icon(Icon::Select)}
                    {say(words::SEVERAL)}
                </button>
            }
            .into_any(),
            true => view! {
                <button type="button" class="button" on:click=act(move |_| choosing.end())>
                    {say(words::CANCEL)}
                </button>
                <button
                    type="button"
                    class="button primary"
                    disabled=move || count.get() == 0
                    on:click=act(move |_| change.run(()))
                >
                    {name.clone()}
                </button>
            }
            .into_any(),
        };
        Some(view)
    });
    view! { <div class="list-foot">{view}</div> }.into_any()
}
