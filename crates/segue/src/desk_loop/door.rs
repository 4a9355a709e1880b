//! The door of the desk: what can be asked of it from anywhere in the program.

use std::{
    ops::Range,
    sync::{Arc, RwLock as StdRwLock},
};

use segue_core::{
    desk::Desk,
    journal::{Author, Effect, Line, Observation, Refusal},
    signals::{Reader, Reading},
};
use segue_store::{Body, CustomerRow, Store, StoreError, WebhookRow};
use serde_json::Value as Json;
use tokio::sync::{RwLock, RwLockReadGuard, mpsc, oneshot};

use super::{Committed, Gauges};

/// Something that was seen, with the words that belong to it.
#[derive(Clone, Debug)]
pub struct Told {
    /// What the desk is told.
    pub seen: Observation,
    /// The words, kept with the observation's line.
    pub words: Option<Words>,
}

impl Told {
    /// Without words.
    pub fn plain(seen: Observation) -> Self {
        Self { seen, words: None }
    }
}

/// Words that belong to an observation.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// The text.
    pub text: String,
    /// Further words, such as attempted solutions and sources.
    pub extra: Option<Json>,
}

/// Under which key a request must have only one effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Whose key it is.
    pub caller: String,
    /// The key.
    pub key: String,
    /// A hash of the request.
    pub request_hash: String,
}

/// Makes observations from the desk as it is when the request's turn comes. None means that
/// there is nothing to tell.
pub type Seen = Box<dyn FnOnce(&Desk) -> Result<Vec<Told>, Refusal> + Send>;

/// Where an answer goes.
pub(super) type Reply = oneshot::Sender<Result<Done, Denied>>;

/// Something that the desk is asked to take in, and where the answer goes.
pub struct Request {
    pub(super) asked: Asked,
    pub(super) reply: Reply,
}

/// What the desk is asked to take in.
pub(super) struct Asked {
    pub(super) seen: Seen,
    pub(super) customer: Option<CustomerRow>,
    pub(super) key: Option<Key>,
}

impl Request {
    pub(super) fn deny(self, why: Denied) {
        // Whoever asked may have gone.
        let _ = self.reply.send(Err(why));
    }
}

/// What a request came to, durable by now.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// Position of its first line, 0 if it wrote none.
    pub first: u64,
    /// Position of its last line.
    pub last: u64,
    /// The request had come before, and this is what it came to then.
    pub replayed: bool,
    /// The batch that it is part of.
    pub(super) committed: Committed,
    /// Its part of the batch's lines.
    pub(super) lines: Range<usize>,
    /// Its part of the batch's bodies.
    pub(super) bodies: Range<usize>,
}

impl Done {
    /// Its lines.
    pub fn lines(&self) -> &[Line] {
        let lines = self.committed.lines.get(self.lines.clone());
        lines.unwrap_or_default()
    }

    /// The text that belongs to a line of this request.
    pub fn body(&self, position: u64) -> Option<&Body> {
        let bodies = self.committed.bodies.get(self.bodies.clone());
        let mut bodies = bodies.unwrap_or_default().iter();
        bodies.find(|body| body.position == position)
    }
}

/// Why a request had no effect.
#[derive(Clone, Debug)]
pub enum Denied {
    /// The desk does not accept it.
    Refused(Box<Refusal>),
    /// Too many requests wait.
    Busy,
    /// It could not be written down.
    Unavailable,
    /// The store stopped answering while it was written down: it may count, or not.
    Unsure,
    /// The server is stopping.
    Stopping,
    /// The key was used for another request.
    KeyReused,
    /// The store failed while it was asked about the key.
    Store(StoreError),
}

impl From<StoreError> for Denied {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The way to the desk. Cheap to clone.
#[derive(Clone)]
pub struct Door {
    inbox: mpsc::Sender<Request>,
    desk: Arc<RwLock<Desk>>,
    store: Arc<dyn Store>,
    reader: Arc<StdRwLock<Arc<Reader>>>,
    webhooks: Arc<StdRwLock<Arc<[WebhookRow]>>>,
    /// What is counted about the loop.
    pub gauges: Arc<Gauges>,
}

impl Door {
    pub(super) fn new(
        inbox: mpsc::Sender<Request>,
        desk: Arc<RwLock<Desk>>,
        store: Arc<dyn Store>,
    ) -> Self {
        let reader = Arc::new(Reader::new(&[]));
        Self {
            inbox,
            desk,
            store,
            reader: Arc::new(StdRwLock::new(reader)),
            webhooks: Arc::new(StdRwLock::new(Arc::new([]))),
            gauges: Arc::default(),
        }
    }

    /// The desk as it is written down. Whoever holds this holds up all answers: be quick.
    pub async fn desk(&self) -> RwLockReadGuard<'_, Desk> {
        self.desk.read().await
    }

    /// What a text tells, under the policy in force. Done by the caller, not by the desk's loop.
    pub fn read(&self, text: &str, author: Author) -> Reading {
        let reader = self.reader.read().map(|reader| Arc::clone(&reader));
        reader.map_or_else(|_| Reading::default(), |reader| reader.read(text, author))
    }

    /// Learns the intents of the policy in force.
    pub(super) async fn read_policy(&self) {
        let reader = Arc::new(Reader::of(self.desk.read().await.policy()));
        if let Ok(mut place) = self.reader.write() {
            *place = reader;
        }
    }

    /// Looks up who outside wants to be told; to be called when that has changed.
    pub async fn read_webhooks(&self) -> Result<(), StoreError> {
        let webhooks = self.store.webhooks().await?;
        if let Ok(mut place) = self.webhooks.write() {
            *place = webhooks.into();
        }
        Ok(())
    }

    /// Who outside wants to be told.
    pub(super) fn webhooks(&self) -> Arc<[WebhookRow]> {
        let webhooks = self.webhooks.read().map(|webhooks| Arc::clone(&webhooks));
        webhooks.unwrap_or_else(|_| Arc::new([]))
    }

    /// Tells the desk one thing without words.
    pub async fn tell(&self, seen: Observation) -> Result<Done, Denied> {
        self.submit(Box::new(move |_| Ok(vec![Told::plain(seen)])), None, None)
            .await
    }

    /// Tells the desk what `seen` makes of it. Answers once it is durable, or was refused.
    pub async fn submit(
        &self,
        seen: Seen,
        customer: Option<CustomerRow>,
        key: Option<Key>,
    ) -> Result<Done, Denied> {
        if let Some(key) = &key
            && let Some(done) = self.earlier(key).await?
        {
            return Ok(done);
        }
        let (reply, answer) = oneshot::channel();
        let asked = Asked {
            seen,
            customer,
            key,
        };
        let request = Request { asked, reply };
        self.inbox.try_send(request).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Denied::Busy,
            mpsc::error::TrySendError::Closed(_) => Denied::Stopping,
        })?;
        let done = answer.await.map_err(|_| Denied::Stopping)??;
        if done.replayed {
            self.again(done.first, done.last).await
        } else {
            Ok(done)
        }
    }

    /// What the same request came to when it came first.
    pub async fn earlier(&self, key: &Key) -> Result<Option<Done>, Denied> {
        let Some(answer) = self.store.answer(&key.caller, &key.key).await? else {
            return Ok(None);
        };
        if answer.request_hash != key.request_hash {
            return Err(Denied::KeyReused);
        }
        let Some((first, last)) = place(&answer.answer) else {
            return Ok(None);
        };
        self.again(first, last).await.map(Some)
    }

    async fn again(&self, first: u64, last: u64) -> Result<Done, Denied> {
        let mut committed = Committed::default();
        if first > 0 {
            let count = usize::try_from(last + 1 - first).unwrap_or_default();
            let lines = self.store.read(first - 1, count).await?;
            let positions: Vec<u64> = lines.iter().map(|line| line.position).collect();
            committed.bodies = self.store.bodies(&positions).await?.into();
            committed.lines = lines.into();
        }
        Ok(Done {
            first,
            last,
            replayed: true,
            lines: 0..committed.lines.len(),
            bodies: 0..committed.bodies.len(),
            committed,
        })
    }
}

/// How the place of a request's lines is kept under its key.
pub(super) fn placed(first: u64, last: u64) -> String {
    format!("{first}-{last}")
}

fn place(answer: &str) -> Option<(u64, u64)> {
    let (first, last) = answer.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

/// The questions that a restart left open, to be asked again.
pub fn open_questions(desk: &Desk) -> Vec<Effect> {
    let asked = desk.conversations().filter(|c| c.with_assistant());
    asked
        .filter_map(|conversation| {
            conversation
                .unanswered
                .map(|unanswered| Effect::AskAssistant {
                    conversation: conversation.id,
                    message: unanswered.message,
                    epoch: conversation.epoch,
                })
        })
        .collect()
}
