//! What a candidate policy changes, as people read it.

use std::{collections::BTreeMap, fmt::Write};

use segue_core::audit::{Change, Comparison, Contrast, WouldHandOff};

use super::table::{beside, grounds, said};
use crate::replay::Found;

/// Names that are shown of each list; the rest is counted.
const SHOWN: usize = 4;

/// All of it.
pub(super) fn write(to: &mut String, compared: &Comparison, found: &Found) -> std::fmt::Result {
    writeln!(to, "\nWhat changes, held against {}", held_against(found))?;
    writeln!(to, "  {:<22} {:>7}", "unchanged", compared.unchanged)?;
    for (name, change) in named(compared) {
        count(to, name, change)?;
    }
    suggestions(to, "suggestions gained", &compared.suggestions_gained)?;
    suggestions(to, "suggestions lost", &compared.suggestions_lost)?;
    matters(to, compared)?;
    if !compared.against_before.is_empty() {
        writeln!(to, "\nAgainst what the source says, before the change")?;
        for (name, against) in &compared.against_before {
            beside(to, &said(name), against)?;
        }
    }
    for (name, change) in named(compared) {
        if !change.examples.is_empty() {
            writeln!(to, "\nExamples: {name}")?;
        }
        for example in &change.examples {
            contrast(to, example)?;
        }
    }
    Ok(())
}

fn held_against(found: &Found) -> &'static str {
    match (found.imports, found.own) {
        (true, true) => "the policy in force (imports) and what was decided (the desk's own past)",
        (false, _) => "what was decided",
        (true, false) => "the policy in force",
    }
}

fn named(compared: &Comparison) -> [(&'static str, &Change); 5] {
    [
        ("handoffs gained", &compared.gained),
        ("handoffs lost", &compared.lost),
        ("handed off earlier", &compared.earlier),
        ("handed off later", &compared.later),
        ("otherwise", &compared.otherwise),
    ]
}

fn count(to: &mut String, name: &str, change: &Change) -> std::fmt::Result {
    write!(to, "  {name:<22} {:>7}", change.count)?;
    if let Some(exchanges) = change.median_exchanges {
        write!(to, "   half by {exchanges} exchanges or more")?;
    }
    writeln!(to)?;
    if change.count == 0 {
        return Ok(());
    }
    for (by, counts) in [
        ("trigger", &change.by_trigger),
        ("intent", &change.by_intent),
        ("tier", &change.by_tier),
    ] {
        writeln!(to, "    by {by:<8} {}", listed(counts))?;
    }
    Ok(())
}

/// The most frequent first.
fn listed(counts: &BTreeMap<String, u64>) -> String {
    let mut order: Vec<(&String, &u64)> = counts.iter().collect();
    order.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let mut parts: Vec<String> = order
        .iter()
        .take(SHOWN)
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    if let Some(more) = order.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        parts.push(format!("{more} more"));
    }
    parts.join(", ")
}

fn suggestions(to: &mut String, name: &str, counts: &BTreeMap<String, u64>) -> std::fmt::Result {
    if counts.is_empty() {
        return Ok(());
    }
    let all: u64 = counts.values().sum();
    writeln!(to, "  {name:<22} {all:>7}   {}", listed(counts))
}

/// Where each kind of matter goes, before and after.
fn matters(to: &mut String, compared: &Comparison) -> std::fmt::Result {
    if compared.matters.is_empty() {
        return Ok(());
    }
    let [intent, route, before, after] = ["Matter", "route", "before", "after"];
    writeln!(to, "\n{intent:<26} {route:<18} {before:>7} {after:>7}")?;
    for (intent, routes) in &compared.matters {
        for (route, sides) in routes {
            let (before, after) = (sides.before, sides.after);
            writeln!(to, "  {intent:<24} {route:<18} {before:>7} {after:>7}")?;
        }
    }
    Ok(())
}

fn contrast(to: &mut String, example: &Contrast) -> std::fmt::Result {
    writeln!(
        to,
        "  {}: {}, before: {}",
        example.conversation,
        place(example.after.as_ref()),
        place(example.before.as_ref())
    )?;
    match (&example.after, &example.before) {
        (Some(handoff), _) | (None, Some(handoff)) => grounds(to, handoff),
        (None, None) => Ok(()),
    }
}

fn place(handoff: Option<&WouldHandOff>) -> String {
    handoff.map_or_else(
        || "stays".to_owned(),
        |handoff| {
            let WouldHandOff {
                trigger,
                exchange,
                route,
                ..
            } = handoff;
            format!("{trigger} in exchange {exchange} to {route}")
        },
    )
}
