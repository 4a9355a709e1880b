//! Whether a calibrated threshold keeps its promise: calibrated on many draws of few rows, and
//! held against all rows.

use anyhow::{Result, bail};
use segue_core::{
    calibration::{Aim, Outcome as Known, verdict},
    learning::{Chance, bootstrap, share},
};

use super::{intents, report::Outcome, trial::Sources};

/// From which rows are drawn.
const SEED: u64 = 1;
/// How finely confidence is told.
const SURE: usize = 1000;

/// What is tried, and how often.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trials {
    /// What is to be promised.
    pub(super) aim: Aim,
    /// How many draws.
    pub(super) draws: usize,
    /// How many rows each.
    pub(super) rows: usize,
}

/// Calibrates on each draw and judges on all rows. Rows are drawn with replacement, so that all
/// rows together are to a draw what the world is to a sample.
pub(super) fn measure(sources: &Sources, trials: Trials) -> Result<Outcome> {
    let (known, micros_per_item, how) = intents::known(sources)?;
    if known.is_empty() {
        bail!("there are no rows to draw from");
    }
    let truth = Truth::of(&known);
    let mut chance = Chance::new(SEED);
    let (mut broken, mut coverages) = (0, Vec::with_capacity(trials.draws));
    for _ in 0..trials.draws {
        let drawn: Vec<&Known> = (0..trials.rows)
            .filter_map(|_| known.get(chance.below(known.len())))
            .collect();
        let found = verdict(drawn, trials.aim);
        let (kept, wrong) = found
            .threshold()
            .map_or((0, 0), |it| truth.at(it.confidence_permille));
        coverages.push(share(kept, known.len()).value);
        broken += usize::from(wrong * SURE > kept * usize::from(trials.aim.target_permille));
    }
    let none = coverages
        .iter()
        .filter(|coverage| **coverage == 0.0)
        .count();
    let mean = bootstrap(coverages.len(), |drawn| {
        let sum: f64 = drawn.iter().filter_map(|at| coverages.get(*at)).sum();
        Some(sum / share_of(drawn.len()))
    });
    Ok(Outcome {
        n: known.len(),
        metrics: [
            ("broken", Some(share(broken, trials.draws))),
            ("coverage", mean),
        ]
        .into_iter()
        .filter_map(|(name, found)| Some((name, found?)))
        .collect(),
        confusion: Vec::new(),
        notes: vec![
            format!(
                "{} draws of {} rows each, with replacement; each threshold is held against all rows",
                trials.draws, trials.rows
            ),
            format!("{none} draws gave no threshold, and keep nothing"),
            how,
        ],
        micros_per_item,
    })
}

/// What each threshold keeps of all rows.
struct Truth {
    /// Kept and wrong from each thousandth of confidence on.
    from: Vec<(usize, usize)>,
}

impl Truth {
    fn of(known: &[Known]) -> Self {
        let mut from = vec![(0, 0); SURE + 1];
        for one in known {
            for (kept, wrong) in from
                .iter_mut()
                .take(usize::from(one.confidence_permille) + 1)
            {
                *kept += 1;
                *wrong += usize::from(!one.correct);
            }
        }
        Self { from }
    }

    fn at(&self, permille: u16) -> (usize, usize) {
        self.from
            .get(usize::from(permille))
            .copied()
            .unwrap_or_default()
    }
}

fn share_of(count: usize) -> f64 {
    f64::from(u32::try_from(count.max(1)).unwrap_or(u32::MAX))
}
