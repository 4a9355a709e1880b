//! Scenarios: conversations in plain text with what is expected to follow. Tests, `segue rehearse`
//! and the manual read the same files.

mod cast;
mod player;
mod script;

use std::{cell::Cell, fmt};

use segue_core::signals::Reader;

pub use script::{Scenario, Unreadable};

/// How a scenario went, as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// Every step with what followed from it.
    pub transcript: String,
    /// How many expectations were met.
    pub expectations: usize,
}

/// A scenario that went another way than it says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Failed {
    /// The scenario's name.
    pub name: String,
    /// The line that was not met, from 1.
    pub line: usize,
    /// What was expected there, or what is wrong.
    pub wrong: String,
    /// What happened between the step before and this line.
    pub happened: Vec<String>,
    /// Everything up to there.
    pub transcript: String,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}:{}: {}", self.name, self.line, self.wrong)?;
        match self.happened.as_slice() {
            [] => writeln!(f, "nothing happened")?,
            happened => {
                writeln!(f, "what happened:")?;
                happened
                    .iter()
                    .try_for_each(|line| writeln!(f, "  {line}"))?;
            }
        }
        write!(f, "\nthe scenario up to here:\n{}", self.transcript)
    }
}

impl Scenario {
    /// Plays the scenario on a new desk and compares what follows with what is expected.
    /// `policy` finds the document behind a name; all invariants are asserted on the way.
    ///
    /// # Errors
    /// Names the line that was not met and what happened instead.
    pub fn play(&self, policy: impl Fn(&str) -> Result<String, String>) -> Result<Played, Failed> {
        player::play(self, &policy, None)
    }

    /// Plays it under one policy, whose `reader` has learned its intents already.
    ///
    /// # Errors
    /// As [`Self::play`]; a scenario that asks for another policy fails.
    pub fn play_under(&self, source: &str, reader: &Reader) -> Result<Played, Failed> {
        let begun = Cell::new(false);
        let policy = |_: &str| {
            if begun.replace(true) {
                return Err("a test plays only the policy in which it stands".to_owned());
            }
            Ok(source.to_owned())
        };
        player::play(self, &policy, Some(reader.clone()))
    }
}
