//! The wall clock. Nothing else in the program reads it.

use std::time::{SystemTime, UNIX_EPOCH};

use segue_core::time::Timestamp;

/// The time now; a clock set before 1970 reads as 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the clock"
)]
pub fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
