//! What are conversations about whose source names no topic? The words of the customers' first
//! messages, in a sample of fixed size.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    clusters::{Cluster, cluster},
    past::Past,
    ratio::Share,
    sample::Sample,
};
use crate::{audit::Speaker, signals::meaningful_words};

/// Conversations that are looked at.
const SAMPLE: usize = 5000;
/// Words of a first message that are looked at.
const WORDS: usize = 60;
/// Topics that are told apart.
const TOPICS: usize = 12;
/// A word in more than this share of all messages tells no topic apart, in percent.
const COMMON_PERCENT: usize = 25;
/// A topic has at least this many conversations.
const LEAST: usize = 8;

/// Words by conversation, with what happened in it.
#[derive(Clone, Debug)]
pub(super) struct Topics {
    sample: Sample<Beginning>,
}

#[derive(Clone, Debug)]
struct Beginning {
    words: BTreeSet<String>,
    events: Vec<(String, bool)>,
}

impl Topics {
    pub(super) fn new() -> Self {
        Self {
            sample: Sample::new(SAMPLE),
        }
    }

    pub(super) fn add(&mut self, past: &Past) {
        let Some(first) = past.first_of(Speaker::Customer) else {
            return;
        };
        if past.topic.is_some() {
            return;
        }
        self.sample.offer(&past.id, || Beginning {
            words: meaningful_words(&first.text).take(WORDS).collect(),
            events: past.events(),
        });
    }

    /// How often each event happens by topic.
    pub(super) fn finish(self) -> Vec<Cluster> {
        let all: Vec<&Beginning> = self.sample.items().collect();
        let topics = topics(&all);
        let mut events: BTreeMap<String, (BTreeMap<String, Share>, Share)> = BTreeMap::new();
        for (place, one) in all.iter().enumerate() {
            for (event, held) in &one.events {
                let (values, others) = events.entry(event.clone()).or_default();
                match topics.get(&place) {
                    Some(topic) => values.entry(topic.clone()).or_default().add(*held),
                    None => others.add(*held),
                }
            }
        }
        let clusters = events.into_iter();
        clusters
            .map(|(event, (values, others))| {
                let all = values.values().fold(others, |all, one| all.and(*one));
                cluster(event, "words", values, others, all)
            })
            .filter(Cluster::has_contrast)
            .collect()
    }
}

/// The topic of each beginning that has one. The word that the most beginnings without a topic
/// share becomes the next topic, again and again; the words that go with it are its name.
fn topics(all: &[&Beginning]) -> BTreeMap<usize, String> {
    let common = all.len() * COMMON_PERCENT / 100;
    let known = frequencies(all.iter().copied());
    let telling = |word: &str| known.get(word).is_some_and(|count| *count <= common);
    let mut topics = BTreeMap::new();
    for _ in 0..TOPICS {
        let left = || {
            let places = all.iter().enumerate();
            places.filter(|(place, _)| !topics.contains_key(place))
        };
        let counts = frequencies(left().map(|(_, one)| *one));
        let mut words: Vec<_> = counts
            .into_iter()
            .filter(|(word, _)| telling(word))
            .collect();
        words.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let Some((word, count)) = words.first().filter(|(_, count)| *count >= LEAST) else {
            break;
        };
        let about = left().filter(|(_, one)| one.words.contains(*word));
        let members: Vec<(usize, &Beginning)> = about.map(|(place, one)| (place, *one)).collect();
        let name = name(word, *count, members.iter().map(|(_, one)| *one), &known);
        topics.extend(members.into_iter().map(|(place, _)| (place, name.clone())));
    }
    topics
}

fn frequencies<'b>(all: impl Iterator<Item = &'b Beginning>) -> BTreeMap<&'b str, usize> {
    let mut counts = BTreeMap::new();
    for word in all.flat_map(|one| &one.words) {
        *counts.entry(word.as_str()).or_default() += 1;
    }
    counts
}

/// The word and the two that stand beside it more often than elsewhere.
fn name<'b>(
    word: &str,
    count: usize,
    members: impl Iterator<Item = &'b Beginning>,
    known: &BTreeMap<&str, usize>,
) -> String {
    let beside = frequencies(members).into_iter();
    let mut beside: Vec<(&str, usize)> = beside
        .filter(|(other, times)| *other != word && *times * 5 >= count)
        .map(|(other, times)| (other, times * 1000 / known.get(other).copied().unwrap_or(1)))
        .collect();
    beside.sort_by_key(|(_, share)| std::cmp::Reverse(*share));
    let words = std::iter::once(word).chain(beside.iter().take(2).map(|(other, _)| *other));
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::RecordedTurn;

    #[test]
    fn conversations_without_a_named_topic_are_grouped_by_their_words() {
        let mut topics = Topics::new();
        for n in 0..100 {
            let (text, handed_off) = match n % 4 {
                0 => ("My parcel is late, the courier lost it", true),
                1 => ("The invoice has the wrong tax", false),
                2 => ("I forgot my password", false),
                _ => ("Do you sell lamps in red", false),
            };
            topics.add(&Past {
                id: format!("c-{n}"),
                handed_off: Some(handed_off),
                turns: vec![
                    turn(Speaker::Customer, text),
                    turn(Speaker::Assistant, "One moment."),
                ],
                ..Past::default()
            });
        }
        let cluster = topics.finish().remove(0);
        assert_eq!(
            (cluster.event.as_str(), cluster.cells.len()),
            ("handed_off", 4)
        );
        let late = cluster
            .cells
            .iter()
            .find(|cell| cell.name.contains("courier"));
        let late = late.unwrap();
        assert_eq!((late.count, late.conversations), (25, 25));
        assert!(late.lift.stands_out());
    }

    fn turn(by: Speaker, text: &str) -> RecordedTurn {
        RecordedTurn {
            by,
            at: None,
            text: text.to_owned(),
            answer: None,
            hands_off: false,
            reading: None,
        }
    }
}
