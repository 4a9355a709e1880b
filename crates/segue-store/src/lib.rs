//! The part of Segue that remembers: the journal, the words, the names, and plain tables for
//! people with SQL. One set of statements, two engines: `SQLite` in a directory, `PostgreSQL` by
//! its address.
#![deny(missing_docs)]

use std::{path::Path, sync::Arc};

mod access;
mod batch;
mod check;
mod error;
mod history;
mod records;

mod desk;
mod engine;
mod index;
mod migrations;
mod postgres;
mod projection;
mod sql;
mod sqlite;

#[cfg(feature = "testkit")]
pub mod testkit;

pub use access::{Access, LoginRow, PolicyRow, SessionRow, TokenRow, WebhookRow};
pub use batch::{
    Batch, Body, CustomerRow, IdempotentAnswer, Journal, OutboxItem, OutboxRow, Snapshot,
};
pub use check::{Fault, Wrong};
pub use error::StoreError;
pub use history::{
    History, HistoryConversation, HistoryHead, HistoryMessage, HistoryPlace, ImportRow,
    KeptReadings,
};
pub use records::{
    AgentRow, ConversationFilter, ConversationRow, FlagRow, HandoffRecord, HandoffRow, MessageRow,
    OfferRow, PromiseRow, Records, SegmentRow,
};

/// The desk of an installation that has only one.
pub const FIRST_DESK: i64 = 1;

/// All that is remembered of one desk.
#[async_trait::async_trait]
pub trait Store: Journal + Records + Access + History + Send + Sync {
    /// Which desk this is.
    fn desk(&self) -> i64;
    /// Another desk in the same database, over the same connections.
    fn of_desk(&self, desk: i64) -> Arc<dyn Store>;
    /// Asks the database whether it is there.
    async fn health(&self) -> Result<(), StoreError>;
}

/// Opens the first desk of a place: a directory, which is made if need be, or an address that
/// begins with `postgres://`.
pub async fn open(place: &str) -> Result<Arc<dyn Store>, StoreError> {
    if place.starts_with("postgres://") || place.starts_with("postgresql://") {
        let engine = Arc::new(postgres::Postgres::open(place).await?);
        return Ok(Arc::new(desk::DeskStore {
            desk: FIRST_DESK,
            engine,
        }));
    }
    let engine = Arc::new(sqlite::Sqlite::open(Path::new(place), None).await?);
    Ok(Arc::new(desk::DeskStore {
        desk: FIRST_DESK,
        engine,
    }))
}
