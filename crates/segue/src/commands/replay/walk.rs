//! Many conversations on many threads, counted in their own order: the report is the same for
//! any number of threads, and only a few batches are in memory.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError, mpsc},
    thread,
};

use anyhow::Result;
use segue_core::audit::{Replay, Replayed, Report};
use segue_store::HistoryConversation;

use crate::history::recorded;

/// Batches that wait for a thread, for each thread.
const AHEAD: usize = 2;

type Batch = (u64, Vec<HistoryConversation>);

/// How to walk.
pub(super) struct Walk {
    pub(super) replay: Replay,
    pub(super) threads: usize,
    pub(super) ignore_silence: bool,
}

impl Walk {
    /// Replays all batches and counts what came of them.
    pub(super) fn report(
        &self,
        batches: impl Iterator<Item = Result<Vec<HistoryConversation>>> + Send,
    ) -> Result<Report> {
        let (work, inbox) = mpsc::sync_channel::<Batch>(self.threads * AHEAD);
        let (done, told) = mpsc::sync_channel(self.threads * AHEAD);
        let inbox = Mutex::new(inbox);
        thread::scope(|scope| {
            let feeding = scope.spawn(move || feed(batches, &work));
            for _ in 0..self.threads {
                let (inbox, done) = (&inbox, done.clone());
                scope.spawn(move || self.work(inbox, &done));
            }
            drop(done);
            let report = count(&told);
            let fed = feeding.join();
            fed.map_err(|_| anyhow::anyhow!("the reader failed"))??;
            Ok(report)
        })
    }

    fn work(
        &self,
        inbox: &Mutex<mpsc::Receiver<Batch>>,
        done: &mpsc::SyncSender<(u64, Vec<Replayed>)>,
    ) {
        loop {
            let next = inbox.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok((number, batch)) = next else { return };
            let replayed = batch.into_iter().map(|one| self.one(one)).collect();
            if done.send((number, replayed)).is_err() {
                return;
            }
        }
    }

    fn one(&self, one: HistoryConversation) -> Replayed {
        let mut recorded = recorded(one);
        recorded.silence_known &= !self.ignore_silence;
        self.replay.replay(&recorded)
    }
}

/// Hands out the batches with their numbers, up to the first that cannot be read.
fn feed(
    batches: impl Iterator<Item = Result<Vec<HistoryConversation>>>,
    work: &mpsc::SyncSender<Batch>,
) -> Result<()> {
    for (batch, number) in batches.zip(0..) {
        if work.send((number, batch?)).is_err() {
            break;
        }
    }
    Ok(())
}

/// Counts the batches in the order of their numbers, whenever they come.
fn count(told: &mpsc::Receiver<(u64, Vec<Replayed>)>) -> Report {
    let mut report = Report::default();
    let mut early = BTreeMap::new();
    let mut next = 0;
    for (number, replayed) in told {
        early.insert(number, replayed);
        while let Some(replayed) = early.remove(&next) {
            for one in replayed {
                report.add(one);
            }
            next += 1;
        }
    }
    report
}
