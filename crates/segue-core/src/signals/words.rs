//! The words of a text, lower-cased once, so that every reading looks at the same ones.

use super::{Span, span};

/// What stands between a word and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing but space.
    Space,
    /// A comma, a dash, a bracket: the thought goes on.
    Comma,
    /// The end of a sentence or of a line.
    Stop,
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    span: Span,
    lower_start: usize,
    lower_end: usize,
    gap: Gap,
}

/// A text cut into words. An index out of range reads as the empty word, so that patterns may
/// look past both ends.
pub(super) struct Words<'t> {
    source: &'t str,
    lower: String,
    marks: Vec<Mark>,
}

impl<'t> Words<'t> {
    pub(super) fn new(source: &'t str) -> Self {
        let mut words = Self {
            source,
            lower: String::with_capacity(source.len()),
            marks: Vec::with_capacity(source.len() / 5 + 1),
        };
        let mut gap = Gap::Stop;
        for (start, chunk) in chunks(source) {
            gap = gap.max(gap_before(source, start));
            if is_address(chunk) {
                words.push_opaque(start, chunk, gap);
                gap = Gap::Space;
            } else {
                gap = words.push_chunk(start, chunk, gap);
            }
        }
        words
    }

    pub(super) fn len(&self) -> usize {
        self.marks.len()
    }

    /// The word in lower case; empty for a web or mail address, and out of range.
    pub(super) fn word(&self, index: usize) -> &str {
        self.marks
            .get(index)
            .and_then(|mark| self.lower.get(mark.lower_start..mark.lower_end))
            .unwrap_or("")
    }

    /// The word counted back from another one; empty before the first.
    pub(super) fn word_before(&self, index: usize, back: usize) -> &str {
        index.checked_sub(back).map_or("", |i| self.word(i))
    }

    /// The word as it was written.
    pub(super) fn written(&self, index: usize) -> &'t str {
        self.span(index).of(self.source)
    }

    pub(super) fn source(&self) -> &'t str {
        self.source
    }

    pub(super) fn gap(&self, index: usize) -> Gap {
        self.marks.get(index).map_or(Gap::Stop, |mark| mark.gap)
    }

    pub(super) fn span(&self, index: usize) -> Span {
        self.marks
            .get(index)
            .map_or_else(Span::default, |mark| mark.span)
    }

    /// From the first byte of one word to the last byte of another.
    pub(super) fn cover(&self, first: usize, last: usize) -> Span {
        Span {
            start: self.span(first).start,
            end: self.span(last).end,
        }
    }

    /// Whether the words from `index` on are these, with no sentence's end between them.
    pub(super) fn follow(&self, index: usize, phrase: &[&str]) -> bool {
        phrase.iter().enumerate().all(|(offset, expected)| {
            self.word(index + offset) == *expected
                && (offset == 0 || self.gap(index + offset) < Gap::Stop)
        })
    }

    /// The last word of the longest of these phrases that begins here.
    pub(super) fn phrase_at(&self, index: usize, phrases: &[&[&str]]) -> Option<usize> {
        let first = self.word(index);
        phrases
            .iter()
            .filter(|phrase| phrase.first() == Some(&first) && self.follow(index, phrase))
            .map(|phrase| index + phrase.len() - 1)
            .max()
    }

    fn push_opaque(&mut self, start: usize, chunk: &str, gap: Gap) {
        let at = self.lower.len();
        self.marks.push(Mark {
            span: span(start, start + chunk.len()),
            lower_start: at,
            lower_end: at,
            gap,
        });
    }

    /// Pushes the words of a stretch without white space; answers the gap that is left open.
    fn push_chunk(&mut self, offset: usize, chunk: &str, before: Gap) -> Gap {
        let mut gap = before;
        let mut letters = chunk.char_indices().peekable();
        while let Some((start, first)) = letters.next() {
            if !first.is_alphanumeric() {
                let next = letters.peek().map(|(_, c)| *c);
                gap = gap.max(gap_of(first, next));
                continue;
            }
            let lower_start = self.lower.len();
            self.lower.extend(first.to_lowercase());
            let mut end = start + first.len_utf8();
            while let Some(&(at, letter)) = letters.peek() {
                let inside = letter.is_alphanumeric() || is_joining(chunk, at, letter);
                if !inside {
                    break;
                }
                push_lower(&mut self.lower, letter);
                end = at + letter.len_utf8();
                letters.next();
            }
            self.marks.push(Mark {
                span: span(offset + start, offset + end),
                lower_start,
                lower_end: self.lower.len(),
                gap,
            });
            gap = Gap::Space;
        }
        gap
    }
}

/// The stretches without white space, each with its place.
fn chunks(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let base = text.as_ptr() as usize;
    text.split_whitespace()
        .map(move |chunk| (chunk.as_ptr() as usize - base, chunk))
}

fn gap_before(source: &str, start: usize) -> Gap {
    let before = source.get(..start).unwrap_or("");
    let space = before
        .bytes()
        .rev()
        .take_while(u8::is_ascii_whitespace)
        .any(|byte| byte == b'\n');
    if space { Gap::Stop } else { Gap::Space }
}

/// A web address, a mail address, or the name of an account.
fn is_address(chunk: &str) -> bool {
    let mention = chunk.starts_with('@') && chunk.len() > 1;
    let mail = chunk
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    mention || mail || chunk.contains("://") || chunk.starts_with("www.")
}

fn gap_of(mark: char, next: Option<char>) -> Gap {
    match mark {
        // "49.90" and "1,200" go on.
        '.' | ',' | ':' if next.is_some_and(char::is_numeric) => Gap::Space,
        '.' | '!' | '?' | ';' | ':' | '…' | '。' | '！' | '？' | '؟' => Gap::Stop,
        ',' | '(' | ')' | '[' | ']' | '"' | '“' | '”' | '–' | '—' | '、' | '،' => {
            Gap::Comma
        }
        '-' if next.is_none() => Gap::Comma,
        _ => Gap::Space,
    }
}

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '’' | '‘' | 'ʼ' | '`')
}

/// An apostrophe between two letters belongs to the word.
fn is_joining(chunk: &str, at: usize, letter: char) -> bool {
    is_apostrophe(letter)
        && chunk
            .get(at + letter.len_utf8()..)
            .and_then(|rest| rest.chars().next())
            .is_some_and(char::is_alphanumeric)
}

fn push_lower(lower: &mut String, letter: char) {
    if is_apostrophe(letter) {
        lower.push('\'');
    } else {
        lower.extend(letter.to_lowercase());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let words = Words::new(text);
        (0..words.len()).map(|i| words.word(i).to_owned()).collect()
    }

    #[test]
    fn words_are_lowered_and_keep_their_apostrophes() {
        assert_eq!(
            all("I DON’T know, 'really'."),
            ["i", "don't", "know", "really"]
        );
    }

    #[test]
    fn addresses_are_one_word_without_letters() {
        assert_eq!(all("see https://a.example/agent @shop"), ["see", "", ""]);
    }

    #[test]
    fn a_line_break_ends_a_sentence_and_a_decimal_point_does_not() {
        let words = Words::new("49.90 please\nthanks, bye");
        let gaps: Vec<Gap> = (0..words.len()).map(|i| words.gap(i)).collect();
        assert_eq!(
            gaps,
            [Gap::Stop, Gap::Space, Gap::Space, Gap::Stop, Gap::Comma]
        );
    }

    #[test]
    fn spans_point_at_the_written_words() {
        let words = Words::new("  Ünïcode → ok");
        assert_eq!(words.written(0), "Ünïcode");
        assert_eq!(words.written(1), "ok");
    }
}
