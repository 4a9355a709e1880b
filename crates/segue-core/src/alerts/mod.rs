//! Whom we PING: a grave handoff that is still without an agent after the time the policy allows.

use crate::{
    desk::{Deadline, Desk, Turn},
    id::HandoffId,
    journal::{Decision, Reason, Ruling},
    queue::Phase,
};

/// Alerts that are due.
pub(crate) fn decide(desk: &Desk, turn: &Turn) -> Vec<Decision> {
    let due = turn.due.iter().filter_map(|deadline| match deadline {
        Deadline::AlertDue(handoff, rule) => raise(desk, *handoff, *rule),
        _ => None,
    });
    due.collect()
}

fn raise(desk: &Desk, id: HandoffId, rule: u8) -> Option<Decision> {
    let handoff = desk.handoff(id)?;
    let rule = desk.policy().alerts.get(usize::from(rule))?;
    let unattended = matches!(handoff.phase, Phase::Queued | Phase::Offered { .. });
    let severity = handoff.severity;
    let ruling = Ruling::AlertRaised {
        handoff: id,
        rule: rule.name.clone(),
        severity,
    };
    let seconds = desk.now().seconds_since(handoff.queued_at);
    unattended.then(|| desk.decision(Reason::Waited { seconds }, ruling))
}
