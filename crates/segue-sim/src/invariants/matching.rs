//! Who takes it, by looking at every agent and every entry: the reference for the desk's indexes.

use segue_core::{
    desk::Desk,
    id::HandoffId,
    journal::Ruling,
    policy::Who,
    queue::{Handoff, Phase},
    routing::Agent,
};

use super::{Finding, Scene, book::Told, require};

/// The widest circle that the chain of `handoff` has reached.
fn circle(desk: &Desk, handoff: &Handoff) -> Who {
    let steps = desk.chain(handoff).iter().zip(0_u8..);
    let reached = steps.filter(|(_, index)| *index <= handoff.step);
    reached
        .map(|(step, _)| step.who)
        .max()
        .unwrap_or(Who::General)
}

fn suits(told: &Told, handoff: &Handoff, who: Who) -> bool {
    let knows = |skill, least: &u8| {
        let level = told.profile.skills.get(skill).copied().unwrap_or_default();
        if who == Who::Primary {
            level >= *least
        } else {
            level >= 1 || *least == 0
        }
    };
    who >= Who::General
        || handoff
            .skills
            .iter()
            .all(|(skill, least)| knows(skill, least))
}

/// Whether `agent` belongs to those whom `handoff` may be offered to now, place and presence aside.
fn may_take(scene: &Scene<'_>, agent: &Agent, handoff: &Handoff) -> bool {
    let Some(told) = scene.book.agents.get(&agent.id) else {
        return false;
    };
    let in_circle = match handoff.only {
        Some(only) => only == agent.id,
        None => suits(told, handoff, circle(scene.desk, handoff)),
    };
    in_circle && !scene.book.is_refused(handoff.id, agent.id, scene.now())
}

fn queued<'a>(scene: &'a Scene<'_>) -> impl Iterator<Item = &'a Handoff> {
    scene
        .desk
        .handoffs()
        .filter(|handoff| handoff.phase == Phase::Queued)
}

fn is_there(scene: &Scene<'_>, agent: &Agent) -> bool {
    scene
        .book
        .agents
        .get(&agent.id)
        .is_some_and(|told| told.is_there(scene.now()))
}

/// Points in the finest grain: a sixty-thousandth of a point.
fn score(scene: &Scene<'_>, handoff: &Handoff) -> i64 {
    let points = handoff.points;
    let base =
        i64::from(points.severity) + i64::from(points.customer) + i64::from(points.sentiment);
    base * 60_000 + i64::from(points.per_minute) * (scene.now() - handoff.since)
}

/// Every agent against every entry.
pub(super) fn work_conserving(scene: &Scene<'_>) -> Finding {
    if !scene.is_settled() {
        return Ok(());
    }
    let free = scene
        .desk
        .agents()
        .filter(|agent| agent.free() > 0 && is_there(scene, agent));
    for agent in free {
        let left = queued(scene).find(|handoff| may_take(scene, agent, handoff));
        require(left.is_none(), || {
            format!(
                "{} has {} places free and may take {:?}",
                agent.profile.name,
                agent.free(),
                left.map(|h| h.id)
            )
        })?;
    }
    Ok(())
}

/// Whoever was offered something just now left nothing better behind.
pub(super) fn in_order(scene: &Scene<'_>) -> Finding {
    if !scene.is_settled() {
        return Ok(());
    }
    let offers = scene.rulings().filter_map(|(_, ruling)| match ruling {
        Ruling::Offered { handoff, agent, .. } => {
            Some((scene.desk.handoff(*handoff)?, scene.desk.agent(*agent)?))
        }
        _ => None,
    });
    for (served, agent) in offers {
        let left = queued(scene)
            .find(|h| may_take(scene, agent, h) && score(scene, h) > score(scene, served));
        require(left.is_none(), || {
            let (id, points) = left.map_or((served.id, 0), |h| (h.id, h.points_at(scene.now())));
            let less = served.points_at(scene.now());
            format!(
                "{} got {} with {less} points while {id} with {points} waits",
                agent.profile.name, served.id
            )
        })?;
    }
    Ok(())
}

/// No step of a chain is overdue, and no entry waits for a circle of nobody while a later one has
/// somebody.
pub(super) fn chain_widens(scene: &Scene<'_>) -> Finding {
    if !scene.is_settled() {
        return Ok(());
    }
    for handoff in queued(scene) {
        let Some(next) = scene.desk.chain(handoff).get(usize::from(handoff.step) + 1) else {
            continue;
        };
        let waited = scene.now().seconds_since(handoff.queued_at);
        require(waited < next.after_seconds, || {
            format!(
                "{} waited {waited} s and its chain widens after {}",
                handoff.id, next.after_seconds
            )
        })?;
        let here = places(scene, handoff, circle(scene.desk, handoff));
        let later = scene
            .desk
            .chain(handoff)
            .iter()
            .skip(usize::from(handoff.step) + 1);
        let there = later
            .map(|step| places(scene, handoff, step.who))
            .max()
            .unwrap_or_default();
        require(handoff.only.is_some() || here > 0 || there == 0, || {
            format!(
                "{} waits for nobody while {there} places of a later step are at work",
                handoff.id
            )
        })?;
    }
    Ok(())
}

/// Places of present agents in a circle, taken ones included.
fn places(scene: &Scene<'_>, handoff: &Handoff, who: Who) -> u32 {
    let suited = |agent: &&Agent| {
        let told = scene.book.agents.get(&agent.id);
        told.is_some_and(|told| told.is_there(scene.now()) && suits(told, handoff, who))
    };
    scene
        .desk
        .agents()
        .filter(suited)
        .map(|agent| u32::from(agent.profile.capacity))
        .sum()
}

/// However often a handoff is queued again, its age counts from its first moment.
pub(super) fn age_is_kept(scene: &Scene<'_>) -> Finding {
    for handoff in scene.desk.handoffs() {
        let was = scene
            .past
            .ages
            .get(&handoff.id)
            .copied()
            .unwrap_or(handoff.since);
        require(was == handoff.since, || {
            format!(
                "{} was waiting since {was:?}, now {:?}",
                handoff.id, handoff.since
            )
        })?;
        require(
            handoff.points.per_minute > 0 || !is_queued(scene, handoff.id),
            || format!("{} does not age", handoff.id),
        )?;
    }
    Ok(())
}

fn is_queued(scene: &Scene<'_>, id: HandoffId) -> bool {
    queued(scene).any(|handoff| handoff.id == id)
}
