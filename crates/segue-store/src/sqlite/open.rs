//! Opening a database file, with clear words when that does not work.

use std::{
    fs::{DirBuilder, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::translate;
use crate::{StoreError, migrations, sql::Dialect};

/// Marks a database file as ours: "SEGU".
const APPLICATION: i64 = 0x5345_4755;

/// Another process, such as an import beside a server, may hold the write lock for so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// More than there are statements, so that each is compiled once for a connection.
const STATEMENTS: usize = 256;

/// The ends of the indexes that grow should not be read again for each batch.
const CACHE_KIB: i64 = 32 * 1024;

/// A page that changes often goes into the file once for so many pages of log: 16 MiB.
const WAL_PAGES: i64 = 4_096;

/// Makes the directory, readable for its owner only, and names the file in it.
pub(super) fn prepare(directory: &Path) -> Result<PathBuf, StoreError> {
    let made = DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory);
    made.map_err(|why| cannot(directory.display().to_string(), why.to_string()))?;
    let file = directory.join("segue.db");
    // A new file is its owner's alone, and what SQLite puts beside it follows it. Whatever else
    // is wrong with the place is said when the file is opened.
    let _ = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&file);
    Ok(file)
}

/// The one connection that writes, with the present schema.
pub(super) fn writing(
    file: &Path,
    place: &str,
    pages: Option<u32>,
) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = connect(file, flags, place)?;
    set_up(&connection).map_err(|error| translate(&error, place))?;
    check_ours(&connection, place)?;
    migrate(&mut connection, place)?;
    if let Some(pages) = pages {
        let limit = connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()));
        limit.map_err(|error| translate(&error, place))?;
    }
    Ok(connection)
}

/// A connection that only reads.
pub(super) fn reading(file: &Path, place: &str) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = connect(file, flags, place)?;
    let only = connection.pragma_update(None, "query_only", true);
    only.map_err(|error| translate(&error, place))?;
    Ok(connection)
}

fn connect(file: &Path, flags: OpenFlags, place: &str) -> Result<Connection, StoreError> {
    let open = || {
        let connection = Connection::open_with_flags(file, flags)?;
        connection.busy_timeout(PATIENCE)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(connection)
    };
    open().map_err(|error| translate(&error, place))
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update_and_check(None, "wal_autocheckpoint", WAL_PAGES, |_| Ok(()))?;
    // Words that are erased must not stay behind in free pages.
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))
}

/// A file with tables that somebody else made is left alone.
fn check_ours(connection: &Connection, place: &str) -> Result<(), StoreError> {
    let ask = || -> rusqlite::Result<(i64, i64)> {
        let mark = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let count = "SELECT count(*) FROM sqlite_master";
        Ok((mark, connection.query_row(count, [], |row| row.get(0))?))
    };
    match ask().map_err(|error| translate(&error, place))? {
        (APPLICATION, _) | (_, 0) => Ok(()),
        _ => Err(StoreError::NotOurs {
            place: place.to_owned(),
            why: "it belongs to another program".to_owned(),
        }),
    }
}

fn migrate(connection: &mut Connection, place: &str) -> Result<(), StoreError> {
    let translate = |error| translate(&error, place);
    let behavior = TransactionBehavior::Immediate;
    let transaction = connection
        .transaction_with_behavior(behavior)
        .map_err(translate)?;
    transaction
        .execute_batch(migrations::VERSION_TABLE)
        .map_err(translate)?;
    let found = transaction.query_row(migrations::VERSION, [], |row| row.get(0));
    let found: i64 = found.map_err(translate)?;
    if let Some(text) = migrations::from(found, Dialect::Sqlite, place)? {
        transaction.execute_batch(&text).map_err(translate)?;
        transaction
            .pragma_update(None, "application_id", APPLICATION)
            .map_err(translate)?;
        transaction.commit().map_err(translate)?;
    }
    Ok(())
}

/// The error for a place that cannot be opened.
pub(super) fn cannot(place: String, why: String) -> StoreError {
    let denied = io::Error::from_raw_os_error(13).to_string();
    let remedy = if why == denied {
        "give the user that runs segue the right to write there"
    } else {
        "name a directory that exists or can be made, with --data"
    };
    StoreError::CannotOpen { place, why, remedy }
}
