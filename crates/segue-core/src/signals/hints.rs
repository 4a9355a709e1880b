//! What a learner is told of a text: its words as they are meant, how it is written, and what the
//! readings that ship say of it. So a team's own labels correct the readings and need not begin
//! from nothing.

use super::{
    asks, facts,
    features::READ_WORDS,
    frustration, lexicon,
    sentiment::{self, is_negated},
    words::{Gap, Words},
};
use crate::learning::{Bag, Counts, Family};

/// Words in a row that are a feature.
const RUN: usize = 3;
/// Groups of letters that are features.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=5;

/// What speaks for a mood.
pub fn of_tone(text: &str) -> Counts {
    let words = Words::new(text);
    let mut bag = Bag::default();
    add_meant(&mut bag, &words);
    add_written(&mut bag, text);
    for index in 0..words.len().min(READ_WORDS) {
        let felt = lexicon::feeling(words.word(index));
        if felt != 0 {
            let turned = if is_negated(&words, index) { "not" } else { "" };
            bag.add(Family::Named, &format!("{turned} felt {}", felt / 11));
        }
    }
    let sentiment = sentiment::read(&words);
    bag.add(Family::Named, &format!("sentiment {}", sentiment / 250));
    for cue in frustration::read(&words, &facts::read(text)) {
        bag.add(Family::Named, &format!("{:?}", cue.kind));
    }
    bag.counts()
}

/// What speaks for the wish for a person.
pub fn of_asking(text: &str) -> Counts {
    let words = Words::new(text);
    let mut bag = Bag::default();
    add_meant(&mut bag, &words);
    add_written(&mut bag, text);
    let asks = asks::read(&words).is_some();
    bag.add(Family::Named, if asks { "asks" } else { "does not ask" });
    bag.counts()
}

/// The words and marks in order, the words after a negation as their opposites.
fn add_meant(bag: &mut Bag, words: &Words) {
    let mut meant: Vec<String> = Vec::with_capacity(words.len());
    let mut turned = false;
    for index in 0..words.len().min(READ_WORDS) {
        let word = words.word(index);
        match words.gap(index) {
            Gap::Space => {}
            Gap::Comma => turned = false,
            Gap::Stop => {
                turned = false;
                meant.push(".".to_owned());
            }
        }
        meant.push(if turned {
            format!("not {word}")
        } else {
            word.to_owned()
        });
        turned = turned || lexicon::is_negation(word);
    }
    bag.add_words(meant.iter().map(String::as_str), RUN);
}

/// Groups of letters and marks as they are written, and signs that are no letters.
fn add_written(bag: &mut Bag, text: &str) {
    let chunks = || text.split_whitespace().take(READ_WORDS);
    let lower: Vec<String> = chunks().map(str::to_lowercase).collect();
    bag.add_letters(lower.iter().map(String::as_str), &LETTERS);
    for mark in chunks().flat_map(str::chars) {
        if !mark.is_alphanumeric() {
            bag.add(Family::Marks, mark.encode_utf8(&mut [0; 4]));
        }
    }
    for loud in chunks().filter(|chunk| is_loud(chunk)) {
        bag.add(Family::Marks, "loud");
        bag.add(Family::Marks, loud);
    }
}

fn is_loud(chunk: &str) -> bool {
    chunk.chars().filter(|c| c.is_uppercase()).count() > 2 && !chunk.chars().any(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negated_word_is_another_feature() {
        assert_ne!(of_tone("it is good"), of_tone("it is not good"));
        let shared = |one: &str, other: &str| {
            let mut bags = [Bag::default(), Bag::default()];
            for (bag, text) in bags.iter_mut().zip([one, other]) {
                add_meant(bag, &Words::new(text));
            }
            let [one, other] = bags.map(Bag::counts);
            one == other
        };
        assert!(!shared("not good", "good not"));
    }

    #[test]
    fn what_the_shipped_readings_say_is_a_feature() {
        assert_ne!(of_asking("agent"), of_asking("agents at the gate"));
        assert_eq!(of_asking(""), of_asking(" "));
    }
}
