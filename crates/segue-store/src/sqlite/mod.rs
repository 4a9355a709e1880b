//! The embedded engine: one thread writes, a few connections read.

mod open;
mod scratch;
mod writer;

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError, mpsc},
};

use async_trait::async_trait;
use rusqlite::{Connection, ErrorCode, ToSql, types::ToSqlOutput, types::ValueRef};
use tokio::sync::{Semaphore, oneshot};

use crate::{
    StoreError,
    engine::{Engine, Write},
    sql::{Dialect, Query, Row, Value, unreadable},
};
pub(crate) use scratch::Scratch;
use writer::Job;

/// Connections that read at the same time.
const READERS: usize = 4;

/// A `SQLite` database in a directory.
pub(crate) struct Sqlite {
    place: Arc<str>,
    jobs: mpsc::Sender<Job>,
    readers: Arc<Mutex<Vec<Connection>>>,
    free: Arc<Semaphore>,
}

impl Sqlite {
    /// Opens or makes the database in a directory; it may be kept from growing beyond a number of
    /// pages.
    pub(crate) async fn open(directory: &Path, pages: Option<u32>) -> Result<Self, StoreError> {
        let directory = directory.to_owned();
        on_thread(move || Self::open_now(&directory, pages)).await
    }

    fn open_now(directory: &Path, pages: Option<u32>) -> Result<Self, StoreError> {
        let file = open::prepare(directory)?;
        let place: Arc<str> = file.display().to_string().into();
        let writing = open::writing(&file, &place, pages)?;
        let readers = (0..READERS)
            .map(|_| open::reading(&file, &place))
            .collect::<Result<_, _>>()?;
        let jobs = writer::start(writing, Arc::clone(&place))?;
        let readers = Arc::new(Mutex::new(readers));
        Ok(Self {
            place,
            jobs,
            readers,
            free: Arc::new(Semaphore::new(READERS)),
        })
    }
}

#[async_trait]
impl Engine for Sqlite {
    async fn read(&self, query: Query, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let permit = Arc::clone(&self.free)
            .acquire_owned()
            .await
            .map_err(|why| gone(&why))?;
        let readers = Arc::clone(&self.readers);
        let place = Arc::clone(&self.place);
        on_thread(move || {
            let connection = pool(&readers)
                .pop()
                .ok_or_else(|| gone(&"no reader is free"))?;
            let rows = rows(&connection, query, &values, &place);
            pool(&readers).push(connection);
            // Held until here, also when the caller has gone: a permit is a connection.
            drop(permit);
            rows
        })
        .await
    }

    async fn write(&self, write: Write) -> Result<Vec<Row>, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.jobs
            .send(Job { write, reply })
            .map_err(|why| gone(&why))?;
        answer.await.map_err(|why| gone(&why))?
    }
}

fn pool(readers: &Mutex<Vec<Connection>>) -> std::sync::MutexGuard<'_, Vec<Connection>> {
    readers.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn on_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|why| gone(&why))?
}

fn gone(why: &dyn std::fmt::Display) -> StoreError {
    StoreError::Unavailable {
        why: why.to_string(),
    }
}

/// Runs a statement and collects its rows.
fn rows(
    connection: &Connection,
    query: Query,
    values: &[Value],
    place: &str,
) -> Result<Vec<Row>, StoreError> {
    let translate = |error| translate(&error, place);
    let text = query.text(Dialect::Sqlite);
    let mut statement = connection.prepare_cached(text).map_err(translate)?;
    let columns = statement.column_count();
    let bound = rusqlite::params_from_iter(values);
    let mut found = statement.query(bound).map_err(translate)?;
    let mut rows = Vec::new();
    while let Some(row) = found.next().map_err(translate)? {
        let values = (0..columns).map(|column| value(row.get_ref(column).map_err(translate)?));
        rows.push(Row::new(values.collect::<Result<_, _>>()?));
    }
    Ok(rows)
}

fn value(found: ValueRef<'_>) -> Result<Value, StoreError> {
    match found {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(number) => Ok(Value::Int(number)),
        ValueRef::Text(text) => String::from_utf8(text.to_vec())
            .map(Value::Text)
            .map_err(|why| unreadable("a text", why)),
        ValueRef::Real(_) | ValueRef::Blob(_) => Err(unreadable(
            "a row",
            "it holds a kind of value that segue never writes",
        )),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Bool(yes) => ValueRef::Integer(i64::from(*yes)),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// What an error of `SQLite` means to the person who must mend it.
fn translate(error: &rusqlite::Error, place: &str) -> StoreError {
    let place = place.to_owned();
    let why = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full { place },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StoreError::ReadOnly { place },
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            StoreError::NotOurs { place, why }
        }
        Some(ErrorCode::CannotOpen) => open::cannot(place, why),
        Some(ErrorCode::ConstraintViolation) => StoreError::Taken { what: why },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::SystemIoFailure) => {
            StoreError::Unavailable { why }
        }
        _ => StoreError::Refused { why },
    }
}
