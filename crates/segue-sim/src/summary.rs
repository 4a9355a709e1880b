//! What a rehearsal was like: counts for people, and what broke.

use std::collections::BTreeMap;

use segue_core::journal::{Decision, Entry, Line, Observation, Ruling};
use serde::Serialize;

use crate::telling::word;

/// Counts over one rehearsal or many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Lines of the journal.
    pub lines: u64,
    /// Conversations opened.
    pub conversations: u64,
    /// Messages of all authors.
    pub messages: u64,
    /// Observations that the desk refused.
    pub refusals: u64,
    /// Faults that were played.
    pub faults: u64,
    /// Handoffs opened, by trigger; `asked outright` where there was none.
    pub handoffs: BTreeMap<String, u64>,
    /// Offers made.
    pub offers: u64,
    /// Offers over without an assignment, by how.
    pub offers_ended: BTreeMap<String, u64>,
    /// Assignments.
    pub assignments: u64,
    /// Handoffs over, by how.
    pub endings: BTreeMap<String, u64>,
    /// Replies that came too late and were refused.
    pub late_replies: u64,
    /// Promises made.
    pub promises: u64,
    /// Promises settled, by how.
    pub promises_settled: BTreeMap<String, u64>,
    /// Notices given, by kind.
    pub notices: BTreeMap<String, u64>,
    /// Reasons why nobody was offered an entry.
    pub unmatched: BTreeMap<String, u64>,
    /// Alerts raised.
    pub alerts: u64,
}

impl Summary {
    /// Counts one line.
    pub fn count(&mut self, line: &Line) {
        self.lines += 1;
        match &line.entry {
            Entry::Observed(Observation::ConversationOpened { .. }) => self.conversations += 1,
            Entry::Observed(Observation::MessageReceived { .. }) => self.messages += 1,
            Entry::Observed(_) => {}
            Entry::Decided(Decision { ruling, .. }) => self.count_ruling(ruling),
        }
    }

    fn count_ruling(&mut self, ruling: &Ruling) {
        match ruling {
            Ruling::HandoffOpened { trigger, .. } => {
                let trigger = trigger
                    .as_ref()
                    .map_or("asked outright", |name| name.as_str());
                add(&mut self.handoffs, trigger.to_owned());
            }
            Ruling::Offered { .. } => self.offers += 1,
            Ruling::OfferEnded { how, .. } => add(&mut self.offers_ended, word(how)),
            Ruling::Assigned { .. } => self.assignments += 1,
            Ruling::HandoffEnded { how, .. } => add(&mut self.endings, word(how)),
            Ruling::ReplyRefused { .. } => self.late_replies += 1,
            Ruling::PromiseMade { .. } => self.promises += 1,
            Ruling::PromiseSettled { how, .. } => add(&mut self.promises_settled, word(how)),
            Ruling::NoticeGiven { notice, .. } => add(&mut self.notices, word(&notice.kind)),
            Ruling::NoMatch { why, .. } => add(&mut self.unmatched, word(why)),
            Ruling::AlertRaised { .. } => self.alerts += 1,
            _ => {}
        }
    }

    /// Adds another summary.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.numbers().into_iter().zip(other.clone().numbers()) {
            *mine += *theirs;
        }
        for (mine, theirs) in self.tables().into_iter().zip(other.clone().tables()) {
            for (key, count) in theirs {
                *mine.entry(key.clone()).or_default() += *count;
            }
        }
    }

    fn numbers(&mut self) -> [&mut u64; 10] {
        [
            &mut self.lines,
            &mut self.conversations,
            &mut self.messages,
            &mut self.refusals,
            &mut self.faults,
            &mut self.offers,
            &mut self.assignments,
            &mut self.late_replies,
            &mut self.promises,
            &mut self.alerts,
        ]
    }

    fn tables(&mut self) -> [&mut BTreeMap<String, u64>; 6] {
        [
            &mut self.handoffs,
            &mut self.offers_ended,
            &mut self.endings,
            &mut self.promises_settled,
            &mut self.notices,
            &mut self.unmatched,
        ]
    }
}

fn add(counts: &mut BTreeMap<String, u64>, key: String) {
    *counts.entry(key).or_default() += 1;
}

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Its sentence.
    pub invariant: &'static str,
    /// What was found instead.
    pub found: String,
    /// At which step, counted from 1.
    pub step: u32,
    /// The last lines of the journal before it, as people read them.
    pub tail: Vec<String>,
}
