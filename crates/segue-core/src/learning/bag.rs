//! A text as a bag of hashed features: its words, runs of words, groups of letters, and what
//! else a reading names.

use std::ops::RangeInclusive;

use super::hash::{FNV_START, hash, mix, step, upper_half};

/// What kind of thing a feature is. Each family is weighed on its own, so that the many groups
/// of letters do not drown the few words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Words and runs of words.
    Words,
    /// Groups of letters within a word.
    Letters,
    /// Punctuation, capitals, emoji: how it is written.
    Marks,
    /// What a reading or a fact says: named by whoever adds it.
    Named,
}

impl Family {
    /// How many there are.
    pub const COUNT: usize = 4;

    /// The family of a feature, which its last two bits tell.
    pub(super) fn place(feature: u32) -> usize {
        (feature & 3) as usize
    }

    fn stamp(self, hash: u64) -> u32 {
        let family = match self {
            Self::Words => 0,
            Self::Letters => 1,
            Self::Marks => 2,
            Self::Named => 3,
        };
        (upper_half(mix(hash)) & !3) | family
    }
}

/// Features as they are found, in any order.
#[derive(Clone, Debug, Default)]
pub struct Bag {
    found: Vec<u32>,
    field: u64,
}

/// How often each feature stands in a text, in order of feature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub(super) counts: Vec<(u32, u32)>,
}

impl Bag {
    /// From here on features are of this part of a whole (`last message of the assistant`), and
    /// are other features than the same ones in another part.
    pub fn turn_to(&mut self, field: &str) {
        self.field = if field.is_empty() {
            0
        } else {
            mix(hash(field.as_bytes()))
        };
    }

    /// Adds one feature by its name.
    pub fn add(&mut self, family: Family, name: &str) {
        self.push(family, hash(name.as_bytes()));
    }

    /// Adds every word, and every run of words up to `longest` in a row.
    pub fn add_words<'w>(&mut self, words: impl IntoIterator<Item = &'w str>, longest: usize) {
        let mut last: Vec<u64> = Vec::with_capacity(longest);
        for word in words {
            if last.len() == longest {
                last.remove(0);
            }
            last.push(hash(word.as_bytes()));
            let mut run = 0_u64;
            for word in last.iter().rev() {
                run = run.rotate_left(17) ^ word;
                self.push(Family::Words, run);
            }
        }
    }

    /// Adds the groups of letters of each word between two spaces. Bytes serve as letters:
    /// groups are only compared, never shown.
    pub fn add_letters<'w>(
        &mut self,
        words: impl IntoIterator<Item = &'w str>,
        lengths: &RangeInclusive<usize>,
    ) {
        for word in words {
            let padded = [b" ", word.as_bytes(), b" "].concat();
            for start in 0..padded.len() {
                let rest = padded.iter().skip(start).take(*lengths.end());
                let mut group = FNV_START;
                for (before, byte) in rest.enumerate() {
                    group = step(group, *byte);
                    if lengths.contains(&(before + 1)) {
                        self.push(Family::Letters, group);
                    }
                }
            }
        }
    }

    /// How often each feature was added.
    pub fn counts(mut self) -> Counts {
        self.found.sort_unstable();
        let counts = self
            .found
            .chunk_by(|one, next| one == next)
            .filter_map(|same| {
                let count = u32::try_from(same.len()).unwrap_or(u32::MAX);
                same.first().map(|feature| (*feature, count))
            })
            .collect();
        Counts { counts }
    }

    fn push(&mut self, family: Family, hash: u64) {
        self.found.push(family.stamp(hash ^ self.field));
    }
}

impl Counts {
    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, longest: usize) -> Counts {
        let mut bag = Bag::default();
        bag.add_words(text.split(' '), longest);
        bag.counts()
    }

    #[test]
    fn words_and_their_runs_are_counted() {
        assert_eq!(words("a b a b", 1).counts.len(), 2);
        // a, b, "a b", "b a"
        assert_eq!(words("a b a b", 2).counts.len(), 4);
        assert_ne!(words("a b", 2), words("b a", 2));
        assert_eq!(words("a b", 1), words("b a", 1));
    }

    #[test]
    fn groups_of_letters_know_where_a_word_ends() {
        let letters = |word| {
            let mut bag = Bag::default();
            bag.add_letters([word], &(2..=3));
            bag.counts().counts
        };
        // " a", "ab", "b ", " ab", "ab "
        assert_eq!(letters("ab").len(), 5);
        let shared = letters("abc")
            .iter()
            .filter(|c| letters("xabc").contains(c))
            .count();
        // "ab", "bc", "c ", "abc", "bc "
        assert_eq!(shared, 5);
    }

    #[test]
    fn the_same_word_in_another_field_is_another_feature() {
        let in_field = |field: &str| {
            let mut bag = Bag::default();
            bag.turn_to(field);
            bag.add(Family::Named, "refund");
            bag.counts()
        };
        assert_ne!(in_field(""), in_field("assistant"));
        assert_ne!(in_field("customer"), in_field("assistant"));
    }

    #[test]
    fn a_feature_tells_its_family() {
        let families = [Family::Words, Family::Letters, Family::Marks, Family::Named];
        for (place, family) in families.into_iter().enumerate() {
            assert_eq!(Family::place(family.stamp(0x1234_5678_9abc_def0)), place);
        }
    }
}
