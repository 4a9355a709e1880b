//! What a decision rests on: the rule as its policy wrote it, the words that it saw, and the
//! rules that yielded to it.

use std::collections::BTreeMap;

use segue_core::{
    audit::{evidence, quotation},
    id::{ConversationId, HandoffId, MessageId, TriggerName},
    journal::{Author, Decision, Entry, Fired, Line, Observation, Reason, Ruling},
    policy::{Policy, Trigger, condition::Clause},
    signals::{Reading, Span},
};
use segue_store::{Store, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use super::word;

/// A trigger as its policy writes it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub about: String,
    /// Its condition.
    pub when: String,
    /// `immediate`, `proactive` or `suggest`.
    pub level: String,
    /// `urgent`, `high`, `normal` or `low`.
    pub severity: String,
}

/// Words that a decision rests on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Evidence {
    /// The message that they stand in.
    pub message: String,
    /// `customer`, `assistant`, `agent` or `segue`.
    pub author: String,
    /// What they show, as conditions call it; none for a message that was heard as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shows: Option<&'static str>,
    /// The words themselves, unless they are erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// The sentence around them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// The words were erased; that they stood there is still known.
    pub erased: bool,
}

/// A trigger that did not decide.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Yielded {
    /// Its name.
    pub trigger: String,
    /// `immediate`, `proactive` or `suggest`, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Its severity, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// Why it yielded.
    pub why: String,
}

/// Lines of the journal with all that is needed to explain them.
pub struct Story {
    /// In order.
    pub lines: Vec<Line>,
    texts: BTreeMap<u64, String>,
    policies: BTreeMap<u32, Policy>,
}

impl Story {
    /// All that is known of a handoff.
    pub async fn of_handoff(store: &dyn Store, id: HandoffId) -> Result<Self, StoreError> {
        let lines = store.lines_of_handoff(id).await?;
        Self::of_lines(store, lines).await
    }

    /// All that is known of a conversation with its handoffs.
    pub async fn of_conversation(
        store: &dyn Store,
        id: ConversationId,
    ) -> Result<Self, StoreError> {
        let mut lines = store.lines_of_conversation(id).await?;
        for handoff in store.handoffs_of(id).await? {
            lines.extend(store.lines_of_handoff(handoff.id).await?);
        }
        lines.sort_by_key(|line| line.position);
        lines.dedup_by_key(|line| line.position);
        Self::of_lines(store, lines).await
    }

    async fn of_lines(store: &dyn Store, lines: Vec<Line>) -> Result<Self, StoreError> {
        let messages: Vec<u64> = lines
            .iter()
            .filter(|line| heard(line).is_some())
            .map(|line| line.position)
            .collect();
        let bodies = store.bodies(&messages).await?;
        let texts = bodies.into_iter().map(|body| (body.position, body.text));
        let mut policies = BTreeMap::from([(0, Policy::default())]);
        for version in lines.iter().filter_map(version) {
            if policies.contains_key(&version) {
                continue;
            }
            let row = store.policy(Some(version)).await?;
            // One that only an older build could read has no rules to show.
            if let Some(Ok(policy)) = row.map(|row| Policy::parse(&row.source)) {
                policies.insert(version, policy);
            }
        }
        Ok(Self {
            texts: texts.collect(),
            lines,
            policies,
        })
    }

    /// Leaves only the lines of one message: what it is, and what was decided on it.
    #[must_use]
    pub fn about(mut self, message: MessageId) -> Self {
        self.lines.retain(|line| line.position >= message.0);
        let is_seen = |line: &Line| matches!(line.entry, Entry::Observed(_));
        let own = self.lines.iter().skip(1).position(is_seen);
        self.lines.truncate(own.map_or(usize::MAX, |more| more + 1));
        self
    }

    /// A trigger as the policy of a version has it.
    pub fn trigger(&self, policy: u32, name: &TriggerName) -> Option<&Trigger> {
        let triggers = &self.policies.get(&policy)?.triggers;
        triggers.iter().find(|trigger| trigger.name == *name)
    }

    /// The rule behind a decision.
    pub(super) fn rule(&self, decision: &Decision) -> Option<Rule> {
        let Reason::Trigger { name, .. } = &decision.because else {
            return None;
        };
        let trigger = self.trigger(decision.policy, name)?;
        Some(Rule {
            name: name.to_string(),
            about: trigger.about.clone(),
            when: trigger.when.text(),
            level: word(trigger.level),
            severity: word(trigger.severity),
        })
    }

    /// What somebody wrote, as a whole.
    pub(super) fn said(&self, line: &Line, seen: &Observation) -> Vec<Evidence> {
        match seen {
            Observation::MessageReceived { author, .. } => {
                vec![self.quoted(MessageId(line.position), *author, None, None)]
            }
            _ => Vec::new(),
        }
    }

    /// The words that a decision by a trigger rests on.
    pub(super) fn evidence(&self, decision: &Decision) -> Vec<Evidence> {
        let Reason::Trigger { clauses, .. } = &decision.because else {
            return Vec::new();
        };
        let Some((message, author, reading)) = self.judged(&decision.ruling) else {
            return Vec::new();
        };
        let mut told: Vec<Evidence> = evidence(reading, clauses)
            .into_iter()
            .map(|(fact, span)| self.quoted(message, author, Some(fact), Some(span)))
            .collect();
        if told.is_empty() && rests_on_all(clauses) {
            told.push(self.quoted(message, author, None, None));
        }
        told
    }

    fn judged(&self, ruling: &Ruling) -> Option<(MessageId, Author, &Reading)> {
        let (Ruling::Judged { message, .. } | Ruling::HandoffOpened { message, .. }) = ruling
        else {
            return None;
        };
        let id = (*message)?;
        let line = self.lines.iter().find(|line| line.position == id.0)?;
        heard(line).map(|(author, reading)| (id, author, reading))
    }

    fn quoted(
        &self,
        message: MessageId,
        author: Author,
        shows: Option<&'static str>,
        span: Option<Span>,
    ) -> Evidence {
        let text = self.texts.get(&message.0);
        let author = match author {
            Author::Agent(_) => "agent".to_owned(),
            other => word(other),
        };
        Evidence {
            message: message.to_string(),
            author,
            shows,
            words: text
                .map(|text| span.map_or_else(|| quotation(text, None), |s| s.of(text).into())),
            sentence: text
                .filter(|_| span.is_some())
                .map(|text| quotation(text, span)),
            erased: text.is_none(),
        }
    }
}

/// The triggers that did not decide, each with why.
pub(super) fn yielded(decision: &Decision) -> Vec<Yielded> {
    let Ruling::Judged {
        fired, also_fired, ..
    } = &decision.ruling
    else {
        return Vec::new();
    };
    let fired = fired.as_ref();
    let mut all: Vec<Yielded> = also_fired
        .iter()
        .map(|other| Yielded {
            trigger: other.trigger.to_string(),
            level: Some(word(other.level)),
            severity: Some(word(other.severity)),
            why: fired.map_or_else(String::new, |winner| why(winner, other)),
        })
        .collect();
    if let Reason::NothingFired { cooling, .. } = &decision.because {
        all.extend(cooling.iter().map(held_still));
    }
    all
}

fn held_still(trigger: &TriggerName) -> Yielded {
    Yielded {
        trigger: trigger.to_string(),
        level: None,
        severity: None,
        why: "its condition held, and it holds still after a stay, a return or its own suggestion"
            .to_owned(),
    }
}

/// The written order: level, then severity, then the order of the document.
fn why(winner: &Fired, other: &Fired) -> String {
    let Fired { trigger, .. } = winner;
    if other.level < winner.level {
        let (low, high) = (word(other.level), word(winner.level));
        return format!("its level {low} is below {high}, that of {trigger}");
    }
    if other.severity < winner.severity {
        let (low, high) = (word(other.severity), word(winner.severity));
        return format!("its severity {low} is below {high}, that of {trigger}");
    }
    format!("{trigger} stands before it in the policy, at the same level and severity")
}

/// Whether the clauses are about a message as a whole.
fn rests_on_all(clauses: &[Clause]) -> bool {
    let mut facts = clauses.iter().flat_map(|clause| &clause.values);
    facts.any(|(name, _)| name.starts_with("message.") || name.starts_with("assistant."))
}

/// Who said what a line holds, and what it tells.
fn heard(line: &Line) -> Option<(Author, &Reading)> {
    match &line.entry {
        Entry::Observed(Observation::MessageReceived {
            author, reading, ..
        }) => Some((*author, reading)),
        _ => None,
    }
}

/// The policy of a decision.
fn version(line: &Line) -> Option<u32> {
    match &line.entry {
        Entry::Decided(decision) => Some(decision.policy),
        Entry::Observed(_) => None,
    }
}
