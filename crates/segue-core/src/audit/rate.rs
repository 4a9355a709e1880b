//! A share with what its sample leaves open.

use serde::{Deserialize, Serialize};

use crate::learning::wilson;

/// A share with its 95 % interval, all three in thousandths. An empty sample may be anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// The share itself; 0 of nothing.
    pub value_permille: u16,
    /// Hardly less.
    pub low_permille: u16,
    /// Hardly more.
    pub high_permille: u16,
}

impl Rate {
    /// The share of `count` in `of`, with the interval of Wilson (1927), which stays between 0
    /// and 1 and holds for small samples, too.
    pub fn of(count: u64, of: u64) -> Self {
        if of == 0 {
            return Self {
                value_permille: 0,
                low_permille: 0,
                high_permille: 1000,
            };
        }
        let (low, high) = wilson(float(count), float(of));
        Self {
            value_permille: permille(float(count) / float(of)),
            low_permille: permille(low),
            high_permille: permille(high),
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of conversations are far below 2^52"
)]
pub(super) fn float(count: u64) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is clamped to 0 to 1000 before"
)]
fn permille(share: f64) -> u16 {
    (share * 1000.0).round().clamp(0.0, 1000.0) as u16
}
