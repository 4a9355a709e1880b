//! The numbers that are asked for again and again: the journal is folded once, and after that only
//! what is new.

use segue_core::{metrics::Tally, time::Timestamp};
use segue_store::{Store, StoreError};
use tokio::sync::{Mutex, MutexGuard};

/// Lines that are read at once.
const PAGE: usize = 5000;
/// Lines that a span may have: a second's work.
pub const SPAN_LINES: u64 = 200_000;

/// The fold over the whole journal, as far as it was read.
#[derive(Default)]
pub struct Counted(Mutex<Count>);

/// The numbers up to a position.
#[derive(Default)]
pub struct Count {
    position: u64,
    /// What was counted.
    pub tally: Tally,
}

impl Counted {
    /// Everything up to now. Lines that were folded before are not read again.
    pub async fn all(&self, store: &dyn Store) -> Result<MutexGuard<'_, Count>, StoreError> {
        let mut count = self.0.lock().await;
        loop {
            let lines = store.read(count.position, PAGE).await?;
            let Some(last) = lines.last().map(|line| line.position) else {
                return Ok(count);
            };
            for line in &lines {
                count.tally.fold(line);
            }
            count.position = last;
        }
    }
}

/// Why the numbers of a span were not counted.
#[derive(Debug)]
pub enum Uncounted {
    /// It has more lines than are read for one request.
    TooLong,
    /// The store failed.
    Store(StoreError),
}

impl From<StoreError> for Uncounted {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The numbers of a span; it may have `most` lines.
pub async fn within(
    store: &dyn Store,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    most: u64,
) -> Result<Tally, Uncounted> {
    let first = before(store, since).await?;
    let end = match until {
        Some(_) => before(store, until).await?,
        None => store.head().await?,
    };
    if end.saturating_sub(first) > most {
        return Err(Uncounted::TooLong);
    }
    let (mut tally, mut after) = (Tally::default(), first);
    while after < end {
        let lines = store.read(after, PAGE).await?;
        let inside = lines.iter().filter(|line| line.position <= end);
        inside.for_each(|line| tally.fold(line));
        after = lines.last().map_or(end, |line| line.position);
    }
    Ok(tally)
}

/// How many lines are older than a moment; time never runs backwards in a journal.
async fn before(store: &dyn Store, moment: Option<Timestamp>) -> Result<u64, StoreError> {
    let Some(moment) = moment else { return Ok(0) };
    let (mut low, mut high) = (0, store.head().await?);
    while low < high {
        let middle = low + (high - low) / 2;
        let line = store.read(middle, 1).await?;
        if line.first().is_some_and(|line| line.at < moment) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

#[cfg(test)]
mod tests {
    use segue_core::id::ConversationId;
    use segue_core::journal::{Author, Entry, FORMAT, Line, Observation};
    use segue_store::{Batch, testkit::Place};

    use super::*;

    /// So many messages of one conversation, a second apart.
    async fn journal(place: &Place, count: u64) -> std::sync::Arc<dyn Store> {
        let store = place.open().await;
        append(&*store, 0, count).await;
        store
    }

    async fn append(store: &dyn Store, after: u64, count: u64) {
        let line = |position: u64| Line {
            position,
            at: Timestamp(i64::try_from(position).unwrap() * 1000),
            format: FORMAT,
            entry: Entry::Observed(Observation::MessageReceived {
                conversation: ConversationId(1),
                author: Author::Customer,
                epoch: None,
                reading: Box::default(),
                answer: None,
            }),
        };
        let lines = (after + 1..=after + count).map(line).collect();
        let batch = Batch {
            after,
            lines,
            ..Batch::default()
        };
        store.append(batch).await.unwrap();
    }

    #[tokio::test]
    async fn what_was_folded_before_is_not_read_again() {
        let place = Place::sqlite();
        let store = journal(&place, 7).await;
        let counted = Counted::default();
        assert_eq!(counted.all(&*store).await.unwrap().tally.messages, 7);
        place
            .run("UPDATE journal SET entry = 'no line at all' WHERE position <= 7")
            .await;
        append(&*store, 7, 2).await;
        assert_eq!(counted.all(&*store).await.unwrap().tally.messages, 9);
    }

    #[tokio::test]
    async fn a_span_counts_its_own_lines_and_reads_no_others() {
        let place = Place::sqlite();
        let store = journal(&place, 20).await;
        let at = |seconds: i64| Some(Timestamp(seconds * 1000));
        for (since, until, expected) in [
            (None, None, 20),
            (at(1), at(21), 20),
            (at(5), None, 16),
            (None, at(5), 4),
            (at(5), at(9), 4),
            (at(30), None, 0),
            (at(9), at(5), 0),
        ] {
            let tally = within(&*store, since, until, 20).await.unwrap();
            assert_eq!(tally.messages, expected, "{since:?} {until:?}");
        }
        let refused = within(&*store, at(5), at(9), 3).await;
        assert!(matches!(refused, Err(Uncounted::TooLong)), "{refused:?}");
    }
}
