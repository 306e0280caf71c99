//! Figures as tables for people and as JSON for programs. A figure that is not known is left out.

use std::io;
use std::path::Path;

use serde_json::{Map, Value, json};

/// Characters for who was measured.
const WHO: usize = 20;

/// One line of figures.
#[derive(Debug)]
pub(crate) struct Run {
    page: &'static str,
    transport: Option<&'static str>,
    fields: Vec<(&'static str, f64)>,
}

impl Run {
    /// `page` is who was measured: `gnomon` or a peer.
    pub(crate) fn of(page: &'static str) -> Self {
        Self {
            page,
            transport: None,
            fields: Vec::new(),
        }
    }

    /// What it was measured over, where that matters.
    pub(crate) fn over(self, transport: &'static str) -> Self {
        Self {
            transport: Some(transport),
            ..self
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Option<f64>>) -> Self {
        self.fields
            .extend(value.into().map(|value| (name, rounded(value))));
        self
    }

    fn to_json(&self) -> Value {
        let mut object = Map::from_iter([("page".to_owned(), json!(self.page))]);
        object.extend(
            self.transport
                .map(|name| ("transport".to_owned(), json!(name))),
        );
        for (name, value) in &self.fields {
            // Whole figures are counts.
            let value = match value.fract() {
                0.0 => json!(*value as i64),
                _ => json!(value),
            };
            object.insert((*name).to_owned(), value);
        }
        object.into()
    }
}

/// Prints runs that have the same fields.
pub(crate) fn print_table(title: &str, runs: &[Run]) {
    println!("\n{title}\n");
    let Some(first) = runs.first() else {
        return;
    };
    print!("{:<WHO$}", "");
    for (name, _) in &first.fields {
        print!("  {name:>width$}", width = width(name));
    }
    println!();
    for run in runs {
        let who = [run.page, run.transport.unwrap_or_default()].join(" ");
        print!("{who:<WHO$}");
        for (name, value) in &run.fields {
            print!("  {value:>width$}", width = width(name));
        }
        println!();
    }
}

pub(crate) fn write_json(path: &Path, runs: &[Run]) -> io::Result<()> {
    let runs: Vec<Value> = runs.iter().map(Run::to_json).collect();
    let text = serde_json::to_string_pretty(&json!({ "runs": runs }))?;
    std::fs::write(path, text + "\n")
}

fn width(name: &str) -> usize {
    name.len().max(8)
}

/// Three digits that count, or all before the point.
fn rounded(value: f64) -> f64 {
    let scale = match value.abs() {
        size if size >= 100.0 => 1.0,
        size if size >= 10.0 => 10.0,
        size if size >= 1.0 => 100.0,
        _ => 1000.0,
    };
    (value * scale).round() / scale
}
