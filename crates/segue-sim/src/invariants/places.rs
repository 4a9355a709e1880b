//! Never over capacity, never an offer to somebody who is not there.

use segue_core::{
    id::{AgentId, HandoffId},
    journal::Ruling,
    routing::Agent,
};

use super::{Finding, Scene, require};

/// What an agent has, counted from the handoffs.
fn places_taken(scene: &Scene<'_>, agent: AgentId) -> usize {
    let has = |id: Option<AgentId>| id == Some(agent);
    scene
        .desk
        .handoffs()
        .filter(|h| has(h.assigned_to()) || has(h.offered_to()))
        .count()
}

/// Offers included. Who had more when their capacity was cut keeps them, and gets no more.
pub(super) fn within_capacity(scene: &Scene<'_>) -> Finding {
    for agent in scene.desk.agents() {
        let taken = places_taken(scene, agent.id);
        require(taken == usize::from(agent.load()), || {
            format!(
                "{} has {taken} handoffs and says {}",
                agent.profile.name,
                agent.load()
            )
        })?;
        let before = scene.past.loads.get(&agent.id).copied().unwrap_or_default();
        let allowed = agent.profile.capacity.max(before);
        require(agent.load() <= allowed, || {
            format!(
                "{} has {} of {} places",
                agent.profile.name,
                agent.load(),
                agent.profile.capacity
            )
        })?;
    }
    Ok(())
}

/// A standing offer is with an agent whom the book knows to be there.
pub(super) fn offered_to_present(scene: &Scene<'_>) -> Finding {
    for handoff in scene.desk.handoffs() {
        let Some(agent) = handoff.offered_to() else {
            continue;
        };
        let told = scene.book.agents.get(&agent);
        let there = told.is_some_and(|told| told.is_there(scene.now()));
        require(there, || {
            format!("{} is offered to {agent}, who is {told:?}", handoff.id)
        })?;
    }
    Ok(())
}

/// An agent who was just offered something is not beyond their capacity.
pub(super) fn offer_has_place(scene: &Scene<'_>) -> Finding {
    for (handoff, agent) in offered(scene) {
        require(agent.load() <= agent.profile.capacity, || {
            format!(
                "{handoff} is offered to {}, who has {} of {}",
                agent.id,
                agent.load(),
                agent.profile.capacity
            )
        })?;
    }
    Ok(())
}

fn offered<'a>(scene: &'a Scene<'_>) -> impl Iterator<Item = (HandoffId, &'a Agent)> {
    scene.rulings().filter_map(|(_, ruling)| match ruling {
        Ruling::Offered { handoff, agent, .. } => Some((*handoff, scene.desk.agent(*agent)?)),
        _ => None,
    })
}
