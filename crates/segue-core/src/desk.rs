//! The desk: the whole live state of one workspace, with one door and one alarm.
//!
//! `handle` reads as the story goes: each room looks at the desk and answers with decisions, the
//! desk writes them down and applies them, then asks the next room. Rooms never call each other.

mod apply;
mod handoffs;
#[cfg(test)]
mod tests;
mod turn;
mod views;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock},
};

use serde::{Deserialize, Serialize};

pub(crate) use turn::Turn;

use crate::{
    alerts, conversation,
    conversation::Conversation,
    id::{AgentId, ConversationId, HandoffId, RouteName},
    journal::{Effect, Entry, Line, Observation, Refusal},
    notices,
    policy::Policy,
    queue,
    queue::{Handoff, Lanes, wait::Handling},
    routing,
    routing::{Agent, Bench},
    time::Timestamp,
    triggers,
};

/// What a deadline of the desk is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deadline {
    /// An offer lapses.
    OfferLapses(HandoffId),
    /// A fallback chain widens.
    StepDue(HandoffId),
    /// An agent may be offered again what they declined.
    AgainFree(HandoffId, AgentId),
    /// A promise must be renewed.
    PromiseDue(HandoffId),
    /// An alert rule of the policy, by its index, looks at a handoff.
    AlertDue(HandoffId, u8),
    /// What an agent said of themselves ends.
    StatusEnds(AgentId),
    /// The assistant has been silent for too long.
    AssistantSilent(ConversationId),
    /// Nobody has touched a conversation for too long.
    ConversationIdle(ConversationId),
}

/// What came of an observation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// To be written before anybody is told anything.
    pub lines: Vec<Line>,
    /// To be done once the lines are durable.
    pub effects: Vec<Effect>,
}

/// The state of one workspace.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct Desk {
    position: u64,
    now: Timestamp,
    policy_version: u32,
    policy_source: Arc<str>,
    agents: BTreeMap<AgentId, Agent>,
    conversations: BTreeMap<ConversationId, Conversation>,
    handoffs: BTreeMap<HandoffId, Handoff>,
    deadlines: BTreeSet<(Timestamp, Deadline)>,
    handling: BTreeMap<RouteName, Handling>,
    /// The policy as it reads; derived from its source.
    #[serde(skip)]
    policy: Arc<Policy>,
    /// Waiting entries in order; derived from the handoffs.
    #[serde(skip)]
    lanes: Lanes,
    /// Agents by skill; derived from the agents.
    #[serde(skip)]
    bench: Bench,
}

/// A desk as a snapshot holds it, before what is derived has been derived.
#[derive(Deserialize)]
struct Stored {
    position: u64,
    now: Timestamp,
    policy_version: u32,
    policy_source: Arc<str>,
    agents: BTreeMap<AgentId, Agent>,
    conversations: BTreeMap<ConversationId, Conversation>,
    handoffs: BTreeMap<HandoffId, Handoff>,
    deadlines: BTreeSet<(Timestamp, Deadline)>,
    handling: BTreeMap<RouteName, Handling>,
}

impl From<Stored> for Desk {
    fn from(stored: Stored) -> Self {
        let mut desk = Self {
            position: stored.position,
            now: stored.now,
            policy_version: stored.policy_version,
            policy_source: stored.policy_source,
            agents: stored.agents,
            conversations: stored.conversations,
            handoffs: stored.handoffs,
            deadlines: stored.deadlines,
            handling: stored.handling,
            ..Self::default()
        };
        desk.read_policy();
        desk.rebuild_indexes();
        desk
    }
}

/// Two desks are equal when their state is; what is derived follows.
impl PartialEq for Desk {
    fn eq(&self, other: &Self) -> bool {
        self.position == other.position
            && self.now == other.now
            && self.policy_version == other.policy_version
            && self.policy_source == other.policy_source
            && self.agents == other.agents
            && self.conversations == other.conversations
            && self.handoffs == other.handoffs
            && self.deadlines == other.deadlines
            && self.handling == other.handling
    }
}

/// The policy that holds before one is published.
static DEFAULT_POLICY: LazyLock<Arc<Policy>> = LazyLock::new(|| Arc::new(Policy::default()));

impl Default for Desk {
    fn default() -> Self {
        Self {
            position: 0,
            now: Timestamp::default(),
            policy_version: 0,
            policy_source: Policy::default_source().into(),
            agents: BTreeMap::new(),
            conversations: BTreeMap::new(),
            handoffs: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            handling: BTreeMap::new(),
            policy: Arc::clone(&DEFAULT_POLICY),
            lanes: Lanes::default(),
            bench: Bench::default(),
        }
    }
}

impl Desk {
    /// An empty desk, before the first line.
    pub fn new() -> Self {
        Self::default()
    }

    /// The desk that `lines` left behind. Applies what was decided; decides nothing.
    pub fn restore(lines: impl IntoIterator<Item = Line>) -> Self {
        let mut desk = Self::new();
        lines.into_iter().for_each(|line| desk.apply(&line));
        desk
    }

    /// Takes in what the world tells, and decides all that follows from it.
    ///
    /// Time never runs backwards: a `now` before the last line counts as the time of that line.
    ///
    /// # Errors
    /// A [`Refusal`] says why the observation cannot be; then nothing is written or changed.
    pub fn handle(&mut self, now: Timestamp, seen: Observation) -> Result<Outcome, Refusal> {
        self.admit(&seen)?;
        let now = now.max(self.now);
        if seen == Observation::Woke && self.next_deadline().is_none_or(|(at, _)| at > now) {
            return Ok(Outcome::default());
        }
        let due = if seen == Observation::Woke {
            self.due(now)
        } else {
            Vec::new()
        };
        let mut turn = Turn::begin(self.position + 1, now, seen, due);
        let seen = Entry::Observed(turn.seen.clone());
        self.write(&mut turn, seen);
        self.rule(&mut turn, notices::settle);
        self.rule(&mut turn, routing::decide_presence);
        self.rule(&mut turn, routing::decide_moves);
        self.rule(&mut turn, conversation::decide);
        self.rule(&mut turn, triggers::decide);
        self.rule(&mut turn, queue::decide);
        self.match_up(&mut turn);
        self.rule(&mut turn, notices::decide);
        self.rule(&mut turn, notices::promise);
        self.rule(&mut turn, alerts::decide);
        let effects = triggers::effects(self, &turn);
        Ok(Outcome {
            lines: turn.lines,
            effects,
        })
    }

    /// The next moment at which [`Observation::Woke`] must be handled, and what it is for.
    pub fn next_deadline(&self) -> Option<(Timestamp, Deadline)> {
        self.deadlines.first().copied()
    }

    fn admit(&self, seen: &Observation) -> Result<(), Refusal> {
        if let Observation::PolicyPublished { source, .. } = seen {
            apply::parse(source).map_err(Refusal::BadPolicy)?;
        }
        conversation::admit(self, seen)?;
        routing::admit(self, seen)
    }

    /// What is due at a moment.
    pub(crate) fn due(&self, now: Timestamp) -> Vec<Deadline> {
        let due = self.deadlines.iter().take_while(|(at, _)| *at <= now);
        due.map(|(_, deadline)| *deadline).collect()
    }

    fn write(&mut self, turn: &mut Turn, entry: Entry) {
        let line = turn.line(entry);
        self.apply(&line);
        turn.lines.push(line);
    }

    /// Asks a room, writes down what it decides, and applies it.
    fn rule(
        &mut self,
        turn: &mut Turn,
        room: impl Fn(&Self, &Turn) -> Vec<crate::journal::Decision>,
    ) {
        for decision in room(self, turn) {
            self.write(turn, Entry::Decided(decision));
        }
    }

    /// Settles the queue: chains widen, free agents take the best entries, then entries find the best agents.
    fn match_up(&mut self, turn: &mut Turn) {
        let (agents, entries) = routing::hot(self, turn);
        for entry in &entries {
            while let Some(decision) = routing::widen(self, *entry) {
                self.write(turn, Entry::Decided(decision));
            }
        }
        for agent in agents {
            while let Some(decision) = routing::for_agent(self, agent) {
                self.write(turn, Entry::Decided(decision));
            }
        }
        for entry in entries {
            while let Some(decision) = routing::for_entry(self, entry) {
                self.write(turn, Entry::Decided(decision));
            }
        }
    }
}
