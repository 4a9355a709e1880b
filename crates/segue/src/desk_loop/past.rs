//! The desk from its past: a snapshot, if one is kept, and the lines after it.

use std::sync::Arc;

use segue_core::desk::Desk;
use segue_store::{Snapshot, Store, StoreError};
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

/// Lines that are read at once.
const PAGE: usize = 5000;
/// A snapshot is kept every so many lines and one more for each open conversation: what it costs
/// grows with them, so what a line pays for it does not.
const SNAPSHOT_EVERY: u64 = 10_000;

/// Keeps snapshots beside the loop, one at a time.
pub(super) struct Snapshots {
    /// The position of the latest.
    kept: u64,
    due: u64,
    under_way: Option<JoinHandle<()>>,
}

impl Snapshots {
    /// For a desk that was read back from one.
    pub(super) fn new(desk: &Desk) -> Self {
        Self {
            kept: desk.position(),
            due: due_after(desk),
            under_way: None,
        }
    }

    /// Whether a desk at a position should be kept now.
    pub(super) fn is_due(&self, position: u64) -> bool {
        let is_free = self.under_way.as_ref().is_none_or(JoinHandle::is_finished);
        position >= self.due && is_free
    }

    /// Keeps a desk, all of which is written down.
    pub(super) fn begin(&mut self, store: &Arc<dyn Store>, desk: Desk) {
        self.kept = desk.position();
        self.due = due_after(&desk);
        self.under_way = Some(tokio::spawn(keep(Arc::clone(store), desk)));
    }

    /// Keeps the desk with which the loop ends.
    pub(super) async fn last(mut self, store: &Arc<dyn Store>, desk: Desk) {
        if let Some(earlier) = self.under_way.take() {
            // It has said by itself what went wrong.
            let _ = earlier.await;
        }
        if desk.position() > self.kept {
            keep(Arc::clone(store), desk).await;
        }
    }
}

fn due_after(desk: &Desk) -> u64 {
    desk.position() + SNAPSHOT_EVERY + desk.conversations().count() as u64
}

async fn keep(store: Arc<dyn Store>, desk: Desk) {
    if let Err(error) = snapshot(&*store, desk).await {
        tracing::warn!(%error, "the snapshot was not kept; the journal has everything");
    }
}

#[derive(Serialize)]
struct Kept<'d> {
    build: &'static str,
    desk: &'d Desk,
}

#[derive(Deserialize)]
struct Found {
    build: String,
    desk: Desk,
}

/// The desk as the journal leaves it. A snapshot of another build is not trusted.
pub async fn load(store: &dyn Store) -> Result<Desk, StoreError> {
    let kept = store.load_snapshot().await?;
    let found = kept.and_then(|kept| serde_json::from_str::<Found>(&kept.state).ok());
    let desk = found.filter(|found| found.build == env!("CARGO_PKG_VERSION"));
    follow(store, desk.map_or_else(Desk::new, |found| found.desk)).await
}

/// Applies all lines after those that the desk knows.
async fn follow(store: &dyn Store, mut desk: Desk) -> Result<Desk, StoreError> {
    loop {
        let lines = store.read(desk.position(), PAGE).await?;
        if lines.is_empty() {
            return Ok(desk);
        }
        for line in &lines {
            desk.apply(line);
        }
    }
}

/// Keeps a snapshot.
pub async fn snapshot(store: &dyn Store, desk: Desk) -> Result<(), StoreError> {
    let position = desk.position();
    let write = move || {
        serde_json::to_string(&Kept {
            build: env!("CARGO_PKG_VERSION"),
            desk: &desk,
        })
    };
    let state = tokio::task::spawn_blocking(write).await;
    let unreadable = |why: String| StoreError::Unreadable {
        what: "the desk".into(),
        why,
    };
    let state = state
        .map_err(|error| unreadable(error.to_string()))?
        .map_err(|error| unreadable(error.to_string()))?;
    store.save_snapshot(Snapshot { position, state }).await
}

/// Whether snapshot and lines give the same desk as all lines from the first; the desk, and the
/// position of the snapshot.
pub async fn verify(store: &dyn Store) -> Result<(Desk, u64, bool), StoreError> {
    let kept = store.load_snapshot().await?.map_or(0, |kept| kept.position);
    let loaded = load(store).await?;
    let told = follow(store, Desk::new()).await?;
    let same = loaded == told;
    Ok((told, kept, same))
}
