//! Conversations as Intercom's API writes them.

use segue_store::{HistoryConversation, HistoryMessage};
use serde::Deserialize;
use serde_json::Value as Json;

use super::{
    Mapping,
    course::{Course, millis},
    mapping::Role,
    plain::plain,
    segue_rows::{Id, When},
    whole::{Fault, Parsed, person_has_it, unreadable},
};

#[derive(Deserialize)]
struct Conversation {
    id: Id,
    created_at: Option<When>,
    ai_agent: Option<AiAgent>,
    priority: Option<String>,
    source: Option<Source>,
    tags: Option<Tags>,
    topics: Option<Topics>,
    #[serde(rename = "conversation_rating")]
    rating: Option<Rating>,
    statistics: Option<Statistics>,
    #[serde(rename = "conversation_parts")]
    parts: Option<Parts>,
}

#[derive(Deserialize)]
struct Source {
    #[serde(rename = "type")]
    kind: Option<String>,
    body: Option<String>,
    author: Option<Author>,
}

#[derive(Default, Deserialize)]
struct Tags {
    #[serde(default)]
    tags: Vec<Named>,
}

#[derive(Default, Deserialize)]
struct Topics {
    #[serde(default)]
    topics: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Rating {
    rating: Option<u8>,
}

#[derive(Default, Deserialize)]
struct Statistics {
    last_close_at: Option<When>,
    count_reopens: Option<u32>,
}

/// What became of it with the AI.
#[derive(Deserialize)]
struct AiAgent {
    resolution_state: Option<String>,
}

impl AiAgent {
    fn settled(&self) -> Option<bool> {
        match self.resolution_state.as_deref()? {
            "confirmed_resolution" | "assumed_resolution" => Some(true),
            "abandoned" | "negative_feedback" => Some(false),
            _ => None,
        }
    }
}

/// The list stands in an object of its own, or alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Parts {
    Object {
        #[serde(default, rename = "conversation_parts")]
        parts: Vec<Part>,
    },
    List(Vec<Part>),
}

#[derive(Deserialize)]
struct Part {
    #[serde(rename = "part_type")]
    kind: Option<String>,
    body: Option<String>,
    created_at: Option<When>,
    author: Option<Author>,
    assigned_to: Option<Assigned>,
}

#[derive(Deserialize)]
struct Author {
    #[serde(rename = "type")]
    kind: Option<String>,
    id: Option<Json>,
    name: Option<String>,
    #[serde(default)]
    from_ai_agent: Option<bool>,
}

#[derive(Deserialize)]
struct Assigned {
    #[serde(rename = "type")]
    kind: Option<String>,
    id: Option<Json>,
}

/// Whether a row looks like a conversation.
pub(super) fn is_one(row: &Json) -> bool {
    row.get("conversation_parts").is_some()
        || (row["type"] == "conversation" && row.get("source").is_some())
}

/// Reads one conversation.
pub(super) fn parse(line: &str, how: &Mapping) -> Parsed {
    let row: Conversation = serde_json::from_str(line).map_err(|error| unreadable(&error))?;
    let opened_at = how.when(row.created_at.as_ref(), "`created_at`")?;
    let mut messages = Vec::new();
    let source = row.source.as_ref();
    let first = source.and_then(|source| Some((source.author.as_ref()?, source.body.as_deref()?)));
    if let Some((author, body)) = first {
        messages.extend(message(author, body, opened_at.unwrap_or_default(), how));
    }
    let parts = match row.parts {
        Some(Parts::Object { parts } | Parts::List(parts)) => parts,
        None => Vec::new(),
    };
    let mut course = Course::default();
    for (part, place) in parts.iter().zip(1..) {
        hear(part, place, how, &mut messages, &mut course)?;
    }
    let statistics = row.statistics.unwrap_or_default();
    let rating = row.rating.and_then(|rating| rating.rating);
    let names = |all: Vec<Named>| all.into_iter().filter_map(|one| one.name);
    course.topic = names(row.topics.unwrap_or_default().topics).next();
    course.tags = names(row.tags.unwrap_or_default().tags).collect();
    course.priority = row.priority;
    course.reopens = statistics.count_reopens;
    let mut one = HistoryConversation {
        external_id: row.id.into_text()?,
        channel: row.source.and_then(|source| source.kind),
        opened_at: opened_at.unwrap_or_default(),
        closed_at: how.when(
            statistics.last_close_at.as_ref(),
            "`statistics.last_close_at`",
        )?,
        handed_off: person_has_it(&messages),
        solved: row.ai_agent.and_then(|agent| agent.settled()),
        csat: super::segue_rows::csat_in_range(rating)?,
        messages,
        ..HistoryConversation::default()
    };
    course.put(&mut one);
    Ok(one)
}

/// A part is a message, or tells who has the conversation now; a note is for the team alone.
fn hear(
    part: &Part,
    place: usize,
    how: &Mapping,
    messages: &mut Vec<HistoryMessage>,
    course: &mut Course,
) -> Result<(), Fault> {
    let at = how.when(
        part.created_at.as_ref(),
        &format!("`created_at` of part {place}"),
    )?;
    let kind = part.kind.as_deref().unwrap_or_default();
    let by_machine = part.author.as_ref().is_some_and(is_machine);
    if kind.contains("assignment") && by_machine && course.handed_off_at.is_none() {
        course.handed_off_at = millis(at);
    }
    if let Some(team) = part
        .assigned_to
        .as_ref()
        .filter(|to| to.kind.as_deref() == Some("team"))
    {
        course.groups.extend(team.id.as_ref().map(as_word));
    }
    let said = part.author.as_ref().zip(part.body.as_deref());
    if let Some((author, body)) = said.filter(|_| !kind.starts_with("note")) {
        messages.extend(message(author, body, at.unwrap_or_default(), how));
    }
    Ok(())
}

fn is_machine(author: &Author) -> bool {
    author.from_ai_agent == Some(true) || author.kind.as_deref() == Some("bot")
}

fn as_word(id: &Json) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

fn message(
    author: &Author,
    body: &str,
    at: segue_core::time::Timestamp,
    how: &Mapping,
) -> Option<HistoryMessage> {
    let text = plain(body);
    let id = author.id.as_ref().map(as_word);
    let role = how.named_role([id.as_deref(), author.name.as_deref()]);
    let role = role.or_else(|| match author.kind.as_deref()? {
        _ if is_machine(author) => Some(Role::Assistant),
        "admin" | "teammate" => Some(Role::Agent),
        "user" | "lead" | "contact" | "visitor" => Some(Role::Customer),
        _ => None,
    })?;
    let heard = role != Role::Ignore && !text.is_empty();
    heard.then(|| HistoryMessage {
        author: role.name().to_owned(),
        at,
        text,
        extra: None,
    })
}
