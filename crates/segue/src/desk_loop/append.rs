//! A batch is written down once and for certain: an append whose answer was lost on the way is
//! settled before anybody is told anything.

use std::{sync::Arc, time::Duration};

use segue_store::{Batch, Store, StoreError};

use super::Committed;

/// How long an append waits before it is tried again, while the store does not answer.
const PAUSES: [Duration; 6] = [
    Duration::from_millis(20),
    Duration::from_millis(80),
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_millis(800),
    Duration::from_secs(1),
];

/// Why a batch does not count, as far as can be told.
#[derive(Debug)]
pub(super) enum Lost {
    /// Nothing of it is written.
    Nothing(StoreError),
    /// The store stopped answering: it may be written, or not.
    Unknown(StoreError),
}

impl Lost {
    pub(super) fn error(&self) -> &StoreError {
        match self {
            Self::Nothing(error) | Self::Unknown(error) => error,
        }
    }
}

/// Makes a batch durable. Where the answer is lost, the same append is tried again: the store
/// orders it after the first, so it either writes the batch now or finds the journal moved on, and
/// then the journal says whether by us.
pub(super) async fn append(
    store: Arc<dyn Store>,
    batch: Batch,
    committed: Committed,
) -> Result<(), Lost> {
    let mut pauses = PAUSES.into_iter();
    let mut answer_lost = false;
    loop {
        let error = match store.append(batch.clone()).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        match error {
            StoreError::Unavailable { .. } => answer_lost = true,
            StoreError::Conflict { .. } if answer_lost => {
                return settle(&*store, &committed, error).await;
            }
            error => return Err(Lost::Nothing(error)),
        }
        match pauses.next() {
            Some(pause) => tokio::time::sleep(pause).await,
            None => return settle(&*store, &committed, error).await,
        }
    }
}

async fn settle(store: &dyn Store, batch: &Committed, error: StoreError) -> Result<(), Lost> {
    match stands(store, batch).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Lost::Nothing(error)),
        Err(_) => Err(Lost::Unknown(error)),
    }
}

/// Whether the journal holds exactly this batch in its place: the same lines, the same words.
pub(super) async fn stands(store: &dyn Store, batch: &Committed) -> Result<bool, StoreError> {
    let positions: Vec<u64> = batch.lines.iter().map(|line| line.position).collect();
    let after = positions.first().map_or(0, |first| first - 1);
    if *store.read(after, positions.len()).await? != *batch.lines {
        return Ok(false);
    }
    let mut bodies = batch.bodies.to_vec();
    bodies.sort_by_key(|body| body.position);
    Ok(store.bodies(&positions).await? == bodies)
}
