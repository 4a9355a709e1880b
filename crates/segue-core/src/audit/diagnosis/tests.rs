//! Every figure equals what plain means make of the same conversations: lists that are kept,
//! sorted and counted.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{past::Path, spread::rounded, *};
use crate::{
    audit::{Rate, RecordedTurn, Speaker},
    time::Timestamp,
};

const GIVES_ORDER: &str = "Order 48213 has not come.";
const ASKS_ORDER: &str = "What is your order number?";
const TRIED: &str = "I already restarted the router.";
const ASKS_TRIED: &str = "Have you tried restarting it?";

/// How a value of an aspect is found.
type Aspect = fn(&Past) -> Option<String>;

fn turn() -> impl Strategy<Value = RecordedTurn> {
    let customer = prop::sample::select(vec![GIVES_ORDER, TRIED, "It is broken."]);
    let team = prop::sample::select(vec![ASKS_ORDER, ASKS_TRIED, "One moment."]);
    let by = prop::sample::select(vec![
        Speaker::Customer,
        Speaker::Customer,
        Speaker::Assistant,
        Speaker::Agent,
    ]);
    (by, customer, team).prop_map(|(by, customer, team)| RecordedTurn {
        by,
        at: None,
        text: match by {
            Speaker::Customer => customer,
            _ => team,
        }
        .to_owned(),
        answer: None,
        hands_off: false,
        reading: None,
    })
}

fn name(prefix: &'static str) -> impl Strategy<Value = Option<String>> {
    prop::option::of((0..4_u8).prop_map(move |n| format!("{prefix}{n}")))
}

/// A moment, and the messages a while after each other.
fn timed(opened: Option<i64>, turns: &mut [RecordedTurn]) {
    if let Some(opened) = opened {
        for (turn, place) in turns.iter_mut().zip(0..) {
            turn.at = Some(Timestamp(opened + place * 61_000));
        }
    }
}

fn past() -> impl Strategy<Value = Past> {
    let head = (
        name("topic-"),
        name("channel-"),
        prop::option::of((1..=7_u8, 0..24_u8)),
    );
    let ends = (
        prop::option::of(0..5_000_000_i64),
        prop::option::of(0..400_000_i64),
        prop::option::of(any::<bool>()),
        prop::option::of(any::<bool>()),
        prop::option::of(0..3_u32),
    );
    let groups = prop::option::of(prop::collection::vec("[abc]", 1..5));
    let waits = (prop::option::of(0..9_000_i64), any::<bool>());
    let turns = prop::collection::vec(turn(), 0..7);
    (
        head,
        ends,
        groups,
        waits,
        prop::option::of(any::<bool>()),
        turns,
    )
        .prop_map(
            |(
                (topic, channel, local),
                (opened, length, solved, satisfied, reopens),
                groups,
                (wait, joins),
                handed_off,
                mut turns,
            )| {
                let opened = opened.map(|at| at * 1000);
                timed(opened, &mut turns);
                let at = |seconds: i64| opened.map(|opened| Timestamp(opened + seconds * 1000));
                let resolved_at = length.and_then(at);
                Past {
                    topic,
                    channel,
                    opened_at: opened.map(Timestamp),
                    opened_local: local.map(|(weekday, hour)| LocalHour { weekday, hour }),
                    resolved_at,
                    last_at: turns.last().and_then(|turn| turn.at).max(resolved_at),
                    handed_off_at: wait.and_then(|_| at(0)),
                    joined_at: wait.filter(|_| joins).and_then(at),
                    handed_off,
                    solved,
                    satisfied,
                    reopens,
                    groups,
                    turns,
                    ..Past::default()
                }
            },
        )
}

fn history() -> impl Strategy<Value = Vec<Past>> {
    prop::collection::vec(past(), 0..60).prop_map(|mut all| {
        for (place, past) in all.iter_mut().enumerate() {
            past.id = format!("c-{place}");
        }
        all
    })
}

fn diagnosed(all: &[Past]) -> Diagnosis {
    let mut audit = Audit::default();
    for past in all {
        audit.add(past);
    }
    audit.finish()
}

fn count(all: &[Past], fits: impl Fn(&Past) -> bool) -> u64 {
    u64::try_from(all.iter().filter(|past| fits(past)).count()).unwrap()
}

fn median(mut all: Vec<u64>) -> Option<u64> {
    all.sort_unstable();
    all.get(all.len().saturating_sub(1) / 2).copied()
}

/// Whether somebody of a side asks, and whether the customer had said it before that.
fn asks(past: &Past, side: Speaker, question: &str, answer: &str) -> Option<bool> {
    let asks = |turn: &RecordedTurn| turn.by == side && turn.text == question;
    let last = past.turns.iter().rposition(asks)?;
    let before = &past.turns[..last];
    Some(
        before
            .iter()
            .any(|turn| turn.by == Speaker::Customer && turn.text == answer),
    )
}

/// Product over the waits that ended by then, each looked for among all.
fn still_waiting(waits: &[(u64, bool)], until: u64) -> f64 {
    let ends: BTreeSet<u64> = waits
        .iter()
        .filter(|(seconds, answered)| *answered && *seconds <= until)
        .map(|(seconds, _)| *seconds)
        .collect();
    ends.into_iter().fold(1.0, |share, end| {
        let there = waits.iter().filter(|(seconds, _)| *seconds >= end).count();
        let ended = waits.iter().filter(|wait| **wait == (end, true)).count();
        #[expect(clippy::cast_precision_loss, reason = "a test has a few dozen waits")]
        let stays = 1.0 - ended as f64 / there as f64;
        share * stays
    })
}

/// The waits after a handoff, by the rules that the report states.
fn waits(all: &[Past]) -> Vec<(u64, bool)> {
    let handed_off = all.iter().filter(|past| past.path() == Path::HandedOff);
    let waits = handed_off.filter_map(|past| {
        let first = |by: Speaker| past.turns.iter().position(|turn| turn.by == by);
        let derived = || {
            let agent = first(Speaker::Agent)?;
            let last = past.turns[..agent]
                .iter()
                .rposition(|turn| turn.by == Speaker::Assistant)?;
            let next = if last + 1 < agent { last + 1 } else { last };
            past.turns[next].at
        };
        let from = past.handed_off_at.or_else(derived)?.0;
        let joined = past
            .joined_at
            .or_else(|| past.turns[first(Speaker::Agent)?].at);
        let since = |at: Option<Timestamp>| {
            u64::try_from(at?.0 - from)
                .ok()
                .map(|ms| rounded(ms / 1000))
        };
        since(joined)
            .map(|seconds| (seconds, true))
            .or_else(|| since(past.last_at).map(|seconds| (seconds, false)))
    });
    waits.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn handoffs_are_those_of_a_plain_count(all in history()) {
        let told = diagnosed(&all).handoffs;
        let by = |past: &Past, by: Speaker| past.turns.iter().any(|turn| turn.by == by);
        let with_assistant = |handed: Option<bool>| {
            count(&all, |past| by(past, Speaker::Assistant) && past.handed_off == handed)
        };
        let wordless = count(&all, |past| {
            !by(past, Speaker::Assistant) && !by(past, Speaker::Agent)
                && past.groups.is_none() && past.handed_off == Some(true)
        });
        prop_assert_eq!(told.handed_off, with_assistant(Some(true)) + wordless);
        prop_assert_eq!(told.assistant_only, with_assistant(Some(false)));
        prop_assert_eq!(
            told.people_only,
            count(&all, |past| !by(past, Speaker::Assistant)
                && (by(past, Speaker::Agent) || past.groups.is_some()))
        );
        let sum = told.handed_off + told.assistant_only + told.people_only + told.unknown;
        prop_assert_eq!(sum, u64::try_from(all.len()).unwrap());
        let had = told.handed_off + told.assistant_only;
        prop_assert_eq!(told.rate, (had > 0).then(|| Rate::of(told.handed_off, had)));
    }

    #[test]
    fn clusters_are_those_of_a_plain_count(all in history()) {
        let told = diagnosed(&all);
        let aspects: [(&str, Aspect); 4] = [
            ("topic", |past| past.topic.clone()),
            ("channel", |past| past.channel.clone()),
            ("hour", |past| Some(format!("{:02}:00", past.opened_local?.hour))),
            ("first_group", |past| past.groups.as_ref()?.first().cloned()),
        ];
        for (aspect, of) in aspects {
            let mut plain: BTreeMap<String, (u64, u64)> = BTreeMap::new();
            for past in &all {
                if let (Some(value), Some(solved)) = (of(past), past.solved) {
                    let (of, held) = plain.entry(value).or_default();
                    *of += 1;
                    *held += u64::from(!solved);
                }
            }
            let found = told.clusters.iter().find(|one| one.event == "not_solved" && one.by == aspect);
            let cells = found.map(|one| one.cells.iter()
                .map(|cell| (cell.name.clone(), (cell.conversations, cell.count)))
                .collect::<BTreeMap<_, _>>());
            // All hours are shown; of other aspects there are fewer values than are shown.
            let happens = plain.values().any(|(_, held)| *held > 0);
            let stays_away = plain.values().any(|(of, held)| held < of);
            let told = plain.len() > 1 && happens && stays_away;
            prop_assert_eq!(cells.unwrap_or_default(), if told { plain } else { BTreeMap::new() });
        }
    }

    #[test]
    fn questions_asked_again_are_those_of_a_plain_search(all in history()) {
        let told = diagnosed(&all);
        let sides = [(Speaker::Agent, &told.gaps_agent), (Speaker::Assistant, &told.gaps_assistant)];
        let kinds = [
            (Wanted::Reference, ASKS_ORDER, GIVES_ORDER),
            (Wanted::AttemptedSteps, ASKS_TRIED, TRIED),
        ];
        for (side, gaps) in sides {
            for (wanted, question, answer) in kinds {
                let with_customer = |past: &Past| past.turns.iter().any(|turn| turn.by == Speaker::Customer);
                let asked = |again: bool| count(&all, |past| with_customer(past)
                    && asks(past, side, question, answer) == Some(again));
                let gap = gaps.as_ref().and_then(|gaps| gaps.kinds.get(&wanted));
                let found = gap.map_or((0, 0), |gap| (gap.asked_again, gap.missing));
                prop_assert_eq!(found, (asked(true), asked(false)));
            }
        }
    }

    #[test]
    fn lengths_and_hops_are_those_of_a_sorted_list(all in history()) {
        let told = diagnosed(&all);
        let seconds = |past: &Past| {
            let ms = past.resolved_at?.0 - past.opened_at?.0;
            u64::try_from(ms).ok().map(|ms| rounded(ms / 1000))
        };
        let lengths: Vec<u64> = all.iter().filter_map(seconds).collect();
        prop_assert_eq!(told.scenarios.resolution.map(|times| times.median_seconds), median(lengths));
        for scenario in &told.scenarios.longest {
            let of_topic = all.iter().filter(|past| past.topic.as_ref() == Some(&scenario.topic));
            let lengths: Vec<u64> = of_topic.filter_map(seconds).collect();
            prop_assert_eq!(scenario.resolution.map(|times| times.median_seconds), median(lengths));
        }
        let chains: Vec<&Vec<String>> = all.iter().filter_map(|past| past.groups.as_ref()).collect();
        let routes = told.routes.map(|routes| (routes.conversations, routes.first_is_last, routes.moved));
        let of = u64::try_from(chains.len()).unwrap();
        let share = |fits: fn(&Vec<String>) -> bool| {
            Rate::of(u64::try_from(chains.iter().filter(|chain| fits(chain)).count()).unwrap(), of)
        };
        let plain = (of > 0).then(|| (
            of,
            share(|chain| chain.first() == chain.last()),
            share(|chain| chain.iter().collect::<BTreeSet<_>>().len() > 1),
        ));
        prop_assert_eq!(routes, plain);
    }

    #[test]
    fn waits_are_those_of_the_product_over_all(all in history()) {
        let waits = waits(&all);
        let told = diagnosed(&all).time_to_agent;
        let answered = waits.iter().filter(|(_, answered)| *answered).count();
        let Some(told) = told.all else {
            prop_assert_eq!(answered, 0);
            return Ok(());
        };
        prop_assert_eq!(told.answered, u64::try_from(answered).unwrap());
        prop_assert_eq!(told.given_up, u64::try_from(waits.len() - answered).unwrap());
        for (seconds, share) in told.curve {
            let plain = still_waiting(&waits, seconds) * 1000.0;
            prop_assert!((plain - f64::from(share)).abs() <= 0.51, "{seconds} s: {share}, not {plain}");
        }
    }

    #[test]
    fn ratings_and_coverage_are_those_of_a_plain_count(all in history()) {
        let told = diagnosed(&all);
        let paths = [
            (Path::HandedOff, told.ratings.handed_off),
            (Path::AssistantOnly, told.ratings.assistant_only),
            (Path::PeopleOnly, told.ratings.people_only),
            (Path::Unknown, told.ratings.unknown),
        ];
        for (path, rating) in paths {
            let rated = count(&all, |past| past.path() == path && past.satisfied.is_some());
            let satisfied = count(&all, |past| past.path() == path && past.satisfied == Some(true));
            let found = rating.map_or((0, 0), |rating| (rating.rated, rating.satisfied));
            prop_assert_eq!(found, (rated, satisfied));
        }
        let known = |fact: &str| told.coverage.iter().find(|one| one.fact == fact).unwrap().known;
        prop_assert_eq!(known("a topic"), count(&all, |past| past.topic.is_some()));
        prop_assert_eq!(known("a rating"), count(&all, |past| past.satisfied.is_some()));
        prop_assert_eq!(told.messages, all.iter().map(|past| u64::try_from(past.turns.len()).unwrap()).sum::<u64>());
    }

    #[test]
    fn the_order_of_the_conversations_changes_nothing(all in history()) {
        let mut back = all.clone();
        back.reverse();
        let text = |all: &[Past]| serde_json::to_string(&diagnosed(all)).unwrap();
        prop_assert_eq!(text(&all), text(&back));
    }
}

#[test]
fn a_later_period_is_compared_with_the_baseline() {
    let period = |handed_off: usize| {
        let turn = |by| RecordedTurn {
            by,
            at: None,
            text: "One moment.".to_owned(),
            answer: None,
            hands_off: false,
            reading: None,
        };
        let one = |place: usize| Past {
            id: place.to_string(),
            handed_off: Some(place < handed_off),
            turns: vec![turn(Speaker::Customer), turn(Speaker::Assistant)],
            ..Past::default()
        };
        diagnosed(&(0..400).map(one).collect::<Vec<_>>())
    };
    let kept = serde_json::to_string(&period(100).baseline("spring")).unwrap();
    let baseline: Baseline = serde_json::from_str(&kept).unwrap();
    let verdict = |handed_off| {
        let changes = period(handed_off).compared_with(&baseline);
        let change = changes
            .into_iter()
            .find(|one| one.now.name == "handoff rate");
        change.unwrap().verdict
    };
    assert_eq!(verdict(160), Verdict::Higher);
    assert_eq!(verdict(104), Verdict::NoClearChange);
    assert_eq!(verdict(60), Verdict::Lower);
}

#[test]
fn nothing_has_no_figures() {
    let told = diagnosed(&[]);
    assert_eq!(told.figures(), []);
    assert_eq!((told.clusters.len(), told.routes), (0, None));
}
