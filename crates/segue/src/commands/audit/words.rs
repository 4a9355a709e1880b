//! Figures in words: shares, lengths of time, lifts.

use jiff::tz::TimeZone;
use segue_core::audit::{
    Rate,
    diagnosis::{Difference, Lift, Survival, Times},
};

/// Thousandths as a percentage: `36.4 %`.
pub(super) fn percent(permille: impl Into<i64>) -> String {
    let permille = permille.into();
    let sign = if permille < 0 { "−" } else { "" };
    let permille = permille.abs();
    format!("{sign}{}.{} %", permille / 10, permille % 10)
}

/// A share with its interval: `36.4 % (33.1–39.8)`.
pub(super) fn rate(rate: Rate) -> String {
    let bare = |permille: u16| format!("{}.{}", permille / 10, permille % 10);
    format!(
        "{} ({}–{})",
        percent(rate.value_permille),
        bare(rate.low_permille),
        bare(rate.high_permille)
    )
}

/// A ratio with its interval: `1.8× (1.2–2.6)`.
pub(super) fn lift(lift: Lift) -> String {
    let bare = |permille: u32| match permille {
        Lift::OPEN => "∞".to_owned(),
        _ => format!("{}.{:02}", permille / 1000, permille % 1000 / 10),
    };
    format!(
        "{}× ({}–{})",
        bare(lift.value_permille),
        bare(lift.low_permille),
        bare(lift.high_permille)
    )
}

/// A difference in points with its interval.
pub(super) fn difference(difference: Difference) -> String {
    let bare = |permille: i32| {
        let sign = if permille < 0 { "−" } else { "+" };
        format!("{sign}{}.{}", permille.abs() / 10, permille.abs() % 10)
    };
    format!(
        "{} points ({} to {})",
        bare(difference.value_permille),
        bare(difference.low_permille),
        bare(difference.high_permille)
    )
}

/// A length of time with its two greatest units: `3 h 20 min`.
pub(super) fn length(seconds: u64) -> String {
    let two = |great: u64, unit: &str, small: u64, rest: &str| {
        if small == 0 {
            format!("{great} {unit}")
        } else {
            format!("{great} {unit} {small} {rest}")
        }
    };
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => two(seconds / 60, "min", seconds % 60, "s"),
        3600..86_400 => two(seconds / 3600, "h", seconds % 3600 / 60, "min"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h"),
    }
}

/// A median with its interval, and the ninth tenth.
pub(super) fn times(times: Times) -> String {
    format!(
        "median {} ({} to {}), nine of ten within {}, of {}",
        length(times.median_seconds),
        length(times.median_low_seconds),
        length(times.median_high_seconds),
        length(times.p90_seconds),
        counted(times.count, "conversation"),
    )
}

/// The same where some gave up.
pub(super) fn survival(told: &Survival) -> String {
    let or_never = |seconds: Option<u64>| seconds.map_or_else(|| "never".to_owned(), length);
    let median = match told.median_seconds {
        Some(median) => format!(
            "median {} ({} to {})",
            length(median),
            length(told.median_low_seconds.unwrap_or_default()),
            told.median_high_seconds
                .map_or_else(|| "open".to_owned(), length)
        ),
        None => "less than half ever get an answer".to_owned(),
    };
    format!(
        "{median}, nine of ten within {}; {} answered, {} without an answer in the record",
        or_never(told.p90_seconds),
        told.answered,
        told.given_up
    )
}

/// `1 conversation`, `2 conversations`.
pub(super) fn counted(count: u64, noun: &str) -> String {
    let number = grouped(count);
    if count == 1 {
        format!("{number} {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

/// A number with its thousands apart: `12,345`.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// From the first day to the last, where the team is.
pub(super) fn period(period: Option<(i64, i64)>, zone: &TimeZone) -> Option<String> {
    let day = |millis: i64| {
        let at = jiff::Timestamp::from_millisecond(millis).ok()?;
        Some(zone.to_datetime(at).date().to_string())
    };
    let (first, last) = period?;
    Some(format!("{} to {}", day(first)?, day(last)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_two_units_at_most() {
        for (seconds, words) in [
            (0, "0 s"),
            (60, "1 min"),
            (75, "1 min 15 s"),
            (12_000, "3 h 20 min"),
            (90_000, "1 d 1 h"),
        ] {
            assert_eq!(length(seconds), words);
        }
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(
            (grouped(999), grouped(1_234_567)),
            ("999".into(), "1,234,567".into())
        );
    }
}
