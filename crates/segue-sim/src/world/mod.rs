//! The invented world around a desk: customers, agents, an assistant, and what goes wrong.
//!
//! The world knows the desk as its people do, by looking; it changes it through the one door.

mod agents;
mod assistant;
mod customers;
mod faults;

use std::collections::BTreeSet;

use segue_core::{
    desk::Desk,
    id::ConversationId,
    journal::{Line, Observation},
    time::Timestamp,
};

use crate::{
    dice::Dice,
    invariants::{self, Book, Past, Scene},
    policies,
    summary::{Failure, Summary},
    telling,
};

/// Lines that a failure shows from before it.
const TAIL: usize = 40;

/// Something that arrives later: a reply in flight, or an observation that was held up.
#[derive(Clone, Debug)]
struct Underway {
    at: Timestamp,
    seen: Observation,
}

/// The world.
pub(crate) struct World {
    dice: Dice,
    now: Timestamp,
    desk: Desk,
    restored: Desk,
    journal: Vec<Line>,
    book: Book,
    past: Past,
    underway: Vec<Underway>,
    /// Until then nobody wakes the desk.
    asleep_until: Timestamp,
    versions: u32,
    pub(crate) summary: Summary,
}

/// A broken invariant, with what was found.
type Broken = (&'static str, String);

#[derive(Clone, Copy)]
enum Move {
    Customer,
    Agent,
    Console,
    Staff,
    Policy,
    Restart,
    Sleep,
    Nothing,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let dice = Dice::new(seed);
        Self {
            dice,
            now: Timestamp(9 * 3_600_000),
            desk: Desk::new(),
            restored: Desk::new(),
            journal: Vec::new(),
            book: Book::default(),
            past: Past::default(),
            underway: Vec::new(),
            asleep_until: Timestamp::default(),
            versions: 0,
            summary: Summary::default(),
        }
    }

    /// Lives through `steps` steps and settles the accounts.
    pub(crate) fn live(&mut self, steps: u32) -> Result<(), Failure> {
        let life = self.open_shop();
        self.judge(0, life)?;
        for step in 1..=steps {
            let life = self.step();
            self.judge(step, life)?;
        }
        let again = invariants::redecide(&self.journal);
        self.judge(
            steps,
            again.map_err(|found| ("recorded observations give the same decisions", found)),
        )
    }

    fn judge(&self, step: u32, life: Result<(), Broken>) -> Result<(), Failure> {
        life.map_err(|(invariant, found)| {
            let from = self.journal.len().saturating_sub(TAIL);
            let tail = self
                .journal
                .iter()
                .skip(from)
                .map(|line| telling::tell(&self.desk, line))
                .collect();
            Failure {
                invariant,
                found,
                step,
                tail,
            }
        })
    }

    fn open_shop(&mut self) -> Result<(), Broken> {
        if !self.dice.chance(10) {
            self.publish()?;
        }
        for _ in 0..self.dice.between(1, 6) {
            self.hire()?;
        }
        Ok(())
    }

    /// Lets some time pass, with all that falls into it, then somebody does something.
    fn step(&mut self) -> Result<(), Broken> {
        let gaps = [
            (40, (0, 2_000)),
            (35, (2_000, 20_000)),
            (20, (20_000, 120_000)),
            (4, (120_000, 1_800_000)),
            (1, (1_800_000, 108_000_000)),
        ];
        let (low, high) = self.dice.weigh(&gaps).unwrap_or((0, 0));
        let gap = self.dice.between(low, high);
        self.pass(gap)?;
        let moves = [
            (45, Move::Customer),
            (28, Move::Agent),
            (9, Move::Console),
            (3, Move::Staff),
            (1, Move::Policy),
            (2, Move::Restart),
            (2, Move::Sleep),
            (10, Move::Nothing),
        ];
        match self.dice.weigh(&moves).unwrap_or(Move::Nothing) {
            Move::Customer => self.customer_moves(),
            Move::Agent => self.agent_moves(),
            Move::Console => self.console_moves(),
            Move::Staff => self.staff_changes(),
            Move::Policy => self.publish(),
            Move::Restart => self.restart(),
            Move::Sleep => {
                self.fall_asleep();
                Ok(())
            }
            Move::Nothing => Ok(()),
        }
    }

    /// Moves the clock; on the way the desk is woken and what is underway arrives.
    fn pass(&mut self, millis: i64) -> Result<(), Broken> {
        let end = self.now + millis;
        loop {
            let alarm = self
                .desk
                .next_deadline()
                .map(|(at, _)| at.max(self.asleep_until));
            let arrival = self.underway.iter().map(|underway| underway.at).min();
            let Some(next) = alarm
                .into_iter()
                .chain(arrival)
                .min()
                .filter(|at| *at <= end)
            else {
                break;
            };
            self.now = self.now.max(next);
            if arrival.is_some_and(|at| at <= next) {
                self.arrive(next)?;
            } else {
                self.tell(self.now, Observation::Woke)?;
            }
        }
        self.now = end;
        Ok(())
    }

    fn arrive(&mut self, due: Timestamp) -> Result<(), Broken> {
        let Some(index) = self.underway.iter().position(|underway| underway.at <= due) else {
            return Ok(());
        };
        let underway = self.underway.remove(index);
        self.tell(self.now, underway.seen)
    }

    fn later(&mut self, millis: i64, seen: Observation) {
        let at = self.now + millis;
        self.underway.push(Underway { at, seen });
    }

    /// Hands the desk an observation, takes down what it says, and checks everything.
    fn tell(&mut self, now: Timestamp, seen: Observation) -> Result<(), Broken> {
        let overdue = invariants::overdue(&self.desk, now);
        self.past = Past::of(&self.desk);
        let lines = match self.desk.handle(now, seen.clone()) {
            Ok(outcome) => {
                self.assistant_hears(&outcome.effects);
                outcome.lines
            }
            Err(_) => {
                self.summary.refusals += 1;
                Vec::new()
            }
        };
        for line in &lines {
            self.restored.apply(line);
            self.book.note(&self.desk, line);
            self.summary.count(line);
        }
        self.journal.extend(lines.iter().cloned());
        self.check(&seen, &lines, &overdue)
    }

    fn check(
        &self,
        seen: &Observation,
        lines: &[Line],
        overdue: &BTreeSet<segue_core::id::HandoffId>,
    ) -> Result<(), Broken> {
        let accepted = !lines.is_empty();
        let ignored = Observation::Woke;
        let scene = Scene {
            desk: &self.desk,
            restored: &self.restored,
            book: &self.book,
            past: &self.past,
            seen: if accepted { seen } else { &ignored },
            lines,
            overdue,
        };
        invariants::check(&scene).map_or(Ok(()), Err)
    }

    /// One of the open conversations.
    fn some_conversation(&mut self) -> Option<ConversationId> {
        let open: Vec<_> = self.desk.conversations().map(|c| c.id).collect();
        self.dice.pick(&open).copied()
    }

    /// Publishes one of the policies.
    fn publish(&mut self) -> Result<(), Broken> {
        let all: Vec<&str> = policies::NAMED.iter().map(|(_, source)| *source).collect();
        let default = policies::named("default").unwrap_or_default();
        let source = if self.dice.chance(20) {
            default
        } else {
            self.dice.pick(&all).copied().unwrap_or(default)
        };
        self.versions += 1;
        let seen = Observation::PolicyPublished {
            version: self.versions,
            source: source.to_owned(),
            author: "lead".to_owned(),
        };
        self.tell(self.now, seen)
    }
}
