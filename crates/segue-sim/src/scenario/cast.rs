//! Who is who in a scenario: names for the ids of the desk.

use std::collections::BTreeMap;

use segue_core::{
    conversation::Stage,
    desk::Desk,
    id::{AgentId, ConversationId, HandoffId},
    journal::{Decision, Entry, Line, Ruling},
    queue::Phase,
};

use crate::telling;

/// The people of a scenario.
#[derive(Default)]
pub(super) struct Cast {
    pub(super) agents: BTreeMap<String, AgentId>,
    pub(super) customers: BTreeMap<String, ConversationId>,
    /// The epoch under which the assistant was last asked.
    pub(super) asked: BTreeMap<ConversationId, u32>,
    pub(super) last_customer: Option<String>,
    handoffs: BTreeMap<HandoffId, ConversationId>,
}

impl Cast {
    /// Remembers to which conversation a new handoff belongs.
    pub(super) fn note(&mut self, line: &Line) {
        if let Entry::Decided(Decision {
            ruling: Ruling::HandoffOpened { conversation, .. },
            ..
        }) = &line.entry
        {
            self.handoffs
                .insert(HandoffId(line.position), *conversation);
        }
    }

    pub(super) fn agent(&self, name: &str) -> Result<AgentId, String> {
        let known = self.agents.get(name).copied();
        known.ok_or_else(|| {
            format!("there is no agent `{name}`; agents stand at the top: agent {name}: capacity 2")
        })
    }

    pub(super) fn conversation(&self, name: &str) -> Result<ConversationId, String> {
        let known = self.customers.get(name).copied();
        known.ok_or_else(|| {
            format!("there is no customer `{name}` yet; customers come in by writing")
        })
    }

    /// The conversation of `name`, or of the customer who wrote last.
    pub(super) fn conversation_or_last(
        &self,
        name: Option<&str>,
    ) -> Result<ConversationId, String> {
        let name = name.or(self.last_customer.as_deref());
        self.conversation(name.ok_or("no customer has written yet")?)
    }

    pub(super) fn handoff(&self, desk: &Desk, name: &str) -> Result<HandoffId, String> {
        let conversation = self.conversation(name)?;
        let under_way = desk
            .conversation(conversation)
            .and_then(segue_core::conversation::Conversation::handoff);
        let last = || {
            self.handoffs
                .iter()
                .rev()
                .find(|(_, of)| **of == conversation)
                .map(|(id, _)| *id)
        };
        under_way
            .or_else(last)
            .ok_or_else(|| format!("{name} has never been handed off"))
    }

    /// The customer whom a ruling is about.
    pub(super) fn subject(&self, ruling: &Ruling) -> Option<&str> {
        let conversation = match ruling {
            Ruling::Judged { conversation, .. }
            | Ruling::ReplyRefused { conversation, .. }
            | Ruling::ReplyWithheld { conversation, .. }
            | Ruling::HandoffOpened { conversation, .. }
            | Ruling::Assigned { conversation, .. }
            | Ruling::HandoffEnded { conversation, .. }
            | Ruling::ConversationResolved { conversation, .. }
            | Ruling::NoticeGiven { conversation, .. } => conversation,
            Ruling::Queued { handoff, .. }
            | Ruling::StepTaken { handoff, .. }
            | Ruling::NoMatch { handoff, .. }
            | Ruling::Offered { handoff, .. }
            | Ruling::OfferEnded { handoff, .. }
            | Ruling::CallbackNoted { handoff, .. }
            | Ruling::PromiseMade { handoff, .. }
            | Ruling::PromiseSettled { handoff, .. }
            | Ruling::AlertRaised { handoff, .. } => self.handoffs.get(handoff)?,
            Ruling::PresenceChanged { .. } => return None,
        };
        let known = self.customers.iter().find(|(_, id)| *id == conversation);
        known.map(|(name, _)| name.as_str())
    }

    /// Where every conversation stands: `ann is waiting`, `ann is with Sarah`.
    pub(super) fn places(&self, desk: &Desk) -> Vec<String> {
        self.customers
            .iter()
            .map(|(name, id)| format!("{name} is {}", place(desk, *id)))
            .collect()
    }
}

fn place(desk: &Desk, id: ConversationId) -> String {
    let Some(conversation) = desk.conversation(id) else {
        return "gone".to_owned();
    };
    match conversation.stage {
        Stage::WithAssistant { .. } => "with the assistant".to_owned(),
        Stage::WithAgent { agent, .. } => format!("with {}", telling::name(desk, agent)),
        Stage::Waiting { handoff, .. } => {
            match desk.handoff(handoff).map(|handoff| handoff.phase) {
                Some(Phase::Offered { agent, .. }) => {
                    format!("offered to {}", telling::name(desk, agent))
                }
                Some(Phase::Callback { .. }) => "to be called back".to_owned(),
                _ => "waiting".to_owned(),
            }
        }
    }
}
