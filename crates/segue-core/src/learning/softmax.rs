//! How likely each of several classes is: multinomial logistic regression by stochastic dual
//! coordinate ascent (Shalev-Shwartz & Zhang, "Stochastic Dual Coordinate Ascent Methods for
//! Regularized Loss Minimization", JMLR 2013). Each step goes straight to where it should, so
//! that there is no rate of learning to be found.

use super::{Chance, Effort, Sparse, short};

/// A weight for each column and class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Softmax {
    classes: usize,
    /// By column, then by class.
    weights: Vec<f32>,
}

impl Softmax {
    /// Learns `classes` classes from rows of `columns` columns; `labels` has the class of each
    /// row, and a label that is no class asks for no class in particular. It minimises
    /// cost · Σ −ln(likelihood of the label) + ½ |weights|²; `effort.tolerance` is the mean
    /// distance between likelihoods and what they should be, over a walk.
    pub fn train(
        rows: &[Sparse],
        labels: &[usize],
        classes: usize,
        columns: usize,
        effort: Effort,
    ) -> Self {
        let mut softmax = Self {
            classes,
            weights: vec![0.0; columns * classes],
        };
        let mut duals = vec![0.0_f32; rows.len() * classes];
        let mut order: Vec<usize> = (0..rows.len()).collect();
        let mut chance = Chance::new(1);
        for _ in 0..effort.rounds {
            chance.shuffle(&mut order);
            let mut distance = 0.0;
            for at in &order {
                let dual = duals.get_mut(at * classes..(at + 1) * classes);
                if let (Some(row), Some(label), Some(dual)) = (rows.get(*at), labels.get(*at), dual)
                {
                    distance += softmax.step(row, *label, dual, effort.cost);
                }
            }
            if distance < effort.tolerance * super::real(rows.len()) {
                break;
            }
        }
        softmax
    }

    /// How likely each class is; together they are one.
    pub fn likelihoods(&self, row: &Sparse) -> Vec<f32> {
        let mut scores = self.scores(row);
        to_likelihoods(&mut scores);
        scores
    }

    fn scores(&self, row: &Sparse) -> Vec<f32> {
        let mut scores = vec![0.0; self.classes];
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

    /// Moves the dual of one row towards its optimum and the weights with it; answers how far it
    /// had to go, as a difference of likelihoods.
    fn step(&mut self, row: &Sparse, label: usize, dual: &mut [f32], cost: f64) -> f64 {
        // The loss bends by a half at most: 1 / (1 + cost · |row|² / 2).
        let share = short(1.0 / (1.0 + cost * row.square() / 2.0));
        let cost = short(cost);
        let mut moves = self.likelihoods(row);
        let mut distance = 0.0;
        for (class, (moved, dual)) in moves.iter_mut().zip(dual).enumerate() {
            let wanted = if class == label {
                1.0 - *moved
            } else {
                -*moved
            };
            let open = cost * wanted - *dual;
            *moved = share * open;
            *dual += *moved;
            distance += f64::from((open / cost).abs());
        }
        for (column, value) in row.cells() {
            let start = *column as usize * self.classes;
            if let Some(weights) = self.weights.get_mut(start..start + self.classes) {
                for (weight, moved) in weights.iter_mut().zip(&moves) {
                    *weight += value * moved;
                }
            }
        }
        distance
    }
}

fn to_likelihoods(scores: &mut [f32]) {
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = libm::expf(*score - top);
        sum += *score;
    }
    for score in scores {
        *score /= sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effort(cost: f64) -> Effort {
        Effort {
            cost,
            tolerance: 1e-7,
            rounds: 5000,
        }
    }

    /// At the optimum the weights are cost · Σ (label − likelihood) · row.
    #[test]
    fn the_weights_are_at_the_optimum() {
        let rows: Vec<Sparse> = [
            [(0, 1.0), (1, 0.5)],
            [(1, 1.0), (2, 0.2)],
            [(0, 0.3), (2, 1.0)],
        ]
        .into_iter()
        .map(|cells| Sparse::new(cells.to_vec()))
        .collect();
        let labels = [0, 1, 1];
        let softmax = Softmax::train(&rows, &labels, 2, 3, effort(3.0));
        let mut expected = [0.0_f32; 6];
        for (row, label) in rows.iter().zip(labels) {
            for (class, likely) in softmax.likelihoods(row).iter().enumerate() {
                let wanted = if class == label { 1.0 } else { 0.0 };
                for (column, value) in row.cells() {
                    expected[*column as usize * 2 + class] += 3.0 * (wanted - likely) * value;
                }
            }
        }
        for (weight, expected) in softmax.weights.iter().zip(expected) {
            assert!((weight - expected).abs() < 1e-4, "{weight} {expected}");
        }
    }

    #[test]
    fn likelihoods_are_one_together_and_the_label_is_the_likeliest() {
        let rows: Vec<Sparse> = (0..30_u32)
            .map(|i| Sparse::new(vec![(i % 3, 1.0)]))
            .collect();
        let labels: Vec<usize> = (0..30).map(|i| i % 3).collect();
        let softmax = Softmax::train(&rows, &labels, 3, 3, effort(1.0));
        let likely = softmax.likelihoods(&Sparse::new(vec![(1, 1.0)]));
        assert!((likely.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert!(likely[1] > 0.6, "{likely:?}");
        let blank = softmax.likelihoods(&Sparse::default());
        assert!((blank[0] - 1.0 / 3.0).abs() < 1e-6);
    }
}
