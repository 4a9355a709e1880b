//! The assistant: sure, unsure, slow, failing, silent, and late.

use segue_core::{
    id::ConversationId,
    journal::{Answer, Author, Effect, Failure, Observation},
    signals::{Fingerprint, Reading},
};

use super::World;

#[derive(Clone, Copy)]
enum Mood {
    Answers,
    Slow,
    Fails,
    Silent,
}

impl World {
    /// What the desk asked of it: an answer gets underway, and may arrive under an epoch that is over.
    pub(super) fn assistant_hears(&mut self, effects: &[Effect]) {
        for Effect::AskAssistant {
            conversation,
            epoch,
            ..
        } in effects
        {
            let moods = [
                (78, Mood::Answers),
                (10, Mood::Slow),
                (7, Mood::Fails),
                (5, Mood::Silent),
            ];
            let (delay, failed) = match self.dice.weigh(&moods).unwrap_or(Mood::Silent) {
                Mood::Answers => (self.dice.between(300, 6_000), false),
                Mood::Slow => (self.dice.between(6_000, 90_000), false),
                Mood::Fails => (self.dice.between(300, 30_000), true),
                Mood::Silent => continue,
            };
            let seen = if failed {
                failure(*conversation, *epoch)
            } else {
                self.answer(*conversation, *epoch)
            };
            self.later(delay, seen);
        }
    }

    fn answer(&mut self, conversation: ConversationId, epoch: u32) -> Observation {
        let sure = u16::try_from(self.dice.between(300, 1000)).unwrap_or_default();
        let print = u32::try_from(self.dice.below(40)).unwrap_or_default();
        let attempted = u8::try_from(self.dice.below(3)).unwrap_or_default();
        let answer = Answer {
            confidence_permille: (!self.dice.chance(20)).then_some(sure),
            attempted,
            sources: attempted,
            ..Answer::default()
        };
        Observation::MessageReceived {
            conversation,
            author: Author::Assistant,
            epoch: (!self.dice.chance(5)).then_some(epoch),
            reading: Box::new(Reading {
                words: 9,
                print: Fingerprint([print; 16]),
                ..Reading::default()
            }),
            answer: Some(answer),
        }
    }
}

fn failure(conversation: ConversationId, epoch: u32) -> Observation {
    Observation::AssistantFailed {
        conversation,
        epoch,
        why: Failure::TimedOut,
    }
}
