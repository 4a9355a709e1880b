//! Segue's own format: one conversation a line. `docs/import.md` is its reference.

use std::collections::BTreeMap;

use segue_core::time::Timestamp;
use segue_store::{HistoryConversation, HistoryMessage};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    Mapping, Why,
    course::{Course, millis},
    whole::{Fault, Parsed, object, unreadable},
};

#[derive(Deserialize)]
struct Row {
    id: Id,
    channel: Option<String>,
    opened_at: Option<When>,
    customer: Option<Customer>,
    messages: Vec<Message>,
    outcome: Option<Outcome>,
    assistant_timed: Option<bool>,
    topic: Option<String>,
    priority: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    groups: Vec<Group>,
}

/// Ids are words or numbers in exports.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Id {
    Text(String),
    Number(i64),
}

/// A time as exports write it.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum When {
    Text(String),
    Number(f64),
}

/// A group that had it, by its name or with more about it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Group {
    Name(String),
    Stay { group: String },
}

#[derive(Default, Deserialize)]
struct Customer {
    external_id: Option<String>,
    tier: Option<String>,
    locale: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    author: String,
    text: String,
    at: Option<When>,
    confidence: Option<f64>,
    intent: Option<String>,
    #[serde(default)]
    attempted: Vec<String>,
    #[serde(default)]
    sources: Vec<Json>,
    #[serde(default)]
    hands_off: bool,
}

#[derive(Default, Deserialize)]
struct Outcome {
    handed_off: Option<bool>,
    resolved: Option<bool>,
    csat: Option<u8>,
    resolved_at: Option<When>,
    handed_off_at: Option<When>,
    agent_joined_at: Option<When>,
    reopens: Option<u32>,
    satisfied: Option<bool>,
    #[serde(default)]
    labels: BTreeMap<String, bool>,
}

/// Reads one line.
pub(super) fn parse(line: &str, how: &Mapping) -> Parsed {
    let row: Row = serde_json::from_str(line).map_err(|error| unreadable(&error))?;
    let customer = row.customer.unwrap_or_default();
    let outcome = row.outcome.unwrap_or_default();
    let csat = csat_in_range(outcome.csat)?;
    let messages = row.messages.into_iter().zip(1..);
    let messages = messages.map(|(one, place)| message(one, place, how));
    let labels = (!outcome.labels.is_empty()).then(|| json!(outcome.labels));
    let course = Course {
        topic: row.topic,
        priority: row.priority,
        tags: row.tags,
        groups: row.groups.into_iter().map(Group::name).collect(),
        handed_off_at: millis(how.when(outcome.handed_off_at.as_ref(), "`outcome.handed_off_at`")?),
        joined_at: millis(how.when(
            outcome.agent_joined_at.as_ref(),
            "`outcome.agent_joined_at`",
        )?),
        reopens: outcome.reopens,
        satisfied: outcome.satisfied,
    };
    let mut one = HistoryConversation {
        external_id: row.id.into_text()?,
        channel: row.channel,
        tier: customer.tier,
        opened_at: how
            .when(row.opened_at.as_ref(), "`opened_at`")?
            .unwrap_or_default(),
        closed_at: how.when(outcome.resolved_at.as_ref(), "`outcome.resolved_at`")?,
        handed_off: outcome.handed_off,
        solved: outcome.resolved,
        csat,
        extra: object([
            ("customer", customer.external_id.map(Json::String)),
            ("locale", customer.locale.map(Json::String)),
            ("labels", labels),
            ("assistant_timed", row.assistant_timed.map(Json::Bool)),
        ]),
        messages: messages.collect::<Result<_, _>>()?,
    };
    course.put(&mut one);
    Ok(one)
}

impl Id {
    /// The id as a word; one that is empty is none.
    pub(super) fn into_text(self) -> Result<String, Fault> {
        match self {
            Self::Text(id) if id.trim().is_empty() => {
                Err((Why::MissingField, "`id` is empty".to_owned()))
            }
            Self::Text(id) => Ok(id),
            Self::Number(id) => Ok(id.to_string()),
        }
    }
}

impl Group {
    fn name(self) -> String {
        match self {
            Self::Name(name) | Self::Stay { group: name } => name,
        }
    }
}

fn message(one: Message, place: usize, how: &Mapping) -> Result<HistoryMessage, Fault> {
    let author = author(&one.author).ok_or_else(|| {
        let given = &one.author;
        let detail = format!("message {place} is by `{given}`: write customer, assistant or agent");
        (Why::UnknownAuthor, detail)
    })?;
    if one.text.trim().is_empty() {
        let detail = format!("the `text` of message {place} is empty");
        return Err((Why::MissingField, detail));
    }
    let list = |items: Vec<Json>| (!items.is_empty()).then_some(Json::Array(items));
    let attempted = one.attempted.into_iter().map(Json::String).collect();
    let confidence = confidence_in_range(one.confidence, place)?;
    Ok(HistoryMessage {
        author: author.to_owned(),
        at: how
            .when(one.at.as_ref(), &format!("`at` of message {place}"))?
            .unwrap_or_default(),
        text: one.text,
        extra: object([
            ("confidence", confidence.map(|value| json!(value))),
            ("intent", one.intent.map(Json::String)),
            ("attempted", list(attempted)),
            ("sources", list(one.sources)),
            ("hands_off", one.hands_off.then_some(Json::Bool(true))),
        ]),
    })
}

/// The role of one of our own names.
pub(super) fn author(name: &str) -> Option<&'static str> {
    ["customer", "assistant", "agent"]
        .into_iter()
        .find(|known| *known == name)
}

/// A confidence is a share.
pub(super) fn confidence_in_range(
    given: Option<f64>,
    place: usize,
) -> Result<Option<f64>, (Why, String)> {
    match given {
        Some(share) if !(0.0..=1.0).contains(&share) => {
            let detail = format!("the `confidence` of message {place} is {share}: write 0 to 1");
            Err((Why::WrongValue, detail))
        }
        other => Ok(other),
    }
}

/// A rating is 1 to 5.
pub(super) fn csat_in_range(given: Option<u8>) -> Result<Option<u8>, (Why, String)> {
    match given {
        Some(score) if !(1..=5).contains(&score) => {
            let detail = format!("`csat` is {score}: write 1 to 5");
            Err((Why::WrongValue, detail))
        }
        other => Ok(other),
    }
}

/// Seconds since 1970, or milliseconds where it is too great for seconds.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a number that does not fit is a time at the end of all times"
)]
pub(super) fn of_number(number: f64) -> Timestamp {
    if number.abs() >= 1e11 {
        Timestamp(number as i64)
    } else {
        Timestamp((number * 1000.0) as i64)
    }
}
