//! What may be looked at from outside.

use super::{Deadline, Desk};
use crate::{
    conversation::{Conversation, Stage},
    id::{AgentId, ConversationId, HandoffId, RouteName},
    journal::{Choice, Decision, Reason, Ruling},
    policy::{Policy, Route, Step, Who},
    queue::{Handoff, Lanes, Phase, wait::Handling},
    routing::{Agent, Bench},
    time::Timestamp,
};

impl Desk {
    /// The position of the last line.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The time of the last line.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The policy in force.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Its version, 0 before the first.
    pub fn policy_version(&self) -> u32 {
        self.policy_version
    }

    /// Its document.
    pub fn policy_source(&self) -> &str {
        &self.policy_source
    }

    /// An open conversation.
    pub fn conversation(&self, id: ConversationId) -> Option<&Conversation> {
        self.conversations.get(&id)
    }

    /// The open conversations, oldest first.
    pub fn conversations(&self) -> impl Iterator<Item = &Conversation> {
        self.conversations.values()
    }

    /// A handoff that is not over.
    pub fn handoff(&self, id: HandoffId) -> Option<&Handoff> {
        self.handoffs.get(&id)
    }

    /// The handoffs that are not over, oldest first.
    pub fn handoffs(&self) -> impl Iterator<Item = &Handoff> {
        self.handoffs.values()
    }

    /// The conversation of a handoff that is not over.
    pub fn conversation_of(&self, handoff: HandoffId) -> Option<&Conversation> {
        self.conversation(self.handoff(handoff)?.conversation)
    }

    /// An agent, retired ones included.
    pub fn agent(&self, id: AgentId) -> Option<&Agent> {
        self.agents.get(&id)
    }

    /// All agents, in the order in which they joined.
    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        self.agents.values()
    }

    /// Agents by skill.
    pub fn bench(&self) -> &Bench {
        &self.bench
    }

    pub(crate) fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// How many entries wait in the queue without being offered.
    pub fn waiting(&self) -> usize {
        self.lanes.len()
    }

    /// All deadlines, the next one first.
    pub fn deadlines(&self) -> impl Iterator<Item = (Timestamp, Deadline)> {
        self.deadlines.iter().copied()
    }

    /// The first silence of an assistant that falls due before a moment.
    pub(crate) fn next_silence(&self, until: Timestamp) -> Option<(Timestamp, Deadline)> {
        let mut passed = self.deadlines().take_while(|(at, _)| *at < until);
        passed.find(|(_, deadline)| matches!(deadline, Deadline::AssistantSilent(_)))
    }

    /// What handling took lately on a route.
    pub fn handling(&self, route: &RouteName) -> Handling {
        self.handling.get(route).copied().unwrap_or_default()
    }

    /// The route of a handoff, or the default one where the policy no longer has it.
    pub fn route(&self, handoff: &Handoff) -> Option<&Route> {
        let routes = &self.policy.routes;
        routes
            .get(&handoff.route)
            .or_else(|| routes.get(&self.policy.default_route))
    }

    /// The team that an agent speaks for who takes a handoff: its own where they have its skills.
    /// Who stands in speaks for the first team whose skills they have, else for the default one.
    pub fn team_of(&self, agent: AgentId, handoff: &Handoff) -> Option<&str> {
        let policy = &self.policy;
        let skills = &self.agent(agent)?.profile.skills;
        let serves = |route: &&Route| route.skills.keys().all(|skill| skills.contains_key(skill));
        let special = |route: &&Route| !route.skills.is_empty() && serves(route);
        let route = self.route(handoff).filter(serves);
        let route = route
            .or_else(|| policy.routes.values().find(special))
            .or_else(|| policy.routes.get(&policy.default_route))?;
        Some(&route.team)
    }

    /// The fallback chain of a handoff.
    pub fn chain(&self, handoff: &Handoff) -> &[Step] {
        self.route(handoff).map_or(&[], |route| &route.chain)
    }

    /// The widest circle that the chain of a handoff has reached.
    pub fn circle(&self, handoff: &Handoff) -> Who {
        let reached = self
            .chain(handoff)
            .iter()
            .take(usize::from(handoff.step) + 1);
        reached.map(|step| step.who).max().unwrap_or(Who::General)
    }

    /// What the customer can choose now.
    pub fn choices(&self, conversation: &Conversation) -> Vec<Choice> {
        match conversation.stage {
            Stage::WithAssistant { .. } if conversation.suggested.is_some() => {
                vec![
                    Choice::Wait,
                    Choice::Callback,
                    Choice::Message,
                    Choice::Stay,
                ]
            }
            Stage::WithAssistant { .. } | Stage::WithAgent { .. } => Vec::new(),
            Stage::Waiting { handoff, .. } => self.handoff(handoff).map_or_else(Vec::new, choices),
        }
    }

    pub(crate) fn decision(&self, because: Reason, ruling: Ruling) -> Decision {
        Decision {
            policy: self.policy_version,
            because,
            ruling,
        }
    }
}

fn choices(handoff: &Handoff) -> Vec<Choice> {
    match handoff.phase {
        Phase::Callback { .. } => vec![Choice::Wait, Choice::Stay],
        _ if handoff.patient => vec![Choice::Callback, Choice::Stay],
        _ => vec![Choice::Callback, Choice::Message, Choice::Stay],
    }
}
