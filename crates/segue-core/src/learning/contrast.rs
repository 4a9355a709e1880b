//! Yes and no told apart by few numbers from few examples: each number counts as much as the means
//! of yes and no lie apart. That is linear discriminant analysis that takes the numbers for
//! independent, and where examples are few it beats weights that are fitted together (Bickel &
//! Levina, "Some theory for Fisher's linear discriminant function, naive Bayes, and some
//! alternatives when there are many more variables than observations", 2004).

use super::real;

/// What each number says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contrast {
    /// The mean, the deviation and the weight of each number.
    numbers: Vec<(f64, f64, f64)>,
}

impl Contrast {
    /// Learns from rows of numbers with their answers; every row has as many numbers as the first.
    pub fn train(rows: &[(Vec<f64>, bool)]) -> Self {
        let width = rows.first().map_or(0, |(numbers, _)| numbers.len());
        Self {
            numbers: (0..width).map(|at| contrast(rows, at)).collect(),
        }
    }

    /// The higher, the likelier a yes.
    pub fn score(&self, numbers: &[f64]) -> f64 {
        let known = self.numbers.iter().zip(numbers);
        known
            .map(|((mean, deviation, weight), number)| weight * (number - mean) / deviation)
            .sum()
    }
}

fn contrast(rows: &[(Vec<f64>, bool)], at: usize) -> (f64, f64, f64) {
    let of = |meant: &dyn Fn(bool) -> bool| -> Vec<f64> {
        let meant = rows.iter().filter(|(_, yes)| meant(*yes));
        meant
            .filter_map(|(numbers, _)| numbers.get(at).copied())
            .collect()
    };
    let all = of(&|_| true);
    let middle = mean(&all);
    let squares: Vec<f64> = all.iter().map(|number| (number - middle).powi(2)).collect();
    let deviation = mean(&squares).sqrt().max(1e-9);
    let apart = mean(&of(&|yes| yes)) - mean(&of(&|yes| !yes));
    (middle, deviation, apart / deviation)
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / real(numbers.len().max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_counts_as_much_as_it_tells_apart() {
        let rows: Vec<_> = (0..40)
            .map(|i| (vec![f64::from(i), f64::from(i % 2)], i >= 20))
            .collect();
        let contrast = Contrast::train(&rows);
        assert!(contrast.score(&[39.0, 0.0]) > contrast.score(&[0.0, 0.0]));
        // The second number is the same for both, so it says nothing.
        let same = contrast.score(&[5.0, 0.0]) - contrast.score(&[5.0, 1.0]);
        assert!(same.abs() < 1e-9, "{same}");
    }

    #[test]
    fn a_number_that_never_varies_says_nothing() {
        let contrast = Contrast::train(&[(vec![3.0], true), (vec![3.0], false)]);
        assert!(contrast.score(&[9.0]).abs() < 1e-9);
        assert!(Contrast::train(&[]).score(&[1.0]).abs() < 1e-9);
    }
}
