//! How long an entry still waits, from what stands before it and who is at work.
//!
//! The wait is the time until as many conversations end as are needed to free a place. With
//! `places` at work, each ending after `handling` on average, that time is taken as a sum of `needed`
//! exponential times of mean `handling / places` (an Erlang distribution); what is told is its
//! 10 % and 90 % quantile, so the model expects 80 % of waits between the two. The quantiles come
//! from the Wilson–Hilferty approximation of the gamma distribution (1931), in integers.

use serde::{Deserialize, Serialize};

use super::Handoff;
use crate::{
    desk::Desk,
    id::RouteName,
    journal::{Reason, Wait},
    policy::{OffersPolicy, Who},
};

/// The share of waits that the model expects inside of what is told.
const COVERAGE_PERMILLE: u16 = 800;
/// Nobody is told a shorter bound: reading a briefing and typing hello takes this long.
const HIGH_SECONDS_MIN: u32 = 60;
/// How many conversations the policy's handling time weighs against those seen.
const PRIOR_SAMPLES: u64 = 5;
/// Older conversations fade: the mean rests on about this many.
const SAMPLES_MAX: u64 = 50;

/// What handling a conversation of one route took lately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handling {
    total_seconds: u64,
    samples: u64,
}

impl Handling {
    /// Counts one more conversation.
    pub(crate) fn add(&mut self, seconds: u32) {
        if self.samples >= SAMPLES_MAX {
            self.total_seconds -= self.total_seconds / self.samples;
            self.samples -= 1;
        }
        self.total_seconds += u64::from(seconds);
        self.samples += 1;
    }

    /// The mean in seconds, drawn towards `prior_seconds` while little was seen.
    pub fn mean_seconds(&self, prior_seconds: u32) -> u32 {
        let total = self.total_seconds + PRIOR_SAMPLES * u64::from(prior_seconds);
        u32::try_from(total / (self.samples + PRIOR_SAMPLES))
            .unwrap_or(u32::MAX)
            .max(1)
    }

    /// Conversations counted.
    pub fn samples(&self) -> u32 {
        u32::try_from(self.samples).unwrap_or(u32::MAX)
    }
}

/// A wait with what it rests on; none while nobody who may take the entry is there.
pub fn estimate(desk: &Desk, handoff: &Handoff) -> Option<(Wait, Reason)> {
    let circle = desk.circle(handoff);
    let places = desk.bench().places(&handoff.skills, circle, handoff.only);
    if places.capacity == 0 {
        return None;
    }
    let ahead = ahead(desk, handoff);
    let policy = desk.policy();
    let handling = desk.handling(&handoff.route);
    let handling_seconds = handling.mean_seconds(policy.promises.handling_seconds);
    // Whoever is offered this entry keeps a place for it; who declined it has none.
    let kept = u32::from(handoff.offered_to().is_some());
    let free = (places.free + kept).saturating_sub(declined_places(desk, handoff));
    let needed = (ahead + 1).saturating_sub(free);
    let (low, high) = quantiles(needed, handling_seconds, places.capacity);
    let wait = Wait {
        low_seconds: low,
        high_seconds: high
            .saturating_add(policy.offers.lease_seconds)
            .max(HIGH_SECONDS_MIN)
            .max(once_declined(desk, handoff)),
        coverage_permille: COVERAGE_PERMILLE,
    };
    let reason = Reason::Estimated {
        ahead,
        places: places.capacity,
        free,
        handling_seconds,
        samples: handling.samples(),
    };
    Some((wait, reason))
}

/// Free places of agents who declined this entry, or let it lapse, a short while ago.
fn declined_places(desk: &Desk, handoff: &Handoff) -> u32 {
    let standing = handoff
        .refused
        .iter()
        .filter(|(_, until)| *until > desk.now());
    let agents = standing.filter_map(|(agent, _)| desk.agent(*agent));
    agents
        .filter(|agent| agent.is_present())
        .map(|agent| u32::from(agent.free()))
        .sum()
}

/// The least that is told once an offer came to nothing: the places are free, and still nobody
/// took it. It may be offered again only after a pause, and a wait that has outlived the model is
/// likely to go on for as long as it has lasted.
fn once_declined(desk: &Desk, handoff: &Handoff) -> u32 {
    if handoff.refused.is_empty() {
        return 0;
    }
    let OffersPolicy {
        lease_seconds,
        again_after_seconds,
    } = desk.policy().offers;
    let waited = desk.now().seconds_since(handoff.queued_at);
    waited.max(again_after_seconds.saturating_add(2 * lease_seconds))
}

/// Entries before this one that the same agents may take.
pub fn ahead(desk: &Desk, handoff: &Handoff) -> u32 {
    let general = desk.circle(handoff) >= Who::General;
    let competes = |route: &RouteName, circle: Who| {
        general || circle >= Who::General || *route == handoff.route
    };
    let count = desk.lanes().ahead(handoff, desk.now(), |lane| {
        competes(&lane.route, lane.circle)
    });
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// 10 % and 90 % quantile of the time until `needed` places of `places` become free.
fn quantiles(needed: u32, handling_seconds: u32, places: u32) -> (u32, u32) {
    if needed == 0 {
        return (0, 0);
    }
    let mean = u64::from(needed) * u64::from(handling_seconds) / u64::from(places.max(1));
    (scaled(mean, needed, -1282), scaled(mean, needed, 1282))
}

/// `mean · (1 − 1/(9k) + z·√(1/(9k)))³` with `z` in thousandths.
fn scaled(mean: u64, k: u32, z_permille: i64) -> u32 {
    let ninth = 1_000_000 / (9 * i64::from(k));
    let root = (ninth * 1_000_000).isqrt();
    let base = (1_000_000 - ninth + z_permille * root / 1000).max(0);
    let cube = i128::from(base).pow(3) / 1_000_000_000_000;
    u32::try_from(i128::from(mean) * cube / 1_000_000).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_agree_with_the_tables_of_the_gamma_distribution() {
        // Exact: k=1: 0.1054, 2.3026 means; k=5: 2.4326/5, 7.9936/5; k=20: 14.525/20, 25.903/20.
        for (k, low, high) in [(1, 105, 2303), (5, 487, 1599), (20, 726, 1295)] {
            let (told_low, told_high) = (scaled(1000, k, -1282), scaled(1000, k, 1282));
            assert!(
                told_low.abs_diff(low) <= 25,
                "k={k}: {told_low} against {low}"
            );
            assert!(
                told_high.abs_diff(high) <= 25,
                "k={k}: {told_high} against {high}"
            );
        }
    }

    #[test]
    fn the_mean_starts_at_the_policy_and_follows_what_is_seen() {
        let mut handling = Handling::default();
        assert_eq!(handling.mean_seconds(360), 360);
        for _ in 0..200 {
            handling.add(100);
        }
        assert!(handling.mean_seconds(360) < 130);
        assert_eq!(handling.samples(), 50);
    }
}
