//! `segue replay`: what the present policy would have done with the history.

mod table;
mod walk;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use segue_core::{
    audit::{Replay, Report},
    policy::Policy,
};
use segue_store::{HistoryConversation, HistoryPlace, Store};
use serde::Serialize;
use tokio::runtime::Handle;

use super::{print::print, progress::Progress};
use crate::{
    history::{Format, Mapping, Stream, find},
    server::place_of,
};

/// Conversations that go to a thread at once.
const BATCH: usize = 64;

/// Show what the present policy would have done with the history.
///
/// Each conversation walks through the production core, on a desk of its own, in its recorded
/// order and times, until the policy would have handed it off.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  segue replay --data DIR\n  segue replay --data DIR --policy candidate.yaml --import 2 --json\n  segue replay conversations.jsonl.gz"
)]
pub struct ReplayCommand {
    /// Files to be replayed without importing them.
    #[arg(value_name = "FILE", conflicts_with_all = ["import"])]
    files: Vec<PathBuf>,
    /// The directory with the embedded store.
    #[arg(long, value_name = "DIR", env = "SEGUE_DATA")]
    data: Option<PathBuf>,
    /// A `PostgreSQL` database instead of the embedded store.
    #[arg(
        long,
        value_name = "URL",
        env = "SEGUE_DATABASE_URL",
        hide_env_values = true
    )]
    database_url: Option<String>,
    /// A policy to try instead of the one in force.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Only this import.
    #[arg(long, value_name = "ID")]
    import: Option<u64>,
    /// What the files are; found from their first rows if it is left out.
    #[arg(long, value_enum, requires = "files")]
    format: Option<Format>,
    /// Which column of a CSV file holds what; see docs/import.md.
    #[arg(long, value_name = "FILE", requires = "files")]
    mapping: Option<PathBuf>,
    /// Do not judge how long the assistant took, as if the times were not known.
    #[arg(long)]
    ignore_silence: bool,
    /// Only so many conversations, the first ones.
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Threads to use; all cores if it is left out. The report does not depend on it.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

impl ReplayCommand {
    /// Replays and prints.
    pub async fn run(self) -> Result<()> {
        let store = self.store().await?;
        let (policy, source) = self.policy(store.as_deref()).await?;
        let replay =
            Replay::new(source.as_deref()).map_err(|error| anyhow!("{policy}: {error}"))?;
        let (batches, progress) = self.batches(store).await?;
        let walk = walk::Walk {
            replay,
            threads: self.threads.unwrap_or_else(cores).max(1),
            ignore_silence: self.ignore_silence,
        };
        let limited = Limited {
            batches,
            left: self.limit.unwrap_or(u64::MAX),
        };
        let began = Instant::now();
        let walked = tokio::task::spawn_blocking(move || {
            let report = walk.report(limited);
            report.map(|report| report.finish(walk.replay.policy()))
        });
        let report = walked.await??;
        drop(progress);
        if report.conversations == 0 {
            bail!("there is no history: bring some in with `segue import --data DIR FILE`");
        }
        self.print(&policy, &report)?;
        tell_speed(&report, began.elapsed().as_secs_f64());
        Ok(())
    }

    fn print(&self, policy: &str, report: &Report) -> Result<()> {
        if self.json {
            let told = Told { policy, report };
            print(&format!("{}\n", serde_json::to_string_pretty(&told)?))?;
        } else {
            print(&table::render(policy, report))?;
        }
        Ok(())
    }

    async fn store(&self) -> Result<Option<Arc<dyn Store>>> {
        let named = self.data.is_some() || self.database_url.is_some();
        if !named && !self.files.is_empty() {
            return Ok(None);
        }
        let place = place_of(self.data.clone(), self.database_url.clone())?;
        Ok(Some(segue_store::open(&place).await?))
    }

    /// The policy's name for the report, and its document unless it is the built-in one.
    async fn policy(&self, store: Option<&dyn Store>) -> Result<(String, Option<String>)> {
        if let Some(file) = &self.policy {
            let name = file.display().to_string();
            let source = std::fs::read_to_string(file)
                .with_context(|| format!("cannot read the policy `{name}`"))?;
            let checked = Policy::check(&source);
            for finding in &checked.findings {
                eprintln!("{}", finding.render(&name, &source));
            }
            if checked.policy.is_none() {
                bail!("`{name}` has errors");
            }
            return Ok((name, Some(source)));
        }
        let published = match store {
            Some(store) => store.policy(None).await?,
            None => None,
        };
        Ok(published.map_or_else(
            || ("the built-in policy".to_owned(), None),
            |row| {
                (
                    format!("version {} of the desk", row.version),
                    Some(row.source),
                )
            },
        ))
    }

    async fn batches(&self, store: Option<Arc<dyn Store>>) -> Result<(Batches, Progress)> {
        match store {
            Some(store) if self.files.is_empty() => self.read_history(store).await,
            _ => self.read_files(),
        }
    }

    fn read_files(&self) -> Result<(Batches, Progress)> {
        let files = find(&self.files)?;
        let mapping = self.mapping.as_deref().map(Mapping::read).transpose()?;
        let progress = Progress::of_bytes(&files);
        let mut stream = Stream::new(files, self.format, mapping.unwrap_or_default(), None);
        let next = move || match stream.batch(BATCH) {
            Ok(batch) if batch.is_empty() => {
                if stream.account().refused > 0 {
                    eprintln!(
                        "{} rows were refused: `segue import --dry-run` names them",
                        stream.account().refused
                    );
                }
                None
            }
            other => Some(other),
        };
        Ok((Box::new(std::iter::from_fn(next)), progress))
    }

    async fn read_history(&self, store: Arc<dyn Store>) -> Result<(Batches, Progress)> {
        let imports = store.imports().await?;
        let mut meant = imports
            .iter()
            .filter(|one| one.finished_at.is_some() && self.import.is_none_or(|id| id == one.id))
            .peekable();
        if let (Some(id), None) = (self.import, meant.peek()) {
            bail!("there is no import {id}: `segue import --list` shows them");
        }
        let total = meant.map(|one| one.conversations).sum();
        let count = Arc::new(AtomicU64::new(0));
        let progress = Progress::of_conversations(Arc::clone(&count), total);
        let pages = Pages {
            store,
            runtime: Handle::current(),
            only: self.import,
            after: HistoryPlace {
                import: self.import.unwrap_or_default(),
                seq: 0,
            },
            count,
        };
        Ok((Box::new(pages), progress))
    }
}

/// The report as JSON, and under which policy.
#[derive(Serialize)]
struct Told<'a> {
    policy: &'a str,
    #[serde(flatten)]
    report: &'a Report,
}

/// Conversations in their order, some at a time.
type Batches = Box<dyn Iterator<Item = Result<Vec<HistoryConversation>>> + Send>;

/// The history of a store, page by page, for a thread that may wait.
struct Pages {
    store: Arc<dyn Store>,
    runtime: Handle,
    only: Option<u64>,
    after: HistoryPlace,
    count: Arc<AtomicU64>,
}

impl Iterator for Pages {
    type Item = Result<Vec<HistoryConversation>>;

    fn next(&mut self) -> Option<Self::Item> {
        let page = self.runtime.block_on(self.store.history(self.after, BATCH));
        let page = match page {
            Ok(page) => page,
            Err(error) => return Some(Err(error.into())),
        };
        self.after = page.last().map(|(place, _)| *place)?;
        let meant = page
            .into_iter()
            .filter(|(place, _)| self.only.is_none_or(|id| id == place.import));
        let batch: Vec<_> = meant.map(|(_, one)| one).collect();
        let count = u64::try_from(batch.len()).unwrap_or_default();
        self.count.fetch_add(count, Ordering::Relaxed);
        (!batch.is_empty()).then_some(Ok(batch))
    }
}

/// The first conversations of them all.
struct Limited {
    batches: Batches,
    left: u64,
}

impl Iterator for Limited {
    type Item = Result<Vec<HistoryConversation>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 {
            return None;
        }
        Some(self.batches.next()?.map(|mut batch| {
            batch.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
            self.left -= u64::try_from(batch.len()).unwrap_or_default();
            batch
        }))
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Apart from the report, which is the same each time.
#[expect(
    clippy::cast_precision_loss,
    reason = "a speed is told in round numbers"
)]
fn tell_speed(report: &Report, seconds: f64) {
    let messages = report.messages_replayed;
    let speed = messages as f64 / seconds.max(0.001);
    eprintln!("{messages} messages judged in {seconds:.2} s: {speed:.0} a second");
}
