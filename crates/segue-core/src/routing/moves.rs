//! What agents do with offers and entries: accept, decline, claim, pass on.

use super::Agent;
use crate::{
    desk::{Deadline, Desk, Turn},
    id::{AgentId, ConversationId, HandoffId, OfferId},
    journal::{
        Author, Choice, Decision, Observation, OfferEnd, Presence, Reason, Refusal, Ruling, Target,
    },
    queue::{Handoff, Phase},
};

/// Refuses what an agent cannot do, before anything is written.
pub(crate) fn admit(desk: &Desk, seen: &Observation) -> Result<(), Refusal> {
    match seen {
        Observation::StatusSet { agent, .. }
        | Observation::ConsoleOpened { agent }
        | Observation::ConsoleLost { agent }
        | Observation::AgentChanged { agent, .. }
        | Observation::Flagged { agent, .. } => known(desk, *agent).map(drop),
        Observation::OfferAccepted { handoff, agent }
        | Observation::OfferDeclined { handoff, agent } => offered(desk, *handoff, *agent),
        Observation::Claimed { handoff, agent } => claimable(desk, *handoff, *agent),
        Observation::Transferred { handoff, agent, to } => {
            desk.held_by(*handoff, *agent)?;
            if *to == Target::Agent(*agent) {
                let (handoff, by) = (*handoff, *agent);
                return Err(Refusal::Taken { handoff, by });
            }
            reachable(desk, to)
        }
        _ => Ok(()),
    }
}

fn known(desk: &Desk, agent: AgentId) -> Result<&Agent, Refusal> {
    desk.agent(agent).ok_or(Refusal::NoAgent(agent))
}

fn offered(desk: &Desk, id: HandoffId, agent: AgentId) -> Result<(), Refusal> {
    let handoff = desk.live(id)?;
    match handoff.phase {
        Phase::Offered { agent: to, .. } if to == agent => Ok(()),
        Phase::Assigned { agent: by, .. } if by != agent => Err(Refusal::Taken { handoff: id, by }),
        _ => Err(Refusal::NotOffered { handoff: id, agent }),
    }
}

fn claimable(desk: &Desk, id: HandoffId, agent: AgentId) -> Result<(), Refusal> {
    let handoff = desk.live(id)?;
    if let Some(by) = handoff.assigned_to() {
        return Err(Refusal::Taken { handoff: id, by });
    }
    let agent = known(desk, agent)?;
    if agent.profile.retired {
        return Err(Refusal::NoAgent(agent.id));
    }
    let own_offer = u16::from(handoff.offered_to() == Some(agent.id));
    if agent.free() + own_offer == 0 {
        let capacity = agent.profile.capacity;
        return Err(Refusal::Full {
            agent: agent.id,
            load: agent.load(),
            capacity,
        });
    }
    Ok(())
}

fn reachable(desk: &Desk, to: &Target) -> Result<(), Refusal> {
    match to {
        Target::Agent(agent) => {
            let agent = known(desk, *agent)?;
            if agent.is_present() {
                Ok(())
            } else {
                Err(Refusal::NotThere(agent.id))
            }
        }
        Target::Route(route) if desk.policy().routes.contains_key(route) => Ok(()),
        Target::Route(route) => Err(Refusal::NoRoute(route.clone())),
    }
}

/// Ends of offers and assignments that follow from the observation and what was ruled on it.
pub(crate) fn decide(desk: &Desk, turn: &Turn) -> Vec<Decision> {
    let mut decisions = Vec::new();
    match &turn.seen {
        Observation::OfferAccepted { handoff, agent } => {
            decisions.extend(assign(desk, *handoff, *agent));
        }
        Observation::OfferDeclined { handoff, agent } => {
            let because = Reason::Asked {
                by: Author::Agent(*agent),
            };
            decisions.extend(end_offer(desk, *handoff, OfferEnd::Declined, because));
        }
        Observation::Claimed { handoff, agent } => {
            decisions.extend(withdraw_from_others(desk, *handoff, *agent));
            decisions.extend(assign(desk, *handoff, *agent));
        }
        Observation::ChoiceMade {
            choice: Choice::Callback | Choice::Stay,
            conversation,
            ..
        } => {
            decisions.extend(take_out(desk, *conversation, Author::Customer));
        }
        Observation::Resolved { conversation, by } => {
            decisions.extend(take_out(desk, *conversation, *by));
        }
        _ => {}
    }
    decisions.extend(lapsed(desk, turn));
    decisions.extend(left_behind(desk, turn));
    decisions
}

fn assign(desk: &Desk, id: HandoffId, agent: AgentId) -> Option<Decision> {
    let handoff = desk.handoff(id)?;
    let conversation = desk.conversation(handoff.conversation)?;
    let ruling = Ruling::Assigned {
        handoff: id,
        conversation: conversation.id,
        agent,
        epoch: conversation.epoch + 1,
    };
    Some(desk.decision(
        Reason::Asked {
            by: Author::Agent(agent),
        },
        ruling,
    ))
}

fn end_offer(desk: &Desk, id: HandoffId, how: OfferEnd, because: Reason) -> Option<Decision> {
    let Handoff {
        phase: Phase::Offered { offer, agent, .. },
        ..
    } = *desk.handoff(id)?
    else {
        return None;
    };
    Some(ended(desk, offer, id, agent, how, because))
}

fn ended(
    desk: &Desk,
    offer: OfferId,
    handoff: HandoffId,
    agent: AgentId,
    how: OfferEnd,
    because: Reason,
) -> Decision {
    desk.decision(
        because,
        Ruling::OfferEnded {
            offer,
            handoff,
            agent,
            how,
        },
    )
}

/// The conversation goes another way: an offer of it no longer stands.
fn take_out(desk: &Desk, conversation: ConversationId, by: Author) -> Option<Decision> {
    withdraw(
        desk,
        desk.conversation(conversation)?.handoff()?,
        Reason::Asked { by },
    )
}

fn withdraw(desk: &Desk, id: HandoffId, because: Reason) -> Option<Decision> {
    end_offer(desk, id, OfferEnd::Withdrawn, because)
}

fn withdraw_from_others(desk: &Desk, id: HandoffId, claimer: AgentId) -> Option<Decision> {
    let offered_to = desk.handoff(id)?.offered_to()?;
    let because = Reason::Asked {
        by: Author::Agent(claimer),
    };
    if offered_to == claimer {
        None
    } else {
        withdraw(desk, id, because)
    }
}

fn lapsed<'a>(desk: &'a Desk, turn: &'a Turn) -> impl Iterator<Item = Decision> + 'a {
    let seconds = desk.policy().offers.lease_seconds;
    turn.due.iter().filter_map(move |deadline| match deadline {
        Deadline::OfferLapses(handoff) => {
            end_offer(desk, *handoff, OfferEnd::Lapsed, Reason::TimeUp { seconds })
        }
        _ => None,
    })
}

/// Offers to agents who went away in this turn.
fn left_behind<'a>(desk: &'a Desk, turn: &'a Turn) -> impl Iterator<Item = Decision> + 'a {
    let gone = turn.rulings().filter_map(|(_, ruling)| match ruling {
        Ruling::PresenceChanged { agent, to, .. } if *to != Presence::Online => desk.agent(*agent),
        _ => None,
    });
    gone.flat_map(|agent| &agent.offers)
        .filter_map(|handoff| end_offer(desk, *handoff, OfferEnd::AgentLeft, Reason::Follows))
}
