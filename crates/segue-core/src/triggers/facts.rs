//! What the conditions of the policy see at one moment of one conversation.

use crate::{
    conversation::Conversation,
    id::MessageId,
    journal::{Answer, SituationVerdict},
    policy::{
        Judge, Policy,
        condition::ValueRef,
        facts::{Fact, Facts},
    },
    signals::{CueKind, Reading, SituationReading},
    time::Timestamp,
};

/// What is being judged.
#[derive(Clone, Copy, Debug)]
pub(super) enum Seen<'a> {
    /// The customer wrote.
    Customer {
        message: MessageId,
        reading: &'a Reading,
    },
    /// The assistant answered.
    Assistant {
        message: MessageId,
        answer: Option<&'a Answer>,
    },
    /// The assistant could not answer.
    Failure,
    /// The assistant has not answered in time.
    Silence,
    /// A model judged situations, some time after the message.
    Verdicts {
        message: MessageId,
        verdicts: &'a [SituationVerdict],
    },
}

/// One moment of a conversation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment<'a> {
    pub(super) policy: &'a Policy,
    pub(super) conversation: &'a Conversation,
    pub(super) seen: Seen<'a>,
    pub(super) now: Timestamp,
}

fn number(thousandths: impl Into<i64>) -> ValueRef<'static> {
    ValueRef::Number(thousandths.into())
}

fn count(number: impl Into<i64>) -> ValueRef<'static> {
    ValueRef::Number(number.into() * 1000)
}

impl Moment<'_> {
    pub(super) fn message(&self) -> Option<MessageId> {
        match self.seen {
            Seen::Customer { message, .. }
            | Seen::Assistant { message, .. }
            | Seen::Verdicts { message, .. } => Some(message),
            Seen::Failure | Seen::Silence => None,
        }
    }

    fn answer(&self) -> Option<&Answer> {
        match self.seen {
            Seen::Assistant { answer, .. } => answer,
            Seen::Customer { .. } | Seen::Verdicts { .. } | Seen::Failure | Seen::Silence => None,
        }
    }

    /// The customer's message, if that is what is judged: only it has a mood and a wish.
    fn reading(&self) -> Option<&Reading> {
        match self.seen {
            Seen::Customer { reading, .. } => Some(reading),
            Seen::Assistant { .. } | Seen::Verdicts { .. } | Seen::Failure | Seen::Silence => None,
        }
    }

    fn of_conversation(&self, fact: Fact) -> Option<ValueRef<'_>> {
        let memory = &self.conversation.memory;
        Some(match fact {
            Fact::ConversationExchanges => count(memory.exchanges),
            Fact::ConversationFailedAttempts => count(memory.failed_attempts),
            Fact::ConversationMinutes => {
                count(self.now.seconds_since(self.conversation.opened_at) / 60)
            }
            Fact::ConversationSentiment => number(memory.mood_permille()),
            Fact::ConversationSentimentDrop => number(memory.mood_drop_permille()),
            Fact::ConversationSentimentTrend => number(memory.mood_trend_permille()?),
            Fact::ConversationHandoffs => count(self.conversation.handoffs),
            Fact::ConversationChannel => ValueRef::Text(&self.conversation.channel),
            Fact::ConversationIntent => ValueRef::Text(memory.intent.as_ref()?.as_str()),
            _ => return None,
        })
    }

    fn of_message(&self, fact: Fact) -> Option<ValueRef<'_>> {
        if fact == Fact::MessageFrom {
            return self.author().map(ValueRef::Text);
        }
        let reading = self.reading()?;
        let has = |kind| reading.frustration.iter().any(|cue| cue.kind == kind);
        Some(match fact {
            Fact::MessageAsksForPerson => ValueRef::Bool(reading.asks_for_person.is_some()),
            Fact::MessageIntent => ValueRef::Text(reading.intent.as_ref()?.intent.as_str()),
            Fact::MessageIntentConfidence => number(reading.intent.as_ref()?.confidence_permille),
            Fact::MessageSentiment => number(reading.sentiment_permille),
            Fact::MessageFrustrated => ValueRef::Bool(!reading.frustration.is_empty()),
            Fact::MessageFrustrationSigns => {
                let repeats = usize::from(self.conversation.memory.customer_repeats);
                count(i64::try_from(reading.kinds_of_cues() + repeats).unwrap_or(6))
            }
            Fact::MessageThreatens => ValueRef::Bool(has(CueKind::Threat)),
            Fact::MessageRepeats => ValueRef::Bool(self.conversation.memory.customer_repeats),
            Fact::MessageSaysSolved => ValueRef::Bool(reading.says_solved),
            Fact::MessageWords => count(reading.words),
            _ => return None,
        })
    }

    fn author(&self) -> Option<&'static str> {
        match self.seen {
            Seen::Customer { .. } => Some("customer"),
            Seen::Assistant { .. } => Some("assistant"),
            Seen::Verdicts { .. } | Seen::Failure | Seen::Silence => None,
        }
    }

    fn of_customer(&self, fact: Fact) -> Option<ValueRef<'_>> {
        let customer = &self.conversation.customer;
        Some(match fact {
            Fact::CustomerTier => ValueRef::Text(customer.tier.as_deref()?),
            Fact::CustomerLocale => ValueRef::Text(customer.locale.as_deref()?),
            Fact::CustomerPreviousContacts => {
                count(i64::try_from(customer.previous.len()).unwrap_or(i64::MAX / 1000))
            }
            _ => return None,
        })
    }

    fn of_assistant(&self, fact: Fact) -> Option<ValueRef<'_>> {
        Some(match fact {
            Fact::AssistantConfidence => number(self.answer()?.confidence_permille?),
            Fact::AssistantConfidenceComputed => {
                let answer = self.answer()?;
                answer.confidence_permille?;
                ValueRef::Bool(answer.confidence_computed)
            }
            Fact::AssistantIntent => ValueRef::Text(self.answer()?.intent.as_ref()?.as_str()),
            Fact::AssistantAttempted => count(self.answer()?.attempted),
            Fact::AssistantRepeats => match self.seen {
                Seen::Assistant { .. } => {
                    ValueRef::Bool(self.conversation.memory.assistant_repeats)
                }
                _ => return None,
            },
            Fact::AssistantSilentSeconds => match self.seen {
                Seen::Silence => count(self.now.seconds_since(self.conversation.unanswered?.since)),
                _ => return None,
            },
            Fact::AssistantFailed => ValueRef::Bool(matches!(self.seen, Seen::Failure)),
            _ => return None,
        })
    }
}

/// What a fact belongs to. Asked for each clause of each trigger, so it goes by the order of the
/// table and not by names; a test holds the two together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thing {
    Conversation,
    Message,
    Customer,
    Assistant,
}

fn thing(fact: Fact) -> Thing {
    if fact < Fact::MessageAsksForPerson {
        Thing::Conversation
    } else if fact < Fact::CustomerTier {
        Thing::Message
    } else if fact < Fact::AssistantConfidence {
        Thing::Customer
    } else {
        Thing::Assistant
    }
}

impl Facts for Moment<'_> {
    fn fact(&self, fact: Fact) -> Option<ValueRef<'_>> {
        match thing(fact) {
            Thing::Conversation => self.of_conversation(fact),
            Thing::Message => self.of_message(fact),
            Thing::Customer => self.of_customer(fact),
            Thing::Assistant => self.of_assistant(fact),
        }
    }

    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        self.conversation
            .customer
            .attributes
            .get(name)
            .map(ValueRef::from)
    }

    /// What is learned is told of each message of the customer; what a model judges is not known
    /// before it has.
    fn situation(&self, name: &str) -> Option<ValueRef<'_>> {
        let by_examples = self.policy.situation(name)?.judge == Judge::Examples;
        match self.seen {
            Seen::Customer { reading, .. } if by_examples => {
                let shown = |it: &SituationReading| it.situation.as_str() == name;
                Some(ValueRef::Bool(reading.situations.iter().any(shown)))
            }
            Seen::Verdicts { verdicts, .. } if !by_examples => verdicts
                .iter()
                .find(|it| it.situation.as_str() == name)
                .map(|it| ValueRef::Bool(it.holds)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        conversation::Unanswered,
        id::{ConversationId, CustomerId},
        journal::CustomerFacts,
        policy::facts::{Known, Occasion},
    };

    /// What the checker of policies believes about a fact is what the desk then knows.
    #[test]
    fn a_fact_is_known_on_the_occasions_that_the_table_says() {
        let customer = CustomerFacts {
            id: CustomerId(1),
            tier: None,
            locale: None,
            attributes: BTreeMap::new(),
            previous: Vec::new(),
        };
        let now = Timestamp(0);
        let mut conversation = Conversation::new(ConversationId(1), customer, "web", now);
        conversation.unanswered = Some(Unanswered {
            message: MessageId(2),
            since: now,
            silent_due: now,
        });
        let (reading, answer, message) = (Reading::default(), Answer::default(), MessageId(2));
        let occasions = [
            (
                Occasion::CustomerWrites,
                Seen::Customer {
                    message,
                    reading: &reading,
                },
            ),
            (
                Occasion::AssistantAnswers,
                Seen::Assistant {
                    message,
                    answer: Some(&answer),
                },
            ),
            (Occasion::AssistantFails, Seen::Failure),
            (Occasion::AssistantSilent, Seen::Silence),
            (
                Occasion::ModelJudges,
                Seen::Verdicts {
                    message,
                    verdicts: &[],
                },
            ),
        ];
        assert_eq!(occasions.map(|(occasion, _)| occasion), Occasion::ALL);
        for (occasion, seen) in occasions {
            let policy = &Policy::default();
            let moment = Moment {
                policy,
                conversation: &conversation,
                seen,
                now,
            };
            for fact in Fact::ALL {
                let known = moment.fact(*fact).is_some();
                match fact.known(occasion) {
                    Known::Always => assert!(known, "{} {}", fact.name(), occasion.when()),
                    Known::Never => assert!(!known, "{} {}", fact.name(), occasion.when()),
                    Known::Perhaps => {}
                }
            }
        }
    }

    #[test]
    fn every_fact_belongs_to_what_its_name_says() {
        for fact in Fact::ALL {
            let named = format!("{:?}", thing(*fact)).to_lowercase();
            assert_eq!(fact.name().split('.').next(), Some(named.as_str()));
        }
    }
}
