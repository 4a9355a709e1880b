//! What counts of right and wrong leave open, exactly.

use crate::learning::{Measured, real};

/// How likely at most `count` of `of` are wrong if each is with probability `share`: the sum of
/// the binomial distribution up to `count`.
pub fn at_most(count: usize, of: usize, share: f64) -> f64 {
    if count >= of || share <= 0.0 {
        return 1.0;
    }
    if share >= 1.0 {
        return 0.0;
    }
    let odds = (1.0 - share) / share;
    let mut term = exactly(count, of, share);
    let mut sum = 0.0;
    for left in (0..=count).rev() {
        sum += term;
        term *= real(left) / real(of - left + 1) * odds;
        // Above the mean the terms first grow on the way down, so only a falling one may end it.
        if term < sum * 1e-17 && real(left) < real(of) * share {
            break;
        }
    }
    sum.min(1.0)
}

/// A share with the 95 % interval of Clopper & Pearson (1934), which holds at least as often as it
/// says; of nothing it may be anything.
pub fn interval(count: usize, of: usize) -> Measured {
    Measured {
        value: real(count) / real(of.max(1)),
        low: 1.0 - upper(of - count, of, 0.025),
        high: upper(count, of, 0.025),
    }
}

/// The share above which the true one lies at most with probability `risk` (Clopper & Pearson
/// 1934).
pub(super) fn upper(count: usize, of: usize, risk: f64) -> f64 {
    if count >= of {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    // Each round halves what is left; 60 leave less than a float can tell.
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if at_most(count, of, middle) > risk {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

fn exactly(count: usize, of: usize, share: f64) -> f64 {
    let ways = ln_factorial(of) - ln_factorial(count) - ln_factorial(of - count);
    libm::exp(ways + real(count) * libm::log(share) + real(of - count) * libm::log1p(-share))
}

fn ln_factorial(number: usize) -> f64 {
    libm::lgamma(real(number) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, known: f64) {
        assert!((found - known).abs() < 1e-9, "{found} is not {known}");
    }

    #[test]
    fn the_sum_is_that_of_the_binomial_distribution() {
        // (1 + 10 + 45) / 1024
        close(at_most(2, 10, 0.5), 56.0 / 1024.0);
        close(at_most(0, 28, 0.1), 0.9_f64.powi(28));
        close(at_most(9, 10, 0.9), 1.0 - 0.9_f64.powi(10));
        close(at_most(3, 3, 0.2), 1.0);
        close(at_most(0, 5, 0.0), 1.0);
        close(at_most(4, 5, 1.0), 0.0);
    }

    /// For a mean of a hundred thousand the normal distribution is near: half lies below the mean.
    #[test]
    fn large_counts_neither_vanish_nor_take_long() {
        let half = at_most(100_000, 1_000_000, 0.1);
        assert!((half - 0.5).abs() < 0.01, "{half}");
        assert!(at_most(90_000, 1_000_000, 0.1) < 1e-100);
    }

    #[test]
    fn the_interval_is_that_of_clopper_and_pearson() {
        // 0 of 10: the upper end solves (1 - p)^10 = 0.025.
        let Measured { low, high, .. } = interval(0, 10);
        close(low, 0.0);
        close(high, 1.0 - 0.025_f64.powf(0.1));
        let Measured { low, high, .. } = interval(10, 10);
        close(low, 0.025_f64.powf(0.1));
        close(high, 1.0);
        let Measured { low, high, .. } = interval(8, 10);
        assert!((low - 0.4439).abs() < 1e-4 && (high - 0.9748).abs() < 1e-4);
    }
}
