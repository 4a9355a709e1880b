//! The one who reads: everything a policy's intents taught, and all readings of one text.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{
    Reading, asks, facts, frustration, gist, intent::Intents, print, sentiment,
    situations::Situations, solved, words::Words,
};
use crate::{
    journal::Author,
    policy::{Intent, Policy, Situation},
};

/// Names how this build reads: it is another one after every change of its sources.
pub const VERSION: &str = env!("SEGUE_READER_VERSION");

/// Reads messages; made once for each policy.
#[derive(Clone, Debug)]
pub struct Reader {
    intents: Intents,
    situations: Situations,
    lesson: u64,
}

impl Reader {
    /// Learns intents from their keywords and examples; takes milliseconds.
    pub fn new(intents: &[Intent]) -> Self {
        Self::taught(intents, &[])
    }

    /// Learns everything that a policy teaches: its intents and its situations.
    pub fn of(policy: &Policy) -> Self {
        Self::taught(&policy.intents, &policy.situations)
    }

    fn taught(intents: &[Intent], situations: &[Situation]) -> Self {
        Self {
            intents: Intents::learn(intents),
            situations: Situations::learn(situations),
            lesson: fingerprint(&(intents, situations)),
        }
    }

    /// Names what this reader was taught by a policy: two readers of one lesson and one
    /// [`VERSION`] read every text alike.
    pub fn lesson(&self) -> u64 {
        self.lesson
    }

    /// Reads again what a policy teaches, and leaves the rest as another reader of this build
    /// read it. Without the text, nothing but what is no longer taught is forgotten.
    pub fn reread(&self, text: &str, from: Author, reading: &mut Reading) {
        if text.is_empty() {
            reading.intent = reading
                .intent
                .take()
                .filter(|it| self.intents.teach(&it.intent));
            let situations = &mut reading.situations;
            situations.retain(|it| self.situations.teach(&it.situation));
        } else if from == Author::Customer {
            let words = Words::new(text);
            reading.intent = self.intents.read(&words, reading.gist);
            reading.situations = self.situations.read(&words, reading.gist);
        }
    }

    /// Everything the text tells. What the assistant or an agent writes is only counted,
    /// printed and summed up: the other readings are of customers.
    pub fn read(&self, text: &str, from: Author) -> Reading {
        let words = Words::new(text);
        match from {
            Author::Customer => self.read_customer(&words),
            Author::Assistant | Author::Agent(_) | Author::Segue => Reading {
                gist: gist::read(&words, &[]),
                ..counted(&words)
            },
        }
    }

    fn read_customer(&self, words: &Words) -> Reading {
        let facts = facts::read(words.source());
        let gist = gist::read(words, &facts);
        Reading {
            asks_for_person: asks::read(words),
            intent: self.intents.read(words, gist),
            situations: self.situations.read(words, gist),
            sentiment_permille: sentiment::read(words),
            frustration: frustration::read(words, &facts),
            gist,
            says_solved: solved::read(words),
            facts,
            ..counted(words)
        }
    }
}

/// A hash that is only compared with what this build made.
fn fingerprint(lesson: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    lesson.hash(&mut hasher);
    hasher.finish()
}

fn counted(words: &Words) -> Reading {
    Reading {
        words: u16::try_from(words.len()).unwrap_or(u16::MAX),
        print: print::read(words),
        ..Reading::default()
    }
}
