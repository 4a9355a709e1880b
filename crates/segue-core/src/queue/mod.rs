//! Who waits: handoffs with their points, in an order that age moves by itself.

mod ladder;
mod lanes;
mod points;
pub mod wait;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use lanes::Lanes;
pub(crate) use points::decide;

use crate::{
    id::{
        AgentId, ConversationId, HandoffId, IntentName, OfferId, PromiseId, RouteName, SkillName,
        TriggerName,
    },
    journal::{Level, Points, Severity, Unmatched, Wait},
    time::Timestamp,
};

/// A handoff that is not over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handoff {
    /// Its id.
    pub id: HandoffId,
    /// What it is about.
    pub conversation: ConversationId,
    /// The trigger that opened it; none when somebody asked outright.
    pub trigger: Option<TriggerName>,
    /// How strong.
    pub level: Level,
    /// How grave.
    pub severity: Severity,
    /// What about.
    pub intent: Option<IntentName>,
    /// Whose queue.
    pub route: RouteName,
    /// What the agent must be able to do.
    pub skills: BTreeMap<SkillName, u8>,
    /// Only this agent, if it was passed on to one.
    pub only: Option<AgentId>,
    /// What it is worth, without its age.
    pub points: Points,
    /// Its age counts from here.
    pub since: Timestamp,
    /// When it entered this queue; the steps of the chain count from here.
    pub queued_at: Timestamp,
    /// How far the chain has widened: an index into the route's chain.
    pub step: u8,
    /// When it widened last.
    pub step_since: Timestamp,
    /// When it widens next.
    pub step_due: Option<Timestamp>,
    /// Where it stands.
    pub phase: Phase,
    /// Who is not offered it for now, each until when.
    pub refused: Vec<(AgentId, Timestamp)>,
    /// The last word on why nobody is offered it.
    pub unmatched: Option<Unmatched>,
    /// What the customer was promised.
    pub promise: Option<Promise>,
    /// The customer leaves it as a message and is not told waits any more.
    pub patient: bool,
    /// When it was first assigned.
    pub assigned_at: Option<Timestamp>,
    /// When an alert rule of the policy, by its index, looks at it.
    pub alerts_due: Vec<(Timestamp, u8)>,
}

/// Where a handoff stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Just opened, not in the queue yet.
    Opened,
    /// In the queue.
    Queued,
    /// Offered to an agent.
    Offered {
        /// The offer.
        offer: OfferId,
        /// To whom.
        agent: AgentId,
        /// Until when.
        until: Timestamp,
    },
    /// With an agent.
    Assigned {
        /// Who.
        agent: AgentId,
        /// Since when.
        since: Timestamp,
    },
    /// To be called back; somebody claims it from the board.
    Callback {
        /// When, if the customer said.
        at: Option<Timestamp>,
    },
}

/// A promise that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// Its id.
    pub id: PromiseId,
    /// What was told.
    pub wait: Wait,
    /// It must be kept or renewed by then.
    pub until: Timestamp,
    /// When it is looked at again.
    pub renew_at: Timestamp,
}

impl Handoff {
    /// The agent who has it, if one has.
    pub fn assigned_to(&self) -> Option<AgentId> {
        match self.phase {
            Phase::Assigned { agent, .. } => Some(agent),
            Phase::Opened | Phase::Queued | Phase::Offered { .. } | Phase::Callback { .. } => None,
        }
    }

    /// The agent to whom it is offered, if it is.
    pub fn offered_to(&self) -> Option<AgentId> {
        match self.phase {
            Phase::Offered { agent, .. } => Some(agent),
            Phase::Opened | Phase::Queued | Phase::Assigned { .. } | Phase::Callback { .. } => None,
        }
    }

    /// Points at `now`, with the age.
    pub fn points_at(&self, now: Timestamp) -> i64 {
        self.score_at(now).div_euclid(60_000)
    }

    /// Points at `now` times 60,000: exact in integers, one point a minute being one a millisecond.
    pub(crate) fn score_at(&self, now: Timestamp) -> i64 {
        self.rank() + i64::from(self.points.per_minute) * now.0
    }

    /// The part of the score that does not depend on now. Among entries that age at the same
    /// rate it gives the order for ever, so nothing is ever sorted again.
    pub(crate) fn rank(&self) -> i64 {
        let Points {
            severity,
            customer,
            sentiment,
            per_minute,
        } = self.points;
        let base = i64::from(severity) + i64::from(customer) + i64::from(sentiment);
        base * 60_000 - i64::from(per_minute) * self.since.0
    }

    /// Whether `agent` declined or missed it a short while ago.
    pub fn is_refused_by(&self, agent: AgentId, now: Timestamp) -> bool {
        self.refused
            .iter()
            .any(|(who, until)| *who == agent && *until > now)
    }
}
