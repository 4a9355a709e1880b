//! Is the first group that gets a matter the one that settles it?

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    clusters::{VALUES, short},
    past::Past,
    spread::{Spread, Times},
};
use crate::audit::Rate;

/// First groups and moves that a report shows.
const SHOWN: usize = 12;

/// How well the first group was chosen, over all conversations whose groups are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Routes {
    /// Conversations whose groups are known.
    pub conversations: u64,
    /// The first group is the last group.
    pub first_is_last: Rate,
    /// Moved to another group at least once.
    pub moved: Rate,
    /// Came back to a group that had it before.
    pub came_back: Rate,
    /// How many conversations changed the group how often; the last one counts all that are more.
    pub hops: Vec<u64>,
    /// From the opening to the end, of those that never moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution_not_moved: Option<Times>,
    /// From the opening to the end, of those that moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution_moved: Option<Times>,
    /// Opened again at least once, of those of which that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reopened: Option<Rate>,
    /// By first group, those with the most wrong ones first.
    pub first_groups: Vec<FirstGroup>,
    /// The most frequent ways from a first group to another last group.
    pub detours: Vec<Detour>,
}

/// How often a group that is asked first settles it, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FirstGroup {
    /// The group.
    pub group: String,
    /// Conversations that came to it first.
    pub conversations: u64,
    /// Conversations that another group had last.
    pub wrong: u64,
    /// The share that it had last, too.
    pub right: Rate,
}

/// A way from one group to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detour {
    /// The first group.
    pub from: String,
    /// The last group.
    pub to: String,
    /// How often.
    pub count: u64,
}

/// Hops that are told apart.
const HOPS: usize = 8;

/// Counts group chains.
#[derive(Clone, Debug, Default)]
pub(super) struct RouteCount {
    conversations: u64,
    first_is_last: u64,
    moved: u64,
    came_back: u64,
    hops: [u64; HOPS],
    not_moved_seconds: Spread,
    moved_seconds: Spread,
    reopened: u64,
    reopens_known: u64,
    first_groups: BTreeMap<String, (u64, u64)>,
    detours: BTreeMap<(String, String), u64>,
}

impl RouteCount {
    pub(super) fn add(&mut self, past: &Past) {
        if let Some(reopens) = past.reopens {
            self.reopens_known += 1;
            self.reopened += u64::from(reopens > 0);
        }
        let groups = past.groups.as_deref().unwrap_or_default();
        let (Some(first), Some(last), Some(hops)) = (groups.first(), groups.last(), past.hops())
        else {
            return;
        };
        self.conversations += 1;
        self.first_is_last += u64::from(first == last);
        self.moved += u64::from(hops > 0);
        self.came_back += u64::from(comes_back(groups));
        let place = usize::try_from(hops).unwrap_or(HOPS).min(HOPS - 1);
        if let Some(count) = self.hops.get_mut(place) {
            *count += 1;
        }
        if let Some(seconds) = past.resolution_seconds() {
            let spread = if hops > 0 {
                &mut self.moved_seconds
            } else {
                &mut self.not_moved_seconds
            };
            spread.add(seconds);
        }
        self.note_way(&short(first), &short(last));
    }

    fn note_way(&mut self, first: &str, last: &str) {
        let room = self.first_groups.len() < VALUES;
        if room || self.first_groups.contains_key(first) {
            let (all, wrong) = self.first_groups.entry(first.to_owned()).or_default();
            *all += 1;
            *wrong += u64::from(first != last);
        }
        let way = (first.to_owned(), last.to_owned());
        let room = self.detours.len() < VALUES * 10;
        if first != last && (room || self.detours.contains_key(&way)) {
            *self.detours.entry(way).or_default() += 1;
        }
    }

    /// None if no groups are known.
    pub(super) fn finish(self) -> Option<Routes> {
        let share = |count| Rate::of(count, self.conversations);
        let known = self.reopens_known;
        (self.conversations > 0).then(|| Routes {
            conversations: self.conversations,
            first_is_last: share(self.first_is_last),
            moved: share(self.moved),
            came_back: share(self.came_back),
            hops: self.hops.to_vec(),
            resolution_not_moved: self.not_moved_seconds.times(),
            resolution_moved: self.moved_seconds.times(),
            reopened: (known > 0).then(|| Rate::of(self.reopened, known)),
            first_groups: first_groups(self.first_groups),
            detours: detours(self.detours),
        })
    }
}

/// Whether a group gets it again after another one had it.
fn comes_back(groups: &[String]) -> bool {
    let mut stays = groups.to_vec();
    stays.dedup();
    let different: BTreeSet<&String> = stays.iter().collect();
    different.len() < stays.len()
}

fn first_groups(counts: BTreeMap<String, (u64, u64)>) -> Vec<FirstGroup> {
    let mut all: Vec<_> = counts.into_iter().collect();
    all.sort_by_key(|(_, (all, wrong))| std::cmp::Reverse((*wrong, *all)));
    let some = all.into_iter().take(SHOWN);
    some.map(|(group, (conversations, wrong))| FirstGroup {
        group,
        conversations,
        wrong,
        right: Rate::of(conversations - wrong, conversations),
    })
    .collect()
}

fn detours(counts: BTreeMap<(String, String), u64>) -> Vec<Detour> {
    let mut all: Vec<_> = counts.into_iter().collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let some = all.into_iter().take(SHOWN);
    some.map(|((from, to), count)| Detour { from, to, count })
        .collect()
}
