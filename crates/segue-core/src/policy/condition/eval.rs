//! The closed form of a condition: every name is resolved, every type known, nothing is
//! allocated while it is asked.

use std::ops::Range;

use super::{
    ValueRef,
    parser::{Comparison, Operation},
};
use crate::policy::facts::{FactRef, Facts};

/// A test with the bytes it was written on.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct Part {
    pub(in crate::policy) span: Range<usize>,
    pub(in crate::policy) test: Test,
}

/// What is yes, no or unknown.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) enum Test {
    Always(bool),
    Fact(FactRef),
    Has(FactRef),
    Not(Box<Self>),
    All(Box<[Part]>),
    Any(Box<[Part]>),
    Numbers(Comparison, Number, Number),
    NumberAmong(Number, Box<[i64]>),
    /// The first says whether they must be equal.
    Texts(bool, Words, Words),
    TextAmong(Words, Box<[Box<str>]>),
    /// The first says whether they must be equal.
    Tests(bool, Box<(Self, Self)>),
    /// Two attributes whose types nobody knows; the first says whether they must be equal.
    Attributes(bool, FactRef, FactRef),
}

/// What is a number or unknown, in thousandths.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) enum Number {
    Always(i64),
    Fact(FactRef),
    Negate(Box<Self>),
    Compute(Operation, Box<(Self, Self)>),
}

/// What is text or unknown.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) enum Words {
    Always(Box<str>),
    Fact(FactRef),
}

impl Test {
    pub(in crate::policy) fn holds<F: Facts + ?Sized>(&self, facts: &F) -> Option<bool> {
        match self {
            Self::Always(answer) => Some(*answer),
            Self::Fact(fact) => truth(fact.of(facts)),
            Self::Has(fact) => Some(fact.of(facts).is_some()),
            Self::Not(inner) => inner.holds(facts).map(|answer| !answer),
            Self::All(parts) => joined(parts, facts, false),
            Self::Any(parts) => joined(parts, facts, true),
            Self::Numbers(comparison, left, right) => Some(compared(
                *comparison,
                left.value(facts)?,
                right.value(facts)?,
            )),
            Self::NumberAmong(number, list) => Some(list.contains(&number.value(facts)?)),
            Self::Texts(equal, left, right) => {
                Some((left.value(facts)? == right.value(facts)?) == *equal)
            }
            Self::TextAmong(words, list) => {
                let words = words.value(facts)?;
                Some(list.iter().any(|item| **item == *words))
            }
            Self::Tests(equal, sides) => {
                Some((sides.0.holds(facts)? == sides.1.holds(facts)?) == *equal)
            }
            Self::Attributes(equal, left, right) => {
                same(left.of(facts)?, right.of(facts)?).map(|same| same == *equal)
            }
        }
    }

    /// The facts that are asked for, each once, in order.
    pub(in crate::policy) fn facts(&self) -> Vec<&FactRef> {
        let mut found = Vec::new();
        self.gather(&mut |fact| {
            if !found.contains(&fact) {
                found.push(fact);
            }
        });
        found
    }

    fn gather<'t>(&'t self, into: &mut impl FnMut(&'t FactRef)) {
        match self {
            Self::Always(_) => {}
            Self::Fact(fact) | Self::Has(fact) => into(fact),
            Self::Not(inner) => inner.gather(into),
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.test.gather(into);
                }
            }
            Self::Numbers(_, left, right) => {
                left.gather(into);
                right.gather(into);
            }
            Self::NumberAmong(number, _) => number.gather(into),
            Self::Texts(_, left, right) => {
                left.gather(into);
                right.gather(into);
            }
            Self::TextAmong(words, _) => words.gather(into),
            Self::Tests(_, sides) => {
                sides.0.gather(into);
                sides.1.gather(into);
            }
            Self::Attributes(_, left, right) => {
                into(left);
                into(right);
            }
        }
    }
}

impl Number {
    pub(in crate::policy) fn value<F: Facts + ?Sized>(&self, facts: &F) -> Option<i64> {
        match self {
            Self::Always(number) => Some(*number),
            Self::Fact(fact) => match fact.of(facts)? {
                ValueRef::Number(number) => Some(number),
                ValueRef::Bool(_) | ValueRef::Text(_) => None,
            },
            Self::Negate(inner) => inner.value(facts)?.checked_neg(),
            Self::Compute(operation, sides) => {
                computed(*operation, sides.0.value(facts)?, sides.1.value(facts)?)
            }
        }
    }

    pub(in crate::policy) fn gather<'t>(&'t self, into: &mut impl FnMut(&'t FactRef)) {
        match self {
            Self::Always(_) => {}
            Self::Fact(fact) => into(fact),
            Self::Negate(inner) => inner.gather(into),
            Self::Compute(_, sides) => {
                sides.0.gather(into);
                sides.1.gather(into);
            }
        }
    }
}

impl Words {
    fn value<'v, F: Facts + ?Sized>(&'v self, facts: &'v F) -> Option<&'v str> {
        match self {
            Self::Always(words) => Some(words),
            Self::Fact(fact) => match fact.of(facts)? {
                ValueRef::Text(text) => Some(text),
                ValueRef::Bool(_) | ValueRef::Number(_) => None,
            },
        }
    }

    fn gather<'t>(&'t self, into: &mut impl FnMut(&'t FactRef)) {
        if let Self::Fact(fact) = self {
            into(fact);
        }
    }
}

const fn truth(value: Option<ValueRef<'_>>) -> Option<bool> {
    match value {
        Some(ValueRef::Bool(answer)) => Some(answer),
        _ => None,
    }
}

/// One part that is `decisive` decides; otherwise one that is unknown leaves it unknown.
fn joined<F: Facts + ?Sized>(parts: &[Part], facts: &F, decisive: bool) -> Option<bool> {
    let mut answer = Some(!decisive);
    for part in parts {
        match part.test.holds(facts) {
            Some(it) if it == decisive => return Some(decisive),
            Some(_) => {}
            None => answer = None,
        }
    }
    answer
}

pub(in crate::policy) const fn compared(comparison: Comparison, left: i64, right: i64) -> bool {
    match comparison {
        Comparison::Equal => left == right,
        Comparison::Unequal => left != right,
        Comparison::Less => left < right,
        Comparison::LessOrEqual => left <= right,
        Comparison::Greater => left > right,
        Comparison::GreaterOrEqual => left >= right,
    }
}

/// In thousandths; what does not fit, and a division by zero, is unknown.
fn computed(operation: Operation, left: i64, right: i64) -> Option<i64> {
    let (wide, by) = (i128::from(left), i128::from(right));
    let result = match operation {
        Operation::Add => wide + by,
        Operation::Subtract => wide - by,
        Operation::Multiply => wide * by / 1000,
        Operation::Divide => (wide * 1000).checked_div(by)?,
    };
    i64::try_from(result).ok()
}

fn same(left: ValueRef<'_>, right: ValueRef<'_>) -> Option<bool> {
    let same_type = std::mem::discriminant(&left) == std::mem::discriminant(&right);
    same_type.then_some(left == right)
}
