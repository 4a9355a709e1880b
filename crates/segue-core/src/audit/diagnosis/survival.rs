//! How long people wait when some give up before anybody comes (Kaplan and Meier 1958).

use std::collections::BTreeMap;

use serde::Serialize;

use super::spread::rounded;

/// Points of the curve that a report shows.
const POINTS: usize = 200;

/// Waits that ended with an answer, and waits of which only a lower bound is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Waits {
    ended: BTreeMap<u64, Ended>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Ended {
    answered: u64,
    given_up: u64,
}

/// The wait that the customers would have had who gave up before anybody came is counted with
/// what is known of it: at least so long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Survival {
    /// Waits that ended with an answer.
    pub answered: u64,
    /// Waits that nobody ended.
    pub given_up: u64,
    /// Half have an answer by then; none if less than half ever get one.
    pub median_seconds: Option<u64>,
    /// The 95 % interval of the median: hardly less.
    pub median_low_seconds: Option<u64>,
    /// Hardly more; none where the sample leaves that open.
    pub median_high_seconds: Option<u64>,
    /// Nine of ten have an answer by then; none if fewer ever get one.
    pub p90_seconds: Option<u64>,
    /// Of 1000 customers, how many still wait after so many seconds.
    pub curve: Vec<(u64, u16)>,
}

/// The share that still waits after a time, with the logarithm's interval by Greenwood.
struct Step {
    seconds: u64,
    share: f64,
    low: f64,
    high: f64,
}

impl Waits {
    pub(super) fn answered(&mut self, seconds: u64) {
        self.ended.entry(rounded(seconds)).or_default().answered += 1;
    }

    pub(super) fn given_up(&mut self, seconds: u64) {
        self.ended.entry(rounded(seconds)).or_default().given_up += 1;
    }

    /// None of nothing.
    pub(super) fn told(&self) -> Option<Survival> {
        let sum = |of: fn(&Ended) -> u64| self.ended.values().map(of).sum::<u64>();
        let (answered, given_up) = (sum(|one| one.answered), sum(|one| one.given_up));
        if answered == 0 {
            return None;
        }
        let steps = self.steps(answered + given_up);
        let first = |fits: &dyn Fn(&Step) -> bool| {
            let step = steps.iter().find(|step| fits(step));
            step.map(|step| step.seconds)
        };
        Some(Survival {
            answered,
            given_up,
            median_seconds: first(&|step| step.share <= 0.5),
            median_low_seconds: first(&|step| step.low <= 0.5),
            median_high_seconds: first(&|step| step.high <= 0.5),
            p90_seconds: first(&|step| step.share <= 0.1 + f64::EPSILON),
            curve: thinned(&steps),
        })
    }

    /// Who gives up at a time was still there for an answer at that time.
    fn steps(&self, all: u64) -> Vec<Step> {
        let (mut there, mut share, mut variance) = (all, 1.0, 0.0);
        let mut steps = Vec::new();
        for (seconds, ended) in &self.ended {
            if ended.answered > 0 {
                let (events, at_risk) = (float(ended.answered), float(there));
                share *= 1.0 - events / at_risk;
                if there > ended.answered {
                    variance += events / (at_risk * (at_risk - events));
                }
                let (low, high) = interval(share, variance);
                steps.push(Step {
                    seconds: *seconds,
                    share,
                    low,
                    high,
                });
            }
            there -= ended.answered + ended.given_up;
        }
        steps
    }
}

/// The interval of Kalbfleisch and Prentice on log(-log): it stays between 0 and 1.
fn interval(share: f64, variance: f64) -> (f64, f64) {
    if share <= 0.0 {
        return (0.0, 0.0);
    }
    let reach = 1.959_964 * variance.sqrt() / share.ln();
    let bound = |reach: f64| share.powf(reach.exp());
    let (one, other) = (bound(reach), bound(-reach));
    (one.min(other), one.max(other))
}

fn thinned(steps: &[Step]) -> Vec<(u64, u16)> {
    let every = steps.len().div_ceil(POINTS).max(1);
    let mut points: Vec<_> = steps.iter().step_by(every).map(point).collect();
    points.extend(steps.last().map(point));
    points.dedup();
    points
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share is between 0 and 1"
)]
fn point(step: &Step) -> (u64, u16) {
    (step.seconds, (step.share * 1000.0).round() as u16)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of conversations are far below 2^52"
)]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The data and the curve that Kaplan and Meier print themselves (1958, section 2).
    #[test]
    fn the_curve_is_that_of_the_first_paper() {
        let mut waits = Waits::default();
        for seconds in [8, 31, 54, 87] {
            waits.answered(seconds);
        }
        for seconds in [10, 27, 70, 120] {
            waits.given_up(seconds);
        }
        let told = waits.told().unwrap();
        assert_eq!(told.curve, [(8, 875), (31, 700), (54, 525), (87, 263)]);
        assert_eq!((told.median_seconds, told.p90_seconds), (Some(87), None));
    }

    #[test]
    fn without_anybody_who_gives_up_it_is_the_plain_median() {
        let mut waits = Waits::default();
        (1..=100).for_each(|seconds| waits.answered(seconds));
        let told = waits.told().unwrap();
        assert_eq!(told.median_seconds, Some(50));
        assert_eq!(told.p90_seconds, Some(90));
        let (low, high) = (told.median_low_seconds, told.median_high_seconds);
        assert!(low < Some(50) && high > Some(50));
    }
}
