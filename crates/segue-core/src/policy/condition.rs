//! Conditions: a small typed language over the facts of a conversation, a subset of CEL.

use serde::{Deserialize, Serialize};

/// A value that a condition can see. Numbers are in thousandths, so `0.7` is 700 and `8` is 8000:
/// no rounding ever changes a decision.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// In thousandths.
    Number(i64),
    /// Words.
    Text(String),
}

/// A checked condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition;

/// What one clause of a condition saw when it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// The clause as the policy writes it.
    pub text: String,
    /// The facts in it with their values, for a person to read; unknown facts have none.
    pub values: Vec<(String, Option<Value>)>,
    /// What it came to; none where a fact that matters is unknown.
    pub holds: Option<bool>,
}
