//! The history of a store, page by page: without its words where what they told is known.

use std::sync::Arc;

use anyhow::Result;
use segue_core::signals::VERSION;
use segue_store::{HistoryHead, HistoryPlace, KeptReadings, Store, StoreError};
use tokio::runtime::Handle;

use super::{Meter, Policies, walk::Item};

/// Conversations that are read at once, and go to a thread together.
const PAGE: usize = 128;

/// How many imported conversations are meant.
pub(super) async fn count(store: &dyn Store, only: Option<u64>) -> Result<u64, StoreError> {
    let imports = store.imports().await?;
    let meant = imports
        .iter()
        .filter(|one| one.finished_at.is_some() && only.is_none_or(|id| id == one.id));
    Ok(meant.map(|one| one.conversations).sum())
}

/// For a thread that may wait.
pub(super) struct Pages {
    store: Arc<dyn Store>,
    runtime: Handle,
    only: Option<u64>,
    after: HistoryPlace,
    /// What the policy in force teaches; what was read under another one is read again.
    lesson: String,
    /// The words are wanted in any case.
    reads_again: bool,
    meter: Arc<Meter>,
}

/// A lesson as it is kept.
pub(super) fn spelled(lesson: u64) -> String {
    format!("{lesson:016x}")
}

impl Pages {
    pub(super) fn new(
        store: Arc<dyn Store>,
        runtime: Handle,
        only: Option<u64>,
        policies: &Policies,
        meter: Arc<Meter>,
    ) -> Self {
        let after = HistoryPlace {
            import: only.unwrap_or_default(),
            seq: 0,
        };
        Self {
            store,
            runtime,
            only,
            after,
            lesson: spelled(policies.present.reader().lesson()),
            reads_again: policies.reads_again(),
            meter,
        }
    }

    fn page(&mut self) -> Result<Option<Vec<Item>>> {
        self.meter.go_on()?;
        let heads = self.store.history_heads(self.after, PAGE);
        let mut heads = self.runtime.block_on(heads)?;
        let from = self.after;
        let Some(last) = heads.last() else {
            return Ok(None);
        };
        self.after = last.place;
        heads.retain(|head| self.only.is_none_or(|id| id == head.place.import));
        self.meter.advance(heads.len());
        let known = heads.iter().all(|head| self.is_known(head.kept.as_ref()));
        let mut items: Vec<Item> = heads.into_iter().map(known_item).collect();
        if !known || self.reads_again {
            self.add_words(from, &mut items)?;
        }
        Ok((!items.is_empty()).then_some(items))
    }

    fn is_known(&self, kept: Option<&KeptReadings>) -> bool {
        kept.is_some_and(|kept| kept.reader == VERSION && kept.lesson == self.lesson)
    }

    fn add_words(&self, from: HistoryPlace, items: &mut [Item]) -> Result<()> {
        let page = self.runtime.block_on(self.store.history(from, PAGE))?;
        let mut worded = page.into_iter().peekable();
        for item in items {
            while worded.next_if(|(place, _)| *place < item.place).is_some() {}
            if let Some((_, whole)) = worded.next_if(|(place, _)| *place == item.place) {
                item.conversation.messages = whole.messages;
            }
        }
        Ok(())
    }
}

fn known_item(head: HistoryHead) -> Item {
    Item {
        place: head.place,
        conversation: head.conversation,
        kept: head.kept.filter(|kept| kept.reader == VERSION),
        stored: true,
    }
}

impl Iterator for Pages {
    type Item = Result<Vec<Item>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.page().transpose()
    }
}
