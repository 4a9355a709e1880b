//! The words that a policy document is written in, for whoever completes them.

pub use super::document::{SECTIONS, TRIGGER_KEYS};

use super::document::words::{CIRCLES, LEVELS, SEVERITIES};

/// What a condition is made of besides facts and values.
pub const OPERATORS: &[&str] = &[
    "&&",
    "||",
    "!",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "in",
    "+",
    "-",
    "*",
    "/",
    "has(",
    "duration(",
];

/// The levels, the strongest first.
pub fn levels() -> impl Iterator<Item = &'static str> {
    LEVELS.iter().map(|(word, _)| *word)
}

/// The severities, from the lightest.
pub fn severities() -> impl Iterator<Item = &'static str> {
    SEVERITIES.iter().map(|(word, _)| *word)
}

/// The circles of agents, from the narrowest.
pub fn circles() -> impl Iterator<Item = &'static str> {
    CIRCLES.iter().map(|(word, _)| *word)
}
