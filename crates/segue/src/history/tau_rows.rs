//! Dialogues of an AI that calls tools, as `tau-bench` writes them down: what the customer was
//! told to say and what would have been right are answers of an exam and never read.

use segue_store::{HistoryConversation, HistoryMessage};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    Why,
    whole::{Parsed, object, unreadable},
};

/// The simulated customer's way to hang up.
const END_MARK: &str = "###STOP###";
/// The tool with which the AI gives up.
const TRANSFER: &str = "transfer_to_human_agents";

#[derive(Deserialize)]
struct Row {
    id: String,
    task: Option<i64>,
    turns: Vec<Turn>,
    success: u8,
    ai_transferred: Option<bool>,
}

#[derive(Deserialize)]
struct Turn {
    role: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    calls: Vec<Call>,
}

#[derive(Deserialize)]
struct Call {
    name: String,
}

/// Reads one line.
pub(super) fn parse(line: &str) -> Parsed {
    let row: Row = serde_json::from_str(line).map_err(|error| unreadable(&error))?;
    let mut messages: Vec<HistoryMessage> = Vec::new();
    let mut attempted = Vec::new();
    let mut transferred = false;
    for (turn, place) in row.turns.into_iter().zip(1..) {
        let author = role(&turn.role, place)?;
        let calls = turn.calls.into_iter().map(|call| call.name);
        for name in calls {
            transferred |= name == TRANSFER;
            attempted.push(name);
        }
        let text = turn.text.unwrap_or_default().replace(END_MARK, "");
        if let (Some(author), false) = (author, text.trim().is_empty()) {
            let named = if author == "assistant" {
                std::mem::take(&mut attempted)
            } else {
                Vec::new()
            };
            messages.push(message(author, text.trim(), &named));
        }
        if transferred {
            // The record goes on with nobody: a person has it now.
            mark_transfer(&mut messages);
            break;
        }
    }
    Ok(HistoryConversation {
        external_id: row.id,
        channel: Some("chat".to_owned()),
        handed_off: Some(transferred || row.ai_transferred.unwrap_or(false)),
        solved: Some(row.success == 1),
        extra: object([("task", row.task.map(Json::from))]),
        messages,
        ..HistoryConversation::default()
    })
}

/// A tool's answer is nothing that a customer reads.
fn role(name: &str, place: usize) -> Result<Option<&'static str>, (Why, String)> {
    match name {
        "customer" => Ok(Some("customer")),
        "ai" => Ok(Some("assistant")),
        "tool" => Ok(None),
        other => {
            let detail = format!("turn {place} is by `{other}`: customer, ai and tool are known");
            Err((Why::UnknownAuthor, detail))
        }
    }
}

fn message(author: &str, text: &str, attempted: &[String]) -> HistoryMessage {
    HistoryMessage {
        author: author.to_owned(),
        text: text.to_owned(),
        extra: (!attempted.is_empty()).then(|| json!({ "attempted": attempted })),
        ..HistoryMessage::default()
    }
}

fn mark_transfer(messages: &mut [HistoryMessage]) {
    let Some(last) = messages.last_mut() else {
        return;
    };
    let extra = last.extra.get_or_insert_with(|| json!({}));
    if let Some(extra) = extra.as_object_mut() {
        extra.insert("hands_off".to_owned(), Json::Bool(true));
    }
}
