//! Opening a database on a server, with clear words when that does not work.

use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod};
use tokio_postgres::{
    Config, NoTls,
    config::{Host, SslMode},
};

use super::{Postgres, translate};
use crate::{StoreError, migrations, sql::Dialect};

/// Connections of one node.
const CONNECTIONS: usize = 16;

/// How long a server may take to let us in, unless the address says otherwise.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// Who appends holds the desk's row; a node that vanished in the middle lets go of it after this.
const LET_GO: &str = "SET idle_in_transaction_session_timeout = '10s'";

/// Nodes that start together bring the schema up one after the other: "segue".
const MIGRATION_LOCK: &str = "SELECT pg_advisory_xact_lock(495873615205)";

impl Postgres {
    /// Opens the database with an address and brings its schema up to date.
    pub(crate) async fn open(address: &str) -> Result<Self, StoreError> {
        let config = parse(address)?;
        let place = shown(&config);
        let quick = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = Manager::from_config(config, NoTls, quick);
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .post_create(Hook::async_fn(|client, _| {
                Box::pin(async move {
                    let set = client.batch_execute(LET_GO).await;
                    set.map_err(HookError::Backend)
                })
            }))
            .build();
        let pool = pool.map_err(|why| cannot(&place, why.to_string()))?;
        let postgres = Self { place, pool };
        postgres.migrate().await?;
        Ok(postgres)
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        let translate = |error| translate(&error, &self.place);
        let mut client = self.client().await.map_err(|error| match error {
            StoreError::Unavailable { why } | StoreError::Refused { why } => {
                cannot(&self.place, why)
            }
            other => other,
        })?;
        let work = client.transaction().await.map_err(translate)?;
        work.batch_execute(MIGRATION_LOCK)
            .await
            .map_err(translate)?;
        work.batch_execute(migrations::VERSION_TABLE)
            .await
            .map_err(translate)?;
        let found: i64 = work
            .query_one(migrations::VERSION, &[])
            .await
            .map_err(translate)?
            .get(0);
        if let Some(text) = migrations::from(found, Dialect::Postgres, &self.place)? {
            work.batch_execute(&text).await.map_err(translate)?;
        }
        work.commit().await.map_err(translate)
    }
}

fn parse(address: &str) -> Result<Config, StoreError> {
    let mut config: Config = address.parse().map_err(|why: tokio_postgres::Error| {
        // The address may hold a password: it is not repeated.
        cannot("the database address", why.to_string())
    })?;
    if config.get_ssl_mode() == SslMode::Require {
        let why = "it asks for sslmode=require, which this build cannot do".to_owned();
        return Err(cannot(&shown(&config), why));
    }
    config.application_name("segue");
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_LIMIT);
    }
    Ok(config)
}

/// The address without user and password.
fn shown(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        None => "localhost".to_owned(),
    };
    format!(
        "postgres://{host}/{}",
        config.get_dbname().unwrap_or_default()
    )
}

fn cannot(place: &str, why: String) -> StoreError {
    StoreError::CannotOpen {
        place: place.to_owned(),
        why,
        remedy: "see that the server runs and that --database-url names it, the user, the \
                 password and the database rightly",
    }
}
