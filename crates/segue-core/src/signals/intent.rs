//! Which of the policy's intents a message is about.
//!
//! Two witnesses: the policy's keywords, found word for word, and its examples, compared by
//! TF-IDF over words, pairs of words and letter groups. A message that neither knows is none of
//! the intents. Weights use square roots only, which are exact on every machine.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

use super::{
    IntentReading, Span,
    print::{FNV_START, hash, mix, step, upper_half},
    span,
    words::Words,
};
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

/// How often a reading of this likeness was right, measured on three public sets of customer
/// questions with ten examples for each of 32 to 50 intents: (likeness, share), both permille.
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

/// The examples of all intents as an inverted index.
#[derive(Clone, Debug, Default)]
struct Examples {
    /// Sorted by feature: where its postings begin and how much it weighs.
    features: Vec<Feature>,
    /// For each of the upper bits of a feature, where it begins in `features`.
    heads: Vec<u32>,
    postings: Vec<Posting>,
    /// The class of each example, in order.
    classes: Vec<u16>,
    /// How long the sum of the examples of each class is as a vector.
    class_lengths: Vec<f32>,
    /// The weight of a feature that no example has.
    unknown_weight: f32,
}

#[derive(Clone, Copy, Debug)]
struct Feature {
    hash: u32,
    postings_start: u32,
    postings_end: u32,
    weight: f32,
}

#[derive(Clone, Copy, Debug)]
struct Posting {
    example: u16,
    weight: f32,
}

const HEAD_BITS: u32 = 14;
/// Words and pairs count for more than groups of letters inside of them.
const WORD_WEIGHT: f32 = 1.4;

impl Examples {
    fn learn(intents: &[Intent]) -> Self {
        let mut found: Vec<(u32, u16)> = Vec::new();
        let mut classes = Vec::new();
        let sentences = intents.iter().enumerate().flat_map(|(class, intent)| {
            // What the team calls an intent is a poor example: it serves where there is no other.
            let about = intent.examples.is_empty().then_some(&intent.about);
            let all = intent.examples.iter().chain(about);
            all.map(move |text| (class, text.as_str()))
        });
        for (class, text) in sentences.take(usize::from(u16::MAX)) {
            let example = u16::try_from(classes.len()).unwrap_or(u16::MAX);
            classes.push(u16::try_from(class).unwrap_or(u16::MAX));
            let words = Words::new(text);
            let features = features(&words, 0, words.len());
            found.extend(features.into_iter().map(|feature| (feature, example)));
        }
        found.sort_unstable();
        Self::index(&found, classes)
    }

    fn index(found: &[(u32, u16)], classes: Vec<u16>) -> Self {
        let mut index = Self {
            unknown_weight: rarity(1, classes.len()),
            ..Self::default()
        };
        for group in found.chunk_by(|a, b| a.0 == b.0) {
            index.push_feature(group, classes.len());
        }
        index.normalise(classes.len());
        index.heads = heads(&index.features);
        index.classes = classes;
        index.class_lengths = index.measure_classes();
        index
    }

    fn push_feature(&mut self, group: &[(u32, u16)], examples: usize) {
        let Some(&(hash, _)) = group.first() else {
            return;
        };
        let weight = rarity(group.len(), examples) * kind_weight(hash);
        let start = u32::try_from(self.postings.len()).unwrap_or(u32::MAX);
        self.postings.extend(
            group
                .iter()
                .map(|&(_, example)| Posting { example, weight }),
        );
        self.features.push(Feature {
            hash,
            postings_start: start,
            postings_end: start + u32::try_from(group.len()).unwrap_or(0),
            weight,
        });
    }

    /// Makes every example a vector of length one.
    fn normalise(&mut self, examples: usize) {
        let mut squares = vec![0.0_f32; examples];
        for posting in &self.postings {
            if let Some(square) = squares.get_mut(usize::from(posting.example)) {
                *square += posting.weight * posting.weight;
            }
        }
        for posting in &mut self.postings {
            let square = squares.get(usize::from(posting.example)).copied();
            posting.weight /= square.unwrap_or(1.0).sqrt().max(f32::MIN_POSITIVE);
        }
    }

    fn measure_classes(&self) -> Vec<f32> {
        let last = self
            .classes
            .last()
            .map_or(0, |class| usize::from(*class) + 1);
        let mut squares = vec![0.0_f32; last];
        for feature in &self.features {
            let same_class =
                |one: &Posting, next: &Posting| self.class_of(*one) == self.class_of(*next);
            for group in self.postings_of(feature).chunk_by(same_class) {
                let sum: f32 = group.iter().map(|posting| posting.weight).sum();
                let class = group.first().and_then(|posting| self.class_of(*posting));
                if let Some(square) = class.and_then(|class| squares.get_mut(class)) {
                    *square += sum * sum;
                }
            }
        }
        squares.into_iter().map(f32::sqrt).collect()
    }

    fn class_of(&self, posting: Posting) -> Option<usize> {
        let class = self.classes.get(usize::from(posting.example))?;
        Some(usize::from(*class))
    }

    /// How like each class the words are, 0 to 1.
    fn likeness(&self, words: &Words, first: usize, next: usize, classes: usize) -> Vec<f32> {
        let mut dots = vec![0.0_f32; self.classes.len()];
        let mut square = 0.0_f32;
        for hash in features(words, first, next) {
            let feature = self.feature(hash);
            let weight = feature.map_or(self.unknown_weight * kind_weight(hash), |f| f.weight);
            square += weight * weight;
            for posting in feature.map_or(&[][..], |feature| self.postings_of(feature)) {
                if let Some(dot) = dots.get_mut(usize::from(posting.example)) {
                    *dot += weight * posting.weight;
                }
            }
        }
        let length = square.sqrt().max(f32::MIN_POSITIVE);
        let mut sums = vec![Similarity::default(); classes];
        for (dot, class) in dots.iter().zip(&self.classes) {
            if let Some(class) = sums.get_mut(usize::from(*class)) {
                class.add(dot / length);
            }
        }
        sums.iter()
            .zip(&self.class_lengths)
            .map(|(sum, length)| sum.likeness(*length))
            .collect()
    }

    fn feature(&self, hash: u32) -> Option<&Feature> {
        let head = (hash >> (32 - HEAD_BITS)) as usize;
        let start = *self.heads.get(head)? as usize;
        let end = *self.heads.get(head + 1)? as usize;
        let bucket = self.features.get(start..end)?;
        bucket.iter().find(|feature| feature.hash == hash)
    }

    fn postings_of(&self, feature: &Feature) -> &[Posting] {
        self.postings
            .get(feature.postings_start as usize..feature.postings_end as usize)
            .unwrap_or(&[])
    }

    /// The words that speak for a class most: the strongest one, with its neighbours as long as
    /// they speak at least half as loud.
    fn telling(&self, words: &Words, first: usize, next: usize, class: usize) -> Span {
        let voices: Vec<f32> = (first..next).map(|i| self.voice(words, i, class)).collect();
        let strongest = voices
            .iter()
            .enumerate()
            .fold((0, 0.0_f32), |best, (at, voice)| {
                if *voice > best.1 { (at, *voice) } else { best }
            });
        let loud = |at: usize| {
            voices
                .get(at)
                .is_some_and(|voice| *voice >= strongest.1 / 2.0)
        };
        let mut from = strongest.0;
        while from > 0 && loud(from - 1) {
            from -= 1;
        }
        let mut to = strongest.0;
        while loud(to + 1) {
            to += 1;
        }
        words.cover(first + from, first + to)
    }

    /// How loud one word speaks for a class.
    fn voice(&self, words: &Words, index: usize, class: usize) -> f32 {
        let mut own = Vec::new();
        word_features(words, index, index, &mut own);
        own.into_iter()
            .filter_map(|hash| self.feature(hash))
            .map(|feature| {
                let postings = self.postings_of(feature);
                let of_class = postings
                    .iter()
                    .filter(|posting| self.class_of(**posting) == Some(class));
                let all = u16::try_from(postings.len()).unwrap_or(u16::MAX);
                let mine = u16::try_from(of_class.count()).unwrap_or(u16::MAX);
                feature.weight * f32::from(mine) / f32::from(all.max(1))
            })
            .sum()
    }
}

/// How like the examples of one class a text is.
#[derive(Clone, Copy, Debug, Default)]
struct Similarity {
    nearest: f32,
    second: f32,
    sum: f32,
}

impl Similarity {
    fn add(&mut self, cosine: f32) {
        self.sum += cosine;
        if cosine > self.nearest {
            self.second = self.nearest;
            self.nearest = cosine;
        } else {
            self.second = self.second.max(cosine);
        }
    }

    /// Mostly the cosine to the centroid of the class, which is steadier than any one example;
    /// the nearest examples keep a class alive that says its thing in very different ways.
    fn likeness(self, class_length: f32) -> f32 {
        let centroid = self.sum / class_length.max(1.0);
        let near = self.nearest * 0.75 + self.second * 0.25;
        centroid * 0.7 + near * 0.3
    }
}

fn heads(features: &[Feature]) -> Vec<u32> {
    let mut heads: Vec<u32> = (0..1_u32 << HEAD_BITS)
        .map(|head| {
            let at = features.partition_point(|f| f.hash >> (32 - HEAD_BITS) < head);
            u32::try_from(at).unwrap_or(u32::MAX)
        })
        .collect();
    heads.push(u32::try_from(features.len()).unwrap_or(u32::MAX));
    heads
}

/// The rarer a feature is among the examples, the more it says.
fn rarity(examples_with: usize, examples: usize) -> f32 {
    let with = u16::try_from(examples_with).unwrap_or(u16::MAX);
    let all = u16::try_from(examples).unwrap_or(u16::MAX);
    (f32::from(all.max(1)) / f32::from(with.max(1)))
        .sqrt()
        .sqrt()
}

/// The last bit of a feature says whether it is a word or a group of letters.
fn kind_weight(hash: u32) -> f32 {
    if hash & 1 == 1 { WORD_WEIGHT } else { 1.0 }
}

/// The features of a stretch of words, each once, in order.
fn features(words: &Words, first: usize, next: usize) -> Vec<u32> {
    let mut features = Vec::with_capacity((next - first) * 16);
    for index in first..next {
        word_features(words, index, first, &mut features);
    }
    features.sort_unstable();
    features.dedup();
    features
}

/// A word, its pair with the one before, and its groups of three to five letters.
fn word_features(words: &Words, index: usize, first: usize, into: &mut Vec<u32>) {
    let word = words.word(index);
    if word.is_empty() {
        return;
    }
    let own = hash(word.as_bytes());
    into.push(upper_half(mix(own)) | 1);
    if index > first {
        let before = hash(words.word_before(index, 1).as_bytes());
        into.push(upper_half(mix(before.rotate_left(17) ^ own)) | 1);
    }
    letter_groups(word, into);
}

/// Groups of three to five bytes of the word between two spaces. Bytes serve as letters: the
/// groups are only compared, never shown.
fn letter_groups(word: &str, into: &mut Vec<u32>) {
    let padded = || {
        std::iter::once(b' ')
            .chain(word.bytes())
            .chain(std::iter::once(b' '))
    };
    for start in 0..word.len() {
        let mut group = FNV_START;
        for (length, byte) in padded().skip(start).take(5).enumerate() {
            group = step(group, byte);
            if length >= 2 {
                into.push(upper_half(mix(group)) & !1);
            }
        }
    }
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
