//! The lifecycle of a conversation and who may speak in it.
//!
//! A conversation is with the assistant, waiting, or with an agent; a resolved one has left the
//! desk. Each change of hands grows the epoch, and only the holder of the current epoch speaks.

mod decide;
mod memory;

use serde::{Deserialize, Serialize};

pub(crate) use decide::{admit, decide, is_late};
pub use memory::{AttemptNote, FactNote, IssueNote, Memory, MoodNote};

use crate::{
    id::{AgentId, ConversationId, HandoffId, MessageId, TriggerName},
    journal::CustomerFacts,
    time::Timestamp,
};

/// An open conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Who writes.
    pub customer: Box<CustomerFacts>,
    /// Where they write.
    pub channel: Box<str>,
    /// When it began.
    pub opened_at: Timestamp,
    /// Grows at each change of hands.
    pub epoch: u32,
    /// With whom it is.
    pub stage: Stage,
    /// What the messages told so far.
    pub memory: Memory,
    /// Handoffs so far.
    pub handoffs: u16,
    /// A suggestion that the customer has not answered.
    pub suggested: Option<TriggerName>,
    /// Triggers that hold still, each until when.
    pub cooling: Vec<(TriggerName, Timestamp)>,
    /// The triggers that fired for the handoff under way, the one that won and those that yielded.
    #[serde(default)]
    pub reasons: Vec<TriggerName>,
    /// The customer takes a suggestion by leaving a message, and will not wait.
    #[serde(default)]
    pub leaves_message: bool,
    /// The customer's message that the assistant has not answered.
    pub unanswered: Option<Unanswered>,
    /// When anything last happened in it.
    pub touched_at: Timestamp,
    /// When it is closed if nothing more happens.
    pub idle_due: Option<Timestamp>,
}

/// A message that waits for the assistant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unanswered {
    /// Which.
    pub message: MessageId,
    /// Since when.
    pub since: Timestamp,
    /// When the silence becomes a trigger.
    pub silent_due: Timestamp,
}

/// With whom a conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The AI answers.
    WithAssistant {
        /// Since when.
        since: Timestamp,
    },
    /// On its way to a person.
    Waiting {
        /// By which handoff.
        handoff: HandoffId,
        /// Since when.
        since: Timestamp,
    },
    /// A person answers.
    WithAgent {
        /// By which handoff.
        handoff: HandoffId,
        /// Who.
        agent: AgentId,
        /// Since when.
        since: Timestamp,
    },
}

impl Conversation {
    pub(crate) fn new(
        id: ConversationId,
        customer: CustomerFacts,
        channel: &str,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            customer: Box::new(customer),
            channel: channel.into(),
            opened_at: now,
            epoch: 1,
            stage: Stage::WithAssistant { since: now },
            memory: Memory::default(),
            handoffs: 0,
            suggested: None,
            cooling: Vec::new(),
            reasons: Vec::new(),
            leaves_message: false,
            unanswered: None,
            touched_at: now,
            idle_due: None,
        }
    }

    /// The handoff that is under way, waiting or with an agent.
    pub fn handoff(&self) -> Option<HandoffId> {
        match self.stage {
            Stage::WithAssistant { .. } => None,
            Stage::Waiting { handoff, .. } | Stage::WithAgent { handoff, .. } => Some(handoff),
        }
    }

    /// Whether the assistant holds it.
    pub fn with_assistant(&self) -> bool {
        matches!(self.stage, Stage::WithAssistant { .. })
    }

    /// Whether `trigger` holds still at `now`.
    pub fn is_cooling(&self, trigger: &TriggerName, now: Timestamp) -> bool {
        self.cooling
            .iter()
            .any(|(name, until)| name == trigger && *until > now)
    }

    /// Lets `trigger` hold still until `until`, and forgets those whose time is over.
    pub(crate) fn cool(&mut self, trigger: &TriggerName, now: Timestamp, until: Timestamp) {
        self.cooling
            .retain(|(name, until)| name != trigger && *until > now);
        self.cooling.push((trigger.clone(), until));
    }
}
