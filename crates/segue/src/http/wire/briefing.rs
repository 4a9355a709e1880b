//! A briefing in words: what its lines point at is read out of the messages.

use std::collections::BTreeMap;

use segue_core::{journal::BriefingLine as CoreLine, signals::Span};
use segue_store::Body;
use serde::Serialize;
use utoipa::ToSchema;

use super::{message::Extra, moment, word};

/// One line of a briefing.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct BriefingLine {
    /// `issue`, `attempted`, `source`, `fact`, `sentiment`, `account` or `previous`.
    pub section: String,
    /// What it is, in plain words.
    pub label: String,
    /// What it says.
    pub text: String,
    /// The message that it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// The words in that message's text, in UTF-16 units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Utf16Span>,
    /// The earlier conversation that it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// The field of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What became of an attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The kind of fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// It says how things are now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<bool>,
}

/// A stretch of a text in UTF-16 units, as browsers count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Utf16Span {
    /// First unit.
    pub start: usize,
    /// One past the last unit.
    pub end: usize,
}

/// A briefing in words: what it points at is read out of the messages.
pub fn briefing_lines(lines: &[CoreLine], bodies: &[Body]) -> Vec<BriefingLine> {
    let texts: BTreeMap<u64, &Body> = bodies.iter().map(|body| (body.position, body)).collect();
    lines
        .iter()
        .filter_map(|line| in_words(line, &texts))
        .collect()
}

fn in_words(line: &CoreLine, texts: &BTreeMap<u64, &Body>) -> Option<BriefingLine> {
    let blank = BriefingLine::default();
    Some(match line {
        CoreLine::Issue { message, span } => BriefingLine {
            label: "Issue".into(),
            ..quoted("issue", message.0, *span, texts)?
        },
        CoreLine::Attempted {
            message,
            index,
            outcome,
        } => BriefingLine {
            section: "attempted".into(),
            label: "Tried".into(),
            text: extra(message.0, texts)?
                .attempted
                .get(usize::from(*index))?
                .clone(),
            message_id: Some(message.to_string()),
            outcome: Some(word(outcome)),
            ..blank
        },
        CoreLine::Source { message, index } => BriefingLine {
            section: "source".into(),
            label: "Article".into(),
            text: extra(message.0, texts)?
                .sources
                .get(usize::from(*index))?
                .title
                .clone(),
            message_id: Some(message.to_string()),
            ..blank
        },
        CoreLine::Fact {
            kind,
            message,
            span,
        } => BriefingLine {
            label: fact_label(&word(kind)).into(),
            kind: Some(word(kind)),
            ..quoted("fact", message.0, *span, texts)?
        },
        CoreLine::Sentiment {
            now_permille,
            message,
            span,
        } => mood(*now_permille, message.0, *span, texts),
        CoreLine::Account { field, value } => BriefingLine {
            section: "account".into(),
            label: field_label(field),
            text: value_text(value),
            field: Some(field.clone()),
            ..blank
        },
        CoreLine::Previous {
            conversation,
            at,
            handed_off,
            csat,
        } => BriefingLine {
            section: "previous".into(),
            label: moment(*at).chars().take(10).collect(),
            text: earlier(*handed_off, *csat),
            conversation_id: Some(conversation.to_string()),
            ..blank
        },
    })
}

fn quoted(
    section: &str,
    message: u64,
    span: Span,
    texts: &BTreeMap<u64, &Body>,
) -> Option<BriefingLine> {
    let text = &texts.get(&message)?.text;
    let words = span.of(text);
    (!words.is_empty()).then(|| BriefingLine {
        section: section.into(),
        text: words.trim().to_owned(),
        message_id: Some(format!("msg_{message}")),
        span: Some(utf16(text, span)),
        ..BriefingLine::default()
    })
}

/// Bytes as UTF-16 units of the same text.
fn utf16(text: &str, span: Span) -> Utf16Span {
    let units = |end: u32| {
        let before = text.get(..end as usize).unwrap_or(text);
        before.encode_utf16().count()
    };
    Utf16Span {
        start: units(span.start),
        end: units(span.end),
    }
}

fn extra(message: u64, texts: &BTreeMap<u64, &Body>) -> Option<Extra> {
    texts
        .get(&message)
        .map(|body| Extra::of(body.extra.as_ref()))
}

fn mood(
    now_permille: i16,
    message: u64,
    span: Option<Span>,
    texts: &BTreeMap<u64, &Body>,
) -> BriefingLine {
    let quoted = span.and_then(|span| quoted("sentiment", message, span, texts));
    let words = quoted.as_ref().map(|line| line.text.as_str());
    let now = mood_word(now_permille);
    BriefingLine {
        section: "sentiment".into(),
        label: "Mood".into(),
        text: words.map_or_else(|| now.into(), |words| format!("{now}: “{words}”")),
        message_id: Some(format!("msg_{message}")),
        span: quoted.and_then(|line| line.span),
        now: Some(true),
        ..BriefingLine::default()
    }
}

fn mood_word(permille: i16) -> &'static str {
    match permille {
        ..=-600 => "Very upset",
        -599..=-300 => "Upset",
        -299..=-150 => "A little frustrated",
        -149..=199 => "Calm now",
        200.. => "Friendly now",
    }
}

fn fact_label(kind: &str) -> &'static str {
    match kind {
        "reference" => "Number given",
        "amount" => "Amount",
        "date" => "Date",
        "email" => "E-mail",
        "phone" => "Phone",
        "error" => "Error",
        "link" => "Link",
        _ => "Fact",
    }
}

/// A field of the account as people read it: `open_order` is "Open order".
fn field_label(field: &str) -> String {
    let words = field.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn value_text(value: &segue_core::policy::condition::Value) -> String {
    match super::json_of(value) {
        serde_json::Value::String(text) => text,
        serde_json::Value::Bool(true) => "yes".into(),
        serde_json::Value::Bool(false) => "no".into(),
        other => other.to_string(),
    }
}

fn earlier(handed_off: bool, csat: Option<u8>) -> String {
    let who = if handed_off {
        "Talked to a person"
    } else {
        "Talked to the assistant"
    };
    csat.map_or_else(
        || who.into(),
        |score| format!("{who}, rated it {score} of 5"),
    )
}
