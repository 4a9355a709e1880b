//! Dialogues with a person who plays the assistant, as the STAR collection writes them down. The
//! action of a turn is a label: it is kept for the report and never judged by.

use segue_core::time::Timestamp;
use segue_store::{HistoryConversation, HistoryMessage};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    Why,
    course::Course,
    whole::{Parsed, unreadable},
};

/// The action of an assistant who cannot help.
const CANNOT_HELP: &str = "out_of_scope";

#[derive(Deserialize)]
struct Row {
    id: Json,
    turns: Vec<Turn>,
    #[serde(default)]
    domains: Json,
}

#[derive(Deserialize)]
struct Turn {
    role: String,
    text: String,
    t: Option<i64>,
    act: Option<String>,
}

/// Reads one line.
pub(super) fn parse(line: &str) -> Parsed {
    let row: Row = serde_json::from_str(line).map_err(|error| unreadable(&error))?;
    let cannot = |turn: &Turn| turn.act.as_deref() == Some(CANNOT_HELP);
    let out_of_scope = row.turns.iter().any(cannot);
    let external_id = match row.id {
        Json::String(id) => id,
        other => other.to_string(),
    };
    let turns = row.turns.into_iter().zip(1..);
    let spoken = turns.filter(|(turn, _)| !turn.text.trim().is_empty());
    let topic = row.domains.get(0).and_then(Json::as_str);
    let course = Course {
        topic: topic.map(str::to_owned),
        ..Course::default()
    };
    let mut one = HistoryConversation {
        external_id,
        channel: Some("chat".to_owned()),
        extra: Some(json!({
            "labels": { CANNOT_HELP: out_of_scope },
            "domains": row.domains,
            // A person typed the answers: how long that took says nothing about an AI.
            "assistant_timed": false,
        })),
        messages: spoken.map(message).collect::<Result<_, _>>()?,
        ..HistoryConversation::default()
    };
    course.put(&mut one);
    Ok(one)
}

fn message((turn, place): (Turn, usize)) -> Result<HistoryMessage, (Why, String)> {
    let author = match turn.role.as_str() {
        "customer" => "customer",
        "ai" => "assistant",
        other => {
            let detail = format!("turn {place} is by `{other}`: customer and ai are known");
            return Err((Why::UnknownAuthor, detail));
        }
    };
    Ok(HistoryMessage {
        author: author.to_owned(),
        at: Timestamp(turn.t.unwrap_or_default().saturating_mul(1000)),
        text: turn.text,
        extra: None,
    })
}
