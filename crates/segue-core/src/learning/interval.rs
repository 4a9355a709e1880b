//! A figure with what its sample leaves open.

use serde::{Deserialize, Serialize};

use super::{Chance, real};

/// A figure with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The figure itself.
    pub value: f64,
    /// Hardly less.
    pub low: f64,
    /// Hardly more.
    pub high: f64,
}

/// The 97.5th percentile of the normal distribution.
pub(super) const Z: f64 = 1.959_963_984_540_054;

/// How often a sample is drawn again.
pub const RESAMPLES: usize = 1000;

/// A share with the interval of Wilson; of nothing it may be anything.
pub fn share(count: usize, of: usize) -> Measured {
    if of == 0 {
        return Measured {
            value: 0.0,
            low: 0.0,
            high: 1.0,
        };
    }
    let (low, high) = wilson(real(count), real(of));
    Measured {
        value: real(count) / real(of),
        low,
        high,
    }
}

/// The 95 % interval of a share (Wilson 1927), which stays between 0 and 1 and holds for small
/// samples, too.
pub fn wilson(count: f64, of: f64) -> (f64, f64) {
    wilson_at(count, of, Z)
}

/// The same as wide as `z` standard deviations of the normal distribution.
pub fn wilson_at(count: f64, of: f64, z: f64) -> (f64, f64) {
    let share = count / of;
    let centre = share + z * z / (2.0 * of);
    let spread = z * (share * (1.0 - share) / of + z * z / (4.0 * of * of)).sqrt();
    let whole = 1.0 + z * z / of;
    // At the ends rounding may step over.
    (
        ((centre - spread) / whole).max(0.0),
        ((centre + spread) / whole).min(1.0),
    )
}

/// A figure of `size` items with the percentile bootstrap's interval (Efron & Tibshirani 1993,
/// 13.3): the items are drawn again with replacement [`RESAMPLES`] times, from a fixed seed.
/// `figure` is given the places of the items that were drawn; where it has no answer (no item of
/// a class was drawn) the draw is left out.
pub fn bootstrap(size: usize, figure: impl Fn(&[usize]) -> Option<f64>) -> Option<Measured> {
    let mut drawn: Vec<usize> = (0..size).collect();
    let value = figure(&drawn)?;
    let mut chance = Chance::new(2);
    let mut figures = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        drawn.fill_with(|| chance.below(size));
        figures.extend(figure(&drawn));
    }
    figures.sort_by(f64::total_cmp);
    let at = |permille: usize| {
        let place = figures.len() * permille / 1000;
        figures
            .get(place.min(figures.len().saturating_sub(1)))
            .copied()
    };
    Some(Measured {
        value,
        low: at(25).unwrap_or(value).min(value),
        high: at(975).unwrap_or(value).max(value),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_share_is_that_of_wilson() {
        let found = share(8, 10);
        assert!((found.low - 0.490).abs() < 1e-3 && (found.high - 0.943).abs() < 1e-3);
        assert!(share(12, 12).high <= 1.0 && share(0, 12).low >= 0.0);
        assert_eq!(
            share(0, 0),
            Measured {
                value: 0.0,
                low: 0.0,
                high: 1.0
            }
        );
    }

    /// The interval of a mean is close to mean ± 1.96 · deviation / √n.
    #[test]
    fn the_bootstrap_of_a_mean_is_near_the_normal_interval() {
        let items: Vec<f64> = (0..200).map(|i| f64::from(i % 10)).collect();
        let mean = |drawn: &[usize]| {
            Some(drawn.iter().map(|at| items[*at]).sum::<f64>() / real(drawn.len()))
        };
        let found = bootstrap(items.len(), mean).unwrap();
        let spread = Z * 8.25_f64.sqrt() / 200_f64.sqrt();
        assert!((found.value - 4.5).abs() < 1e-9);
        assert!((found.low - (4.5 - spread)).abs() < 0.1, "{found:?}");
        assert!((found.high - (4.5 + spread)).abs() < 0.1, "{found:?}");
        assert_eq!(bootstrap(items.len(), mean), Some(found));
    }
}
