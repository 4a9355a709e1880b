//! Incidents of a service desk, one row each, with the chain of groups that had it, as an event log
//! of `ServiceNow` comes to. Nobody's words stand in them.

use segue_core::time::Timestamp;
use segue_store::HistoryConversation;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    Mapping,
    course::Course,
    segue_rows::{Id, When},
    whole::{Fault, Parsed, object, unreadable},
};

/// How logs write what they do not know.
const UNKNOWN: &str = "?";

#[derive(Deserialize)]
struct Incident {
    #[serde(alias = "number")]
    id: Id,
    #[serde(alias = "opened_at")]
    opened: Option<When>,
    #[serde(alias = "resolved_at")]
    resolved: Option<When>,
    #[serde(alias = "contact_type")]
    channel: Option<String>,
    category: Option<String>,
    subcategory: Option<String>,
    priority: Option<String>,
    #[serde(default)]
    groups: Vec<(String, Json)>,
    #[serde(alias = "reopen_count")]
    reopens: Option<u32>,
    made_sla: Option<bool>,
}

/// Whether a row looks like an incident.
pub(super) fn is_one(row: &Json) -> bool {
    let opened = row.get("opened").or_else(|| row.get("opened_at"));
    row["groups"].is_array() && opened.is_some() && row.get("messages").is_none()
}

/// Reads one incident.
pub(super) fn parse(line: &str, how: &Mapping) -> Parsed {
    let row: Incident = serde_json::from_str(line).map_err(|error| unreadable(&error))?;
    let closed_at = how.when(row.resolved.as_ref(), "`resolved`")?;
    let topic = [known(row.category), known(row.subcategory)];
    let topic: Vec<String> = topic.into_iter().flatten().collect();
    let missed = row.made_sla.map(|made| json!({ "sla_missed": !made }));
    let mut one = HistoryConversation {
        external_id: row.id.into_text()?,
        channel: known(row.channel),
        opened_at: how
            .when(row.opened.as_ref(), "`opened`")?
            .unwrap_or_default(),
        closed_at,
        extra: object([("labels", missed)]),
        ..HistoryConversation::default()
    };
    let course = Course {
        topic: (!topic.is_empty()).then(|| topic.join(" / ")),
        priority: known(row.priority),
        groups: chain(row.groups, how)?,
        reopens: row.reopens,
        ..Course::default()
    };
    course.put(&mut one);
    Ok(one)
}

fn known(value: Option<String>) -> Option<String> {
    value.filter(|value| !value.trim().is_empty() && value != UNKNOWN)
}

/// The groups in the order of their times, where all of them have one.
fn chain(groups: Vec<(String, Json)>, how: &Mapping) -> Result<Vec<String>, Fault> {
    let mut chain: Vec<(Option<Timestamp>, String)> = Vec::new();
    for ((group, at), place) in groups.into_iter().zip(1..) {
        let at = match at {
            Json::String(text) if text == UNKNOWN => None,
            Json::String(text) => how.when(
                Some(&When::Text(text)),
                &format!("the time of group {place}"),
            )?,
            other => other
                .as_f64()
                .and_then(|number| how.when(Some(&When::Number(number)), "").ok()?),
        };
        chain.extend(known(Some(group)).map(|group| (at, group)));
    }
    if chain.iter().all(|(at, _)| at.is_some()) {
        chain.sort_by_key(|(at, _)| *at);
    }
    Ok(chain.into_iter().map(|(_, group)| group).collect())
}
