//! Where sentences begin and end.

use super::{Span, span};

/// The sentences of a text in order, without the white space around them. A sentence ends at
/// `.`, `!`, `?` (and their like in other scripts) before white space or a capital, and at the
/// end of a line.
pub fn sentences(text: &str) -> impl Iterator<Item = Span> + '_ {
    let mut rest = 0;
    std::iter::from_fn(move || {
        while rest < text.len() {
            let start = rest;
            rest = sentence_end(text, start);
            let found = trimmed(text, start, rest);
            if found.start < found.end {
                return Some(found);
            }
        }
        None
    })
}

/// Abbreviations that are not the end of a sentence.
const SHORT_FORMS: [&str; 12] = [
    "no", "nr", "mr", "mrs", "ms", "dr", "st", "vs", "e.g", "i.e", "approx", "ref",
];

fn sentence_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or("");
    let mut letters = rest.char_indices().peekable();
    let mut word_start = 0;
    while let Some((at, letter)) = letters.next() {
        if letter == '\n' {
            return start + at + 1;
        }
        if letter.is_whitespace() {
            word_start = at + letter.len_utf8();
        }
        if !is_end(letter) {
            continue;
        }
        while letters
            .next_if(|(_, next)| is_end(*next) || is_closing(*next))
            .is_some()
        {}
        let next = letters.peek().map(|(_, next)| *next);
        let word = rest.get(word_start..at).unwrap_or("");
        if ends_here(letter, next, word) {
            return start + letters.peek().map_or(rest.len(), |(next_at, _)| *next_at);
        }
    }
    text.len()
}

fn is_end(letter: char) -> bool {
    matches!(letter, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '؟')
}

fn is_closing(letter: char) -> bool {
    matches!(letter, '"' | '\'' | '”' | '’' | ')' | ']')
}

fn ends_here(mark: char, next: Option<char>, word: &str) -> bool {
    let Some(next) = next else { return true };
    match mark {
        '。' | '！' | '？' => true,
        '.' if is_short_form(word) => false,
        '.' => next.is_whitespace() || (next.is_uppercase() && ends_lower(word)),
        _ => next.is_whitespace() || next.is_alphabetic(),
    }
}

fn is_short_form(word: &str) -> bool {
    if word.len() > 8 {
        return false;
    }
    let bare = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    SHORT_FORMS
        .iter()
        .any(|form| form.eq_ignore_ascii_case(bare))
}

fn ends_lower(word: &str) -> bool {
    word.chars().next_back().is_some_and(char::is_lowercase)
}

fn trimmed(text: &str, start: usize, end: usize) -> Span {
    let whole = text.get(start..end).unwrap_or("");
    let from = start + whole.len() - whole.trim_start().len();
    span(from, from + whole.trim().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        sentences(text).map(|span| span.of(text)).collect()
    }

    #[test]
    fn sentences_end_at_their_marks_and_at_line_ends() {
        assert_eq!(
            cut("Hi there! My bill is wrong...  can you help?\nThanks"),
            [
                "Hi there!",
                "My bill is wrong...",
                "can you help?",
                "Thanks"
            ]
        );
    }

    #[test]
    fn numbers_addresses_and_short_forms_hold_together() {
        assert_eq!(
            cut("I paid $49.90 at shop.example for invoice no. 12. Why?"),
            ["I paid $49.90 at shop.example for invoice no. 12.", "Why?"]
        );
    }

    #[test]
    fn a_forgotten_space_still_ends_a_sentence() {
        assert_eq!(cut("It broke.Please help"), ["It broke.", "Please help"]);
    }

    #[test]
    fn an_empty_text_has_no_sentence() {
        assert!(cut("").is_empty());
        assert!(cut(" \n \n").is_empty());
        assert_eq!(cut("!!!"), ["!!!"]);
    }
}
