//! What a replay counts. A fold: the same conversations in the same order give the same report.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Rate, RecordedOutcome, Replayed, WouldHandOff};
use crate::policy::{Policy, facts::FactRef};

/// Handoffs that are shown in full.
const EXAMPLES: usize = 5;

/// What a policy would have done with a history.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Conversations.
    pub conversations: u64,
    /// Messages in them.
    pub messages: u64,
    /// Messages that were judged: up to the handoff, or all.
    pub messages_replayed: u64,
    /// Conversations that the policy would have handed off.
    pub handoffs: u64,
    /// Their share of all conversations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handoff_rate: Option<Rate>,
    /// Handoffs by the trigger that won.
    pub by_trigger: BTreeMap<String, Fires>,
    /// Suggestions of a person; the replay goes on after them.
    pub suggestions: u64,
    /// Suggestions by trigger.
    pub suggestions_by_trigger: BTreeMap<String, u64>,
    /// Conversations with at least one suggestion and no handoff.
    pub only_suggested: u64,
    /// Against what the sources say of the conversations, by what they say.
    pub against: BTreeMap<String, Against>,
    /// Answers of the assistant that were judged.
    pub answers: u64,
    /// Answers that carry a confidence.
    pub answers_with_confidence: u64,
    /// Conversations in which silences could be judged.
    pub silence_known: u64,
    /// Triggers that ask for something this history does not tell, each with what that is.
    pub blind_triggers: BTreeMap<String, Vec<String>>,
    /// A few handoffs in full, the triggers in turn.
    pub examples: Vec<Example>,
    #[serde(skip)]
    candidates: BTreeMap<String, Vec<Example>>,
}

/// How often and when a trigger would have handed off.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Fires {
    /// Handoffs.
    pub count: u64,
    /// Of all handoffs, in thousandths.
    pub share_permille: u16,
    /// Half of them come in this exchange or before.
    pub median_exchange: u32,
    #[serde(skip)]
    exchanges: BTreeMap<u32, u64>,
}

/// The handoffs beside a judgement of the source. A good policy catches and does not interrupt.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Against {
    /// It held and the policy would have handed off.
    pub caught: u64,
    /// It held and the policy would not.
    pub missed: u64,
    /// It did not hold and the policy would have handed off.
    pub interrupted: u64,
    /// It did not hold and the policy would not.
    pub left_alone: u64,
    /// Of the conversations in which it held, the share that was caught.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recall: Option<Rate>,
    /// Of the handoffs, the share in which it held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<Rate>,
    /// Of the conversations in which it did not hold, the share that was interrupted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interrupted_rate: Option<Rate>,
}

/// One handoff in full.
#[derive(Clone, Debug, Serialize)]
pub struct Example {
    /// The conversation as its source calls it.
    pub conversation: String,
    /// What would have happened.
    #[serde(flatten)]
    pub handoff: WouldHandOff,
}

impl Report {
    /// Counts one conversation.
    pub fn add(&mut self, one: Replayed) {
        self.conversations += 1;
        self.messages += one.messages;
        self.messages_replayed += one.replayed;
        self.answers += one.answers;
        self.answers_with_confidence += one.confident_answers;
        self.silence_known += u64::from(one.silence_known);
        self.compare(&one.outcome, one.handoff.is_some());
        self.only_suggested += u64::from(one.handoff.is_none() && !one.suggestions.is_empty());
        for trigger in one.suggestions {
            self.suggestions += 1;
            *self.suggestions_by_trigger.entry(trigger).or_default() += 1;
        }
        if let Some(handoff) = one.handoff {
            self.add_handoff(one.external_id, handoff);
        }
    }

    fn add_handoff(&mut self, conversation: String, handoff: WouldHandOff) {
        self.handoffs += 1;
        let fires = self.by_trigger.entry(handoff.trigger.clone()).or_default();
        fires.count += 1;
        *fires.exchanges.entry(handoff.exchange).or_default() += 1;
        let kept = self.candidates.entry(handoff.trigger.clone()).or_default();
        if kept.len() < EXAMPLES {
            kept.push(Example {
                conversation,
                handoff,
            });
        }
    }

    fn compare(&mut self, outcome: &RecordedOutcome, handed_off: bool) {
        if let Some(solved) = outcome.solved {
            self.beside("not_solved", !solved, handed_off);
        }
        if let Some(taken_over) = outcome.handed_off {
            self.beside("handed_off", taken_over, handed_off);
        }
        for (label, holds) in &outcome.labels {
            self.beside(label, *holds, handed_off);
        }
    }

    fn beside(&mut self, name: &str, holds: bool, handed_off: bool) {
        let against = self.against.entry(name.to_owned()).or_default();
        let place = match (holds, handed_off) {
            (true, true) => &mut against.caught,
            (true, false) => &mut against.missed,
            (false, true) => &mut against.interrupted,
            (false, false) => &mut against.left_alone,
        };
        *place += 1;
    }

    /// Computes the shares, after the last conversation.
    #[must_use]
    pub fn finish(mut self, policy: &Policy) -> Self {
        self.handoff_rate = Some(Rate::of(self.handoffs, self.conversations));
        for fires in self.by_trigger.values_mut() {
            fires.share_permille = Rate::of(fires.count, self.handoffs).value_permille;
            fires.median_exchange = median(&fires.exchanges, fires.count);
        }
        self.against.values_mut().for_each(Against::finish);
        self.blind_triggers = self.blind(policy);
        self.examples = self.pick();
        self
    }

    /// The first of each trigger, the most frequent trigger first, then the second of each.
    fn pick(&mut self) -> Vec<Example> {
        let mut order: Vec<(&String, u64)> =
            self.by_trigger.iter().map(|(n, f)| (n, f.count)).collect();
        order.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let mut picked = Vec::new();
        for round in 0..EXAMPLES {
            for (name, _) in &order {
                let kept = self.candidates.get(*name);
                picked.extend(kept.and_then(|kept| kept.get(round)).cloned());
            }
        }
        picked.truncate(EXAMPLES);
        picked
    }

    fn blind(&self, policy: &Policy) -> BTreeMap<String, Vec<String>> {
        let unknown = |fact: &&FactRef| match fact.name().as_str() {
            "assistant.confidence" => self.answers_with_confidence < self.answers,
            "assistant.silent_seconds" => self.silence_known < self.conversations,
            "assistant.failed" | "customer.previous_contacts" => true,
            _ => matches!(fact, FactRef::Attribute(_)),
        };
        let blind = policy.triggers.iter().filter_map(|trigger| {
            let facts = trigger.when.facts();
            let missing: Vec<String> = facts
                .into_iter()
                .filter(unknown)
                .map(FactRef::name)
                .collect();
            (!missing.is_empty()).then(|| (trigger.name.to_string(), missing))
        });
        blind.collect()
    }
}

impl Against {
    fn finish(&mut self) {
        self.recall = Some(Rate::of(self.caught, self.caught + self.missed));
        self.precision = Some(Rate::of(self.caught, self.caught + self.interrupted));
        let alone = self.interrupted + self.left_alone;
        self.interrupted_rate = Some(Rate::of(self.interrupted, alone));
    }
}

/// The least exchange by which half of `count` have come.
fn median(exchanges: &BTreeMap<u32, u64>, count: u64) -> u32 {
    let mut seen = 0;
    for (exchange, times) in exchanges {
        seen += times;
        if seen * 2 >= count {
            return *exchange;
        }
    }
    0
}
