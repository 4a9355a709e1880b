//! The ledger of promises: each wait that is told, and what became of it.

use crate::{
    desk::{Desk, Turn},
    id::{ConversationId, HandoffId},
    journal::{Choice, Decision, Notice, NoticeKind, Observation, PromiseEnd, Reason, Ruling},
    queue::{Handoff, Promise},
};

/// Promises that the observation itself settles. Runs first, while they still stand on the desk.
pub(crate) fn settle(desk: &Desk, turn: &Turn) -> Vec<Decision> {
    let settled = match &turn.seen {
        Observation::OfferAccepted { handoff, .. } | Observation::Claimed { handoff, .. } => {
            kept(desk, *handoff)
        }
        Observation::ChoiceMade {
            conversation,
            choice: Choice::Callback | Choice::Message | Choice::Stay,
            ..
        }
        | Observation::Resolved { conversation, .. } => released(desk, *conversation),
        _ => None,
    };
    settled.into_iter().collect()
}

fn kept(desk: &Desk, handoff: HandoffId) -> Option<Decision> {
    let handoff = desk.handoff(handoff)?;
    let promise = handoff.promise?;
    let in_time = desk.now() <= promise.until;
    let how = if in_time {
        PromiseEnd::Kept
    } else {
        PromiseEnd::Broken
    };
    Some(settled(desk, handoff, promise, how))
}

fn released(desk: &Desk, conversation: ConversationId) -> Option<Decision> {
    let handoff = desk.handoff(desk.conversation(conversation)?.handoff()?)?;
    Some(settled(
        desk,
        handoff,
        handoff.promise?,
        PromiseEnd::Released,
    ))
}

fn settled(desk: &Desk, handoff: &Handoff, promise: Promise, how: PromiseEnd) -> Decision {
    let ruling = Ruling::PromiseSettled {
        promise: promise.id,
        handoff: handoff.id,
        how,
    };
    desk.decision(Reason::Follows, ruling)
}

/// Promises that the notices of this turn make or take back.
pub(crate) fn promise(desk: &Desk, turn: &Turn) -> Vec<Decision> {
    let told = turn.rulings().filter_map(|(_, ruling)| match ruling {
        Ruling::NoticeGiven {
            handoff: Some(handoff),
            notice,
            ..
        } => Some((desk.handoff(*handoff)?, notice)),
        _ => None,
    });
    told.flat_map(|(handoff, notice)| follow(desk, handoff, notice))
        .collect()
}

fn follow(desk: &Desk, handoff: &Handoff, notice: &Notice) -> Vec<Decision> {
    let tells_wait = matches!(
        notice.kind,
        NoticeKind::Announced
            | NoticeKind::PassedOn
            | NoticeKind::StillWaiting
            | NoticeKind::NobodyHere
    );
    if !tells_wait {
        return Vec::new();
    }
    let earlier = handoff.promise.map(|promise| {
        let late = desk.now() > promise.until;
        let how = match notice.wait {
            _ if late => PromiseEnd::Broken,
            Some(_) => PromiseEnd::Renewed,
            None => PromiseEnd::Withdrawn,
        };
        settled(desk, handoff, promise, how)
    });
    let made = notice.wait.map(|wait| {
        let until = desk.now().plus_seconds(wait.high_seconds);
        desk.decision(
            Reason::Follows,
            Ruling::PromiseMade {
                handoff: handoff.id,
                wait,
                until,
            },
        )
    });
    earlier.into_iter().chain(made).collect()
}
