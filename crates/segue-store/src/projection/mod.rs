//! How a line of the journal becomes rows for people with SQL. A pure function of the lines:
//! what it computes today it computes again when the tables are rebuilt.

mod conversations;
mod handoffs;
mod team;

use segue_core::{
    id::TriggerName,
    journal::{Decision, Entry, Line, Observation, Ruling, Verdict},
};
use serde::Serialize;

use crate::sql::{Step, step};

/// What lines change in the relational tables of a desk.
pub(crate) fn rows(desk: i64, lines: &[Line]) -> Vec<Step> {
    let mut steps = Vec::with_capacity(lines.len() * 2);
    let mut left = lines.iter().peekable();
    while let Some(line) = left.next() {
        let place = Place {
            desk,
            id: line.position,
            at: line.at.0,
        };
        match &line.entry {
            Entry::Observed(message @ Observation::MessageReceived { .. }) => {
                // The judgement right after its message goes into the same row at once.
                let judgement = left.peek().and_then(|next| judgement(line.position, next));
                if judgement.is_some() {
                    left.next();
                }
                steps.extend(place.received(message, judgement));
            }
            Entry::Observed(seen) => steps.extend(place.observed(seen)),
            Entry::Decided(decision) => steps.extend(place.decided(decision)),
        }
    }
    steps
}

/// What was concluded on a message, and by which trigger.
type Judgement<'l> = (Verdict, Option<&'l TriggerName>);

/// The judgement that a line is, if it is one on this message.
fn judgement(id: u64, line: &Line) -> Option<Judgement<'_>> {
    match &line.entry {
        Entry::Decided(Decision {
            ruling:
                Ruling::Judged {
                    message: Some(message),
                    verdict,
                    fired,
                    ..
                },
            ..
        }) if message.0 == id => Some((*verdict, fired.as_ref().map(|fired| &fired.trigger))),
        _ => None,
    }
}

/// The steps that empty the relational tables of a desk.
pub(crate) fn clear(desk: i64) -> Vec<Step> {
    vec![
        step!(ClearPolicies, desk),
        step!(ClearAgents, desk),
        step!(ClearConversations, desk),
        step!(ClearMessages, desk),
        step!(ClearHandoffs, desk),
        step!(ClearSegments, desk),
        step!(ClearOffers, desk),
        step!(ClearPromises, desk),
        step!(ClearCsat, desk),
        step!(ClearFlags, desk),
        step!(ClearAlerts, desk),
        step!(ClearPresenceChanges, desk),
    ]
}

/// Where a line stands.
#[derive(Clone, Copy)]
struct Place {
    desk: i64,
    id: u64,
    at: i64,
}

impl Place {
    fn observed(self, seen: &Observation) -> Vec<Step> {
        use Observation as O;
        match seen {
            O::PolicyPublished { .. } | O::AgentAdded { .. } | O::AgentChanged { .. } => {
                self.of_team(seen)
            }
            O::ConversationOpened { .. }
            | O::ConversationReopened { .. }
            | O::CsatGiven { .. }
            | O::Flagged { .. } => self.said(seen),
            O::MessageReceived { .. } => self.received(seen, None),
            // These say what somebody wants; the rulings that follow say what became of it.
            O::StatusSet { .. }
            | O::ConsoleOpened { .. }
            | O::ConsoleLost { .. }
            | O::AssistantFailed { .. }
            | O::SituationsJudged { .. }
            | O::HandoffRequested { .. }
            | O::ChoiceMade { .. }
            | O::OfferAccepted { .. }
            | O::OfferDeclined { .. }
            | O::Claimed { .. }
            | O::Transferred { .. }
            | O::Returned { .. }
            | O::Resolved { .. }
            | O::Woke => vec![],
        }
    }

    fn decided(self, decision: &Decision) -> Vec<Step> {
        use Ruling as R;
        let ruling = &decision.ruling;
        match ruling {
            R::Judged { .. }
            | R::ReplyRefused { .. }
            | R::ReplyWithheld { .. }
            | R::NoticeGiven { .. }
            | R::ConversationResolved { .. } => self.in_conversation(ruling),
            R::HandoffOpened { .. } => self.handoff_opened(decision),
            R::Queued { .. }
            | R::Assigned { .. }
            | R::CallbackNoted { .. }
            | R::HandoffEnded { .. } => self.handoff_moved(ruling),
            R::StepTaken { .. }
            | R::NoMatch { .. }
            | R::Offered { .. }
            | R::OfferEnded { .. }
            | R::AlertRaised { .. } => self.while_queued(ruling),
            R::PromiseMade { .. } | R::PromiseSettled { .. } => self.promised(ruling),
            R::PresenceChanged { .. } => self.presence(ruling),
        }
    }
}

/// A unit variant as its word: `DoNotDisturb` is `do_not_disturb`.
fn word<T: Serialize>(variant: &T) -> String {
    json(variant).trim_matches('"').to_owned()
}

/// Nothing of the core's words fails to serialise.
fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
