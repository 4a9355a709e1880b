//! Does the customer say that the matter is settled?

use super::words::{Gap, Words};

/// Whether some clause says that it is settled and none says that it is not.
pub(super) fn read(words: &Words) -> bool {
    let asks = words.source().contains('?');
    !asks && !is_open(words) && (0..words.len()).any(|i| settles(words, i))
}

/// Phrases that settle a matter.
const SETTLED: [&[&str]; 40] = [
    &["that", "worked"],
    &["it", "worked"],
    &["this", "worked"],
    &["that", "works"],
    &["it", "works", "now"],
    &["it's", "working", "now"],
    &["it", "is", "working", "now"],
    &["works", "now"],
    &["works", "again"],
    &["working", "again"],
    &["working", "now"],
    &["works", "fine"],
    &["all", "good"],
    &["all", "set"],
    &["all", "sorted"],
    &["got", "it", "working"],
    &["that", "helped"],
    &["that", "helps"],
    &["that", "did", "it"],
    &["did", "the", "trick"],
    &["that", "solved"],
    &["that", "fixed"],
    &["fixed", "it"],
    &["solved", "it"],
    &["problem", "solved"],
    &["issue", "resolved"],
    &["is", "solved"],
    &["is", "resolved"],
    &["it's", "fixed"],
    &["it", "is", "fixed"],
    &["is", "fixed", "now"],
    &["that's", "all", "i", "needed"],
    &["that", "is", "all", "i", "needed"],
    &["that's", "everything"],
    &["answers", "my", "question"],
    &["answered", "my", "question"],
    &["no", "further", "questions"],
    &["i", "found", "it"],
    &["figured", "it", "out"],
    &["sorted", "now"],
];

/// Words that keep a matter open wherever they stand.
const OPEN: [&str; 30] = [
    "but", "still", "however", "not", "didn't", "didnt", "doesn't", "doesnt", "don't", "dont",
    "isn't", "isnt", "hasn't", "hasnt", "won't", "wont", "never", "nothing", "can't", "cannot",
    "cant", "until", "if", "when", "except", "unless", "although", "nope", "wasn't", "haven't",
];

fn is_open(words: &Words) -> bool {
    (0..words.len()).any(|i| OPEN.contains(&words.word(i)) && !is_courtesy(words, i))
}

/// "I don't need anything else" and "nothing else" keep nothing open.
fn is_courtesy(words: &Words, index: usize) -> bool {
    let need = ["need", "have"].contains(&words.word(index + 1));
    words.follow(index, &["nothing", "else"])
        || (need && (2..5).any(|ahead| words.word(index + ahead) == "else"))
        || (need && (2..5).any(|ahead| words.word(index + ahead) == "anymore"))
}

fn settles(words: &Words, index: usize) -> bool {
    words.phrase_at(index, &SETTLED).is_some() && !was_once(words, index)
}

/// "it worked before", "yesterday that worked": then, not now.
fn was_once(words: &Words, index: usize) -> bool {
    let then = [
        "before",
        "yesterday",
        "earlier",
        "once",
        "always",
        "previously",
        "used",
    ];
    (index.saturating_sub(3)..index + 6)
        .filter(|&i| i <= index || words.gap(i) < Gap::Stop)
        .any(|i| then.contains(&words.word(i)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_settled_matter_is_read_as_settled() {
        for text in [
            "that worked, thanks",
            "All good now!",
            "Perfect, that fixed it",
            "ok it's working now, thank you so much",
            "That did the trick 🎉",
            "got it working, I don't need anything else",
        ] {
            assert!(read(&Words::new(text)), "{text}");
        }
    }

    #[test]
    fn an_open_matter_is_not() {
        for text in [
            "thanks but it still fails",
            "that didn't solve it",
            "it worked before the update",
            "thanks",
            "does it work now?",
            "all good except the invoice",
            "I'll be happy when that works",
            "",
        ] {
            assert!(!read(&Words::new(text)), "{text}");
        }
    }
}
