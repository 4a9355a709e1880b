//! One chromedriver for all tests that run at a time.

use std::{
    env,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

const REMEDY: &str = "install it with `apt-get install chromium chromium-driver`";

static RUNNING: Mutex<Weak<Chromedriver>> = Mutex::new(Weak::new());

/// Is killed with the last window that uses it.
pub(crate) struct Chromedriver {
    child: Child,
    port: u16,
    /// Held, so that what it prints has somewhere to go.
    _said: BufReader<ChildStdout>,
}

/// The one that runs, or a new one.
pub(crate) fn chromedriver() -> Arc<Chromedriver> {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(driver) = running.upgrade() {
        return driver;
    }
    let driver = Arc::new(Chromedriver::start());
    *running = Arc::downgrade(&driver);
    driver
}

/// Where Chromium is.
pub(crate) fn chromium() -> PathBuf {
    found("chromium")
}

fn found(program: &str) -> PathBuf {
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("`{program}` is not in PATH: {REMEDY}"))
}

impl Chromedriver {
    fn start() -> Self {
        let mut child = Command::new(found("chromedriver"))
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("chromedriver does not start ({error}): {REMEDY}"));
        let mut said = BufReader::new(child.stdout.take().expect("it is piped"));
        let port = port(&mut said);
        Chromedriver {
            child,
            port,
            _said: said,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends a session without a runtime, so that a test that panics leaves no browser behind.
    pub(crate) fn end(&self, session: &str) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let head = "HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        write!(stream, "DELETE /session/{session} {head}")?;
        // The answer comes when the browser is gone.
        let _ = stream.read(&mut [0; 256])?;
        Ok(())
    }
}

/// It says on which port it listens.
fn port(said: &mut impl BufRead) -> u16 {
    let mut all = String::new();
    loop {
        let before = all.len();
        let read = said.read_line(&mut all).unwrap_or(0);
        assert!(read > 0, "chromedriver ended before it listened: {all}");
        let Some((_, rest)) = all[before..].split_once("successfully on port ") else {
            continue;
        };
        let digits = rest.trim_end().trim_end_matches('.');
        return digits.parse().expect("a port is a number");
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
