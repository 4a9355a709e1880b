//! What people ask for, over any engine.

use std::collections::BTreeMap;

use async_trait::async_trait;
use segue_core::{
    id::{ConversationId, CustomerId, HandoffId, MessageId},
    journal::{
        AgentProfile, Author, Briefing, Decision, Entry, Observation, Points, Previous, Ruling,
        Wait,
    },
    time::Timestamp,
};

use super::{
    DeskStore,
    journal::{line, save_customer},
    values,
};
use crate::{
    AgentRow, ConversationFilter, ConversationRow, CustomerRow, FlagRow, HandoffRecord, HandoffRow,
    MessageRow, OfferRow, PromiseRow, Records, SegmentRow, StoreError,
    engine::Engine,
    sql::{Query, Row, step},
};

#[async_trait]
impl<E: Engine> Records for DeskStore<E> {
    async fn conversation(
        &self,
        id: ConversationId,
    ) -> Result<Option<ConversationRow>, StoreError> {
        self.one(Query::Conversation, values![id], conversation)
            .await
    }

    async fn conversations(
        &self,
        filter: ConversationFilter,
        before: Option<ConversationId>,
        limit: usize,
    ) -> Result<Vec<ConversationRow>, StoreError> {
        let ConversationFilter {
            state,
            customer,
            agent,
        } = filter;
        let before = before.map_or(i64::MAX.unsigned_abs(), |id| id.0);
        // Its own query, because a customer's conversations must be found by index.
        if let Some(customer) = customer {
            let values = values![customer, before, state, agent, limit];
            return self
                .list(Query::ConversationsOfCustomer, values, conversation)
                .await;
        }
        let values = values![before, state, agent, limit];
        self.list(Query::Conversations, values, conversation).await
    }

    async fn messages(
        &self,
        conversation: ConversationId,
        after: Option<MessageId>,
        limit: usize,
    ) -> Result<Vec<MessageRow>, StoreError> {
        let after = after.map_or(0, |id| id.0);
        self.list(
            Query::Messages,
            values![conversation, after, limit],
            message,
        )
        .await
    }

    async fn message(&self, id: MessageId) -> Result<Option<MessageRow>, StoreError> {
        self.one(Query::Message, values![id], message).await
    }

    async fn customer(&self, id: CustomerId) -> Result<Option<CustomerRow>, StoreError> {
        self.one(Query::Customer, values![id], customer).await
    }

    async fn customer_of(&self, external_id: &str) -> Result<Option<CustomerRow>, StoreError> {
        self.one(Query::CustomerOf, values![external_id], customer)
            .await
    }

    async fn save_customer(&self, customer: CustomerRow) -> Result<(), StoreError> {
        self.write(vec![save_customer(self.desk, customer)])
            .await
            .map(|_| ())
    }

    async fn erase_customer(&self, id: CustomerId) -> Result<(), StoreError> {
        let steps = vec![
            step!(EraseWords, self.desk, id),
            step!(EraseCustomer, self.desk, id),
        ];
        self.write(steps).await.map(|_| ())
    }

    async fn previous(&self, customer: CustomerId) -> Result<Vec<Previous>, StoreError> {
        self.list(Query::Previous, values![customer], previous)
            .await
    }

    async fn handoff(&self, id: HandoffId) -> Result<Option<HandoffRecord>, StoreError> {
        let Some(row) = self.one(Query::Handoff, values![id], handoff).await? else {
            return Ok(None);
        };
        Ok(Some(HandoffRecord {
            row,
            briefing: self.briefing(id).await?,
            segments: self.list(Query::SegmentsOf, values![id], segment).await?,
            offers: self.list(Query::OffersOf, values![id], offer).await?,
            promises: self.list(Query::PromisesOf, values![id], promise).await?,
            flags: self.list(Query::FlagsOf, values![id], flag).await?,
        }))
    }

    async fn handoffs_of(&self, id: ConversationId) -> Result<Vec<HandoffRow>, StoreError> {
        self.list(Query::HandoffsOf, values![id], handoff).await
    }

    async fn agents(&self) -> Result<Vec<AgentRow>, StoreError> {
        self.list(Query::Agents, values![], agent).await
    }

    async fn handoffs_between(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<HandoffRow>, StoreError> {
        self.list(Query::HandoffsBetween, values![since, until], handoff)
            .await
    }

    async fn conversations_between(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<ConversationRow>, StoreError> {
        self.list(
            Query::ConversationsBetween,
            values![since, until],
            conversation,
        )
        .await
    }

    async fn promises_between(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<PromiseRow>, StoreError> {
        self.list(Query::PromisesBetween, values![since, until], promise)
            .await
    }

    async fn flags_between(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<FlagRow>, StoreError> {
        self.list(Query::FlagsBetween, values![since, until], flag)
            .await
    }
}

impl<E: Engine> DeskStore<E> {
    async fn briefing(&self, id: HandoffId) -> Result<Briefing, StoreError> {
        let opened = self
            .one(Query::EntryAt, values![id], line)
            .await?
            .map(|line| line.entry);
        Ok(match opened {
            Some(Entry::Decided(Decision {
                ruling: Ruling::HandoffOpened { briefing, .. },
                ..
            })) => briefing,
            _ => Briefing::default(),
        })
    }
}

fn conversation(row: &mut Row) -> Result<ConversationRow, StoreError> {
    Ok(ConversationRow {
        id: row.take()?,
        customer: row.parse()?,
        channel: row.take()?,
        subject: row.take()?,
        tier: row.take()?,
        locale: row.take()?,
        state: row.take()?,
        holder: row.take()?,
        agent: row.take()?,
        epoch: row.take()?,
        opened_at: row.take()?,
        resolved_at: row.take()?,
        resolved_by: row.take()?,
        handoff: row.take()?,
        handoffs: row.take()?,
        messages: row.take()?,
        last_message_at: row.take()?,
        csat: row.take()?,
    })
}

/// Reads a message; who wrote it and what it tells stand in its line.
fn message(row: &mut Row) -> Result<MessageRow, StoreError> {
    let mut found = MessageRow {
        id: row.take()?,
        conversation: row.take()?,
        author: Author::Segue,
        at: row.take()?,
        withheld: row.take()?,
        text: row.take()?,
        extra: row.opt_json()?,
        reading: None,
        answer: None,
        notice: None,
    };
    match row.json()? {
        Entry::Observed(Observation::MessageReceived {
            author,
            reading,
            answer,
            ..
        }) => {
            found.author = author;
            found.reading = Some(*reading);
            found.answer = answer;
        }
        Entry::Decided(Decision {
            ruling: Ruling::NoticeGiven { notice, .. },
            ..
        }) => {
            found.notice = Some(notice);
        }
        Entry::Observed(_) | Entry::Decided(_) => {}
    }
    Ok(found)
}

fn customer(row: &mut Row) -> Result<CustomerRow, StoreError> {
    Ok(CustomerRow {
        id: row.parse()?,
        external_id: row.take()?,
        name: row.take()?,
        email: row.take()?,
        locale: row.take()?,
        attributes: row.json::<BTreeMap<_, _>>()?,
        created_at: row.take()?,
    })
}

fn previous(row: &mut Row) -> Result<Previous, StoreError> {
    Ok(Previous {
        conversation: row.take()?,
        at: row.take()?,
        handed_off: row.take::<u32>()? > 0,
        csat: row.take()?,
    })
}

fn handoff(row: &mut Row) -> Result<HandoffRow, StoreError> {
    Ok(HandoffRow {
        id: row.take()?,
        conversation: row.take()?,
        message: row.take()?,
        trigger: row.take()?,
        level: row.word()?,
        severity: row.word()?,
        intent: row.take()?,
        route: row.take()?,
        skills: row.json()?,
        policy: row.take()?,
        state: row.take()?,
        opened_at: row.take()?,
        step: row.take()?,
        step_who: row.opt_word()?,
        step_since: row.take()?,
        unmatched: row.opt_word()?,
        offers: row.take()?,
        agent: row.take()?,
        assigned_at: row.take()?,
        first_reply_at: row.take()?,
        callback_at: row.take()?,
        ended_at: row.take()?,
    })
}

fn segment(row: &mut Row) -> Result<SegmentRow, StoreError> {
    Ok(SegmentRow {
        id: row.take()?,
        route: row.take()?,
        only: row.take()?,
        points: Points {
            severity: row.take()?,
            customer: row.take()?,
            sentiment: row.take()?,
            per_minute: row.take()?,
        },
        waiting_since: row.take()?,
        entered_at: row.take()?,
        left_at: row.take()?,
        how: row.take()?,
    })
}

fn offer(row: &mut Row) -> Result<OfferRow, StoreError> {
    Ok(OfferRow {
        id: row.take()?,
        agent: row.take()?,
        offered_at: row.take()?,
        until_at: row.take()?,
        ended_at: row.take()?,
        how: row.take()?,
    })
}

fn promise(row: &mut Row) -> Result<PromiseRow, StoreError> {
    Ok(PromiseRow {
        id: row.take()?,
        told_at: row.take()?,
        until_at: row.take()?,
        wait: Wait {
            low_seconds: row.take()?,
            high_seconds: row.take()?,
            coverage_permille: row.take()?,
        },
        settled_at: row.take()?,
        how: row.take()?,
    })
}

fn flag(row: &mut Row) -> Result<FlagRow, StoreError> {
    Ok(FlagRow {
        id: row.take()?,
        handoff: row.take()?,
        agent: row.take()?,
        flag: row.word()?,
        at: row.take()?,
        note: row.take()?,
    })
}

fn agent(row: &mut Row) -> Result<AgentRow, StoreError> {
    Ok(AgentRow {
        id: row.take()?,
        profile: AgentProfile {
            name: row.take()?,
            skills: row.json()?,
            capacity: row.take()?,
            on_call: row.take()?,
            retired: row.take()?,
        },
        presence: row.word()?,
        presence_since: row.take()?,
        email: row.take()?,
    })
}
