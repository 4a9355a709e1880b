//! The few figures that a period is known by, and how two periods compare.

use serde::{Deserialize, Serialize};

use super::{Diagnosis, ratings::Difference, spread::Times, survival::Survival};
use crate::audit::Rate;

/// What a figure counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Thousandths of all.
    Permille,
    /// Seconds.
    Seconds,
}

/// One figure with its 95 % interval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// What it is.
    pub name: String,
    /// What it counts in.
    pub unit: Unit,
    /// The figure.
    pub value: u64,
    /// Hardly less.
    pub low: u64,
    /// Hardly more; none where the sample leaves that open.
    pub high: Option<u64>,
}

/// A period that later ones are compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// What people call it.
    pub name: String,
    /// Its conversations.
    pub conversations: u64,
    /// The opening of the first and of the last one, in milliseconds since 1970.
    pub period: Option<(i64, i64)>,
    /// Its figures.
    pub figures: Vec<Figure>,
}

/// One figure then and now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Then.
    pub before: Figure,
    /// Now.
    pub now: Figure,
    /// The difference with its interval, for shares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<Difference>,
    /// Which way it went.
    pub verdict: Verdict,
}

/// Which way a figure went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Up, and more than chance.
    Higher,
    /// Down, and more than chance.
    Lower,
    /// No more than chance.
    NoClearChange,
}

impl Diagnosis {
    /// The figures that this period is known by, those that its source tells.
    pub fn figures(&self) -> Vec<Figure> {
        let routes = self.routes.as_ref();
        let ratings = &self.ratings;
        let agents = self.gaps_agent.as_ref();
        let shares = [
            ("handoff rate", self.handoffs.rate),
            (
                "asked again by agents",
                agents.and_then(|gaps| gaps.asked_again_rate),
            ),
            (
                "first group is last group",
                routes.map(|routes| routes.first_is_last),
            ),
            ("moved between groups", routes.map(|routes| routes.moved)),
            ("reopened", routes.and_then(|routes| routes.reopened)),
            (
                "satisfied, handed off",
                ratings.handed_off.map(|rating| rating.rate),
            ),
            (
                "satisfied, assistant only",
                ratings.assistant_only.map(|rating| rating.rate),
            ),
            (
                "satisfied, people only",
                ratings.people_only.map(|rating| rating.rate),
            ),
        ];
        let waits = &self.time_to_agent;
        let medians = [
            (
                "median time to agent",
                waits.all.as_ref().and_then(of_survival),
            ),
            (
                "median first reply",
                waits.first_reply.as_ref().and_then(of_survival),
            ),
            ("median resolution", self.scenarios.resolution.map(of_times)),
        ];
        let shares = shares
            .into_iter()
            .filter_map(|(name, rate)| Some(of_rate(name, rate?)));
        let medians = medians
            .into_iter()
            .filter_map(|(name, figure)| Some(seconds(name, figure?)));
        shares.chain(medians).collect()
    }

    /// What later periods are compared with.
    pub fn baseline(&self, name: &str) -> Baseline {
        Baseline {
            name: name.to_owned(),
            conversations: self.handoffs.conversations,
            period: self.period,
            figures: self.figures(),
        }
    }

    /// This period beside an earlier one, by the figures that both have.
    pub fn compared_with(&self, baseline: &Baseline) -> Vec<Change> {
        let now = self.figures().into_iter();
        now.filter_map(|now| {
            let before = baseline.figures.iter().find(|one| one.name == now.name)?;
            Some(change(before.clone(), now))
        })
        .collect()
    }
}

type Seconds = (u64, u64, Option<u64>);

fn of_survival(survival: &Survival) -> Option<Seconds> {
    let low = survival.median_low_seconds.unwrap_or_default();
    Some((survival.median_seconds?, low, survival.median_high_seconds))
}

fn of_times(times: Times) -> Seconds {
    (
        times.median_seconds,
        times.median_low_seconds,
        Some(times.median_high_seconds),
    )
}

fn seconds(name: &str, (value, low, high): Seconds) -> Figure {
    Figure {
        name: name.to_owned(),
        unit: Unit::Seconds,
        value,
        low,
        high,
    }
}

fn of_rate(name: &str, rate: Rate) -> Figure {
    Figure {
        name: name.to_owned(),
        unit: Unit::Permille,
        value: rate.value_permille.into(),
        low: rate.low_permille.into(),
        high: Some(rate.high_permille.into()),
    }
}

/// Shares differ if the interval of their difference leaves out 0, medians if their intervals do
/// not touch, which asks for more than 95 %.
fn change(before: Figure, now: Figure) -> Change {
    let difference = rate(&now)
        .zip(rate(&before))
        .map(|(now, before)| Difference::between(now, before));
    let above = |one: &Figure, other: &Figure| other.high.is_some_and(|high| one.low > high);
    let apart = difference.map_or_else(
        || above(&now, &before) || above(&before, &now),
        Difference::stands_out,
    );
    let verdict = match (apart, now.value > before.value) {
        (false, _) => Verdict::NoClearChange,
        (true, true) => Verdict::Higher,
        (true, false) => Verdict::Lower,
    };
    Change {
        before,
        now,
        difference,
        verdict,
    }
}

fn rate(figure: &Figure) -> Option<Rate> {
    let permille = |value: u64| u16::try_from(value).unwrap_or(1000);
    (figure.unit == Unit::Permille).then(|| Rate {
        value_permille: permille(figure.value),
        low_permille: permille(figure.low),
        high_permille: permille(figure.high.unwrap_or(1000)),
    })
}
