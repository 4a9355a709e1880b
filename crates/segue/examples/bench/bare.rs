//! The barest server that keeps a message: the same web server, one table, one thread that
//! commits whatever waits together, as durably.

use std::{net::SocketAddr, path::Path, sync::mpsc, thread};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use tokio::{net::TcpListener, sync::oneshot};

/// Messages that share a commit at most.
const TOGETHER: usize = 512;

#[derive(Deserialize)]
struct Said {
    author: String,
    text: String,
}

#[derive(Serialize)]
struct Kept {
    id: i64,
}

type Job = (Said, oneshot::Sender<i64>);

/// Starts it; where it listens.
pub(crate) async fn start(directory: &Path) -> SocketAddr {
    let database = open(directory);
    let (jobs, inbox) = mpsc::channel();
    thread::spawn(move || keep(&database, &inbox));
    let routes = Router::new()
        .route("/messages", post(take))
        .with_state(jobs);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

fn open(directory: &Path) -> Connection {
    let database = Connection::open(directory.join("bare.db")).unwrap();
    let set_up = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
        CREATE TABLE messages (id INTEGER PRIMARY KEY, author TEXT NOT NULL, text TEXT NOT NULL)";
    database.execute_batch(set_up).unwrap();
    database
}

async fn take(
    State(jobs): State<mpsc::Sender<Job>>,
    Json(said): Json<Said>,
) -> (StatusCode, Json<Kept>) {
    let (reply, answer) = oneshot::channel();
    jobs.send((said, reply)).unwrap();
    let id = answer.await.unwrap();
    (StatusCode::CREATED, Json(Kept { id }))
}

fn keep(database: &Connection, inbox: &mpsc::Receiver<Job>) {
    while let Ok(first) = inbox.recv() {
        let jobs = std::iter::once(first).chain(inbox.try_iter().take(TOGETHER - 1));
        database.execute_batch("BEGIN IMMEDIATE").unwrap();
        let kept: Vec<_> = jobs
            .map(|(said, reply)| (insert(database, &said), reply))
            .collect();
        database.execute_batch("COMMIT").unwrap();
        for (id, reply) in kept {
            let _ = reply.send(id);
        }
    }
}

fn insert(database: &Connection, said: &Said) -> i64 {
    let statement = "INSERT INTO messages (author, text) VALUES (?1, ?2)";
    let mut statement = database.prepare_cached(statement).unwrap();
    statement.insert([&said.author, &said.text]).unwrap()
}
