//! The demo as it is shipped: the program itself, as a process of its own, on a free port.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use tempfile::TempDir;

const LIMIT: Duration = Duration::from_secs(20);

pub(crate) struct Demo {
    child: Child,
    listen: SocketAddr,
    home: TempDir,
}

impl Demo {
    pub(crate) fn open() -> Self {
        let home = tempfile::tempdir().expect("a temporary folder can be made");
        let listen = free_address();
        Demo {
            child: start(listen, &home),
            listen,
            home,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.listen)
    }

    /// As by `kill -9`: it has no time to say anything to anybody.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("a process of our own");
        self.child.wait().expect("a process of our own");
    }

    /// On the same address, with the same data.
    pub(crate) fn open_again(&mut self) {
        self.child = start(self.listen, &self.home);
    }
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("some port is free");
    listener.local_addr().expect("it is bound")
}

fn start(listen: SocketAddr, home: &TempDir) -> Child {
    let log = File::options()
        .create(true)
        .append(true)
        .open(home.path().join("log"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_segue"))
        .args(["demo", "--listen", &listen.to_string(), "--data"])
        .arg(home.path().join("data"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log.expect("the folder is ours"))
        .spawn()
        .expect("the program was built with the tests");
    let said = child.stdout.take().expect("it is piped");
    let (told, first_line) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(said).lines().map_while(Result::ok) {
            let _ = told.send(line);
        }
    });
    let line = first_line.recv_timeout(LIMIT);
    assert!(
        line.is_ok(),
        "the demo does not listen on {listen}: {}",
        log_of(home)
    );
    child
}

fn log_of(home: &TempDir) -> String {
    fs::read_to_string(home.path().join("log")).unwrap_or_default()
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("the demo's log:\n{}", log_of(&self.home));
        }
    }
}
