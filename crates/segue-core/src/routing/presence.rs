//! How available an agent truly is: what they said, as long as a console of theirs is alive.

use super::Agent;
use crate::{
    desk::{Deadline, Desk, Turn},
    id::AgentId,
    journal::{Decision, Observation, Presence, Reason, Ruling},
    time::Timestamp,
};

/// Presence that is no longer what it was.
pub(crate) fn decide(desk: &Desk, turn: &Turn) -> Vec<Decision> {
    let mut touched: Vec<AgentId> = turn
        .due
        .iter()
        .filter_map(|deadline| match deadline {
            Deadline::StatusEnds(agent) => Some(*agent),
            _ => None,
        })
        .collect();
    match turn.seen {
        Observation::StatusSet { agent, .. }
        | Observation::ConsoleOpened { agent }
        | Observation::ConsoleLost { agent }
        | Observation::AgentChanged { agent, .. } => touched.push(agent),
        _ => {}
    }
    touched
        .into_iter()
        .filter_map(|id| change(desk, turn, desk.agent(id)?))
        .collect()
}

fn change(desk: &Desk, turn: &Turn, agent: &Agent) -> Option<Decision> {
    let (from, to) = (agent.presence, truth(agent, turn.now));
    let because = match turn.seen {
        Observation::Woke => Reason::TimeUp {
            seconds: turn.now.seconds_since(agent.status_since),
        },
        _ => Reason::Follows,
    };
    let ruling = Ruling::PresenceChanged {
        agent: agent.id,
        from,
        to,
    };
    (from != to).then(|| desk.decision(because, ruling))
}

/// Without a living console an agent is offline, whatever they said.
fn truth(agent: &Agent, now: Timestamp) -> Presence {
    if !agent.console || agent.profile.retired {
        return Presence::Offline;
    }
    match agent.status_until {
        Some(until) if until <= now => Presence::Online,
        _ => agent.status,
    }
}
