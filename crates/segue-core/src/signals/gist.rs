//! The sentence that says best what a message is about.

use super::{
    FactSpan, Span, lexicon,
    sentence::sentences,
    words::{Gap, Words},
};

/// The best sentence; the first of equals. None for a text without words.
pub(super) fn read(words: &Words, facts: &[FactSpan]) -> Option<Span> {
    let mut best: Option<(i32, Span)> = None;
    let mut next_word = 0;
    for (place, sentence) in sentences(words.source()).enumerate() {
        let first = next_word;
        while next_word < words.len() && words.span(next_word).start < sentence.end {
            next_word += 1;
        }
        if first == next_word {
            continue;
        }
        let early = 3 - i32::try_from(place).unwrap_or(3).min(3);
        let score = weight(words, first, next_word) + fact_weight(facts, sentence) + early;
        if best.is_none_or(|(highest, _)| score > highest) {
            best = Some((score, sentence));
        }
    }
    best.map(|(_, sentence)| sentence)
}

fn weight(words: &Words, first: usize, next: usize) -> i32 {
    let troubles = (first..next)
        .filter(|&i| lexicon::is_problem(words.word(i)))
        .count();
    let length = match next - first {
        1 => -6,
        2 => -2,
        3..=30 => 3,
        _ => 0,
    };
    let courtesy = if is_courtesy(words, first, next) {
        -12
    } else {
        0
    };
    let question = if is_question(words, next) { 3 } else { 0 };
    3 * i32::try_from(troubles.min(5)).unwrap_or(5) + length + courtesy + question
}

fn fact_weight(facts: &[FactSpan], sentence: Span) -> i32 {
    let from = facts.partition_point(|fact| fact.span.end <= sentence.start);
    let inside = facts
        .iter()
        .skip(from)
        .take_while(|fact| fact.span.start < sentence.end)
        .take(3)
        .count();
    2 * i32::try_from(inside).unwrap_or(0)
}

/// A greeting or a thanks without anything else: at most two words carry weight.
fn is_courtesy(words: &Words, first: usize, next: usize) -> bool {
    let opening = (first..next.min(first + 2)).any(|i| {
        matches!(
            words.word(i),
            "hi" | "hello"
                | "hey"
                | "dear"
                | "thanks"
                | "thank"
                | "thx"
                | "regards"
                | "cheers"
                | "morning"
                | "evening"
                | "afternoon"
                | "sincerely"
                | "greetings"
                | "bye"
                | "sorry"
                | "apologies"
                | "wishes"
        )
    });
    opening && next - first <= 7
}

fn is_question(words: &Words, next: usize) -> bool {
    let after = words.span(next.saturating_sub(1)).end as usize;
    let stop = words.gap(next) == Gap::Stop;
    stop && words
        .source()
        .get(after..)
        .is_some_and(|rest| rest.trim_start_matches(['"', ')']).starts_with('?'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::facts;

    fn gist(text: &str) -> Option<&str> {
        read(&Words::new(text), &facts::read(text)).map(|span| span.of(text))
    }

    #[test]
    fn greetings_and_thanks_are_passed_over() {
        assert_eq!(
            gist(
                "Hi there! Hope you are well. You charged me twice for order 48213. Thank you so much!"
            ),
            Some("You charged me twice for order 48213.")
        );
        assert_eq!(
            gist("Good morning\nI bought a lamp last week\nit does not turn on\nRegards, Mia"),
            Some("it does not turn on")
        );
    }

    #[test]
    fn a_single_sentence_is_its_own_gist() {
        assert_eq!(gist("  refund?  "), Some("refund?"));
        assert_eq!(gist("hello"), Some("hello"));
    }

    #[test]
    fn a_text_without_words_has_none() {
        assert_eq!(gist(""), None);
        assert_eq!(gist("?! 🎉"), None);
    }
}
