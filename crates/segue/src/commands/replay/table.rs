//! The report of a replay as people read it.

use std::fmt::Write;

use segue_core::audit::{Against, Example, Patience, Rate, Report, Speaker, WouldHandOff};

use super::changes;
use crate::replay::Found;

/// All of it.
pub(super) fn render(policy: &str, found: &Found) -> String {
    let mut text = String::new();
    // Writing into a text cannot fail.
    let _ = all(&mut text, policy, found);
    text
}

fn all(to: &mut String, policy: &str, found: &Found) -> std::fmt::Result {
    let report = &found.report;
    writeln!(to, "Replay under {policy}\n")?;
    writeln!(to, "  conversations    {:>8}", report.conversations)?;
    let judged = report.messages_replayed;
    writeln!(
        to,
        "  messages         {:>8}   {judged} judged, up to the handoff",
        report.messages
    )?;
    write!(to, "  would hand off   {:>8}", report.handoffs)?;
    match report.handoff_rate {
        Some(rate) => writeln!(to, "   {}", rate_in_words(rate))?,
        None => writeln!(to)?,
    }
    writeln!(
        to,
        "  suggestions      {:>8}   {} conversations have only these",
        report.suggestions, report.only_suggested
    )?;
    by_trigger(to, report)?;
    frustrated(to, report)?;
    against(to, report)?;
    match &report.compared {
        Some(compared) => changes::write(to, compared, found)?,
        None => examples(to, &report.examples)?,
    }
    unknown(to, found)
}

fn frustrated(to: &mut String, report: &Report) -> std::fmt::Result {
    if report.frustrated.customers == 0 {
        return Ok(());
    }
    writeln!(to, "\nFrustrated customers")?;
    patience(to, "would have been", &report.frustrated)?;
    match &report.compared {
        Some(compared) => patience(to, "before the change:", &compared.frustrated_before),
        None => Ok(()),
    }
}

fn patience(to: &mut String, when: &str, told: &Patience) -> std::fmt::Result {
    let Patience {
        customers,
        asked,
        caught,
        ..
    } = told;
    write!(
        to,
        "  {customers} showed it, {asked} of them asked for a person; {when} handed off before they asked: {caught}"
    )?;
    match told.median_exchanges_earlier {
        Some(exchanges) => writeln!(
            to,
            "{}, half of them {exchanges} exchanges earlier or more",
            bracketed(told.caught_rate, *asked)
        ),
        None => writeln!(to),
    }
}

fn by_trigger(to: &mut String, report: &Report) -> std::fmt::Result {
    if report.by_trigger.is_empty() && report.suggestions_by_trigger.is_empty() {
        return Ok(());
    }
    let head = [
        "By trigger",
        "handoffs",
        "share",
        "median exchange",
        "suggestions",
    ];
    let [name, handoffs, share, median, suggestions] = head;
    writeln!(
        to,
        "\n{name:<26} {handoffs:>9} {share:>8} {median:>16} {suggestions:>12}"
    )?;
    let mut names: Vec<&String> = report.by_trigger.keys().collect();
    names.extend(
        report
            .suggestions_by_trigger
            .keys()
            .filter(|name| !report.by_trigger.contains_key(*name)),
    );
    names
        .sort_by_key(|name| std::cmp::Reverse(report.by_trigger.get(*name).map_or(0, |f| f.count)));
    for name in names {
        let fires = report.by_trigger.get(name);
        let suggestions = report
            .suggestions_by_trigger
            .get(name)
            .copied()
            .unwrap_or_default();
        let cell = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        writeln!(
            to,
            "  {name:<24} {:>9} {:>8} {:>16} {suggestions:>12}",
            cell(fires.map(|f| f.count.to_string())),
            cell(fires.map(|f| percent(f.share_permille))),
            cell(fires.map(|f| f.median_exchange.to_string())),
        )?;
    }
    Ok(())
}

fn against(to: &mut String, report: &Report) -> std::fmt::Result {
    if report.against.is_empty() {
        return Ok(());
    }
    writeln!(to, "\nAgainst what the source says")?;
    for (name, against) in &report.against {
        beside(to, &said(name), against)?;
    }
    Ok(())
}

pub(super) fn said(name: &str) -> String {
    match name {
        "not_solved" => "the assistant failed".to_owned(),
        "handed_off" => "a person took over".to_owned(),
        label => format!("marked `{label}`"),
    }
}

pub(super) fn beside(to: &mut String, name: &str, against: &Against) -> std::fmt::Result {
    let Against {
        caught,
        missed,
        interrupted,
        left_alone,
        ..
    } = against;
    writeln!(
        to,
        "  {name}: {caught} of {} would have been handed off{}",
        caught + missed,
        bracketed(against.recall, caught + missed)
    )?;
    if interrupted + left_alone > 0 {
        writeln!(
            to,
            "    of the other {}, {interrupted} would have been handed off{}",
            interrupted + left_alone,
            bracketed(against.interrupted_rate, interrupted + left_alone)
        )?;
        writeln!(
            to,
            "    of {} handoffs, {caught} were such conversations{}",
            caught + interrupted,
            bracketed(against.precision, caught + interrupted)
        )?;
    }
    Ok(())
}

pub(super) fn bracketed(rate: Option<Rate>, of: u64) -> String {
    rate.filter(|_| of > 0)
        .map_or_else(String::new, |rate| format!(": {}", rate_in_words(rate)))
}

fn examples(to: &mut String, examples: &[Example]) -> std::fmt::Result {
    if examples.is_empty() {
        return Ok(());
    }
    writeln!(to, "\nExamples")?;
    for example in examples {
        let handoff = &example.handoff;
        writeln!(
            to,
            "  {} in exchange {}: {}",
            example.conversation, handoff.exchange, handoff.trigger
        )?;
        grounds(to, handoff)?;
    }
    Ok(())
}

/// The words and clauses that a handoff rests on.
pub(super) fn grounds(to: &mut String, handoff: &WouldHandOff) -> std::fmt::Result {
    let who = match handoff.quoted {
        Speaker::Customer => "customer",
        Speaker::Assistant => "assistant",
        Speaker::Agent => "agent",
    };
    match handoff.quote.as_str() {
        "" => writeln!(to, "    {who}: the words are erased")?,
        quote => writeln!(to, "    {who}: \"{quote}\"")?,
    }
    if !handoff.because.is_empty() {
        writeln!(to, "    because {}", handoff.because.join("; "))?;
    }
    if !handoff.also_fired.is_empty() {
        writeln!(to, "    and {}", handoff.also_fired.join(", "))?;
    }
    Ok(())
}

fn unknown(to: &mut String, found: &Found) -> std::fmt::Result {
    let report = &found.report;
    writeln!(to, "\nWhat this cannot know")?;
    let without = report.answers - report.answers_with_confidence;
    if without > 0 {
        writeln!(
            to,
            "  {without} of {} answers have no confidence",
            report.answers
        )?;
    }
    let untimed = report.conversations - report.silence_known;
    if untimed > 0 {
        writeln!(
            to,
            "  {untimed} of {} conversations do not tell how long the assistant took",
            report.conversations
        )?;
    }
    for (trigger, facts) in &report.blind_triggers {
        writeln!(
            to,
            "  so {trigger} could not see all of {}",
            facts.join(", ")
        )?;
    }
    if report.erased > 0 {
        writeln!(
            to,
            "  the words of {} messages are erased: what they told then stands for them",
            report.erased
        )?;
    }
    writeln!(
        to,
        "  what customers would have said after a handoff or to a suggestion"
    )?;
    if report.compared.is_some() {
        writeln!(
            to,
            "  what the change does to queues and waits: `segue rehearse` is for that"
        )?;
    }
    if found.own && report.compared.as_ref().is_some_and(|c| c.lost.count > 0) {
        writeln!(
            to,
            "  whether what is lost in the desk's own past would have been handed off later"
        )?;
    }
    Ok(())
}

fn rate_in_words(rate: Rate) -> String {
    format!(
        "{} ({} to {}, 95 %)",
        percent(rate.value_permille),
        percent(rate.low_permille),
        percent(rate.high_permille)
    )
}

fn percent(permille: u16) -> String {
    format!("{}.{} %", permille / 10, permille % 10)
}
