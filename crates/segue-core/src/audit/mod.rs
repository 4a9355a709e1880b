//! Diagnosis of what happened: each conversation of the history walks through the production
//! desk, the desk's own past is judged again, and folds count what a policy would have done.

mod compare;
mod course;
pub mod diagnosis;
mod hindsight;
#[cfg(test)]
mod past_tests;
mod quote;
mod rate;
mod record;
mod replay;
mod report;
#[cfg(test)]
mod tests;
mod verify;

pub use compare::{Change, Comparison, Contrast, Sides};
pub use hindsight::Hindsight;
pub use quote::{evidence, in_words, quotation};
pub use rate::Rate;
pub use record::{Origin, Recorded, RecordedOutcome, RecordedTurn, Speaker};
pub use replay::{Before, Mark, Replay, Replayed, WouldHandOff};
pub use report::{Against, Example, Fires, Patience, Report};
pub use verify::{Difference, Verified, Verifier};
