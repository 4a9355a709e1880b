//! Conditions: a small typed language over the facts of a conversation, a subset of CEL.
//!
//! `&& || ! == != < <= > >= in [..] + - * /`, parentheses, `has(fact)`, `duration("2m")` (a
//! number of seconds), and the literals `"text"`, `0.7`, `true`, `false`. A fact that is not
//! known makes a clause unknown; `unknown && false` is false, `unknown || true` is true, and
//! what stays unknown never fires. Numbers are exact, in thousandths; a product or quotient
//! drops what is smaller, a result that does not fit is unknown.
//!
//! A text is lexed, parsed into a tree with spans, and checked against the table of facts; what
//! remains is a closed form that is evaluated without allocation.

use serde::{Deserialize, Serialize};

use super::facts::{FactRef, Facts};

mod check;
mod eval;
mod lexer;
mod names;
mod parser;
mod ranges;

pub(in crate::policy) use check::turned;
pub use check::{Fault, Vocabulary};
pub(in crate::policy) use eval::{Number, Part, Test, Words, compared};
pub(in crate::policy) use parser::Comparison;
pub(in crate::policy) use ranges::thousandths;

/// The longest condition that is read, in bytes.
pub const MAX_LENGTH: usize = 4096;
/// The deepest nesting that is read.
pub const MAX_DEPTH: usize = 32;

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

/// A value that is looked at where it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueRef<'v> {
    /// Yes or no.
    Bool(bool),
    /// In thousandths.
    Number(i64),
    /// Words.
    Text(&'v str),
}

/// A checked condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    source: Box<str>,
    root: Part,
}

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

impl Condition {
    /// Reads a condition and checks it against the facts and the policy's own names. Warnings
    /// come with the condition, errors instead of it.
    pub fn parse(
        source: &str,
        vocabulary: &Vocabulary<'_>,
    ) -> Result<(Self, Vec<Fault>), Vec<Fault>> {
        let tree = parser::parse(source).map_err(|fault| vec![fault])?;
        let (root, warnings) = check::check(&tree, vocabulary)?;
        let condition = Self {
            source: source.into(),
            root,
        };
        Ok((condition, warnings))
    }

    /// Whether it holds; none where a fact that matters is unknown, which never fires.
    pub fn holds<F: Facts + ?Sized>(&self, facts: &F) -> Option<bool> {
        self.root.test.holds(facts)
    }

    /// The clauses that made the answer what it is, with what they saw: all of an `&&` that
    /// holds, those of an `||` that hold, and the other way round for what does not.
    pub fn explain<F: Facts + ?Sized>(&self, facts: &F) -> Vec<Clause> {
        let mut clauses = Vec::new();
        self.gather(&self.root, facts, &mut clauses);
        clauses
    }

    /// The condition as the policy writes it, on one line.
    pub fn text(&self) -> String {
        on_one_line(&self.source)
    }

    /// The facts it asks for, each once, in the order of their first mention.
    pub fn facts(&self) -> Vec<&FactRef> {
        self.root.test.facts()
    }

    /// What is tested, with the places in the condition's own text.
    pub(in crate::policy) fn root(&self) -> &Part {
        &self.root
    }

    /// A part of it as the policy writes it, on one line.
    pub(in crate::policy) fn part_text(&self, part: &Part) -> String {
        on_one_line(self.source.get(part.span.clone()).unwrap_or_default())
    }

    fn gather<F: Facts + ?Sized>(&self, part: &Part, facts: &F, into: &mut Vec<Clause>) {
        let holds = part.test.holds(facts);
        match &part.test {
            Test::All(parts) | Test::Any(parts) => parts
                .iter()
                .filter(|part| part.test.holds(facts) == holds)
                .for_each(|part| self.gather(part, facts, into)),
            leaf => into.push(Clause {
                text: self.part_text(part),
                values: leaf
                    .facts()
                    .into_iter()
                    .map(|fact| (fact.name(), fact.of(facts).map(Value::from)))
                    .collect(),
                holds,
            }),
        }
    }
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
