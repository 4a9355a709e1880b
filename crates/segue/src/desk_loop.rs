//! The only caller of the desk: takes what waits at the door, lets the desk decide on all of it,
//! writes everything down in one transaction, and only then answers and lets effects go.

mod append;
mod door;
mod gauges;
mod past;
mod turns;

use std::{sync::Arc, time::Duration};

use segue_core::{
    desk::Desk,
    journal::{Effect, Line},
};
use segue_store::{Body, Store, StoreError};
use tokio::sync::{Notify, RwLock, mpsc, watch};

use append::Lost;
pub use door::{Denied, Done, Door, Key, Request, Seen, Told, Words, open_questions};
pub use gauges::Gauges;
pub use past::{load, snapshot, verify};
use turns::{Turn, Turns};

use crate::clock;

/// Requests that may wait at the door; more are sent away.
const INBOX: usize = 4096;
/// Requests that share one transaction.
const AT_ONCE: usize = 512;
/// A snapshot is kept every so many lines.
const SNAPSHOT_EVERY: u64 = 2000;
/// How long the loop waits before it tries again to read a desk back.
const RESTORE_PAUSE: Duration = Duration::from_millis(250);
/// The longest sleep; a clock that was set back or forward is noticed after it.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

/// What became durable, for those who tell it on.
#[derive(Clone, Debug, Default)]
pub struct Committed {
    /// In order.
    pub lines: Arc<[Line]>,
    /// The words that belong to them.
    pub bodies: Arc<[Body]>,
}

/// What the loop gives away once a batch is durable.
#[derive(Clone, Debug)]
pub struct Outlets {
    /// The batch, for the live pages.
    pub committed: mpsc::Sender<Committed>,
    /// What must be done.
    pub effects: mpsc::UnboundedSender<Effect>,
    /// Set where the assistant is somebody outside, who hears of questions by webhook; woken when
    /// there is something to send.
    pub outbox: Option<Arc<Notify>>,
}

/// The loop of one desk.
pub struct DeskLoop {
    store: Arc<dyn Store>,
    desk: Arc<RwLock<Desk>>,
    inbox: mpsc::Receiver<Request>,
    outlets: Outlets,
    door: Door,
    turns: Turns,
    snapshot_at: u64,
    /// The desk in memory is not what the journal says: it must be read back first.
    spoiled: bool,
    /// A batch of which only the journal knows whether it counts; those who asked have been told so.
    unsure: Option<Turn>,
}

impl DeskLoop {
    /// A loop over a desk that was loaded, and the door to it.
    pub fn new(store: Arc<dyn Store>, desk: Desk, outlets: Outlets) -> (Self, Door) {
        let (sender, inbox) = mpsc::channel(INBOX);
        let snapshot_at = desk.position();
        let desk = Arc::new(RwLock::new(desk));
        let door = Door::new(sender, Arc::clone(&desk), Arc::clone(&store));
        let this = Self {
            store,
            desk,
            inbox,
            outlets,
            door: door.clone(),
            turns: Turns::default(),
            snapshot_at,
            spoiled: false,
            unsure: None,
        };
        (this, door)
    }

    /// Runs until `stop` says so, then keeps a snapshot.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        self.door.read_policy().await;
        if let Err(error) = self.door.read_webhooks().await {
            tracing::error!(%error, "the webhooks cannot be read; nobody outside is asked");
        }
        loop {
            let pause = self.pause().await;
            let first = tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => break,
                first = self.inbox.recv() => first,
                () = tokio::time::sleep(pause) => None,
            };
            let requests = self.gather(first);
            self.turn(requests).await;
            self.keep_snapshot(SNAPSHOT_EVERY).await;
        }
        self.inbox.close();
        while let Ok(request) = self.inbox.try_recv() {
            request.deny(Denied::Stopping);
        }
        self.keep_snapshot(1).await;
    }

    /// Until the next deadline, at most a few seconds.
    async fn pause(&self) -> Duration {
        if self.spoiled || self.unsure.is_some() {
            return RESTORE_PAUSE;
        }
        let due = self.desk.read().await.next_deadline();
        let millis = due.map_or(i64::MAX, |(at, _)| at - clock::now());
        Duration::from_millis(u64::try_from(millis).unwrap_or(0)).min(LONGEST_SLEEP)
    }

    fn gather(&mut self, first: Option<Request>) -> Vec<Request> {
        let mut requests: Vec<Request> = first.into_iter().collect();
        while requests.len() < AT_ONCE {
            match self.inbox.try_recv() {
                Ok(request) => requests.push(request),
                Err(_) => break,
            }
        }
        requests
    }

    /// Decides on all requests and makes it durable. Readers wait until it is.
    async fn turn(&mut self, requests: Vec<Request>) {
        if !self.is_sound().await {
            return deny_all(requests, &Denied::Unavailable);
        }
        let shared = Arc::clone(&self.desk);
        let mut desk = shared.write().await;
        let mut turn = self.turns.decide(&mut desk, clock::now(), requests);
        if self.outlets.outbox.is_some() {
            turn.ask_outside(&self.door.webhooks());
        }
        if turn.lines.is_empty() {
            drop(desk);
            return turn.answer();
        }
        let begun = std::time::Instant::now();
        let written = append::append(&*self.store, || turn.batch()).await;
        self.door.gauges.appended(begun.elapsed(), &turn.lines);
        match written {
            Ok(()) => {
                drop(desk);
                self.release(turn).await;
            }
            Err(lost) => {
                self.lost(lost.error());
                self.restore(&mut desk).await;
                drop(desk);
                match lost {
                    Lost::Nothing(error @ StoreError::Full { .. }) => {
                        turn.deny(&Denied::Store(error));
                    }
                    Lost::Nothing(_) => turn.deny(&Denied::Unavailable),
                    Lost::Unknown(_) => self.unsure = Some(turn.leave(&Denied::Unsure)),
                }
            }
        }
    }

    /// Whether the desk in memory is what the journal says, and nothing is open from before; if
    /// not, tries to make it so.
    async fn is_sound(&mut self) -> bool {
        if self.spoiled {
            let shared = Arc::clone(&self.desk);
            if !self.restore(&mut *shared.write().await).await {
                return false;
            }
        }
        let Some(turn) = self.unsure.take() else {
            return true;
        };
        match append::stands(&*self.store, &turn.batch()).await {
            Ok(stands) => {
                if stands {
                    self.release(turn).await;
                }
                true
            }
            Err(error) => {
                tracing::error!(%error, "whether a batch counts cannot be told yet");
                self.unsure = Some(turn);
                false
            }
        }
    }

    /// Lets go what is durable: effects, answers, and the lines for those who tell them on.
    async fn release(&self, turn: Turn) {
        let committed = turn.committed();
        if turn.publishes_policy() {
            self.door.read_policy().await;
        }
        for effect in &turn.effects {
            let _ = self.outlets.effects.send(effect.clone());
        }
        if let Some(outbox) = self
            .outlets
            .outbox
            .as_ref()
            .filter(|_| turn.tells_outside())
        {
            outbox.notify_one();
        }
        turn.answer();
        // Whoever tells it on may be slower than we are; then we wait for them.
        let _ = self.outlets.committed.send(committed).await;
    }

    fn lost(&mut self, error: &StoreError) {
        tracing::error!(%error, "a batch was not written; the desk is read back from the journal");
        self.spoiled = true;
        self.turns.forget_keys();
        self.door.gauges.append_failed();
    }

    /// Reads the desk back; false if the store does not answer yet.
    async fn restore(&mut self, desk: &mut Desk) -> bool {
        match load(&*self.store).await {
            Ok(loaded) => {
                *desk = loaded;
                self.spoiled = false;
                true
            }
            Err(error) => {
                tracing::error!(%error, "the desk cannot be read back yet");
                false
            }
        }
    }

    async fn keep_snapshot(&mut self, every: u64) {
        let desk = {
            let desk = self.desk.read().await;
            if self.spoiled || desk.position() < self.snapshot_at + every {
                return;
            }
            desk.clone()
        };
        self.snapshot_at = desk.position();
        if let Err(error) = snapshot(&*self.store, desk).await {
            tracing::warn!(%error, "the snapshot was not kept; the journal has everything");
        }
    }
}

fn deny_all(requests: Vec<Request>, denied: &Denied) {
    for request in requests {
        request.deny(denied.clone());
    }
}
