//! How sure the assistant must be of what it keeps, so that little enough of it is wrong: a
//! threshold with a promise, learned from answers whose outcome is known.
//!
//! The method is Learn-then-Test (Angelopoulos, Bates, Candès, Jordan & Lei, "Learn then Test",
//! arXiv 2110.01052, 2021) with its fixed sequence. The thresholds 1.000, 0.999, … are a grid
//! that no outcome has moved, and they are tested from the safest on. Each test asks whether the
//! share of wrong ones among the kept could still be above the target; its p-value is exact, the
//! lower tail of the binomial distribution. The first test that cannot deny it ends the sequence,
//! so no more than one threshold that breaks the promise ever has to be denied wrongly, and the
//! whole sequence may spend all of the allowed risk on it.
//!
//! A handful of kept answers proves nothing at any threshold, and a sequence that began with them
//! would always end there. It begins where enough are kept that half of the target passes, or a
//! tenth of all outcomes; how many are kept depends on confidences alone. Where the promise would
//! first break after that beginning, the method assumes nothing about how confidence and outcomes
//! go together; where it would break before, that answers of less confidence are not better than
//! those above.
//!
//! What is promised holds for conversations like those of the outcomes: the same assistant, the
//! same mixture of questions.

mod binomial;
mod reliability;
mod sequence;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use binomial::{at_most, interval};
pub use reliability::{Reliability, Step, reliability};
pub use sequence::{Missing, Threshold, Verdict, verdict};

/// An answer of the assistant whose outcome is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How sure the assistant was, 0 to 1000.
    pub confidence_permille: u16,
    /// Whether the answer was right.
    pub correct: bool,
    /// What the customer wanted, as the assistant took it.
    pub intent: Option<String>,
}

/// What is to be promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aim {
    /// The most of what is kept that may be wrong, in thousandths.
    pub target_permille: u16,
    /// How likely the promise may be broken, in thousandths.
    pub delta_permille: u16,
}

impl Aim {
    pub(in crate::calibration) fn target(self) -> f64 {
        f64::from(self.target_permille) / 1000.0
    }

    pub(in crate::calibration) fn delta(self) -> f64 {
        f64::from(self.delta_permille) / 1000.0
    }
}

/// What outcomes say about each intent of its own, in order of intent. Each promise holds on its
/// own: that all of them hold at once is less likely.
pub fn by_intent(outcomes: &[Outcome], aim: Aim) -> BTreeMap<&str, Verdict> {
    let mut groups: BTreeMap<&str, Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        if let Some(intent) = &outcome.intent {
            groups.entry(intent).or_default().push(outcome);
        }
    }
    groups
        .into_iter()
        .map(|(intent, of)| (intent, verdict(of, aim)))
        .collect()
}
