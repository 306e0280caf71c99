//! What a person said about controls as text that a person can read, keep and hand on. Knows no storage.

use super::{ControlKind, ControlSet, MAX_SHAPES, Shape};

/// The first line. Texts of another kind or version hold nothing for us.
const HEAD: &str = "gnomon controls 1";

const YES: &str = "yes";

const KINDS: [(&str, ControlKind); 7] = [
    ("read only", ControlKind::ReadOnly),
    ("switch", ControlKind::Switch),
    ("number", ControlKind::Number),
    ("choice", ControlKind::Choice),
    ("text", ControlKind::Text),
    ("colour", ControlKind::Colour),
    ("momentary", ControlKind::Momentary),
];

/// The line that cannot be read, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineFault {
    /// The first one is 1.
    pub line: usize,
    pub problem: LineProblem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineProblem {
    /// The text does not begin as such texts do.
    Head,
    /// It has no `=`.
    NoValue,
    UnknownKey,
    /// It speaks of a key before any `path=`.
    NoPath,
    /// Another part of the text is about the same path.
    SamePath,
    TooMany,
    NotANumber,
    UnknownKind,
}

/// One line for each thing that is said. Of two shapes for one path the first is written.
pub fn write(controls: &ControlSet) -> String {
    let mut text = HEAD.to_owned();
    let mut line = |key: &str, value: &str| {
        text.push('\n');
        text.push_str(key);
        text.push('=');
        text.push_str(value);
    };
    if controls.review {
        line("review", YES);
    }
    let mut written: Vec<&[String]> = Vec::new();
    for shape in controls.shapes.iter().take(MAX_SHAPES) {
        if shape.path.is_empty() || written.contains(&&*shape.path) {
            continue;
        }
        written.push(&shape.path);
        line("path", &path_text(&shape.path));
        if shape.pinned {
            line("pinned", YES);
        }
        for (key, value) in [("label", &shape.label), ("unit", &shape.unit)] {
            if !value.is_empty() {
                line(key, &escaped(value, ""));
            }
        }
        if let Some((name, _)) = KINDS.iter().find(|(_, kind)| Some(*kind) == shape.kind) {
            line("kind", name);
        }
        for (key, number) in [("min", shape.min), ("max", shape.max), ("step", shape.step)] {
            if let Some(number) = number.filter(|number| number.is_finite()) {
                line(key, &number.to_string());
            }
        }
        for choice in &shape.choices {
            line("choice", &escaped(choice, ""));
        }
    }
    text.push('\n');
    text
}

/// Reads what [`write()`] wrote, or a person did in its place. Empty lines are passed over.
pub fn read(text: &str) -> Result<ControlSet, LineFault> {
    let mut controls = ControlSet::default();
    let mut lines = text.lines().zip(1..);
    let head = lines.next().map(|(line, _)| line.trim_end());
    if head != Some(HEAD) {
        let problem = LineProblem::Head;
        return Err(LineFault { line: 1, problem });
    }
    for (text, line) in lines {
        if text.trim().is_empty() {
            continue;
        }
        let taken = take(&mut controls, text);
        taken.map_err(|problem| LineFault { line, problem })?;
    }
    Ok(controls)
}

fn take(controls: &mut ControlSet, line: &str) -> Result<(), LineProblem> {
    let (key, value) = line.split_once('=').ok_or(LineProblem::NoValue)?;
    match key.trim() {
        "review" => controls.review = value.trim() == YES,
        "path" => {
            let path = path_of(value);
            if controls.shapes.iter().any(|shape| shape.path == path) {
                return Err(LineProblem::SamePath);
            }
            if controls.shapes.len() >= MAX_SHAPES {
                return Err(LineProblem::TooMany);
            }
            controls.shapes.push(Shape {
                path,
                ..Shape::default()
            });
        }
        key => {
            let shape = controls.shapes.last_mut();
            take_part(shape.ok_or(LineProblem::NoPath), key, value)?;
        }
    }
    Ok(())
}

fn take_part(
    shape: Result<&mut Shape, LineProblem>,
    key: &str,
    value: &str,
) -> Result<(), LineProblem> {
    const KEYS: [&str; 8] = [
        "pinned", "label", "unit", "kind", "min", "max", "step", "choice",
    ];
    if !KEYS.contains(&key) {
        return Err(LineProblem::UnknownKey);
    }
    let shape = shape?;
    match key {
        "pinned" => shape.pinned = value.trim() == YES,
        "label" => shape.label = unescaped(value),
        "unit" => shape.unit = unescaped(value),
        "choice" => shape.choices.push(unescaped(value)),
        "kind" => {
            let kind = KINDS.iter().find(|(name, _)| *name == value.trim());
            shape.kind = Some(kind.ok_or(LineProblem::UnknownKind)?.1);
        }
        _ => {
            let number: Option<f64> = value.trim().parse().ok();
            let number = number.filter(|number| number.is_finite());
            let number = Some(number.ok_or(LineProblem::NotANumber)?);
            match key {
                "min" => shape.min = number,
                "max" => shape.max = number,
                _ => shape.step = number,
            }
        }
    }
    Ok(())
}

/// Keys joined by dots; a dot in a key has a backslash before it.
fn path_text(path: &[String]) -> String {
    let keys: Vec<_> = path.iter().map(|key| escaped(key, ".")).collect();
    keys.join(".")
}

fn path_of(text: &str) -> Vec<String> {
    let mut path = Vec::new();
    let mut rest = text;
    let mut key = String::new();
    while let Some(place) = rest.find(['\\', '.']) {
        // A backslash keeps what follows it.
        let is_dot = rest[place..].starts_with('.');
        let next = rest[place..].chars().take(if is_dot { 1 } else { 2 });
        let end = place + next.map(char::len_utf8).sum::<usize>();
        key.push_str(&rest[..if is_dot { place } else { end }]);
        if is_dot {
            path.push(unescaped(&std::mem::take(&mut key)));
        }
        rest = &rest[end..];
    }
    key.push_str(rest);
    path.push(unescaped(&key));
    path
}

/// Without line breaks, and with a backslash before each of `also`.
fn escaped(value: &str, also: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for char in value.chars() {
        match char {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            char => {
                if char == '\\' || also.contains(char) {
                    text.push('\\');
                }
                text.push(char);
            }
        }
    }
    text
}

fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(char) = chars.next() {
        let kept = match char {
            '\\' => chars.next().map(|next| match next {
                'n' => '\n',
                'r' => '\r',
                other => other,
            }),
            char => Some(char),
        };
        text.extend(kept);
    }
    text
}
