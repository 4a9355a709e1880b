//! The words of the document for what the journal has types for, in both directions.

use crate::{
    journal::{Level, Severity},
    policy::Who,
};

pub(in crate::policy) const LEVELS: [(&str, Level); 3] = [
    ("immediate", Level::Immediate),
    ("proactive", Level::Proactive),
    ("suggest", Level::Suggest),
];

pub(in crate::policy) const SEVERITIES: [(&str, Severity); 4] = [
    ("low", Severity::Low),
    ("normal", Severity::Normal),
    ("high", Severity::High),
    ("urgent", Severity::Urgent),
];

pub(in crate::policy) const CIRCLES: [(&str, Who); 4] = [
    ("primary", Who::Primary),
    ("secondary", Who::Secondary),
    ("general", Who::General),
    ("on_call", Who::OnCall),
];

pub(in crate::policy) fn level(level: Level) -> &'static str {
    word(&LEVELS, level)
}

pub(in crate::policy) fn severity(severity: Severity) -> &'static str {
    word(&SEVERITIES, severity)
}

pub(in crate::policy) fn circle(who: Who) -> &'static str {
    word(&CIRCLES, who)
}

fn word<T: Copy + PartialEq>(words: &[(&'static str, T)], meaning: T) -> &'static str {
    words
        .iter()
        .find(|(_, it)| *it == meaning)
        .map_or("", |(word, _)| word)
}
