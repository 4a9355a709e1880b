//! The words that a decision rests on: which sentence to quote, and clauses as people read them.

use crate::{
    policy::condition::{Clause, Value},
    signals::{CueKind, Reading, Span, sentences},
};

/// A quotation is cut after so many characters.
const QUOTE_CHARS: usize = 160;

/// The words of a message that the clauses are about, if they are about words.
pub(super) fn telling(reading: &Reading, clauses: &[Clause]) -> Option<Span> {
    evidence(reading, clauses).first().map(|(_, span)| *span)
}

/// The words of a message that the clauses rest on, each with the fact that they show. What was
/// asked for outright comes first, then what it is about, then the mood.
pub fn evidence(reading: &Reading, clauses: &[Clause]) -> Vec<(&'static str, Span)> {
    let intent = reading.intent.as_ref().map(|intent| intent.span);
    let single = [
        ("message.asks_for_person", reading.asks_for_person),
        ("message.intent", intent),
        ("message.intent_confidence", intent),
    ];
    let single = single
        .into_iter()
        .filter_map(|(fact, span)| Some((fact, span?)));
    let moods = [
        "message.frustrated",
        "message.threatens",
        "message.sentiment",
    ];
    let cues = moods.into_iter().flat_map(|fact| {
        let shown = reading
            .frustration
            .iter()
            .filter(move |cue| fact != "message.threatens" || cue.kind == CueKind::Threat);
        shown.map(move |cue| (fact, cue.span))
    });
    let mentioned = |(fact, _): &(&str, Span)| {
        let mut values = clauses.iter().flat_map(|clause| &clause.values);
        values.any(|(name, _)| name == fact)
    };
    single.chain(cues).filter(mentioned).collect()
}

/// The sentence around some words of a text, or all of it, cut to what is read at a glance.
pub fn quotation(text: &str, words: Option<Span>) -> String {
    cut(words.map_or(text, |span| around(text, span)))
}

/// The sentence in which a span begins, or the words of the span if it lies in none.
fn around(text: &str, span: Span) -> &str {
    sentences(text)
        .find(|sentence| sentence.start <= span.start && span.start < sentence.end)
        .unwrap_or(span)
        .of(text)
}

fn cut(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(QUOTE_CHARS) {
        Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default().trim_end()),
        None => words,
    }
}

/// A clause as the policy writes it, with what it saw where that is not said already.
pub fn in_words(clause: &Clause) -> String {
    let told = clause.values.iter().filter_map(|(name, value)| {
        let value = value.as_ref()?;
        (clause.text != *name).then(|| format!("{name} was {}", shown(value)))
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() {
        clause.text.clone()
    } else {
        format!("{} ({})", clause.text, told.join(", "))
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Text(text) => format!("\"{text}\""),
        Value::Number(thousandths) => number(*thousandths),
    }
}

fn number(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    let (whole, rest) = (
        thousandths.unsigned_abs() / 1000,
        thousandths.unsigned_abs() % 1000,
    );
    let rest = format!("{rest:03}");
    match rest.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        rest => format!("{sign}{whole}.{rest}"),
    }
}
