//! The past under another policy: imported conversations and the desk's own journal, off the
//! desk's loop, in constant memory, with a count to follow and a way to stop.

mod imports;
mod own;
mod quotes;
mod verify;
mod walk;

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use anyhow::{Context, Result, bail};
use segue_core::{
    audit::{Replay, Report},
    journal::Refusal,
};
use segue_store::{HistoryConversation, Store};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use utoipa::ToSchema;

pub use verify::verify;

/// Which part of the past.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum Past {
    /// Whatever there is.
    #[default]
    All,
    /// What was brought in.
    Imports,
    /// The desk's own journal.
    Own,
}

/// What is to be replayed, and under which policies.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// The policy to try; the one in force if there is none.
    pub candidate: Option<String>,
    /// Which part of the past.
    pub past: Past,
    /// Only this import.
    pub import: Option<u64>,
    /// At most so many conversations of the imports, and of the journal.
    pub limit: Option<u64>,
    /// Imported silences are not judged.
    pub ignore_silence: bool,
    /// Threads for the imports.
    pub threads: usize,
}

/// How far a replay has come, and whether it goes on.
#[derive(Debug, Default)]
pub struct Meter {
    done: Arc<AtomicU64>,
    total: AtomicU64,
    cancelled: AtomicBool,
}

impl Meter {
    /// Parts that are done: imported conversations and lines of the journal.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// A count that others may follow.
    pub fn count(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.done)
    }

    /// All parts, 0 until they are counted.
    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// Stops the replay at its next step.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether it was stopped.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn expect(&self, parts: u64) {
        self.total.store(parts, Ordering::Relaxed);
    }

    fn advance(&self, parts: usize) {
        let parts = u64::try_from(parts).unwrap_or_default();
        self.done.fetch_add(parts, Ordering::Relaxed);
    }

    fn go_on(&self) -> Result<()> {
        if self.is_cancelled() {
            bail!("it was stopped");
        }
        Ok(())
    }
}

/// What a replay found, and of what.
#[derive(Debug, Serialize)]
pub struct Found {
    /// Imported conversations were replayed. With a candidate they are held against what the
    /// policy in force would decide.
    pub imports: bool,
    /// The desk's own journal was replayed: held against what was decided in truth.
    pub own: bool,
    /// The report.
    #[serde(flatten)]
    pub report: Report,
}

/// A question that was looked at and can be answered.
pub struct Prepared {
    store: Arc<dyn Store>,
    question: Question,
    /// The policy in force, as a document, unless it is the built-in one.
    present: Option<String>,
    imported: u64,
    head: u64,
    meter: Arc<Meter>,
}

impl Prepared {
    /// Looks at what there is.
    pub async fn new(store: Arc<dyn Store>, question: Question, meter: Arc<Meter>) -> Result<Self> {
        let present = store.policy(None).await?.map(|row| row.source);
        let imported = match question.past {
            Past::Own => 0,
            Past::All | Past::Imports => imports::count(&*store, question.import).await?,
        };
        let head = match question.past {
            Past::Imports => 0,
            Past::All if question.import.is_some() => 0,
            Past::All | Past::Own => store.head().await?,
        };
        meter.expect(imported + head);
        Ok(Self {
            store,
            question,
            present,
            imported,
            head,
            meter,
        })
    }

    /// Replays all of it. For a thread that may wait.
    pub fn run(self, runtime: &Handle) -> Result<Found> {
        let policies = Policies::read(self.present.as_deref(), self.question.candidate.as_deref())?;
        let mut report = Report::default();
        if self.imported > 0 {
            self.replay_imports(runtime, &policies, &mut report)?;
        }
        if self.head > 0 {
            let asked = own::Asked {
                store: &*self.store,
                policy: self
                    .question
                    .candidate
                    .as_deref()
                    .or(self.present.as_deref()),
                lesson: policies.candidate().reader().lesson(),
                head: self.head,
                limit: self.question.limit.unwrap_or(u64::MAX),
                meter: &self.meter,
            };
            own::replay(&asked, runtime, &mut report)?;
        }
        let mut report = report.finish(policies.candidate().policy());
        runtime.block_on(quotes::fill_in(&*self.store, &mut report))?;
        Ok(Found {
            imports: self.imported > 0,
            own: self.head > 0,
            report,
        })
    }

    fn replay_imports(
        &self,
        runtime: &Handle,
        policies: &Policies,
        report: &mut Report,
    ) -> Result<()> {
        let pages = imports::Pages::new(
            Arc::clone(&self.store),
            runtime.clone(),
            self.question.import,
            policies,
            Arc::clone(&self.meter),
        );
        let walk = walk::Walk {
            policies,
            threads: self.question.threads.max(1),
            ignore_silence: self.question.ignore_silence,
        };
        let limited = Limited {
            batches: pages,
            left: self.question.limit.unwrap_or(u64::MAX),
        };
        walk.count(limited, report, |kept| {
            // What is not kept is read again next time; that is all.
            if let Err(error) = runtime.block_on(self.store.keep_readings(kept)) {
                tracing::warn!(%error, "what was read could not be kept");
            }
        })
    }
}

/// The policy in force, and the one that is tried.
pub struct Policies {
    present: Replay,
    candidate: Option<Replay>,
}

impl Policies {
    /// Reads both; the built-in policy stands where nothing is in force.
    pub fn read(present: Option<&str>, candidate: Option<&str>) -> Result<Self, Refusal> {
        Ok(Self {
            present: Replay::new(present)?,
            candidate: candidate
                .map(|source| Replay::new(Some(source)))
                .transpose()?,
        })
    }

    /// The policy that the report is about.
    pub fn candidate(&self) -> &Replay {
        self.candidate.as_ref().unwrap_or(&self.present)
    }

    /// Whether the candidate reads something else out of a text than the policy in force.
    fn reads_again(&self) -> bool {
        self.candidate().reader().lesson() != self.present.reader().lesson()
    }
}

/// Replays conversations that were read from files, under one policy.
pub fn replay_files(
    batches: impl Iterator<Item = Result<Vec<HistoryConversation>>> + Send,
    question: &Question,
) -> Result<Found> {
    let policies =
        Policies::read(question.candidate.as_deref(), None).context("the policy does not read")?;
    let walk = walk::Walk {
        policies: &policies,
        threads: question.threads.max(1),
        ignore_silence: question.ignore_silence,
    };
    let limited = Limited {
        batches: batches.map(|batch| Ok(batch?.into_iter().map(walk::Item::of_file).collect())),
        left: question.limit.unwrap_or(u64::MAX),
    };
    let mut report = Report::default();
    walk.count(limited, &mut report, drop)?;
    Ok(Found {
        imports: true,
        own: false,
        report: report.finish(policies.candidate().policy()),
    })
}

/// The first of them all.
struct Limited<I> {
    batches: I,
    left: u64,
}

impl<T, I: Iterator<Item = Result<Vec<T>>>> Iterator for Limited<I> {
    type Item = Result<Vec<T>>;

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
