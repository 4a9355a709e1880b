//! Are customers who were handed off as satisfied as those who stayed with the assistant?

use serde::Serialize;

use super::{
    past::{Past, Path},
    ratio::Share,
};
use crate::audit::Rate;

/// Ratings by who had the conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ratings {
    /// The assistant, and then a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handed_off: Option<Rating>,
    /// The assistant from beginning to end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assistant_only: Option<Rating>,
    /// People from the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people_only: Option<Rating>,
    /// Conversations of which the source does not say who had them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<Rating>,
    /// Satisfied of the handed off less satisfied of the assistant's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<Difference>,
}

/// The ratings of one kind of conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Rating {
    /// Conversations.
    pub conversations: u64,
    /// Rated ones.
    pub rated: u64,
    /// Satisfied ones: 4 and 5 of 5, or good of good and bad.
    pub satisfied: u64,
    /// Satisfied, of the rated.
    pub rate: Rate,
    /// Rated, of all.
    pub response: Rate,
}

/// How far two shares are apart, with the 95 % interval of Newcombe (1998, method 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// In thousandths.
    pub value_permille: i32,
    /// Hardly less.
    pub low_permille: i32,
    /// Hardly more.
    pub high_permille: i32,
}

/// Counts ratings.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RatingCount {
    handed_off: Seen,
    assistant_only: Seen,
    people_only: Seen,
    unknown: Seen,
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    conversations: u64,
    satisfied: Share,
}

impl RatingCount {
    pub(super) fn add(&mut self, past: &Past) {
        let seen = match past.path() {
            Path::HandedOff => &mut self.handed_off,
            Path::AssistantOnly => &mut self.assistant_only,
            Path::PeopleOnly => &mut self.people_only,
            Path::Unknown => &mut self.unknown,
        };
        seen.conversations += 1;
        if let Some(satisfied) = past.satisfied {
            seen.satisfied.add(satisfied);
        }
    }

    pub(super) fn finish(self) -> Ratings {
        let (one, other) = (self.handed_off.told(), self.assistant_only.told());
        let difference = one
            .zip(other)
            .map(|(one, other)| Difference::between(one.rate, other.rate));
        Ratings {
            handed_off: one,
            assistant_only: other,
            people_only: self.people_only.told(),
            unknown: self.unknown.told(),
            difference,
        }
    }
}

impl Seen {
    /// None where nobody rated.
    fn told(self) -> Option<Rating> {
        let Share { count, of } = self.satisfied;
        (of > 0).then(|| Rating {
            conversations: self.conversations,
            rated: of,
            satisfied: count,
            rate: self.satisfied.rate(),
            response: Rate::of(of, self.conversations),
        })
    }
}

impl Difference {
    /// The first share less the second.
    pub fn between(first: Rate, second: Rate) -> Self {
        let value = permille(first.value_permille) - permille(second.value_permille);
        let reach = |up: (u16, u16), down: (u16, u16)| {
            let square = |(far, near): (u16, u16)| (permille(far) - permille(near)).pow(2);
            (square(up) + square(down)).isqrt()
        };
        let low = reach(
            (first.low_permille, first.value_permille),
            (second.high_permille, second.value_permille),
        );
        let high = reach(
            (first.high_permille, first.value_permille),
            (second.low_permille, second.value_permille),
        );
        Self {
            value_permille: value,
            low_permille: value - low,
            high_permille: value + high,
        }
    }

    /// Whether it is more than chance.
    pub fn stands_out(self) -> bool {
        self.low_permille > 0 || self.high_permille < 0
    }
}

fn permille(of: u16) -> i32 {
    i32::from(of)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newcombe's example (a) of 1998: 56/70 and 48/80 differ by 0.2, with 0.0524 to 0.3339.
    #[test]
    fn the_interval_of_a_difference_is_newcombe_s() {
        let told = Difference::between(Rate::of(56, 70), Rate::of(48, 80));
        assert_eq!(told.value_permille, 200);
        assert!((51..=54).contains(&told.low_permille), "{told:?}");
        assert!((332..=335).contains(&told.high_permille), "{told:?}");
    }
}
