//! How likely a yes is, from a few numbers: logistic regression by Newton's method (iteratively
//! reweighted least squares; Hastie, Tibshirani & Friedman 2009, 4.4.1) with a ridge. With one
//! number and softened targets it is Platt's scaling (Platt 1999).

use super::real;

/// An intercept and a weight for each number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Logistic {
    intercept: f64,
    weights: Vec<f64>,
}

/// Newton's method doubles its digits with each round once it is near.
const ROUNDS: usize = 50;

/// 1 / (1 + e^-x).
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

impl Logistic {
    /// Learns from rows of equally many numbers, each with its answer and how much it counts.
    /// `ridge` holds the weights (not the intercept) near zero: the penalty is
    /// ridge / 2 · |weights|². Rows of different scale should be scaled first.
    pub fn train(rows: &[(Vec<f64>, bool, f64)], ridge: f64) -> Self {
        let targets = rows.iter().map(|(_, yes, _)| if *yes { 1.0 } else { 0.0 });
        Self::fit(rows, &targets.collect::<Vec<_>>(), ridge)
    }

    /// The scaling of Platt: one score becomes a likelihood. The targets are softened to
    /// (yes + 1) / (yes + 2) and 1 / (no + 2), so that few examples do not make it too sure.
    pub fn platt(scores: &[(f64, bool)]) -> Self {
        let yes = real(scores.iter().filter(|(_, yes)| *yes).count());
        let no = real(scores.len()) - yes;
        let targets: Vec<f64> = scores
            .iter()
            .map(|(_, is)| {
                if *is {
                    (yes + 1.0) / (yes + 2.0)
                } else {
                    1.0 / (no + 2.0)
                }
            })
            .collect();
        let rows: Vec<_> = scores
            .iter()
            .map(|(score, is)| (vec![*score], *is, 1.0))
            .collect();
        Self::fit(&rows, &targets, 1e-9)
    }

    /// What the numbers add up to: above zero speaks for yes.
    pub fn score(&self, numbers: &[f64]) -> f64 {
        let weighed = self.weights.iter().zip(numbers);
        self.intercept + weighed.map(|(weight, number)| weight * number).sum::<f64>()
    }

    /// How likely yes is, 0 to 1.
    pub fn likelihood(&self, numbers: &[f64]) -> f64 {
        sigmoid(self.score(numbers))
    }

    /// The weight of each number.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    fn fit(rows: &[(Vec<f64>, bool, f64)], targets: &[f64], ridge: f64) -> Self {
        let width = rows
            .iter()
            .map(|(numbers, ..)| numbers.len())
            .max()
            .unwrap_or(0);
        let mut found = vec![0.0; width + 1];
        let mut best = f64::INFINITY;
        for _ in 0..ROUNDS {
            let step = newton_step(rows, targets, &found, ridge);
            let Some((next, less)) = walk_down(rows, targets, &found, &step, ridge, best) else {
                break;
            };
            let settled = best - less < 1e-10 * less.abs();
            found = next;
            best = less;
            if settled {
                break;
            }
        }
        Self {
            intercept: found.first().copied().unwrap_or(0.0),
            weights: found.split_off(1),
        }
    }
}

/// Goes along the step, half as far each time until the loss is less.
fn walk_down(
    rows: &[(Vec<f64>, bool, f64)],
    targets: &[f64],
    from: &[f64],
    step: &[f64],
    ridge: f64,
    best: f64,
) -> Option<(Vec<f64>, f64)> {
    let mut share = 1.0;
    for _ in 0..20 {
        let next: Vec<f64> = from
            .iter()
            .zip(step)
            .map(|(at, by)| at + share * by)
            .collect();
        let less = loss_of(rows, targets, &next, ridge);
        if less < best {
            return Some((next, less));
        }
        share /= 2.0;
    }
    None
}

fn loss_of(rows: &[(Vec<f64>, bool, f64)], targets: &[f64], at: &[f64], ridge: f64) -> f64 {
    let wrong: f64 = rows
        .iter()
        .zip(targets)
        .map(|((numbers, _, counts), target)| {
            let score = score_of(at, numbers);
            // ln(1 + e^score) − target · score, without overflow.
            counts * (score.max(0.0) + libm::log1p(libm::exp(-score.abs())) - target * score)
        })
        .sum();
    let weights = at.iter().skip(1);
    wrong + ridge / 2.0 * weights.map(|weight| weight * weight).sum::<f64>()
}

fn score_of(at: &[f64], numbers: &[f64]) -> f64 {
    with_one(numbers)
        .zip(at)
        .map(|(number, weight)| number * weight)
        .sum()
}

fn with_one(numbers: &[f64]) -> impl Iterator<Item = f64> {
    std::iter::once(1.0).chain(numbers.iter().copied())
}

/// Solves (Xᵀ W X + ridge) step = Xᵀ (target − p) − ridge · weights.
fn newton_step(
    rows: &[(Vec<f64>, bool, f64)],
    targets: &[f64],
    at: &[f64],
    ridge: f64,
) -> Vec<f64> {
    let width = at.len();
    let mut slope: Vec<f64> = at.iter().map(|weight| -ridge * weight).collect();
    if let Some(intercept) = slope.first_mut() {
        *intercept = 0.0;
    }
    let mut bend = vec![vec![0.0; width]; width];
    for ((numbers, _, counts), target) in rows.iter().zip(targets) {
        let likely = sigmoid(score_of(at, numbers));
        let spread = counts * (likely * (1.0 - likely)).max(1e-12);
        for ((slope, line), one) in slope.iter_mut().zip(&mut bend).zip(with_one(numbers)) {
            *slope += counts * (target - likely) * one;
            for (cell, other) in line.iter_mut().zip(with_one(numbers)) {
                *cell += spread * one * other;
            }
        }
    }
    for (place, line) in bend.iter_mut().enumerate() {
        if let Some(cell) = line.get_mut(place) {
            *cell += if place == 0 { 1e-9 } else { ridge.max(1e-9) };
        }
    }
    solve(bend, slope)
}

/// Gauss's elimination; the largest pivot first.
fn solve(mut lines: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let size = right.len();
    let cell = |lines: &[Vec<f64>], line: usize, column: usize| -> f64 {
        lines
            .get(line)
            .and_then(|line| line.get(column))
            .copied()
            .unwrap_or(0.0)
    };
    for pivot in 0..size {
        let largest = (pivot..size)
            .max_by(|a, b| {
                cell(&lines, *a, pivot)
                    .abs()
                    .total_cmp(&cell(&lines, *b, pivot).abs())
            })
            .unwrap_or(pivot);
        lines.swap(pivot, largest);
        right.swap(pivot, largest);
        let (done, open) = lines.split_at_mut(pivot + 1);
        let (right_done, right_open) = right.split_at_mut(pivot + 1);
        let (Some(top), Some(top_right)) = (done.last(), right_done.last()) else {
            break;
        };
        let head = top.get(pivot).copied().unwrap_or(1.0);
        for (line, value) in open.iter_mut().zip(right_open) {
            let factor = line.get(pivot).copied().unwrap_or(0.0) / head;
            for (cell, above) in line.iter_mut().zip(top) {
                *cell -= factor * above;
            }
            *value -= factor * top_right;
        }
    }
    let mut found = vec![0.0; size];
    for place in (0..size).rev() {
        let rest: f64 = (place + 1..size)
            .map(|column| cell(&lines, place, column) * found.get(column).copied().unwrap_or(0.0))
            .sum();
        let value = (right.get(place).copied().unwrap_or(0.0) - rest) / cell(&lines, place, place);
        if let Some(slot) = found.get_mut(place) {
            *slot = if value.is_finite() { value } else { 0.0 };
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without numbers only the intercept is left, whose likelihood is the share of yes.
    #[test]
    fn without_numbers_the_likelihood_is_the_share() {
        let rows: Vec<_> = (0..10).map(|i| (Vec::new(), i < 3, 1.0)).collect();
        let logistic = Logistic::train(&rows, 1.0);
        assert!((logistic.likelihood(&[]) - 0.3).abs() < 1e-6);
    }

    /// For one number that is 0 or 1 the fit is exact: ln of the odds in each group.
    #[test]
    fn two_groups_get_their_own_shares() {
        let mut rows = Vec::new();
        for i in 0..20 {
            rows.push((vec![0.0], i < 4, 1.0));
            rows.push((vec![1.0], i < 15, 1.0));
        }
        let logistic = Logistic::train(&rows, 0.0);
        assert!((logistic.likelihood(&[0.0]) - 0.2).abs() < 1e-6);
        assert!((logistic.likelihood(&[1.0]) - 0.75).abs() < 1e-6);
    }

    #[test]
    fn the_scaling_of_platt_never_becomes_certain() {
        let scores: Vec<(f64, bool)> = (-5..5).map(|i| (f64::from(i), i >= 0)).collect();
        let platt = Logistic::platt(&scores);
        let sure = platt.likelihood(&[4.0]);
        assert!(sure > 0.8 && sure < 0.99, "{sure}");
        assert!(platt.likelihood(&[-5.0]) < 0.2);
    }

    #[test]
    fn numbers_that_say_the_same_share_the_weight() {
        let rows: Vec<_> = (0..40)
            .map(|i| {
                (
                    vec![f64::from(i) / 10.0, f64::from(i) / 10.0],
                    i % 3 == 0 || i > 25,
                    1.0,
                )
            })
            .collect();
        let logistic = Logistic::train(&rows, 0.1);
        let [one, other] = logistic.weights() else {
            panic!("two weights")
        };
        assert!((one - other).abs() < 1e-6 && *one > 0.0, "{one} {other}");
    }

    #[test]
    fn nothing_to_learn_from_says_half() {
        assert!((Logistic::train(&[], 1.0).likelihood(&[]) - 0.5).abs() < 1e-9);
    }
}
