//! What the CUSTOMER reads: who comes, when, and that nothing must be repeated.

mod promises;
mod told;
mod words;

pub(crate) use promises::{promise, settle};
pub(crate) use told::decide;
pub use words::{duration_phrase, wait_phrase, words};
