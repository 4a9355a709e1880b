//! Threads between customers and agents, as collections of public support write them down: turns
//! with a role, a text and often a time.

use segue_store::{HistoryConversation, HistoryMessage};
use serde::Deserialize;
use serde_json::Value as Json;

use super::{
    Mapping, Why,
    course::Course,
    segue_rows::{Id, When},
    whole::{Fault, Parsed, unreadable},
};

#[derive(Deserialize)]
struct Row {
    id: Id,
    topic: Option<String>,
    channel: Option<String>,
    company: Option<String>,
    turns: Vec<Turn>,
}

#[derive(Deserialize)]
struct Turn {
    role: String,
    text: String,
    #[serde(alias = "at")]
    t: Option<When>,
}

/// Whether a row looks like a thread.
pub(super) fn is_one(row: &Json) -> bool {
    let turns = row["turns"].as_array();
    turns.is_some_and(|turns| {
        let known = |turn: &Json| matches!(turn["role"].as_str(), Some("customer" | "agent"));
        !turns.is_empty() && turns.iter().all(known)
    })
}

/// Reads one thread.
pub(super) fn parse(line: &str, how: &Mapping) -> Parsed {
    let row: Row = serde_json::from_str(line).map_err(|error| unreadable(&error))?;
    let turns = row.turns.into_iter().zip(1..);
    let spoken = turns.filter(|(turn, _)| !turn.text.trim().is_empty());
    let mut one = HistoryConversation {
        external_id: row.id.into_text()?,
        channel: row.channel,
        messages: spoken
            .map(|(turn, place)| message(turn, place, how))
            .collect::<Result<_, _>>()?,
        ..HistoryConversation::default()
    };
    let course = Course {
        topic: row.topic,
        tags: row.company.into_iter().collect(),
        ..Course::default()
    };
    course.put(&mut one);
    Ok(one)
}

fn message(turn: Turn, place: usize, how: &Mapping) -> Result<HistoryMessage, Fault> {
    let author = match turn.role.as_str() {
        "ai" => "assistant",
        "customer" | "agent" | "assistant" => turn.role.as_str(),
        other => {
            let detail =
                format!("turn {place} is by `{other}`: customer, assistant and agent are known");
            return Err((Why::UnknownAuthor, detail));
        }
    };
    let at = how.when(turn.t.as_ref(), &format!("`t` of turn {place}"))?;
    Ok(HistoryMessage {
        author: author.to_owned(),
        at: at.unwrap_or_default(),
        text: turn.text,
        extra: None,
    })
}
