//! Which events follow from a line. The same lines give the same events, live and after a break.

use segue_core::{
    id::{AgentId, ConversationId, HandoffId, MessageId, OfferId},
    journal::{Entry, Line, Observation, Ruling},
    time::Timestamp,
};

/// An event before it is put into words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seed {
    /// State, control, handoff or choices of a conversation changed.
    Conversation(ConversationId),
    /// The same, where only the handoff is named.
    ConversationOf(HandoffId),
    /// Somebody wrote, or a notice was given.
    Message(ConversationId, MessageId),
    /// A handoff is offered.
    Offer(HandoffId, AgentId, Timestamp),
    /// An offer is over.
    OfferEnded(OfferId, HandoffId, AgentId, String),
    /// The queue is another.
    Queue,
    /// An agent's presence or load is another.
    Agent(AgentId),
    /// The team is pinged.
    Alert(HandoffId, String, String),
}

impl Seed {
    /// Whether a later seed of the same kind says all that this one says.
    pub(super) fn is_state(&self) -> bool {
        matches!(
            self,
            Self::Conversation(_) | Self::ConversationOf(_) | Self::Queue | Self::Agent(_)
        )
    }
}

/// The events of a line; their index is their part.
pub(super) fn seeds(line: &Line) -> Vec<Seed> {
    match &line.entry {
        Entry::Observed(seen) => observed(line.position, seen),
        Entry::Decided(decision) => ruled(line.position, &decision.ruling),
    }
}

fn observed(position: u64, seen: &Observation) -> Vec<Seed> {
    match seen {
        Observation::AgentAdded { .. } => vec![Seed::Agent(AgentId(position))],
        Observation::AgentChanged { agent, .. }
        | Observation::StatusSet { agent, .. }
        | Observation::ConsoleOpened { agent }
        | Observation::ConsoleLost { agent } => vec![Seed::Agent(*agent)],
        Observation::ConversationOpened { .. } => {
            vec![Seed::Conversation(ConversationId(position))]
        }
        Observation::MessageReceived { conversation, .. } => {
            vec![Seed::Message(*conversation, MessageId(position))]
        }
        Observation::ConversationReopened { conversation, .. }
        | Observation::ChoiceMade { conversation, .. }
        | Observation::CsatGiven { conversation, .. } => vec![Seed::Conversation(*conversation)],
        _ => Vec::new(),
    }
}

fn ruled(position: u64, ruling: &Ruling) -> Vec<Seed> {
    match ruling {
        Ruling::Judged {
            conversation,
            fired: Some(_),
            ..
        }
        | Ruling::ConversationResolved { conversation, .. } => {
            vec![Seed::Conversation(*conversation)]
        }
        Ruling::NoticeGiven { conversation, .. } => vec![
            Seed::Message(*conversation, MessageId(position)),
            Seed::Conversation(*conversation),
        ],
        Ruling::HandoffOpened { .. } | Ruling::Assigned { .. } | Ruling::HandoffEnded { .. } => {
            holding(ruling)
        }
        Ruling::Queued { handoff, .. }
        | Ruling::CallbackNoted { handoff, .. }
        | Ruling::PromiseMade { handoff, .. } => {
            vec![Seed::ConversationOf(*handoff), Seed::Queue]
        }
        Ruling::StepTaken { .. } | Ruling::NoMatch { .. } => vec![Seed::Queue],
        Ruling::Offered { .. } | Ruling::OfferEnded { .. } => offering(ruling),
        Ruling::AlertRaised {
            handoff,
            rule,
            severity,
        } => vec![Seed::Alert(
            *handoff,
            rule.clone(),
            crate::http::wire::word(severity),
        )],
        Ruling::PresenceChanged { agent, .. } => vec![Seed::Agent(*agent), Seed::Queue],
        Ruling::Judged { .. }
        | Ruling::ReplyRefused { .. }
        | Ruling::ReplyWithheld { .. }
        | Ruling::PromiseSettled { .. } => Vec::new(),
    }
}

/// A handoff begins, finds its agent, or ends: the order is part of what listeners count on.
fn holding(ruling: &Ruling) -> Vec<Seed> {
    match ruling {
        Ruling::HandoffOpened { conversation, .. } => {
            vec![Seed::Conversation(*conversation), Seed::Queue]
        }
        Ruling::Assigned {
            conversation,
            agent,
            ..
        } => vec![
            Seed::Conversation(*conversation),
            Seed::Agent(*agent),
            Seed::Queue,
        ],
        Ruling::HandoffEnded {
            conversation,
            agent,
            ..
        } => {
            let first = [Seed::Conversation(*conversation), Seed::Queue];
            first.into_iter().chain(agent.map(Seed::Agent)).collect()
        }
        _ => Vec::new(),
    }
}

/// An offer comes or goes: its agent, its conversation and the queue change with it.
fn offering(ruling: &Ruling) -> Vec<Seed> {
    let (first, handoff, agent) = match ruling {
        Ruling::Offered {
            handoff,
            agent,
            until,
        } => (Seed::Offer(*handoff, *agent, *until), *handoff, *agent),
        Ruling::OfferEnded {
            offer,
            handoff,
            agent,
            how,
        } => {
            let how = crate::http::wire::word(how);
            let ended = Seed::OfferEnded(*offer, *handoff, *agent, how);
            (ended, *handoff, *agent)
        }
        _ => return Vec::new(),
    };
    vec![
        first,
        Seed::ConversationOf(handoff),
        Seed::Agent(agent),
        Seed::Queue,
    ]
}
