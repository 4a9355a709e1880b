//! A conversation at the moment when the assistant is to speak, as what a classifier learns from:
//! what the customer said last, what the assistant said before, and how the one fits the other.

use super::words::Words;
use crate::learning::{Bag, Counts, Family};

/// A turn of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said<'t> {
    /// Whether the customer wrote it rather than the assistant.
    pub by_customer: bool,
    /// The words.
    pub text: &'t str,
}

/// The first words of the assistant's turn tell what it asked or did.
const OPENING: usize = 5;
/// Words of a message that are read.
const READ: usize = 200;

/// The features of the turns so far.
pub fn moment(turns: &[Said<'_>]) -> Counts {
    let mut bag = Bag::default();
    let customer = last(turns, true);
    let assistant = last(turns, false);
    let (said, answered) = (Words::new(customer), Words::new(assistant));
    bag.turn_to("customer");
    bag.add_words(plain(&said), 2);
    bag.add_letters(plain(&said), &(3..=4));
    bag.turn_to("assistant");
    bag.add_words(plain(&answered), 2);
    let opening: Vec<&str> = plain(&answered).take(OPENING).collect();
    bag.turn_to(&format!("after {}", opening.join(" ")));
    bag.add_words(plain(&said), 1);
    bag.turn_to("");
    for name in shape(turns, customer, said.len()) {
        bag.add(Family::Named, &name);
    }
    bag.counts()
}

fn last<'t>(turns: &[Said<'t>], by_customer: bool) -> &'t str {
    let mut back = turns.iter().rev();
    back.find(|turn| turn.by_customer == by_customer)
        .map_or("", |turn| turn.text)
}

fn plain<'w>(words: &'w Words<'_>) -> impl Iterator<Item = &'w str> {
    (0..words.len().min(READ))
        .map(|at| words.word(at))
        .filter(|word| !word.is_empty())
}

/// What there is to say without the words.
fn shape(turns: &[Said<'_>], customer: &str, words: usize) -> Vec<String> {
    let of = |by_customer: bool| {
        turns
            .iter()
            .filter(move |turn| turn.by_customer == by_customer)
    };
    let exchanges = of(false).count().min(6);
    let length = words.checked_ilog2().map_or(0, |length| length + 1);
    let again = |by_customer: bool| {
        let mut back = of(by_customer).rev().map(|turn| turn.text.trim());
        let newest = back.next();
        newest.is_some() && back.any(|earlier| Some(earlier) == newest)
    };
    let marks = [
        ("asks", customer.contains('?')),
        ("exclaims", customer.contains('!')),
        ("numbers", customer.contains(|c: char| c.is_ascii_digit())),
        ("customer again", again(true)),
        ("assistant again", again(false)),
    ];
    let named = marks.into_iter().filter(|(_, is)| *is);
    let mut shape: Vec<String> = named.map(|(name, _)| name.to_owned()).collect();
    // One that is always there takes the place of an intercept.
    shape.push("always".to_owned());
    shape.push(format!("exchanges {exchanges}"));
    shape.push(format!("length {length}"));
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(by_customer: bool, text: &str) -> Said<'_> {
        Said { by_customer, text }
    }

    #[test]
    fn the_same_answer_to_another_question_is_another_moment() {
        let after = |question| moment(&[said(false, question), said(true, "my cat")]);
        assert_ne!(
            after("What is your name, please?"),
            after("What would you like to book?")
        );
    }

    #[test]
    fn who_says_it_matters() {
        let one = moment(&[said(true, "hello"), said(false, "a room")]);
        let other = moment(&[said(false, "hello"), said(true, "a room")]);
        assert_ne!(one, other);
    }

    #[test]
    fn before_anything_was_said_there_is_only_the_shape() {
        let names = shape(&[], "", 0);
        assert_eq!(names, ["always", "exchanges 0", "length 0"]);
    }

    #[test]
    fn a_repetition_is_seen_on_both_sides() {
        let turns = [
            said(true, "help"),
            said(false, "how?"),
            said(true, "help"),
            said(false, "how? "),
        ];
        let names = shape(&turns, "help", 1);
        assert!(names.contains(&"customer again".to_owned()));
        assert!(names.contains(&"assistant again".to_owned()));
    }
}
