//! What one message tells: pure readings of its text.
//!
//! One file reads one thing; [`Reader`] asks them all. Every reading is deterministic, takes time
//! linear in the text and accepts any Unicode. The word lists are English: a text in another
//! language gets the readings that need no words (facts, capitals, punctuation) and the intents
//! that the policy's own keywords and examples teach, and is otherwise read as saying nothing.

mod asks;
mod examples;
mod facts;
mod features;
mod frustration;
mod gist;
mod hints;
mod intent;
mod lexicon;
mod moment;
mod print;
mod reader;
mod sentence;
mod sentiment;
mod situations;
mod solved;
mod words;

pub use features::features;
pub use hints::{of_asking, of_tone};
pub use moment::{Said, moment};
pub(crate) use print::{meaningful_words, stable_hash};
pub use reader::{Reader, VERSION};
pub use sentence::sentences;

use serde::{Deserialize, Serialize};

use crate::id::{IntentName, SituationName};

/// A stretch of a message's text, in bytes, on character boundaries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The stretch of `text` that this span names; empty when it was made for another text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize)
            .unwrap_or("")
    }

    /// Whether the two share a byte.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

fn span(start: usize, end: usize) -> Span {
    let byte = |at| u32::try_from(at).unwrap_or(u32::MAX);
    Span {
        start: byte(start),
        end: byte(end),
    }
}

/// Everything the desk learns from a text. The text itself stays outside of the journal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The words that ask for a person, if any do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks_for_person: Option<Span>,
    /// The likeliest intent of the policy, if any is likely enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<IntentReading>,
    /// The situations of the policy that the message shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub situations: Vec<SituationReading>,
    /// -1000 (furious) to 1000 (delighted).
    pub sentiment_permille: i16,
    /// What shows frustration, each with its place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frustration: Vec<Cue>,
    /// Facts that stand in the text word for word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<FactSpan>,
    /// The sentence that says best what the message is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gist: Option<Span>,
    /// The customer says that the matter is settled.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub says_solved: bool,
    /// Words in the text.
    pub words: u16,
    /// A min-hash of the words that carry meaning, to find a text that says the same again.
    pub print: Fingerprint,
}

/// How a message feels, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feeling {
    /// Sad, angry, disappointed.
    Negative,
    /// No feeling to speak of.
    Neutral,
    /// Glad, grateful.
    Positive,
}

impl Feeling {
    /// The feeling at a sentiment of -1000 to 1000.
    pub fn at(sentiment_permille: i16) -> Self {
        match sentiment_permille {
            ..=-100 => Self::Negative,
            100.. => Self::Positive,
            _ => Self::Neutral,
        }
    }
}

impl Reading {
    /// How many kinds of sign of frustration the text shows.
    pub fn kinds_of_cues(&self) -> usize {
        let mut kinds: Vec<CueKind> = self.frustration.iter().map(|cue| cue.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds.len()
    }
}

/// An intent with how sure the reading is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntentReading {
    /// The policy's name for it.
    pub intent: IntentName,
    /// 0 to 1000.
    pub confidence_permille: u16,
    /// The words that speak for it most.
    pub span: Span,
}

/// A situation with how sure the reading is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SituationReading {
    /// The policy's name for it.
    pub situation: SituationName,
    /// 0 to 1000.
    pub confidence_permille: u16,
    /// The words that speak for it most.
    pub span: Span,
}

/// One sign of frustration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cue {
    /// What kind of sign it is.
    pub kind: CueKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of sign that a message is written in anger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CueKind {
    /// Words in capitals.
    Capitals,
    /// Runs of `!` or `?`.
    Punctuation,
    /// A swear word.
    Profanity,
    /// "again", "still", "third time".
    Persistence,
    /// A threat to leave, to dispute or to sue.
    Threat,
}

/// A fact that stands in the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactSpan {
    /// What kind of fact.
    pub kind: FactKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of fact that an agent would otherwise ask for again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// An order, ticket, invoice or account number.
    Reference,
    /// An amount of money.
    Amount,
    /// A calendar date or a weekday.
    Date,
    /// A mail address.
    Email,
    /// A telephone number.
    Phone,
    /// An error code or a quoted error message.
    Error,
    /// A web address.
    Link,
}

/// Sixteen smallest hashes of a text's meaningful words; all zero for a text without any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub [u32; 16]);

impl Fingerprint {
    /// Share of equal slots, 0 to 1000: an estimate of the overlap of the two sets of words
    /// (Broder 1997). A text without meaningful words resembles nothing.
    pub fn resemblance_permille(&self, other: &Self) -> u16 {
        if self.0 == [0; 16] || other.0 == [0; 16] {
            return 0;
        }
        let equal = self
            .0
            .iter()
            .zip(other.0)
            .filter(|(mine, theirs)| **mine == *theirs)
            .count();
        u16::try_from(equal * 1000 / 16).unwrap_or(1000)
    }
}
