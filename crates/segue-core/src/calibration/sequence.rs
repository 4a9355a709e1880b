//! The fixed sequence of tests, from the safest threshold on.

use serde::Serialize;

use super::{
    Aim, Outcome,
    binomial::{at_most, upper},
};
use crate::learning::real;

/// The highest confidence.
const SURE: u16 = 1000;
/// No more outcomes than this are ever asked for.
const MOST: usize = 1_000_000;

/// A threshold that keeps the promise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Threshold {
    /// Answers at least so sure are kept, 0 to 1000.
    pub confidence_permille: u16,
    /// How many outcomes there were.
    pub outcomes: usize,
    /// How many of them would be kept.
    pub kept: usize,
    /// How many of the kept ones were wrong.
    pub wrong: usize,
    /// The share that is wrong among what is kept is at most this, 0 to 1, with the probability
    /// that was aimed at.
    pub wrong_at_most: f64,
}

/// Why there is no threshold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Missing {
    /// How many outcomes there were.
    pub outcomes: usize,
    /// How many of the surest were looked at first.
    pub kept: usize,
    /// How many of those were wrong.
    pub wrong: usize,
    /// How many more outcomes like these would be enough; none if even the surest answers are
    /// wrong too often, so that no number is.
    pub more: Option<usize>,
}

/// What the outcomes say.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The promise can be given.
    Threshold(Threshold),
    /// It cannot.
    Missing(Missing),
}

impl Verdict {
    /// The threshold, if there is one.
    pub const fn threshold(&self) -> Option<&Threshold> {
        match self {
            Self::Threshold(found) => Some(found),
            Self::Missing(_) => None,
        }
    }
}

/// Outcomes that a threshold keeps, and how many of them were wrong.
#[derive(Clone, Copy, Default)]
struct Kept {
    threshold: u16,
    count: usize,
    wrong: usize,
}

/// The lowest threshold that keeps the promise, as the sequence finds it.
pub fn verdict<'o>(outcomes: impl IntoIterator<Item = &'o Outcome>, aim: Aim) -> Verdict {
    let grid = grid(outcomes);
    let all = grid.last().map_or(0, |last| last.count);
    let first = enough(aim).max(all / 10);
    let begins = grid.partition_point(|at| at.count < first);
    let sequence = grid.get(begins..).unwrap_or_default();
    let passed = sequence.iter().take_while(|at| passes(**at, aim));
    match passed.last() {
        Some(last) => Verdict::Threshold(Threshold {
            confidence_permille: last.threshold,
            outcomes: all,
            kept: last.count,
            wrong: last.wrong,
            wrong_at_most: upper(last.wrong, last.count, aim.delta()),
        }),
        None => Verdict::Missing(missing(&grid, sequence, aim)),
    }
}

/// What each threshold keeps, from the safest on. A threshold that keeps the same as the one
/// before is the same.
fn grid<'o>(outcomes: impl IntoIterator<Item = &'o Outcome>) -> Vec<Kept> {
    let mut levels = vec![(0, 0); usize::from(SURE) + 1];
    for outcome in outcomes {
        let level = usize::from(outcome.confidence_permille.min(SURE));
        if let Some((kept, wrong)) = levels.get_mut(level) {
            *kept += 1;
            *wrong += usize::from(!outcome.correct);
        }
    }
    let mut so_far = Kept::default();
    let mut grid = Vec::new();
    let used = (0..=SURE)
        .zip(levels)
        .rev()
        .filter(|(_, (kept, _))| *kept > 0);
    for (threshold, (kept, wrong)) in used {
        so_far = Kept {
            threshold,
            count: so_far.count + kept,
            wrong: so_far.wrong + wrong,
        };
        grid.push(so_far);
    }
    grid
}

/// Whether more wrong ones than the target are as good as ruled out.
fn passes(at: Kept, aim: Aim) -> bool {
    at_most(at.wrong, at.count, aim.target()) <= aim.delta()
}

/// How many must be kept so that being wrong half as often as the target passes.
fn enough(aim: Aim) -> usize {
    enough_for(aim.target() / 2.0, aim).unwrap_or(MOST)
}

/// How many must be kept so that being wrong in this share passes; none if that is not below the
/// target, or not enough below it for any number that could be had.
fn enough_for(share: f64, aim: Aim) -> Option<usize> {
    let pass = |kept: usize| at_most(wrong_of(kept, share), kept, aim.target()) <= aim.delta();
    if share >= aim.target() || !pass(MOST) {
        return None;
    }
    let (mut fails, mut passes) = (0, MOST);
    while passes - fails > 1 {
        let middle = usize::midpoint(fails, passes);
        if pass(middle) {
            passes = middle;
        } else {
            fails = middle;
        }
    }
    Some(passes)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a count is at most the count"
)]
fn wrong_of(kept: usize, share: f64) -> usize {
    (real(kept) * share).ceil() as usize
}

/// What is missing: more of the same, if the threshold that is nearest to a proof is below the
/// target.
fn missing(grid: &[Kept], sequence: &[Kept], aim: Aim) -> Missing {
    let all = grid.last().copied().unwrap_or_default();
    let looked_at = if sequence.is_empty() { grid } else { sequence };
    let doubt = |at: &&Kept| at_most(at.wrong, at.count, aim.target());
    let nearest = looked_at
        .iter()
        .min_by(|one, other| doubt(one).total_cmp(&doubt(other)));
    let least = enough(aim);
    let total = nearest.and_then(|at| {
        let kept = enough_for(real(at.wrong) / real(at.count), aim)?.max(least);
        Some(kept.saturating_mul(all.count).div_ceil(at.count))
    });
    let total = total.or((all.count < least).then_some(least));
    let first = sequence.first().copied().unwrap_or(all);
    Missing {
        outcomes: all.count,
        kept: first.count,
        wrong: first.wrong,
        more: total.map(|total| total.saturating_sub(all.count).max(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AIM: Aim = Aim {
        target_permille: 100,
        delta_permille: 50,
    };

    fn outcomes(groups: &[(u16, usize, usize)]) -> Vec<Outcome> {
        let mut all = Vec::new();
        for (confidence_permille, right, wrong) in groups {
            for place in 0..right + wrong {
                all.push(Outcome {
                    confidence_permille: *confidence_permille,
                    correct: place < *right,
                    intent: None,
                });
            }
        }
        all
    }

    #[test]
    fn the_lowest_threshold_is_taken_before_the_first_that_cannot_be_proved() {
        let all = outcomes(&[(900, 195, 5), (800, 95, 5), (700, 80, 20), (600, 100, 0)]);
        let verdict = verdict(&all, AIM);
        let found = verdict.threshold().unwrap();
        assert_eq!(
            (found.confidence_permille, found.kept, found.wrong),
            (800, 300, 10)
        );
        assert!(found.wrong_at_most < 0.1, "{found:?}");
    }

    #[test]
    fn a_promise_that_is_just_true_is_not_given() {
        // 30 of 300 are the target itself: it could as well be above.
        let verdict = verdict(&outcomes(&[(900, 270, 30)]), AIM);
        assert!(verdict.threshold().is_none());
    }

    #[test]
    fn with_few_outcomes_it_says_how_many_more() {
        let none = verdict(&[], AIM);
        let few = verdict(&outcomes(&[(900, 30, 0)]), AIM);
        let (Verdict::Missing(none), Verdict::Missing(few)) = (none, few) else {
            panic!("{none:?} {few:?}")
        };
        assert_eq!(none.more, Some(enough(AIM)));
        assert_eq!(few.more, Some(enough(AIM) - 30));
    }

    #[test]
    fn as_many_more_as_it_says_are_enough() {
        let of =
            |times: usize| outcomes(&[(900, 93 * times, 7 * times), (200, 10 * times, 90 * times)]);
        let Verdict::Missing(missing) = verdict(&of(2), AIM) else {
            panic!("enough already")
        };
        let total = missing.outcomes + missing.more.unwrap();
        assert!(verdict(&of(total.div_ceil(200)), AIM).threshold().is_some());
    }

    #[test]
    fn more_of_what_is_wrong_too_often_does_not_help() {
        let Verdict::Missing(missing) = verdict(&outcomes(&[(900, 800, 200)]), AIM) else {
            panic!("one in five is wrong")
        };
        assert_eq!(missing.more, None);
    }

    /// Half of the target passes with what `enough` says, and not with one less.
    #[test]
    fn the_sequence_begins_where_half_of_the_target_passes() {
        let needed = enough(AIM);
        let passes = |kept: usize| at_most(wrong_of(kept, 0.05), kept, 0.1) <= 0.05;
        assert!(passes(needed) && !passes(needed - 1), "{needed}");
        assert!((100..250).contains(&needed), "{needed}");
    }

    /// The promise, tried: of many draws from a world in which the risk is known, hardly more
    /// than one in twenty gives a threshold that keeps too much of what is wrong.
    #[test]
    fn the_promise_is_broken_as_rarely_as_it_says() {
        let mut state = 7_u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            usize::try_from(state >> 33).unwrap_or(0)
        };
        let mut broken = 0;
        for _ in 0..400 {
            let drawn: Vec<Outcome> = (0..1000)
                .map(|_| {
                    let confidence = next() % 1001;
                    Outcome {
                        confidence_permille: u16::try_from(confidence).unwrap_or(0),
                        // Wrong in 1 - confidence of the cases: the risk of a threshold t is
                        // half of 1 - t, so that 0.8 is the lowest that keeps the promise.
                        correct: next() % 1000 < confidence,
                        intent: None,
                    }
                })
                .collect();
            let verdict = verdict(&drawn, AIM);
            broken += usize::from(
                verdict
                    .threshold()
                    .is_some_and(|it| it.confidence_permille < 800),
            );
        }
        // 5 % of 400 are 20; 31 or more would come up once in a hundred times.
        assert!(broken <= 31, "{broken} of 400");
    }
}
