//! What is written and read together with the journal.

use std::collections::BTreeMap;

use async_trait::async_trait;
use segue_core::{
    id::{ConversationId, CustomerId, HandoffId},
    journal::Line,
    time::Timestamp,
};
use serde_json::Value as Json;

use crate::{Fault, StoreError};

/// Everything that becomes durable at once, or not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// The head that the lines follow; `lines[0].position` is `after + 1`.
    pub after: u64,
    /// In order and without gaps.
    pub lines: Vec<Line>,
    /// The words that belong to lines.
    pub bodies: Vec<Body>,
    /// Customers that are new or changed.
    pub customers: Vec<CustomerRow>,
    /// Answers to requests that carried an idempotency key.
    pub answers: Vec<IdempotentAnswer>,
    /// What must be told to the outside.
    pub outbox: Vec<OutboxRow>,
}

/// The words that belong to a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// The line.
    pub position: u64,
    /// The text, as long as the caller allows.
    pub text: String,
    /// Further words, such as attempted solutions and sources.
    pub extra: Option<Json>,
}

/// Who a customer is.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerRow {
    /// The pseudonym that the journal knows.
    pub id: CustomerId,
    /// The team's own id; unique on a desk.
    pub external_id: Option<String>,
    /// As they want to be called.
    pub name: Option<String>,
    /// Their mail address.
    pub email: Option<String>,
    /// A BCP 47 tag.
    pub locale: Option<String>,
    /// Whatever else the team's system told.
    pub attributes: BTreeMap<String, Json>,
    /// When they first came; kept when the row is written again.
    pub created_at: Timestamp,
}

/// An answer that is given again when the same request comes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotentAnswer {
    /// Whose key it is.
    pub caller: String,
    /// The key.
    pub key: String,
    /// A hash of the request, to refuse another request under the same key.
    pub request_hash: String,
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub answer: String,
    /// When it was given.
    pub at: Timestamp,
}

/// Something that must be told to the outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// The line it follows from.
    pub position: u64,
    /// What kind of thing it is, such as `webhook`.
    pub kind: String,
    /// To whom.
    pub target: String,
    /// What, as JSON.
    pub payload: String,
    /// Not before.
    pub due_at: Timestamp,
}

/// An outbox row that the caller holds until its lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxItem {
    /// What is to be told; `due_at` is the end of the lease.
    pub row: OutboxRow,
    /// Counts the rows of one position from 0.
    pub part: u32,
    /// How often it was claimed, this time included; fences off an earlier claimant.
    pub attempts: u32,
}

/// The desk as it was after a line, in the caller's own encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The last line that is in it.
    pub position: u64,
    /// The desk.
    pub state: String,
}

/// The journal and what is written with it.
#[async_trait]
pub trait Journal {
    /// Makes a batch durable. Fails with [`StoreError::Conflict`] if the journal's head is not
    /// `batch.after`; after any error but [`StoreError::Unavailable`], which may have come after
    /// the commit, nothing of the batch is there.
    async fn append(&self, batch: Batch) -> Result<(), StoreError>;
    /// The position of the last line, 0 for an empty journal.
    async fn head(&self) -> Result<u64, StoreError>;
    /// At most `limit` lines after a position, in order.
    async fn read(&self, after: u64, limit: usize) -> Result<Vec<Line>, StoreError>;
    /// The same with each line's entry as it was written.
    async fn read_written(
        &self,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(Line, String)>, StoreError>;
    /// All lines about a conversation, in order.
    async fn lines_of_conversation(&self, id: ConversationId) -> Result<Vec<Line>, StoreError>;
    /// All lines about a handoff, in order, beginning with the message that led to it; where a
    /// silence or a request did, with the latest message before that.
    async fn lines_of_handoff(&self, id: HandoffId) -> Result<Vec<Line>, StoreError>;
    /// The bodies that exist among these positions, in order.
    async fn bodies(&self, positions: &[u64]) -> Result<Vec<Body>, StoreError>;
    /// Keeps a snapshot in place of the one before; an older one than is kept is ignored.
    async fn save_snapshot(&self, snapshot: Snapshot) -> Result<(), StoreError>;
    /// The snapshot that is kept.
    async fn load_snapshot(&self) -> Result<Option<Snapshot>, StoreError>;
    /// Computes the relational tables anew from the journal. Fails with
    /// [`StoreError::Conflict`] if somebody appends meanwhile; then, as after a crash, it must
    /// be run again.
    async fn rebuild_projections(&self) -> Result<(), StoreError>;
    /// Compares tables and words with the journal, and changes nothing. What is appended
    /// meanwhile may look like a fault.
    async fn check(&self) -> Result<Vec<Fault>, StoreError>;
    /// The answer given to a caller's key.
    async fn answer(&self, caller: &str, key: &str)
    -> Result<Option<IdempotentAnswer>, StoreError>;
    /// Forgets answers given before a moment.
    async fn forget_answers(&self, before: Timestamp) -> Result<(), StoreError>;
    /// Claims at most `limit` rows that are due at `now`; they are nobody else's until `lease`.
    async fn claim_outbox(
        &self,
        now: Timestamp,
        lease: Timestamp,
        limit: usize,
    ) -> Result<Vec<OutboxItem>, StoreError>;
    /// Says that a claimed row was told; false if the claim had gone to somebody else.
    async fn outbox_done(&self, item: &OutboxItem) -> Result<bool, StoreError>;
    /// Says that a claimed row could not be told: it is due again at `again`, or given up;
    /// false if the claim had gone to somebody else.
    async fn outbox_failed(
        &self,
        item: &OutboxItem,
        error: &str,
        again: Option<Timestamp>,
    ) -> Result<bool, StoreError>;
    /// Forgets rows that were told or given up, and were last due before a moment.
    async fn forget_told(&self, before: Timestamp) -> Result<(), StoreError>;
}
