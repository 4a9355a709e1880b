//! Classes told apart by a weight for each feature: linear support vector machines, one against
//! the rest, trained by dual coordinate descent with shrinking (Hsieh, Chang, Lin, Keerthi &
//! Sundararajan, "A Dual Coordinate Descent Method for Large-scale Linear SVM", ICML 2008).

use super::{Chance, Sparse, short};

/// How hard to try.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effort {
    /// What an example on the wrong side costs: higher fits the examples more closely.
    pub cost: f64,
    /// How far from the optimum is near enough, as the spread of the projected gradients.
    pub tolerance: f64,
    /// Walks over the examples at most.
    pub rounds: usize,
}

impl Default for Effort {
    fn default() -> Self {
        Self {
            cost: 1.0,
            tolerance: 0.1,
            rounds: 200,
        }
    }
}

/// A weight for each column and class. The same examples in the same order give the same weights.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Linear {
    classes: usize,
    /// By column, then by class: a text is scored for all classes in one walk over its cells.
    weights: Vec<f32>,
    bias: Vec<f32>,
}

/// The problem of one class against the rest, while it is being solved.
struct Duel<'r> {
    rows: &'r [Sparse],
    squares: &'r [f64],
    /// Whether each row is of the class.
    mine: Vec<bool>,
    alphas: Vec<f64>,
    weights: Vec<f64>,
    bias: f64,
    effort: Effort,
}

/// The spread of the projected gradients in one walk.
#[derive(Clone, Copy)]
struct Spread {
    high: f64,
    low: f64,
}

impl Spread {
    const NONE: Self = Self {
        high: f64::NEG_INFINITY,
        low: f64::INFINITY,
    };
    const ANY: Self = Self {
        high: f64::INFINITY,
        low: f64::NEG_INFINITY,
    };

    fn width(self) -> f64 {
        self.high - self.low
    }

    /// What bounds the next walk: a side on which nothing pulled bounds nothing.
    fn bounds(self) -> Self {
        Self {
            high: if self.high <= 0.0 {
                f64::INFINITY
            } else {
                self.high
            },
            low: if self.low >= 0.0 {
                f64::NEG_INFINITY
            } else {
                self.low
            },
        }
    }
}

impl Linear {
    /// Learns `classes` classes from rows of `columns` columns; `labels` has the class of each
    /// row. A class without a row scores below all others.
    pub fn train(
        rows: &[Sparse],
        labels: &[usize],
        classes: usize,
        columns: usize,
        effort: Effort,
    ) -> Self {
        let squares: Vec<f64> = rows.iter().map(|row| row.square() + 1.0).collect();
        let mut linear = Self {
            classes,
            weights: vec![0.0; columns * classes],
            bias: Vec::with_capacity(classes),
        };
        for class in 0..classes {
            let mine = labels.iter().map(|label| *label == class).collect();
            let duel = Duel::new(rows, &squares, mine, columns, effort).solve();
            linear.keep(class, &duel);
        }
        linear
    }

    /// The score of each class: above zero speaks for it.
    pub fn scores(&self, row: &Sparse) -> Vec<f32> {
        let mut scores = self.bias.clone();
        for (column, value) in row.cells() {
            let start = *column as usize * self.classes;
            let Some(weights) = self.weights.get(start..start + self.classes) else {
                continue;
            };
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += value * weight;
            }
        }
        scores
    }

    /// What one column says for one class.
    pub fn weight(&self, column: u32, class: usize) -> f32 {
        let place = column as usize * self.classes + class;
        self.weights.get(place).copied().unwrap_or(0.0)
    }

    fn keep(&mut self, class: usize, duel: &Duel) {
        for (weights, learned) in self
            .weights
            .chunks_exact_mut(self.classes)
            .zip(&duel.weights)
        {
            if let Some(weight) = weights.get_mut(class) {
                *weight = short(*learned);
            }
        }
        self.bias.push(short(duel.bias));
    }
}

impl<'r> Duel<'r> {
    fn new(
        rows: &'r [Sparse],
        squares: &'r [f64],
        mine: Vec<bool>,
        columns: usize,
        effort: Effort,
    ) -> Self {
        Self {
            rows,
            squares,
            mine,
            alphas: vec![0.0; rows.len()],
            weights: vec![0.0; columns],
            bias: 0.0,
            effort,
        }
    }

    fn solve(mut self) -> Self {
        let mut chance = Chance::new(1);
        let mut active: Vec<usize> = (0..self.rows.len()).collect();
        let mut bounds = Spread::ANY;
        for _ in 0..self.effort.rounds {
            chance.shuffle(&mut active);
            let spread = self.walk(&mut active, bounds);
            if spread.width() > self.effort.tolerance {
                bounds = spread.bounds();
            } else if active.len() == self.rows.len() {
                break;
            } else {
                // Near enough among those that were left: look at all once more.
                active = (0..self.rows.len()).collect();
                bounds = Spread::ANY;
            }
        }
        self
    }

    /// One step for each active row. Rows that are settled leave the active ones.
    fn walk(&mut self, active: &mut Vec<usize>, bounds: Spread) -> Spread {
        let mut spread = Spread::NONE;
        active.retain(|at| match self.step(*at, bounds) {
            Some(pull) => {
                spread.high = spread.high.max(pull);
                spread.low = spread.low.min(pull);
                true
            }
            None => false,
        });
        spread
    }

    /// Moves the multiplier of one row to its optimum; answers the projected gradient from which
    /// it moved, or none if the row is settled at zero.
    fn step(&mut self, at: usize, bounds: Spread) -> Option<f64> {
        let row = self.rows.get(at)?;
        let side = if *self.mine.get(at)? { 1.0 } else { -1.0 };
        let alpha = self.alphas.get_mut(at)?;
        let slack = 0.5 / self.effort.cost;
        let score = row.dot(&self.weights) + self.bias;
        let gradient = side * score - 1.0 + slack * *alpha;
        if *alpha == 0.0 && gradient > bounds.high {
            return None;
        }
        let pull = if *alpha == 0.0 {
            gradient.min(0.0)
        } else {
            gradient
        };
        if pull.abs() > 1e-12 {
            let moved = (*alpha - gradient / (self.squares.get(at)? + slack)).max(0.0);
            let times = (moved - *alpha) * side;
            *alpha = moved;
            row.add_to(&mut self.weights, times);
            self.bias += times;
        }
        Some(pull)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[(u32, f32)]) -> Sparse {
        Sparse::new(cells.to_vec())
    }

    fn best(scores: &[f32]) -> usize {
        (0..scores.len())
            .max_by(|a, b| scores[*a].total_cmp(&scores[*b]))
            .unwrap()
    }

    #[test]
    fn classes_with_features_of_their_own_are_told_apart() {
        let rows: Vec<Sparse> = (0..30_u32)
            .map(|i| row(&[(i % 3, 1.0), (3 + i % 4, 0.5)]))
            .collect();
        let labels: Vec<usize> = (0..30).map(|i| i % 3).collect();
        let linear = Linear::train(&rows, &labels, 3, 7, Effort::default());
        for (row, label) in rows.iter().zip(&labels) {
            assert_eq!(best(&linear.scores(row)), *label);
        }
        assert!(linear.weight(0, 0) > 0.0 && linear.weight(0, 1) < 0.0);
        assert!(linear.weight(99, 0).abs() < f32::EPSILON);
    }

    /// With one example on each side the optimum is known: by symmetry alpha is the same on both
    /// sides, w = 2·alpha, b = 0, and 2·alpha + alpha/(2C) = 1.
    #[test]
    fn the_optimum_of_two_examples_is_found() {
        let rows = [row(&[(0, 1.0)]), row(&[(0, -1.0)])];
        let effort = Effort {
            cost: 2.0,
            tolerance: 1e-9,
            rounds: 1000,
        };
        let linear = Linear::train(&rows, &[0, 1], 2, 1, effort);
        let alpha = 1.0 / (2.0 + 0.25);
        assert!((f64::from(linear.weight(0, 0)) - 2.0 * alpha).abs() < 1e-6);
        assert!((f64::from(linear.weight(0, 1)) + 2.0 * alpha).abs() < 1e-6);
        assert!(linear.scores(&row(&[]))[0].abs() < 1e-6);
    }

    #[test]
    fn the_same_examples_give_the_same_weights() {
        let rows: Vec<Sparse> = (0..40_u32)
            .map(|i| row(&[(i % 7, 1.0), (i % 5, 0.3)]))
            .collect();
        let labels: Vec<usize> = (0..40).map(|i| i % 4).collect();
        let train = || Linear::train(&rows, &labels, 4, 7, Effort::default());
        assert_eq!(train(), train());
    }

    #[test]
    fn without_examples_every_class_scores_the_same() {
        let linear = Linear::train(&[], &[], 2, 3, Effort::default());
        assert_eq!(linear.scores(&row(&[(1, 1.0)])), [0.0, 0.0]);
    }
}
