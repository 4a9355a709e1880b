//! How often does a conversation leave the assistant, and what becomes of those that stay?

use std::collections::BTreeMap;

use serde::Serialize;

use super::past::{Past, Path};
use crate::audit::Rate;

/// Conversations by who had them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Handoffs {
    /// All conversations.
    pub conversations: u64,
    /// The assistant had it, and then a person.
    pub handed_off: u64,
    /// The assistant had it from beginning to end.
    pub assistant_only: u64,
    /// People had it from the beginning; they are in no rate.
    pub people_only: u64,
    /// The source does not say.
    pub unknown: u64,
    /// Handed off, of all that the assistant had and the source tells of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// Of those that stayed with the assistant: settled.
    pub assistant_only_solved: u64,
    /// Of those that stayed with the assistant: known not to be settled.
    pub assistant_only_not_solved: u64,
    /// Further events and labels of the source, by name.
    pub events: BTreeMap<String, Event>,
}

/// Something that happened to a conversation or did not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Event {
    /// How often it happened.
    pub count: u64,
    /// In how many conversations the source says whether it did.
    pub of: u64,
    /// The share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
}

impl Handoffs {
    pub(super) fn add(&mut self, past: &Past) {
        self.conversations += 1;
        match past.path() {
            Path::HandedOff => self.handed_off += 1,
            Path::PeopleOnly => self.people_only += 1,
            Path::Unknown => self.unknown += 1,
            Path::AssistantOnly => {
                self.assistant_only += 1;
                self.assistant_only_solved += u64::from(past.solved == Some(true));
                self.assistant_only_not_solved += u64::from(past.solved == Some(false));
            }
        }
        for (name, held) in past.events() {
            let event = self.events.entry(name).or_default();
            event.of += 1;
            event.count += u64::from(held);
        }
    }

    pub(super) fn finish(mut self) -> Self {
        let had = self.handed_off + self.assistant_only;
        self.rate = (had > 0).then(|| Rate::of(self.handed_off, had));
        for event in self.events.values_mut() {
            event.rate = Some(Rate::of(event.count, event.of));
        }
        self
    }
}
