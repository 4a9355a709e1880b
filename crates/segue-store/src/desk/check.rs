//! Tables and words, compared with the journal: the tables are computed once more, beside the
//! database, and held against those that are there.

use std::collections::{BTreeMap, BTreeSet};

use segue_core::journal::{Entry, Line, Observation, Ruling};

use super::{DeskStore, journal::written, values};
use crate::{
    Fault, Journal, Records, StoreError, Wrong,
    engine::Engine,
    index::about,
    sql::{Query, Row, Value},
    sqlite::Scratch,
};

/// Keys that are looked at together.
const PAGE: i64 = 2_000;

/// The tables that are computed from the journal.
const COMPUTED: [(&str, Query); 12] = [
    ("agents", Query::AllAgents),
    ("alerts", Query::AllAlerts),
    ("conversations", Query::AllConversations),
    ("csat", Query::AllCsat),
    ("flags", Query::AllFlags),
    ("handoffs", Query::AllHandoffs),
    ("messages", Query::AllMessages),
    ("offers", Query::AllOffers),
    ("policies", Query::AllPolicies),
    ("presence_changes", Query::AllPresenceChanges),
    ("promises", Query::AllPromises),
    ("segments", Query::AllSegments),
];

/// Rows by their key.
type Rows = BTreeMap<i64, Vec<Value>>;

impl<E: Engine> DeskStore<E> {
    /// Everything that is not as the journal says.
    pub(super) async fn faults(&self) -> Result<Vec<Fault>, StoreError> {
        let head = i64::try_from(self.head().await?).unwrap_or(i64::MAX);
        let mut faults = Vec::new();
        let mut scratch = Scratch::open()?;
        for (low, high) in windows(head) {
            let lines = self.lines(low, high).await?;
            scratch.perform(&written(self.desk, &lines)?)?;
            faults.extend(gaps(low, high.min(head), &lines));
            faults.extend(self.wordless(low, high, &lines).await?);
        }
        for (table, query) in COMPUTED {
            for (low, high) in windows(head) {
                let window = values![self.desk, low, high];
                let expected = keyed(scratch.read(query, &window)?)?;
                let found = keyed(self.engine.read(query, window).await?)?;
                faults.extend(compare(table, &expected, &found));
            }
        }
        Ok(faults)
    }

    async fn lines(&self, low: i64, high: i64) -> Result<Vec<Line>, StoreError> {
        let after = u64::try_from(low).unwrap_or(0);
        let lines = self
            .read(after, usize::try_from(PAGE).unwrap_or(usize::MAX))
            .await?;
        let inside = |line: &Line| i64::try_from(line.position).is_ok_and(|at| at <= high);
        Ok(lines.into_iter().filter(inside).collect())
    }

    /// Lines whose words are gone although nobody erased them, and words that belong to no line.
    async fn wordless(
        &self,
        low: i64,
        high: i64,
        lines: &[Line],
    ) -> Result<Vec<Fault>, StoreError> {
        let mut found = BTreeSet::new();
        for mut row in self.rows(Query::AllWords, values![low, high]).await? {
            found.insert(row.take::<i64>()?);
        }
        let mut faults = Vec::new();
        for line in lines {
            let there = found.remove(&position(line));
            if !there && has_words(line) && !self.is_erased(line).await? {
                faults.push(words(position(line), Wrong::Missing));
            }
        }
        faults.extend(found.into_iter().map(|row| words(row, Wrong::Unfounded)));
        Ok(faults)
    }

    /// Whether the words of this line's customer were erased: then nothing names them any more.
    async fn is_erased(&self, line: &Line) -> Result<bool, StoreError> {
        let Some(id) = about(line).conversation else {
            return Ok(false);
        };
        let Some(conversation) = self.conversation(id).await? else {
            return Ok(false);
        };
        let customer = self.customer(conversation.customer).await?;
        Ok(customer.is_some_and(|customer| customer.external_id.is_none()))
    }
}

/// The keys from the first to the last that could be: pages up to the head, then the rest.
fn windows(head: i64) -> impl Iterator<Item = (i64, i64)> {
    let pages = (0..head).step_by(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let pages = pages.map(|low| (low, low.saturating_add(PAGE)));
    let last = (head + PAGE - 1) / PAGE * PAGE;
    std::iter::once((i64::MIN, 0))
        .chain(pages)
        .chain(std::iter::once((last, i64::MAX)))
}

fn gaps(low: i64, high: i64, lines: &[Line]) -> Vec<Fault> {
    let there: BTreeSet<i64> = lines.iter().map(position).collect();
    let missing = (low.max(0) + 1..=high).filter(|row| !there.contains(row));
    let fault = |row| Fault {
        table: "journal",
        row,
        wrong: Wrong::Missing,
    };
    missing.map(fault).collect()
}

fn position(line: &Line) -> i64 {
    i64::try_from(line.position).unwrap_or(i64::MAX)
}

fn words(row: i64, wrong: Wrong) -> Fault {
    Fault {
        table: "bodies",
        row,
        wrong,
    }
}

/// Whether a line is never written without words.
fn has_words(line: &Line) -> bool {
    match &line.entry {
        Entry::Observed(seen) => matches!(
            seen,
            Observation::MessageReceived { .. } | Observation::HandoffRequested { .. }
        ),
        Entry::Decided(decision) => matches!(decision.ruling, Ruling::NoticeGiven { .. }),
    }
}

fn keyed(rows: Vec<Row>) -> Result<Rows, StoreError> {
    let split = |mut row: Row| -> Result<_, StoreError> { Ok((row.take()?, row.rest())) };
    rows.into_iter().map(split).collect()
}

fn compare(table: &'static str, expected: &Rows, found: &Rows) -> Vec<Fault> {
    let keys: BTreeSet<i64> = expected.keys().chain(found.keys()).copied().collect();
    let judge = |row: i64| {
        let wrong = match (expected.get(&row), found.get(&row)) {
            (Some(one), Some(other)) if one == other => return None,
            (Some(_), Some(_)) => Wrong::Differs,
            (Some(_), None) => Wrong::Missing,
            (None, _) => Wrong::Unfounded,
        };
        Some(Fault { table, row, wrong })
    };
    keys.into_iter().filter_map(judge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_every_key_once() {
        for head in [0, 1, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE + 7] {
            let all: Vec<_> = windows(head).collect();
            assert_eq!(all.first().map(|(low, _)| *low), Some(i64::MIN));
            assert_eq!(all.last().map(|(_, high)| *high), Some(i64::MAX));
            for pair in all.windows(2) {
                assert_eq!(pair[0].1, pair[1].0, "{head}");
            }
        }
    }
}
