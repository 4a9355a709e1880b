//! A database beside all others, to compute something in; it is gone with its connection.

use rusqlite::Connection;

use super::{rows, translate};
use crate::{
    StoreError, migrations,
    sql::{Dialect, Query, Row, Step, Value},
};

/// What it is called in messages.
const PLACE: &str = "the scratch database";

/// An empty database of the present schema, in memory until it grows too large for that.
pub(crate) struct Scratch(Connection);

impl Scratch {
    /// Makes one.
    pub(crate) fn open() -> Result<Self, StoreError> {
        let make = || {
            // Without a name it is a temporary file that SQLite removes by itself.
            let connection = Connection::open("")?;
            connection.set_prepared_statement_cache_capacity(256);
            connection.execute_batch(migrations::VERSION_TABLE)?;
            Ok(connection)
        };
        let connection = make().map_err(|error| translate(&error, PLACE))?;
        if let Some(text) = migrations::from(0, Dialect::Sqlite, PLACE)? {
            let schema = connection.execute_batch(&text);
            schema.map_err(|error| translate(&error, PLACE))?;
        }
        Ok(Self(connection))
    }

    /// Performs steps, all or none.
    pub(crate) fn perform(&mut self, steps: &[Step]) -> Result<(), StoreError> {
        let work = self.0.transaction();
        let work = work.map_err(|error| translate(&error, PLACE))?;
        for step in steps {
            rows(&work, step.query, &step.values, PLACE)?;
        }
        work.commit().map_err(|error| translate(&error, PLACE))
    }

    /// The rows that a query gives.
    pub(crate) fn read(&self, query: Query, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        rows(&self.0, query, values, PLACE)
    }
}
