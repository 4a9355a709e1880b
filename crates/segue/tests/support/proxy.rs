//! Stands between Segue and a real `PostgreSQL` and cuts the line where a test wants it.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering::SeqCst},
};

use segue_store::testkit::{Place, TestPg};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UnixStream},
};

/// The text whose commit is cut; what else a server commits in the background is let through.
pub(crate) const MARKED: &str = "in the middle";

/// What the proxy does with the commit of the marked text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Line {
    /// Passes everything on.
    Whole,
    /// Cuts the line once when a commit comes, before the server sees it; then it is whole.
    CutBeforeCommit,
    /// Lets the server commit once, and cuts the line before its answer; then it is whole.
    CutAfterCommit,
    /// As before, and then nobody gets through any more.
    CutAfterCommitAndDown,
    /// Nobody gets through.
    Down,
}

/// A proxy before the shared cluster.
#[derive(Clone)]
pub(crate) struct Proxy {
    port: u16,
    line: Arc<AtomicU8>,
}

impl Proxy {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let proxy = Self {
            port,
            line: Arc::new(AtomicU8::new(Line::Whole as u8)),
        };
        let own = proxy.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let own = own.clone();
                tokio::spawn(async move { own.pass(client).await });
            }
        });
        proxy
    }

    /// How a database of the shared cluster is reached through the proxy.
    pub(crate) fn address(&self, place: &Place) -> String {
        let database = place.address.rsplit('/').next().unwrap();
        format!("postgres://segue@127.0.0.1:{}/{database}", self.port)
    }

    pub(crate) fn set(&self, line: Line) {
        self.line.store(line as u8, SeqCst);
    }

    pub(crate) fn is(&self, line: Line) -> bool {
        self.line.load(SeqCst) == line as u8
    }

    /// Whether this is the one commit that the test waits for; after it, the line is as `then`.
    fn takes(&self, line: Line, then: Line) -> bool {
        let swapped = (self.line).compare_exchange(line as u8, then as u8, SeqCst, SeqCst);
        swapped.is_ok()
    }

    /// Passes one connection on until either end goes, or the line is cut.
    async fn pass(&self, mut client: TcpStream) {
        if self.is(Line::Down) {
            return;
        }
        let mut server = UnixStream::connect(TestPg::shared().socket())
            .await
            .unwrap();
        let (mut said, mut answer) = (vec![0; 65_536], vec![0; 65_536]);
        // What was said since the last commit.
        let mut work = Vec::new();
        loop {
            tokio::select! {
                read = client.read(&mut said) => {
                    let Ok(length @ 1..) = read else { return };
                    let said = &said[..length];
                    work.extend_from_slice(said);
                    let commits = contains(&work, b"COMMIT\0");
                    let marked = commits && contains(&work, MARKED.as_bytes());
                    if commits {
                        work.clear();
                    }
                    if marked && self.takes(Line::CutBeforeCommit, Line::Whole) {
                        return;
                    }
                    if server.write_all(said).await.is_err() {
                        return;
                    }
                    let cut = || {
                        self.takes(Line::CutAfterCommit, Line::Whole)
                            || self.takes(Line::CutAfterCommitAndDown, Line::Down)
                    };
                    if marked && cut() {
                        // The answer says that it is durable; the client never hears it.
                        let _ = server.read(&mut answer).await;
                        return;
                    }
                }
                read = server.read(&mut answer) => {
                    let Ok(length @ 1..) = read else { return };
                    if self.is(Line::Down) || client.write_all(&answer[..length]).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|found| found == word)
}
