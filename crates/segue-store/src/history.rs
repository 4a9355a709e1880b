//! Conversations that were brought in from elsewhere. An import is one unit: until it is
//! finished nobody sees it, and it can be undone as a whole.

use async_trait::async_trait;
use segue_core::time::Timestamp;
use serde_json::Value as Json;

use crate::StoreError;

/// One import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRow {
    /// Counted from 1.
    pub id: u64,
    /// The format it was read as.
    pub format: String,
    /// Where it was read from.
    pub file: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was complete; none for one that is under way or was broken off.
    pub finished_at: Option<Timestamp>,
    /// Conversations that were taken.
    pub conversations: u64,
    /// Messages that were taken.
    pub messages: u64,
    /// Rows that were refused.
    pub refused: u64,
}

/// One conversation of the history.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistoryConversation {
    /// As the source calls it.
    pub external_id: String,
    /// Where it was held.
    pub channel: Option<String>,
    /// The customer's tier.
    pub tier: Option<String>,
    /// When it began; 0 where the source does not say.
    pub opened_at: Timestamp,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
    /// Whether a person took over, where the source says.
    pub handed_off: Option<bool>,
    /// Whether it ended well, where the source says.
    pub solved: Option<bool>,
    /// How the customer rated it, 1 to 5.
    pub csat: Option<u8>,
    /// Whatever else the source says.
    pub extra: Option<Json>,
    /// In order.
    pub messages: Vec<HistoryMessage>,
}

/// One message of the history.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistoryMessage {
    /// `customer`, `assistant`, `agent` or `segue`.
    pub author: String,
    /// When; 0 where the source does not say.
    pub at: Timestamp,
    /// The words.
    pub text: String,
    /// Whatever else the source says.
    pub extra: Option<Json>,
}

/// A place in the history: an import and a conversation in it, both counted from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct HistoryPlace {
    /// Which import.
    pub import: u64,
    /// Which of its conversations.
    pub seq: u64,
}

/// What the words of a conversation told, so that they need not be read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptReadings {
    /// Which reader read them.
    pub reader: String,
    /// What a policy had taught it.
    pub lesson: String,
    /// The messages without their words, in the caller's own encoding.
    pub turns: String,
}

/// A conversation of the history without its messages, and what was read of them before.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryHead {
    /// Where it is.
    pub place: HistoryPlace,
    /// It has no messages here.
    pub conversation: HistoryConversation,
    /// What its words told.
    pub kept: Option<KeptReadings>,
}

/// The history.
#[async_trait]
pub trait History {
    /// Begins an import and tells its id.
    async fn begin_import(
        &self,
        format: &str,
        file: &str,
        at: Timestamp,
    ) -> Result<u64, StoreError>;
    /// Adds conversations to an import that is under way; all of them or none.
    async fn add_history(
        &self,
        import: u64,
        conversations: Vec<HistoryConversation>,
    ) -> Result<(), StoreError>;
    /// Completes an import: from now on it is part of the history.
    async fn finish_import(
        &self,
        import: u64,
        refused: u64,
        at: Timestamp,
    ) -> Result<(), StoreError>;
    /// Takes an import out again, finished or not.
    async fn undo_import(&self, import: u64) -> Result<(), StoreError>;
    /// All imports, the oldest first.
    async fn imports(&self) -> Result<Vec<ImportRow>, StoreError>;
    /// At most `limit` conversations of finished imports after a place, in order.
    async fn history(
        &self,
        after: HistoryPlace,
        limit: usize,
    ) -> Result<Vec<(HistoryPlace, HistoryConversation)>, StoreError>;
    /// The same without the messages, with what was read of them before.
    async fn history_heads(
        &self,
        after: HistoryPlace,
        limit: usize,
    ) -> Result<Vec<HistoryHead>, StoreError>;
    /// Keeps what the words of conversations told, in place of what was kept before. What is no
    /// longer in the history is passed over.
    async fn keep_readings(
        &self,
        kept: Vec<(HistoryPlace, KeptReadings)>,
    ) -> Result<(), StoreError>;
}
