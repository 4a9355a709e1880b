//! A desk under watch: whatever it is told, every invariant is checked afterwards.

use segue_core::{
    desk::{Desk, Outcome},
    journal::{Line, Observation, Refusal},
    time::Timestamp,
};

use crate::{
    invariants::{self, Book, Past, Scene},
    summary::Summary,
};

/// A broken invariant: its sentence, and what was found.
pub(crate) type Broken = (&'static str, String);

/// The desk with everything that it is held against.
#[derive(Default)]
pub(crate) struct Stage {
    pub(crate) desk: Desk,
    pub(crate) journal: Vec<Line>,
    pub(crate) book: Book,
    pub(crate) summary: Summary,
    restored: Desk,
}

impl Stage {
    /// Hands the desk an observation, takes down what it says, and checks everything.
    pub(crate) fn tell(
        &mut self,
        now: Timestamp,
        seen: &Observation,
    ) -> Result<Result<Outcome, Refusal>, Broken> {
        let overdue = invariants::overdue(&self.desk, now);
        let past = Past::of(&self.desk);
        let answer = self.desk.handle(now, seen.clone());
        let lines: &[Line] = answer.as_ref().map_or(&[], |outcome| &outcome.lines);
        self.take_down(lines);
        self.summary.refusals += u64::from(answer.is_err());
        let scene = Scene {
            desk: &self.desk,
            restored: &self.restored,
            book: &self.book,
            past: &past,
            seen: if lines.is_empty() {
                &Observation::Woke
            } else {
                seen
            },
            lines,
            overdue: &overdue,
        };
        let broken = invariants::check(&scene);
        broken.map_or(Ok(answer), Err)
    }

    fn take_down(&mut self, lines: &[Line]) {
        for line in lines {
            self.restored.apply(line);
            self.book.note(&self.desk, line);
            self.summary.count(line);
        }
        self.journal.extend(lines.iter().cloned());
    }
}
