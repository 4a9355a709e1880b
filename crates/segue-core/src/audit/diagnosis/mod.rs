//! The diagnosis of past conversations: one file for each question, each a fold that keeps counts
//! and never conversations, so that memory does not grow with the history.

mod clusters;
mod coverage;
mod figures;
mod gaps;
mod handoffs;
mod past;
mod questions;
mod ratings;
mod ratio;
mod routes;
mod sample;
mod scenarios;
mod spread;
mod survival;
#[cfg(test)]
mod tests;
mod topics;
mod waits;

pub use clusters::{Cell, Cluster};
pub use coverage::Known;
pub use figures::{Baseline, Change, Figure, Unit, Verdict};
pub use gaps::{AskedAgain, Gap, Gaps};
pub use handoffs::{Event, Handoffs};
pub use past::{LocalHour, Past};
pub use questions::{Quote, Wanted};
pub use ratings::{Difference, Rating, Ratings};
pub use ratio::Lift;
pub use routes::{Detour, FirstGroup, Routes};
pub use scenarios::{Scenario, Scenarios, Single};
pub use spread::Times;
pub use survival::Survival;
pub use waits::TimeToAgent;

use serde::Serialize;

use super::Speaker;
use crate::signals::Reader;

use past::Seen;

/// What past conversations tell, question by question.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnosis {
    /// The opening of the first and of the last conversation, in milliseconds since 1970.
    pub period: Option<(i64, i64)>,
    /// Messages in all conversations.
    pub messages: u64,
    /// How often does a conversation leave the assistant?
    pub handoffs: Handoffs,
    /// Where does it happen more often than elsewhere?
    pub clusters: Vec<Cluster>,
    /// What do agents ask for that was said before?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gaps_agent: Option<Gaps>,
    /// What does the assistant ask for that was said before?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gaps_assistant: Option<Gaps>,
    /// Which matters take longest and go through the most hands?
    pub scenarios: Scenarios,
    /// How long until an agent is there?
    pub time_to_agent: TimeToAgent,
    /// Are customers satisfied?
    pub ratings: Ratings,
    /// Is the first group the right one?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routes: Option<Routes>,
    /// What does the source tell?
    pub coverage: Vec<Known>,
}

/// Counts past conversations. The order in which they come changes nothing, as long as no aspect
/// has more values than are told apart.
#[derive(Clone, Debug)]
pub struct Audit {
    reader: Reader,
    period: Option<(i64, i64)>,
    messages: u64,
    handoffs: Handoffs,
    clusters: clusters::Clusters,
    topics: topics::Topics,
    gaps_agent: gaps::GapCount,
    gaps_assistant: gaps::GapCount,
    scenarios: scenarios::ScenarioCount,
    waits: waits::WaitCount,
    ratings: ratings::RatingCount,
    routes: routes::RouteCount,
    coverage: coverage::Coverage,
}

impl Default for Audit {
    fn default() -> Self {
        Self {
            reader: Reader::new(&[]),
            period: None,
            messages: 0,
            handoffs: Handoffs::default(),
            clusters: clusters::Clusters::default(),
            topics: topics::Topics::new(),
            gaps_agent: gaps::GapCount::of(Speaker::Agent),
            gaps_assistant: gaps::GapCount::of(Speaker::Assistant),
            scenarios: scenarios::ScenarioCount::default(),
            waits: waits::WaitCount::default(),
            ratings: ratings::RatingCount::default(),
            routes: routes::RouteCount::default(),
            coverage: coverage::Coverage::default(),
        }
    }
}

impl Audit {
    /// Counts one conversation for every question.
    pub fn add(&mut self, past: &Past) {
        self.note_period(past);
        self.messages += u64::try_from(past.turns.len()).unwrap_or_default();
        let seen = Seen::new(past, &self.reader);
        self.handoffs.add(past);
        self.clusters.add(&seen);
        self.topics.add(past);
        self.gaps_agent.add(&seen);
        self.gaps_assistant.add(&seen);
        self.scenarios.add(past);
        self.waits.add(past);
        self.ratings.add(past);
        self.routes.add(past);
        self.coverage.add(past);
    }

    fn note_period(&mut self, past: &Past) {
        if let Some(at) = past.opened_at {
            let (first, last) = self.period.unwrap_or((at.0, at.0));
            self.period = Some((first.min(at.0), last.max(at.0)));
        }
    }

    /// Computes shares, quantiles and intervals, after the last conversation.
    pub fn finish(self) -> Diagnosis {
        let mut clusters = self.clusters.finish();
        clusters.extend(self.topics.finish());
        clusters.sort_by(|one, other| one.event.cmp(&other.event));
        Diagnosis {
            period: self.period,
            messages: self.messages,
            handoffs: self.handoffs.finish(),
            clusters,
            gaps_agent: self.gaps_agent.finish(),
            gaps_assistant: self.gaps_assistant.finish(),
            scenarios: self.scenarios.finish(),
            time_to_agent: self.waits.finish(),
            ratings: self.ratings.finish(),
            routes: self.routes.finish(),
            coverage: self.coverage.finish(),
        }
    }
}
