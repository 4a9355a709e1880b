//! The numbers in a condition: what a fact can be, and what is then never or always so.

use std::ops::Range;

use super::{check::Checker, parser::Comparison};
use crate::policy::facts::{Fact, Kind};

impl Checker<'_> {
    /// A number that the fact never has is a slip; a comparison that is always so is suspicious.
    pub(super) fn in_range(
        &mut self,
        fact: Fact,
        comparison: Comparison,
        number: i64,
        span: &Range<usize>,
    ) -> Option<()> {
        let Kind::Number { low, high } = fact.kind() else {
            return Some(());
        };
        let range = match high {
            Some(high) => format!(
                "`{}` goes from {} to {}",
                fact.name(),
                low / 1000,
                high / 1000
            ),
            None => format!("`{}` is never below {}", fact.name(), low / 1000),
        };
        if number < low || high.is_some_and(|high| number > high) {
            let message = format!("{range}, so {} is never reached", thousandths(number));
            self.fault(span, message, &in_scale(low, high, number));
            return None;
        }
        if let Some(always) = constant(comparison, low, high, number) {
            let always = if always { "always" } else { "never" };
            let message = format!("this {always} holds where it is known");
            self.warn(span, message, &range);
        }
        Some(())
    }
}

/// What comparing any value from `low` to `high` with `number` always gives, if it always gives
/// the same. The number lies between the two.
fn constant(comparison: Comparison, low: i64, high: Option<i64>, number: i64) -> Option<bool> {
    let (least, greatest) = (number == low, high == Some(number));
    match comparison {
        Comparison::Less if least => Some(false),
        Comparison::LessOrEqual if greatest => Some(true),
        Comparison::Greater if greatest => Some(false),
        Comparison::GreaterOrEqual if least => Some(true),
        _ => None,
    }
}

/// A number of thousandths as the policy writes it.
pub(in crate::policy) fn thousandths(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let (whole, part) = (number.unsigned_abs() / 1000, number.unsigned_abs() % 1000);
    match part {
        0 => format!("{sign}{whole}"),
        _ => format!(
            "{sign}{whole}.{}",
            format!("{part:03}").trim_end_matches('0')
        ),
    }
}

fn in_scale(low: i64, high: Option<i64>, number: i64) -> String {
    match high {
        Some(1000) if (1001..=100_000).contains(&number) => {
            format!(
                "{} % is written `{}`",
                thousandths(number),
                thousandths(number / 100)
            )
        }
        Some(high) => format!("write a number from {} to {}", low / 1000, high / 1000),
        None => format!("write {} or more", low / 1000),
    }
}
