//! Shares beside each other: how much more often here than elsewhere, and whether that is more
//! than chance would do.

use serde::Serialize;

use crate::{
    audit::{Rate, rate::float},
    learning::wilson_at,
};

/// How often something happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Share {
    /// So often.
    pub(super) count: u64,
    /// Of so many.
    pub(super) of: u64,
}

impl Share {
    pub(super) fn add(&mut self, held: bool) {
        self.of += 1;
        self.count += u64::from(held);
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            of: self.of + other.of,
        }
    }

    pub(super) fn without(self, part: Self) -> Self {
        Self {
            count: self.count - part.count,
            of: self.of - part.of,
        }
    }

    pub(super) fn rate(self) -> Rate {
        Rate::of(self.count, self.of)
    }

    fn limits(self, z: f64) -> Limits {
        let (low, high) = match self.of {
            0 => (0.0, 1.0),
            of => wilson_at(float(self.count), float(of), z),
        };
        Limits {
            value: float(self.count) / float(self.of),
            low,
            high,
        }
    }
}

/// The ratio of two shares, in thousandths: 2000 is twice as often. The interval holds for all
/// ratios together that are compared beside this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Lift {
    /// The ratio.
    pub value_permille: u32,
    /// Hardly less.
    pub low_permille: u32,
    /// Hardly more.
    pub high_permille: u32,
}

impl Lift {
    /// A ratio that has no end: what it is compared with may never happen.
    pub const OPEN: u32 = 1_000_000_000;

    /// The interval is made of Wilson's limits of the two shares (Donner and Zou 2012, MOVER-R): a
    /// share of few conversations, or one of 0 or 1, is told for as little as it is. The level is
    /// 95 % for all `compared` ratios together, after Bonferroni.
    pub(super) fn of(here: Share, elsewhere: Share, compared: u32) -> Self {
        let z = normal_quantile(0.025 / f64::from(compared.max(1)));
        let (p, q) = (here.limits(z), elsewhere.limits(z));
        Self {
            value_permille: permille(p.value / q.value),
            low_permille: permille(bound(p, q, p.low, q.high, -1.0)),
            high_permille: permille(bound(p, q, p.high, q.low, 1.0)),
        }
    }

    /// Whether it is more than chance, upwards or downwards.
    pub fn stands_out(self) -> bool {
        self.low_permille > 1000 || self.high_permille < 1000
    }
}

/// A share with its limits.
#[derive(Clone, Copy)]
struct Limits {
    value: f64,
    low: f64,
    high: f64,
}

/// One end of the interval of a ratio, from the far limit of each share.
fn bound(p: Limits, q: Limits, of_p: f64, of_q: f64, side: f64) -> f64 {
    let product = p.value * q.value;
    let below = of_q * (2.0 * q.value - of_q);
    let root = (product * product - of_p * (2.0 * p.value - of_p) * below)
        .max(0.0)
        .sqrt();
    // Where nothing is left below, the end is that of the limit.
    if below.abs() < 1e-12 {
        return if side > 0.0 {
            f64::INFINITY
        } else {
            of_p * (2.0 * p.value - of_p) / (2.0 * product)
        };
    }
    (product + side * root) / below
}

/// How far from the middle of the normal distribution the upper tail of this size begins
/// (Abramowitz and Stegun 26.2.23; right within 0.00045).
fn normal_quantile(tail: f64) -> f64 {
    let t = (-2.0 * tail.ln()).sqrt();
    let above = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let below = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    t - above / below
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is clamped to 0 to a million times before; no number is the greatest"
)]
fn permille(ratio: f64) -> u32 {
    if ratio.is_nan() {
        return Lift::OPEN;
    }
    (ratio * 1000.0).round().clamp(0.0, f64::from(Lift::OPEN)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantiles_of_the_normal_distribution_are_those_of_the_tables() {
        for (tail, z) in [(0.025, 1.959_96), (0.005, 2.575_83), (0.0005, 3.290_53)] {
            assert!((normal_quantile(tail) - z).abs() < 0.001);
        }
    }

    #[test]
    fn more_comparisons_need_more_evidence() {
        let (here, elsewhere) = (
            Share { count: 28, of: 100 },
            Share {
                count: 180,
                of: 1000,
            },
        );
        assert!(Lift::of(here, elsewhere, 1).stands_out());
        assert!(!Lift::of(here, elsewhere, 24).stands_out());
    }

    #[test]
    fn a_label_that_occurs_once_proves_nothing() {
        let lift = Lift::of(Share { count: 1, of: 1 }, Share { count: 50, of: 100 }, 1);
        assert!(!lift.stands_out());
        let lift = Lift::of(Share { count: 1, of: 1 }, Share { count: 23, of: 99 }, 3);
        assert!(!lift.stands_out(), "{lift:?}");
    }

    #[test]
    fn what_never_happens_elsewhere_leaves_the_ratio_open() {
        let lift = Lift::of(Share { count: 5, of: 10 }, Share { count: 0, of: 10 }, 1);
        assert_eq!(lift.high_permille, Lift::OPEN);
        assert!(
            lift.low_permille > 0 && lift.low_permille < 5000,
            "{lift:?}"
        );
    }

    /// Large samples: the ratio 2 with the limits of the normal approximation on its logarithm,
    /// 1.74 to 2.30.
    #[test]
    fn for_large_samples_it_is_the_usual_interval() {
        let lift = Lift::of(
            Share {
                count: 400,
                of: 2000,
            },
            Share {
                count: 300,
                of: 3000,
            },
            1,
        );
        assert_eq!(lift.value_permille, 2000);
        assert!((1720..=1770).contains(&lift.low_permille), "{lift:?}");
        assert!((2270..=2330).contains(&lift.high_permille), "{lift:?}");
    }
}
