//! How long until an agent is there?

use serde::Serialize;

use super::{
    past::{Past, Path, seconds_between},
    spread::{Spread, Times},
    survival::{Survival, Waits},
};
use crate::{audit::Speaker, time::Timestamp};

/// Time to agent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TimeToAgent {
    /// From the handoff to the agent, only of those who got one: it leaves out the longest waits,
    /// those of customers who gave up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<Times>,
    /// The same with those who gave up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<Survival>,
    /// Handoffs whose time the source does not say: it is taken from the customer's first message
    /// that no assistant answered any more.
    pub handoff_time_derived: u64,
    /// Handoffs without times.
    pub unknown: u64,
    /// From the customer's first message to an agent's first, where people had it from the
    /// beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_reply: Option<Survival>,
}

/// Counts waits.
#[derive(Clone, Debug, Default)]
pub(super) struct WaitCount {
    answered: Spread,
    all: Waits,
    first_reply: Waits,
    derived: u64,
    unknown: u64,
}

impl WaitCount {
    pub(super) fn add(&mut self, past: &Past) {
        match past.path() {
            Path::HandedOff => self.after_handoff(past),
            Path::PeopleOnly => {
                let from = past.first_of(Speaker::Customer).and_then(|turn| turn.at);
                if let Some(from) = from {
                    note(
                        &mut self.first_reply,
                        from,
                        first_agent_at(past),
                        past.last_at,
                    );
                }
            }
            Path::AssistantOnly | Path::Unknown => {}
        }
    }

    fn after_handoff(&mut self, past: &Past) {
        let told = past.handed_off_at.or_else(|| given_away_at(past));
        let Some(from) = told.or_else(|| left_alone_at(past)) else {
            self.unknown += 1;
            return;
        };
        self.derived += u64::from(told.is_none());
        let joined = past.joined_at.or_else(|| first_agent_at(past));
        if let Some(seconds) = note(&mut self.all, from, joined, past.last_at) {
            self.answered.add(seconds);
        }
    }

    pub(super) fn finish(self) -> TimeToAgent {
        TimeToAgent {
            answered: self.answered.times(),
            all: self.all.told(),
            handoff_time_derived: self.derived,
            unknown: self.unknown,
            first_reply: self.first_reply.told(),
        }
    }
}

/// Notes a wait that ended, or how long it lasted at least. Answers with the length of one that
/// ended.
fn note(
    waits: &mut Waits,
    from: Timestamp,
    answered: Option<Timestamp>,
    last: Option<Timestamp>,
) -> Option<u64> {
    let seconds = answered.and_then(|at| seconds_between(from, at));
    match (seconds, last.and_then(|at| seconds_between(from, at))) {
        (Some(seconds), _) => waits.answered(seconds),
        (None, Some(seconds)) => waits.given_up(seconds),
        (None, None) => {}
    }
    seconds
}

fn given_away_at(past: &Past) -> Option<Timestamp> {
    past.turns.iter().find(|turn| turn.hands_off)?.at
}

fn first_agent_at(past: &Past) -> Option<Timestamp> {
    past.first_of(Speaker::Agent)?.at
}

/// The customer's first message after the assistant's last one before an agent wrote; where there
/// is none, the assistant's last message.
fn left_alone_at(past: &Past) -> Option<Timestamp> {
    let before = past.turns.get(..past.said_by(Speaker::Agent)?)?;
    let last = before
        .iter()
        .rposition(|turn| turn.by == Speaker::Assistant)?;
    let waiting = before.get(last + 1).or(before.get(last))?;
    waiting.at
}
