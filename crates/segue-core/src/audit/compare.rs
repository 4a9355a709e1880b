//! What a candidate policy changes: handoffs gained, lost and moved, each with what it is about.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Origin, Replayed, WouldHandOff,
    report::{Against, Patience, beside, median},
};

/// Changes of each kind that are shown in full.
const EXAMPLES: usize = 5;

/// What stands for an intent or a tier that is not known.
const NONE: &str = "none";

/// A candidate held against what was decided, or against what the present policy would decide.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Comparison {
    /// Conversations in which nothing changes up to the first handoff.
    pub unchanged: u64,
    /// Only the candidate hands off.
    pub gained: Change,
    /// The candidate does not hand off, or not there: what came later was said to a person.
    pub lost: Change,
    /// The candidate hands off at an earlier message.
    pub earlier: Change,
    /// The candidate hands off at a later message.
    pub later: Change,
    /// Both hand off at the same message, by another trigger or to another route.
    pub otherwise: Change,
    /// Suggestions that only the candidate makes, by trigger.
    pub suggestions_gained: BTreeMap<String, u64>,
    /// Suggestions that the candidate does not make, by trigger.
    pub suggestions_lost: BTreeMap<String, u64>,
    /// Where handoffs go: by intent, then by route. `none` is a matter of no known intent.
    pub matters: BTreeMap<String, BTreeMap<String, Sides>>,
    /// Frustrated customers before the change.
    pub frustrated_before: Patience,
    /// What the sources say, beside the handoffs before the change.
    pub against_before: BTreeMap<String, Against>,
}

/// How many before and after a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sides {
    /// Before.
    pub before: u64,
    /// After.
    pub after: u64,
}

/// Handoffs that change in one way.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Change {
    /// How many.
    pub count: u64,
    /// By trigger: the candidate's, or for what is lost the one that fired before.
    pub by_trigger: BTreeMap<String, u64>,
    /// By what it is about.
    pub by_intent: BTreeMap<String, u64>,
    /// By the customer's tier.
    pub by_tier: BTreeMap<String, u64>,
    /// By how many exchanges they move, in the middle; only for what is earlier or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_exchanges: Option<u32>,
    /// The first ones in full.
    pub examples: Vec<Contrast>,
    #[serde(skip)]
    exchanges: BTreeMap<u32, u64>,
}

/// One conversation before and after.
#[derive(Clone, Debug, Serialize)]
pub struct Contrast {
    /// The conversation as its source calls it.
    pub conversation: String,
    /// Where it is kept.
    #[serde(skip)]
    pub origin: Origin,
    /// The customer's tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// The handoff before.
    pub before: Option<WouldHandOff>,
    /// The handoff under the candidate.
    pub after: Option<WouldHandOff>,
}

impl Comparison {
    /// Counts one conversation that was held against something; others are left out.
    pub fn add(&mut self, one: &Replayed) {
        let Some(before) = &one.before else { return };
        self.count_suggestions(&before.suggestions, &one.suggestions);
        self.count_matter(before.handoff.as_ref(), |sides| &mut sides.before);
        self.count_matter(one.handoff.as_ref(), |sides| &mut sides.after);
        self.frustrated_before.add(one, before.handoff.as_ref());
        beside(
            &mut self.against_before,
            &one.outcome,
            before.handoff.is_some(),
        );
        match (&before.handoff, &one.handoff) {
            (None, None) => self.unchanged += 1,
            (None, Some(after)) => self.gained.add(one, after, None),
            (Some(before), None) => self.lost.add(one, before, None),
            (Some(before), Some(after)) => self.count_moved(one, before, after),
        }
    }

    fn count_moved(&mut self, one: &Replayed, before: &WouldHandOff, after: &WouldHandOff) {
        let by = before.exchange.abs_diff(after.exchange);
        if after.goes_like(before) {
            self.unchanged += 1;
        } else if after.message < before.message {
            self.earlier.add(one, after, Some(by));
        } else if after.message > before.message {
            self.later.add(one, after, Some(by));
        } else {
            self.otherwise.add(one, after, None);
        }
    }

    fn count_suggestions(&mut self, before: &[String], after: &[String]) {
        let agreed = before.iter().zip(after).take_while(|(b, a)| b == a).count();
        let count = |into: &mut BTreeMap<String, u64>, from: &[String]| {
            for trigger in from.iter().skip(agreed) {
                *into.entry(trigger.clone()).or_default() += 1;
            }
        };
        count(&mut self.suggestions_gained, after);
        count(&mut self.suggestions_lost, before);
    }

    fn count_matter(
        &mut self,
        handoff: Option<&WouldHandOff>,
        side: impl Fn(&mut Sides) -> &mut u64,
    ) {
        let Some(handoff) = handoff else { return };
        let intent = handoff.intent.as_deref().unwrap_or(NONE).to_owned();
        let routes = self.matters.entry(intent).or_default();
        *side(routes.entry(handoff.route.clone()).or_default()) += 1;
    }

    /// All changes in which handoffs are involved.
    pub fn changes(&mut self) -> [&mut Change; 5] {
        let Self {
            gained,
            lost,
            earlier,
            later,
            otherwise,
            ..
        } = self;
        [gained, lost, earlier, later, otherwise]
    }

    /// Computes the shares, after the last conversation.
    pub(super) fn finish(&mut self) {
        for change in self.changes() {
            let moved = !change.exchanges.is_empty();
            change.median_exchanges = moved.then(|| median(&change.exchanges, change.count));
        }
        self.frustrated_before.finish();
        self.against_before.values_mut().for_each(Against::finish);
    }
}

impl Change {
    fn add(&mut self, one: &Replayed, of: &WouldHandOff, moved: Option<u32>) {
        let known = |name: &Option<String>| name.as_deref().unwrap_or(NONE).to_owned();
        self.count += 1;
        *self.by_trigger.entry(of.trigger.clone()).or_default() += 1;
        *self.by_intent.entry(known(&of.intent)).or_default() += 1;
        *self.by_tier.entry(known(&one.tier)).or_default() += 1;
        if let Some(exchanges) = moved {
            *self.exchanges.entry(exchanges).or_default() += 1;
        }
        if self.examples.len() < EXAMPLES {
            self.examples.push(Contrast {
                conversation: one.external_id.clone(),
                origin: one.origin,
                tier: one.tier.clone(),
                before: one
                    .before
                    .as_ref()
                    .and_then(|before| before.handoff.clone()),
                after: one.handoff.clone(),
            });
        }
    }
}
