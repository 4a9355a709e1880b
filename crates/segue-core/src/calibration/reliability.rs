//! Whether confidence means what it says: the reliability diagram.

use serde::Serialize;

use super::{Outcome, binomial::interval};
use crate::learning::{Measured, real};

const STEPS: u16 = 10;

/// Outcomes of about the same confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The lowest confidence, 0 to 1.
    pub from: f64,
    /// The next step begins here; the last one includes it.
    pub to: f64,
    /// How many there are.
    pub outcomes: usize,
    /// Their mean confidence, 0 to 1.
    pub confidence: f64,
    /// The share that was right, 0 to 1.
    pub correct: Measured,
}

/// The diagram, and in one figure how far it is from the diagonal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reliability {
    /// Those of ten steps that have outcomes, from the lowest confidence on.
    pub steps: Vec<Step>,
    /// The mean distance between confidence and the share that was right, weighed by outcomes
    /// (Naeini, Cooper & Hauskrecht 2015).
    pub calibration_error: f64,
}

/// The diagram of these outcomes.
pub fn reliability(outcomes: &[Outcome]) -> Reliability {
    let steps: Vec<Step> = (0..STEPS).filter_map(|at| step(outcomes, at)).collect();
    let off = |step: &Step| real(step.outcomes) * (step.confidence - step.correct.value).abs();
    Reliability {
        calibration_error: steps.iter().map(off).sum::<f64>() / real(outcomes.len().max(1)),
        steps,
    }
}

fn step(outcomes: &[Outcome], at: u16) -> Option<Step> {
    let width = 1000 / STEPS;
    let within = |outcome: &&Outcome| (outcome.confidence_permille / width).min(STEPS - 1) == at;
    let inside: Vec<_> = outcomes.iter().filter(within).collect();
    let count = inside.len();
    let right = inside.iter().filter(|outcome| outcome.correct).count();
    let sure: usize = inside
        .iter()
        .map(|outcome| usize::from(outcome.confidence_permille))
        .sum();
    (count > 0).then(|| Step {
        from: f64::from(at) / f64::from(STEPS),
        to: f64::from(at + 1) / f64::from(STEPS),
        outcomes: count,
        confidence: real(sure) / real(count) / 1000.0,
        correct: interval(right, count),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(confidence_permille: u16, correct: bool) -> Outcome {
        Outcome {
            confidence_permille,
            correct,
            intent: None,
        }
    }

    #[test]
    fn full_confidence_belongs_to_the_last_step() {
        let found = reliability(&[outcome(1000, true), outcome(900, false), outcome(899, true)]);
        let counts: Vec<_> = found.steps.iter().map(|step| step.outcomes).collect();
        assert_eq!(counts, [1, 2]);
        assert!((found.steps[1].confidence - 0.95).abs() < 1e-12);
        assert!((found.steps[1].correct.value - 0.5).abs() < 1e-12);
    }

    #[test]
    fn the_error_is_the_mean_distance_from_the_diagonal() {
        let found = reliability(&[outcome(800, true), outcome(800, false), outcome(200, false)]);
        // Two are off by 0.3 and one by 0.2.
        assert!(
            (found.calibration_error - 0.8 / 3.0).abs() < 1e-12,
            "{found:?}"
        );
        assert!(reliability(&[]).calibration_error.abs() < 1e-12);
    }
}
