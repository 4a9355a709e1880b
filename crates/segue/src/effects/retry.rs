//! When a delivery that failed is tried again: a pure function, so that it can be read and tested
//! without waiting.

/// Why a delivery failed, as far as trying again depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No connection, no answer in time, or an answer that says no.
    Refused {
        /// The receiver asked for so many seconds of quiet.
        retry_after_seconds: Option<u32>,
    },
    /// The receiver wants no more events, ever.
    Gone,
    /// It cannot be sent at all: no such webhook, a bad secret, too long.
    Unsendable,
}

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Try again after so many seconds.
    Again(u32),
    /// Give this event up.
    GiveUp,
    /// Give this event up, and send no others.
    Disable,
}

/// Waits between attempts in seconds, about three days in all, as Standard Webhooks proposes.
const WAITS: [u32; 9] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// Decides after `attempts` failed attempts. Waits differ by up to a tenth with the event, so that
/// events that failed together do not come back together.
pub fn next(attempts: u32, failure: Failure, event: u64) -> Next {
    match failure {
        Failure::Gone => Next::Disable,
        Failure::Unsendable => Next::GiveUp,
        Failure::Refused {
            retry_after_seconds,
        } => {
            let place = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
            let Some(wait) = WAITS.get(place) else {
                return Next::GiveUp;
            };
            let spread =
                u32::try_from(event.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54).unwrap_or(0);
            let asked = retry_after_seconds.unwrap_or(0).min(86_400);
            Next::Again((wait + wait * spread / 10_240).max(asked))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, Next, WAITS, next};

    const REFUSED: Failure = Failure::Refused {
        retry_after_seconds: None,
    };

    #[test]
    fn waits_grow_and_end() {
        let mut last = 0;
        for attempts in 1..=9 {
            let Next::Again(wait) = next(attempts, REFUSED, 7) else {
                panic!("gave up early")
            };
            assert!(wait > last, "{attempts}: {wait} after {last}");
            last = wait;
        }
        assert_eq!(next(10, REFUSED, 7), Next::GiveUp);
        assert_eq!(next(u32::MAX, REFUSED, 7), Next::GiveUp);
    }

    #[test]
    fn events_that_failed_together_come_back_spread_over_a_tenth() {
        let waits: std::collections::BTreeSet<u32> = (0..1000)
            .map(|event| match next(2, REFUSED, event) {
                Next::Again(wait) => wait,
                other => panic!("{other:?}"),
            })
            .collect();
        assert!(waits.len() > 20, "{waits:?}");
        assert!(
            waits
                .iter()
                .all(|wait| (WAITS[1]..=WAITS[1] * 11 / 10).contains(wait)),
            "{waits:?}"
        );
    }

    #[test]
    fn a_receiver_that_asks_for_quiet_gets_it_within_a_day() {
        let asks = |seconds| Failure::Refused {
            retry_after_seconds: Some(seconds),
        };
        assert_eq!(next(1, asks(600), 7), Next::Again(600));
        assert_eq!(next(1, asks(u32::MAX), 7), Next::Again(86_400));
    }

    #[test]
    fn gone_is_for_ever_and_what_cannot_be_sent_is_given_up() {
        assert_eq!(next(1, Failure::Gone, 7), Next::Disable);
        assert_eq!(next(1, Failure::Unsendable, 7), Next::GiveUp);
    }
}
