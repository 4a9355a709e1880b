//! A message as it travels, and what was decided on it.

use segue_core::{
    desk::Desk,
    id::{ConversationId, MessageId},
    journal::{
        Answer, Author, Decision as CoreDecision, Entry, Fired, Line, Notice, Observation, Reason,
        Ruling, Verdict,
    },
    signals::Reading,
};
use segue_store::{Body, MessageRow};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

use super::{
    Person, Source,
    conversation::{HandoffBrief, person},
    json_of, moment, share, word,
};

/// One message, or one notice.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Message {
    /// Which, like `msg_14`.
    pub id: String,
    /// Where.
    pub conversation_id: String,
    /// `customer`, `assistant`, `agent` or `notice`.
    pub author: String,
    /// Which agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<Person>,
    /// The words.
    pub text: String,
    /// When.
    pub at: String,
    /// Kept for the agent and not shown to the customer.
    pub withheld: bool,
    /// What the assistant said of its answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assistant: Option<AssistantSaid>,
    /// What kind of notice it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<NoticeSaid>,
    /// What the text tells; for the team only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub signals: Option<Reading>,
}

/// What the assistant said of its answer.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct AssistantSaid {
    /// How sure it is, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// What it took the question for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// What it tried.
    pub attempted: Vec<String>,
    /// What it rests on.
    pub sources: Vec<Source>,
}

/// What kind of notice it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeSaid {
    /// Such as `announced` or `agent_joined`.
    pub kind: String,
    /// What could be chosen when it was given.
    pub choices: Vec<String>,
}

/// The words that are kept beside a message's text.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Extra {
    /// What the assistant tried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempted: Vec<String>,
    /// What its answer rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
}

impl Extra {
    /// As it was kept; empty if nothing was.
    pub fn of(kept: Option<&Json>) -> Self {
        kept.and_then(|kept| serde_json::from_value(kept.clone()).ok())
            .unwrap_or_default()
    }

    /// To be kept; nothing if there is nothing.
    pub fn kept(&self) -> Option<Json> {
        let nothing = self.attempted.is_empty() && self.sources.is_empty();
        (!nothing)
            .then(|| serde_json::to_value(self).ok())
            .flatten()
    }
}

struct Parts<'m> {
    id: MessageId,
    conversation: ConversationId,
    author: Author,
    at: segue_core::time::Timestamp,
    body: Option<(&'m str, Option<&'m Json>)>,
    withheld: bool,
    reading: Option<&'m Reading>,
    answer: Option<&'m Answer>,
    notice: Option<&'m Notice>,
}

fn message(desk: &Desk, parts: &Parts<'_>) -> Message {
    let (text, extra) = parts.body.unwrap_or_default();
    let agent = match parts.author {
        Author::Agent(agent) => Some(agent),
        Author::Segue => parts.notice.and_then(|notice| notice.agent),
        Author::Customer | Author::Assistant => None,
    };
    let is_assistant = parts.author == Author::Assistant;
    Message {
        id: parts.id.to_string(),
        conversation_id: parts.conversation.to_string(),
        author: author_word(parts.author).into(),
        agent: agent.map(|agent| person(desk, agent, None)),
        text: text.to_owned(),
        at: moment(parts.at),
        withheld: parts.withheld,
        assistant: is_assistant.then(|| said(parts.answer, extra)),
        notice: parts.notice.map(|notice| NoticeSaid {
            kind: word(notice.kind),
            choices: notice.choices.iter().map(word).collect(),
        }),
        signals: parts.reading.cloned(),
    }
}

/// How an author is named.
pub fn author_word(author: Author) -> &'static str {
    match author {
        Author::Customer => "customer",
        Author::Assistant => "assistant",
        Author::Agent(_) => "agent",
        Author::Segue => "notice",
    }
}

fn said(answer: Option<&Answer>, extra: Option<&Json>) -> AssistantSaid {
    let Extra { attempted, sources } = Extra::of(extra);
    AssistantSaid {
        confidence: answer
            .and_then(|answer| answer.confidence_permille)
            .map(share),
        intent: answer
            .and_then(|answer| answer.intent.as_ref())
            .map(ToString::to_string),
        attempted,
        sources,
    }
}

impl Message {
    /// From the store.
    pub fn of_row(desk: &Desk, row: &MessageRow) -> Self {
        let text = row.text.as_deref().unwrap_or_default();
        message(
            desk,
            &Parts {
                id: row.id,
                conversation: row.conversation,
                author: row.author,
                at: row.at,
                body: Some((text, row.extra.as_ref())),
                withheld: row.withheld,
                reading: row.reading.as_ref(),
                answer: row.answer.as_ref(),
                notice: row.notice.as_ref(),
            },
        )
    }

    /// From its line; nothing if the line is not a message.
    pub fn of_line(desk: &Desk, line: &Line, body: Option<&Body>, withheld: bool) -> Option<Self> {
        let mut parts = Parts {
            id: MessageId(line.position),
            conversation: ConversationId(0),
            author: Author::Segue,
            at: line.at,
            body: body.map(|body| (body.text.as_str(), body.extra.as_ref())),
            withheld,
            reading: None,
            answer: None,
            notice: None,
        };
        match &line.entry {
            Entry::Observed(Observation::MessageReceived {
                conversation,
                author,
                reading,
                answer,
                ..
            }) => {
                parts.conversation = *conversation;
                parts.author = *author;
                parts.reading = Some(reading);
                parts.answer = answer.as_ref();
            }
            Entry::Decided(CoreDecision {
                ruling:
                    Ruling::NoticeGiven {
                        conversation,
                        notice,
                        ..
                    },
                ..
            }) => {
                parts.conversation = *conversation;
                parts.notice = Some(notice);
            }
            _ => return None,
        }
        Some(message(desk, &parts))
    }

    /// As its customer may see it; nothing if it is withheld.
    #[must_use]
    pub fn for_customer(mut self) -> Option<Self> {
        if self.withheld {
            return None;
        }
        self.signals = None;
        if let Some(assistant) = &mut self.assistant {
            assistant.confidence = None;
            assistant.intent = None;
            assistant.attempted.clear();
        }
        Some(self)
    }
}

/// What the triggers concluded on a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Decision {
    /// `stay`, `suggest` or `hand_off`.
    pub outcome: String,
    /// The trigger that won.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    /// How strongly it acts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The clauses of its condition with what they saw.
    pub because: Vec<Because>,
    /// The triggers that fired too and yielded, strongest first.
    pub also_fired: Vec<AlsoFired>,
}

/// What one clause of a condition saw.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Because {
    /// The clause as the policy writes it.
    pub text: String,
    /// The facts in it with their values.
    #[schema(value_type = Object)]
    pub values: Map<String, Json>,
    /// What it came to; none where a fact that matters is unknown.
    pub holds: Option<bool>,
}

/// A trigger that fired and yielded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlsoFired {
    /// Which.
    pub trigger: String,
    /// How strongly it acts.
    pub level: String,
    /// How grave the matter is.
    pub severity: String,
}

/// The answer to a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Received {
    /// The message as it was taken.
    pub message: Message,
    /// What follows.
    pub decision: Decision,
    /// What the customer was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<Message>,
    /// The handoff that was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handoff: Option<HandoffBrief>,
}

impl Received {
    /// As a customer may see it.
    #[must_use]
    pub fn for_customer(mut self) -> Self {
        self.message.signals = None;
        self.decision.because.clear();
        self.decision.also_fired.clear();
        self.decision.trigger = None;
        if let Some(handoff) = &mut self.handoff {
            handoff.trigger = None;
        }
        self
    }
}

/// What a message's own turn decided on it.
pub fn decided(lines: &[Line]) -> Decision {
    let judged = lines.iter().find_map(|line| match &line.entry {
        Entry::Decided(decision) => match &decision.ruling {
            Ruling::Judged {
                verdict,
                fired,
                also_fired,
                ..
            } => Some(judgement(
                *verdict,
                fired.as_ref(),
                also_fired,
                &decision.because,
            )),
            _ => None,
        },
        Entry::Observed(_) => None,
    });
    judged.unwrap_or_else(|| Decision {
        outcome: "stay".into(),
        trigger: None,
        level: None,
        because: Vec::new(),
        also_fired: Vec::new(),
    })
}

fn judgement(
    verdict: Verdict,
    fired: Option<&Fired>,
    also_fired: &[Fired],
    because: &Reason,
) -> Decision {
    let also = |fired: &Fired| AlsoFired {
        trigger: fired.trigger.to_string(),
        level: word(fired.level),
        severity: word(fired.severity),
    };
    Decision {
        outcome: word(verdict),
        trigger: fired.map(|fired| fired.trigger.to_string()),
        level: fired.map(|fired| word(fired.level)),
        because: clauses(because),
        also_fired: also_fired.iter().map(also).collect(),
    }
}

/// The clauses of a reason that is a trigger's condition.
pub fn clauses(reason: &Reason) -> Vec<Because> {
    let Reason::Trigger { clauses, .. } = reason else {
        return Vec::new();
    };
    let because = |clause: &segue_core::policy::condition::Clause| Because {
        text: clause.text.clone(),
        values: clause
            .values
            .iter()
            .map(|(name, value)| (name.clone(), value.as_ref().map_or(Json::Null, json_of)))
            .collect(),
        holds: clause.holds,
    };
    clauses.iter().map(because).collect()
}
