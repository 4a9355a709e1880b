//! Conversations as their source recorded them, with what was read of them before.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    id::CustomerId,
    journal::{Answer, Author, CustomerFacts},
    signals::Reading,
    time::Timestamp,
};

/// Between two messages of a conversation whose source has no times.
const STEP_SECONDS: u32 = 20;

/// Who spoke in the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The customer.
    Customer,
    /// The AI.
    Assistant,
    /// A person of the team.
    Agent,
}

impl Speaker {
    /// As whom the desk hears them. A person's words come after the end of every replay.
    pub(super) fn author(self) -> Author {
        match self {
            Self::Customer => Author::Customer,
            Self::Assistant | Self::Agent => Author::Assistant,
        }
    }
}

/// Where a conversation is kept, for whoever wants to quote from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Nowhere: it was read from a file, and its words came along.
    #[default]
    File,
    /// In the history that was brought in.
    Import {
        /// Which import.
        import: u64,
        /// Which of its conversations.
        seq: u64,
    },
    /// In the desk's own journal.
    Journal,
}

/// A conversation as its source recorded it.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// As the source calls it.
    pub external_id: String,
    /// Where it is kept.
    pub origin: Origin,
    /// Where it was held.
    pub channel: String,
    /// The customer's tier.
    pub tier: Option<String>,
    /// The customer's language, a BCP 47 tag.
    pub locale: Option<String>,
    /// Whether the time between a question and its answer says how long the assistant took. If
    /// not, silences are not judged.
    pub silence_known: bool,
    /// In order.
    pub turns: Vec<RecordedTurn>,
    /// How it ended.
    pub outcome: RecordedOutcome,
}

impl Recorded {
    /// The times at which the messages are heard: the recorded ones if all are there.
    pub(super) fn times(&self) -> Vec<Timestamp> {
        let known: Option<Vec<Timestamp>> = self.turns.iter().map(|turn| turn.at).collect();
        known.unwrap_or_else(|| {
            let step = |place| Timestamp(0).plus_seconds(STEP_SECONDS * place);
            (0..).map(step).take(self.turns.len()).collect()
        })
    }

    /// Whether every message has its time, and the times tell of silences.
    pub(super) fn silence_judged(&self) -> bool {
        self.silence_known && self.turns.iter().all(|turn| turn.at.is_some())
    }

    /// What decisions may depend on about the customer.
    pub(super) fn customer(&self) -> CustomerFacts {
        CustomerFacts {
            id: CustomerId(0),
            tier: self.tier.clone(),
            locale: self.locale.clone(),
            attributes: BTreeMap::new(),
            previous: Vec::new(),
        }
    }
}

/// One message of a record. Written down without its words, it is what a replay needs again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedTurn {
    /// Who.
    pub by: Speaker,
    /// When, where the source says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The words; empty where only what they tell was kept.
    #[serde(skip)]
    pub text: String,
    /// What the assistant said about its answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// With this message the assistant gave the conversation to a person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hands_off: bool,
    /// What the words tell, where they were read before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Box<Reading>>,
}

/// How a recorded conversation ended, where its source says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordedOutcome {
    /// Whether a person took over.
    pub handed_off: Option<bool>,
    /// Whether the matter was settled.
    pub solved: Option<bool>,
    /// Further judgements of the source, by name. They are compared with and never judged by.
    pub labels: BTreeMap<String, bool>,
}
