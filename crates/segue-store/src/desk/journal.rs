//! The journal over any engine.

use async_trait::async_trait;
use segue_core::{
    id::{ConversationId, HandoffId},
    journal::{FORMAT, Line},
    time::Timestamp,
};

use super::{DeskStore, values};
use crate::{
    Batch, Body, CustomerRow, Fault, IdempotentAnswer, Journal, OutboxItem, OutboxRow, Snapshot,
    StoreError,
    engine::{Engine, Guard, Write},
    index::about,
    projection,
    sql::{Query, Row, Step, step, unreadable},
};

/// Lines that are read at once when tables are rebuilt.
const REBUILD_LINES: usize = 2_000;

#[async_trait]
impl<E: Engine> Journal for DeskStore<E> {
    async fn append(&self, batch: Batch) -> Result<(), StoreError> {
        check_order(&batch)?;
        let head = batch.after + batch.lines.len() as u64;
        let guard = Some(Guard {
            desk: self.desk,
            after: batch.after,
            head,
        });
        let steps = steps(self.desk, batch)?;
        self.engine.write(Write { guard, steps }).await.map(|_| ())
    }

    async fn head(&self) -> Result<u64, StoreError> {
        Ok(self
            .one(Query::Head, values![], Row::take)
            .await?
            .unwrap_or(0))
    }

    async fn read(&self, after: u64, limit: usize) -> Result<Vec<Line>, StoreError> {
        self.list(Query::ReadLines, values![after, limit], line)
            .await
    }

    async fn read_written(
        &self,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(Line, String)>, StoreError> {
        self.list(Query::ReadLines, values![after, limit], spelled_line)
            .await
    }

    async fn lines_of_conversation(&self, id: ConversationId) -> Result<Vec<Line>, StoreError> {
        self.list(Query::LinesOfConversation, values![id], line)
            .await
    }

    async fn lines_of_handoff(&self, id: HandoffId) -> Result<Vec<Line>, StoreError> {
        self.list(Query::LinesOfHandoff, values![id], line).await
    }

    async fn bodies(&self, positions: &[u64]) -> Result<Vec<Body>, StoreError> {
        let mut wanted = positions.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let mut found = Vec::with_capacity(wanted.len());
        for (first, last) in runs(&wanted) {
            found.extend(self.list(Query::Bodies, values![first, last], body).await?);
        }
        Ok(found)
    }

    async fn save_snapshot(&self, snapshot: Snapshot) -> Result<(), StoreError> {
        let Snapshot { position, state } = snapshot;
        self.write(vec![step!(SaveSnapshot, self.desk, position, state)])
            .await
            .map(|_| ())
    }

    async fn load_snapshot(&self) -> Result<Option<Snapshot>, StoreError> {
        self.one(Query::LoadSnapshot, values![], |row| {
            Ok(Snapshot {
                position: row.take()?,
                state: row.take()?,
            })
        })
        .await
    }

    async fn rebuild_projections(&self) -> Result<(), StoreError> {
        let head = self.head().await?;
        let guard = Some(Guard {
            desk: self.desk,
            after: head,
            head,
        });
        let mut steps = projection::clear(self.desk);
        let mut done = 0;
        while done < head {
            let lines = self.read(done, REBUILD_LINES).await?;
            done = lines.last().map_or(head, |line| line.position);
            steps.extend(projection::rows(self.desk, &lines));
            self.engine
                .write(Write {
                    guard,
                    steps: std::mem::take(&mut steps),
                })
                .await?;
        }
        Ok(())
    }

    async fn check(&self) -> Result<Vec<Fault>, StoreError> {
        self.faults().await
    }

    async fn answer(
        &self,
        caller: &str,
        key: &str,
    ) -> Result<Option<IdempotentAnswer>, StoreError> {
        self.one(Query::Answer, values![caller, key], |row| {
            Ok(IdempotentAnswer {
                caller: row.take()?,
                key: row.take()?,
                request_hash: row.take()?,
                status: row.take()?,
                answer: row.take()?,
                at: row.take()?,
            })
        })
        .await
    }

    async fn forget_answers(&self, before: Timestamp) -> Result<(), StoreError> {
        self.write(vec![step!(ForgetAnswers, self.desk, before)])
            .await
            .map(|_| ())
    }

    async fn claim_outbox(
        &self,
        now: Timestamp,
        lease: Timestamp,
        limit: usize,
    ) -> Result<Vec<OutboxItem>, StoreError> {
        let mut rows = self
            .write(vec![step!(ClaimOutbox, self.desk, now, lease, limit)])
            .await?;
        let mut items: Vec<_> = rows.iter_mut().map(item).collect::<Result<_, _>>()?;
        items.sort_by_key(|item| (item.row.position, item.part));
        Ok(items)
    }

    async fn outbox_done(&self, item: &OutboxItem) -> Result<bool, StoreError> {
        let OutboxItem {
            row,
            part,
            attempts,
        } = item;
        let done = step!(OutboxDone, self.desk, row.position, *part, *attempts);
        Ok(!self.write(vec![done]).await?.is_empty())
    }

    async fn outbox_failed(
        &self,
        item: &OutboxItem,
        error: &str,
        again: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let OutboxItem {
            row,
            part,
            attempts,
        } = item;
        let (desk, position) = (self.desk, row.position);
        let step = match again {
            Some(due) => step!(OutboxAgain, desk, position, *part, *attempts, error, due),
            None => step!(OutboxGivenUp, desk, position, *part, *attempts, error),
        };
        Ok(!self.write(vec![step]).await?.is_empty())
    }

    async fn forget_told(&self, before: Timestamp) -> Result<(), StoreError> {
        self.write(vec![step!(ForgetTold, self.desk, before)])
            .await
            .map(|_| ())
    }
}

/// Lines must follow the head and one another; a gap would make the journal unreadable for ever.
fn check_order(batch: &Batch) -> Result<(), StoreError> {
    let expected = batch.after + 1..;
    match batch
        .lines
        .iter()
        .zip(expected)
        .find(|(line, place)| line.position != *place)
    {
        None => Ok(()),
        Some((line, place)) => Err(StoreError::Refused {
            why: format!(
                "a line has position {}, it must have {place}",
                line.position
            ),
        }),
    }
}

fn steps(desk: i64, batch: Batch) -> Result<Vec<Step>, StoreError> {
    let mut steps = written(desk, &batch.lines)?;
    steps.extend(batch.bodies.into_iter().map(|body| add_body(desk, body)));
    steps.extend(
        batch
            .customers
            .into_iter()
            .map(|row| save_customer(desk, row)),
    );
    steps.extend(
        batch
            .answers
            .into_iter()
            .map(|answer| add_answer(desk, answer)),
    );
    steps.extend(batch.outbox.into_iter().map(|row| add_outbox(desk, row)));
    Ok(steps)
}

/// Lines, and then the rows that follow from them: some look back into the journal.
pub(super) fn written(desk: i64, lines: &[Line]) -> Result<Vec<Step>, StoreError> {
    let mut steps = Vec::with_capacity(lines.len() * 4);
    for line in lines {
        steps.push(add_line(desk, line)?);
    }
    steps.extend(projection::rows(desk, lines));
    Ok(steps)
}

fn add_line(desk: i64, line: &Line) -> Result<Step, StoreError> {
    let about = about(line);
    let entry = serde_json::to_string(&line.entry).map_err(|why| unreadable("a line", why))?;
    Ok(step!(
        AddLine,
        desk,
        line.position,
        line.at,
        line.format,
        about.kind,
        about.conversation,
        about.handoff,
        entry,
    ))
}

fn add_body(desk: i64, body: Body) -> Step {
    step!(
        AddBody,
        desk,
        body.position,
        body.text,
        body.extra.map(|extra| extra.to_string())
    )
}

pub(super) fn save_customer(desk: i64, row: CustomerRow) -> Step {
    let attributes = serde_json::Value::Object(row.attributes.into_iter().collect()).to_string();
    step!(
        SaveCustomer,
        desk,
        row.id,
        row.external_id,
        row.name,
        row.email,
        row.locale,
        attributes,
        row.created_at,
    )
}

fn add_answer(desk: i64, answer: IdempotentAnswer) -> Step {
    step!(
        AddAnswer,
        desk,
        answer.caller,
        answer.key,
        answer.request_hash,
        answer.status,
        answer.answer,
        answer.at,
    )
}

fn add_outbox(desk: i64, row: OutboxRow) -> Step {
    step!(
        AddOutbox,
        desk,
        row.position,
        row.kind,
        row.target,
        row.payload,
        row.due_at
    )
}

/// Reads a line; one that a newer build wrote is not guessed at.
pub(super) fn line(row: &mut Row) -> Result<Line, StoreError> {
    spelled_line(row).map(|(line, _)| line)
}

fn spelled_line(row: &mut Row) -> Result<(Line, String), StoreError> {
    let (position, at, format): (u64, Timestamp, u8) = (row.take()?, row.take()?, row.take()?);
    let what = || format!("line {position} of the journal");
    if format > FORMAT {
        let why = format!("it has format {format}, this build knows {FORMAT}: start a newer one");
        return Err(unreadable(&what(), why));
    }
    let text: String = row.take()?;
    let entry = serde_json::from_str(&text).map_err(|why| unreadable(&what(), why))?;
    let line = Line {
        position,
        at,
        format,
        entry,
    };
    Ok((line, text))
}

fn body(row: &mut Row) -> Result<Body, StoreError> {
    Ok(Body {
        position: row.take()?,
        text: row.take()?,
        extra: row.opt_json()?,
    })
}

fn item(row: &mut Row) -> Result<OutboxItem, StoreError> {
    let position = row.take()?;
    let part = row.take()?;
    let row_found = OutboxRow {
        position,
        kind: row.take()?,
        target: row.take()?,
        payload: row.take()?,
        due_at: row.take()?,
    };
    Ok(OutboxItem {
        row: row_found,
        part,
        attempts: row.take()?,
    })
}

/// Neighbouring positions, taken together: one query each.
fn runs(positions: &[u64]) -> Vec<(u64, u64)> {
    positions
        .chunk_by(|one, next| one + 1 == *next)
        .filter_map(|run| Some((*run.first()?, *run.last()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_positions_are_read_together() {
        assert_eq!(runs(&[1, 2, 3, 7, 9, 10]), [(1, 3), (7, 7), (9, 10)]);
        assert_eq!(runs(&[]), []);
    }
}
