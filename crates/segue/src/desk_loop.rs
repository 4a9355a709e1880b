//! The only caller of the desk: takes what waits at the door, lets the desk decide on all of it,
//! writes everything down in one transaction, and only then shows it, answers, and lets effects go.
//! While one batch is on its way to the disk, the next one is decided.

mod append;
mod door;
mod gauges;
mod past;
mod turns;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use segue_core::{
    desk::Desk,
    journal::{Effect, Entry, Line, Observation},
};
use segue_store::{Body, Store, StoreError};
use tokio::{
    sync::{Notify, RwLock, mpsc, watch},
    task::JoinHandle,
};

use append::Lost;
pub use door::{Denied, Done, Door, Key, Request, Seen, Told, Words, open_questions};
pub use gauges::Gauges;
use past::Snapshots;
pub use past::{load, snapshot, verify};
use turns::{Turn, Turns};

use crate::clock;

/// Requests that may wait at the door; more are sent away.
const INBOX: usize = 4096;
/// Requests that share one transaction.
const AT_ONCE: usize = 512;
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
    /// Ahead of the journal by what is not written yet: nobody else looks at it.
    desk: Desk,
    /// As it is written down.
    shown: Arc<RwLock<Desk>>,
    inbox: mpsc::Receiver<Request>,
    outlets: Outlets,
    door: Door,
    turns: Turns,
    /// Decided; written as soon as the batch before it is.
    next: Turn,
    snapshots: Snapshots,
    /// The desk in memory is not what the journal says: it must be read back first.
    spoiled: bool,
    /// A batch of which only the journal knows whether it counts; those who asked have been told so.
    unsure: Option<Flight>,
}

/// A batch on its way to the disk.
struct Flight {
    turn: Turn,
    committed: Committed,
    asks_outside: bool,
    begun: Instant,
    landed: JoinHandle<Result<(), Lost>>,
}

impl DeskLoop {
    /// A loop over a desk that was loaded, and the door to it.
    pub fn new(store: Arc<dyn Store>, desk: Desk, outlets: Outlets) -> (Self, Door) {
        let (sender, inbox) = mpsc::channel(INBOX);
        let snapshots = Snapshots::new(&desk);
        let shown = Arc::new(RwLock::new(desk));
        let door = Door::new(sender, Arc::clone(&shown), Arc::clone(&store));
        let this = Self {
            store,
            desk: Desk::new(),
            shown,
            inbox,
            outlets,
            door: door.clone(),
            turns: Turns::default(),
            next: Turn::default(),
            snapshots,
            spoiled: false,
            unsure: None,
        };
        (this, door)
    }

    /// Runs until `stop` says so, then keeps a snapshot.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        self.desk = self.shown.read().await.clone();
        self.door.read_policy().await;
        if let Err(error) = self.door.read_webhooks().await {
            tracing::error!(%error, "the webhooks cannot be read; nobody outside is asked");
        }
        let mut flight = None;
        loop {
            let pause = self.pause();
            tokio::select! {
                biased;
                () = stopped(&mut stop) => break,
                written = landed(&mut flight) => self.land(flight.take(), written).await,
                first = self.inbox.recv(), if self.next.len() < AT_ONCE => self.decide(first).await,
                () = tokio::time::sleep(pause) => self.decide(None).await,
            }
            if flight.is_none() {
                flight = self.depart();
            }
        }
        self.end(flight).await;
    }

    /// Until the next deadline, at most a few seconds.
    fn pause(&self) -> Duration {
        if self.spoiled || self.unsure.is_some() {
            return RESTORE_PAUSE;
        }
        let due = self.desk.next_deadline();
        let millis = due.map_or(i64::MAX, |(at, _)| at - clock::now());
        Duration::from_millis(u64::try_from(millis).unwrap_or(0)).min(LONGEST_SLEEP)
    }

    /// Decides on what is due, and on every request that waits.
    async fn decide(&mut self, first: Option<Request>) {
        let mut requests: Vec<Request> = first.into_iter().collect();
        while self.next.len() + requests.len() < AT_ONCE
            && let Ok(request) = self.inbox.try_recv()
        {
            requests.push(request);
        }
        if !self.is_sound().await {
            return deny_all(requests, &Denied::Unavailable);
        }
        let now = clock::now();
        self.turns
            .decide(&mut self.desk, now, requests, &mut self.next);
    }

    /// Sends what is decided to the disk.
    fn depart(&mut self) -> Option<Flight> {
        let mut turn = std::mem::take(&mut self.next);
        let asks_outside = self.outlets.outbox.is_some() && turn.ask_outside(&self.door.webhooks());
        let Some(committed) = turn.committed() else {
            // It adds nothing, and what it rests on is written.
            turn.answer(&Committed::default());
            return None;
        };
        let batch = turn.batch(&committed);
        let appended = append::append(Arc::clone(&self.store), batch, committed.clone());
        Some(Flight {
            turn,
            committed,
            asks_outside,
            begun: Instant::now(),
            landed: tokio::spawn(appended),
        })
    }

    /// Shows and tells what is written; what is not has never been.
    async fn land(&mut self, flight: Option<Flight>, written: Result<(), Lost>) {
        let Some(mut flight) = flight else { return };
        match written {
            Ok(()) => {
                let took = flight.begun.elapsed();
                self.door.gauges.appended(took, &flight.committed.lines);
                self.show(&flight.committed.lines).await;
                self.release(flight).await;
            }
            Err(lost) => {
                self.lost(lost.error());
                self.restore().await;
                match lost {
                    Lost::Nothing(error @ StoreError::Full { .. }) => {
                        flight.turn.deny(&Denied::Store(error));
                    }
                    Lost::Nothing(_) => flight.turn.deny(&Denied::Unavailable),
                    Lost::Unknown(_) => {
                        flight.turn.deny(&Denied::Unsure);
                        self.unsure = Some(flight);
                    }
                }
            }
        }
    }

    async fn show(&mut self, lines: &[Line]) {
        let mut shown = self.shown.write().await;
        for line in lines {
            shown.apply(line);
        }
        if self.snapshots.is_due(shown.position()) {
            self.snapshots.begin(&self.store, shown.clone());
        }
        drop(shown);
        if lines.iter().any(publishes_policy) {
            self.door.read_policy().await;
        }
    }

    async fn release(&self, flight: Flight) {
        let Flight {
            mut turn,
            committed,
            asks_outside,
            ..
        } = flight;
        for effect in turn.effects.drain(..) {
            let _ = self.outlets.effects.send(effect);
        }
        if let Some(outbox) = self.outlets.outbox.as_ref().filter(|_| asks_outside) {
            outbox.notify_one();
        }
        turn.answer(&committed);
        // Whoever tells it on may be slower than we are; then we wait for them.
        let _ = self.outlets.committed.send(committed).await;
    }

    /// What was decided after a batch that is lost, or may be, does not count.
    fn lost(&mut self, error: &StoreError) {
        tracing::error!(%error, "a batch was not written; the desk is read back from the journal");
        self.spoiled = true;
        self.turns.forget_keys();
        self.door.gauges.append_failed();
        std::mem::take(&mut self.next).deny(&Denied::Unavailable);
    }

    /// Whether the desks in memory are what the journal says, and nothing is open from before; if
    /// not, tries to make it so.
    async fn is_sound(&mut self) -> bool {
        let Ok(counts) = self.settle().await else {
            return false;
        };
        if self.spoiled && !self.restore().await {
            self.unsure = counts;
            return false;
        }
        if let Some(flight) = counts {
            self.release(flight).await;
        }
        true
    }

    /// Finds out whether the batch in doubt counts, and gives it if it does. The desks are read
    /// back after that, so that they hold what is told.
    async fn settle(&mut self) -> Result<Option<Flight>, StoreError> {
        let Some(flight) = self.unsure.take() else {
            return Ok(None);
        };
        self.spoiled = true;
        match append::stands(&*self.store, &flight.committed).await {
            Ok(stands) => Ok(stands.then_some(flight)),
            Err(error) => {
                tracing::error!(%error, "whether a batch counts cannot be told yet");
                self.unsure = Some(flight);
                Err(error)
            }
        }
    }

    /// Reads the desk back; false if the store does not answer yet.
    async fn restore(&mut self) -> bool {
        match load(&*self.store).await {
            Ok(loaded) => {
                self.desk = loaded.clone();
                *self.shown.write().await = loaded;
                self.door.read_policy().await;
                self.spoiled = false;
                true
            }
            Err(error) => {
                tracing::error!(%error, "the desk cannot be read back yet");
                false
            }
        }
    }

    /// Lets what is decided be written, sends everybody else away, and keeps a snapshot.
    async fn end(mut self, mut flight: Option<Flight>) {
        while flight.is_some() {
            let written = landed(&mut flight).await;
            self.land(flight.take(), written).await;
            flight = self.depart();
        }
        self.inbox.close();
        while let Ok(request) = self.inbox.try_recv() {
            request.deny(Denied::Stopping);
        }
        if !self.spoiled {
            self.snapshots.last(&self.store, self.desk).await;
        }
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // Nobody who could say so any more is as good as a word.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// How the batch fared that is on its way; never, if none is.
async fn landed(flight: &mut Option<Flight>) -> Result<(), Lost> {
    let Some(flight) = flight else {
        return std::future::pending().await;
    };
    let written = (&mut flight.landed).await;
    written.unwrap_or_else(|why| {
        let why = why.to_string();
        Err(Lost::Unknown(StoreError::Unavailable { why }))
    })
}

fn publishes_policy(line: &Line) -> bool {
    let published = |seen: &_| matches!(seen, Observation::PolicyPublished { .. });
    matches!(&line.entry, Entry::Observed(seen) if published(seen))
}

fn deny_all(requests: Vec<Request>, denied: &Denied) {
    for request in requests {
        request.deny(denied.clone());
    }
}
