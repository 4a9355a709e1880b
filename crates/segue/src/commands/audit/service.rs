//! The questions about what comes after: waits, lengths, routes, ratings, and what is not known.

use jiff::tz::TimeZone;
use segue_core::audit::diagnosis::{
    Figure, Known, Ratings, Routes, Scenario, Scenarios, Single, Survival, TimeToAgent, Unit,
    Verdict,
};

use super::{
    Told,
    section::{Chart, Kind, Point, Section, Table, Value},
    sections::point,
    words,
};

/// The figures then and now; none without a baseline.
pub(super) fn comparison(told: &Told, zone: &TimeZone) -> Option<Section> {
    let baseline = told.baseline.as_ref()?;
    let period = words::period(baseline.period, zone);
    let rows = told.changes.iter().map(|change| {
        let verdict = match change.verdict {
            Verdict::Higher => "higher",
            Verdict::Lower => "lower",
            Verdict::NoClearChange => "no clear change",
        };
        vec![
            Value::Text(change.now.name.clone()),
            value(&change.before),
            value(&change.now),
            Value::Text(
                change
                    .difference
                    .map_or_else(String::new, words::difference),
            ),
            Value::Text(verdict.to_owned()),
        ]
    });
    Some(Section {
        title: "Comparison",
        question: "What changed since the baseline?",
        answer: vec![format!(
            "The baseline `{}` has {}{}. A change is called one only if it is more than chance: \
             shares by the 95 % interval of their difference, medians if their intervals do not touch.",
            baseline.name,
            words::counted(baseline.conversations, "conversation"),
            period.map_or_else(String::new, |period| format!(", {period}"))
        )],
        tables: vec![Table {
            title: "Then and now".to_owned(),
            head: vec!["figure", "then", "now", "difference", "verdict"],
            rows: rows.collect(),
        }],
        ..Section::default()
    })
}

fn value(figure: &Figure) -> Value {
    number(figure.unit, figure.value)
}

fn number(unit: Unit, value: u64) -> Value {
    match unit {
        Unit::Permille => Value::Text(words::percent(i64::try_from(value).unwrap_or_default())),
        Unit::Seconds => Value::Seconds(value),
    }
}

/// A figure as a row of the overview.
pub(super) fn figure_row(figure: &Figure) -> Vec<Value> {
    let high = figure.high.map(|high| number(figure.unit, high));
    vec![
        Value::Text(figure.name.clone()),
        value(figure),
        number(figure.unit, figure.low),
        high.unwrap_or(Value::Unknown),
    ]
}

pub(super) fn waits(told: &TimeToAgent) -> Section {
    let mut section = Section {
        title: "Time to agent",
        question: "How long until an agent is there?",
        ..Section::default()
    };
    let answer = &mut section.answer;
    if let Some(all) = &told.all {
        answer.push(format!("After a handoff: {}.", words::survival(all)));
    } else {
        answer.push("No handoff of this source has the times that this needs.".to_owned());
    }
    if let Some(answered) = told.answered {
        answer.push(format!(
            "Only of those who got an agent, which leaves out the longest waits: {}.",
            words::times(answered)
        ));
    }
    if told.handoff_time_derived > 0 {
        answer.push(format!(
            "Of {} the source does not say when it was handed off: the wait is counted from the customer's first message that the assistant no longer answered.",
            words::counted(told.handoff_time_derived, "handoff")
        ));
    }
    if told.unknown > 0 {
        let unknown = words::counted(told.unknown, "handoff");
        answer.push(format!("{unknown} have no times and are left out."));
    }
    if let Some(first) = &told.first_reply {
        answer.push(format!(
            "First reply where people had it from the beginning: {}.",
            words::survival(first)
        ));
    }
    let curves = [
        ("Still without an agent after the handoff", &told.all),
        ("Still without a first reply", &told.first_reply),
    ];
    for (title, curve) in curves {
        section
            .charts
            .extend(curve.as_ref().map(|told| curve_chart(title, told)));
        section
            .tables
            .extend(curve.as_ref().map(|told| curve_table(title, told)));
    }
    section
}

fn curve_chart(title: &str, told: &Survival) -> Chart {
    let points = told.curve.iter().map(|(seconds, still)| Point {
        name: words::length(*seconds),
        along: *seconds,
        value: u64::from(*still),
        ..Point::default()
    });
    Chart {
        title: title.to_owned(),
        kind: Kind::Curve,
        points: points.collect(),
        all: None,
    }
}

/// The moments at which half, a quarter, a tenth and a twentieth still wait.
fn curve_table(title: &str, told: &Survival) -> Table {
    let rows = [500_u16, 250, 100, 50].into_iter().map(|share| {
        let reached = told.curve.iter().find(|(_, still)| *still <= share);
        vec![
            Value::Text(words::percent(share)),
            Value::seconds(reached.map(|(seconds, _)| *seconds)),
        ]
    });
    Table {
        title: title.to_owned(),
        head: vec!["still waiting", "after"],
        rows: rows.collect(),
    }
}

pub(super) fn scenarios(told: &Scenarios) -> Section {
    let mut section = Section {
        title: "Scenarios",
        question: "Which matters take longest and go through the most hands?",
        ..Section::default()
    };
    match told.resolution {
        Some(times) => section.answer.push(format!(
            "From the opening to the end: {}.",
            words::times(times)
        )),
        None => section
            .answer
            .push("The source does not say when its conversations were settled.".to_owned()),
    }
    if !told.longest.is_empty() {
        section.charts.push(longest_chart(&told.longest));
        section
            .tables
            .push(scenario_table("Longest, by topic", &told.longest));
    }
    if !told.most_hops.is_empty() {
        section
            .tables
            .push(scenario_table("Most hops, by topic", &told.most_hops));
    }
    let singles = [
        ("The longest of all", &told.longest_single),
        ("The most hops of all", &told.most_hops_single),
    ];
    for (title, all) in singles.into_iter().filter(|(_, all)| !all.is_empty()) {
        section.tables.push(single_table(title, all));
    }
    section
}

fn longest_chart(all: &[Scenario]) -> Chart {
    let points = all.iter().filter_map(|one| {
        let times = one.resolution?;
        Some(Point {
            name: one.topic.clone(),
            value: times.median_seconds,
            low: times.median_low_seconds,
            high: times.median_high_seconds,
            ..Point::default()
        })
    });
    Chart {
        title: "Median time to the end, by topic".to_owned(),
        kind: Kind::Seconds,
        points: points.collect(),
        all: None,
    }
}

fn scenario_table(title: &str, all: &[Scenario]) -> Table {
    let rows = all.iter().map(|one| {
        vec![
            Value::Text(one.topic.clone()),
            Value::Count(one.conversations),
            Value::seconds(one.resolution.map(|times| times.median_seconds)),
            Value::seconds(one.resolution.map(|times| times.p90_seconds)),
            one.mean_hops_permille
                .map_or(Value::Unknown, Value::Thousandths),
        ]
    });
    Table {
        title: title.to_owned(),
        head: vec![
            "topic",
            "conversations",
            "median",
            "nine of ten within",
            "mean hops",
        ],
        rows: rows.collect(),
    }
}

fn single_table(title: &str, all: &[Single]) -> Table {
    let rows = all.iter().map(|one| {
        vec![
            Value::Text(one.conversation.clone()),
            one.topic.clone().map_or(Value::Unknown, Value::Text),
            Value::seconds(one.resolution_seconds),
            one.hops.map_or(Value::Unknown, Value::Count),
            Value::Text(one.groups.join(" → ")),
        ]
    });
    Table {
        title: title.to_owned(),
        head: vec!["conversation", "topic", "time to the end", "hops", "groups"],
        rows: rows.collect(),
    }
}

pub(super) fn routes(told: &Routes) -> Section {
    let mut answer = vec![
        format!(
            "The first group was the last group in {} of {}.",
            words::rate(told.first_is_last),
            words::counted(told.conversations, "conversation")
        ),
        format!(
            "{} moved to another group at least once, {} came back to a group that had it before.",
            words::rate(told.moved),
            words::rate(told.came_back)
        ),
    ];
    let lengths = [
        ("Never moved", told.resolution_not_moved),
        ("Moved", told.resolution_moved),
    ];
    let known = lengths
        .into_iter()
        .filter_map(|(name, times)| Some((name, times?)));
    answer.extend(known.map(|(name, times)| format!("{name}: {}.", words::times(times))));
    if let Some(reopened) = told.reopened {
        answer.push(format!(
            "Reopened at least once: {}.",
            words::rate(reopened)
        ));
    }
    let groups = told.first_groups.iter();
    Section {
        title: "Routes",
        question: "Is the first group that gets a matter the one that settles it?",
        answer,
        charts: vec![
            hops_chart(&told.hops),
            Chart {
                title: "Settled by the group that got it first".to_owned(),
                kind: Kind::Shares,
                points: groups
                    .map(|one| point(one.group.clone(), one.right, false))
                    .collect(),
                all: Some(told.first_is_last.value_permille.into()),
            },
        ],
        tables: vec![first_groups(told), detours(told)],
        ..Section::default()
    }
}

fn hops_chart(hops: &[u64]) -> Chart {
    let last = hops.len().saturating_sub(1);
    let points = hops.iter().enumerate().map(|(place, count)| Point {
        name: if place == last {
            format!("{place} or more")
        } else {
            place.to_string()
        },
        value: *count,
        low: *count,
        high: *count,
        ..Point::default()
    });
    Chart {
        title: "Conversations by changes of the group".to_owned(),
        kind: Kind::Counts,
        points: points.collect(),
        all: None,
    }
}

fn first_groups(told: &Routes) -> Table {
    let rows = told.first_groups.iter().map(|one| {
        vec![
            Value::Text(one.group.clone()),
            Value::Count(one.conversations),
            Value::Count(one.wrong),
            Value::Share(one.right),
        ]
    });
    Table {
        title: "First groups, those with the most wrong ones first".to_owned(),
        head: vec![
            "first group",
            "conversations",
            "settled elsewhere",
            "settled there",
        ],
        rows: rows.collect(),
    }
}

fn detours(told: &Routes) -> Table {
    let rows = told.detours.iter().map(|one| {
        vec![
            Value::Text(one.from.clone()),
            Value::Text(one.to.clone()),
            Value::Count(one.count),
        ]
    });
    Table {
        title: "The most frequent ways from a first group to another last one".to_owned(),
        head: vec!["first group", "last group", "conversations"],
        rows: rows.collect(),
    }
}

pub(super) fn ratings(told: &Ratings) -> Section {
    let all = [
        ("handed off", told.handed_off),
        ("assistant only", told.assistant_only),
        ("people only", told.people_only),
        ("not known who", told.unknown),
    ];
    let known: Vec<_> = all
        .into_iter()
        .filter_map(|(name, rating)| Some((name, rating?)))
        .collect();
    let mut section = Section {
        title: "Satisfaction",
        question: "Are customers who were handed off as satisfied as those who stayed with the assistant?",
        ..Section::default()
    };
    if known.is_empty() {
        section.answer.push(
            "No conversation of this source is rated: this cannot be known from it.".to_owned(),
        );
        return section;
    }
    section.answer.push(match told.difference {
        Some(difference) if difference.stands_out() => format!(
            "Handed off less assistant only: {}. That is more than chance, but not a cause: what is handed off differs from what is not.",
            words::difference(difference)
        ),
        Some(difference) => format!(
            "Handed off less assistant only: {}. That may be chance.",
            words::difference(difference)
        ),
        None => "Only one of the two is rated: they cannot be compared.".to_owned(),
    });
    section.charts.push(Chart {
        title: "Satisfied, of those who rated".to_owned(),
        kind: Kind::Shares,
        points: known
            .iter()
            .map(|(name, rating)| point((*name).to_owned(), rating.rate, false))
            .collect(),
        all: None,
    });
    let rows = known.iter().map(|(name, rating)| {
        vec![
            Value::Text((*name).to_owned()),
            Value::Count(rating.conversations),
            Value::Count(rating.rated),
            Value::Share(rating.response),
            Value::Share(rating.rate),
        ]
    });
    section.tables.push(Table {
        title: "Ratings: 4 and 5 of 5, or good of good and bad, are satisfied".to_owned(),
        head: vec![
            "who had it",
            "conversations",
            "rated",
            "response",
            "satisfied",
        ],
        rows: rows.collect(),
    });
    section
}

pub(super) fn coverage(told: &[Known]) -> Section {
    let missing = told.iter().filter(|one| one.known == 0);
    let mut answer: Vec<String> = missing
        .filter_map(|one| {
            let consequence = one.consequence.as_ref()?;
            Some(format!(
                "This source never tells {}: {consequence}.",
                one.fact
            ))
        })
        .collect();
    answer.push(
        "The audit counts what was recorded. It does not know what would have happened otherwise."
            .to_owned(),
    );
    let rows = told.iter().map(|one| {
        vec![
            Value::Text(one.fact.clone()),
            Value::Count(one.known),
            Value::Count(one.of),
            Value::Text(one.consequence.clone().unwrap_or_default()),
        ]
    });
    Section {
        title: "What is not known",
        question: "What does the source tell, and what can therefore not be known?",
        answer,
        tables: vec![Table {
            title: "Told by the source".to_owned(),
            head: vec!["fact", "known", "of", "where it is not known"],
            rows: rows.collect(),
        }],
        ..Section::default()
    }
}
