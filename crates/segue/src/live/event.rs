//! An event in words, and who may hear it.

use std::collections::BTreeSet;

use axum::extract::ws::Utf8Bytes;
use segue_core::{
    id::{AgentId, CustomerId},
    time::Timestamp,
};
use serde::Serialize;
use serde_json::Value as Json;

use crate::http::{
    auth::{Caller, Who},
    wire::moment,
};

/// Who listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// A customer: their own conversations.
    Customer(CustomerId),
    /// An agent: what is assigned or offered to them, and the board.
    Agent(AgentId),
    /// A lead, an admin, or the team's own bot: everything.
    Team,
}

impl From<&Caller> for Audience {
    fn from(caller: &Caller) -> Self {
        match &caller.who {
            Who::Customer { id, .. } => Self::Customer(*id),
            Who::Agent(agent) => Self::Agent(*agent),
            Who::Assistant | Who::Lead(_) | Who::Admin(_) => Self::Team,
        }
    }
}

/// What is told, ready to be sent.
#[derive(Clone, Debug)]
pub struct Event {
    /// The line it follows from; none for what is not kept.
    pub position: Option<u64>,
    /// Its place among the events of that line.
    pub part: u32,
    /// Its kind.
    pub name: &'static str,
    /// Which agents hear it; none stands for all.
    agents: Option<BTreeSet<AgentId>>,
    /// Whether leads hear it.
    leads: bool,
    team: Option<Utf8Bytes>,
    customer: Option<(CustomerId, Utf8Bytes)>,
}

#[derive(Serialize)]
struct Frame<'f> {
    #[serde(rename = "type")]
    kind: &'static str,
    position: u64,
    part: u32,
    at: String,
    event: &'static str,
    data: &'f Json,
}

/// What an event is made of.
pub(super) struct Told {
    pub(super) position: u64,
    pub(super) part: u32,
    pub(super) at: Timestamp,
    pub(super) name: &'static str,
    pub(super) team: Option<Json>,
    pub(super) customer: Option<(CustomerId, Json)>,
    pub(super) agents: Option<BTreeSet<AgentId>>,
    pub(super) leads: bool,
}

impl From<Told> for Event {
    fn from(told: Told) -> Self {
        let frame = |data: &Json| {
            let frame = Frame {
                kind: "event",
                position: told.position,
                part: told.part,
                at: moment(told.at),
                event: told.name,
                data,
            };
            Utf8Bytes::from(serde_json::to_string(&frame).unwrap_or_default())
        };
        Self {
            position: Some(told.position),
            part: told.part,
            name: told.name,
            team: told.team.as_ref().map(&frame),
            customer: told.customer.as_ref().map(|(id, data)| (*id, frame(data))),
            agents: told.agents,
            leads: told.leads,
        }
    }
}

impl Event {
    /// Something that is not kept.
    pub(super) fn passing(
        frame: &Json,
        customer: Option<CustomerId>,
        agents: BTreeSet<AgentId>,
    ) -> Self {
        let frame = Utf8Bytes::from(frame.to_string());
        Self {
            position: None,
            part: 0,
            name: "typing",
            customer: customer.map(|id| (id, frame.clone())),
            team: Some(frame),
            agents: Some(agents),
            leads: true,
        }
    }

    /// What this listener is sent, if anything.
    pub fn frame_for(&self, audience: &Audience) -> Option<Utf8Bytes> {
        match audience {
            Audience::Customer(id) => {
                let (customer, frame) = self.customer.as_ref()?;
                (customer == id).then(|| frame.clone())
            }
            Audience::Agent(agent) => {
                let hears = self
                    .agents
                    .as_ref()
                    .is_none_or(|agents| agents.contains(agent));
                hears.then(|| self.team.clone()).flatten()
            }
            Audience::Team => self.leads.then(|| self.team.clone()).flatten(),
        }
    }

    /// Whether it comes after what a listener has.
    pub fn is_after(&self, position: u64, part: u32) -> bool {
        self.position
            .is_none_or(|own| (own, self.part) > (position, part))
    }
}
