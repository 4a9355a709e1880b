//! The history over any engine.

use async_trait::async_trait;
use segue_core::time::Timestamp;

use super::{DeskStore, values};
use crate::{
    History, HistoryConversation, HistoryHead, HistoryMessage, HistoryPlace, ImportRow,
    KeptReadings, StoreError,
    engine::Engine,
    sql::{Query, Row, Step, step, unreadable},
};

#[async_trait]
impl<E: Engine> History for DeskStore<E> {
    async fn begin_import(
        &self,
        format: &str,
        file: &str,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut rows = self
            .write(vec![step!(BeginImport, self.desk, format, file, at)])
            .await?;
        let id = rows
            .first_mut()
            .ok_or_else(|| unreadable("an import", "it has no id"))?;
        id.take()
    }

    async fn add_history(
        &self,
        import: u64,
        conversations: Vec<HistoryConversation>,
    ) -> Result<(), StoreError> {
        let there = self
            .one(Query::ImportAt, values![import], Row::take::<u64>)
            .await?;
        let there = there.ok_or_else(|| not_under_way(import))?;
        let taken = conversations.len();
        let messages: usize = conversations.iter().map(|one| one.messages.len()).sum();
        let mut steps = Vec::with_capacity(1 + taken + messages);
        for (conversation, seq) in conversations.into_iter().zip(there + 1..) {
            self.add_conversation(import, seq, conversation, &mut steps);
        }
        steps.push(step!(GrowImport, self.desk, import, taken, messages));
        self.write(steps).await.map(|_| ())
    }

    async fn finish_import(
        &self,
        import: u64,
        refused: u64,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let rows = self
            .write(vec![step!(FinishImport, self.desk, import, refused, at)])
            .await?;
        rows.first()
            .map(|_| ())
            .ok_or_else(|| not_under_way(import))
    }

    async fn undo_import(&self, import: u64) -> Result<(), StoreError> {
        let desk = self.desk;
        let steps = vec![
            step!(UndoReadings, desk, import),
            step!(UndoMessages, desk, import),
            step!(UndoConversations, desk, import),
            step!(UndoImport, desk, import),
        ];
        self.write(steps).await.map(|_| ())
    }

    async fn imports(&self) -> Result<Vec<ImportRow>, StoreError> {
        self.list(Query::Imports, values![], import).await
    }

    async fn history(
        &self,
        after: HistoryPlace,
        limit: usize,
    ) -> Result<Vec<(HistoryPlace, HistoryConversation)>, StoreError> {
        let mut found = Vec::new();
        let mut next = self.first_after(after).await?;
        while let Some(at) = next.filter(|_| found.len() < limit) {
            found.extend(self.page(at.import, at.seq, limit - found.len()).await?);
            next = self.first_after(at.import_after()).await?;
        }
        Ok(found)
    }

    async fn history_heads(
        &self,
        after: HistoryPlace,
        limit: usize,
    ) -> Result<Vec<HistoryHead>, StoreError> {
        let mut found = Vec::new();
        let mut next = self.first_after(after).await?;
        while let Some(at) = next.filter(|_| found.len() < limit) {
            let values = values![at.import, at.seq, limit - found.len()];
            let mut heads = self.list(Query::HistoryHeads, values, head).await?;
            for head in &mut heads {
                head.place.import = at.import;
            }
            found.extend(heads);
            next = self.first_after(at.import_after()).await?;
        }
        Ok(found)
    }

    async fn keep_readings(
        &self,
        kept: Vec<(HistoryPlace, KeptReadings)>,
    ) -> Result<(), StoreError> {
        let steps = kept.into_iter().map(|(at, kept)| {
            let KeptReadings {
                reader,
                lesson,
                turns,
            } = kept;
            step!(
                KeepReadings,
                self.desk,
                at.import,
                at.seq,
                reader,
                lesson,
                turns
            )
        });
        let steps = steps.collect();
        self.write(steps).await.map(|_| ())
    }
}

impl HistoryPlace {
    /// Before the first conversation of the imports after this one.
    fn import_after(self) -> Self {
        Self {
            import: self.import + 1,
            seq: 0,
        }
    }
}

impl<E: Engine> DeskStore<E> {
    fn add_conversation(
        &self,
        import: u64,
        seq: u64,
        conversation: HistoryConversation,
        steps: &mut Vec<Step>,
    ) {
        let desk = self.desk;
        let HistoryConversation {
            external_id,
            channel,
            tier,
            opened_at,
            closed_at,
            handed_off,
            solved,
            csat,
            extra,
            messages,
        } = conversation;
        let extra = extra.map(|extra| extra.to_string());
        steps.push(step!(
            AddHistoryConversation,
            desk,
            import,
            seq,
            external_id,
            channel,
            tier,
            opened_at,
            closed_at,
            handed_off,
            solved,
            csat,
            extra,
        ));
        for (message, place) in messages.into_iter().zip(1_u64..) {
            let HistoryMessage {
                author,
                at,
                text,
                extra,
            } = message;
            let extra = extra.map(|extra| extra.to_string());
            steps.push(step!(
                AddHistoryMessage,
                desk,
                import,
                seq,
                place,
                author,
                at,
                text,
                extra
            ));
        }
    }

    /// Where a finished import goes on after a place.
    async fn first_after(&self, after: HistoryPlace) -> Result<Option<HistoryPlace>, StoreError> {
        let from = after.import.max(1);
        let next = self
            .one(Query::NextImport, values![from], Row::take::<u64>)
            .await?;
        Ok(next.map(|import| HistoryPlace {
            import,
            seq: if import == from { after.seq } else { 0 },
        }))
    }

    /// Conversations of one import with their messages.
    async fn page(
        &self,
        import: u64,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(HistoryPlace, HistoryConversation)>, StoreError> {
        let values = values![import, after, limit];
        let heads = self
            .list(Query::HistoryConversations, values, conversation)
            .await?;
        let place = |seq| HistoryPlace { import, seq };
        let mut page: Vec<_> = heads
            .into_iter()
            .map(|(seq, one)| (place(seq), one))
            .collect();
        let (Some((first, _)), Some((last, _))) = (page.first(), page.last()) else {
            return Ok(page);
        };
        let values = values![import, first.seq, last.seq];
        let mut messages = self
            .list(Query::HistoryMessages, values, message)
            .await?
            .into_iter();
        let mut next = messages.next();
        for (place, one) in &mut page {
            while let Some((_, text)) = next.take_if(|(seq, _)| *seq == place.seq) {
                one.messages.push(text);
                next = messages.next();
            }
        }
        Ok(page)
    }
}

fn not_under_way(import: u64) -> StoreError {
    StoreError::Refused {
        why: format!("import {import} is not under way: begin one, and finish it once"),
    }
}

fn import(row: &mut Row) -> Result<ImportRow, StoreError> {
    Ok(ImportRow {
        id: row.take()?,
        format: row.take()?,
        file: row.take()?,
        started_at: row.take()?,
        finished_at: row.take()?,
        conversations: row.take()?,
        messages: row.take()?,
        refused: row.take()?,
    })
}

fn conversation(row: &mut Row) -> Result<(u64, HistoryConversation), StoreError> {
    let seq = row.take()?;
    let found = HistoryConversation {
        external_id: row.take()?,
        channel: row.take()?,
        tier: row.take()?,
        opened_at: row.take()?,
        closed_at: row.take()?,
        handed_off: row.take()?,
        solved: row.take()?,
        csat: row.take()?,
        extra: row.opt_json()?,
        messages: Vec::new(),
    };
    Ok((seq, found))
}

fn head(row: &mut Row) -> Result<HistoryHead, StoreError> {
    let (seq, conversation) = conversation(row)?;
    let (reader, lesson, turns) = (row.take()?, row.take()?, row.take()?);
    let kept = match (reader, lesson, turns) {
        (Some(reader), Some(lesson), Some(turns)) => Some(KeptReadings {
            reader,
            lesson,
            turns,
        }),
        _ => None,
    };
    Ok(HistoryHead {
        place: HistoryPlace { import: 0, seq },
        conversation,
        kept,
    })
}

fn message(row: &mut Row) -> Result<(u64, HistoryMessage), StoreError> {
    let seq = row.take()?;
    let found = HistoryMessage {
        author: row.take()?,
        at: row.take()?,
        text: row.take()?,
        extra: row.opt_json()?,
    };
    Ok((seq, found))
}
