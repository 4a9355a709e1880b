//! What people ask for: customers, conversations, messages, handoffs, agents.

use async_trait::async_trait;
use segue_core::{
    id::{
        AgentId, ConversationId, CustomerId, HandoffId, IntentName, MessageId, OfferId, PromiseId,
        RouteName, SkillName, TriggerName,
    },
    journal::{
        AgentProfile, Answer, Author, Briefing, FlagKind, Level, Notice, Points, Presence,
        Previous, Severity, Unmatched, Wait,
    },
    policy::Who,
    signals::Reading,
    time::Timestamp,
};
use serde_json::Value as Json;
use std::collections::BTreeMap;

use crate::{CustomerRow, StoreError};

/// A conversation as the journal leaves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationRow {
    /// Which.
    pub id: ConversationId,
    /// Whose.
    pub customer: CustomerId,
    /// Where they write.
    pub channel: String,
    /// What they say it is about: the body of the line that opened it.
    pub subject: Option<String>,
    /// The customer's tier when it was opened.
    pub tier: Option<String>,
    /// The customer's language when it was opened.
    pub locale: Option<String>,
    /// `assistant`, `waiting`, `offered`, `agent` or `resolved`.
    pub state: String,
    /// `assistant`, `nobody` or `agent`.
    pub holder: String,
    /// Who has it, or had it last.
    pub agent: Option<AgentId>,
    /// The epoch that counts.
    pub epoch: u32,
    /// When it began.
    pub opened_at: Timestamp,
    /// When it ended, if it has.
    pub resolved_at: Option<Timestamp>,
    /// `customer`, `assistant`, `agent` or `segue`.
    pub resolved_by: Option<String>,
    /// The latest handoff.
    pub handoff: Option<HandoffId>,
    /// How many handoffs it had.
    pub handoffs: u32,
    /// How many messages it has, notices included.
    pub messages: u32,
    /// When the latest came.
    pub last_message_at: Option<Timestamp>,
    /// The latest rating.
    pub csat: Option<u8>,
}

/// Which conversations are asked for; an empty filter asks for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConversationFilter {
    /// In this state.
    pub state: Option<String>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// That this agent has, or had last.
    pub agent: Option<AgentId>,
}

/// A message or a notice that was not refused.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageRow {
    /// Which.
    pub id: MessageId,
    /// Where.
    pub conversation: ConversationId,
    /// Who; a notice is by Segue.
    pub author: Author,
    /// When.
    pub at: Timestamp,
    /// Kept for the agent and not shown to the customer.
    pub withheld: bool,
    /// The words; none once they are erased.
    pub text: Option<String>,
    /// Further words, such as attempted solutions and sources.
    pub extra: Option<Json>,
    /// What the text tells; none for a notice.
    pub reading: Option<Reading>,
    /// What the assistant said of its answer.
    pub answer: Option<Answer>,
    /// What the customer was told, if it is a notice.
    pub notice: Option<Notice>,
}

/// A handoff as the journal leaves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffRow {
    /// Which.
    pub id: HandoffId,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// The message that led to it.
    pub message: Option<MessageId>,
    /// By which trigger; none when somebody asked outright.
    pub trigger: Option<TriggerName>,
    /// How strong.
    pub level: Level,
    /// How grave.
    pub severity: Severity,
    /// What about.
    pub intent: Option<IntentName>,
    /// Where it waits or was taken.
    pub route: RouteName,
    /// What the agent must be able to do.
    pub skills: BTreeMap<SkillName, u8>,
    /// The policy it was opened under.
    pub policy: u32,
    /// `queued`, `offered`, `assigned`, `callback`, or how it ended: `resolved`, `returned`,
    /// `abandoned`, `stayed`.
    pub state: String,
    /// When.
    pub opened_at: Timestamp,
    /// Where in the fallback chain it is, from 0.
    pub step: u8,
    /// Who may take it there.
    pub step_who: Option<Who>,
    /// Since when.
    pub step_since: Option<Timestamp>,
    /// Why nobody is offered it.
    pub unmatched: Option<Unmatched>,
    /// How many offers were made.
    pub offers: u32,
    /// Who has it, or had it last.
    pub agent: Option<AgentId>,
    /// When an agent first had it.
    pub assigned_at: Option<Timestamp>,
    /// When an agent first wrote.
    pub first_reply_at: Option<Timestamp>,
    /// When the customer wants to be called.
    pub callback_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
}

/// A handoff with all that belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct HandoffRecord {
    /// The handoff.
    pub row: HandoffRow,
    /// What travels.
    pub briefing: Briefing,
    /// Its stays in the queue, in order.
    pub segments: Vec<SegmentRow>,
    /// Its offers, in order.
    pub offers: Vec<OfferRow>,
    /// Its promises, in order.
    pub promises: Vec<PromiseRow>,
    /// What agents found wrong with it, in order.
    pub flags: Vec<FlagRow>,
}

/// One stay in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentRow {
    /// The position of the line that began it.
    pub id: u64,
    /// In which route's queue.
    pub route: RouteName,
    /// Only for this agent.
    pub only: Option<AgentId>,
    /// What the entry was worth.
    pub points: Points,
    /// Its age counted from here.
    pub waiting_since: Timestamp,
    /// When it entered.
    pub entered_at: Timestamp,
    /// When it left.
    pub left_at: Option<Timestamp>,
    /// `assigned`, `callback`, `requeued`, or how the handoff ended.
    pub how: Option<String>,
}

/// One offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferRow {
    /// Which.
    pub id: OfferId,
    /// To whom.
    pub agent: AgentId,
    /// When.
    pub offered_at: Timestamp,
    /// It lapses here.
    pub until_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// `accepted`, `declined`, `lapsed`, `agent_left` or `withdrawn`.
    pub how: Option<String>,
}

/// One promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromiseRow {
    /// Which.
    pub id: PromiseId,
    /// When it was made.
    pub told_at: Timestamp,
    /// By when it must be kept or renewed.
    pub until_at: Timestamp,
    /// The wait that was told.
    pub wait: Wait,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
    /// `kept`, `renewed`, `broken`, `released` or `withdrawn`.
    pub how: Option<String>,
}

/// What an agent found wrong with a handoff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagRow {
    /// The position of its line; a note is the body there.
    pub id: u64,
    /// Which handoff.
    pub handoff: HandoffId,
    /// Who.
    pub agent: AgentId,
    /// What.
    pub flag: FlagKind,
    /// When.
    pub at: Timestamp,
    /// In the agent's words.
    pub note: Option<String>,
}

/// An agent as the journal leaves them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentRow {
    /// Who.
    pub id: AgentId,
    /// What they can.
    pub profile: AgentProfile,
    /// How available they are.
    pub presence: Presence,
    /// Since when.
    pub presence_since: Timestamp,
    /// The address they log in with.
    pub email: Option<String>,
}

/// What people ask for.
#[async_trait]
pub trait Records {
    /// One conversation.
    async fn conversation(&self, id: ConversationId)
    -> Result<Option<ConversationRow>, StoreError>;
    /// At most `limit` conversations, the newest first, older than `before`.
    async fn conversations(
        &self,
        filter: ConversationFilter,
        before: Option<ConversationId>,
        limit: usize,
    ) -> Result<Vec<ConversationRow>, StoreError>;
    /// At most `limit` messages after one, in order; refused ones are left out.
    async fn messages(
        &self,
        conversation: ConversationId,
        after: Option<MessageId>,
        limit: usize,
    ) -> Result<Vec<MessageRow>, StoreError>;
    /// One message, unless it was refused.
    async fn message(&self, id: MessageId) -> Result<Option<MessageRow>, StoreError>;
    /// A customer by pseudonym.
    async fn customer(&self, id: CustomerId) -> Result<Option<CustomerRow>, StoreError>;
    /// A customer by the team's own id.
    async fn customer_of(&self, external_id: &str) -> Result<Option<CustomerRow>, StoreError>;
    /// Writes a customer outside of a batch.
    async fn save_customer(&self, customer: CustomerRow) -> Result<(), StoreError>;
    /// Erases a customer's name and address and all words of their conversations, whoever wrote
    /// them. Lines, counts and times stay. Kept answers to requests are not searched: forget
    /// those with [`crate::Journal::forget_answers`].
    async fn erase_customer(&self, id: CustomerId) -> Result<(), StoreError>;
    /// The five latest conversations of a customer, latest first.
    async fn previous(&self, customer: CustomerId) -> Result<Vec<Previous>, StoreError>;
    /// A handoff with all that belongs to it.
    async fn handoff(&self, id: HandoffId) -> Result<Option<HandoffRecord>, StoreError>;
    /// All handoffs of a conversation, in order.
    async fn handoffs_of(&self, id: ConversationId) -> Result<Vec<HandoffRow>, StoreError>;
    /// All agents, retired ones included, by id.
    async fn agents(&self) -> Result<Vec<AgentRow>, StoreError>;
    /// Handoffs opened from `since` on and before `until`, in order.
    async fn handoffs_between(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<HandoffRow>, StoreError>;
    /// Conversations opened from `since` on and before `until`, in order.
    async fn conversations_between(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<ConversationRow>, StoreError>;
    /// Promises made from `since` on and before `until`, in order.
    async fn promises_between(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<PromiseRow>, StoreError>;
    /// Flags raised from `since` on and before `until`, in order.
    async fn flags_between(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<FlagRow>, StoreError>;
}
