//! What a policy that reads well still does not do: triggers that never fire or never win, routes
//! that nobody takes, and where two triggers disagree.
//!
//! A condition is taken apart into cases, each a set of values for every fact; whether two cases
//! share anything, and what one leaves of another, is then exact. What is not taken apart, or
//! takes more steps than are allowed, is said to be not analysed.

mod cases;
mod example;
mod staff;
mod triggers;
mod values;

use super::{
    Checked, Policy,
    condition::Fault,
    diagnosis::{Diagnosis, Lines, Weight},
    document::outline::Outline,
};
use crate::journal::AgentProfile;

/// The most findings of one weight that are told at once.
const MAX_FINDINGS: usize = 200;

/// What a policy is examined with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Examining<'a> {
    /// The agents who take handoffs; without them nothing is said about skills.
    pub agents: Option<&'a [AgentProfile]>,
}

/// A finding with the keys under which it stands.
struct Found<'p> {
    path: Vec<&'p str>,
    weight: Weight,
    message: String,
    hint: Option<String>,
}

impl Policy {
    /// Reads a policy document as [`Policy::check`] does and examines what it would do. What it
    /// finds beyond that never keeps a policy from being read, which old journals rely on; an
    /// error among it should keep one from being published.
    pub fn examine(source: &str, with: Examining<'_>) -> Checked {
        let mut checked = Self::check(source);
        if let Some(policy) = &checked.policy {
            checked.findings.extend(examined(policy, source, with));
        }
        checked
            .findings
            .sort_by_key(|found| (found.line, found.column, found.severity));
        checked
    }
}

fn examined(policy: &Policy, source: &str, with: Examining<'_>) -> Vec<Diagnosis> {
    let mut found = triggers::examine(policy);
    found.extend(staff::unused_routes(policy));
    if let Some(agents) = with.agents {
        found.extend(staff::examine(policy, agents));
    }
    let (outline, lines) = (Outline::of(source), Lines::new(source));
    let mut told = Vec::new();
    for weight in [Weight::Error, Weight::Warning, Weight::Note] {
        let of_weight = found.iter().filter(|found| found.weight == weight);
        let all = of_weight.clone().count();
        told.extend(of_weight.take(MAX_FINDINGS).map(|found| {
            let fault = Fault::error(outline.place(&found.path), found.message.clone());
            lines.diagnosis(fault.weighing(weight).hinting(found.hint.as_deref()))
        }));
        if all > MAX_FINDINGS {
            let message = format!("{} more like the others are not listed", all - MAX_FINDINGS);
            told.push(lines.diagnosis(Fault::error(0..0, message).weighing(weight)));
        }
    }
    told
}

#[cfg(test)]
mod tests;
