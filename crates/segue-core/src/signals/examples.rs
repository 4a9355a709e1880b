//! The examples that a policy gives for its intents, and how like them a text is.

use super::{Span, words::Words};
use crate::{
    learning::hash::{FNV_START, hash, mix, step, upper_half},
    policy::Intent,
};

/// The examples of all intents as an inverted index.
#[derive(Clone, Debug, Default)]
pub(super) struct Examples {
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
    pub(super) fn learn(intents: &[Intent]) -> Self {
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
    pub(super) fn likeness(
        &self,
        words: &Words,
        first: usize,
        next: usize,
        classes: usize,
    ) -> Vec<f32> {
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
    pub(super) fn telling(&self, words: &Words, first: usize, next: usize, class: usize) -> Span {
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
