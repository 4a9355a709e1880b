//! What is asked for that the customer had said already, and what was still missing when somebody
//! asked?

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    past::Seen,
    questions::{Quote, Wanted, asked_by},
    sample::Sample,
};
use crate::audit::{Rate, Speaker};

/// Quotations that are kept of each kind.
const EXAMPLES: usize = 5;

/// The questions of one side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Gaps {
    /// Conversations in which this side writes and a customer does, too.
    pub conversations: u64,
    /// Conversations with at least one question that was answered before.
    pub asked_again: u64,
    /// Their share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_again_rate: Option<Rate>,
    /// By what is asked for.
    pub kinds: BTreeMap<Wanted, Gap>,
}

/// Questions for one thing, each conversation counted once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// Conversations in which it is asked for.
    pub asked: u64,
    /// The customer had said it before.
    pub asked_again: u64,
    /// The customer had not said it: it was missing.
    pub missing: u64,
    /// Asked again, of all that are asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_again_rate: Option<Rate>,
    /// A few that were asked again, drawn evenly.
    pub examples: Vec<AskedAgain>,
}

/// A question that was answered before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AskedAgain {
    /// The conversation as its source calls it.
    pub conversation: String,
    /// What the customer had said.
    pub said: Quote,
    /// What was asked after that.
    pub asked: Quote,
}

/// Counts the questions of one side.
#[derive(Clone, Debug)]
pub(super) struct GapCount {
    speaker: Speaker,
    told: Gaps,
    examples: BTreeMap<Wanted, Sample<AskedAgain>>,
}

impl GapCount {
    pub(super) fn of(speaker: Speaker) -> Self {
        Self {
            speaker,
            told: Gaps::default(),
            examples: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, seen: &Seen<'_>) {
        let both = [self.speaker, Speaker::Customer];
        if both.iter().any(|one| seen.past.said_by(*one).is_none()) {
            return;
        }
        self.told.conversations += 1;
        let mut again = false;
        for asked in asked_by(seen, self.speaker) {
            let gap = self.told.kinds.entry(asked.wanted).or_default();
            gap.asked += 1;
            let Some(said) = asked.answered else {
                gap.missing += 1;
                continue;
            };
            gap.asked_again += 1;
            again = true;
            let kept = self.examples.entry(asked.wanted);
            let kept = kept.or_insert_with(|| Sample::new(EXAMPLES));
            kept.offer(&seen.past.id, || AskedAgain {
                conversation: seen.past.id.clone(),
                said,
                asked: asked.question,
            });
        }
        self.told.asked_again += u64::from(again);
    }

    /// None if this side says nothing anywhere.
    pub(super) fn finish(mut self) -> Option<Gaps> {
        if self.told.conversations == 0 {
            return None;
        }
        self.told.asked_again_rate = Some(Rate::of(self.told.asked_again, self.told.conversations));
        for (wanted, gap) in &mut self.told.kinds {
            gap.asked_again_rate = Some(Rate::of(gap.asked_again, gap.asked));
            let examples = self.examples.remove(wanted);
            gap.examples = examples.map(Sample::into_items).unwrap_or_default();
        }
        Some(self.told)
    }
}
