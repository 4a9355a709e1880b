//! Where past conversations come from: files as a stream, or the history of a store page by page.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Result, anyhow};
use jiff::tz::TimeZone;
use segue_core::{
    audit::diagnosis::{Audit, Diagnosis, Past},
    time::Timestamp,
};
use segue_store::{HistoryConversation, HistoryPlace, Store};
use tokio::{sync::mpsc, task};

use crate::{
    commands::progress::Progress,
    history::{Files, Format, Mapping, Stream, find, past},
};

/// Conversations that are in memory at once.
const BATCH: usize = 128;
/// One day.
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Where conversations come from. It can be read more than once.
pub(super) enum Source {
    /// Files.
    Files {
        files: Files,
        format: Option<Format>,
        how: Box<Mapping>,
    },
    /// The history of a store, or one import of it.
    Store {
        store: Arc<dyn Store>,
        import: Option<u64>,
    },
}

impl Source {
    pub(super) fn store(store: Arc<dyn Store>, import: Option<u64>) -> Self {
        Self::Store { store, import }
    }

    pub(super) fn files(
        named: &[PathBuf],
        format: Option<Format>,
        how: Mapping,
        encoding: Option<&str>,
    ) -> Result<Self> {
        let files = find(named)?.in_encoding(encoding)?;
        let how = Box::new(how);
        Ok(Self::Files { files, format, how })
    }

    /// Hands every batch of conversations to `take`.
    async fn each(&self, mut take: impl FnMut(Vec<HistoryConversation>)) -> Result<()> {
        let (batches, mut inbox) = mpsc::channel(2);
        let progress = match self {
            Self::Files { files, .. } => Some(Progress::of_bytes(files)),
            Self::Store { .. } => None,
        };
        let reading = self.read(batches);
        while let Some(batch) = inbox.recv().await {
            let batch = batch?;
            task::block_in_place(|| take(batch));
        }
        drop(progress);
        reading.await.map_err(|_| anyhow!("the reader failed"))
    }

    /// Reads ahead while the batch before is counted.
    fn read(&self, to: mpsc::Sender<Result<Vec<HistoryConversation>>>) -> task::JoinHandle<()> {
        match self {
            Self::Files { files, format, how } => {
                let stream = Stream::new(files.clone(), *format, (**how).clone(), None);
                task::spawn_blocking(move || read_files(stream, &to))
            }
            Self::Store { store, import } => {
                let (store, import) = (Arc::clone(store), *import);
                task::spawn(async move { read_store(&*store, import, &to).await })
            }
        }
    }
}

/// What the conversations of a source tell, of all days or of so many up to the newest one.
pub(super) async fn diagnose(
    source: &Source,
    zone: &TimeZone,
    days: Option<u32>,
) -> Result<Diagnosis> {
    let since = match days {
        Some(days) => since(source, days).await?,
        None => None,
    };
    let mut audit = Audit::default();
    let recent =
        |past: &Past| since.is_none_or(|since| past.opened_at.is_some_and(|at| at >= since));
    source
        .each(|batch| {
            let all = batch.into_iter().map(|one| past(one, zone));
            all.filter(recent).for_each(|past| audit.add(&past));
        })
        .await?;
    Ok(audit.finish())
}

/// The first moment that counts: so many days before the newest conversation was opened.
async fn since(source: &Source, days: u32) -> Result<Option<Timestamp>> {
    let mut newest = None;
    source
        .each(|batch| newest = newest.max(batch.iter().map(|one| one.opened_at).max()))
        .await?;
    Ok(newest.map(|at| Timestamp(at.0.saturating_sub(i64::from(days) * DAY_MILLIS))))
}

fn read_files(mut stream: Stream, to: &mpsc::Sender<Result<Vec<HistoryConversation>>>) {
    loop {
        match stream.batch(BATCH) {
            Ok(batch) if batch.is_empty() => break,
            Ok(batch) => {
                if to.blocking_send(Ok(batch)).is_err() {
                    return;
                }
            }
            Err(error) => {
                // Whoever does not listen any more has an error of their own.
                let _ = to.blocking_send(Err(error));
                return;
            }
        }
    }
    if stream.account().refused > 0 {
        eprintln!(
            "{} rows were refused: `segue import --dry-run` names them",
            stream.account().refused
        );
    }
}

async fn read_store(
    store: &dyn Store,
    import: Option<u64>,
    to: &mpsc::Sender<Result<Vec<HistoryConversation>>>,
) {
    let mut after = HistoryPlace {
        import: import.unwrap_or_default(),
        seq: 0,
    };
    loop {
        let page = match store.history(after, BATCH).await {
            Ok(page) => page,
            Err(error) => {
                let _ = to.send(Err(error.into())).await;
                return;
            }
        };
        let Some((last, _)) = page.last() else { return };
        after = *last;
        let meant = page
            .into_iter()
            .filter(|(place, _)| import.is_none_or(|id| id == place.import));
        let batch: Vec<_> = meant.map(|(_, one)| one).collect();
        if batch.is_empty() || to.send(Ok(batch)).await.is_err() {
            return;
        }
    }
}
