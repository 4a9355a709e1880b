//! The facts that a condition may ask for: one table, so that the checker, the manual and a
//! completion list never disagree.

use std::fmt;

use super::condition::{Value, ValueRef};

/// What a fact may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    Bool,
    /// A number within these bounds, in thousandths.
    Number {
        /// The least.
        low: i64,
        /// The greatest; none where there is no natural end.
        high: Option<i64>,
    },
    /// Any words.
    Text,
    /// The name of an intent of the policy.
    Intent,
    /// The name of an intent of the policy, or one that only the team's own assistant knows.
    OwnIntent,
    /// One of these words.
    OneOf(&'static [&'static str]),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("yes or no"),
            Self::Number {
                low,
                high: Some(high),
            } => write!(f, "number from {} to {}", low / 1000, high / 1000),
            Self::Number { low, high: None } => write!(f, "number from {}", low / 1000),
            Self::Text => f.write_str("text"),
            Self::Intent => f.write_str("intent of the policy"),
            Self::OwnIntent => f.write_str("intent of the policy or of the assistant"),
            Self::OneOf(words) => f.write_str(&words.join(" or ")),
        }
    }
}

/// Where a condition gets its values from. A fact that is not known yet is `None`; it is never
/// taken for false or for zero.
pub trait Facts {
    /// What is known of one of the table's facts.
    fn fact(&self, fact: Fact) -> Option<ValueRef<'_>>;
    /// What is known of `customer.<name>` where the table has no such fact.
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>>;
    /// What is known of `situation.<name>`; where nobody looks for situations, nothing is.
    fn situation(&self, _name: &str) -> Option<ValueRef<'_>> {
        None
    }
}

/// A fact as a condition names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactRef {
    /// One of the table's.
    Known(Fact),
    /// `customer.<name>`, an attribute that the team's own system gave.
    Attribute(Box<str>),
    /// `situation.<name>`, one of the policy's situations.
    Situation(Box<str>),
}

impl FactRef {
    /// What the facts know of it.
    pub fn of<'f, F: Facts + ?Sized>(&self, facts: &'f F) -> Option<ValueRef<'f>> {
        match self {
            Self::Known(fact) => facts.fact(*fact),
            Self::Attribute(name) => facts.attribute(name),
            Self::Situation(name) => facts.situation(name),
        }
    }

    /// Its name in a condition.
    pub fn name(&self) -> String {
        match self {
            Self::Known(fact) => fact.name().to_owned(),
            Self::Attribute(name) => format!("customer.{name}"),
            Self::Situation(name) => format!("situation.{name}"),
        }
    }
}

/// What the triggers are asked about. A fact that belongs to another occasion is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Occasion {
    /// The customer wrote.
    CustomerWrites,
    /// The assistant answered.
    AssistantAnswers,
    /// The assistant could not answer.
    AssistantFails,
    /// The assistant has not answered in time.
    AssistantSilent,
    /// A model judged whether a situation is so.
    ModelJudges,
}

impl Occasion {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::CustomerWrites,
        Self::AssistantAnswers,
        Self::AssistantFails,
        Self::AssistantSilent,
        Self::ModelJudges,
    ];

    /// "when the customer writes".
    pub const fn when(self) -> &'static str {
        match self {
            Self::CustomerWrites => "when the customer writes",
            Self::AssistantAnswers => "when the assistant answers",
            Self::AssistantFails => "when the assistant fails",
            Self::AssistantSilent => "when the assistant is silent",
            Self::ModelJudges => "when a model judges a situation",
        }
    }
}

/// Whether a fact is known on an occasion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It does not belong to the occasion.
    Never,
    /// Where somebody gave it or it could be told.
    Perhaps,
    /// In any case.
    Always,
}

impl Fact {
    /// Whether it is known on an occasion.
    pub fn known(self, occasion: Occasion) -> Known {
        let only = |of: Occasion, then| if occasion == of { then } else { Known::Never };
        match self {
            Self::ConversationIntent
            | Self::ConversationSentimentTrend
            | Self::CustomerTier
            | Self::CustomerLocale => Known::Perhaps,
            Self::MessageIntent | Self::MessageIntentConfidence => {
                only(Occasion::CustomerWrites, Known::Perhaps)
            }
            Self::MessageFrom => match occasion {
                Occasion::CustomerWrites | Occasion::AssistantAnswers => Known::Always,
                Occasion::AssistantFails | Occasion::AssistantSilent | Occasion::ModelJudges => {
                    Known::Never
                }
            },
            Self::AssistantConfidence
            | Self::AssistantConfidenceComputed
            | Self::AssistantIntent
            | Self::AssistantAttempted => only(Occasion::AssistantAnswers, Known::Perhaps),
            Self::AssistantRepeats => only(Occasion::AssistantAnswers, Known::Always),
            Self::AssistantSilentSeconds => only(Occasion::AssistantSilent, Known::Always),
            Self::AssistantFailed => Known::Always,
            _ if self.name().starts_with("message.") => {
                only(Occasion::CustomerWrites, Known::Always)
            }
            _ => Known::Always,
        }
    }

    /// Whether its number is a count, which has no fractions.
    pub fn counts(self) -> bool {
        self == Self::CustomerPreviousContacts
            || matches!(self.kind(), Kind::Number { high: None, .. })
    }
}

const fn from_to(low: i64, high: i64) -> Kind {
    Kind::Number {
        low: low * 1000,
        high: Some(high * 1000),
    }
}

const COUNT: Kind = Kind::Number { low: 0, high: None };

macro_rules! facts {
    ($($fact:ident, $name:literal, $kind:expr, $doc:literal;)*) => {
        /// One of the facts that every desk knows how to find.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fact {
            $(#[doc = $doc] $fact,)*
        }

        impl Fact {
            /// Every fact, in the order of the manual.
            pub const ALL: &'static [Self] = &[$(Self::$fact,)*];

            /// Its name in a condition.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$fact => $name,)* }
            }

            /// What it may hold.
            pub const fn kind(self) -> Kind {
                match self { $(Self::$fact => $kind,)* }
            }

            /// What it means, in one sentence.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$fact => $doc,)* }
            }

            /// The fact of this name.
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$fact),)* _ => None }
            }
        }
    };
}

facts! {
    ConversationExchanges, "conversation.exchanges", COUNT,
        "Completed exchanges, each a customer's message that the assistant answered, since the assistant last got the conversation.";
    ConversationFailedAttempts, "conversation.failed_attempts", COUNT,
        "Solutions that the assistant named and that did not settle the matter.";
    ConversationMinutes, "conversation.minutes", COUNT,
        "Minutes since the conversation was opened.";
    ConversationSentiment, "conversation.sentiment", from_to(-1, 1),
        "The mean sentiment of the customer's last three messages, from -1 (furious) to 1 (delighted).";
    ConversationSentimentDrop, "conversation.sentiment_drop", from_to(0, 2),
        "How far the sentiment has fallen from its best earlier value.";
    ConversationSentimentTrend, "conversation.sentiment_trend", from_to(-2, 2),
        "How the sentiment moves over the customer's last three messages by the straight line that fits them best, from -2 (falling) to 2 (rising), unknown before the second message.";
    ConversationHandoffs, "conversation.handoffs", COUNT,
        "Handoffs of this conversation so far.";
    ConversationChannel, "conversation.channel", Kind::Text,
        "Where the customer writes, such as `web` or `email`.";
    ConversationIntent, "conversation.intent", Kind::Intent,
        "What the customer wants, as last known.";
    MessageAsksForPerson, "message.asks_for_person", Kind::Bool,
        "The message asks for a person.";
    MessageIntent, "message.intent", Kind::Intent,
        "What the message is about, if a reading is likely enough.";
    MessageIntentConfidence, "message.intent_confidence", from_to(0, 1),
        "How sure the reading of the intent is, from 0 to 1.";
    MessageSentiment, "message.sentiment", from_to(-1, 1),
        "The sentiment of the message, from -1 (furious) to 1 (delighted).";
    MessageFrustrated, "message.frustrated", Kind::Bool,
        "The message shows frustration.";
    MessageFrustrationSigns, "message.frustration_signs", from_to(0, 6),
        "How many kinds of sign of frustration the message shows, of capitals, punctuation, profanity, persistence (again, still), a threat, and saying the same again.";
    MessageThreatens, "message.threatens", Kind::Bool,
        "The message threatens to leave, to dispute or to sue.";
    MessageRepeats, "message.repeats", Kind::Bool,
        "The customer says again what they said before.";
    MessageSaysSolved, "message.says_solved", Kind::Bool,
        "The customer says that the matter is settled.";
    MessageWords, "message.words", COUNT,
        "Words in the message.";
    MessageFrom, "message.from", Kind::OneOf(&["customer", "assistant"]),
        "Who wrote the message: `customer` or `assistant`.";
    CustomerTier, "customer.tier", Kind::Text,
        "The team's own class of customer.";
    CustomerLocale, "customer.locale", Kind::Text,
        "The customer's language, such as `en` or `pt-BR`.";
    CustomerPreviousContacts, "customer.previous_contacts", from_to(0, 5),
        "Earlier conversations of the same customer, of which five are counted.";
    AssistantConfidence, "assistant.confidence", from_to(0, 1),
        "How sure the assistant is of its answer, from 0 to 1.";
    AssistantConfidenceComputed, "assistant.confidence_computed", Kind::Bool,
        "The confidence was computed by Segue, from its search and the model's certainty, and not given by the assistant itself.";
    AssistantIntent, "assistant.intent", Kind::OwnIntent,
        "What the assistant took the question for.";
    AssistantAttempted, "assistant.attempted", COUNT,
        "Solutions that the assistant's answer names.";
    AssistantRepeats, "assistant.repeats", Kind::Bool,
        "The assistant gives the same answer again.";
    AssistantSilentSeconds, "assistant.silent_seconds", COUNT,
        "Seconds for which the customer's last message has been without an answer.";
    AssistantFailed, "assistant.failed", Kind::Bool,
        "The assistant could not answer.";
}

impl From<ValueRef<'_>> for Value {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Bool(it) => Self::Bool(it),
            ValueRef::Number(it) => Self::Number(it),
            ValueRef::Text(it) => Self::Text(it.to_owned()),
        }
    }
}

impl<'v> From<&'v Value> for ValueRef<'v> {
    fn from(value: &'v Value) -> Self {
        match value {
            Value::Bool(it) => Self::Bool(*it),
            Value::Number(it) => Self::Number(*it),
            Value::Text(it) => Self::Text(it),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_is_found_by_its_own_name() {
        for fact in Fact::ALL {
            assert_eq!(Fact::named(fact.name()), Some(*fact));
        }
    }

    #[test]
    fn what_a_fact_may_hold_is_said_in_words() {
        let said = |fact: Fact| fact.kind().to_string();
        assert_eq!(said(Fact::AssistantConfidence), "number from 0 to 1");
        assert_eq!(said(Fact::ConversationExchanges), "number from 0");
        assert_eq!(said(Fact::MessageFrom), "customer or assistant");
    }

    #[test]
    fn every_fact_is_explained_in_one_sentence() {
        for fact in Fact::ALL {
            let about = fact.about();
            assert!(about.ends_with('.') && !about.contains(". "), "{about}");
        }
    }
}
