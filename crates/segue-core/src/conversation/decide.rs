//! What an observation means for the lifecycle: refused at the door, or who holds it next.

use super::{Conversation, Stage};
use crate::{
    desk::{Deadline, Desk, Turn},
    id::{AgentId, ConversationId, HandoffId},
    journal::{Author, Choice, Decision, Ending, Observation, Reason, Refusal, Ruling},
    queue::Handoff,
};

/// Refuses what cannot be, before anything is written.
pub(crate) fn admit(desk: &Desk, seen: &Observation) -> Result<(), Refusal> {
    match seen {
        Observation::MessageReceived {
            conversation,
            author,
            ..
        } => admit_by(desk, *conversation, *author),
        Observation::ConversationReopened { conversation, .. } => {
            match desk.conversation(*conversation) {
                Some(_) => Err(Refusal::AlreadyOpen(*conversation)),
                None => Ok(()),
            }
        }
        Observation::AssistantFailed { conversation, .. }
        | Observation::SituationsJudged { conversation, .. } => desk.open(*conversation).map(drop),
        Observation::Resolved { conversation, by } => admit_by(desk, *conversation, *by),
        Observation::HandoffRequested { conversation, .. } => {
            let conversation = desk.open(*conversation)?;
            match conversation.stage {
                Stage::WithAssistant { .. } => Ok(()),
                Stage::Waiting { .. } | Stage::WithAgent { .. } => {
                    Err(Refusal::AlreadyHandedOff(conversation.id))
                }
            }
        }
        Observation::ChoiceMade {
            conversation,
            choice,
            ..
        } => admit_choice(desk, desk.open(*conversation)?, *choice),
        Observation::Returned { handoff, agent } => desk.held_by(*handoff, *agent).map(drop),
        Observation::CsatGiven { score, .. } => {
            in_range("score", i64::from(*score), 1, 5, "1 to 5")
        }
        _ => Ok(()),
    }
}

/// An agent speaks and closes only where the conversation is theirs.
fn admit_by(desk: &Desk, conversation: ConversationId, by: Author) -> Result<(), Refusal> {
    let conversation = desk.open(conversation)?;
    match by {
        Author::Agent(agent) => desk.holder_of(conversation, agent),
        Author::Customer | Author::Assistant | Author::Segue => Ok(()),
    }
}

fn admit_choice(desk: &Desk, conversation: &Conversation, choice: Choice) -> Result<(), Refusal> {
    if desk.choices(conversation).contains(&choice) {
        Ok(())
    } else {
        Err(Refusal::NothingToChoose(conversation.id))
    }
}

pub(crate) fn in_range(
    field: &'static str,
    given: i64,
    low: i64,
    high: i64,
    allowed: &'static str,
) -> Result<(), Refusal> {
    if (low..=high).contains(&given) {
        Ok(())
    } else {
        Err(Refusal::OutOfRange {
            field,
            given,
            allowed,
        })
    }
}

/// Changes of hands that follow from the observation alone.
pub(crate) fn decide(desk: &Desk, turn: &Turn) -> Vec<Decision> {
    match &turn.seen {
        Observation::MessageReceived {
            conversation,
            author,
            epoch,
            ..
        } => refuse_late_reply(desk, *conversation, *author, *epoch),
        Observation::ChoiceMade {
            conversation,
            choice: Choice::Stay,
            ..
        } => stay(desk, *conversation),
        Observation::Resolved { conversation, by } => resolve(desk, *conversation, *by),
        Observation::Returned { handoff, agent } => give_back(desk, *handoff, *agent),
        Observation::Woke => close_idle(desk, turn),
        _ => Vec::new(),
    }
}

/// A reply of the assistant counts only while the assistant holds the present epoch. Without an
/// epoch it is taken as given now.
pub(crate) fn is_late(conversation: &Conversation, author: Author, epoch: Option<u32>) -> bool {
    author == Author::Assistant
        && (!conversation.with_assistant() || epoch.is_some_and(|e| e != conversation.epoch))
}

fn refuse_late_reply(
    desk: &Desk,
    id: ConversationId,
    author: Author,
    given: Option<u32>,
) -> Vec<Decision> {
    let Some(conversation) = desk.conversation(id) else {
        return Vec::new();
    };
    if !is_late(conversation, author, given) {
        return Vec::new();
    }
    let ruling = Ruling::ReplyRefused {
        conversation: id,
        given,
        current: conversation.epoch,
    };
    vec![desk.decision(Reason::StaleEpoch, ruling)]
}

/// The customer stays with the assistant: a waiting handoff ends, a suggestion is just put away.
fn stay(desk: &Desk, id: ConversationId) -> Vec<Decision> {
    let Some(conversation) = desk.conversation(id) else {
        return Vec::new();
    };
    let Stage::Waiting { handoff, .. } = conversation.stage else {
        return Vec::new();
    };
    let because = Reason::Asked {
        by: Author::Customer,
    };
    vec![end(desk, conversation, handoff, Ending::Stayed, because)]
}

fn give_back(desk: &Desk, handoff: HandoffId, agent: AgentId) -> Vec<Decision> {
    let Some(conversation) = desk.conversation_of(handoff) else {
        return Vec::new();
    };
    let because = Reason::Asked {
        by: Author::Agent(agent),
    };
    vec![end(desk, conversation, handoff, Ending::Returned, because)]
}

fn end(
    desk: &Desk,
    conversation: &Conversation,
    handoff: HandoffId,
    how: Ending,
    because: Reason,
) -> Decision {
    let ruling = Ruling::HandoffEnded {
        handoff,
        conversation: conversation.id,
        how,
        agent: desk.handoff(handoff).and_then(Handoff::assigned_to),
        epoch: conversation.epoch + 1,
    };
    desk.decision(because, ruling)
}

fn resolve(desk: &Desk, id: ConversationId, by: Author) -> Vec<Decision> {
    let Some(conversation) = desk.conversation(id) else {
        return Vec::new();
    };
    let ending = match conversation.stage {
        Stage::WithAssistant { .. } => None,
        Stage::Waiting { handoff, .. } => Some((handoff, Ending::Abandoned)),
        Stage::WithAgent { handoff, .. } => Some((handoff, Ending::Resolved)),
    };
    let mut decisions = Vec::new();
    if let Some((handoff, how)) = ending {
        decisions.push(end(desk, conversation, handoff, how, Reason::Asked { by }));
    }
    let epoch = conversation.epoch + 1 + u32::from(ending.is_some());
    let ruling = Ruling::ConversationResolved {
        conversation: id,
        by,
        epoch,
    };
    decisions.push(desk.decision(Reason::Asked { by }, ruling));
    decisions
}

/// Closes what nobody has touched for the time that the policy sets.
fn close_idle(desk: &Desk, turn: &Turn) -> Vec<Decision> {
    let seconds = desk.policy().close_after_seconds;
    let idle = turn.due.iter().filter_map(|deadline| match deadline {
        Deadline::ConversationIdle(id) => desk.conversation(*id),
        _ => None,
    });
    idle.filter(|conversation| conversation.with_assistant())
        .map(|conversation| {
            let ruling = Ruling::ConversationResolved {
                conversation: conversation.id,
                by: Author::Segue,
                epoch: conversation.epoch + 1,
            };
            desk.decision(Reason::TimeUp { seconds }, ruling)
        })
        .collect()
}

impl Desk {
    pub(crate) fn open(&self, id: ConversationId) -> Result<&Conversation, Refusal> {
        self.conversation(id).ok_or(Refusal::NoConversation(id))
    }

    pub(crate) fn live(&self, id: HandoffId) -> Result<&Handoff, Refusal> {
        self.handoff(id).ok_or(Refusal::NoHandoff(id))
    }

    pub(crate) fn held_by(&self, id: HandoffId, agent: AgentId) -> Result<&Handoff, Refusal> {
        let handoff = self.live(id)?;
        if handoff.assigned_to() == Some(agent) {
            Ok(handoff)
        } else {
            Err(Refusal::NotYours { handoff: id, agent })
        }
    }

    fn holder_of(&self, conversation: &Conversation, agent: AgentId) -> Result<(), Refusal> {
        match conversation.stage {
            Stage::WithAgent { handoff, .. } => self.held_by(handoff, agent).map(drop),
            Stage::Waiting { handoff, .. } => Err(Refusal::NotYours { handoff, agent }),
            Stage::WithAssistant { .. } => Err(Refusal::NotWithAgent(conversation.id)),
        }
    }
}
