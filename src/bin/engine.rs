//! The engine worker's entry.

fn main() {}
