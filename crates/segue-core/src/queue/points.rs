//! What an entry is worth, and its way into the queue.

use crate::{
    conversation::Conversation,
    desk::{Desk, Turn},
    id::{AgentId, HandoffId, RouteName},
    journal::{Choice, Decision, Observation, Points, Reason, Ruling, Severity, Target},
    policy::PointsPolicy,
    queue::Phase,
    time::Timestamp,
};

/// New handoffs, those passed on, and callbacks that became a wait again enter the queue.
pub(crate) fn decide(desk: &Desk, turn: &Turn) -> Vec<Decision> {
    if let Observation::Transferred { handoff, to, .. } = &turn.seen {
        let (route, only) = destination(desk, *handoff, to);
        return enter(desk, *handoff, route, only).into_iter().collect();
    }
    let opened = turn
        .rulings()
        .filter_map(|(position, ruling)| match ruling {
            Ruling::HandoffOpened { .. } => Some(HandoffId(position)),
            _ => None,
        });
    let mut decisions: Vec<_> = opened
        .filter_map(|handoff| admit_new(desk, turn, handoff))
        .collect();
    decisions.extend(change_of_mind(desk, turn));
    decisions
}

fn destination(desk: &Desk, id: HandoffId, to: &Target) -> (RouteName, Option<AgentId>) {
    let present = desk.handoff(id).map(|handoff| handoff.route.clone());
    let present = present.unwrap_or_else(|| desk.policy().default_route.clone());
    match to {
        Target::Agent(agent) => (present, Some(*agent)),
        Target::Route(route) => (route.clone(), None),
    }
}

fn admit_new(desk: &Desk, turn: &Turn, id: HandoffId) -> Option<Decision> {
    if let Observation::ChoiceMade {
        choice: Choice::Callback,
        callback_at,
        ..
    } = turn.seen
    {
        return Some(note_callback(desk, id, callback_at));
    }
    let handoff = desk.handoff(id)?;
    enter(desk, id, handoff.route.clone(), None)
}

fn note_callback(desk: &Desk, handoff: HandoffId, at: Option<Timestamp>) -> Decision {
    let because = Reason::Asked {
        by: crate::journal::Author::Customer,
    };
    desk.decision(because, Ruling::CallbackNoted { handoff, at })
}

/// A waiting customer asks to be called instead, or one to be called would rather wait.
fn change_of_mind(desk: &Desk, turn: &Turn) -> Option<Decision> {
    let Observation::ChoiceMade {
        conversation,
        choice,
        callback_at,
    } = &turn.seen
    else {
        return None;
    };
    let handoff = desk.handoff(desk.conversation(*conversation)?.handoff()?)?;
    match (choice, handoff.phase) {
        (Choice::Callback, Phase::Queued | Phase::Offered { .. }) => {
            Some(note_callback(desk, handoff.id, *callback_at))
        }
        (Choice::Wait, Phase::Callback { .. }) => {
            enter(desk, handoff.id, handoff.route.clone(), None)
        }
        _ => None,
    }
}

fn enter(desk: &Desk, id: HandoffId, route: RouteName, only: Option<AgentId>) -> Option<Decision> {
    let handoff = desk.handoff(id)?;
    let conversation = desk.conversation(handoff.conversation)?;
    let sentiment_permille = conversation.memory.mood_permille();
    let tier = conversation.customer.tier.clone();
    let severity = handoff.severity;
    let points = worth(&desk.policy().points, severity, conversation);
    let since = handoff.since;
    let because = Reason::Valued {
        tier,
        sentiment_permille,
        severity,
    };
    Some(desk.decision(
        because,
        Ruling::Queued {
            handoff: id,
            route,
            only,
            points,
            since,
        },
    ))
}

fn worth(policy: &PointsPolicy, severity: Severity, conversation: &Conversation) -> Points {
    let tier = conversation.customer.tier.as_deref();
    let tier = tier.and_then(|name| policy.tiers.get(name)).copied();
    let tier = tier.unwrap_or(policy.other_tiers);
    let dismay = i32::from(-conversation.memory.mood_permille()).clamp(0, 1000);
    Points {
        severity: policy.severity.get(&severity).copied().unwrap_or_default(),
        customer: tier.value,
        sentiment: policy.sentiment_max * dismay / 1000,
        per_minute: tier.per_minute.max(1),
    }
}
