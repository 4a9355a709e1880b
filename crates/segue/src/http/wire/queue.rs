//! The board: who waits, who is free, what is at risk.

use std::collections::BTreeMap;

use segue_core::{
    desk::Desk,
    id::{ConversationId, CustomerId},
    journal::Severity,
    queue::{Handoff as CoreHandoff, Phase, wait},
    routing,
    time::Timestamp,
};
use segue_store::{Body, CustomerRow};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Wait,
    agent::{AgentLive, skills},
    conversation::{phase_word, team},
    handoff::{Offer, Points, offer, who},
    moment, word,
};
use crate::http::{error::Problem, eyes::Eyes};

/// Entries that are shown; the rest is counted.
const SHOWN: usize = 200;
/// A promise that lapses so soon is at risk.
const RISK_MILLIS: i64 = 30_000;

/// The whole board.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Queue {
    /// The journal position that this answer reflects.
    pub position: u64,
    /// In the order of their points.
    pub entries: Vec<Entry>,
    /// The team.
    pub agents: Vec<AgentLive>,
    /// What needs a lead's eye.
    pub at_risk: Vec<AtRisk>,
    /// How many conversations are where.
    pub totals: Totals,
    /// Where a conversation may be passed on to.
    pub routes: Vec<RouteChoice>,
}

/// A route of the policy, as somebody who passes a conversation on chooses it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RouteChoice {
    /// Its name in the policy.
    pub name: String,
    /// The team that serves it, as customers read it.
    pub team: String,
}

/// One entry of the queue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Entry {
    /// Which handoff.
    pub handoff_id: String,
    /// Of which conversation.
    pub conversation_id: String,
    /// Whose.
    pub customer: EntryCustomer,
    /// What about, in the customer's words.
    pub issue: String,
    /// Where to.
    pub route: String,
    /// The route's team.
    pub team: String,
    /// What the agent must be able to do.
    pub skills: BTreeMap<String, u8>,
    /// How grave.
    pub severity: String,
    /// The trigger that opened it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    /// Its age counts from here.
    pub waiting_since: String,
    /// What it is worth now.
    pub points: Points,
    /// Its place, from 1.
    pub place: u32,
    /// How long it still takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<Wait>,
    /// `queued`, `offered` or `callback`.
    pub state: String,
    /// To whom it is offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
    /// How far its chain has widened.
    pub step: EntryStep,
    /// How many agents could take it now.
    pub candidates: usize,
    /// Why nobody can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unmatched: Option<String>,
}

/// Whose an entry is.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct EntryCustomer {
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
}

/// How far an entry's chain has widened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntryStep {
    /// From 0.
    pub index: u8,
    /// The circle.
    pub who: String,
}

/// Something that needs a lead's eye.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AtRisk {
    /// `promise`, `urgent` or `no_candidate`.
    pub kind: String,
    /// Which handoff.
    pub handoff_id: String,
    /// In words.
    pub text: String,
    /// When it is too late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_at: Option<String>,
}

/// How many conversations are where.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct Totals {
    /// In the queue.
    pub waiting: usize,
    /// Offered to an agent.
    pub offered: usize,
    /// With an agent.
    pub with_agent: usize,
    /// With the assistant.
    pub with_assistant: usize,
}

/// What the board needs besides the desk.
#[derive(Default)]
struct Known {
    texts: BTreeMap<u64, Body>,
    customers: BTreeMap<CustomerId, CustomerRow>,
}

impl Eyes {
    /// The board as it is now.
    pub async fn queue(&self, now: Timestamp) -> Result<Queue, Problem> {
        let known = self.known_of_queue(now).await?;
        let desk = self.door.desk().await;
        let waiting = waiting(&desk, now);
        let mut ranks: BTreeMap<&str, u32> = BTreeMap::new();
        let entries: Vec<Entry> = waiting
            .iter()
            .take(SHOWN)
            .map(|handoff| {
                let place = ranks.entry("all").or_insert(0);
                *place += 1;
                entry(&desk, handoff, *place, now, &known)
            })
            .collect();
        let agents = desk.agents().filter(|agent| !agent.profile.retired);
        Ok(Queue {
            position: desk.position(),
            entries,
            agents: agents.map(|agent| AgentLive::of(&desk, agent)).collect(),
            at_risk: waiting
                .iter()
                .filter_map(|handoff| at_risk(&desk, handoff, now))
                .collect(),
            totals: totals(&desk),
            routes: routes(&desk),
        })
    }

    async fn known_of_queue(&self, now: Timestamp) -> Result<Known, Problem> {
        let (positions, customers) = {
            let desk = self.door.desk().await;
            let waiting = waiting(&desk, now);
            let shown = waiting.iter().take(SHOWN);
            let talks = shown.filter_map(|handoff| desk.conversation(handoff.conversation));
            let talks: Vec<_> = talks.collect();
            let positions: Vec<u64> = talks
                .iter()
                .filter_map(|talk| issue_of(&desk, talk.id).map(|(message, _)| message))
                .collect();
            let customers: Vec<CustomerId> = talks.iter().map(|talk| talk.customer.id).collect();
            (positions, customers)
        };
        let mut known = Known::default();
        for body in self.store.bodies(&positions).await? {
            known.texts.insert(body.position, body);
        }
        for id in customers {
            if let Some(row) = self.store.customer(id).await? {
                known.customers.insert(id, row);
            }
        }
        Ok(known)
    }
}

/// The most telling sentence of a conversation: its message and its place in it.
fn issue_of(desk: &Desk, id: ConversationId) -> Option<(u64, segue_core::signals::Span)> {
    let issues = &desk.conversation(id)?.memory.issues;
    let best = issues
        .iter()
        .max_by_key(|issue| (issue.weight, issue.message))?;
    Some((best.message.0, best.span))
}

fn routes(desk: &Desk) -> Vec<RouteChoice> {
    let routes = desk.policy().routes.iter();
    routes
        .map(|(name, route)| RouteChoice {
            name: name.to_string(),
            team: route.team.clone(),
        })
        .collect()
}

/// What is in the queue, offered or to be called back, the most urgent first.
fn waiting(desk: &Desk, now: Timestamp) -> Vec<&CoreHandoff> {
    let waits =
        |handoff: &&CoreHandoff| !matches!(handoff.phase, Phase::Assigned { .. } | Phase::Opened);
    let mut all: Vec<&CoreHandoff> = desk.handoffs().filter(waits).collect();
    all.sort_by_key(|handoff| {
        let later = matches!(handoff.phase, Phase::Callback { .. });
        (later, std::cmp::Reverse(handoff.points_at(now)), handoff.id)
    });
    all
}

fn entry(desk: &Desk, handoff: &CoreHandoff, place: u32, now: Timestamp, known: &Known) -> Entry {
    let issue = issue_of(desk, handoff.conversation).and_then(|(message, span)| {
        let body = known.texts.get(&message)?;
        Some(span.of(&body.text).trim().to_owned())
    });
    Entry {
        handoff_id: handoff.id.to_string(),
        conversation_id: handoff.conversation.to_string(),
        customer: customer(desk, handoff, known),
        issue: issue.unwrap_or_default(),
        route: handoff.route.to_string(),
        team: team(desk, handoff),
        skills: skills(&handoff.skills),
        severity: word(handoff.severity),
        trigger: handoff.trigger.as_ref().map(ToString::to_string),
        waiting_since: moment(handoff.since),
        points: Points::at(handoff.points, handoff.since, now),
        place,
        wait: wait::estimate(desk, handoff).map(|(wait, _)| wait.into()),
        state: phase_word(handoff.phase).into(),
        offer: offer(desk, handoff),
        step: EntryStep {
            index: handoff.step,
            who: word(who(desk, handoff)),
        },
        candidates: routing::candidates(desk, handoff),
        unmatched: unmatched(desk, handoff),
    }
}

fn customer(desk: &Desk, handoff: &CoreHandoff, known: &Known) -> EntryCustomer {
    let Some(talk) = desk.conversation(handoff.conversation) else {
        return EntryCustomer::default();
    };
    let row = known.customers.get(&talk.customer.id);
    EntryCustomer {
        name: row.and_then(|row| row.name.clone()),
        tier: talk.customer.tier.clone(),
    }
}

fn unmatched(desk: &Desk, handoff: &CoreHandoff) -> Option<String> {
    if handoff.phase != Phase::Queued {
        return None;
    }
    routing::unmatched(desk, handoff).map(word)
}

fn at_risk(desk: &Desk, handoff: &CoreHandoff, now: Timestamp) -> Option<AtRisk> {
    let risk = |kind: &str, text: String, until_at| {
        Some(AtRisk {
            kind: kind.into(),
            handoff_id: handoff.id.to_string(),
            text,
            until_at,
        })
    };
    let lapses = handoff.promise.map(|promise| promise.until);
    if let Some(until) = lapses.filter(|until| *until - now <= RISK_MILLIS) {
        let text = "The wait that was told is about to run out".into();
        return risk("promise", text, Some(moment(until)));
    }
    if handoff.phase != Phase::Queued {
        return None;
    }
    if let Some(why) = unmatched(desk, handoff) {
        return risk("no_candidate", unmatched_text(&why).into(), None);
    }
    let urgent = handoff.severity == Severity::Urgent;
    urgent
        .then(|| risk("urgent", "Urgent, and nobody has it yet".into(), None))
        .flatten()
}

/// Why nobody is offered an entry, for people.
pub fn unmatched_text(why: &str) -> &'static str {
    match why {
        "nobody_skilled" => "Nobody of the team has the skill for it",
        "nobody_present" => "Nobody who could take it is there",
        "all_at_capacity" => "Everybody who could take it is full",
        "all_declined" => "Everybody who could take it has declined or let it pass",
        _ => "Nobody can take it just now",
    }
}

fn totals(desk: &Desk) -> Totals {
    let mut totals = Totals {
        with_assistant: desk.conversations().filter(|c| c.with_assistant()).count(),
        ..Totals::default()
    };
    for handoff in desk.handoffs() {
        match handoff.phase {
            Phase::Opened | Phase::Queued => totals.waiting += 1,
            Phase::Offered { .. } => totals.offered += 1,
            Phase::Assigned { .. } => totals.with_agent += 1,
            Phase::Callback { .. } => {}
        }
    }
    totals
}
