//! How a conversation went, beside its words: what a source tells of topic, groups, handoff and
//! end. What it does not tell stays away, so that nothing unknown is ever counted as zero.

use jiff::tz::TimeZone;
use segue_core::{
    audit::diagnosis::{LocalHour, Past},
    time::Timestamp,
};
use segue_store::HistoryConversation;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::recorded;

/// What is kept beside the fields that the store has of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Course {
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) topic: Option<String>,
    /// How urgent the team held it to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) priority: Option<String>,
    /// Marks that the team put on it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tags: Vec<String>,
    /// The groups that had it, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) groups: Vec<String>,
    /// When the assistant gave it away, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) handed_off_at: Option<i64>,
    /// When an agent took it, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) joined_at: Option<i64>,
    /// How often it was opened again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reopens: Option<u32>,
    /// Whether the customer was satisfied, where the source has no score from 1 to 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) satisfied: Option<bool>,
}

impl Course {
    /// Puts it to what else is told of a conversation.
    pub(super) fn put(&self, one: &mut HistoryConversation) {
        let Ok(Json::Object(told)) = serde_json::to_value(self) else {
            return;
        };
        if told.is_empty() {
            return;
        }
        let extra = one.extra.get_or_insert_with(|| Json::Object(Map::new()));
        if let Some(extra) = extra.as_object_mut() {
            extra.extend(told);
        }
    }

    /// Whether a conversation without anybody's words says how it went, as an incident does.
    pub(super) fn tells_enough(&self) -> bool {
        !self.groups.is_empty() || self.reopens.is_some()
    }

    /// What is kept of a conversation.
    pub(super) fn of(one: &HistoryConversation) -> Self {
        let extra = one.extra.as_ref();
        let read = extra.and_then(|extra| Self::deserialize(extra).ok());
        read.unwrap_or_default()
    }
}

/// Milliseconds since 1970, as they are kept.
pub(super) fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(|at| at.0)
}

/// The conversation as an audit reads it; hours and weekdays are those of `zone`.
pub fn past(one: HistoryConversation, zone: &TimeZone) -> Past {
    let course = Course::of(&one);
    let opened_at = (one.opened_at != Timestamp::default()).then_some(one.opened_at);
    let (resolved_at, csat, tier) = (one.closed_at, one.csat, one.tier.clone());
    let channel = one.channel.clone();
    let recorded = recorded(one);
    let last_message = recorded.turns.iter().filter_map(|turn| turn.at).max();
    Past {
        channel,
        tier,
        priority: course.priority,
        topic: course.topic.or_else(|| first_intent(&recorded.turns)),
        tags: course.tags,
        opened_at,
        opened_local: opened_at.and_then(|at| local(at, zone)),
        handed_off_at: course.handed_off_at.map(Timestamp),
        joined_at: course.joined_at.map(Timestamp),
        resolved_at,
        last_at: last_message.max(resolved_at),
        handed_off: recorded.outcome.handed_off,
        solved: recorded.outcome.solved,
        satisfied: csat.map(|score| score >= 4).or(course.satisfied),
        reopens: course.reopens,
        groups: (!course.groups.is_empty()).then_some(course.groups),
        labels: recorded.outcome.labels,
        turns: recorded.turns,
        id: recorded.external_id,
    }
}

/// What the assistant took the matter for, the first time that it said so.
fn first_intent(turns: &[segue_core::audit::RecordedTurn]) -> Option<String> {
    turns.iter().find_map(|turn| {
        let intent = turn.answer.as_ref()?.intent.as_ref()?;
        Some(intent.to_string())
    })
}

fn local(at: Timestamp, zone: &TimeZone) -> Option<LocalHour> {
    let at = jiff::Timestamp::from_millisecond(at.0).ok()?;
    let at = zone.to_datetime(at);
    Some(LocalHour {
        weekday: u8::try_from(at.weekday().to_monday_one_offset()).ok()?,
        hour: u8::try_from(at.hour()).ok()?,
    })
}
