//! WHEN a conversation leaves the assistant.
//!
//! All triggers of the policy look at each message of the customer and of the assistant, at each
//! failure and at each silence. When several fire, the written order decides: the strongest level, then
//! the gravest severity, then the order of the document. The others are recorded beside it.

mod facts;

use std::{cmp::Reverse, collections::BTreeMap};

use facts::{Moment, Seen};

use crate::{
    briefing,
    conversation::{Conversation, is_late},
    desk::{Deadline, Desk, Turn},
    id::{ConversationId, IntentName, MessageId, RouteName, SkillName, TriggerName},
    journal::{
        Author, Choice, Decision, Effect, Fired, Level, Observation, Reason, Ruling, Severity,
        Verdict,
    },
    policy::{Policy, Trigger},
};

/// What the triggers say to this turn, and the handoffs that they open.
pub(crate) fn decide(desk: &Desk, turn: &Turn) -> Vec<Decision> {
    match &turn.seen {
        Observation::HandoffRequested {
            conversation,
            by,
            skills,
            ..
        } => asked_outright(desk, *conversation, *by, skills),
        Observation::ChoiceMade {
            conversation,
            choice,
            ..
        } => chosen(desk, *conversation, *choice),
        Observation::Woke => silences(desk, turn).flat_map(|m| judge(desk, &m)).collect(),
        seen => moment_of(desk, turn, seen).map_or_else(Vec::new, |m| judge(desk, &m)),
    }
}

/// What the shell must do: ask the assistant wherever it is the assistant's turn to speak.
pub(crate) fn effects(desk: &Desk, turn: &Turn) -> Vec<Effect> {
    let Observation::MessageReceived {
        conversation,
        author: Author::Customer,
        ..
    } = turn.seen
    else {
        return Vec::new();
    };
    let holds = desk
        .conversation(conversation)
        .filter(|c| c.with_assistant());
    holds
        .map(|c| Effect::AskAssistant {
            conversation,
            message: MessageId(turn.position()),
            epoch: c.epoch,
        })
        .into_iter()
        .collect()
}

fn moment_of<'a>(desk: &'a Desk, turn: &'a Turn, seen: &'a Observation) -> Option<Moment<'a>> {
    let message = MessageId(turn.position());
    let (id, seen) = match seen {
        Observation::MessageReceived {
            conversation,
            author,
            epoch,
            reading,
            answer,
        } => {
            if is_late(desk.conversation(*conversation)?, *author, *epoch) {
                return None;
            }
            let answer = answer.as_ref();
            match author {
                Author::Customer => (*conversation, Seen::Customer { message, reading }),
                Author::Assistant => (*conversation, Seen::Assistant { message, answer }),
                Author::Agent(_) | Author::Segue => return None,
            }
        }
        Observation::AssistantFailed {
            conversation,
            epoch,
            ..
        } => {
            if desk.conversation(*conversation)?.epoch != *epoch {
                return None;
            }
            (*conversation, Seen::Failure)
        }
        Observation::SituationsJudged {
            conversation,
            message,
            verdicts,
            ..
        } => {
            let message = *message;
            (*conversation, Seen::Verdicts { message, verdicts })
        }
        _ => return None,
    };
    moment(desk, id, seen)
}

fn moment<'a>(desk: &'a Desk, id: ConversationId, seen: Seen<'a>) -> Option<Moment<'a>> {
    let conversation = desk.conversation(id).filter(|c| c.with_assistant())?;
    Some(Moment {
        policy: desk.policy(),
        conversation,
        seen,
        now: desk.now(),
    })
}

fn silences<'a>(desk: &'a Desk, turn: &'a Turn) -> impl Iterator<Item = Moment<'a>> {
    turn.due.iter().filter_map(|deadline| match deadline {
        Deadline::AssistantSilent(id) => moment(desk, *id, Seen::Silence),
        _ => None,
    })
}

/// Lets every trigger look, and rules by the strongest that fires.
fn judge(desk: &Desk, moment: &Moment<'_>) -> Vec<Decision> {
    let policy = desk.policy();
    let (mut firing, cooling) = firing(policy, moment);
    let conversation = moment.conversation.id;
    let message = moment.message();
    if firing.is_empty() && matches!(moment.seen, Seen::Verdicts { .. }) {
        // The message was decided on before, and that stands.
        return Vec::new();
    }
    if firing.is_empty() {
        let asked = u16::try_from(policy.triggers.len()).unwrap_or(u16::MAX);
        let because = Reason::NothingFired { asked, cooling };
        let ruling = Ruling::Judged {
            conversation,
            message,
            verdict: Verdict::Stay,
            fired: None,
            also_fired: Vec::new(),
        };
        return vec![desk.decision(because, ruling)];
    }
    let winner = firing.remove(0);
    let clauses = winner.when.explain(moment);
    let because = Reason::Trigger {
        name: winner.name.clone(),
        clauses,
    };
    let verdict = if winner.level == Level::Suggest {
        Verdict::Suggest
    } else {
        Verdict::HandOff
    };
    let also_fired = firing.into_iter().map(fired).collect();
    let ruling = Ruling::Judged {
        conversation,
        message,
        verdict,
        fired: Some(fired(winner)),
        also_fired,
    };
    let mut decisions = vec![desk.decision(because.clone(), ruling)];
    if winner.level == Level::Immediate {
        decisions.extend(withhold(desk, moment));
    }
    if verdict == Verdict::HandOff {
        decisions.push(open(
            desk,
            moment.conversation,
            message,
            Some(winner),
            &[],
            because,
        ));
    }
    decisions
}

/// The triggers that fire, the winner first, and those that would but hold still.
fn firing<'p>(policy: &'p Policy, moment: &Moment<'_>) -> (Vec<&'p Trigger>, Vec<TriggerName>) {
    let holding = policy
        .triggers
        .iter()
        .filter(|t| t.when.holds(moment) == Some(true));
    let (still, mut firing): (Vec<_>, Vec<_>) = holding.partition(|trigger| {
        moment.conversation.is_cooling(&trigger.name, moment.now)
            || moment.conversation.suggested.as_ref() == Some(&trigger.name)
    });
    firing.sort_by_key(|trigger| Reverse((trigger.level, trigger.severity)));
    (
        firing,
        still
            .into_iter()
            .map(|trigger| trigger.name.clone())
            .collect(),
    )
}

fn fired(trigger: &Trigger) -> Fired {
    Fired {
        trigger: trigger.name.clone(),
        level: trigger.level,
        severity: trigger.severity,
    }
}

fn withhold(desk: &Desk, moment: &Moment<'_>) -> Option<Decision> {
    let Seen::Assistant { message, .. } = moment.seen else {
        return None;
    };
    let ruling = Ruling::ReplyWithheld {
        conversation: moment.conversation.id,
        message,
    };
    Some(desk.decision(Reason::Follows, ruling))
}

fn asked_outright(
    desk: &Desk,
    id: ConversationId,
    by: Author,
    skills: &[SkillName],
) -> Vec<Decision> {
    let Some(conversation) = desk.conversation(id) else {
        return Vec::new();
    };
    let because = Reason::Asked { by };
    let ruling = Ruling::Judged {
        conversation: id,
        message: None,
        verdict: Verdict::HandOff,
        fired: None,
        also_fired: Vec::new(),
    };
    let judged = desk.decision(because.clone(), ruling);
    vec![
        judged,
        open(desk, conversation, None, None, skills, because),
    ]
}

/// The customer takes what a trigger suggested.
fn chosen(desk: &Desk, id: ConversationId, choice: Choice) -> Vec<Decision> {
    let Some(conversation) = desk.conversation(id).filter(|c| c.with_assistant()) else {
        return Vec::new();
    };
    let Some(name) = conversation
        .suggested
        .as_ref()
        .filter(|_| choice != Choice::Stay)
    else {
        return Vec::new();
    };
    let trigger = desk
        .policy()
        .triggers
        .iter()
        .find(|trigger| trigger.name == *name);
    let because = Reason::Asked {
        by: Author::Customer,
    };
    vec![open(desk, conversation, None, trigger, &[], because)]
}

fn open(
    desk: &Desk,
    conversation: &Conversation,
    message: Option<MessageId>,
    trigger: Option<&Trigger>,
    skills: &[SkillName],
    because: Reason,
) -> Decision {
    let policy = desk.policy();
    let intent = conversation.memory.intent.clone();
    let route = route_for(policy, trigger, intent.as_ref());
    let mut needed: BTreeMap<SkillName, u8> = policy
        .routes
        .get(&route)
        .map_or_else(BTreeMap::new, |route| route.skills.clone());
    for (skill, level) in trigger.into_iter().flat_map(|trigger| &trigger.skills) {
        let least = needed.entry(skill.clone()).or_insert(*level);
        *least = (*least).max(*level);
    }
    for skill in skills {
        needed.entry(skill.clone()).or_insert(1);
    }
    let ruling = Ruling::HandoffOpened {
        conversation: conversation.id,
        message,
        trigger: trigger.map(|trigger| trigger.name.clone()),
        level: trigger.map_or(Level::Immediate, |trigger| trigger.level),
        severity: trigger.map_or(Severity::Normal, |trigger| trigger.severity),
        intent,
        route,
        skills: needed,
        epoch: conversation.epoch + 1,
        briefing: briefing::compose(conversation),
    };
    desk.decision(because, ruling)
}

/// Where the trigger says; else where the intent belongs; else the default.
fn route_for(policy: &Policy, trigger: Option<&Trigger>, intent: Option<&IntentName>) -> RouteName {
    let by_trigger = trigger.and_then(|trigger| trigger.route.clone());
    let by_intent = || {
        let serves = |intent| {
            policy
                .routes
                .iter()
                .find(|(_, r)| r.intents.contains(intent))
        };
        intent.and_then(serves).map(|(name, _)| name.clone())
    };
    by_trigger
        .or_else(by_intent)
        .unwrap_or_else(|| policy.default_route.clone())
}
