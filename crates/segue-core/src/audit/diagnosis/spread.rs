//! How lengths of time are spread: counts by length, so that millions fit into little memory.

use std::collections::BTreeMap;

use serde::Serialize;

/// Lengths of time with how often each occurs. A length is kept with its three leading digits:
/// a quantile is right within half a percent.
#[derive(Clone, Debug, Default)]
pub(super) struct Spread {
    counts: BTreeMap<u64, u64>,
    size: u64,
}

/// Quantiles of lengths of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Times {
    /// How many lengths there are.
    pub count: u64,
    /// Half of them are at most this long.
    pub median_seconds: u64,
    /// The 95 % interval of the median, from the order of the values alone: hardly less.
    pub median_low_seconds: u64,
    /// Hardly more.
    pub median_high_seconds: u64,
    /// Nine of ten are at most this long.
    pub p90_seconds: u64,
}

impl Spread {
    pub(super) fn add(&mut self, seconds: u64) {
        *self.counts.entry(rounded(seconds)).or_default() += 1;
        self.size += 1;
    }

    /// None of nothing.
    pub(super) fn times(&self) -> Option<Times> {
        let rank = |permille: u64| (self.size * permille).div_ceil(1000).max(1);
        let (low, high) = median_ranks(self.size);
        Some(Times {
            count: self.size,
            median_seconds: self.at_rank(rank(500))?,
            median_low_seconds: self.at_rank(low)?,
            median_high_seconds: self.at_rank(high)?,
            p90_seconds: self.at_rank(rank(900))?,
        })
    }

    /// The length that stands there if all are put in order, counted from 1.
    fn at_rank(&self, rank: u64) -> Option<u64> {
        let mut before = 0;
        self.counts.iter().find_map(|(seconds, count)| {
            before += count;
            (before >= rank).then_some(*seconds)
        })
    }
}

/// The ranks between which the true median lies in 95 of 100 samples: half of the size, give or
/// take 1.96 standard deviations of a fair coin's count.
fn median_ranks(size: u64) -> (u64, u64) {
    // 1.96 / 2 squared is 0.9604.
    let reach = (size * 9604).div_ceil(10_000).isqrt() + 1;
    let low = (size / 2).saturating_sub(reach).max(1);
    (low, (size / 2 + 1 + reach).min(size))
}

/// The length with its three leading digits.
pub(super) fn rounded(seconds: u64) -> u64 {
    let mut unit = 1;
    while seconds / unit >= 1000 {
        unit *= 10;
    }
    (seconds + unit / 2) / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_are_kept() {
        for (given, kept) in [
            (0, 0),
            (999, 999),
            (1234, 1230),
            (1235, 1240),
            (99_960, 100_000),
        ] {
            assert_eq!(rounded(given), kept);
        }
    }

    #[test]
    fn nothing_has_no_quantiles() {
        assert_eq!(Spread::default().times(), None);
    }

    #[test]
    fn the_interval_of_a_median_is_that_of_the_binomial() {
        // For 100 values the ranks 40 and 61 hold the median with 95 %.
        assert_eq!(median_ranks(100), (40, 61));
        assert_eq!(median_ranks(1), (1, 1));
    }
}
