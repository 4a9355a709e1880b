//! A real `PostgreSQL` for tests: a private cluster in a directory of its own, on a unix socket,
//! gone when the test program is gone, however that ends.

use std::{
    env, fs,
    io::Write,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

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
pub async fn open_small(
    directory: &Path,
    pages: u32,
) -> Result<std::sync::Arc<dyn crate::Store>, crate::StoreError> {
    let engine = std::sync::Arc::new(crate::sqlite::Sqlite::open(directory, Some(pages)).await?);
    Ok(std::sync::Arc::new(crate::desk::DeskStore {
        desk: crate::FIRST_DESK,
        engine,
    }))
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
