//! Diagnosis of history that was brought in from elsewhere: each conversation walks through the
//! production desk, and folds count what the policy would have done.

mod rate;
mod replay;
mod report;
#[cfg(test)]
mod tests;

pub use rate::Rate;
pub use replay::{
    Recorded, RecordedOutcome, RecordedTurn, Replay, Replayed, Speaker, WouldHandOff,
};
pub use report::{Against, Example, Fires, Report};
