//! The desk from its past: a snapshot, if one is kept, and the lines after it.

use segue_core::desk::Desk;
use segue_store::{Snapshot, Store, StoreError};
use serde::{Deserialize, Serialize};

/// Lines that are read at once.
const PAGE: usize = 5000;

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
