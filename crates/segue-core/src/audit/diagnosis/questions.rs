//! What a question asks for, and whether the customer had said it already.

use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

use super::past::Seen;
use crate::{
    audit::Speaker,
    signals::{FactKind, sentences},
};

/// What people are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// An order, ticket, invoice or account number.
    Reference,
    /// A mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A date.
    Date,
    /// An amount of money.
    Amount,
    /// What an error says.
    ErrorMessage,
    /// What was tried already.
    AttemptedSteps,
}

/// All of them, in the order in which they are told.
pub(super) const WANTED: [Wanted; 7] = [
    Wanted::Reference,
    Wanted::Email,
    Wanted::Phone,
    Wanted::Date,
    Wanted::Amount,
    Wanted::ErrorMessage,
    Wanted::AttemptedSteps,
];

/// Where something stands: the message, counted from 1, and the words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quote {
    /// The message, counted from 1.
    pub message: u64,
    /// The sentence, cut if it is long.
    pub words: String,
}

/// A question, and the customer's earlier words that answer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) wanted: Wanted,
    pub(super) question: Quote,
    pub(super) answered: Option<Quote>,
}

/// A quotation is cut after so many characters.
const QUOTE_CHARS: usize = 160;
/// So far before a number its noun may stand, in bytes.
const NOUN_REACH: usize = 40;

/// One question of each kind that `speaker` asks: the first that had been answered before, else
/// the first.
pub(super) fn asked_by(seen: &Seen<'_>, speaker: Speaker) -> Vec<Asked> {
    let mut found: Vec<Asked> = Vec::new();
    for (place, turn) in seen.past.turns.iter().enumerate() {
        if turn.by != speaker {
            continue;
        }
        for sentence in sentences(&turn.text).map(|span| span.of(&turn.text)) {
            for wanted in wanted_by(sentence) {
                note(&mut found, wanted, || asked(seen, place, sentence, wanted));
            }
        }
    }
    found
}

/// Keeps a question of a kind that is new, or one that was answered before in place of one that
/// was not.
fn note(found: &mut Vec<Asked>, wanted: Wanted, asked: impl FnOnce() -> Option<Asked>) {
    match found.iter_mut().find(|known| known.wanted == wanted) {
        Some(known) if known.answered.is_some() => {}
        Some(known) => {
            if let Some(again) = asked().filter(|again| again.answered.is_some()) {
                *known = again;
            }
        }
        None => found.extend(asked()),
    }
}

/// None for a question that holds the value itself: that is a confirmation.
fn asked(seen: &Seen<'_>, place: usize, sentence: &str, wanted: Wanted) -> Option<Asked> {
    let said = said_before(seen, place, sentence, wanted);
    if said
        .as_ref()
        .is_some_and(|said| sentence.contains(&said.value))
    {
        return None;
    }
    Some(Asked {
        wanted,
        question: quote(place, sentence),
        answered: said.map(|said| said.quote),
    })
}

struct Said {
    value: String,
    quote: Quote,
}

/// The latest words of the customer before this message that say what is asked for.
fn said_before(seen: &Seen<'_>, place: usize, sentence: &str, wanted: Wanted) -> Option<Said> {
    let turns = seen.past.turns.iter().zip(&seen.readings).enumerate();
    turns
        .take(place)
        .rev()
        .find_map(|(earlier, (turn, reading))| {
            let (text, reading) = (&turn.text, reading.as_ref()?);
            if wanted == Wanted::AttemptedSteps {
                let tried = TRIED.find(text)?;
                return Some(said(earlier, text, tried.start(), tried.as_str()));
            }
            let kind = fact_kind(wanted)?;
            let facts = reading.facts.iter().filter(|fact| fact.kind == kind);
            let mut places = facts.map(|fact| (fact.span.start as usize, fact.span.of(text)));
            let fitting = places
                .find(|(at, _)| kind != FactKind::Reference || same_thing(sentence, text, *at));
            fitting
                .or_else(|| {
                    mask(wanted)
                        .and_then(|mask| mask.find(text))
                        .map(|m| (m.start(), m.as_str()))
                })
                .map(|(at, value)| said(earlier, text, at, value))
        })
}

fn said(place: usize, text: &str, at: usize, value: &str) -> Said {
    let sentence = sentences(text)
        .find(|span| (span.start as usize) <= at && at < span.end as usize)
        .map_or(value, |span| span.of(text));
    Said {
        value: value.to_owned(),
        quote: quote(place, sentence),
    }
}

fn quote(place: usize, words: &str) -> Quote {
    let mut cut: String = words.chars().take(QUOTE_CHARS).collect();
    if cut.len() < words.len() {
        cut.push('…');
    }
    Quote {
        message: u64::try_from(place + 1).unwrap_or(u64::MAX),
        words: cut.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

fn fact_kind(wanted: Wanted) -> Option<FactKind> {
    Some(match wanted {
        Wanted::Reference => FactKind::Reference,
        Wanted::Email => FactKind::Email,
        Wanted::Phone => FactKind::Phone,
        Wanted::Date => FactKind::Date,
        Wanted::Amount => FactKind::Amount,
        Wanted::ErrorMessage => FactKind::Error,
        Wanted::AttemptedSteps => return None,
    })
}

/// Numbers of different things are different facts: who gave an order number may still be asked
/// for the account. A number without a noun answers any question for a number.
fn same_thing(question: &str, text: &str, at: usize) -> bool {
    let mut from = at.saturating_sub(NOUN_REACH);
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    let before = text.get(from..at).unwrap_or("");
    match (noun(question), last_noun(before)) {
        (Some(asked), Some(given)) => asked == given,
        _ => true,
    }
}

fn noun(text: &str) -> Option<usize> {
    NOUNS.iter().position(|nouns| nouns.is_match(text))
}

/// The noun that stands nearest before the number.
fn last_noun(before: &str) -> Option<usize> {
    let ends = NOUNS.iter().enumerate().filter_map(|(place, nouns)| {
        let last = nouns.find_iter(before).last()?;
        Some((last.end(), place))
    });
    ends.max().map(|(_, place)| place)
}

/// What a sentence asks for; nothing if it asks nothing.
fn wanted_by(sentence: &str) -> impl Iterator<Item = Wanted> + '_ {
    let asks = (sentence.trim_end().ends_with('?') || REQUEST.is_match(sentence))
        && !FORBIDS.is_match(sentence);
    let kinds = WANTED.into_iter().zip(KINDS.iter());
    kinds
        .filter(move |(_, pattern)| asks && pattern.is_match(sentence))
        .map(|(wanted, _)| wanted)
}

/// What a system that hides personal data puts in its place.
fn mask(wanted: Wanted) -> Option<&'static Regex> {
    match wanted {
        Wanted::Email => MASKS.first(),
        Wanted::Phone => MASKS.last(),
        _ => None,
    }
}

fn compiled<const N: usize>(patterns: [&str; N]) -> Vec<Regex> {
    patterns
        .into_iter()
        .map(|pattern| Regex::new(pattern).expect("a pattern of this file is well formed"))
        .collect()
}

fn one(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of this file is well formed")
}

static REQUEST: LazyLock<Regex> = LazyLock::new(|| {
    one(
        r"(?i)\b(?:please|pls|plz|kindly)\b.{0,30}\b(?:send|share|provide|give|tell|confirm|dm|enter|reply|include|let)\b|\b(?:could|can|would|will) (?:you|u)\b|\b(?:send|dm|give|tell|provide) (?:us|me)\b|\bi(?:'ll| will)? (?:need|require)\b|\bwe(?:'ll| will)? need\b|\b(?:provide|share) (?:your|the)\b|\bmay i have\b|\bdo you have\b|\bwhat(?:'s| is| was)\b",
    )
});

/// A warning not to tell something, or to take it back, asks for nothing.
static FORBIDS: LazyLock<Regex> = LazyLock::new(|| {
    one(
        r"(?i)\b(?:do not|don't|never|avoid|delete|remove|without|no need|not need|instead of|sent (?:you|to)|emailed|will (?:send|call|email)|we'll (?:send|call|email))\b",
    )
});

static TRIED: LazyLock<Regex> = LazyLock::new(|| {
    one(
        r"(?i)\b(?:i|we)(?:'ve| have)? (?:already |also |even )?(?:tried|restarted|rebooted|reinstalled|re-installed|reset|cleared|updated|unplugged|logged out|uninstalled|power cycled|followed|did (?:all|that|this))\b",
    )
});

/// In the order of [`WANTED`].
static KINDS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    compiled([
        r"(?i)\b(?:order|booking|reservation|ticket|account|tracking|invoice|confirmation|case|reference|flight|customer|user|member(?:ship)?|policy|serial|record|claim|receipt|transaction)\b[ -]?(?:locator|number|no\b|nr\b|num\b|id\b|ids\b|code|#|reference)|\b(?:pnr|conf(?:irmation)? ?#|locator)",
        r"(?i)\b(?:your|the|an?|which|what|correct|associated)\b[^.?!]{0,20}\be-?mail(?: address| id)?\b",
        r"(?i)\b(?:phone|mobile|telephone|contact|callback|cell)(?: phone)? number\b|\bnumber (?:to call|we can (?:call|reach))\b",
        r"(?i)\b(?:what|which) (?:date|day)\b|\bdates? of (?:your|the|travel|purchase|birth|departure)\b|\bwhen (?:did|was|were|do|are) (?:you|it|this|that|the)\b|\b(?:travel|departure|purchase|order|return) dates?\b",
        r"(?i)\bhow much (?:was|were|did|is|have you)\b|\b(?:what|which|exact|total) amount\b|\bamount (?:of|that|you|charged)\b",
        r"(?i)\berror (?:message|code|text)\b|\b(?:what|which|any|exact|the) error\b|\bwhat (?:does|do|did) (?:it|the screen|the message) say\b|\bwhat message\b",
        r"(?i)\b(?:have|did) you (?:already |also |ever )?(?:tr(?:y|ied)|restart(?:ed)?|reboot(?:ed)?|re-?install(?:ed)?|reset|clear(?:ed)?|updated?)\b|\bwhat (?:have|did) you (?:tried|try|do|done)\b|\b(?:steps|troubleshooting)\b[^.?!]{0,30}\b(?:tried|taken|done|already)\b",
    ])
});

/// Nouns that stand for the same thing.
static NOUNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    compiled([
        r"(?i)\b(?:order|purchase)\b",
        r"(?i)\b(?:booking|reservation|confirmation|conf|pnr|locator)\b",
        r"(?i)\b(?:ticket|case|claim|incident)\b",
        r"(?i)\b(?:account|customer|user|member(?:ship)?)\b",
        r"(?i)\b(?:invoice|receipt|transaction|payment)\b",
        r"(?i)\b(?:tracking|shipment|parcel|package)\b",
        r"(?i)\bflight\b",
        r"(?i)\b(?:policy|contract)\b",
        r"(?i)\bserial\b",
    ])
});

static MASKS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    compiled([
        r"(?i)[<\[{](?:e-?mail(?:[ _-]?address)?)[>\]}]",
        r"(?i)[<\[{](?:phone|telephone|mobile)(?:[ _-]?number)?[>\]}]",
    ])
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        audit::{RecordedTurn, diagnosis::Past},
        signals::Reader,
    };

    fn turn(by: Speaker, text: &str) -> RecordedTurn {
        RecordedTurn {
            by,
            at: None,
            text: text.to_owned(),
            answer: None,
            hands_off: false,
            reading: None,
        }
    }

    fn asked(customer: &str, agent: &str) -> Vec<(Wanted, bool)> {
        let past = Past {
            turns: vec![
                turn(Speaker::Customer, customer),
                turn(Speaker::Agent, agent),
            ],
            ..Past::default()
        };
        let reader = Reader::new(&[]);
        let asked = asked_by(&Seen::new(&past, &reader), Speaker::Agent);
        asked
            .into_iter()
            .map(|one| (one.wanted, one.answered.is_some()))
            .collect()
    }

    #[test]
    fn a_question_that_was_answered_before_is_found_with_both_quotations() {
        let past = Past {
            turns: vec![
                turn(Speaker::Customer, "Hello. Order 48213 has not come."),
                turn(
                    Speaker::Agent,
                    "Sorry to hear that. What is your order number?",
                ),
            ],
            ..Past::default()
        };
        let reader = Reader::new(&[]);
        let found = asked_by(&Seen::new(&past, &reader), Speaker::Agent);
        let answered = found[0].answered.as_ref().unwrap();
        assert_eq!(answered.words, "Order 48213 has not come.");
        assert_eq!(answered.message, 1);
        assert_eq!(found[0].question.words, "What is your order number?");
    }

    #[test]
    fn a_question_that_was_not_answered_before_is_a_gap_of_the_handoff() {
        for (agent, wanted) in [
            ("Could you send me your order number?", Wanted::Reference),
            ("What is the e-mail address of your account?", Wanted::Email),
            ("What does the error message say?", Wanted::ErrorMessage),
            ("Have you tried restarting it?", Wanted::AttemptedSteps),
            ("On which date did you buy it?", Wanted::Date),
        ] {
            assert_eq!(asked("It is broken.", agent), [(wanted, false)], "{agent}");
        }
    }

    #[test]
    fn numbers_of_different_things_are_different_facts() {
        let given = "My order 48213 is late.";
        assert_eq!(
            asked(given, "What is your order number?"),
            [(Wanted::Reference, true)]
        );
        assert_eq!(
            asked(given, "What is your account number?"),
            [(Wanted::Reference, false)]
        );
        assert_eq!(
            asked("It is #48213.", "What is your order number?"),
            [(Wanted::Reference, true)]
        );
    }

    #[test]
    fn a_confirmation_and_a_warning_are_no_questions_for_a_fact() {
        let given = "My order 48213 is late.";
        assert_eq!(asked(given, "Is your order number 48213?"), []);
        assert_eq!(
            asked(given, "Please do not share your order number here."),
            []
        );
        assert_eq!(asked(given, "Your order number is on the invoice."), []);
    }

    #[test]
    fn what_was_tried_is_not_asked_for_twice() {
        assert_eq!(
            asked(
                "I already restarted the router.",
                "Have you tried restarting it?"
            ),
            [(Wanted::AttemptedSteps, true)]
        );
    }

    #[test]
    fn hidden_addresses_count_as_told() {
        assert_eq!(
            asked(
                "Write to <email> please.",
                "Could you share your email address?"
            ),
            [(Wanted::Email, true)]
        );
    }
}
