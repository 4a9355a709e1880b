//! What a text is about: one of several topics that were learned from examples, or none of them.

use super::{Counts, Effort, Linear, Sparse, Vocabulary};

/// Topics learned from examples.
#[derive(Clone, Debug, Default)]
pub struct Topics {
    vocabulary: Vocabulary,
    linear: Linear,
}

/// The likeliest topic of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Told {
    /// Its class.
    pub class: usize,
    /// How likely it is this topic rather than another one or none, 0 to 1.
    pub sureness: f64,
}

/// Words count as much as letters; the other families are not used.
const FAMILIES: [f64; 4] = [1.0, 1.0, 0.0, 0.0];
/// How sharply a lead in the scores becomes a likelihood.
const SHARPNESS: f64 = 4.0;

impl Topics {
    /// Learns from examples with the topic of each, of which there are `classes`. An example of
    /// a class that is not below `classes` is about none of the topics.
    pub fn learn(examples: &[Counts], labels: &[usize], classes: usize) -> Self {
        let vocabulary = Vocabulary::learn(examples, least(examples.len()), FAMILIES);
        let rows: Vec<Sparse> = examples
            .iter()
            .map(|text| vocabulary.vector(text))
            .collect();
        let effort = Effort {
            cost: 1.5,
            ..Effort::default()
        };
        Self {
            linear: Linear::train(&rows, labels, classes, vocabulary.len(), effort),
            vocabulary,
        }
    }

    /// The likeliest topic; none if there are no topics or the text shares nothing with the
    /// examples.
    pub fn read(&self, text: &Counts) -> Option<Told> {
        let vector = self.vocabulary.vector(text);
        if vector.cells().is_empty() {
            return None;
        }
        let scores = self.linear.scores(&vector);
        let (class, top) = scores
            .iter()
            .copied()
            .enumerate()
            .reduce(|best, next| if next.1 > best.1 { next } else { best })?;
        let lead = |score: &f32| libm::exp(SHARPNESS * (f64::from(*score) - f64::from(top)));
        Some(Told {
            class,
            sureness: 1.0 / scores.iter().map(lead).sum::<f64>(),
        })
    }
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
        assert!(told("where is my package").sureness > told("is it on my page").sureness);
    }

    #[test]
    fn a_text_that_shares_nothing_has_no_topic() {
        assert_eq!(shop().read(&features("")), None);
        assert_eq!(shop().read(&features("日本")), None);
        assert_eq!(Topics::learn(&[], &[], 0).read(&features("hello")), None);
    }
}
