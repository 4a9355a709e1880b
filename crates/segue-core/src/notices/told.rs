//! Which notice follows from what was ruled.

use crate::{
    desk::{Deadline, Desk, Turn},
    id::{AgentId, ConversationId, HandoffId},
    journal::{
        Choice, Decision, Ending, Notice, NoticeKind, Observation, Reason, Ruling, Verdict, Wait,
    },
    queue::{Handoff, wait},
};

/// Notices for this turn. A conversation gets one at most: the last change is what counts.
pub(crate) fn decide(desk: &Desk, turn: &Turn) -> Vec<Decision> {
    let mut told: Vec<(ConversationId, Decision)> = Vec::new();
    let ruled = turn
        .rulings()
        .filter_map(|(_, ruling)| follow(desk, turn, ruling));
    let due = turn.due.iter().filter_map(|deadline| renew(desk, deadline));
    for (conversation, decision) in ruled.chain(due).chain(note_message(desk, turn)) {
        told.retain(|(other, _)| *other != conversation);
        told.push((conversation, decision));
    }
    told.into_iter().map(|(_, decision)| decision).collect()
}

type Told = Option<(ConversationId, Decision)>;

fn follow(desk: &Desk, turn: &Turn, ruling: &Ruling) -> Told {
    match ruling {
        Ruling::Judged {
            conversation,
            verdict: Verdict::Suggest,
            fired,
            ..
        } => {
            let mut notice = plain(NoticeKind::Suggested);
            notice.trigger = fired.as_ref().map(|fired| fired.trigger.clone());
            notice.choices = desk.choices(desk.conversation(*conversation)?);
            Some(say(desk, *conversation, None, notice, Reason::Follows))
        }
        // Who leaves a message is told that it is noted, and not how long the wait is.
        Ruling::Queued { handoff, .. }
            if desk.handoff(*handoff)?.patient && leaves_message(turn) =>
        {
            None
        }
        Ruling::Queued { handoff, .. } => {
            let passed_on = matches!(turn.seen, Observation::Transferred { .. });
            Some(announce(desk, desk.handoff(*handoff)?, passed_on))
        }
        // Somebody came after the customer had been told that nobody is there.
        Ruling::Offered { handoff, .. } => {
            let handoff = desk.handoff(*handoff)?;
            let enters = turn.rulings().any(
                |(_, other)| matches!(other, Ruling::Queued { handoff: id, .. } if *id == handoff.id),
            );
            let untold = handoff.promise.is_none() && !handoff.patient && !enters;
            untold.then(|| announce(desk, handoff, false))
        }
        Ruling::CallbackNoted { handoff, .. } => Some(about(
            desk,
            desk.handoff(*handoff)?,
            NoticeKind::CallbackNoted,
        )),
        Ruling::Assigned { handoff, agent, .. } => joined(desk, *handoff, *agent),
        Ruling::HandoffEnded {
            conversation,
            how: Ending::Returned | Ending::Stayed,
            ..
        } => {
            let notice = plain(NoticeKind::BackWithAssistant);
            Some(say(desk, *conversation, None, notice, Reason::Follows))
        }
        Ruling::ConversationResolved { conversation, .. } => Some(say(
            desk,
            *conversation,
            None,
            plain(NoticeKind::Closed),
            Reason::Follows,
        )),
        _ => None,
    }
}

fn leaves_message(turn: &Turn) -> bool {
    let message = Choice::Message;
    matches!(turn.seen, Observation::ChoiceMade { choice, .. } if choice == message)
}

fn plain(kind: NoticeKind) -> Notice {
    Notice {
        kind,
        trigger: None,
        team: None,
        agent: None,
        agent_name: None,
        wait: None,
        place: None,
        choices: Vec::new(),
    }
}

fn say(
    desk: &Desk,
    conversation: ConversationId,
    handoff: Option<HandoffId>,
    notice: Notice,
    because: Reason,
) -> (ConversationId, Decision) {
    let ruling = Ruling::NoticeGiven {
        conversation,
        handoff,
        notice,
    };
    (conversation, desk.decision(because, ruling))
}

fn about(desk: &Desk, handoff: &Handoff, kind: NoticeKind) -> (ConversationId, Decision) {
    let notice = filled(desk, handoff, kind, None);
    say(
        desk,
        handoff.conversation,
        Some(handoff.id),
        notice,
        Reason::Follows,
    )
}

fn filled(desk: &Desk, handoff: &Handoff, kind: NoticeKind, wait: Option<Wait>) -> Notice {
    Notice {
        trigger: handoff.trigger.clone(),
        team: desk.route(handoff).map(|route| route.team.clone()),
        wait,
        place: wait.map(|_| wait::ahead(desk, handoff) + 1),
        choices: desk
            .conversation(handoff.conversation)
            .map_or_else(Vec::new, |c| desk.choices(c)),
        ..plain(kind)
    }
}

/// Says who comes and when, or that nobody is there.
fn announce(desk: &Desk, handoff: &Handoff, passed_on: bool) -> (ConversationId, Decision) {
    let told = wait::estimate(desk, handoff);
    let kind = match (passed_on, told.is_some()) {
        (_, false) => NoticeKind::NobodyHere,
        (true, true) => NoticeKind::PassedOn,
        (false, true) => NoticeKind::Announced,
    };
    let (wait, because) = told.map_or((None, Reason::Follows), |(wait, why)| (Some(wait), why));
    let mut notice = filled(desk, handoff, kind, wait);
    if let Some(coming) = handoff.only.or(handoff.offered_to()) {
        introduce(desk, handoff, coming, &mut notice);
    }
    say(
        desk,
        handoff.conversation,
        Some(handoff.id),
        notice,
        because,
    )
}

/// Names who comes, and the team that they speak for.
fn introduce(desk: &Desk, handoff: &Handoff, agent: AgentId, notice: &mut Notice) {
    notice.agent = Some(agent);
    notice.agent_name = desk.agent(agent).map(|agent| agent.profile.name.clone());
    notice.team = desk.team_of(agent, handoff).map(str::to_owned);
}

fn joined(desk: &Desk, handoff: HandoffId, agent: AgentId) -> Told {
    let handoff = desk.handoff(handoff)?;
    let mut notice = filled(desk, handoff, NoticeKind::AgentJoined, None);
    introduce(desk, handoff, agent, &mut notice);
    Some(say(
        desk,
        handoff.conversation,
        Some(handoff.id),
        notice,
        Reason::Follows,
    ))
}

/// A promise that is about to lapse is told anew, before it does.
fn renew(desk: &Desk, deadline: &Deadline) -> Told {
    let Deadline::PromiseDue(id) = deadline else {
        return None;
    };
    let handoff = desk.handoff(*id)?;
    let (_, told) = (handoff.promise?, wait::estimate(desk, handoff));
    let kind = if told.is_some() {
        NoticeKind::StillWaiting
    } else {
        NoticeKind::NobodyHere
    };
    let (wait, because) = told.map_or((None, Reason::Follows), |(wait, why)| (Some(wait), why));
    let notice = filled(desk, handoff, kind, wait);
    Some(say(
        desk,
        handoff.conversation,
        Some(handoff.id),
        notice,
        because,
    ))
}

/// The customer leaves it as a message.
fn note_message(desk: &Desk, turn: &Turn) -> Told {
    let Observation::ChoiceMade {
        conversation,
        choice: Choice::Message,
        ..
    } = &turn.seen
    else {
        return None;
    };
    let handoff = desk.handoff(desk.conversation(*conversation)?.handoff()?)?;
    Some(about(desk, handoff, NoticeKind::MessageNoted))
}
