//! Which matters take longest and go through the most hands?

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    clusters::{VALUES, short},
    past::Past,
    spread::{Spread, Times},
};

/// Scenarios that a report shows.
const SHOWN: usize = 15;
/// Conversations that a scenario needs to be shown before others.
const ENOUGH: u64 = 20;
/// Single conversations that are named.
const WORST: usize = 8;
/// Groups of a chain that are named.
const CHAIN: usize = 12;

/// How long matters take, and through how many hands they go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Scenarios {
    /// All conversations whose opening and end are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Times>,
    /// By topic, those with the longest median first.
    pub longest: Vec<Scenario>,
    /// By topic, those with the most hops first.
    pub most_hops: Vec<Scenario>,
    /// The single conversations that took longest.
    pub longest_single: Vec<Single>,
    /// The single conversations with the most hops.
    pub most_hops_single: Vec<Single>,
}

/// One topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scenario {
    /// What it is about.
    pub topic: String,
    /// Conversations.
    pub conversations: u64,
    /// From the opening to the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Times>,
    /// Changes of the group, in thousandths of a hop per conversation, where groups are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_hops_permille: Option<u64>,
}

/// One conversation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Single {
    /// As its source calls it.
    pub conversation: String,
    /// What it is about.
    pub topic: Option<String>,
    /// From the opening to the end.
    pub resolution_seconds: Option<u64>,
    /// Changes of the group.
    pub hops: Option<u64>,
    /// The groups that had it, in order; the first ones of a long chain.
    pub groups: Vec<String>,
}

/// Counts by topic.
#[derive(Clone, Debug, Default)]
pub(super) struct ScenarioCount {
    all: Spread,
    topics: BTreeMap<String, Topic>,
    longest: Worst,
    most_hops: Worst,
}

#[derive(Clone, Debug, Default)]
struct Topic {
    conversations: u64,
    resolution: Spread,
    hops: u64,
    with_groups: u64,
}

impl ScenarioCount {
    pub(super) fn add(&mut self, past: &Past) {
        let (seconds, hops) = (past.resolution_seconds(), past.hops());
        if let Some(seconds) = seconds {
            self.all.add(seconds);
            self.longest.offer(seconds, past);
        }
        if let Some(hops) = hops.filter(|hops| *hops > 0) {
            self.most_hops.offer(hops, past);
        }
        let name = past.topic.as_deref().map_or_else(String::new, short);
        let room = self.topics.len() < VALUES || self.topics.contains_key(&name);
        if name.is_empty() || !room {
            return;
        }
        let topic = self.topics.entry(name).or_default();
        topic.conversations += 1;
        if let Some(seconds) = seconds {
            topic.resolution.add(seconds);
        }
        topic.hops += hops.unwrap_or_default();
        topic.with_groups += u64::from(hops.is_some());
    }

    pub(super) fn finish(self) -> Scenarios {
        let scenarios: Vec<Scenario> = self.topics.into_iter().map(scenario).collect();
        let median = |one: &Scenario| one.resolution.map_or(0, |times| times.median_seconds);
        let hops = |one: &Scenario| one.mean_hops_permille.unwrap_or_default();
        Scenarios {
            resolution: self.all.times(),
            longest: first(&scenarios, median),
            most_hops: first(&scenarios, hops),
            longest_single: self.longest.told(),
            most_hops_single: self.most_hops.told(),
        }
    }
}

fn scenario((topic, counts): (String, Topic)) -> Scenario {
    let mean = (counts.hops * 1000).checked_div(counts.with_groups);
    Scenario {
        topic,
        conversations: counts.conversations,
        resolution: counts.resolution.times(),
        mean_hops_permille: mean,
    }
}

/// Those with the most of something, topics with enough conversations first.
fn first(all: &[Scenario], of: impl Fn(&Scenario) -> u64) -> Vec<Scenario> {
    let mut some: Vec<&Scenario> = all.iter().filter(|one| of(one) > 0).collect();
    some.sort_by_key(|one| std::cmp::Reverse((one.conversations >= ENOUGH, of(one))));
    some.into_iter().take(SHOWN).cloned().collect()
}

/// The few greatest, whatever the order in which they come.
#[derive(Clone, Debug, Default)]
struct Worst {
    kept: BTreeMap<(u64, String), Single>,
}

impl Worst {
    fn offer(&mut self, greatness: u64, past: &Past) {
        let key = (greatness, past.id.clone());
        if self.kept.len() >= WORST
            && self
                .kept
                .first_key_value()
                .is_some_and(|(least, _)| *least > key)
        {
            return;
        }
        self.kept.insert(key, single(past));
        if self.kept.len() > WORST {
            self.kept.pop_first();
        }
    }

    fn told(self) -> Vec<Single> {
        self.kept.into_values().rev().collect()
    }
}

fn single(past: &Past) -> Single {
    let groups = past.groups.iter().flatten();
    Single {
        conversation: past.id.clone(),
        topic: past.topic.as_deref().map(short),
        resolution_seconds: past.resolution_seconds(),
        hops: past.hops(),
        groups: groups.take(CHAIN).map(|name| short(name)).collect(),
    }
}
