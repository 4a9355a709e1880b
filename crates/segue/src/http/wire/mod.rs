//! The words that travel over HTTP and the socket: twins of what the core and the store know.

pub mod agent;
pub mod briefing;
pub mod conversation;
pub mod evidence;
pub mod explain;
pub mod handoff;
pub mod message;
pub mod queue;

use segue_core::{journal::Wait as CoreWait, policy::condition::Value, time::Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

/// A moment as RFC 3339 writes it, in UTC with milliseconds.
pub fn moment(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    format!("{at:.3}")
}

/// Reads a moment as RFC 3339 writes it.
pub fn read_moment(text: &str) -> Option<Timestamp> {
    let at: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp(at.as_millisecond()))
}

/// The word for a value of the core's closed lists, such as `do_not_disturb`.
pub fn word<T: Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(Json::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// A value of the policy's language as JSON; numbers are in thousandths there.
pub fn json_of(value: &Value) -> Json {
    match value {
        Value::Bool(yes) => Json::Bool(*yes),
        Value::Number(thousandths) if thousandths % 1000 == 0 => (thousandths / 1000).into(),
        #[expect(
            clippy::cast_precision_loss,
            reason = "shown to people, never compared"
        )]
        Value::Number(thousandths) => (*thousandths as f64 / 1000.0).into(),
        Value::Text(text) => Json::String(text.clone()),
    }
}

/// A JSON scalar as a value of the policy's language; nothing for lists, objects and null.
pub fn value_of(json: &Json) -> Option<Value> {
    match json {
        Json::Bool(yes) => Some(Value::Bool(*yes)),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a number beyond 64 bits of thousandths is cut off at the end of the range"
        )]
        Json::Number(number) => number
            .as_f64()
            .map(|number| Value::Number((number * 1000.0).round() as i64)),
        Json::String(text) if text.len() <= 200 => Some(Value::Text(text.clone())),
        _ => None,
    }
}

/// A wait that is told.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Wait {
    /// Hardly sooner.
    pub low_seconds: u32,
    /// Hardly later.
    pub high_seconds: u32,
    /// The share of waits that the model expects between the two, 0 to 1.
    pub coverage: f64,
}

impl From<CoreWait> for Wait {
    fn from(wait: CoreWait) -> Self {
        Self {
            low_seconds: wait.low_seconds,
            high_seconds: wait.high_seconds,
            coverage: share(wait.coverage_permille),
        }
    }
}

/// Thousandths as a share from 0 to 1.
pub fn share(permille: u16) -> f64 {
    f64::from(permille) / 1000.0
}

/// A person of the team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Person {
    /// Which agent.
    pub id: String,
    /// As customers read it.
    pub name: String,
    /// The team whose matter it is, as customers read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
}

/// A source that an answer rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// Its name in the knowledge base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What people call it.
    pub title: String,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Names the next page; none on the last.
    pub next_cursor: Option<String>,
}

/// All of a short list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Items<T> {
    /// What is in it.
    pub items: Vec<T>,
}
