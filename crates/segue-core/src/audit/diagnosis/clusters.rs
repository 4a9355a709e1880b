//! Where does it happen more often than elsewhere? By topic, hour, weekday, channel, tier,
//! priority, and by how the customer's mood went before.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    past::{Past, Seen},
    ratio::{Lift, Share},
};
use crate::audit::Rate;

/// Different values of one aspect that are told apart; the rest is counted together.
pub(super) const VALUES: usize = 2000;
/// Cells that a report shows of an aspect without an order of its own.
const SHOWN: usize = 15;
/// A mood has changed from so many thousandths on.
const SHIFT_PERMILLE: i32 = 200;
/// The longest name of a cell, in characters.
const NAME_CHARS: usize = 60;

/// How often something happens by one aspect of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cluster {
    /// What happens.
    pub event: String,
    /// By which aspect it is looked at.
    pub by: String,
    /// Values of the aspect that were told apart.
    pub values: u64,
    /// The cells: in their own order for hours and weekdays, else the most frequent first.
    pub cells: Vec<Cell>,
}

/// One value of an aspect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The value.
    pub name: String,
    /// Conversations with it.
    pub conversations: u64,
    /// How often it happened in them.
    pub count: u64,
    /// The share with its own 95 % interval.
    pub rate: Rate,
    /// How much more often than in all other conversations.
    pub lift: Lift,
}

/// Counts by event and aspect.
#[derive(Clone, Debug, Default)]
pub(super) struct Clusters {
    cells: BTreeMap<(String, &'static str), Cells>,
}

#[derive(Clone, Debug, Default)]
struct Cells {
    values: BTreeMap<String, Share>,
    others: Share,
    all: Share,
}

impl Clusters {
    pub(super) fn add(&mut self, seen: &Seen<'_>) {
        let aspects = aspects(seen);
        for (event, held) in seen.past.events() {
            for (aspect, values) in &aspects {
                let cells = self.cells.entry((event.clone(), *aspect)).or_default();
                cells.add(values, held);
            }
        }
    }

    pub(super) fn finish(self) -> Vec<Cluster> {
        let clusters = self.cells.into_iter();
        let clusters = clusters
            .map(|((event, by), cells)| cluster(event, by, cells.values, cells.others, cells.all));
        clusters.filter(Cluster::has_contrast).collect()
    }
}

impl Cluster {
    /// One cell alone compares with nothing, and what always happens, or never, happens everywhere.
    pub(super) fn has_contrast(&self) -> bool {
        let happens = self.cells.iter().any(|cell| cell.count > 0);
        let stays_away = self
            .cells
            .iter()
            .any(|cell| cell.count < cell.conversations);
        self.cells.len() > 1 && happens && stays_away
    }
}

impl Cells {
    fn add(&mut self, values: &BTreeSet<String>, held: bool) {
        self.all.add(held);
        for value in values {
            let room = self.values.len() < VALUES;
            let share = if room || self.values.contains_key(value) {
                self.values.entry(value.clone()).or_default()
            } else {
                &mut self.others
            };
            share.add(held);
        }
    }
}

/// The cells of one aspect beside each other. Every cell is one comparison, so the intervals of
/// the lifts are as wide as all of them together need. `all` counts each conversation once, also
/// where it has several values.
pub(super) fn cluster(
    event: String,
    by: &str,
    values: BTreeMap<String, Share>,
    others: Share,
    all: Share,
) -> Cluster {
    let told_apart = values.len();
    let mut cells: Vec<(String, Share)> = values.into_iter().collect();
    let ordered = matches!(by, "hour" | "weekday" | "mood_shift" | "mood_before");
    if !ordered {
        cells.sort_by_key(|(_, share)| std::cmp::Reverse((share.of, share.count)));
        let rest = cells.split_off(cells.len().min(SHOWN));
        let rest = rest.into_iter().fold(others, |all, (_, one)| all.and(one));
        // Conversations with several tags would be counted several times in the rest.
        if rest.of > 0 && by != "tag" {
            cells.push(("(all others)".to_owned(), rest));
        }
    }
    let compared = u32::try_from(cells.len()).unwrap_or(u32::MAX);
    let cell = |(name, share): (String, Share)| Cell {
        name,
        conversations: share.of,
        count: share.count,
        rate: share.rate(),
        lift: Lift::of(share, all.without(share), compared),
    };
    Cluster {
        event,
        by: by.to_owned(),
        values: u64::try_from(told_apart).unwrap_or(u64::MAX),
        cells: cells.into_iter().map(cell).collect(),
    }
}

/// The aspects of a conversation that its source tells. Only of tags it has several.
fn aspects(seen: &Seen<'_>) -> Vec<(&'static str, BTreeSet<String>)> {
    let past = seen.past;
    let word = |value: &Option<String>| value.as_deref().map(short);
    let named = [
        ("topic", word(&past.topic)),
        ("channel", word(&past.channel)),
        ("tier", word(&past.tier)),
        ("priority", word(&past.priority)),
        (
            "hour",
            past.opened_local.map(|at| format!("{:02}:00", at.hour)),
        ),
        ("weekday", past.opened_local.map(|at| weekday(at.weekday))),
        ("mood_shift", mood_shift(seen).map(str::to_owned)),
        ("mood_before", mood_before(seen).map(str::to_owned)),
        ("first_group", first_group(past).map(short)),
    ];
    let named = named
        .into_iter()
        .filter_map(|(aspect, value)| Some((aspect, BTreeSet::from([value?]))));
    let tags: BTreeSet<String> = past.tags.iter().map(|tag| short(tag)).collect();
    let tags = (!tags.is_empty()).then_some(("tag", tags));
    named.chain(tags).collect()
}

pub(super) fn short(name: &str) -> String {
    name.trim().chars().take(NAME_CHARS).collect()
}

fn first_group(past: &Past) -> Option<&str> {
    past.groups.as_ref()?.first().map(String::as_str)
}

/// The number in front keeps the days in their order.
fn weekday(day: u8) -> String {
    let name = match day {
        1 => "Monday",
        2 => "Tuesday",
        3 => "Wednesday",
        4 => "Thursday",
        5 => "Friday",
        6 => "Saturday",
        _ => "Sunday",
    };
    format!("{day} {name}")
}

/// From the customer's first message to the last one before a person had it, or before the end.
fn mood_shift(seen: &Seen<'_>) -> Option<&'static str> {
    let moods = moods(seen);
    let (first, last) = (moods.first()?, moods.last()?);
    Some(match i32::from(*last) - i32::from(*first) {
        _ if moods.len() < 2 => "4 one message only",
        shift if shift <= -SHIFT_PERMILLE => "1 got worse",
        shift if shift >= SHIFT_PERMILLE => "3 got better",
        _ => "2 stayed the same",
    })
}

fn mood_before(seen: &Seen<'_>) -> Option<&'static str> {
    Some(match i32::from(*moods(seen).last()?) {
        mood if mood <= -SHIFT_PERMILLE => "1 unhappy",
        mood if mood >= SHIFT_PERMILLE => "3 happy",
        _ => "2 neutral",
    })
}

fn moods(seen: &Seen<'_>) -> Vec<i16> {
    let before = seen.readings.iter().take(seen.past.handoff_place());
    before
        .flatten()
        .map(|reading| reading.sentiment_permille)
        .collect()
}
