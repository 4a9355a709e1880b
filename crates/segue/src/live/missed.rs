//! What a listener missed, read back from the journal. The team may read all of it; a customer's
//! own conversations are looked up, so that nobody can have the whole journal read for nothing.

use std::collections::BTreeMap;

use segue_core::{
    id::{ConversationId, CustomerId},
    journal::Line,
};
use segue_store::{ConversationFilter, Store, StoreError};

use super::Audience;

/// Lines that are read at once.
const PAGE: usize = 500;
/// Conversations of a customer that are looked up, the latest ones.
const CONVERSATIONS: usize = 20;

/// The lines between two positions that may concern a listener, in order.
pub(super) struct Missed<'s> {
    store: &'s dyn Store,
    customer: Option<CustomerId>,
    from: u64,
    told: u64,
}

impl<'s> Missed<'s> {
    pub(super) fn new(store: &'s dyn Store, audience: &Audience, from: u64, told: u64) -> Self {
        let customer = match audience {
            Audience::Customer(id) => Some(*id),
            Audience::Agent(_) | Audience::Team => None,
        };
        Self {
            store,
            customer,
            from,
            told,
        }
    }

    /// Some more of them; none when that was all.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Line>>, StoreError> {
        if self.from >= self.told {
            return Ok(None);
        }
        let Some(customer) = self.customer else {
            return self.page().await;
        };
        let lines = self.of_customer(customer).await?;
        self.from = self.told;
        Ok(Some(lines))
    }

    async fn page(&mut self) -> Result<Option<Vec<Line>>, StoreError> {
        let mut lines = self.store.read(self.from, PAGE).await?;
        lines.retain(|line| line.position <= self.told);
        self.from = lines.last().map_or(self.told, |line| line.position);
        Ok(Some(lines))
    }

    async fn of_customer(&self, customer: CustomerId) -> Result<Vec<Line>, StoreError> {
        let filter = ConversationFilter {
            customer: Some(customer),
            ..ConversationFilter::default()
        };
        let own = self
            .store
            .conversations(filter, None, CONVERSATIONS)
            .await?;
        let mut lines = BTreeMap::new();
        for conversation in own {
            for line in self.of_conversation(conversation.id).await? {
                lines.insert(line.position, line);
            }
        }
        Ok(lines.into_values().collect())
    }

    /// Some lines name only the handoff.
    async fn of_conversation(&self, id: ConversationId) -> Result<Vec<Line>, StoreError> {
        let mut lines = self.store.lines_of_conversation(id).await?;
        for handoff in self.store.handoffs_of(id).await? {
            lines.extend(self.store.lines_of_handoff(handoff.id).await?);
        }
        lines.retain(|line| (self.from + 1..=self.told).contains(&line.position));
        Ok(lines)
    }
}
