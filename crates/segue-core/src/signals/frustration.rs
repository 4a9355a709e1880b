//! What shows that a message is written in anger, each sign with its place.

use super::{
    Cue, CueKind, FactSpan, Span, lexicon, span,
    words::{Gap, Words},
};

/// The signs in the order of the text. Capitals inside of facts are names, not shouts.
pub(super) fn read(words: &Words, facts: &[FactSpan]) -> Vec<Cue> {
    let mut cues = capitals(words, facts);
    cues.extend(punctuation(words.source()));
    let mut next = 0;
    while next < words.len() {
        let first = next;
        next += 1;
        if let Some((kind, last)) = worded(words, first) {
            let span = words.cover(first, last);
            cues.push(Cue { kind, span });
            next = last + 1;
        }
    }
    cues.sort_by_key(|cue| (cue.span, cue.kind));
    cues
}

/// The sign that begins at a word, with its last word.
fn worded(words: &Words, first: usize) -> Option<(CueKind, usize)> {
    let threat = threat(words, first).map(|last| (CueKind::Threat, last));
    let persistence = || persistence(words, first).map(|last| (CueKind::Persistence, last));
    let profanity = || is_profane(words, first).then_some((CueKind::Profanity, first));
    threat.or_else(persistence).or_else(profanity)
}

const THREATS: [&[&str]; 42] = [
    &["chargeback"],
    &["charge", "back"],
    &["lawyer"],
    &["lawyers"],
    &["attorney"],
    &["solicitor"],
    &["sue", "you"],
    &["suing"],
    &["lawsuit"],
    &["legal", "action"],
    &["small", "claims"],
    &["ombudsman"],
    &["trading", "standards"],
    &["consumer", "protection"],
    &["better", "business", "bureau"],
    &["report", "you"],
    &["reporting", "you"],
    &["dispute", "this", "charge"],
    &["dispute", "the", "charge"],
    &["dispute", "it", "with", "my", "bank"],
    &["call", "my", "bank"],
    &["contact", "my", "bank"],
    &["go", "to", "the", "press"],
    &["take", "my", "business"],
    &["taking", "my", "business"],
    &["i'm", "leaving"],
    &["i", "am", "leaving"],
    &["i'm", "done", "with"],
    &["i", "am", "done", "with"],
    &["i'll", "cancel"],
    &["i", "will", "cancel"],
    &["going", "to", "cancel"],
    &["or", "i", "cancel"],
    &["switch", "to", "another"],
    &["switching", "to"],
    &["go", "elsewhere"],
    &["going", "elsewhere"],
    &["go", "to", "your", "competitor"],
    &["to", "a", "competitor"],
    &["bad", "review"],
    &["negative", "review"],
    &["last", "chance"],
];

fn threat(words: &Words, first: usize) -> Option<usize> {
    words
        .phrase_at(first, &THREATS)
        .or_else(|| never_again(words, first))
}

/// "never order from you again".
fn never_again(words: &Words, first: usize) -> Option<usize> {
    if words.word(first) != "never" {
        return None;
    }
    let doing = [
        "buy",
        "buying",
        "order",
        "ordering",
        "use",
        "using",
        "shop",
        "shopping",
        "come",
        "coming",
        "recommend",
        "recommending",
        "do",
        "doing",
        "fly",
        "flying",
        "book",
        "booking",
    ];
    let done = (first + 1..first + 3).any(|i| doing.contains(&words.word(i)));
    (first + 2..first + 9)
        .take_while(|&i| words.gap(i) < Gap::Stop)
        .find(|&i| words.word(i) == "again" && done)
}

const PERSISTENCE: [&[&str]; 24] = [
    &["how", "many", "times"],
    &["over", "and", "over"],
    &["again", "and", "again"],
    &["time", "and", "again"],
    &["once", "more"],
    &["keep", "getting"],
    &["keeps", "happening"],
    &["kept", "waiting"],
    &["keep", "asking"],
    &["every", "single", "time"],
    &["already", "told"],
    &["already", "tried"],
    &["already", "said"],
    &["already", "asked"],
    &["already", "sent"],
    &["already", "explained"],
    &["already", "contacted"],
    &["as", "i", "said"],
    &["like", "i", "said"],
    &["been", "waiting"],
    &["been", "trying"],
    &["still", "waiting"],
    &["repeatedly"],
    &["countless", "times"],
];

fn persistence(words: &Words, first: usize) -> Option<usize> {
    words
        .phrase_at(first, &PERSISTENCE)
        .or_else(|| counted_time(words, first))
        .or_else(|| is_insisting(words, first).then_some(first))
}

/// "third time", "5 times", "the 2nd time".
fn counted_time(words: &Words, first: usize) -> Option<usize> {
    let word = words.word(first);
    let ordinal = matches!(
        word,
        "second"
            | "third"
            | "fourth"
            | "fifth"
            | "sixth"
            | "seventh"
            | "tenth"
            | "hundredth"
            | "umpteenth"
            | "nth"
            | "2nd"
            | "3rd"
    ) || (word.ends_with("th") && word.starts_with(|c: char| c.is_ascii_digit()));
    let cardinal = matches!(
        word,
        "three" | "four" | "five" | "six" | "ten" | "several" | "many"
    ) || (word.len() <= 2 && !matches!(word, "0" | "1") && is_number(word));
    let next = words.word(first + 1);
    let counted = (ordinal && next == "time") || (cardinal && next == "times");
    counted.then_some(first + 1)
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// "still" and "again", but not in "thanks again", "try again" and the like.
fn is_insisting(words: &Words, index: usize) -> bool {
    let previous = words.word_before(index, 1);
    match words.word(index) {
        "still" => !matches!(
            words.word(index + 1),
            "good" | "great" | "love" | "happy" | "works"
        ),
        "again" => !matches!(
            previous,
            "thanks" | "thank" | "you" | "try" | "works" | "working" | "fine" | "hello" | "hi"
        ),
        _ => false,
    }
}

/// A swear word, plain or masked: "f***", "sh*t".
fn is_profane(words: &Words, index: usize) -> bool {
    lexicon::is_profanity(words.word(index)) || is_masked(words, index)
}

fn is_masked(words: &Words, index: usize) -> bool {
    let after = words
        .source()
        .get(words.span(index).end as usize..)
        .unwrap_or("");
    matches!(words.word(index), "f" | "sh" | "fu" | "bulls" | "bullsh") && after.starts_with('*')
}

/// Runs of words in capitals: two or more, or one long word that is not a known short form.
fn capitals(words: &Words, facts: &[FactSpan]) -> Vec<Cue> {
    let mut cues = Vec::new();
    let mut next = 0;
    while next < words.len() {
        let first = next;
        while next < words.len() && is_shouted(words, next, facts) {
            next += 1;
        }
        if is_shout(words, first, next) {
            cues.push(Cue {
                kind: CueKind::Capitals,
                span: words.cover(first, next - 1),
            });
        }
        next = next.max(first + 1);
    }
    cues
}

fn is_shouted(words: &Words, index: usize, facts: &[FactSpan]) -> bool {
    let written = words.written(index);
    let loud = written.chars().any(char::is_uppercase)
        && !written
            .chars()
            .any(|c| c.is_lowercase() || c.is_ascii_digit());
    let span = words.span(index);
    loud && !is_short_form(written) && !facts.iter().any(|fact| fact.span.overlaps(span))
}

fn is_shout(words: &Words, first: usize, next: usize) -> bool {
    let letters: usize = (first..next).map(|i| words.written(i).len()).sum();
    match next - first {
        0 => false,
        1 => letters >= 5,
        _ => letters >= 5 && (first..next).any(|i| words.written(i).len() >= 3),
    }
}

/// Names that are written in capitals by everybody.
fn is_short_form(written: &str) -> bool {
    matches!(
        written,
        "HTTP"
            | "HTTPS"
            | "HTML"
            | "JSON"
            | "IBAN"
            | "SEPA"
            | "PDF"
            | "CSV"
            | "API"
            | "USB"
            | "URL"
            | "VAT"
            | "USA"
            | "SMS"
            | "PIN"
            | "ATM"
            | "FAQ"
            | "GDPR"
            | "SSO"
            | "XML"
            | "EUR"
            | "USD"
            | "GBP"
            | "PAYPAL"
            | "IOS"
            | "VISA"
            | "SEGUE"
    )
}

/// Runs of two or more `!` and `?`.
fn punctuation(text: &str) -> impl Iterator<Item = Cue> + '_ {
    let mut rest = 0;
    std::iter::from_fn(move || {
        loop {
            let tail = text.get(rest..)?;
            let start = rest + tail.find(['!', '?'])?;
            let run = text.get(start..)?;
            let length = run.len() - run.trim_start_matches(['!', '?']).len();
            rest = start + length;
            if length >= 2 {
                return Some(punctuation_cue(span(start, rest)));
            }
        }
    })
}

fn punctuation_cue(span: Span) -> Cue {
    Cue {
        kind: CueKind::Punctuation,
        span,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::facts;

    fn cues(text: &str) -> Vec<(CueKind, &str)> {
        let words = Words::new(text);
        read(&words, &facts::read(text))
            .into_iter()
            .map(|cue| (cue.kind, cue.span.of(text)))
            .collect()
    }

    #[test]
    fn capitals_are_a_shout_and_codes_are_not() {
        assert_eq!(
            cues("GIVE ME MY MONEY back"),
            [(CueKind::Capitals, "GIVE ME MY MONEY")]
        );
        assert_eq!(cues("error ERR_TIMEOUT in the PDF for order AB-1234"), []);
        assert_eq!(cues("I paid with VISA"), []);
    }

    #[test]
    fn runs_of_marks_are_a_sign_and_single_ones_are_not() {
        assert_eq!(
            cues("What?! Really? Hello!!!"),
            [(CueKind::Punctuation, "?!"), (CueKind::Punctuation, "!!!")]
        );
    }

    #[test]
    fn saying_it_again_is_persistence_and_thanking_again_is_not() {
        assert_eq!(
            cues("this is the third time, it still fails"),
            [
                (CueKind::Persistence, "third time"),
                (CueKind::Persistence, "still")
            ]
        );
        assert_eq!(cues("thanks again, I'll try again"), []);
    }

    #[test]
    fn swearing_and_threats_are_found_where_they_stand() {
        assert_eq!(
            cues("This is f*** nonsense. I will never order from you again."),
            [
                (CueKind::Profanity, "f"),
                (CueKind::Threat, "never order from you again")
            ]
        );
        assert_eq!(
            cues("my lawyer will call, damn it"),
            [(CueKind::Threat, "lawyer"), (CueKind::Profanity, "damn")]
        );
    }
}
