//! Real places for tests, one of each engine. `PostgreSQL` is a private cluster in a directory of
//! its own, on a unix socket, gone when the test program is gone, however that ends.

use std::{
    collections::BTreeMap,
    env, fs,
    io::Write,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use tempfile::TempDir;

use crate::{Store, StoreError};

/// The user that `PostgreSQL` runs as where the tests run as root, which it refuses to: nobody.
const NOBODY: u32 = 65_534;

/// Serves until the test program closes the pipe or dies, then stops at once and cleans up.
const GUARDED: &str = r#"
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c max_connections=400 \
    >"$2/log" 2>&1 &
server=$!
cat >/dev/null
kill -QUIT $server
wait $server
rm -rf "$2"
"#;

/// Opens the first desk of a directory whose database file cannot grow beyond a number of pages
/// of 4096 bytes, as on a disk that is full.
pub async fn open_small(directory: &Path, pages: u32) -> Result<Arc<dyn Store>, StoreError> {
    let engine = Arc::new(crate::sqlite::Sqlite::open(directory, Some(pages)).await?);
    Ok(Arc::new(crate::desk::DeskStore {
        desk: crate::FIRST_DESK,
        engine,
    }))
}

/// The tables that are computed from the journal.
const COMPUTED: [&str; 12] = [
    "agents",
    "alerts",
    "conversations",
    "csat",
    "flags",
    "handoffs",
    "messages",
    "offers",
    "policies",
    "presence_changes",
    "promises",
    "segments",
];

/// An empty place of one engine, and a way to look into its tables.
#[derive(Debug)]
pub struct Place {
    /// What [`crate::open`] takes.
    pub address: String,
    directory: Option<TempDir>,
}

impl Place {
    /// An empty directory.
    ///
    /// # Panics
    /// If there is no temporary directory.
    pub fn sqlite() -> Self {
        let directory = tempfile::tempdir();
        let directory = directory.unwrap_or_else(|why| panic!("no temporary directory: {why}"));
        Self {
            address: directory.path().display().to_string(),
            directory: Some(directory),
        }
    }

    /// An empty database of the shared cluster.
    pub async fn postgres() -> Self {
        Self {
            address: TestPg::shared().fresh().await,
            directory: None,
        }
    }

    /// The directory of the embedded store; none for a database.
    pub fn directory(&self) -> Option<&Path> {
        self.directory.as_ref().map(TempDir::path)
    }

    /// How `segue` is told of it on the command line.
    pub fn arguments(&self) -> [&str; 2] {
        match self.directory {
            Some(_) => ["--data", &self.address],
            None => ["--database-url", &self.address],
        }
    }

    /// The store.
    ///
    /// # Panics
    /// If it does not open.
    pub async fn open(&self) -> Arc<dyn Store> {
        let opened = crate::open(&self.address).await;
        opened.unwrap_or_else(|why| panic!("{why}"))
    }

    /// Runs SQL behind the store's back.
    ///
    /// # Panics
    /// If the database refuses it.
    pub async fn run(&self, sql: &str) {
        match self.directory() {
            Some(_) => {
                let done = self.embedded().execute_batch(sql);
                done.unwrap_or_else(|why| panic!("`{sql}`: {why}"));
            }
            None => TestPg::shared().run(self.database(), sql).await,
        }
    }

    /// Every row of a table as text, in an order of their own.
    ///
    /// # Panics
    /// If there is no such table.
    pub async fn dump(&self, table: &str) -> Vec<String> {
        match self.directory() {
            Some(_) => self.dump_sqlite(table),
            None => self.dump_postgres(table).await,
        }
    }

    /// Every row of every table that is computed from the journal.
    ///
    /// # Panics
    /// If one of them is missing.
    pub async fn projections(&self) -> BTreeMap<&'static str, Vec<String>> {
        let mut all = BTreeMap::new();
        for table in COMPUTED {
            all.insert(table, self.dump(table).await);
        }
        all
    }

    fn embedded(&self) -> rusqlite::Connection {
        let file = format!("{}/segue.db", self.address);
        rusqlite::Connection::open(&file).unwrap_or_else(|why| panic!("`{file}`: {why}"))
    }

    fn database(&self) -> &str {
        self.address.rsplit('/').next().unwrap_or_default()
    }

    fn dump_sqlite(&self, table: &str) -> Vec<String> {
        let surprise = |why: rusqlite::Error| -> ! { panic!("`{table}`: {why}") };
        let db = self.embedded();
        let all = db.prepare(&format!("SELECT * FROM {table}"));
        let mut all = all.unwrap_or_else(|why| surprise(why));
        let columns = all.column_count();
        let rows = all.query_map([], |row| {
            let values = (0..columns).map(|column| row.get::<_, rusqlite::types::Value>(column));
            values.collect::<rusqlite::Result<Vec<_>>>()
        });
        let rows = rows.and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>);
        let rows = rows.unwrap_or_else(|why| surprise(why));
        let mut rows: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
        rows.sort();
        rows
    }

    async fn dump_postgres(&self, table: &str) -> Vec<String> {
        let connected = tokio_postgres::connect(&self.address, tokio_postgres::NoTls).await;
        let (client, connection) = connected.unwrap_or_else(|why| panic!("{why:?}"));
        tokio::spawn(connection);
        let all = format!("SELECT t::text FROM {table} t ORDER BY 1");
        let rows = client.query(&all, &[]).await;
        let rows = rows.unwrap_or_else(|why| panic!("`{table}`: {why:?}"));
        rows.iter().map(|row| row.get(0)).collect()
    }
}

/// Runs each case on both engines: `on_both! { room: case, case; }` calls `crate::room::case` with
/// a [`Place`](testkit::Place) of each.
#[macro_export]
#[expect(
    clippy::crate_in_macro_def,
    reason = "the rooms are modules of the caller"
)]
macro_rules! on_both {
    ($($room:ident: $($case:ident),* $(,)?;)*) => {
        mod sqlite {$($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                crate::$room::$case($crate::testkit::Place::sqlite()).await;
            }
        )*)*}
        mod postgres {$($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                crate::$room::$case($crate::testkit::Place::postgres().await).await;
            }
        )*)*}
    };
}

/// A private cluster. Dropping it stops the server.
#[derive(Debug)]
pub struct TestPg {
    directory: PathBuf,
    databases: AtomicU32,
    pipe: Option<ChildStdin>,
    guard: Child,
}

impl TestPg {
    /// The cluster of this test program, started when it is first asked for.
    ///
    /// # Panics
    /// If `PostgreSQL` is not installed or does not start.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<TestPg> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// A cluster of one's own.
    ///
    /// # Panics
    /// If `PostgreSQL` is not installed or does not start.
    pub fn start() -> Self {
        let programs = programs();
        let directory = directory();
        make_cluster(&programs, &directory);
        let mut guard = as_server_user(Path::new("sh"), &directory)
            .args(["-c", GUARDED, "sh"])
            .args([&programs, &directory])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap_or_else(|why| panic!("sh does not start: {why}"));
        let pipe = guard.stdin.take();
        let cluster = Self {
            directory,
            databases: AtomicU32::new(0),
            pipe,
            guard,
        };
        cluster.wait_until_ready();
        cluster
    }

    /// The address of a database that nobody else uses.
    ///
    /// # Panics
    /// If the server refuses to make one.
    pub async fn fresh(&self) -> String {
        let name = format!("fresh_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.run("postgres", &format!("CREATE DATABASE {name}"))
            .await;
        self.address(&name)
    }

    /// Runs SQL in a database of this cluster.
    ///
    /// # Panics
    /// If the server refuses it.
    pub async fn run(&self, database: &str, sql: &str) {
        let address = self.address(database);
        let connected = tokio_postgres::connect(&address, tokio_postgres::NoTls).await;
        let (client, connection) = connected.unwrap_or_else(|why| panic!("{why:?}"));
        let connection = tokio::spawn(connection);
        client
            .batch_execute(sql)
            .await
            .unwrap_or_else(|why| panic!("`{sql}`: {why:?}"));
        drop(client);
        let _ = connection.await;
    }

    /// The address of a database of this cluster.
    pub fn address(&self, database: &str) -> String {
        let socket = self.directory.display().to_string().replace('/', "%2F");
        format!("postgres://segue@{socket}/{database}")
    }

    /// The socket on which it listens.
    pub fn socket(&self) -> PathBuf {
        self.directory.join(".s.PGSQL.5432")
    }

    fn wait_until_ready(&self) {
        for _ in 0..600 {
            let ask = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
            if ask.contains("ready to accept connections") {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
        panic!("PostgreSQL does not start: {log}");
    }
}

impl Drop for TestPg {
    fn drop(&mut self) {
        drop(self.pipe.take());
        let _ = self.guard.wait();
    }
}

/// Where the programs of the server are.
fn programs() -> PathBuf {
    let on_path = env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut versions: Vec<PathBuf> = debian.map(|version| version.path().join("bin")).collect();
    versions.sort();
    env::split_paths(&on_path)
        .chain(versions.into_iter().rev())
        .find(|place| place.join("initdb").is_file() && place.join("postgres").is_file())
        .unwrap_or_else(|| {
            panic!(
                "this test needs PostgreSQL, and neither PATH nor /usr/lib/postgresql has it: \
                 apt-get install postgresql"
            )
        })
}

fn directory() -> PathBuf {
    let made = tempfile::Builder::new().prefix("segue-pg-").tempdir();
    let directory = made
        .unwrap_or_else(|why| panic!("no temporary directory: {why}"))
        .keep();
    if is_root(&directory) {
        chown(&directory, Some(NOBODY), Some(NOBODY))
            .unwrap_or_else(|why| panic!("{}: {why}", directory.display()));
    }
    directory
}

fn make_cluster(programs: &Path, directory: &Path) {
    let made = as_server_user(&programs.join("initdb"), directory)
        .args([
            "--no-sync",
            "-A",
            "trust",
            "-U",
            "segue",
            "-E",
            "UTF8",
            "--locale=C",
            "-D",
        ])
        .arg(directory.join("data"))
        .output()
        .unwrap_or_else(|why| panic!("initdb does not start: {why}"));
    if !made.status.success() {
        let _ = std::io::stderr().write_all(&made.stderr);
        panic!("initdb failed");
    }
}

/// A command that runs as a user under whom `PostgreSQL` is willing to run, out of reach of the
/// terminal's signals.
fn as_server_user(program: &Path, directory: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(directory)
        .process_group(0)
        .env("LC_ALL", "C");
    if fs::metadata(directory).is_ok_and(|found| found.uid() == NOBODY) {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

/// What this program makes belongs to the user it runs as.
fn is_root(made: &Path) -> bool {
    fs::metadata(made).is_ok_and(|found| found.uid() == 0)
}
