//! What is wrong with a policy document, said so that it can be put right.

use std::{
    fmt::{self, Write as _},
    ops::Range,
};

use serde::{Deserialize, Serialize};

use super::condition::Fault;

/// How much of a long line is shown.
const WINDOW: usize = 120;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// The policy cannot be used.
    Error,
    /// The policy can be used and is probably not what was meant.
    Warning,
    /// The policy does as it is written, and this is worth knowing.
    Note,
}

/// One finding about a policy document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// The line, from 1.
    pub line: u32,
    /// The character in the line, from 1.
    pub column: u32,
    /// How many characters it covers on that line, at least 1.
    pub length: u32,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Whether the policy can be used nevertheless.
    pub severity: Weight,
}

impl Diagnosis {
    /// The finding for a person to read: `file:line:column`, the message, the line itself with
    /// the place marked, and the hint.
    pub fn render(&self, file_name: &str, source: &str) -> String {
        let line = line(source, self.line);
        let (shown, before) = window(line, self.column as usize - 1);
        let left = self.line.to_string();
        let pad = " ".repeat(left.len());
        let gap = " ".repeat(before);
        let mark = "^".repeat(self.marked(shown.chars().count(), before));
        let warning = self.prefix();
        let (row, column, message) = (self.line, self.column, &self.message);
        let mut text = format!(
            "{file_name}:{row}:{column}: {warning}{message}\n {left} | {}\n {pad} | {gap}{mark}\n",
            shown.trim_end()
        );
        if let Some(hint) = &self.hint {
            let _ = writeln!(text, " {pad} = {hint}");
        }
        text
    }

    fn marked(&self, shown: usize, before: usize) -> usize {
        (self.length as usize)
            .min(shown.saturating_sub(before))
            .max(1)
    }

    const fn prefix(&self) -> &'static str {
        match self.severity {
            Weight::Error => "",
            Weight::Warning => "warning: ",
            Weight::Note => "note: ",
        }
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column, prefix) = (self.line, self.column, self.prefix());
        write!(f, "{line}:{column}: {prefix}{}", self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

/// A line without its end; tabs become spaces so that the mark stands where it should.
fn line(source: &str, number: u32) -> String {
    source
        .lines()
        .nth(number as usize - 1)
        .unwrap_or_default()
        .trim_start_matches('\u{feff}')
        .replace('\t', " ")
}

/// The part of a line around a place, and where in that part the place is.
fn window(line: String, place: usize) -> (String, usize) {
    if line.chars().count() <= WINDOW {
        return (line, place);
    }
    let from = place.saturating_sub(WINDOW / 2);
    let part: String = line.chars().skip(from).take(WINDOW).collect();
    match from {
        0 => (format!("{part}…"), place),
        _ => (format!("…{part}…"), place - from + 1),
    }
}

/// Finds lines and columns by byte.
pub(super) struct Lines<'s> {
    source: &'s str,
    starts: Vec<usize>,
}

impl<'s> Lines<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        let after_breaks = source.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            source,
            starts: std::iter::once(0).chain(after_breaks).collect(),
        }
    }

    pub(super) fn diagnosis(&self, fault: Fault) -> Diagnosis {
        let (line, column, length) = self.place(&fault.span);
        Diagnosis {
            line,
            column,
            length,
            message: fault.message,
            hint: fault.hint,
            severity: fault.weight,
        }
    }

    /// The line of a byte, from 1.
    pub(super) fn line(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).max(1)
    }

    fn place(&self, span: &Range<usize>) -> (u32, u32, u32) {
        let line = self.line(span.start);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let end = self.starts.get(line).map_or(self.source.len(), |at| at - 1);
        let column = self.characters(start..span.start) + 1;
        let length = self.characters(span.start..span.end.min(end)).max(1);
        (u32::try_from(line).unwrap_or(u32::MAX), column, length)
    }

    fn characters(&self, span: Range<usize>) -> u32 {
        let text = self.source.get(span).unwrap_or_default();
        let count = text.trim_start_matches('\u{feff}').chars().count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}
