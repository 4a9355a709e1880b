//! First numbers: folds over the journal. The same lines always give the same numbers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    id::{ConversationId, HandoffId, TriggerName},
    journal::{Author, Decision, Ending, Entry, Line, Observation, PromiseEnd, Ruling, Verdict},
    time::Timestamp,
};

/// What is counted while lines go by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Conversations that were opened.
    pub conversations: u64,
    /// Messages of customers, assistants and agents; notices are not counted.
    pub messages: u64,
    /// Conversations that left the assistant at least once.
    pub handed_off: u64,
    /// Conversations that were resolved without a handoff: by the customer, or by being left.
    pub without_handoff: u64,
    /// Handoffs that were opened.
    pub handoffs: u64,
    /// By the trigger that opened them; those asked for outright stand under no name.
    pub by_trigger: BTreeMap<String, u64>,
    /// Suggestions made to customers.
    pub suggestions: u64,
    /// Handoffs that ended, by how.
    pub endings: BTreeMap<String, u64>,
    /// From the opening of a handoff to its first assignment.
    pub to_agent: Seconds,
    /// From the first assignment to the agent's first words.
    pub to_first_reply: Seconds,
    /// From the first assignment to the end.
    pub handling: Seconds,
    /// Promises by what became of them.
    pub promises: BTreeMap<String, u64>,
    /// Ratings of conversations in which a person was needed.
    pub csat_with_agent: Ratings,
    /// Ratings of conversations that the assistant handled alone.
    pub csat_assistant_only: Ratings,
    #[serde(skip)]
    open: BTreeMap<ConversationId, Open>,
    #[serde(skip)]
    handoff_of: BTreeMap<HandoffId, Passage>,
}

/// Times in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seconds {
    /// How many.
    pub count: u64,
    /// Their sum.
    pub total_seconds: u64,
    /// The longest.
    pub max_seconds: u32,
}

impl Seconds {
    fn add(&mut self, seconds: u32) {
        self.count += 1;
        self.total_seconds += u64::from(seconds);
        self.max_seconds = self.max_seconds.max(seconds);
    }

    /// The mean; none before the first.
    pub fn mean_seconds(&self) -> Option<u64> {
        self.total_seconds.checked_div(self.count)
    }
}

/// Ratings from 1 to 5; 4 and 5 are good, a 3 is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratings {
    /// How many.
    pub count: u64,
    /// Of those, 4 or 5.
    pub good: u64,
}

impl Ratings {
    fn add(&mut self, score: u8) {
        self.count += 1;
        self.good += u64::from(score >= 4);
    }

    /// CSAT = good / all, 0 to 1000; none before the first.
    pub fn permille(&self) -> Option<u64> {
        (self.good * 1000).checked_div(self.count)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Open {
    handed_off: bool,
    resolved: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Passage {
    opened_at: Timestamp,
    assigned_at: Option<Timestamp>,
    replied: bool,
    conversation: ConversationId,
}

impl Tally {
    /// Counts one line.
    pub fn fold(&mut self, line: &Line) {
        match &line.entry {
            Entry::Observed(seen) => self.seen(line.position, line.at, seen),
            Entry::Decided(Decision { ruling, .. }) => self.ruled(line.position, line.at, ruling),
        }
    }

    /// Share of conversations that left the assistant, 0 to 1000; none before the first.
    /// Conversations that are still open count.
    pub fn handoff_rate_permille(&self) -> Option<u64> {
        (self.handed_off * 1000).checked_div(self.conversations)
    }

    fn seen(&mut self, position: u64, at: Timestamp, seen: &Observation) {
        match seen {
            Observation::ConversationOpened { .. } => {
                self.conversations += 1;
                self.open.insert(ConversationId(position), Open::default());
            }
            Observation::MessageReceived {
                conversation,
                author,
                ..
            } => {
                self.messages += 1;
                if matches!(author, Author::Agent(_)) {
                    self.first_reply(*conversation, at);
                }
            }
            Observation::CsatGiven {
                conversation,
                score,
            } => {
                let handed_off = self
                    .open
                    .get(conversation)
                    .is_some_and(|open| open.handed_off);
                let ratings = if handed_off {
                    &mut self.csat_with_agent
                } else {
                    &mut self.csat_assistant_only
                };
                ratings.add(*score);
            }
            _ => {}
        }
    }

    fn first_reply(&mut self, conversation: ConversationId, at: Timestamp) {
        let passage = self
            .handoff_of
            .values_mut()
            .find(|p| p.conversation == conversation);
        let Some(passage) = passage.filter(|passage| !passage.replied) else {
            return;
        };
        let Some(assigned_at) = passage.assigned_at else {
            return;
        };
        passage.replied = true;
        self.to_first_reply.add(at.seconds_since(assigned_at));
    }

    fn ruled(&mut self, position: u64, at: Timestamp, ruling: &Ruling) {
        match ruling {
            Ruling::Judged {
                verdict: Verdict::Suggest,
                ..
            } => self.suggestions += 1,
            Ruling::HandoffOpened {
                conversation,
                trigger,
                ..
            } => {
                self.opened(HandoffId(position), *conversation, trigger.as_ref(), at);
            }
            Ruling::Assigned { handoff, .. } => {
                if let Some(passage) = self.handoff_of.get_mut(handoff)
                    && passage.assigned_at.is_none()
                {
                    passage.assigned_at = Some(at);
                    self.to_agent.add(at.seconds_since(passage.opened_at));
                }
            }
            Ruling::HandoffEnded { handoff, how, .. } => self.ended(*handoff, *how, at),
            Ruling::ConversationResolved { conversation, .. } => {
                if let Some(open) = self.open.get_mut(conversation)
                    && !open.handed_off
                    && !open.resolved
                {
                    open.resolved = true;
                    self.without_handoff += 1;
                }
            }
            Ruling::PromiseSettled { how, .. } => {
                *self
                    .promises
                    .entry(promise_end(*how).to_owned())
                    .or_default() += 1;
            }
            _ => {}
        }
    }

    fn opened(
        &mut self,
        handoff: HandoffId,
        conversation: ConversationId,
        trigger: Option<&TriggerName>,
        at: Timestamp,
    ) {
        self.handoffs += 1;
        let name = trigger.map_or("", TriggerName::as_str).to_owned();
        *self.by_trigger.entry(name).or_default() += 1;
        let open = self.open.entry(conversation).or_default();
        self.handed_off += u64::from(!open.handed_off);
        open.handed_off = true;
        let passage = Passage {
            opened_at: at,
            assigned_at: None,
            replied: false,
            conversation,
        };
        self.handoff_of.insert(handoff, passage);
    }

    fn ended(&mut self, handoff: HandoffId, how: Ending, at: Timestamp) {
        *self.endings.entry(ending(how).to_owned()).or_default() += 1;
        let assigned_at = self
            .handoff_of
            .remove(&handoff)
            .and_then(|passage| passage.assigned_at);
        if let Some(assigned_at) = assigned_at {
            self.handling.add(at.seconds_since(assigned_at));
        }
    }
}

fn ending(how: Ending) -> &'static str {
    match how {
        Ending::Resolved => "resolved",
        Ending::Returned => "returned",
        Ending::Abandoned => "abandoned",
        Ending::Stayed => "stayed",
    }
}

fn promise_end(how: PromiseEnd) -> &'static str {
    match how {
        PromiseEnd::Kept => "kept",
        PromiseEnd::Renewed => "renewed",
        PromiseEnd::Broken => "broken",
        PromiseEnd::Released => "released",
        PromiseEnd::Withdrawn => "withdrawn",
    }
}
