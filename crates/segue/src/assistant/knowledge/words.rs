//! What the assistant says: small talk, and answers that quote an article.

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

/// What is said to a message that asks nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SmallTalk {
    /// Hello.
    Greeting,
    /// Thanks, or that it helped.
    Thanks,
    /// Goodbye.
    Goodbye,
    /// Whether this is a machine.
    WhoAreYou,
    /// That the answer did not help.
    NotHelped,
}

impl SmallTalk {
    /// Reads a message that consists of nothing else.
    pub(super) fn read(text: &str) -> Option<Self> {
        let words = terms::words(text);
        let phrase = words.join(" ");
        if matches(&phrase, include_str!("small_talk/not_helped.txt")) {
            return Some(Self::NotHelped);
        }
        if matches(&phrase, include_str!("small_talk/who_are_you.txt")) {
            return Some(Self::WhoAreYou);
        }
        let all = |set: &str| {
            !words.is_empty()
                && words
                    .iter()
                    .all(|word| set.split_whitespace().any(|it| it == word))
        };
        let filler = "there and you so very much all everyone team again really for the your a";
        let with = |set: &str| {
            all(&format!("{set} {filler}"))
                && words
                    .iter()
                    .any(|word| set.split_whitespace().any(|it| it == word))
        };
        let thanks = "thanks thank thx ty cheers perfect great awesome wonderful brilliant ok okay yes yep yeah super nice good cool that helps helped works worked does did it answers answered solved lovely appreciated help will do";
        if with("hello hi hey hiya hallo howdy morning afternoon evening greetings good day")
            && !all("good")
        {
            return Some(Self::Greeting);
        }
        if with(
            "bye goodbye ciao see later take care have nice day evening weekend good one thanks thank",
        ) && words.iter().any(|word| {
            [
                "bye", "goodbye", "ciao", "later", "care", "day", "weekend", "evening",
            ]
            .contains(&word.as_str())
        }) {
            return Some(Self::Goodbye);
        }
        with(thanks).then_some(Self::Thanks)
    }

    /// The words, and how sure they are right.
    pub(super) fn reply(self, pick: usize) -> (String, u16) {
        let (variants, confidence): ([&str; 2], u16) = match self {
            Self::Greeting => (
                [
                    "Hello! What can I do for you?",
                    "Hi, good to see you. How can I help?",
                ],
                950,
            ),
            Self::Thanks => (
                [
                    "You are welcome! Is there anything else?",
                    "Glad to hear it. I am here if anything else comes up.",
                ],
                950,
            ),
            Self::Goodbye => (
                [
                    "Goodbye, and thank you for writing.",
                    "Take care! You can come back to this chat at any time.",
                ],
                950,
            ),
            Self::WhoAreYou => (
                [
                    "I am an assistant, a machine. I answer from our help pages, and I bring in a person whenever you ask for one.",
                    "You are talking to a machine that knows our help pages. Say the word and a person takes over.",
                ],
                950,
            ),
            Self::NotHelped => (
                [
                    "I am sorry that this did not help. Tell me in a few more words what is wrong, and a person can look at it as well.",
                    "Then I have missed the point, sorry. What exactly goes wrong? A person can take over, too.",
                ],
                600,
            ),
        };
        (variants[pick % variants.len()].to_owned(), confidence)
    }
}

fn matches(phrase: &str, list: &str) -> bool {
    list.lines().any(|line| line == phrase)
}

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
