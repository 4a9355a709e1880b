//! What can be learned from labelled examples, and how well it was learned.
//!
//! A text becomes a [`Bag`] of hashed features, a [`Vocabulary`] gives them weights, a [`Linear`]
//! model tells classes apart, a [`Logistic`] or an [`Isotonic`] turns its scores into
//! probabilities, and [`measure`] says how good all of it is, with intervals. The same examples
//! give the same model and the same answers on every machine: sums are made in a fixed order,
//! logarithms come from a library in plain Rust, and what has to be shuffled is shuffled from a
//! seed that is a number.

mod bag;
mod balanced;
mod chance;
mod contrast;
mod folds;
pub(crate) mod hash;
mod interval;
mod isotonic;
mod linear;
mod logistic;
pub mod measure;
mod softmax;
mod sparse;
mod topics;
mod vocabulary;

pub use bag::{Bag, Counts, Family};
pub use balanced::{Balanced, Manner};
pub use chance::Chance;
pub use contrast::Contrast;
pub use folds::{folds, folds_by};
pub use interval::{Measured, RESAMPLES, bootstrap, share, wilson, wilson_at};
pub use isotonic::Isotonic;
pub use linear::{Effort, Linear};
pub use logistic::{Logistic, sigmoid};
pub use softmax::Softmax;
pub use sparse::Sparse;
pub use topics::{Told, Topics};
pub use vocabulary::Vocabulary;

/// A count as a number to calculate with.
#[expect(
    clippy::cast_precision_loss,
    reason = "nothing that is counted here comes near 2^52"
)]
pub(crate) fn real(count: usize) -> f64 {
    count as f64
}

/// A number to be kept at half the room, where its last digits do not matter.
#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding to the nearest is what is meant"
)]
pub(crate) fn short(number: f64) -> f32 {
    number as f32
}
