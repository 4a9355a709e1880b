//! The words of a notice: the policy's template with what is known.

use crate::{
    journal::{Notice, Wait},
    policy::{
        Policy,
        wording::{self, Words},
    },
};

/// What the customer reads.
pub fn words(notice: &Notice, policy: &Policy) -> String {
    let written = policy.notices.get(&notice.kind).map(String::as_str);
    let template = written.unwrap_or(wording::default_template(notice.kind));
    let trigger = notice.trigger.as_ref();
    let fired = policy
        .triggers
        .iter()
        .find(|known| Some(&known.name) == trigger);
    let wait = notice.wait.map(wait_phrase);
    let known = Words {
        agent: notice.agent_name.as_deref(),
        team: notice.team.as_deref(),
        wait: wait.as_deref(),
        place: notice.place,
        reason: fired.map(|trigger| trigger.about.as_str()),
    };
    wording::render(notice.kind, template, &known)
}

/// A wait as people say it: `less than a minute`, `about 2 to 4 minutes`.
pub fn wait_phrase(wait: Wait) -> String {
    let (low, high) = (wait.low_seconds / 60, wait.high_seconds.div_ceil(60));
    match (low, high) {
        (_, 0 | 1) => "less than a minute".to_owned(),
        (0, high) if high < 60 => format!("up to {high} minutes"),
        (low, high) if high < 60 && low + 1 >= high => format!("about {high} minutes"),
        (low, high) if high < 60 => format!("about {low} to {high} minutes"),
        (low, high) => {
            let (from, to) = (low / 60, high.div_ceil(60));
            if from == 0 {
                format!("up to {}", hours(to))
            } else {
                format!("{from} to {}", hours(to))
            }
        }
    }
}

/// A length of time as people say it, for a console: `40 s`, `3 min`, `2 h 5 min`.
pub fn duration_phrase(seconds: u32) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, _) => format!("{minutes} min"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

fn hours(count: u32) -> String {
    if count == 1 {
        "1 hour".to_owned()
    } else {
        format!("{count} hours")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_as_people_say_it() {
        let told = |low, high| {
            wait_phrase(Wait {
                low_seconds: low,
                high_seconds: high,
                coverage_permille: 800,
            })
        };
        assert_eq!(told(0, 45), "less than a minute");
        assert_eq!(told(20, 200), "up to 4 minutes");
        assert_eq!(told(120, 240), "about 2 to 4 minutes");
        assert_eq!(told(130, 170), "about 3 minutes");
        assert_eq!(told(1800, 3600), "up to 1 hour");
        assert_eq!(told(7200, 10_800), "2 to 3 hours");
    }
}
