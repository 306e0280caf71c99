//! Words of rules.
