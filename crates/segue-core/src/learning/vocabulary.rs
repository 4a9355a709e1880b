//! The features that the examples have, and how much each says.

use super::{
    Sparse,
    bag::{Counts, Family},
    real, short,
};

/// Features with their weights: the rarer a feature among the examples, the more it says.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// In order.
    features: Vec<u32>,
    /// How much each says, by column.
    weights: Vec<f32>,
    /// For each of the upper bits of a feature, where it begins in `features`.
    heads: Vec<u32>,
    /// How much each family counts.
    families: [f64; Family::COUNT],
    /// How much a feature says that no example has.
    unknown: f32,
}

const HEAD_BITS: u32 = 16;

impl Vocabulary {
    /// Learns the features that at least `least` of the examples have. `families` says how much
    /// each [`Family`] counts in a vector, in the order of the enum.
    pub fn learn(examples: &[Counts], least: usize, families: [f64; Family::COUNT]) -> Self {
        let mut found: Vec<u32> = examples
            .iter()
            .flat_map(|example| example.counts.iter().map(|(feature, _)| *feature))
            .collect();
        found.sort_unstable();
        let kept = found
            .chunk_by(|one, next| one == next)
            .filter(|same| same.len() >= least);
        let (features, weights): (Vec<u32>, Vec<f32>) = kept
            .filter_map(|same| Some((*same.first()?, rarity(same.len(), examples.len()))))
            .unzip();
        Self {
            heads: heads(&features),
            features,
            weights,
            families,
            unknown: rarity(0, examples.len()),
        }
    }

    /// How many columns its vectors have.
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether nothing was learned.
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// The vector of a text, of length one unless the text shares no feature with the examples.
    /// A repeated feature counts 1 + ln n times (sublinear term frequency; Manning, Raghavan &
    /// Schütze 2008, 6.4.1).
    pub fn vector(&self, text: &Counts) -> Sparse {
        self.weigh(text).0
    }

    /// The vector of a text, and the share of its weight that no example knows, 0 to 1.
    pub fn weigh(&self, text: &Counts) -> (Sparse, f64) {
        let mut cells: Vec<(u32, f32)> = Vec::with_capacity(text.counts.len());
        let mut known = [0.0_f64; Family::COUNT];
        let mut unknown = [0.0_f64; Family::COUNT];
        for (feature, count) in &text.counts {
            let often = repeated(*count);
            let (weight, squares) = match self.column(*feature) {
                Some((column, weight)) => {
                    cells.push((column, short(f64::from(weight) * often)));
                    (weight, &mut known)
                }
                None => (self.unknown, &mut unknown),
            };
            let value = f64::from(weight) * often;
            if let Some(square) = squares.get_mut(Family::place(*feature)) {
                *square += value * value;
            }
        }
        self.level(&mut cells, &known);
        (Sparse::new(cells), share_unknown(&known, &unknown))
    }

    /// Makes each family as long as it counts, and the whole of length one.
    fn level(&self, cells: &mut [(u32, f32)], squares: &[f64; Family::COUNT]) {
        let of_family = |place: usize| -> Option<(f64, f64)> {
            let square = squares.get(place).filter(|square| **square > 0.0)?;
            Some((*square, *self.families.get(place)?))
        };
        let whole: f64 = (0..Family::COUNT)
            .filter_map(of_family)
            .map(|(_, counts)| counts * counts)
            .sum();
        for (column, value) in cells {
            let feature = self.features.get(*column as usize).copied().unwrap_or(0);
            if let Some((square, counts)) = of_family(Family::place(feature)) {
                let factor = counts / (square * whole.max(f64::MIN_POSITIVE)).sqrt();
                *value = short(f64::from(*value) * factor);
            }
        }
    }

    fn column(&self, feature: u32) -> Option<(u32, f32)> {
        let head = (feature >> (32 - HEAD_BITS)) as usize;
        let start = *self.heads.get(head)?;
        let end = *self.heads.get(head + 1)?;
        let bucket = self.features.get(start as usize..end as usize)?;
        let place = bucket.iter().position(|known| *known == feature)?;
        let column = start + u32::try_from(place).ok()?;
        Some((column, *self.weights.get(column as usize)?))
    }
}

/// Smoothed inverse document frequency: ln((1 + examples) / (1 + with)) + 1.
fn rarity(with: usize, examples: usize) -> f32 {
    short(libm::log((1.0 + real(examples)) / (1.0 + real(with))) + 1.0)
}

fn repeated(count: u32) -> f64 {
    if count <= 1 {
        1.0
    } else {
        1.0 + libm::log(f64::from(count))
    }
}

fn share_unknown(known: &[f64], unknown: &[f64]) -> f64 {
    let unknown: f64 = unknown.iter().sum();
    let all = known.iter().sum::<f64>() + unknown;
    if all > 0.0 { unknown / all } else { 1.0 }
}

fn heads(features: &[u32]) -> Vec<u32> {
    let mut heads = Vec::with_capacity((1 << HEAD_BITS) + 1);
    let mut at = 0;
    for head in 0..=(1_u32 << HEAD_BITS) {
        while features
            .get(at)
            .is_some_and(|feature| feature >> (32 - HEAD_BITS) < head)
        {
            at += 1;
        }
        heads.push(u32::try_from(at).unwrap_or(u32::MAX));
    }
    heads
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::Bag;

    const FAMILIES: [f64; 4] = [1.0, 1.0, 0.0, 0.0];

    fn counts(text: &str) -> Counts {
        let mut bag = Bag::default();
        bag.add_words(text.split(' '), 1);
        bag.add_letters(text.split(' '), &(3..=3));
        bag.counts()
    }

    #[test]
    fn vectors_have_length_one_and_families_their_share() {
        let examples = ["the red house", "the blue house", "the sky"].map(counts);
        let vocabulary = Vocabulary::learn(&examples, 1, [2.0, 1.0, 0.0, 0.0]);
        let vector = vocabulary.vector(&counts("the red sky"));
        assert!((vector.square() - 1.0).abs() < 1e-6);
        let words = vector
            .cells()
            .iter()
            .filter(|(column, _)| Family::place(vocabulary.features[*column as usize]) == 0);
        let words: f32 = words.map(|(_, value)| value * value).sum();
        assert!((words - 0.8).abs() < 1e-6, "{words}");
    }

    #[test]
    fn what_is_rare_among_the_examples_says_more() {
        let examples = ["the red house", "the blue house", "the sky"].map(counts);
        let vocabulary = Vocabulary::learn(&examples, 1, [1.0, 0.0, 0.0, 0.0]);
        let only = |word: &str| {
            let mut bag = Bag::default();
            bag.add_words([word], 1);
            let (feature, _) = bag.counts().counts[0];
            vocabulary.column(feature).unwrap().1
        };
        assert!(only("sky") > only("house"));
        assert!(only("house") > only("the"));
    }

    #[test]
    fn what_no_example_has_is_told_as_a_share() {
        let examples = ["the red house"].map(counts);
        let vocabulary = Vocabulary::learn(&examples, 1, FAMILIES);
        assert!(vocabulary.weigh(&counts("the red house")).1 < 1e-9);
        assert!((vocabulary.weigh(&counts("quux")).1 - 1.0).abs() < 1e-9);
        let (vector, unknown) = vocabulary.weigh(&counts("the quux"));
        assert!(unknown > 0.3 && unknown < 0.9, "{unknown}");
        assert!((vector.square() - 1.0).abs() < 1e-6);
    }

    #[test]
    fn features_of_too_few_examples_are_left_out() {
        let examples = ["the red house", "the blue house"].map(counts);
        let all = Vocabulary::learn(&examples, 1, FAMILIES).len();
        let common = Vocabulary::learn(&examples, 2, FAMILIES);
        assert!(common.len() < all);
        assert!(Vocabulary::learn(&[], 1, FAMILIES).is_empty());
        assert!(common.vector(&counts("red")).cells().is_empty());
    }
}
