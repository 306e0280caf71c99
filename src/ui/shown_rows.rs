//! The stuck changes in the order in which they are shown. While a hand is among them none moves: what came to an end
//! stays at its place, and says so.

use crate::engine::command::FieldAddress;
use crate::engine::frame::{BoardView, StuckRow};

/// A part of all rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ShownRows {
    pub(super) first: u32,
    /// Of the whole table.
    pub(super) total: u32,
    pub(super) places: Vec<Place>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) row: StuckRow,
    /// It is not stuck any more.
    pub(super) gone: bool,
}

impl ShownRows {
    pub(super) fn new(view: &BoardView) -> Self {
        let place = |row: &StuckRow| Place {
            row: row.clone(),
            gone: false,
        };
        Self {
            first: view.first,
            total: view.total,
            places: view.stuck_rows.iter().map(place).collect(),
        }
    }

    pub(super) fn at(&self, index: u32) -> Option<&Place> {
        self.places.get(index.checked_sub(self.first)? as usize)
    }

    pub(super) fn end(&self) -> u32 {
        self.first + self.places.len() as u32
    }

    /// News in the present order; rows that come into sight follow after it.
    pub(super) fn hold(&self, view: &BoardView) -> Self {
        let total = self.total.max(view.total);
        // So many rows may have moved up and out of the answer, where it does not begin with the first row.
        let left = match view.first {
            0 => 0,
            _ => self.total.saturating_sub(view.total),
        };
        let rows = view.stuck_rows.len().max(self.places.len()) as u32;
        let mut others = view
            .stuck_rows
            .iter()
            .filter(|row| !self.places.iter().any(|place| place.row.field == row.field));
        let mut places = Vec::new();
        for index in view.first..total.min(view.first + rows) {
            let place = match self.at(index) {
                Some(place) => match find(view, &place.row.field) {
                    Some(row) => Some((row, false)),
                    None => Some((&place.row, place.gone || index >= view.first + left)),
                },
                None => others.next().map(|row| (row, false)),
            };
            let Some((row, gone)) = place else {
                break;
            };
            let row = row.clone();
            places.push(Place { row, gone });
        }
        Self {
            first: view.first,
            total,
            places,
        }
    }

    /// Whether the change came to an end, as far as this part can tell.
    pub(super) fn is_gone(&self, field: &FieldAddress) -> bool {
        let place = self.places.iter().find(|place| place.row.field == *field);
        match place {
            Some(place) => place.gone,
            None => self.places.len() as u32 == self.total,
        }
    }
}

fn find<'a>(view: &'a BoardView, field: &FieldAddress) -> Option<&'a StuckRow> {
    view.stuck_rows.iter().find(|row| row.field == *field)
}
