//! What the assistant says when it quotes an article, and when it does not.

use super::{article::sentences, index::Sought, terms};

/// An answer quotes at most so many sentences.
const SENTENCES: usize = 4;
/// An answer quotes at most so many bytes, if that leaves one sentence.
const LENGTH: usize = 420;

const OPENERS: [&str; 4] = [
    "Happy to help.",
    "Sure, here is how that works.",
    "Good to ask.",
    "I can tell you about that.",
];
const CLOSERS: [&str; 4] = [
    "Does that answer your question?",
    "Does that help?",
    "Is that what you wanted to know?",
    "Does that settle it, or is there more to it?",
];

/// An answer that the assistant stands by.
pub(super) fn answer(paragraph: &str, question: &[Sought], pick: usize) -> String {
    format!(
        "{} {}\n\n{}",
        OPENERS[pick % OPENERS.len()],
        quote(paragraph, question, SENTENCES),
        CLOSERS[pick / 2 % CLOSERS.len()]
    )
}

/// An answer that may miss the point, and says so.
pub(super) fn unsure(title: &str, paragraph: &str, question: &[Sought]) -> String {
    format!(
        "I am not sure that I have the right answer. The nearest I can find is \u{201c}{title}\u{201d}: {}",
        quote(paragraph, question, 2)
    )
}

/// What is said when nothing fits.
pub(super) const NOTHING: &str =
    "I could not find an answer to that in our help pages, and I would rather not guess.";

/// The stretch of neighbouring sentences that holds most of the question. A stretch, and not the
/// best ones from anywhere, because sentences lean on those before them.
fn quote(paragraph: &str, question: &[Sought], most: usize) -> String {
    let sentences = sentences(paragraph);
    let weights: Vec<f64> = sentences
        .iter()
        .map(|sentence| weight(sentence, question))
        .collect();
    let fits = |from: usize, to: usize| {
        to - from <= most
            && (to - from == 1
                || sentences[from..to]
                    .iter()
                    .map(|s| s.len() + 1)
                    .sum::<usize>()
                    <= LENGTH)
    };
    let mut best = (0, 1, f64::MIN);
    for from in 0..sentences.len() {
        for to in (from + 1)..=sentences.len() {
            let value: f64 = weights[from..to].iter().sum();
            if fits(from, to) && value >= best.2 {
                best = (from, to, value);
            }
        }
    }
    sentences.get(best.0..best.1).unwrap_or_default().join(" ")
}

fn weight(sentence: &str, question: &[Sought]) -> f64 {
    let terms = terms::terms(sentence);
    question
        .iter()
        .filter(|sought| terms.contains(&sought.term))
        .map(|sought| sought.weight)
        .sum()
}
