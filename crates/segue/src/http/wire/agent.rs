//! An agent as they travel.

use std::collections::BTreeMap;

use segue_core::{desk::Desk, journal::Presence, routing::Agent as CoreAgent};
use serde::Serialize;
use utoipa::ToSchema;

use super::{moment, word};

/// A person who answers customers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Agent {
    /// Which, like `agt_3`.
    pub id: String,
    /// As customers read it.
    pub name: String,
    /// The address they log in with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Skills with levels 1 to 5.
    pub skills: BTreeMap<String, u8>,
    /// Conversations at once.
    pub capacity: u16,
    /// May be reached as the last step of a fallback chain.
    pub on_call: bool,
    /// No longer works here.
    pub retired: bool,
    /// How available they are.
    pub presence: PresenceSaid,
}

/// How available an agent is, and from what that follows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PresenceSaid {
    /// `online`, `away`, `busy`, `do_not_disturb` or `offline`.
    pub state: String,
    /// Since when.
    pub since_at: String,
    /// When what they said ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_at: Option<String>,
    /// What it follows from.
    pub sources: Vec<PresenceSource>,
}

/// One thing that an agent's presence follows from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PresenceSource {
    /// `console` or `status`.
    pub kind: String,
    /// What it says.
    pub state: String,
    /// Since when.
    pub at: String,
}

/// An agent with their work.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentLive {
    /// Who.
    #[serde(flatten)]
    pub agent: Agent,
    /// Places taken, those of offers included.
    pub load: u16,
    /// The conversations they have.
    pub conversations: Vec<String>,
    /// Places free.
    pub free: u16,
}

impl Agent {
    /// Of an agent on the desk.
    pub fn of(agent: &CoreAgent) -> Self {
        let console = if agent.console {
            Presence::Online
        } else {
            Presence::Offline
        };
        let source = |kind: &str, state: Presence, at| PresenceSource {
            kind: kind.into(),
            state: word(state),
            at: moment(at),
        };
        Self {
            id: agent.id.to_string(),
            name: agent.profile.name.clone(),
            email: None,
            skills: skills(&agent.profile.skills),
            capacity: agent.profile.capacity,
            on_call: agent.profile.on_call,
            retired: agent.profile.retired,
            presence: PresenceSaid {
                state: word(agent.presence),
                since_at: moment(agent.presence_since),
                until_at: agent.status_until.map(moment),
                sources: vec![
                    source("console", console, agent.console_since),
                    source("status", agent.status, agent.status_since),
                ],
            },
        }
    }
}

/// Skills by name.
pub fn skills(skills: &BTreeMap<segue_core::id::SkillName, u8>) -> BTreeMap<String, u8> {
    let named = skills
        .iter()
        .map(|(name, level)| (name.to_string(), *level));
    named.collect()
}

impl AgentLive {
    /// Of an agent on the desk.
    pub fn of(desk: &Desk, agent: &CoreAgent) -> Self {
        let conversations = agent.handoffs.iter().filter_map(|id| desk.handoff(*id));
        Self {
            agent: Agent::of(agent),
            load: agent.load(),
            conversations: conversations.map(|h| h.conversation.to_string()).collect(),
            free: agent.free(),
        }
    }
}
