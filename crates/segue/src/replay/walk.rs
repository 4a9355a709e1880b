//! Many conversations on many threads, counted in their own order: the report is the same for
//! any number of threads, and only a few batches are in memory.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError, mpsc},
    thread,
};

use anyhow::{Context, Result};
use segue_core::{
    audit::{Origin, Recorded, RecordedTurn, Replay, Replayed, Report},
    signals::VERSION,
};
use segue_store::{HistoryConversation, HistoryPlace, KeptReadings};

use super::{Policies, imports::spelled};
use crate::history::recorded;

/// Batches that wait for a thread, for each thread.
const AHEAD: usize = 2;

/// A conversation that is to be replayed.
pub(super) struct Item {
    pub(super) place: HistoryPlace,
    /// With its messages, unless all is known that they tell.
    pub(super) conversation: HistoryConversation,
    /// What this build's reader read of it before, under whatever policy.
    pub(super) kept: Option<KeptReadings>,
    /// It is in a store, which may keep what is read.
    pub(super) stored: bool,
}

impl Item {
    /// From a file, which keeps nothing.
    pub(super) fn of_file(conversation: HistoryConversation) -> Self {
        Self {
            place: HistoryPlace::default(),
            conversation,
            kept: None,
            stored: false,
        }
    }
}

/// What came of one conversation, and what was read of it for the first time.
type Walked = (Replayed, Option<(HistoryPlace, KeptReadings)>);
type Batch = (u64, Vec<Item>);
type Done = (u64, Result<Vec<Walked>>);

/// How to walk.
pub(super) struct Walk<'p> {
    pub(super) policies: &'p Policies,
    pub(super) threads: usize,
    pub(super) ignore_silence: bool,
}

impl Walk<'_> {
    /// Replays all batches, counts what came of them, and gives away what was read.
    pub(super) fn count(
        &self,
        batches: impl Iterator<Item = Result<Vec<Item>>> + Send,
        report: &mut Report,
        keep: impl Fn(Vec<(HistoryPlace, KeptReadings)>),
    ) -> Result<()> {
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
            let counted = count(told, report, keep);
            let fed = feeding.join();
            fed.map_err(|_| anyhow::anyhow!("the reader failed"))??;
            counted
        })
    }

    fn work(&self, inbox: &Mutex<mpsc::Receiver<Batch>>, done: &mpsc::SyncSender<Done>) {
        loop {
            let next = inbox.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok((number, batch)) = next else { return };
            let replayed = batch.into_iter().map(|one| self.one(one)).collect();
            if done.send((number, replayed)).is_err() {
                return;
            }
        }
    }

    fn one(&self, item: Item) -> Result<Walked> {
        let present = &self.policies.present;
        let place = item.place;
        let (mut recorded, news) = read(present, item)?;
        recorded.silence_known &= !self.ignore_silence;
        let replayed = match &self.policies.candidate {
            Some(candidate) => candidate.against(present, &mut recorded),
            None => present.replay(&recorded),
        };
        Ok((replayed, news.map(|kept| (place, kept))))
    }
}

/// The conversation with all that its words tell, and that once more if it was not known.
fn read(present: &Replay, item: Item) -> Result<(Recorded, Option<KeptReadings>)> {
    let lesson = spelled(present.reader().lesson());
    let fresh = item.kept.as_ref().is_some_and(|kept| kept.lesson == lesson);
    let mut recorded = recorded(item.conversation);
    if item.stored {
        let HistoryPlace { import, seq } = item.place;
        recorded.origin = Origin::Import { import, seq };
    }
    if let Some(kept) = item.kept {
        take_over(&mut recorded, &kept.turns)?;
        if !fresh {
            present.reread(&mut recorded);
        }
    } else if item.stored {
        present.read(&mut recorded);
    }
    let news = (item.stored && !fresh)
        .then(|| written(&recorded.turns, lesson))
        .transpose()?;
    Ok((recorded, news))
}

/// Takes over what was read before; the words, where they are there, stay.
fn take_over(recorded: &mut Recorded, turns: &str) -> Result<()> {
    let turns: Vec<RecordedTurn> =
        serde_json::from_str(turns).context("what was read of a conversation does not read")?;
    let worded = std::mem::replace(&mut recorded.turns, turns);
    for (turn, worded) in recorded.turns.iter_mut().zip(worded) {
        turn.text = worded.text;
    }
    Ok(())
}

fn written(turns: &[RecordedTurn], lesson: String) -> Result<KeptReadings> {
    Ok(KeptReadings {
        reader: VERSION.to_owned(),
        lesson,
        turns: serde_json::to_string(turns)?,
    })
}

/// Hands out the batches with their numbers, up to the first that cannot be read.
fn feed(
    batches: impl Iterator<Item = Result<Vec<Item>>>,
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
fn count(
    told: mpsc::Receiver<Done>,
    report: &mut Report,
    keep: impl Fn(Vec<(HistoryPlace, KeptReadings)>),
) -> Result<()> {
    let mut early = BTreeMap::new();
    let mut next = 0;
    for (number, walked) in told {
        early.insert(number, walked);
        while let Some(walked) = early.remove(&next) {
            let mut news = Vec::new();
            for (replayed, read) in walked? {
                report.add(replayed);
                news.extend(read);
            }
            if !news.is_empty() {
                keep(news);
            }
            next += 1;
        }
    }
    Ok(())
}
