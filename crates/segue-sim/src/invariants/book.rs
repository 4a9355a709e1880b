//! The simulator's own book of what the journal says. It is kept by plain means and knows nothing
//! of the desk's indexes, so that the two can disagree.

use std::collections::{BTreeMap, BTreeSet};

use segue_core::{
    conversation::{Conversation, Stage},
    desk::{Deadline, Desk},
    id::{AgentId, ConversationId, HandoffId, PromiseId},
    journal::{
        AgentProfile, Author, Decision, Entry, Line, Observation, OfferEnd, Presence, PromiseEnd,
        Ruling,
    },
    time::Timestamp,
};

/// An agent as they told of themselves.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) profile: AgentProfile,
    pub(crate) console: bool,
    pub(crate) status: Presence,
    pub(crate) until: Option<Timestamp>,
}

impl Told {
    /// Whether offers may be made at `now`.
    pub(crate) fn is_there(&self, now: Timestamp) -> bool {
        let over = self.until.is_some_and(|until| until <= now);
        self.console && !self.profile.retired && (over || self.status == Presence::Online)
    }
}

/// A conversation that left the desk, with what is needed to reopen it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Closed {
    pub(crate) conversation: ConversationId,
    pub(crate) epoch: u32,
    pub(crate) opened_at: Timestamp,
}

/// The book.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    pub(crate) policy: u32,
    pub(crate) agents: BTreeMap<AgentId, Told>,
    pub(crate) opened: BTreeMap<ConversationId, Timestamp>,
    pub(crate) closed: Vec<Closed>,
    /// Handoffs that are not over.
    pub(crate) handoffs: BTreeSet<HandoffId>,
    /// Promises that stand.
    pub(crate) promises: BTreeMap<PromiseId, (HandoffId, Timestamp)>,
    /// Promises that were settled twice, or settled without having been made.
    pub(crate) unruly: Vec<(PromiseId, PromiseEnd)>,
    /// Who is not offered what, each until when.
    pub(crate) refused: BTreeMap<(HandoffId, AgentId), Timestamp>,
}

/// Who may speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    Assistant,
    Nobody,
    Agent(AgentId),
}

pub(crate) fn holder(conversation: &Conversation) -> Holder {
    match conversation.stage {
        Stage::WithAssistant { .. } => Holder::Assistant,
        Stage::Waiting { .. } => Holder::Nobody,
        Stage::WithAgent { agent, .. } => Holder::Agent(agent),
    }
}

impl Book {
    /// Takes down one line; `desk` has handled it already.
    pub(crate) fn note(&mut self, desk: &Desk, line: &Line) {
        match &line.entry {
            Entry::Observed(seen) => self.note_seen(line, seen),
            Entry::Decided(Decision { ruling, .. }) => self.note_ruling(desk, line, ruling),
        }
    }

    fn note_seen(&mut self, line: &Line, seen: &Observation) {
        match seen {
            Observation::PolicyPublished { version, .. } => self.policy = *version,
            Observation::AgentAdded { profile } => {
                let told = Told {
                    profile: profile.clone(),
                    console: false,
                    status: Presence::Online,
                    until: None,
                };
                self.agents.insert(AgentId(line.position), told);
            }
            Observation::AgentChanged { agent, profile } => {
                self.change(*agent, |told| told.profile = profile.clone());
            }
            Observation::StatusSet {
                agent,
                status,
                until,
            } => {
                self.change(*agent, |told| (told.status, told.until) = (*status, *until));
            }
            Observation::ConsoleOpened { agent } => self.change(*agent, |told| told.console = true),
            Observation::ConsoleLost { agent } => self.change(*agent, |told| told.console = false),
            Observation::ConversationOpened { .. } => {
                self.opened.insert(ConversationId(line.position), line.at);
            }
            Observation::ConversationReopened {
                conversation,
                opened_at,
                ..
            } => {
                self.closed
                    .retain(|closed| closed.conversation != *conversation);
                self.opened.insert(*conversation, *opened_at);
            }
            _ => {}
        }
    }

    fn change(&mut self, agent: AgentId, change: impl FnOnce(&mut Told)) {
        if let Some(told) = self.agents.get_mut(&agent) {
            change(told);
        }
    }

    fn note_ruling(&mut self, desk: &Desk, line: &Line, ruling: &Ruling) {
        match ruling {
            Ruling::HandoffOpened { .. } => {
                self.handoffs.insert(HandoffId(line.position));
            }
            Ruling::Queued { handoff, .. } => self.refused.retain(|(other, _), _| other != handoff),
            Ruling::HandoffEnded { handoff, .. } => {
                self.handoffs.remove(handoff);
                self.refused.retain(|(other, _), _| other != handoff);
            }
            Ruling::OfferEnded {
                handoff,
                agent,
                how: OfferEnd::Declined | OfferEnd::Lapsed,
                ..
            } => {
                let until = line
                    .at
                    .plus_seconds(desk.policy().offers.again_after_seconds);
                self.refused.insert((*handoff, *agent), until);
            }
            Ruling::ConversationResolved {
                conversation,
                epoch,
                ..
            } => self.close(*conversation, *epoch),
            Ruling::PromiseMade { handoff, until, .. } => {
                self.promises
                    .insert(PromiseId(line.position), (*handoff, *until));
            }
            Ruling::PromiseSettled { promise, how, .. } => self.settle(*promise, *how),
            _ => {}
        }
    }

    fn settle(&mut self, promise: PromiseId, how: PromiseEnd) {
        if self.promises.remove(&promise).is_none() {
            self.unruly.push((promise, how));
        }
    }

    fn close(&mut self, conversation: ConversationId, epoch: u32) {
        if let Some(opened_at) = self.opened.remove(&conversation) {
            self.closed.push(Closed {
                conversation,
                epoch,
                opened_at,
            });
        }
    }

    /// Whether `agent` declined or missed `handoff` a short while before `now`.
    pub(crate) fn is_refused(&self, handoff: HandoffId, agent: AgentId, now: Timestamp) -> bool {
        self.refused
            .get(&(handoff, agent))
            .is_some_and(|until| *until > now)
    }
}

fn silence(deadline: Deadline) -> Option<ConversationId> {
    match deadline {
        Deadline::AssistantSilent(conversation) => Some(conversation),
        _ => None,
    }
}

/// What stood on the desk before an observation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Past {
    pub(crate) position: u64,
    pub(crate) at: Timestamp,
    pub(crate) holders: BTreeMap<ConversationId, (Holder, u32)>,
    pub(crate) loads: BTreeMap<AgentId, u16>,
    pub(crate) ages: BTreeMap<HandoffId, Timestamp>,
    /// Conversations whose assistant's silence has a deadline.
    pub(crate) watched: BTreeSet<ConversationId>,
}

impl Past {
    pub(crate) fn of(desk: &Desk) -> Self {
        Self {
            position: desk.position(),
            at: desk.now(),
            holders: desk
                .conversations()
                .map(|c| (c.id, (holder(c), c.epoch)))
                .collect(),
            loads: desk
                .agents()
                .map(|agent| (agent.id, agent.load()))
                .collect(),
            ages: desk
                .handoffs()
                .map(|handoff| (handoff.id, handoff.since))
                .collect(),
            watched: desk
                .deadlines()
                .filter_map(|(_, deadline)| silence(deadline))
                .collect(),
        }
    }

    /// Whether a reply of `author` under `epoch` comes too late for the conversation as it was.
    pub(crate) fn is_late(&self, id: ConversationId, author: Author, epoch: Option<u32>) -> bool {
        let Some((held, current)) = self.holders.get(&id) else {
            return false;
        };
        author == Author::Assistant
            && (*held != Holder::Assistant || epoch.is_some_and(|e| e != *current))
    }
}
