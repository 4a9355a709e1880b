//! One observation with everything that was written about it so far.

use super::Deadline;
use crate::{
    journal::{Entry, FORMAT, Line, Observation, Ruling},
    time::Timestamp,
};

/// What a room may look at besides the desk.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) now: Timestamp,
    pub(crate) seen: Observation,
    /// The deadlines that this observation finds due; empty unless it is `Woke`.
    pub(crate) due: Vec<Deadline>,
    pub(crate) lines: Vec<Line>,
    first: u64,
}

impl Turn {
    pub(crate) fn begin(first: u64, now: Timestamp, seen: Observation, due: Vec<Deadline>) -> Self {
        Self {
            now,
            seen,
            due,
            lines: Vec::with_capacity(4),
            first,
        }
    }

    /// The position of the observation's own line, which is the id of what it brought to life.
    pub(crate) fn position(&self) -> u64 {
        self.first
    }

    /// The next line.
    pub(crate) fn line(&self, entry: Entry) -> Line {
        let position = self.first + u64::try_from(self.lines.len()).unwrap_or_default();
        Line {
            position,
            at: self.now,
            format: FORMAT,
            entry,
        }
    }

    /// What was ruled in this turn so far, each with its position.
    pub(crate) fn rulings(&self) -> impl Iterator<Item = (u64, &Ruling)> {
        self.lines.iter().filter_map(|line| match &line.entry {
            Entry::Decided(decision) => Some((line.position, &decision.ruling)),
            Entry::Observed(_) => None,
        })
    }
}
