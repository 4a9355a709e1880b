//! The one who reads: everything a policy's intents taught, and all readings of one text.

use super::{
    Reading, asks, facts, frustration, gist, intent::Intents, print, sentiment, solved,
    words::Words,
};
use crate::{journal::Author, policy::Intent};

/// Reads messages; made once for each policy.
#[derive(Clone, Debug)]
pub struct Reader {
    intents: Intents,
}

impl Reader {
    /// Learns the intents from their keywords and examples; takes milliseconds.
    pub fn new(intents: &[Intent]) -> Self {
        Self {
            intents: Intents::learn(intents),
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
            sentiment_permille: sentiment::read(words),
            frustration: frustration::read(words, &facts),
            gist,
            says_solved: solved::read(words),
            facts,
            ..counted(words)
        }
    }
}

fn counted(words: &Words) -> Reading {
    Reading {
        words: u16::try_from(words.len()).unwrap_or(u16::MAX),
        print: print::read(words),
        ..Reading::default()
    }
}
