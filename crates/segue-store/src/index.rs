//! What a line is about: the columns of the journal that people and queries look lines up by.

use segue_core::{
    id::{ConversationId, HandoffId},
    journal::{Entry, Line, Observation, Ruling},
};

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct About {
    /// The line's kind as it stands in its JSON.
    pub(crate) kind: &'static str,
    pub(crate) conversation: Option<ConversationId>,
    pub(crate) handoff: Option<HandoffId>,
}

/// Tells what a line is about. A line that brings a thing to life is about that thing.
pub(crate) fn about(line: &Line) -> About {
    let own = line.position;
    let (kind, conversation, handoff) = match &line.entry {
        Entry::Observed(seen) => observed(own, seen),
        Entry::Decided(decision) => decided(own, &decision.ruling),
    };
    About {
        kind,
        conversation,
        handoff,
    }
}

type Found = (&'static str, Option<ConversationId>, Option<HandoffId>);

fn observed(own: u64, seen: &Observation) -> Found {
    use Observation as O;
    match seen {
        O::PolicyPublished { .. } => ("policy_published", None, None),
        O::AgentAdded { .. } => ("agent_added", None, None),
        O::AgentChanged { .. } => ("agent_changed", None, None),
        O::StatusSet { .. } => ("status_set", None, None),
        O::ConsoleOpened { .. } => ("console_opened", None, None),
        O::ConsoleLost { .. } => ("console_lost", None, None),
        O::ConversationOpened { .. } => ("conversation_opened", Some(ConversationId(own)), None),
        O::ConversationReopened { conversation, .. } => {
            ("conversation_reopened", Some(*conversation), None)
        }
        O::MessageReceived { conversation, .. } => ("message_received", Some(*conversation), None),
        O::AssistantFailed { conversation, .. } => ("assistant_failed", Some(*conversation), None),
        O::SituationsJudged { conversation, .. } => {
            ("situations_judged", Some(*conversation), None)
        }
        O::HandoffRequested { conversation, .. } => {
            ("handoff_requested", Some(*conversation), None)
        }
        O::ChoiceMade { conversation, .. } => ("choice_made", Some(*conversation), None),
        O::OfferAccepted { handoff, .. } => ("offer_accepted", None, Some(*handoff)),
        O::OfferDeclined { handoff, .. } => ("offer_declined", None, Some(*handoff)),
        O::Claimed { handoff, .. } => ("claimed", None, Some(*handoff)),
        O::Transferred { handoff, .. } => ("transferred", None, Some(*handoff)),
        O::Returned { handoff, .. } => ("returned", None, Some(*handoff)),
        O::Resolved { conversation, .. } => ("resolved", Some(*conversation), None),
        O::CsatGiven { conversation, .. } => ("csat_given", Some(*conversation), None),
        O::Flagged { handoff, .. } => ("flagged", None, Some(*handoff)),
        O::Woke => ("woke", None, None),
    }
}

fn decided(own: u64, ruling: &Ruling) -> Found {
    use Ruling as R;
    match ruling {
        R::Judged { conversation, .. } => ("judged", Some(*conversation), None),
        R::ReplyRefused { conversation, .. } => ("reply_refused", Some(*conversation), None),
        R::ReplyWithheld { conversation, .. } => ("reply_withheld", Some(*conversation), None),
        R::HandoffOpened { conversation, .. } => {
            ("handoff_opened", Some(*conversation), Some(HandoffId(own)))
        }
        R::Queued { handoff, .. } => ("queued", None, Some(*handoff)),
        R::StepTaken { handoff, .. } => ("step_taken", None, Some(*handoff)),
        R::NoMatch { handoff, .. } => ("no_match", None, Some(*handoff)),
        R::Offered { handoff, .. } => ("offered", None, Some(*handoff)),
        R::OfferEnded { handoff, .. } => ("offer_ended", None, Some(*handoff)),
        R::Assigned {
            handoff,
            conversation,
            ..
        } => ("assigned", Some(*conversation), Some(*handoff)),
        R::CallbackNoted { handoff, .. } => ("callback_noted", None, Some(*handoff)),
        R::HandoffEnded {
            handoff,
            conversation,
            ..
        } => ("handoff_ended", Some(*conversation), Some(*handoff)),
        R::ConversationResolved { conversation, .. } => {
            ("conversation_resolved", Some(*conversation), None)
        }
        R::NoticeGiven {
            conversation,
            handoff,
            ..
        } => ("notice_given", Some(*conversation), *handoff),
        R::PromiseMade { handoff, .. } => ("promise_made", None, Some(*handoff)),
        R::PromiseSettled { handoff, .. } => ("promise_settled", None, Some(*handoff)),
        R::AlertRaised { handoff, .. } => ("alert_raised", None, Some(*handoff)),
        R::PresenceChanged { .. } => ("presence_changed", None, None),
    }
}
