//! What a replay counts. A fold: the same conversations in the same order give the same report.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Comparison, Mark, Origin, Rate, RecordedOutcome, Replayed, WouldHandOff};
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
    /// Customers who showed frustration.
    pub frustrated: Patience,
    /// Messages whose words are erased: what they told under the policy of then stands for them.
    pub erased: u64,
    /// What changes, where two policies are compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared: Option<Comparison>,
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
    /// Where it is kept.
    #[serde(skip)]
    pub origin: Origin,
    /// What would have happened.
    #[serde(flatten)]
    pub handoff: WouldHandOff,
}

/// How many frustrated customers would have been caught before they had to ask for a person.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Patience {
    /// Conversations in which the customer showed frustration.
    pub customers: u64,
    /// Of those, who asked for a person later, or with the same words.
    pub asked: u64,
    /// Of those, who would have been handed off before they asked.
    pub caught: u64,
    /// Their share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caught_rate: Option<Rate>,
    /// Half of them would have been handed off so many exchanges earlier, or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_exchanges_earlier: Option<u32>,
    /// Frustrated customers who never asked and would have been handed off.
    pub caught_silent: u64,
    #[serde(skip)]
    earlier: BTreeMap<u32, u64>,
}

impl Patience {
    /// Counts one conversation with the handoff that it would have had.
    pub(super) fn add(&mut self, one: &Replayed, handoff: Option<&WouldHandOff>) {
        let Some(frustrated) = one.frustrated_at else {
            return;
        };
        self.customers += 1;
        let asked = one
            .asked_at
            .filter(|asked| frustrated.message <= asked.message);
        if let Some(asked) = asked {
            self.count_asked(asked, handoff);
        } else {
            let silent = one.asked_at.is_none() && handoff.is_some();
            self.caught_silent += u64::from(silent);
        }
    }

    fn count_asked(&mut self, asked: Mark, handoff: Option<&WouldHandOff>) {
        self.asked += 1;
        if let Some(handoff) = handoff.filter(|handoff| handoff.message < asked.message) {
            self.caught += 1;
            let exchanges = asked.exchange - handoff.exchange.min(asked.exchange);
            *self.earlier.entry(exchanges).or_default() += 1;
        }
    }

    pub(super) fn finish(&mut self) {
        self.caught_rate = Some(Rate::of(self.caught, self.asked));
        let caught = self.caught > 0;
        self.median_exchanges_earlier = caught.then(|| median(&self.earlier, self.caught));
    }
}

impl Report {
    /// Counts one conversation.
    pub fn add(&mut self, one: Replayed) {
        self.conversations += u64::from(!one.again);
        self.messages += one.messages;
        self.messages_replayed += one.replayed;
        self.answers += one.answers;
        self.answers_with_confidence += one.confident_answers;
        self.silence_known += u64::from(one.silence_known && !one.again);
        self.erased += one.erased;
        self.frustrated.add(&one, one.handoff.as_ref());
        beside(&mut self.against, &one.outcome, one.handoff.is_some());
        if one.before.is_some() {
            self.compared.get_or_insert_default().add(&one);
        }
        self.only_suggested += u64::from(one.handoff.is_none() && !one.suggestions.is_empty());
        for trigger in one.suggestions {
            self.suggestions += 1;
            *self.suggestions_by_trigger.entry(trigger).or_default() += 1;
        }
        if let Some(handoff) = one.handoff {
            self.add_handoff(one.external_id, one.origin, handoff);
        }
    }

    fn add_handoff(&mut self, conversation: String, origin: Origin, handoff: WouldHandOff) {
        self.handoffs += 1;
        let fires = self.by_trigger.entry(handoff.trigger.clone()).or_default();
        fires.count += 1;
        *fires.exchanges.entry(handoff.exchange).or_default() += 1;
        let kept = self.candidates.entry(handoff.trigger.clone()).or_default();
        if kept.len() < EXAMPLES {
            kept.push(Example {
                conversation,
                origin,
                handoff,
            });
        }
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
        self.frustrated.finish();
        if let Some(compared) = &mut self.compared {
            compared.finish();
        }
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

/// Counts whether there was a handoff beside each judgement of the source.
pub(super) fn beside(
    against: &mut BTreeMap<String, Against>,
    outcome: &RecordedOutcome,
    handed_off: bool,
) {
    let not_solved = outcome.solved.map(|solved| ("not_solved", !solved));
    let taken_over = outcome
        .handed_off
        .map(|taken_over| ("handed_off", taken_over));
    let labels = outcome
        .labels
        .iter()
        .map(|(name, holds)| (name.as_str(), *holds));
    for (name, holds) in not_solved.into_iter().chain(taken_over).chain(labels) {
        let against = match against.get_mut(name) {
            Some(against) => against,
            None => against.entry(name.to_owned()).or_default(),
        };
        against.count(holds, handed_off);
    }
}

impl Against {
    fn count(&mut self, holds: bool, handed_off: bool) {
        let place = match (holds, handed_off) {
            (true, true) => &mut self.caught,
            (true, false) => &mut self.missed,
            (false, true) => &mut self.interrupted,
            (false, false) => &mut self.left_alone,
        };
        *place += 1;
    }

    pub(super) fn finish(&mut self) {
        self.recall = Some(Rate::of(self.caught, self.caught + self.missed));
        self.precision = Some(Rate::of(self.caught, self.caught + self.interrupted));
        let alone = self.interrupted + self.left_alone;
        self.interrupted_rate = Some(Rate::of(self.interrupted, alone));
    }
}

/// The least exchange by which half of `count` have come.
pub(super) fn median(exchanges: &BTreeMap<u32, u64>, count: u64) -> u32 {
    let mut seen = 0;
    for (exchange, times) in exchanges {
        seen += times;
        if seen * 2 >= count {
            return *exchange;
        }
    }
    0
}
