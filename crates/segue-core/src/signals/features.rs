//! A text as what a classifier learns from: its words, their pairs and their letters.

use super::words::Words;
use crate::learning::{Bag, Counts};

/// The longest run of words that is one feature.
const RUN: usize = 2;
/// Groups of letters that are features.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=5;

/// The features of a text, of its first four hundred words at most.
pub fn features(text: &str) -> Counts {
    let words = Words::new(text);
    of_words(&words, 0, words.len())
}

/// The words of a message that are read; what comes later hardly changes what it is about.
pub(super) const READ_WORDS: usize = 400;

/// The features of a stretch of words. Web and mail addresses have none.
pub(super) fn of_words(words: &Words, first: usize, next: usize) -> Counts {
    let next = next.min(first + READ_WORDS);
    let all = || {
        (first..next)
            .map(|i| words.word(i))
            .filter(|word| !word.is_empty())
    };
    let mut bag = Bag::default();
    bag.add_words(all(), RUN);
    bag.add_letters(all(), &LETTERS);
    bag.counts()
}
