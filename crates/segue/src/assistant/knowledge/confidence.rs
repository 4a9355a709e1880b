//! How sure a found article makes us: a logistic function of what the search saw, fitted on
//! labelled questions. `tests::the_weights_are_what_the_fit_gives` computes the weights anew.

use super::index::{Coverage, Hit};

/// What the search tells about its best article. Each is 0 to 1, and more of it never lowers the
/// confidence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evidence(pub(super) [f64; SIZE]);

/// How many kinds of evidence there are.
pub(super) const SIZE: usize = 6;

/// The fitted weights: share of the question in passage, article and title; the part of the
/// question that is known at all; lead over the second-best article; how much was found.
pub(super) const WEIGHTS: [f64; SIZE] = [1.61, 2.25, 3.12, 4.00, 2.60, 3.31];
pub(super) const BIAS: f64 = -8.91;

impl Evidence {
    /// From the found articles, the best first. `known` is the share of the question's weight that
    /// any article has.
    pub(super) fn new(hits: &[Hit], coverage: Coverage, known: f64) -> Self {
        let first = hits.first().map_or(0.0, |hit| hit.score);
        let second = hits.get(1).map_or(0.0, |hit| hit.score);
        let lead = if first > 0.0 {
            1.0 - second / first
        } else {
            0.0
        };
        let found = coverage.passage * coverage.total;
        Self([
            coverage.passage,
            coverage.article,
            coverage.title,
            known,
            lead,
            found / (found + 4.0),
        ])
    }

    /// 0 to 1000.
    pub(super) fn confidence_permille(self) -> u16 {
        let permille = (1000.0 * logistic(self, &WEIGHTS, BIAS)).round();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to 1000"
        )]
        let permille = permille as u16;
        permille
    }
}

pub(super) fn logistic(evidence: Evidence, weights: &[f64; SIZE], bias: f64) -> f64 {
    let sum: f64 = evidence
        .0
        .iter()
        .zip(weights)
        .map(|(value, weight)| value * weight)
        .sum();
    1.0 / (1.0 + (-(sum + bias)).exp())
}
