//! `segue replay`: what a policy would have done with the past, and whether recorded decisions
//! come out again.

mod changes;
mod table;

use std::{path::PathBuf, sync::Arc, time::Instant};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use segue_core::policy::Policy;
use segue_store::{HistoryConversation, Store};
use serde::Serialize;
use tokio::runtime::Handle;

use super::{print::print, progress::Progress};
use crate::{
    history::{Format, Mapping, Stream, find},
    replay::{Found, Meter, Past, Prepared, Question, replay_files, verify},
    server::place_of,
};

/// Conversations that go to a thread at once.
const BATCH: usize = 64;

/// Show what a policy would have done with the past, or verify recorded decisions.
///
/// Imported conversations walk through the production core, each on a desk of its own, in their
/// recorded order and times, until the policy would have handed them off. The desk's own journal
/// is judged moment by moment, up to each conversation's first verdict that differs from what was
/// decided in truth.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  segue replay --data DIR\n  segue replay --data DIR --policy candidate.yaml\n  segue replay --data DIR --policy candidate.yaml --import 2 --json\n  segue replay --data DIR --verify\n  segue replay conversations.jsonl.gz"
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
    /// A policy to try, held against the one in force and against what was decided.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Decide every recorded observation of the desk's own journal again, under the policies of
    /// then: every decision must come out byte for byte.
    #[arg(long, conflicts_with_all = ["files", "policy", "import", "past", "limit"])]
    verify: bool,
    /// Which part of the past.
    #[arg(long, value_enum, default_value_t, conflicts_with = "files")]
    past: Past,
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
        if self.verify {
            let store = store.context("name the desk with --data DIR or --database-url URL")?;
            return self.verify(&*store).await;
        }
        let (policy, candidate) = self.policy(store.as_deref()).await?;
        let question = self.question(candidate);
        let began = Instant::now();
        let found = match store {
            Some(store) if self.files.is_empty() => self.replay_store(store, question).await?,
            _ => self.replay_files(question).await?,
        };
        let report = &found.report;
        if report.conversations == 0 {
            bail!("there is no history: bring some in with `segue import --data DIR FILE`");
        }
        self.print(&policy, &found)?;
        tell_speed(
            "judged",
            report.messages_replayed,
            began.elapsed().as_secs_f64(),
        );
        Ok(())
    }

    fn question(&self, candidate: Option<String>) -> Question {
        Question {
            candidate,
            past: self.past,
            import: self.import,
            limit: self.limit,
            ignore_silence: self.ignore_silence,
            threads: self.threads.unwrap_or_else(cores),
        }
    }

    async fn verify(&self, store: &dyn Store) -> Result<()> {
        let meter = Meter::default();
        let progress = Progress::of_parts(meter.count(), store.head().await?);
        let began = Instant::now();
        let verified = verify(store, &meter).await?;
        drop(progress);
        let told = match &verified {
            Ok(all) if self.json => serde_json::to_string_pretty(all)?,
            Err(difference) if self.json => serde_json::to_string_pretty(difference)?,
            Ok(all) => format!(
                "{} lines of the journal, under {} published policies: {} observations gave the same {} decisions, byte for byte",
                all.lines, all.policies, all.observations, all.decisions
            ),
            Err(difference) => difference.to_string(),
        };
        print(&format!("{told}\n"))?;
        tell_speed("decided again", meter.done(), began.elapsed().as_secs_f64());
        match verified {
            Ok(_) => Ok(()),
            Err(difference) => bail!(
                "line {} is not decided as it was recorded",
                difference.position
            ),
        }
    }

    async fn replay_store(&self, store: Arc<dyn Store>, question: Question) -> Result<Found> {
        if let Some(id) = self.import {
            let imports = store.imports().await?;
            if !imports
                .iter()
                .any(|one| one.id == id && one.finished_at.is_some())
            {
                bail!("there is no import {id}: `segue import --list` shows them");
            }
        }
        let meter = Arc::new(Meter::default());
        let prepared = Prepared::new(store, question, Arc::clone(&meter)).await?;
        let progress = Progress::of_parts(meter.count(), meter.total());
        let runtime = Handle::current();
        let found = tokio::task::spawn_blocking(move || prepared.run(&runtime)).await?;
        drop(progress);
        found
    }

    async fn replay_files(&self, question: Question) -> Result<Found> {
        let (batches, progress) = self.read_files()?;
        let replayed = tokio::task::spawn_blocking(move || replay_files(batches, &question));
        let found = replayed.await?;
        drop(progress);
        found
    }

    fn print(&self, policy: &str, found: &Found) -> Result<()> {
        if self.json {
            let told = Told { policy, found };
            print(&format!("{}\n", serde_json::to_string_pretty(&told)?))?;
        } else {
            print(&table::render(policy, found))?;
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

    /// The policy's name for the report, and its document if it is one to try.
    async fn policy(&self, store: Option<&dyn Store>) -> Result<(String, Option<String>)> {
        if let Some(file) = &self.policy {
            let name = file.display().to_string();
            return Ok((name.clone(), Some(candidate(file, &name)?)));
        }
        let published = match store {
            Some(store) => store.policy(None).await?,
            None => None,
        };
        let name = published.map_or_else(
            || "the built-in policy".to_owned(),
            |row| format!("version {} of the desk", row.version),
        );
        Ok((name, None))
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
}

/// A policy to try; its findings are told beside the report.
fn candidate(file: &std::path::Path, name: &str) -> Result<String> {
    let source = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read the policy `{name}`"))?;
    let checked = Policy::check(&source);
    for finding in &checked.findings {
        eprintln!("{}", finding.render(name, &source));
    }
    if checked.policy.is_none() {
        return Err(anyhow!("`{name}` has errors"));
    }
    Ok(source)
}

/// The report as JSON, and under which policy.
#[derive(Serialize)]
struct Told<'a> {
    policy: &'a str,
    #[serde(flatten)]
    found: &'a Found,
}

/// Conversations in their order, some at a time.
type Batches = Box<dyn Iterator<Item = Result<Vec<HistoryConversation>>> + Send>;

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Apart from the report, which is the same each time.
#[expect(
    clippy::cast_precision_loss,
    reason = "a speed is told in round numbers"
)]
fn tell_speed(done: &str, count: u64, seconds: f64) {
    let what = if done == "judged" {
        "messages"
    } else {
        "lines"
    };
    let speed = count as f64 / seconds.max(0.001);
    eprintln!("{count} {what} {done} in {seconds:.2} s: {speed:.0} a second");
}
