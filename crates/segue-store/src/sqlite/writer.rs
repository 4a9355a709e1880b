//! The one thread that writes. What waits when it is ready for more is committed together: each
//! write keeps its own fate, all share one wait for the disk.

use std::{
    sync::{Arc, mpsc},
    thread,
};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{rows, translate};
use crate::{
    StoreError,
    engine::{Guard, Write},
    sql::{Row, step},
};

/// At most so many writes share a commit, so that the first of them need not wait for ever.
const TOGETHER: usize = 64;

type Written = Result<Vec<Row>, StoreError>;

/// A write and who waits for it.
pub(super) struct Job {
    pub(super) write: Write,
    pub(super) reply: oneshot::Sender<Written>,
}

/// Starts the thread; it ends when the last sender is gone.
pub(super) fn start(
    connection: Connection,
    place: Arc<str>,
) -> Result<mpsc::Sender<Job>, StoreError> {
    let (jobs, inbox) = mpsc::channel();
    let writer = Writer { connection, place };
    let started = thread::Builder::new()
        .name("segue-writer".into())
        .spawn(move || {
            while let Ok(first) = inbox.recv() {
                let mut together = vec![first];
                together.extend(inbox.try_iter().take(TOGETHER - 1));
                writer.perform(together);
            }
        });
    started.map_err(|why| StoreError::Unavailable {
        why: why.to_string(),
    })?;
    Ok(jobs)
}

struct Writer {
    connection: Connection,
    place: Arc<str>,
}

impl Writer {
    fn perform(&self, jobs: Vec<Job>) {
        let (writes, replies): (Vec<_>, Vec<_>) =
            jobs.into_iter().map(|job| (job.write, job.reply)).unzip();
        let fates = match self.commit(&writes) {
            Ok(fates) => fates,
            Err(error) => writes.iter().map(|_| Err(error.clone())).collect(),
        };
        for (reply, fate) in replies.into_iter().zip(fates) {
            // Whoever asked may have gone; what is written stays written.
            let _ = reply.send(fate);
        }
    }

    /// Performs all writes in one transaction; an error means that none of them counts.
    fn commit(&self, writes: &[Write]) -> Result<Vec<Written>, StoreError> {
        self.run("BEGIN IMMEDIATE")?;
        let done = self
            .all(writes)
            .and_then(|fates| self.run("COMMIT").map(|()| fates));
        if done.is_err() && !self.connection.is_autocommit() {
            // The transaction is what matters; an error of its end cannot make it count.
            let _ = self.run("ROLLBACK");
        }
        done
    }

    fn all(&self, writes: &[Write]) -> Result<Vec<Written>, StoreError> {
        writes.iter().map(|write| self.alone(write)).collect()
    }

    /// One write with its own fate. The outer error is for all: the transaction is gone.
    fn alone(&self, write: &Write) -> Result<Written, StoreError> {
        self.run("SAVEPOINT one")?;
        let fate = self.one(write);
        if let Err(error) = &fate {
            if self.connection.is_autocommit() {
                return Err(error.clone());
            }
            self.run("ROLLBACK TO one")?;
        }
        self.run("RELEASE one")?;
        Ok(fate)
    }

    fn one(&self, write: &Write) -> Written {
        if let Some(guard) = write.guard {
            self.guard(guard)?;
        }
        let mut last = Vec::new();
        for step in &write.steps {
            last = rows(&self.connection, step.query, &step.values, &self.place)?;
        }
        Ok(last)
    }

    fn guard(&self, guard: Guard) -> Result<(), StoreError> {
        let desk = guard.desk;
        self.step(&step!(AddDesk, desk))?;
        let mut head = self.step(&step!(LockHead, desk))?;
        guard.check(head.first_mut().map_or(Ok(0), Row::take)?)?;
        self.step(&step!(MoveHead, desk, guard.head)).map(|_| ())
    }

    fn step(&self, step: &crate::sql::Step) -> Written {
        rows(&self.connection, step.query, &step.values, &self.place)
    }

    fn run(&self, text: &str) -> Result<(), StoreError> {
        let mut statement = self
            .connection
            .prepare_cached(text)
            .map_err(|error| translate(&error, &self.place))?;
        statement
            .execute([])
            .map(|_| ())
            .map_err(|error| translate(&error, &self.place))
    }
}
