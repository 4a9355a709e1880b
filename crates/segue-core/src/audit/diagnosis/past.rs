//! A past conversation as its source tells it. What the source does not say is none, never zero:
//! every figure counts only the conversations in which it is known.

use std::collections::BTreeMap;

use crate::{
    audit::{RecordedTurn, Speaker},
    journal::Author,
    signals::{Reader, Reading},
    time::Timestamp,
};

/// Judgements of the source that are counted, by name; further ones are left out.
const LABELS: usize = 8;

/// One conversation, ticket or incident.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// As the source calls it.
    pub id: String,
    /// Where it was held.
    pub channel: Option<String>,
    /// The customer's tier.
    pub tier: Option<String>,
    /// How urgent the team held it to be.
    pub priority: Option<String>,
    /// What it is about, as the source says: an intent, a category, a topic.
    pub topic: Option<String>,
    /// Marks that the team put on it.
    pub tags: Vec<String>,
    /// When it began.
    pub opened_at: Option<Timestamp>,
    /// Hour and weekday of that, where the team is.
    pub opened_local: Option<LocalHour>,
    /// When the assistant gave it away.
    pub handed_off_at: Option<Timestamp>,
    /// When an agent took it.
    pub joined_at: Option<Timestamp>,
    /// When it was settled.
    pub resolved_at: Option<Timestamp>,
    /// When anything was last heard of it.
    pub last_at: Option<Timestamp>,
    /// Whether a person took over.
    pub handed_off: Option<bool>,
    /// Whether the matter was settled.
    pub solved: Option<bool>,
    /// Whether the customer was satisfied.
    pub satisfied: Option<bool>,
    /// How often it was opened again.
    pub reopens: Option<u32>,
    /// The groups that had it, in order.
    pub groups: Option<Vec<String>>,
    /// Further judgements of the source, by name.
    pub labels: BTreeMap<String, bool>,
    /// In order.
    pub turns: Vec<RecordedTurn>,
}

/// An hour of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalHour {
    /// 1 is Monday, 7 is Sunday.
    pub weekday: u8,
    /// 0 to 23.
    pub hour: u8,
}

/// Who had a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Path {
    /// The assistant, and then a person.
    HandedOff,
    /// The assistant from beginning to end.
    AssistantOnly,
    /// People from the beginning.
    PeopleOnly,
    /// The source does not say.
    Unknown,
}

impl Past {
    pub(super) fn path(&self) -> Path {
        let assistant = self.said_by(Speaker::Assistant).is_some();
        let people = self.said_by(Speaker::Agent).is_some() || self.groups.is_some();
        match (assistant, self.handed_off) {
            (false, _) if people => Path::PeopleOnly,
            // Also where the assistant's words are not in the record, but what became of it is.
            (_, Some(true)) => Path::HandedOff,
            (true, Some(false)) => Path::AssistantOnly,
            (true, None) | (false, _) => Path::Unknown,
        }
    }

    /// Somebody's first message.
    pub(super) fn first_of(&self, speaker: Speaker) -> Option<&RecordedTurn> {
        self.turns.iter().find(|turn| turn.by == speaker)
    }

    /// The place of somebody's first message.
    pub(super) fn said_by(&self, speaker: Speaker) -> Option<usize> {
        self.turns.iter().position(|turn| turn.by == speaker)
    }

    /// Changes of the group that had it.
    pub(super) fn hops(&self) -> Option<u64> {
        let groups = self.groups.as_ref().filter(|groups| !groups.is_empty())?;
        let pairs = groups.iter().zip(groups.iter().skip(1));
        let moves = pairs.filter(|(before, after)| before != after).count();
        u64::try_from(moves).ok()
    }

    /// From the opening to the end.
    pub(super) fn resolution_seconds(&self) -> Option<u64> {
        seconds_between(self.opened_at?, self.resolved_at?)
    }

    /// What happened or did not, by name, where the source says.
    pub(super) fn events(&self) -> Vec<(String, bool)> {
        let path = self.path();
        let handed_off = match path {
            Path::HandedOff => Some(true),
            Path::AssistantOnly => Some(false),
            Path::PeopleOnly | Path::Unknown => None,
        };
        let named = [
            ("handed_off", handed_off),
            ("moved_between_groups", self.hops().map(|hops| hops > 0)),
            ("not_solved", self.solved.map(|solved| !solved)),
        ];
        let known = named
            .into_iter()
            .filter_map(|(name, held)| Some((name.to_owned(), held?)));
        let labels = self.labels.iter().take(LABELS);
        known
            .chain(labels.map(|(name, held)| (format!("label {name}"), *held)))
            .collect()
    }

    /// One past the last message before a person had it.
    pub(super) fn handoff_place(&self) -> usize {
        let given = self.turns.iter().position(|turn| turn.hands_off);
        let taken = self.said_by(Speaker::Agent);
        given
            .map(|place| place + 1)
            .or(taken)
            .unwrap_or(self.turns.len())
    }
}

/// Seconds from one time to a later one; none if the later one is the earlier.
pub(super) fn seconds_between(from: Timestamp, to: Timestamp) -> Option<u64> {
    u64::try_from(to.0.checked_sub(from.0)?)
        .ok()
        .map(|ms| ms / 1000)
}

/// A conversation with what the customer's messages tell, each read once for all questions.
pub(super) struct Seen<'p> {
    /// The conversation.
    pub(super) past: &'p Past,
    /// What each message tells; none where the customer did not write it.
    pub(super) readings: Vec<Option<Reading>>,
}

impl<'p> Seen<'p> {
    pub(super) fn new(past: &'p Past, reader: &Reader) -> Self {
        let read = |turn: &RecordedTurn| {
            (turn.by == Speaker::Customer).then(|| reader.read(&turn.text, Author::Customer))
        };
        Self {
            past,
            readings: past.turns.iter().map(read).collect(),
        }
    }
}
