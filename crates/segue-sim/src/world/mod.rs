//! The invented world around a desk: customers, agents, an assistant, and what goes wrong.
//!
//! The world knows the desk as its people do, by looking; it changes it through the one door.

mod agents;
mod assistant;
mod customers;
mod faults;

use segue_core::{id::ConversationId, journal::Observation, time::Timestamp};

use crate::{
    dice::Dice,
    invariants, policies,
    stage::{Broken, Stage},
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
    stage: Stage,
    underway: Vec<Underway>,
    /// Until then nobody wakes the desk.
    asleep_until: Timestamp,
    versions: u32,
}

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
            stage: Stage::default(),
            underway: Vec::new(),
            asleep_until: Timestamp::default(),
            versions: 0,
        }
    }

    /// What happened so far.
    pub(crate) fn summary(self) -> Summary {
        self.stage.summary
    }

    /// Lives through `steps` steps and settles the accounts.
    pub(crate) fn live(&mut self, steps: u32) -> Result<(), Failure> {
        let life = self.open_shop();
        self.judge(0, life)?;
        for step in 1..=steps {
            let life = self.step();
            self.judge(step, life)?;
        }
        let again = invariants::redecide(&self.stage.journal);
        self.judge(
            steps,
            again.map_err(|found| ("recorded observations give the same decisions", found)),
        )
    }

    fn judge(&self, step: u32, life: Result<(), Broken>) -> Result<(), Failure> {
        life.map_err(|(invariant, found)| {
            let from = self.stage.journal.len().saturating_sub(TAIL);
            let tail = self
                .stage
                .journal
                .iter()
                .skip(from)
                .map(|line| telling::tell(&self.stage.desk, line))
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
            (400, (0, 2_000)),
            (350, (2_000, 20_000)),
            (210, (20_000, 120_000)),
            (36, (120_000, 300_000)),
            (4, (300_000, 2_400_000)),
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
                .stage
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
                self.tell(self.now, &Observation::Woke)?;
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
        self.tell(self.now, &underway.seen)
    }

    fn later(&mut self, millis: i64, seen: Observation) {
        let at = self.now + millis;
        self.underway.push(Underway { at, seen });
    }

    /// Tells the desk; the assistant hears what it is asked, and a refusal is an answer like any other.
    fn tell(&mut self, now: Timestamp, seen: &Observation) -> Result<(), Broken> {
        if let Ok(outcome) = self.stage.tell(now, seen)? {
            self.assistant_hears(&outcome.effects);
        }
        Ok(())
    }

    /// One of the open conversations.
    fn some_conversation(&mut self) -> Option<ConversationId> {
        let open: Vec<_> = self.stage.desk.conversations().map(|c| c.id).collect();
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
        self.tell(self.now, &seen)
    }
}
