//! Times as people write them: `30s`, `10m`, `1h30m`, `2d`.

use std::fmt::Write as _;

const HINT: &str = "a time is written `30s`, `10m`, `1h30m` or `2d`";
const TOO_LONG: &str = "the longest time is about 136 years";

/// The seconds of a written time, or a hint how to write one.
pub(super) fn seconds(written: &str) -> Result<u32, &'static str> {
    let mut rest = written.trim();
    let mut total: u32 = 0;
    let mut longest = u32::MAX;
    if rest.is_empty() {
        return Err(HINT);
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or(HINT)?;
        let (count, after) = rest.split_at_checked(digits).ok_or(HINT)?;
        let unit = after.chars().next().and_then(length).ok_or(HINT)?;
        if count.is_empty() || unit >= longest {
            return Err(HINT);
        }
        longest = unit;
        let count: u32 = count.parse().map_err(|_| TOO_LONG)?;
        total = count
            .checked_mul(unit)
            .and_then(|part| total.checked_add(part))
            .ok_or(TOO_LONG)?;
        rest = after.get(1..).unwrap_or_default();
    }
    Ok(total)
}

/// A time as the policy writes it: `1h30m`.
pub(super) fn written(seconds: u32) -> String {
    let mut rest = seconds;
    let mut text = String::new();
    for unit in ['d', 'h', 'm', 's'] {
        let length = length(unit).unwrap_or(1);
        let count = rest / length;
        rest %= length;
        if count > 0 || (unit == 's' && text.is_empty()) {
            let _ = write!(text, "{count}{unit}");
        }
    }
    text
}

const fn length(unit: char) -> Option<u32> {
    match unit {
        's' => Some(1),
        'm' => Some(60),
        'h' => Some(3_600),
        'd' => Some(86_400),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_in_its_units() {
        assert_eq!(seconds("30s"), Ok(30));
        assert_eq!(seconds("1h30m"), Ok(5_400));
        assert_eq!(seconds("2d"), Ok(172_800));
        assert_eq!(seconds("0s"), Ok(0));
    }

    #[test]
    fn what_is_not_a_time_gets_a_hint() {
        for bad in ["", "10", "m", "10x", "1m1h", "1.5m", "-1s", "1m 2", "10м"] {
            assert_eq!(seconds(bad), Err(HINT), "{bad}");
        }
        assert_eq!(seconds("4294967296s"), Err(TOO_LONG));
        assert_eq!(seconds("99999999d"), Err(TOO_LONG));
    }

    #[test]
    fn a_time_reads_back_as_it_was_written() {
        for text in ["0s", "30s", "1m", "1h30m", "2d", "1d2h3m4s"] {
            assert_eq!(seconds(text).map(written).as_deref(), Ok(text));
        }
    }
}
