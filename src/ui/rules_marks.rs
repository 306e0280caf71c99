//! Where colours and faults stand in a text that is typed on while they are found: places in bytes of the text that was
//! looked at become places of the text as it is now. Knows no SQL.

use std::ops::Range;

use crate::engine::frame::{SqlMark, SqlMarkKind};

/// What became of one text in another: the same beginning, the same end, and something else between them.
pub struct Shift {
    begin: usize,
    end: usize,
    grown: isize,
}

impl Shift {
    pub fn between(before: &str, after: &str) -> Self {
        let same = |(one, other): &(char, char)| one == other;
        let begin: usize = before
            .chars()
            .zip(after.chars())
            .take_while(same)
            .map(|(one, _)| one.len_utf8())
            .sum();
        let (before_rest, after_rest) = (&before[begin..], &after[begin..]);
        let tail: usize = before_rest
            .chars()
            .rev()
            .zip(after_rest.chars().rev())
            .take_while(same)
            .map(|(one, _)| one.len_utf8())
            .sum();
        Self {
            begin,
            end: before.len() - tail,
            grown: after.len() as isize - before.len() as isize,
        }
    }

    /// None: what stood there was changed.
    pub fn apply(&self, place: Range<usize>) -> Option<Range<usize>> {
        if place.end <= self.begin {
            return Some(place);
        }
        if place.start < self.end {
            return None;
        }
        let moved = |at: usize| at.checked_add_signed(self.grown);
        Some(moved(place.start)?..moved(place.end)?)
    }
}

/// A piece of a line that looks the same from its beginning to its end.
#[derive(Debug, PartialEq)]
pub struct Piece {
    pub text: String,
    pub kind: Option<SqlMarkKind>,
    pub faulty: bool,
}

/// The lines of a text. `seen` is the text that the marks are of.
pub fn lines(
    text: &str,
    seen: &str,
    marks: &[SqlMark],
    fault: Option<&Range<usize>>,
) -> Vec<Vec<Piece>> {
    let shift = Shift::between(seen, text);
    let mut marks = marks
        .iter()
        .filter_map(|mark| {
            let at = mark.at as usize;
            Some((shift.apply(at..at + mark.len as usize)?, mark.kind))
        })
        .peekable();
    let mut lines = vec![Vec::new()];
    let mut line: Vec<Piece> = Vec::new();
    for (at, letter) in text.char_indices() {
        if letter == '\n' {
            close(&mut lines, &mut line);
            continue;
        }
        while marks.next_if(|(place, _)| place.end <= at).is_some() {}
        let mark = marks.peek().filter(|(place, _)| place.contains(&at));
        let kind = mark.map(|(_, kind)| *kind);
        let faulty = fault.is_some_and(|fault| fault.contains(&at));
        match line.last_mut() {
            Some(piece) if piece.kind == kind && piece.faulty == faulty => piece.text.push(letter),
            _ => line.push(Piece {
                text: letter.into(),
                kind,
                faulty,
            }),
        }
    }
    close(&mut lines, &mut line);
    lines.remove(0);
    lines
}

fn close(lines: &mut Vec<Vec<Piece>>, line: &mut Vec<Piece>) {
    lines.push(std::mem::take(line));
}

/// What can be seen of a fault: at least one letter of its line, where there is one.
pub fn visible(text: &str, fault: Range<usize>) -> Range<usize> {
    if fault.end > fault.start {
        return fault;
    }
    let after = text.get(fault.start..).and_then(|rest| rest.chars().next());
    if let Some(letter) = after.filter(|letter| *letter != '\n') {
        return fault.start..fault.start + letter.len_utf8();
    }
    let before = text.get(..fault.start);
    let before = before.and_then(|before| before.chars().next_back());
    let width = before.filter(|letter| *letter != '\n');
    fault.start - width.map_or(0, char::len_utf8)..fault.start
}

/// The line of a place, from 0.
pub fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    before.iter().filter(|byte| **byte == b'\n').count()
}

/// In the units in which a browser counts.
pub fn browser_units(text: &str) -> u32 {
    text.encode_utf16().count() as u32
}

/// The byte that a browser's place stands for: the end of the text where it is too far.
pub fn byte_at(text: &str, units: u32) -> usize {
    let mut left = units as usize;
    for (at, letter) in text.char_indices() {
        match left.checked_sub(letter.len_utf16()) {
            Some(rest) if left > 0 => left = rest,
            _ => return at,
        }
    }
    text.len()
}
