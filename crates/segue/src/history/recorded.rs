//! How a conversation of the history is handed to the core.

use std::collections::BTreeMap;

use segue_core::{
    audit::{Origin, Recorded, RecordedOutcome, RecordedTurn, Speaker},
    id::IntentName,
    journal::Answer,
    time::Timestamp,
};
use segue_store::{HistoryConversation, HistoryMessage};
use serde_json::Value as Json;

/// The conversation as the core reads it; labels stay apart from what is judged.
pub fn recorded(one: HistoryConversation) -> Recorded {
    let extra = one.extra.as_ref();
    let locale = extra.and_then(|extra| extra["locale"].as_str());
    let timed = extra.and_then(|extra| extra["assistant_timed"].as_bool());
    Recorded {
        origin: Origin::File,
        channel: one.channel.unwrap_or_else(|| "chat".to_owned()),
        tier: one.tier,
        locale: locale.map(str::to_owned),
        silence_known: timed.unwrap_or(true),
        outcome: RecordedOutcome {
            handed_off: one.handed_off,
            solved: one.solved,
            labels: labels(one.extra.as_ref()),
        },
        turns: one.messages.into_iter().map(turn).collect(),
        external_id: one.external_id,
    }
}

fn labels(extra: Option<&Json>) -> BTreeMap<String, bool> {
    let labels = extra.and_then(|extra| extra["labels"].as_object());
    let known = labels.into_iter().flatten();
    known
        .filter_map(|(name, value)| Some((name.clone(), value.as_bool()?)))
        .collect()
}

fn turn(message: HistoryMessage) -> RecordedTurn {
    let by = speaker(&message.author);
    let extra = message.extra.as_ref();
    RecordedTurn {
        by,
        at: (message.at != Timestamp::default()).then_some(message.at),
        text: message.text,
        answer: (by == Speaker::Assistant).then(|| extra.map_or_else(Answer::default, answer)),
        hands_off: extra.is_some_and(|extra| extra["hands_off"] == Json::Bool(true)),
        reading: None,
    }
}

/// Who an author of the history is. Only three names are ever stored.
fn speaker(author: &str) -> Speaker {
    match author {
        "customer" => Speaker::Customer,
        "assistant" => Speaker::Assistant,
        _ => Speaker::Agent,
    }
}

fn answer(extra: &Json) -> Answer {
    let count = |name: &str| {
        let items = extra[name].as_array().map_or(0, Vec::len);
        u8::try_from(items).unwrap_or(u8::MAX)
    };
    Answer {
        confidence_permille: extra["confidence"].as_f64().map(permille),
        intent: extra["intent"].as_str().map(IntentName::from),
        attempted: count("attempted"),
        sources: count("sources"),
        ..Answer::default()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is clamped to 0 to 1000 before"
)]
fn permille(share: f64) -> u16 {
    (share * 1000.0).round().clamp(0.0, 1000.0) as u16
}

/// How many messages a batch has.
pub fn turns(batch: &[HistoryConversation]) -> u64 {
    let count: usize = batch.iter().map(|one| one.messages.len()).sum();
    u64::try_from(count).unwrap_or(u64::MAX)
}
