//! The store of one desk, over any engine.

mod access;
mod check;
mod history;
mod journal;
mod records;

use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    Store, StoreError,
    engine::{Engine, Write},
    sql::{Query, Row, Step, Value},
};

/// The store of one desk.
pub(crate) struct DeskStore<E> {
    pub(crate) desk: i64,
    pub(crate) engine: Arc<E>,
}

impl<E: Engine> DeskStore<E> {
    /// Reads with the desk as the first value.
    async fn rows(&self, query: Query, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let mut all = Vec::with_capacity(values.len() + 1);
        all.push(Value::Int(self.desk));
        all.extend(values);
        self.engine.read(query, all).await
    }

    async fn list<T>(
        &self,
        query: Query,
        values: Vec<Value>,
        read: fn(&mut Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.rows(query, values)
            .await?
            .iter_mut()
            .map(read)
            .collect()
    }

    async fn one<T>(
        &self,
        query: Query,
        values: Vec<Value>,
        read: fn(&mut Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.rows(query, values)
            .await?
            .first_mut()
            .map(read)
            .transpose()
    }

    async fn write(&self, steps: Vec<Step>) -> Result<Vec<Row>, StoreError> {
        self.engine.write(Write { guard: None, steps }).await
    }
}

#[async_trait]
impl<E: Engine> Store for DeskStore<E> {
    fn desk(&self) -> i64 {
        self.desk
    }

    fn of_desk(&self, desk: i64) -> Arc<dyn Store> {
        Arc::new(Self {
            desk,
            engine: Arc::clone(&self.engine),
        })
    }

    async fn health(&self) -> Result<(), StoreError> {
        self.engine.read(Query::Healthy, vec![]).await.map(|_| ())
    }
}

/// Values that are bound after the desk.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::sql::Value::from($value)),*] };
}
use values;
