//! The best entry for a free agent, the best free agent for an entry, and why there is none.
//!
//! Between turns the desk is settled: no agent with a free place may take any entry that waits.
//! So only what a turn has touched can match: [`hot`] names it, and nothing else is looked at.

use std::{cmp::Reverse, collections::BTreeSet};

use super::Agent;
use crate::{
    desk::{Deadline, Desk, Turn},
    id::{AgentId, HandoffId},
    journal::{Decision, Observation, Presence, Reason, Ruling, Unmatched},
    policy::{Step, Who},
    queue::{Handoff, Phase},
};

/// What a turn has touched.
#[derive(Debug, Default)]
pub(crate) struct Hot {
    agents: BTreeSet<AgentId>,
    entries: BTreeSet<HandoffId>,
}

/// Agents who may have a free place since this turn, then entries that may be taken since this
/// turn, the highest points first.
pub(crate) fn hot(desk: &Desk, turn: &Turn) -> (Vec<AgentId>, Vec<HandoffId>) {
    let mut hot = Hot::default();
    hot.see(desk, turn);
    turn.due.iter().for_each(|deadline| hot.due(deadline));
    turn.rulings()
        .for_each(|(_, ruling)| hot.ruled(desk, ruling));
    let mut entries: Vec<_> = hot.entries.into_iter().collect();
    let score = |id: &HandoffId| desk.handoff(*id).map(|handoff| handoff.score_at(turn.now));
    entries.sort_by_key(|id| (Reverse(score(id)), *id));
    (hot.agents.into_iter().collect(), entries)
}

impl Hot {
    fn see(&mut self, desk: &Desk, turn: &Turn) {
        match turn.seen {
            Observation::PolicyPublished { .. } => {
                self.agents.extend(desk.agents().map(|agent| agent.id));
                self.entries
                    .extend(desk.lanes().iter().flat_map(|(_, entries)| entries));
            }
            Observation::AgentChanged { agent, .. } => {
                self.agents.insert(agent);
                self.entries.extend(forsaken(desk));
            }
            Observation::Transferred { agent, .. } => {
                self.agents.insert(agent);
            }
            _ => {}
        }
    }

    fn due(&mut self, deadline: &Deadline) {
        match deadline {
            Deadline::StepDue(handoff) => {
                self.entries.insert(*handoff);
            }
            Deadline::AgainFree(handoff, agent) => {
                self.entries.insert(*handoff);
                self.agents.insert(*agent);
            }
            _ => {}
        }
    }

    fn ruled(&mut self, desk: &Desk, ruling: &Ruling) {
        match ruling {
            Ruling::Queued { handoff, .. } => {
                self.entries.insert(*handoff);
            }
            Ruling::OfferEnded { handoff, agent, .. } => {
                self.entries.insert(*handoff);
                self.agents.insert(*agent);
            }
            Ruling::HandoffEnded { agent, .. } => self.agents.extend(*agent),
            Ruling::PresenceChanged {
                agent,
                to: Presence::Online,
                ..
            } => {
                self.agents.insert(*agent);
                self.entries.extend(hopeful(desk));
            }
            Ruling::PresenceChanged { .. } => {
                self.entries.extend(forsaken(desk));
                self.entries.extend(released(desk));
            }
            _ => {}
        }
    }
}

/// Entries of whose circle nobody is there any more: their chain may widen at once.
fn forsaken(desk: &Desk) -> impl Iterator<Item = HandoffId> {
    let empty = desk.lanes().iter().filter(|(lane, _)| {
        desk.bench()
            .places(&lane.skills, lane.circle, lane.only)
            .capacity
            == 0
    });
    empty.flat_map(|(_, entries)| entries)
}

/// Entries of whose circle nobody is there, while somebody is in a later one: an arrival may have
/// made it so. All entries of a lane stand alike, so the first one speaks for it.
fn hopeful(desk: &Desk) -> impl Iterator<Item = HandoffId> {
    let lanes = desk.lanes().iter().filter_map(|(_, mut entries)| {
        let first = entries.next()?;
        let hops = next_step(desk, desk.handoff(first)?).is_some();
        hops.then(|| std::iter::once(first).chain(entries))
    });
    lanes.flatten()
}

/// Entries that were kept for an agent who went away. Every other entry in the queue has been
/// looked at, and holds the answer why nobody takes it.
fn released(desk: &Desk) -> impl Iterator<Item = HandoffId> {
    let open = desk
        .handoffs()
        .filter(|handoff| handoff.phase == Phase::Queued && handoff.unmatched.is_none());
    open.map(|handoff| handoff.id)
}

/// The best entry for an agent with a free place.
pub(crate) fn for_agent(desk: &Desk, id: AgentId) -> Option<Decision> {
    let agent = desk
        .agent(id)
        .filter(|agent| agent.is_present() && agent.free() > 0)?;
    let open = desk.lanes().open_to(id).filter(|(lane, _)| {
        lane.only == Some(id) || desk.bench().may_take(id, &lane.skills, lane.circle)
    });
    let heads = open.filter_map(|(_, mut entries)| {
        entries.find_map(|entry| {
            desk.handoff(entry)
                .filter(|handoff| !handoff.is_refused_by(id, desk.now()))
        })
    });
    let best = heads.max_by_key(|handoff| (handoff.score_at(desk.now()), Reverse(handoff.id)))?;
    Some(offer(desk, best, agent))
}

/// What happens next to an entry in the queue: it is offered, or it is said why not; nothing once
/// that is said.
pub(crate) fn for_entry(desk: &Desk, id: HandoffId) -> Option<Decision> {
    let handoff = desk
        .handoff(id)
        .filter(|handoff| handoff.phase == Phase::Queued)?;
    if let Some(agent) = best_agent(desk, handoff) {
        return Some(offer(desk, handoff, agent));
    }
    let why = unmatched(desk, handoff)?;
    (handoff.unmatched != Some(why))
        .then(|| desk.decision(Reason::Nobody { why }, Ruling::NoMatch { handoff: id, why }))
}

/// A step of an entry's chain that is due. All hot entries widen before anybody is matched, so
/// that an agent sees every entry they may take and picks the best.
pub(crate) fn widen(desk: &Desk, id: HandoffId) -> Option<Decision> {
    next_step(
        desk,
        desk.handoff(id)
            .filter(|handoff| handoff.phase == Phase::Queued)?,
    )
}

/// The next step of the chain, when its time has come, or when nobody of the present circle is
/// there and somebody of a later one is.
fn next_step(desk: &Desk, handoff: &Handoff) -> Option<Decision> {
    let index = handoff.step + 1;
    let Step { who, after_seconds } = *desk.chain(handoff).get(usize::from(index))?;
    let seconds = desk.now().seconds_since(handoff.queued_at);
    let circle = desk.circle(handoff);
    let because = if seconds >= after_seconds {
        Reason::Waited { seconds }
    } else if handoff.only.is_none()
        && desk.bench().places(&handoff.skills, circle, None).capacity == 0
        && somebody_later(desk, handoff)
    {
        Reason::NobodyOnStep { who: circle }
    } else {
        return None;
    };
    Some(desk.decision(
        because,
        Ruling::StepTaken {
            handoff: handoff.id,
            step: index,
            who,
        },
    ))
}

fn somebody_later(desk: &Desk, handoff: &Handoff) -> bool {
    let later = desk
        .chain(handoff)
        .iter()
        .skip(usize::from(handoff.step) + 1);
    later
        .map(|step| desk.bench().places(&handoff.skills, step.who, None))
        .any(|places| places.capacity > 0)
}

fn best_agent<'a>(desk: &'a Desk, handoff: &Handoff) -> Option<&'a Agent> {
    let willing = |agent: &AgentId| !handoff.is_refused_by(*agent, desk.now());
    if let Some(only) = handoff.only {
        let agent = desk
            .agent(only)
            .filter(|agent| agent.is_present() && agent.free() > 0);
        return agent.filter(|agent| willing(&agent.id));
    }
    let circle = desk.circle(handoff);
    desk.agent(
        desk.bench()
            .candidates(&handoff.skills, circle)
            .find(willing)?,
    )
}

fn offer(desk: &Desk, handoff: &Handoff, agent: &Agent) -> Decision {
    let level = handoff
        .skills
        .keys()
        .map(|skill| level_of(agent, skill.as_str()))
        .min();
    let because = Reason::BestMatch {
        points: handoff.points_at(desk.now()),
        level: level.unwrap_or_default(),
        load: agent.load(),
        capacity: agent.profile.capacity,
        waiting: u32::try_from(desk.lanes().len()).unwrap_or(u32::MAX),
        free: desk.bench().free_agents(),
    };
    let until = desk.now().plus_seconds(desk.policy().offers.lease_seconds);
    desk.decision(
        because,
        Ruling::Offered {
            handoff: handoff.id,
            agent: agent.id,
            until,
        },
    )
}

fn level_of(agent: &Agent, skill: &str) -> u8 {
    agent.profile.skills.get(skill).copied().unwrap_or_default()
}

/// Why nobody is offered `handoff` just now; none if somebody could be.
pub fn unmatched(desk: &Desk, handoff: &Handoff) -> Option<Unmatched> {
    let circle = desk.circle(handoff);
    let places = desk.bench().places(&handoff.skills, circle, handoff.only);
    if places.capacity == 0 {
        let anybody = desk
            .bench()
            .exists(&handoff.skills, circle.max(Who::Secondary));
        return Some(if anybody {
            Unmatched::NobodyPresent
        } else {
            Unmatched::NobodySkilled
        });
    }
    if places.free == 0 {
        return Some(Unmatched::AllAtCapacity);
    }
    best_agent(desk, handoff)
        .is_none()
        .then_some(Unmatched::AllDeclined)
}

/// How many present agents with a free place could be offered `handoff` just now.
pub fn candidates(desk: &Desk, handoff: &Handoff) -> usize {
    let willing = |agent: &AgentId| !handoff.is_refused_by(*agent, desk.now());
    if handoff.only.is_some() {
        return usize::from(best_agent(desk, handoff).is_some());
    }
    desk.bench()
        .candidates(&handoff.skills, desk.circle(handoff))
        .filter(willing)
        .count()
}
