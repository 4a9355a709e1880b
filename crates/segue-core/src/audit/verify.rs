//! Whether recorded decisions come out again: the recorded observations are handed to a new desk
//! under the recorded policies, and what it writes is held against what was written.

use std::{collections::VecDeque, fmt};

use crate::{
    desk::Desk,
    journal::{Entry, Line},
};

/// Decides the past again, line by line.
#[derive(Clone, Debug, Default)]
pub struct Verifier {
    desk: Desk,
    /// What the desk wrote about the latest observation and the record has not said yet.
    again: VecDeque<Line>,
    verified: Verified,
}

/// What was decided again and came out the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    /// Lines.
    pub lines: u64,
    /// Observations among them.
    pub observations: u64,
    /// Decisions among them.
    pub decisions: u64,
    /// Policies that were in force one after the other, the built-in one not counted.
    pub policies: u64,
}

/// The first place at which record and desk part.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// The position of the line.
    pub position: u64,
    /// The policy in force there, 0 for the built-in one.
    pub policy_version: u32,
    /// The line as it was recorded; none where the record has no such line.
    pub recorded: Option<String>,
    /// The line as it is decided now; none where the desk writes no such line.
    pub decided: Option<String>,
    /// What stands in the way, where the desk does not take the observation.
    pub refusal: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |line: &Option<String>| line.clone().unwrap_or_else(|| "no line".to_owned());
        writeln!(
            to,
            "line {} differs, under policy {}",
            self.position, self.policy_version
        )?;
        writeln!(to, "  recorded    {}", line(&self.recorded))?;
        match &self.refusal {
            Some(refusal) => write!(to, "  decided now {refusal}"),
            None => write!(to, "  decided now {}", line(&self.decided)),
        }
    }
}

impl Verifier {
    /// Takes the next line of the journal, with its entry as it was written.
    ///
    /// # Errors
    /// The first [`Difference`]; nothing after it can be told from what follows of it.
    pub fn line(&mut self, line: &Line, written: &str) -> Result<(), Box<Difference>> {
        if let Entry::Observed(_) = line.entry {
            self.settled()?;
            self.decide_again(line, written)?;
        }
        let again = self.again.pop_front();
        let same = again
            .as_ref()
            .is_some_and(|again| is_same(again, line, written));
        if !same {
            return self.differs(line.position, Some(written), again.as_ref(), None);
        }
        self.count(&line.entry);
        Ok(())
    }

    /// What came out the same, after the last line.
    ///
    /// # Errors
    /// A [`Difference`] where the desk decides more than was recorded.
    pub fn finish(self) -> Result<Verified, Box<Difference>> {
        self.settled()?;
        Ok(self.verified)
    }

    fn settled(&self) -> Result<(), Box<Difference>> {
        match self.again.front() {
            None => Ok(()),
            Some(more) => self.differs(more.position, None, Some(more), None),
        }
    }

    fn decide_again(&mut self, line: &Line, written: &str) -> Result<(), Box<Difference>> {
        let Entry::Observed(seen) = &line.entry else {
            return Ok(());
        };
        match self.desk.handle(line.at, seen.clone()) {
            Ok(outcome) => self.again = outcome.lines.into(),
            Err(refusal) => {
                let refusal = Some(refusal.to_string());
                return self.differs(line.position, Some(written), None, refusal);
            }
        }
        Ok(())
    }

    fn count(&mut self, entry: &Entry) {
        use crate::journal::Observation::PolicyPublished;
        let verified = &mut self.verified;
        verified.lines += 1;
        match entry {
            Entry::Observed(seen) => {
                verified.observations += 1;
                verified.policies += u64::from(matches!(seen, PolicyPublished { .. }));
            }
            Entry::Decided(_) => verified.decisions += 1,
        }
    }

    fn differs(
        &self,
        position: u64,
        recorded: Option<&str>,
        again: Option<&Line>,
        refusal: Option<String>,
    ) -> Result<(), Box<Difference>> {
        Err(Box::new(Difference {
            position,
            policy_version: self.desk.policy_version(),
            recorded: recorded.map(str::to_owned),
            decided: again.map(|line| spelled(&line.entry)),
            refusal,
        }))
    }
}

fn is_same(again: &Line, line: &Line, written: &str) -> bool {
    let in_place = (again.position, again.at) == (line.position, line.at);
    match line.entry {
        // What was observed is what was handed in.
        Entry::Observed(_) => in_place && again.entry == line.entry,
        Entry::Decided(_) => in_place && spelled(&again.entry) == written,
    }
}

/// An entry as the journal writes it.
fn spelled(entry: &Entry) -> String {
    serde_json::to_string(entry).unwrap_or_default()
}
