//! What does the source tell, and what can therefore not be known?

use serde::Serialize;

use super::past::{Past, Path};
use crate::audit::Speaker;

/// In how many conversations something is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Known {
    /// What it is.
    pub fact: String,
    /// Conversations in which the source tells it.
    pub known: u64,
    /// Of so many.
    pub of: u64,
    /// What cannot be said without it; none where it is always known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consequence: Option<String>,
}

/// A fact, whether a conversation tells it, and what cannot be said without it.
type Fact = (&'static str, fn(&Past) -> bool, &'static str);

const FACTS: [Fact; 11] = [
    (
        "who had it",
        |past| past.path() != Path::Unknown,
        "these conversations are in no handoff rate",
    ),
    (
        "an assistant",
        |past| matches!(past.path(), Path::HandedOff | Path::AssistantOnly),
        "there is no handoff from an assistant to count in them",
    ),
    (
        "the words of the customer",
        |past| past.said_by(Speaker::Customer).is_some(),
        "mood, questions asked twice and topics from words cannot be told",
    ),
    (
        "the words of an agent",
        |past| past.said_by(Speaker::Agent).is_some(),
        "what agents had to ask again cannot be told",
    ),
    (
        "when it began",
        |past| past.opened_at.is_some(),
        "hour, weekday and all lengths of time cannot be told",
    ),
    (
        "when it was settled",
        |past| past.resolved_at.is_some(),
        "how long it took cannot be told",
    ),
    (
        "whether it was settled",
        |past| past.solved.is_some(),
        "an assistant's own conversation may have ended well or been given up: they are not told apart",
    ),
    (
        "a topic",
        |past| past.topic.is_some(),
        "topics are taken from the words of the first message, where there are any",
    ),
    (
        "the groups that had it",
        |past| past.groups.is_some(),
        "hops and the first route cannot be judged",
    ),
    (
        "a rating",
        |past| past.satisfied.is_some(),
        "satisfaction is known of those who rated only, and they may differ from the others",
    ),
    (
        "how often it was reopened",
        |past| past.reopens.is_some(),
        "a settlement that did not last is not seen",
    ),
];

/// Counts what is known.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Coverage {
    all: u64,
    known: [u64; FACTS.len()],
}

impl Coverage {
    pub(super) fn add(&mut self, past: &Past) {
        self.all += 1;
        for ((_, tells, _), count) in FACTS.iter().zip(&mut self.known) {
            *count += u64::from(tells(past));
        }
    }

    pub(super) fn finish(self) -> Vec<Known> {
        let told = FACTS.iter().zip(self.known);
        told.map(|((fact, _, consequence), known)| Known {
            fact: (*fact).to_owned(),
            known,
            of: self.all,
            consequence: (known < self.all).then(|| (*consequence).to_owned()),
        })
        .collect()
    }
}
