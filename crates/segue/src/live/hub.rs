//! Where events are told. A listener that is too slow loses its place and is cut off.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use segue_core::{conversation::Stage, desk::Desk, id::ConversationId, queue::Phase};
use serde_json::json;
use tokio::sync::broadcast;

use super::Event;

/// Events that a listener may be behind.
const BEHIND: usize = 1024;

/// Where events are told. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    events: broadcast::Sender<Arc<Event>>,
    sockets: Arc<AtomicUsize>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            events: broadcast::Sender::new(BEHIND),
            sockets: Arc::default(),
        }
    }
}

/// Counts a listener for as long as it is there.
pub(super) struct Listening(Arc<AtomicUsize>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Hub {
    /// Tells everybody who listens.
    pub(super) fn tell(&self, event: Event) {
        // Nobody may be listening.
        let _ = self.events.send(Arc::new(event));
    }

    /// Listens from now on.
    pub(super) fn listen(&self) -> (broadcast::Receiver<Arc<Event>>, Listening) {
        self.sockets.fetch_add(1, Relaxed);
        (
            self.events.subscribe(),
            Listening(Arc::clone(&self.sockets)),
        )
    }

    /// How many listen.
    pub fn sockets(&self) -> usize {
        self.sockets.load(Relaxed)
    }

    /// Says that somebody is writing.
    pub fn typing(&self, desk: &Desk, id: ConversationId, author: &str) {
        let Some(conversation) = desk.conversation(id) else {
            return;
        };
        let mut agents = BTreeSet::new();
        match conversation.stage {
            Stage::WithAgent { agent, .. } => {
                agents.insert(agent);
            }
            Stage::Waiting { handoff, .. } => {
                if let Some(Phase::Offered { agent, .. }) = desk.handoff(handoff).map(|h| h.phase) {
                    agents.insert(agent);
                }
            }
            Stage::WithAssistant { .. } => {}
        }
        let customer = (author != "customer").then_some(conversation.customer.id);
        let frame = json!({ "type": "typing", "conversation_id": id, "author": author });
        self.tell(Event::passing(&frame, customer, agents));
    }
}
