//! Classes of unequal size, each meant to be found as well as the others: likelihoods of a
//! [`Softmax`] with a handicap for each class, so chosen on examples that the model had not seen
//! that the mean of the F1 of all classes is highest.

use super::{Counts, Effort, Family, Softmax, Sparse, Vocabulary, folds, real};

/// How it learns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Manner {
    /// How much each [`Family`] of features counts.
    pub families: [f64; Family::COUNT],
    /// What an example costs that is found unlikely.
    pub cost: f64,
}

/// Classes learned from examples.
#[derive(Clone, Debug, Default)]
pub struct Balanced {
    vocabulary: Vocabulary,
    softmax: Softmax,
    handicaps: Vec<f64>,
}

/// The folds in which the handicaps are chosen.
const FOLDS: usize = 5;
/// From which they are shuffled.
const SEED: u64 = 3;
/// Handicaps that are tried, as steps of [`STEP`] to both sides.
const STEPS: i8 = 8;
const STEP: f64 = 0.2;
/// Walks over the choice of all classes; one more hardly ever changes it.
const WALKS: usize = 3;

impl Balanced {
    /// Learns from examples with the class of each, of which there are `classes`.
    pub fn learn(examples: &[Counts], labels: &[usize], classes: usize, manner: Manner) -> Self {
        let judged = judged_unseen(examples, labels, classes, manner);
        Self {
            handicaps: handicaps(&judged, labels, classes),
            ..Self::without_handicaps(examples, labels, classes, manner)
        }
    }

    /// The score of each class, the logarithm of a likelihood with its handicap: the highest one
    /// is the answer.
    pub fn scores(&self, text: &Counts) -> Vec<f64> {
        let vector = self.vocabulary.vector(text);
        let likelihoods = self.softmax.likelihoods(&vector);
        (0..self.handicaps.len())
            .map(|class| {
                let likely = likelihoods.get(class).copied().unwrap_or(0.0);
                let handicap = self.handicaps.get(class).copied().unwrap_or(0.0);
                libm::log(f64::from(likely).max(1e-12)) + handicap
            })
            .collect()
    }

    /// The class with the highest score, the first one of equals; 0 if nothing was learned.
    pub fn class(&self, text: &Counts) -> usize {
        highest(&self.scores(text))
    }

    fn without_handicaps(
        examples: &[Counts],
        labels: &[usize],
        classes: usize,
        manner: Manner,
    ) -> Self {
        let least = if examples.len() > 4000 { 2 } else { 1 };
        let vocabulary = Vocabulary::learn(examples, least, manner.families);
        let rows: Vec<Sparse> = examples
            .iter()
            .map(|text| vocabulary.vector(text))
            .collect();
        let effort = Effort {
            cost: manner.cost,
            tolerance: 0.02,
            rounds: 60,
        };
        Self {
            softmax: Softmax::train(&rows, labels, classes, vocabulary.len(), effort),
            vocabulary,
            handicaps: vec![0.0; classes],
        }
    }
}

fn highest(scores: &[f64]) -> usize {
    let first = (0, f64::NEG_INFINITY);
    let best = scores.iter().copied().enumerate();
    best.fold(
        first,
        |best, next| if next.1 > best.1 { next } else { best },
    )
    .0
}

/// The scores of each example by a model that has not seen it.
fn judged_unseen(
    examples: &[Counts],
    labels: &[usize],
    classes: usize,
    manner: Manner,
) -> Vec<Vec<f64>> {
    let fold_of = folds(labels, FOLDS, SEED);
    let mut judged = vec![vec![0.0; classes]; examples.len()];
    for fold in 0..FOLDS {
        let others = || (0..examples.len()).filter(|at| fold_of.get(*at) != Some(&fold));
        let texts: Vec<Counts> = others()
            .filter_map(|at| examples.get(at).cloned())
            .collect();
        let known: Vec<usize> = others().filter_map(|at| labels.get(at).copied()).collect();
        let model = Balanced::without_handicaps(&texts, &known, classes, manner);
        for ((text, of), scores) in examples.iter().zip(&fold_of).zip(&mut judged) {
            if *of == fold {
                *scores = model.scores(text);
            }
        }
    }
    judged
}

/// One class after the other gets the handicap with the highest mean F1, the smallest of equals.
fn handicaps(judged: &[Vec<f64>], labels: &[usize], classes: usize) -> Vec<f64> {
    let mut handicaps = vec![0.0; classes];
    let mut best = mean_f1(judged, labels, &handicaps);
    let mut tried: Vec<i8> = (-STEPS..=STEPS).collect();
    tried.sort_by_key(|step| step.unsigned_abs());
    for class in (0..WALKS).flat_map(|_| 0..classes) {
        for step in &tried {
            let mut other = handicaps.clone();
            if let Some(handicap) = other.get_mut(class) {
                *handicap = f64::from(*step) * STEP;
            }
            let found = mean_f1(judged, labels, &other);
            if found > best {
                (best, handicaps) = (found, other);
            }
        }
    }
    handicaps
}

fn mean_f1(judged: &[Vec<f64>], labels: &[usize], handicaps: &[f64]) -> f64 {
    let mut hits = vec![0_usize; handicaps.len()];
    let mut named = vec![0_usize; handicaps.len()];
    for (scores, label) in judged.iter().zip(labels) {
        let weighed: Vec<f64> = scores.iter().zip(handicaps).map(|(s, h)| s + h).collect();
        let told = highest(&weighed);
        for class in [told, *label] {
            if let Some(count) = named.get_mut(class) {
                *count += 1;
            }
        }
        if let Some(count) = hits.get_mut(told).filter(|_| told == *label) {
            *count += 1;
        }
    }
    // F1 = 2 · hits / (named as truth + named as answer).
    let f1 = hits.iter().zip(&named);
    let sum: f64 = f1
        .map(|(hits, named)| real(2 * hits) / real((*named).max(1)))
        .sum();
    sum / real(handicaps.len().max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::Bag;

    const MANNER: Manner = Manner {
        families: [1.0; Family::COUNT],
        cost: 10.0,
    };

    fn text(words: &str) -> Counts {
        let mut bag = Bag::default();
        bag.add_words(words.split(' '), 2);
        bag.counts()
    }

    fn learned(examples: &[(&str, usize)]) -> Balanced {
        let texts: Vec<Counts> = examples.iter().map(|(words, _)| text(words)).collect();
        let labels: Vec<usize> = examples.iter().map(|(_, label)| *label).collect();
        Balanced::learn(&texts, &labels, 2, MANNER)
    }

    #[test]
    fn a_text_like_the_examples_of_a_class_is_of_that_class() {
        let examples = [
            ("good lamp", 0),
            ("good chair", 0),
            ("good table", 0),
            ("bad lamp", 1),
            ("bad chair", 1),
            ("bad table", 1),
        ];
        let model = learned(&examples);
        assert_eq!(model.class(&text("good shelf")), 0);
        assert_eq!(model.class(&text("bad shelf")), 1);
        assert_eq!(Balanced::default().class(&text("good")), 0);
    }

    /// A word that stands in every third text of the many and in every text of the few: likely of
    /// the many, yet the few would never be found.
    #[test]
    fn a_small_class_is_found_where_likelihood_alone_would_pass_it_over() {
        let mut examples = vec![("late lamp", 1); 10];
        examples.extend([("late lamp", 0); 14]);
        examples.extend([("nice chair", 0); 60]);
        let model = learned(&examples);
        assert_eq!(model.class(&text("late lamp")), 1);
        assert_eq!(model.class(&text("nice chair")), 0);
    }

    #[test]
    fn the_mean_f1_counts_every_class_alike() {
        let judged = vec![vec![1.0, 0.0]; 4];
        // F1 of the first class 2·3/(3+4), of the second 0.
        let found = mean_f1(&judged, &[0, 0, 0, 1], &[0.0, 0.0]);
        assert!((found - 3.0 / 7.0).abs() < 1e-12, "{found}");
    }
}
