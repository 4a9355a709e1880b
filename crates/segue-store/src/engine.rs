//! What an engine must be able to do: read rows, and write steps in one transaction. Everything
//! else is the same for all engines and stands in `desk/`.

use async_trait::async_trait;

use crate::{
    StoreError,
    sql::{Query, Row, Step, Value},
};

/// Steps that become durable together, or not at all.
#[derive(Debug)]
pub(crate) struct Write {
    /// Set for an append: the journal's head must be where the caller believes it.
    pub(crate) guard: Option<Guard>,
    /// In order.
    pub(crate) steps: Vec<Step>,
}

/// Where a journal's head must be, and where it is afterwards.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guard {
    pub(crate) desk: i64,
    pub(crate) after: u64,
    pub(crate) head: u64,
}

impl Guard {
    /// Fails if the head is elsewhere.
    pub(crate) fn check(self, head: u64) -> Result<(), StoreError> {
        if head == self.after {
            return Ok(());
        }
        Err(StoreError::Conflict { position: head })
    }
}

/// A database.
#[async_trait]
pub(crate) trait Engine: Send + Sync + 'static {
    /// The rows that a query gives.
    async fn read(&self, query: Query, values: Vec<Value>) -> Result<Vec<Row>, StoreError>;
    /// Performs a write and gives the rows that its last step returned.
    async fn write(&self, write: Write) -> Result<Vec<Row>, StoreError>;
}
