//! The engine for many nodes. Who appends holds the desk's row until the commit, so lines of one
//! desk have one order, whoever writes them.

mod open;

use std::{
    collections::{HashMap, hash_map::Entry},
    error::Error as _,
    future::Future,
    pin::Pin,
};

use async_trait::async_trait;
use deadpool_postgres::{Object, Pool, PoolError, Transaction};
use futures::poll;
use tokio_postgres::{
    Row as PgRow, Statement,
    error::SqlState,
    types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked},
};

use crate::{
    StoreError,
    engine::{Engine, Guard, Write},
    sql::{Dialect, Query, Row, Step, Value, step, unreadable},
};

/// A `PostgreSQL` database.
pub(crate) struct Postgres {
    place: String,
    pool: Pool,
}

impl Postgres {
    async fn client(&self) -> Result<Object, StoreError> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => self.translate(&error),
            other => StoreError::Unavailable {
                why: other.to_string(),
            },
        })
    }

    fn translate(&self, error: &tokio_postgres::Error) -> StoreError {
        translate(error, &self.place)
    }

    async fn guard(&self, work: &Work<'_>, guard: Guard) -> Result<(), StoreError> {
        let lock = step!(LockHead, guard.desk);
        let mut head = self.step(work, &lock).await?;
        if head.is_empty() {
            self.step(work, &step!(AddDesk, guard.desk)).await?;
            head = self.step(work, &lock).await?;
        }
        guard.check(head.first_mut().map_or(Ok(0), Row::take)?)?;
        self.step(work, &step!(MoveHead, guard.desk, guard.head))
            .await
            .map(|_| ())
    }

    async fn step(&self, work: &Work<'_>, step: &Step) -> Result<Vec<Row>, StoreError> {
        let statement = self.prepare(work, step.query).await?;
        let found = work.query(&statement, &bound(step)).await;
        rows(&found.map_err(|error| self.translate(&error))?)
    }

    async fn prepare(&self, work: &Work<'_>, query: Query) -> Result<Statement, StoreError> {
        let prepared = work.prepare_cached(query.text(Dialect::Postgres)).await;
        prepared.map_err(|error| self.translate(&error))
    }

    /// Sends all steps before it waits for the first answer: one round trip, not one for each.
    async fn steps(&self, work: &Work<'_>, steps: &[Step]) -> Result<Vec<Row>, StoreError> {
        let mut statements = HashMap::new();
        for step in steps {
            if let Entry::Vacant(unknown) = statements.entry(step.query) {
                unknown.insert(self.prepare(work, step.query).await?);
            }
        }
        let mut last = Vec::new();
        for some in steps.chunks(IN_FLIGHT) {
            last = self.pipeline(work, some, &statements).await?;
        }
        rows(&last)
    }

    async fn pipeline(
        &self,
        work: &Work<'_>,
        steps: &[Step],
        statements: &HashMap<Query, Statement>,
    ) -> Result<Vec<PgRow>, StoreError> {
        let mut sent: Vec<Sent<'_>> = Vec::with_capacity(steps.len());
        for step in steps {
            let Some(statement) = statements.get(&step.query) else {
                continue;
            };
            let mut answer: Sent<'_> =
                Box::pin(async move { work.query(statement, &bound(step)).await });
            // A query is on its way once it was polled; so they go out in their order.
            match poll!(answer.as_mut()) {
                std::task::Poll::Ready(early) => {
                    sent.push(Box::pin(std::future::ready(early)));
                }
                std::task::Poll::Pending => sent.push(answer),
            }
        }
        let mut last = Vec::new();
        for answer in sent {
            last = answer.await.map_err(|error| self.translate(&error))?;
        }
        Ok(last)
    }
}

type Work<'a> = Transaction<'a>;
type Sent<'a> =
    Pin<Box<dyn Future<Output = Result<Vec<PgRow>, tokio_postgres::Error>> + Send + 'a>>;

/// Steps that are sent before the first answer is read.
const IN_FLIGHT: usize = 512;

#[async_trait]
impl Engine for Postgres {
    async fn read(&self, query: Query, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let translate = |error| self.translate(&error);
        let client = self.client().await?;
        let text = query.text(Dialect::Postgres);
        let statement = client.prepare_cached(text).await.map_err(translate)?;
        let values: Vec<_> = values
            .iter()
            .map(|value| value as &(dyn ToSql + Sync))
            .collect();
        rows(&client.query(&statement, &values).await.map_err(translate)?)
    }

    async fn write(&self, write: Write) -> Result<Vec<Row>, StoreError> {
        let translate = |error| self.translate(&error);
        let mut client = self.client().await?;
        let work = client.transaction().await.map_err(translate)?;
        if let Some(guard) = write.guard {
            self.guard(&work, guard).await?;
        }
        let last = self.steps(&work, &write.steps).await?;
        work.commit().await.map_err(translate)?;
        Ok(last)
    }
}

fn bound(step: &Step) -> Vec<&(dyn ToSql + Sync)> {
    step.values
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

fn rows(found: &[PgRow]) -> Result<Vec<Row>, StoreError> {
    found
        .iter()
        .map(|row| {
            (0..row.len())
                .map(|column| value(row, column))
                .collect::<Result<_, _>>()
        })
        .map(|values| values.map(Row::new))
        .collect()
}

fn value(row: &PgRow, column: usize) -> Result<Value, StoreError> {
    let kind = row.columns().get(column).map(tokio_postgres::Column::type_);
    let found = match kind {
        Some(&Type::INT8) => row.try_get(column).map(|value: Option<i64>| value.into()),
        Some(&Type::BOOL) => row.try_get(column).map(|value: Option<bool>| value.into()),
        Some(&Type::TEXT) => row
            .try_get(column)
            .map(|value: Option<String>| value.into()),
        _ => {
            return Err(unreadable(
                "a row",
                "it holds a kind of value segue never writes",
            ));
        }
    };
    found.map_err(|why| unreadable("a row", why))
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) => number.to_sql(kind, out),
            Self::Bool(yes) => yes.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::BOOL | Type::TEXT)
    }

    to_sql_checked!();
}

/// What an error of `PostgreSQL` means to the person who must mend it.
fn translate(error: &tokio_postgres::Error, place: &str) -> StoreError {
    let place = place.to_owned();
    let Some(said) = error.as_db_error() else {
        let why = error
            .source()
            .map_or_else(|| error.to_string(), ToString::to_string);
        return StoreError::Unavailable { why };
    };
    let why = said.message().to_owned();
    match said.code() {
        &SqlState::UNIQUE_VIOLATION => StoreError::Taken { what: why },
        &SqlState::DISK_FULL => StoreError::Full { place },
        &SqlState::READ_ONLY_SQL_TRANSACTION | &SqlState::INSUFFICIENT_PRIVILEGE => {
            StoreError::ReadOnly { place }
        }
        &SqlState::ADMIN_SHUTDOWN
        | &SqlState::CRASH_SHUTDOWN
        | &SqlState::CANNOT_CONNECT_NOW
        | &SqlState::TOO_MANY_CONNECTIONS
        | &SqlState::T_R_SERIALIZATION_FAILURE
        | &SqlState::T_R_DEADLOCK_DETECTED => StoreError::Unavailable { why },
        _ => StoreError::Refused { why },
    }
}
