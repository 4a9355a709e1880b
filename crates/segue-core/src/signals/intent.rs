//! Which of the policy's intents a message is about.
//!
//! Two witnesses: the policy's keywords, found word for word, and its examples, compared by
//! TF-IDF over words, pairs of words and letter groups. A message that neither knows is none of
//! the intents. Weights use square roots only, which are exact on every machine.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

use super::{IntentReading, Span, examples::Examples, span, words::Words};
use crate::{id::IntentName, policy::Intent};

/// What is known of all intents.
#[derive(Clone, Debug)]
pub(super) struct Intents {
    names: Vec<IntentName>,
    /// The intent of each keyword of `finder`, and how many words the keyword has.
    keywords: Vec<(usize, usize)>,
    finder: Option<AhoCorasick>,
    examples: Examples,
}

/// What speaks for one intent.
#[derive(Clone, Copy, Debug, Default)]
struct Evidence {
    keyword: Option<Span>,
    keyword_permille: u32,
    likeness: f32,
}

/// Below this confidence a message belongs to no intent.
const LEAST_PERMILLE: u32 = 450;

impl Intents {
    pub(super) fn learn(intents: &[Intent]) -> Self {
        let mut keywords = Vec::new();
        let mut patterns = Vec::new();
        for (class, intent) in intents.iter().enumerate() {
            for keyword in intent
                .keywords
                .iter()
                .filter(|word| !word.trim().is_empty())
            {
                patterns.push(keyword.trim().to_lowercase());
                keywords.push((class, keyword.split_whitespace().count()));
            }
        }
        Self {
            names: intents.iter().map(|intent| intent.name.clone()).collect(),
            finder: finder(&patterns),
            keywords,
            examples: Examples::learn(intents),
        }
    }

    /// Whether there is an intent of this name.
    pub(super) fn teach(&self, name: &IntentName) -> bool {
        self.names.contains(name)
    }

    /// The likeliest intent. A long message is judged by its gist as well, whichever is clearer.
    pub(super) fn read(&self, words: &Words, gist: Option<Span>) -> Option<IntentReading> {
        let whole = self.read_part(words, 0, words.len().min(READ_WORDS));
        let part = gist.and_then(|gist| {
            let (first, next) = words_in(words, gist);
            let shorter = next - first < words.len();
            shorter
                .then(|| self.read_part(words, first, next))
                .flatten()
        });
        match (whole, part) {
            (Some(whole), Some(part)) if part.confidence_permille > whole.confidence_permille => {
                Some(part)
            }
            (whole, part) => whole.or(part),
        }
    }

    fn read_part(&self, words: &Words, first: usize, next: usize) -> Option<IntentReading> {
        let evidence = self.weigh(words, first, next);
        let confidence: Vec<u32> = evidence.iter().map(Evidence::permille).collect();
        let best = (0..confidence.len())
            .rev()
            .max_by_key(|&i| confidence.get(i))?;
        let top = *confidence.get(best)?;
        let second = confidence
            .iter()
            .enumerate()
            .filter(|(class, _)| *class != best)
            .map(|(_, permille)| *permille)
            .max()
            .unwrap_or(0);
        let sure = discounted(top, second);
        if sure < LEAST_PERMILLE {
            return None;
        }
        let keyword = evidence.get(best).and_then(|found| found.keyword);
        Some(IntentReading {
            intent: self.names.get(best)?.clone(),
            confidence_permille: u16::try_from(sure).unwrap_or(1000),
            span: keyword.unwrap_or_else(|| self.examples.telling(words, first, next, best)),
        })
    }

    fn weigh(&self, words: &Words, first: usize, next: usize) -> Vec<Evidence> {
        let mut likeness = self.examples.likeness(words, first, next, self.names.len());
        likeness.resize(self.names.len(), 0.0);
        let mut evidence: Vec<Evidence> = likeness
            .into_iter()
            .map(|likeness| Evidence {
                likeness,
                ..Evidence::default()
            })
            .collect();
        if first < next {
            self.find_keywords(words, words.cover(first, next - 1), &mut evidence);
        }
        evidence
    }

    fn find_keywords(&self, words: &Words, within: Span, evidence: &mut [Evidence]) {
        let Some(finder) = &self.finder else { return };
        let text = within.of(words.source());
        for found in finder.find_iter(text) {
            if !stands_alone(text, found.start(), found.end()) {
                continue;
            }
            let Some(&(class, length)) = self.keywords.get(found.pattern().as_usize()) else {
                continue;
            };
            let at = within.start as usize;
            if let Some(known) = evidence.get_mut(class) {
                known.add_keyword(length, span(at + found.start(), at + found.end()));
            }
        }
    }
}

impl Evidence {
    /// A phrase says more than a word, and two keywords more than one.
    fn add_keyword(&mut self, length: usize, place: Span) {
        let speaks: u32 = if length > 1 { 750 } else { 620 };
        let left = 1000 - self.keyword_permille;
        let longer = self
            .keyword
            .is_none_or(|known| known.end - known.start < place.end - place.start);
        if longer {
            self.keyword = Some(place);
        }
        self.keyword_permille = if self.keyword_permille == 0 {
            speaks
        } else {
            self.keyword_permille + left * 3 / 10
        };
    }

    /// Both witnesses together: each closes a part of what the other leaves open.
    fn permille(&self) -> u32 {
        let examples = likeness_permille(self.likeness);
        let open = (1000 - self.keyword_permille) * (1000 - examples) / 1000;
        1000 - open
    }
}

/// A close second takes away from the first.
fn discounted(top: u32, second: u32) -> u32 {
    let margin = top - second.min(top);
    if margin >= 200 {
        top
    } else {
        top * (700 + margin * 3 / 2) / 1000
    }
}

/// How often a reading of this likeness was right, measured on three public sets of questions
/// with ten examples for each of 32 to 50 intents: (likeness, share), both permille.
const RIGHT: [(u32, u32); 7] = [
    (0, 0),
    (150, 450),
    (250, 720),
    (350, 900),
    (450, 950),
    (600, 980),
    (1000, 1000),
];

/// Reads the table above, straight from point to point.
fn likeness_permille(likeness: f32) -> u32 {
    let likeness = rounded_permille(likeness);
    let above = RIGHT.partition_point(|(from, _)| *from <= likeness);
    let low = RIGHT.get(above.saturating_sub(1)).copied();
    let high = RIGHT.get(above).copied();
    match (low, high) {
        (Some((x, y)), Some((next_x, next_y))) => {
            y + (next_y - y) * (likeness - x) / (next_x - x).max(1)
        }
        _ => 1000,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is clamped to 0..=1000 first"
)]
fn rounded_permille(share: f32) -> u32 {
    (share * 1000.0).clamp(0.0, 1000.0) as u32
}

/// The words of a message that are read for its intent; what comes later hardly changes it.
const READ_WORDS: usize = 400;

fn words_in(words: &Words, part: Span) -> (usize, usize) {
    let first = (0..words.len())
        .find(|&i| words.span(i).start >= part.start)
        .unwrap_or(words.len());
    let next = (first..words.len())
        .find(|&i| words.span(i).start >= part.end)
        .unwrap_or(words.len());
    (first, next.min(first + READ_WORDS))
}

fn finder(patterns: &[String]) -> Option<AhoCorasick> {
    if patterns.is_empty() {
        return None;
    }
    AhoCorasickBuilder::new()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(patterns)
        .ok()
}

fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|t| t.chars().next_back());
    let after = text.get(end..).and_then(|t| t.chars().next());
    !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intent(name: &str, keywords: &[&str], examples: &[&str]) -> Intent {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Intent {
            name: name.into(),
            about: String::new(),
            keywords: owned(keywords),
            examples: owned(examples),
        }
    }

    fn shop() -> Intents {
        Intents::learn(&[
            intent(
                "billing_dispute",
                &["chargeback", "charged twice"],
                &[
                    "I was charged two times for one order",
                    "there is a payment on my card that I don't recognise",
                    "why is my bill higher than it should be",
                ],
            ),
            intent(
                "delivery",
                &["parcel", "tracking"],
                &[
                    "where is my package",
                    "my order has not arrived yet",
                    "when will the delivery come",
                ],
            ),
            intent(
                "login",
                &["password"],
                &[
                    "I can't sign in to my account",
                    "how do I reset my password",
                    "the login page keeps rejecting me",
                ],
            ),
        ])
    }

    fn read(text: &str) -> Option<(String, u16, &str)> {
        let reading = shop().read(&Words::new(text), None)?;
        let span = reading.span.of(text);
        Some((
            reading.intent.to_string(),
            reading.confidence_permille,
            span,
        ))
    }

    fn name(text: &str) -> Option<String> {
        read(text).map(|(name, _, _)| name)
    }

    #[test]
    fn a_keyword_shows_the_intent_on_word_boundaries_only() {
        let (name, confidence, span) = read("You CHARGED TWICE me, fix it").unwrap();
        assert_eq!((name.as_str(), span), ("billing_dispute", "CHARGED TWICE"));
        assert!(confidence >= 700);
        assert_eq!(read("the parcels' wrapping parceled"), None);
    }

    #[test]
    fn examples_show_the_intent_of_sentences_that_are_like_them() {
        assert_eq!(
            name("my package is not here yet").as_deref(),
            Some("delivery")
        );
        assert_eq!(
            name("I cannot sign in to the account").as_deref(),
            Some("login")
        );
        assert_eq!(
            name("I don't recognize a payment").as_deref(),
            Some("billing_dispute")
        );
    }

    #[test]
    fn an_example_word_for_word_is_read_with_confidence() {
        let (_, confidence, _) = read("my order has not arrived yet").unwrap();
        assert!(confidence >= 900, "{confidence}");
    }

    #[test]
    fn a_message_about_something_else_has_no_intent() {
        for text in [
            "do you sell gift cards for dogs",
            "hello",
            "",
            "🎉",
            "lorem ipsum dolor",
        ] {
            assert_eq!(name(text), None, "{text}");
        }
    }

    #[test]
    fn without_intents_nothing_is_read() {
        assert_eq!(Intents::learn(&[]).read(&Words::new("refund"), None), None);
    }
}
