//! The alarm: nothing rings for the dead, and nothing that ends by itself is forgotten.

use segue_core::{
    desk::Deadline,
    queue::{Handoff, Phase},
    time::Timestamp,
};

use super::{Finding, Scene, require};

/// Each deadline belongs to something that is there and expects it at that moment.
pub(super) fn of_the_living(scene: &Scene<'_>) -> Finding {
    for (at, deadline) in scene.desk.deadlines() {
        require(expects(scene, at, deadline).unwrap_or(false), || {
            format!("{deadline:?} at {at:?} rings for nothing")
        })?;
    }
    Ok(())
}

fn expects(scene: &Scene<'_>, at: Timestamp, deadline: Deadline) -> Option<bool> {
    let desk = scene.desk;
    let waits = |handoff: &Handoff| matches!(handoff.phase, Phase::Queued | Phase::Offered { .. });
    Some(match deadline {
        Deadline::OfferLapses(id) => {
            matches!(desk.handoff(id)?.phase, Phase::Offered { until, .. } if until == at)
        }
        Deadline::StepDue(id) => waits(desk.handoff(id)?) && desk.handoff(id)?.step_due == Some(at),
        Deadline::AgainFree(id, agent) => {
            waits(desk.handoff(id)?) && desk.handoff(id)?.refused.contains(&(agent, at))
        }
        Deadline::PromiseDue(id) => desk.handoff(id)?.promise?.renew_at == at,
        Deadline::AlertDue(id, rule) => {
            waits(desk.handoff(id)?) && desk.handoff(id)?.alerts_due.contains(&(at, rule))
        }
        Deadline::StatusEnds(agent) => desk.agent(agent)?.status_until == Some(at),
        Deadline::AssistantSilent(id) => desk.conversation(id)?.unanswered?.silent_due == at,
        Deadline::ConversationIdle(id) => desk.conversation(id)?.idle_due == Some(at),
    })
}

/// What is still to come has its deadline: offers, steps, promises, silence, idleness.
pub(super) fn none_missing(scene: &Scene<'_>) -> Finding {
    for handoff in scene.desk.handoffs() {
        if let Phase::Offered { until, .. } = handoff.phase {
            rings(scene, until, Deadline::OfferLapses(handoff.id))?;
        }
        if let Some(promise) = handoff.promise {
            rings(scene, promise.renew_at, Deadline::PromiseDue(handoff.id))?;
        }
        if matches!(handoff.phase, Phase::Queued | Phase::Offered { .. }) {
            widens(scene, handoff)?;
        }
    }
    for conversation in scene.desk.conversations() {
        if let Some(due) = conversation.idle_due {
            rings(scene, due, Deadline::ConversationIdle(conversation.id))?;
        }
    }
    Ok(())
}

/// The next step of the chain, under the policy in force, has its deadline.
fn widens(scene: &Scene<'_>, handoff: &Handoff) -> Finding {
    let next = scene.desk.chain(handoff).get(usize::from(handoff.step) + 1);
    let due = next.map(|step| handoff.queued_at.plus_seconds(step.after_seconds));
    due.map_or(Ok(()), |due| {
        rings(scene, due, Deadline::StepDue(handoff.id))
    })
}

fn rings(scene: &Scene<'_>, at: Timestamp, deadline: Deadline) -> Finding {
    let found = at <= scene.now() || scene.desk.deadlines().any(|known| known == (at, deadline));
    require(found, || format!("{deadline:?} at {at:?} is missing"))
}
