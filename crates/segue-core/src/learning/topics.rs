//! What a text is about: one of several topics that were learned from examples, or none of them.
//!
//! Two models speak: support vector machines, which tell apart what is close, and a softmax,
//! which knows better what is far from everything. How often they are right together was
//! measured once, so that few examples give a likelihood, too.

use super::{Counts, Effort, Linear, Softmax, Sparse, Vocabulary, real, sigmoid};

/// Topics learned from examples.
#[derive(Clone, Debug, Default)]
pub struct Topics {
    vocabulary: Vocabulary,
    margins: Linear,
    softmax: Softmax,
    /// The mean logarithm of the likelihood that the softmax gives an example's own topic: few
    /// examples or many topics make it timid about all texts alike.
    usual: f64,
}

/// The likeliest topic of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Told {
    /// Its class.
    pub class: usize,
    /// How likely it is this topic rather than another one or none, 0 to 1.
    pub likelihood: f64,
}

/// Words count as much as letters; the other families are not used.
const FAMILIES: [f64; 4] = [1.0, 1.0, 0.0, 0.0];
const MARGINS: Effort = Effort {
    cost: 2.0,
    tolerance: 0.1,
    rounds: 200,
};
const SOFTMAX: Effort = Effort {
    cost: 3.0,
    tolerance: 0.02,
    rounds: 60,
};
/// How sharply a lead in margins becomes a likelihood.
const SHARPNESS: f64 = 4.0;

/// How likely a reading is right: a logistic regression on what both models say together, and on
/// the share of the text that no example knows.
///
/// Fitted on three public sets of questions (BANKING77, CLINC150, HWU64), each with 5 to 100
/// examples for each of 8 to 50 intents, where half of the questions had an intent that was not
/// among those learned.
struct Counting {
    intercept: f64,
    together: f64,
    unknown: f64,
}

const RIGHT: Counting = Counting {
    intercept: 1.881,
    together: 1.043,
    unknown: -1.505,
};

impl Topics {
    /// Learns from examples with the topic of each, of which there are `classes`. An example of
    /// a class that is not below `classes` is about none of the topics.
    pub fn learn(examples: &[Counts], labels: &[usize], classes: usize) -> Self {
        let vocabulary = Vocabulary::learn(examples, least(examples.len()), FAMILIES);
        let rows: Vec<Sparse> = examples
            .iter()
            .map(|text| vocabulary.vector(text))
            .collect();
        let columns = vocabulary.len();
        let softmax = Softmax::train(&rows, labels, classes, columns, SOFTMAX);
        Self {
            margins: Linear::train(&rows, labels, classes, columns, MARGINS),
            usual: usual(&softmax, &rows, labels),
            softmax,
            vocabulary,
        }
    }

    /// The likeliest topic; none if there are no topics or the text shares nothing with the
    /// examples.
    pub fn read(&self, text: &Counts) -> Option<Told> {
        let likelihoods = self.likelihoods(text);
        let (class, likelihood) = likelihoods
            .into_iter()
            .enumerate()
            .reduce(|best, next| if next.1 > best.1 { next } else { best })?;
        Some(Told { class, likelihood })
    }

    /// How likely each topic is, 0 to 1; empty for a text that shares nothing with the examples.
    pub fn likelihoods(&self, text: &Counts) -> Vec<f64> {
        let (vector, unknown) = self.vocabulary.weigh(text);
        if vector.cells().is_empty() {
            return Vec::new();
        }
        let leads = leads(&self.margins.scores(&vector));
        let likely = self.softmax.likelihoods(&vector);
        likely
            .into_iter()
            .zip(leads)
            .map(|(likely, lead)| {
                let likely = libm::log(f64::from(likely).max(1e-9)) - self.usual;
                RIGHT.likelihood(likely + lead, unknown)
            })
            .collect()
    }
}

impl Counting {
    fn likelihood(&self, together: f64, unknown: f64) -> f64 {
        sigmoid(self.intercept + self.together * together + self.unknown * unknown)
    }
}

fn usual(softmax: &Softmax, rows: &[Sparse], labels: &[usize]) -> f64 {
    let own: Vec<f64> = rows
        .iter()
        .zip(labels)
        .filter_map(|(row, label)| {
            let likely = softmax.likelihoods(row).get(*label).copied()?;
            Some(libm::log(f64::from(likely)))
        })
        .collect();
    own.iter().sum::<f64>() / real(own.len().max(1))
}

/// The logarithm of each class's share when margins are told as likelihoods.
fn leads(margins: &[f32]) -> Vec<f64> {
    let top = margins.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let behind: Vec<f64> = margins
        .iter()
        .map(|margin| SHARPNESS * f64::from(margin - top))
        .collect();
    let whole = libm::log(behind.iter().map(|lead| libm::exp(*lead)).sum());
    behind.into_iter().map(|lead| lead - whole).collect()
}

/// Features that only one of many examples has cost room and say little.
fn least(examples: usize) -> usize {
    if examples > 4000 { 2 } else { 1 }
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::features;

    fn shop() -> Topics {
        let examples = [
            ("where is my package", 0),
            ("my order has not arrived yet", 0),
            ("when will the delivery come", 0),
            ("i cannot sign in to my account", 1),
            ("how do I reset my password", 1),
            ("the login page keeps rejecting me", 1),
            ("tell me a joke", 2),
        ];
        let counts: Vec<Counts> = examples.iter().map(|(text, _)| features(text)).collect();
        let labels: Vec<usize> = examples.iter().map(|(_, label)| *label).collect();
        Topics::learn(&counts, &labels, 2)
    }

    #[test]
    fn a_text_like_the_examples_is_of_their_topic() {
        let told = |text| shop().read(&features(text)).unwrap();
        assert_eq!(told("has my package arrived").class, 0);
        assert_eq!(told("resetting the password of my account").class, 1);
        assert!(told("where is my package").likelihood > told("is it on my page").likelihood);
    }

    #[test]
    fn a_text_that_shares_nothing_has_no_topic() {
        assert_eq!(shop().read(&features("")), None);
        assert_eq!(shop().read(&features("日本")), None);
        assert_eq!(Topics::learn(&[], &[], 0).read(&features("hello")), None);
    }
}
