//! A handoff as it travels, with its briefing in words.

use std::collections::BTreeMap;

use segue_core::{
    briefing,
    desk::Desk,
    id::HandoffId,
    journal::{BriefingLine as CoreLine, Points as CorePoints},
    policy::Who,
    queue::{Handoff as CoreHandoff, Phase, wait},
    routing,
    time::Timestamp,
};
use segue_store::{Body, HandoffRecord, PromiseRow, SegmentRow};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Person, Wait,
    agent::skills,
    briefing::{BriefingLine, briefing_lines},
    conversation::{Customer, person, phase_word, team},
    moment, word,
};
use crate::http::{error::Problem, eyes::Eyes};

/// One passage from the assistant to a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Handoff {
    /// Which, like `hnd_15`.
    pub id: String,
    /// Of which conversation.
    pub conversation_id: String,
    /// `queued`, `offered`, `assigned`, `callback`, `resolved`, `returned`, `abandoned` or `stayed`.
    pub state: String,
    /// The trigger that opened it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Trigger>,
    /// How strongly it acted.
    pub level: String,
    /// How grave the matter is.
    pub severity: String,
    /// What about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// Where to.
    pub route: String,
    /// The route's team, as customers read it.
    pub team: String,
    /// What the agent must be able to do.
    pub skills: BTreeMap<String, u8>,
    /// When.
    pub opened_at: String,
    /// What it is worth now.
    pub points: Points,
    /// The place in the queue, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// How long it still takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<Wait>,
    /// To whom it is offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
    /// Who has it, or had it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<Person>,
    /// How far its fallback chain has widened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
    /// Why nobody is offered it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unmatched: Option<String>,
    /// What travels.
    pub briefing: Vec<BriefingLine>,
    /// Ready for the agent to send.
    pub first_sentence: String,
    /// Its stays in the queue.
    pub segments: Vec<Segment>,
    /// What the customer was promised.
    pub promises: Vec<Promise>,
    /// Whose it is.
    pub customer: Customer,
}

/// The trigger that opened a handoff.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Trigger {
    /// Its name in the policy.
    pub name: String,
    /// What people call it.
    pub about: String,
}

/// What an entry is worth, in parts.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Points {
    /// From the severity.
    pub severity: i32,
    /// From the customer's tier.
    pub customer: i32,
    /// From the sentiment.
    pub sentiment: i32,
    /// From its wait.
    pub age: i64,
    /// Together.
    pub total: i64,
    /// What each minute adds.
    pub per_minute: i32,
}

impl Points {
    /// At a moment.
    pub fn at(points: CorePoints, since: Timestamp, now: Timestamp) -> Self {
        let base = points.severity + points.customer + points.sentiment;
        let age = i64::from(points.per_minute) * (now - since).max(0) / 60_000;
        Self {
            severity: points.severity,
            customer: points.customer,
            sentiment: points.sentiment,
            age,
            total: i64::from(base) + age,
            per_minute: points.per_minute,
        }
    }
}

/// An offer that stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Offer {
    /// Which, like `ofr_16`.
    pub id: String,
    /// To whom.
    pub agent_id: String,
    /// Their name.
    pub agent_name: String,
    /// It lapses here.
    pub until_at: String,
}

/// How far a fallback chain has widened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Step {
    /// From 0.
    pub index: u8,
    /// `primary`, `secondary`, `general` or `on_call`.
    pub who: String,
    /// Since when.
    pub since_at: String,
}

/// One stay in the queue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Segment {
    /// In which route's queue.
    pub route: String,
    /// Only for this agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_agent_id: Option<String>,
    /// When it entered.
    pub entered_at: String,
    /// When it left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_at: Option<String>,
    /// How it left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// Seconds in it, as far as it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_seconds: Option<u32>,
}

/// One promise.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Promise {
    /// Which, like `prm_17`.
    pub id: String,
    /// When it was made.
    pub told_at: String,
    /// It must be kept or renewed by then.
    pub until_at: String,
    /// Hardly sooner.
    pub low_seconds: u32,
    /// Hardly later.
    pub high_seconds: u32,
    /// `open`, `kept`, `renewed`, `broken`, `released` or `withdrawn`.
    pub state: String,
}

impl Handoff {
    /// As its customer may see it: who comes and when, nothing of the team's own reckoning.
    #[must_use]
    pub fn for_customer(mut self) -> Self {
        self.trigger = None;
        self.intent = None;
        self.briefing.clear();
        self.first_sentence.clear();
        self.offer = None;
        self.skills.clear();
        self.customer.attributes.clear();
        self.customer.tier = None;
        self
    }
}

impl Eyes {
    /// A handoff, under way or over.
    pub async fn handoff(&self, id: HandoffId) -> Result<Option<Handoff>, Problem> {
        let Some(record) = self.store.handoff(id).await? else {
            return Ok(None);
        };
        let bodies = self.store.bodies(&rests_on(&record)).await?;
        let row = self.store.conversation(record.row.conversation).await?;
        let customer = match row {
            Some(row) => self.customer(&row).await?,
            None => Customer::default(),
        };
        let desk = self.door.desk().await;
        Ok(Some(handoff(&desk, &record, &bodies, customer)))
    }
}

/// The positions of the messages that a briefing rests on.
fn rests_on(record: &HandoffRecord) -> Vec<u64> {
    let messages = record.briefing.lines.iter().filter_map(|line| match line {
        CoreLine::Issue { message, .. }
        | CoreLine::Attempted { message, .. }
        | CoreLine::Source { message, .. }
        | CoreLine::Fact { message, .. }
        | CoreLine::Sentiment { message, .. } => Some(message.0),
        CoreLine::Account { .. } | CoreLine::Previous { .. } => None,
    });
    let mut positions: Vec<u64> = messages.collect();
    positions.sort_unstable();
    positions.dedup();
    positions
}

fn handoff(desk: &Desk, record: &HandoffRecord, bodies: &[Body], customer: Customer) -> Handoff {
    let row = &record.row;
    let live = desk.handoff(row.id);
    let lines = briefing_lines(&record.briefing.lines, bodies);
    let waits = live.filter(|h| matches!(h.phase, Phase::Queued | Phase::Offered { .. }));
    let agent = live.map_or(row.agent, |handoff| {
        handoff.assigned_to().or(handoff.offered_to())
    });
    let route = desk.policy().routes.get(&row.route);
    let team = live.map_or_else(
        || route.map_or_else(String::new, |route| route.team.clone()),
        |live| team(desk, live),
    );
    let speaker = agent.map(|agent| person(desk, agent, live));
    Handoff {
        id: row.id.to_string(),
        conversation_id: row.conversation.to_string(),
        state: live.map_or_else(|| row.state.clone(), |live| phase_word(live.phase).into()),
        trigger: row.trigger.as_ref().map(|name| trigger(desk, name)),
        level: word(row.level),
        severity: word(row.severity),
        intent: row.intent.as_ref().map(ToString::to_string),
        route: row.route.to_string(),
        first_sentence: first_sentence(speaker.as_ref(), &team, &customer, &lines),
        team,
        skills: skills(&row.skills),
        opened_at: moment(row.opened_at),
        points: points(live, record, desk.now()),
        position: waits.map(|handoff| wait::ahead(desk, handoff) + 1),
        wait: waits
            .and_then(|handoff| wait::estimate(desk, handoff))
            .map(|(wait, _)| wait.into()),
        offer: live.and_then(|handoff| offer(desk, handoff)),
        agent: speaker,
        step: step(desk, live, record),
        unmatched: waits
            .and_then(|handoff| routing::unmatched(desk, handoff))
            .map(word),
        briefing: lines,
        segments: record.segments.iter().map(segment).collect(),
        promises: record.promises.iter().map(promise).collect(),
        customer,
    }
}

/// A trigger with what people call it.
pub fn trigger(desk: &Desk, name: &segue_core::id::TriggerName) -> Trigger {
    let known = desk.policy().triggers.iter().find(|t| t.name == *name);
    Trigger {
        name: name.to_string(),
        about: known.map_or_else(|| name.to_string(), |trigger| trigger.about.clone()),
    }
}

fn points(live: Option<&CoreHandoff>, record: &HandoffRecord, now: Timestamp) -> Points {
    if let Some(live) = live {
        let until = live.assigned_at.unwrap_or(now);
        return Points::at(live.points, live.since, until);
    }
    let last = record.segments.last();
    last.map_or_else(
        || Points::at(CorePoints::default(), now, now),
        |last| Points::at(last.points, last.waiting_since, last.left_at.unwrap_or(now)),
    )
}

/// The offer of a handoff, if one stands.
pub fn offer(desk: &Desk, handoff: &CoreHandoff) -> Option<Offer> {
    let Phase::Offered {
        offer,
        agent,
        until,
    } = handoff.phase
    else {
        return None;
    };
    Some(Offer {
        id: offer.to_string(),
        agent_id: agent.to_string(),
        agent_name: person(desk, agent, None).name,
        until_at: moment(until),
    })
}

fn step(desk: &Desk, live: Option<&CoreHandoff>, record: &HandoffRecord) -> Option<Step> {
    if let Some(live) = live {
        return Some(Step {
            index: live.step,
            who: word(who(desk, live)),
            since_at: moment(live.step_since),
        });
    }
    let row = &record.row;
    Some(Step {
        index: row.step,
        who: word(row.step_who?),
        since_at: moment(row.step_since?),
    })
}

/// The circle that the chain of a handoff has reached.
pub fn who(desk: &Desk, handoff: &CoreHandoff) -> Who {
    desk.circle(handoff)
}

fn segment(row: &SegmentRow) -> Segment {
    Segment {
        route: row.route.to_string(),
        only_agent_id: row.only.map(|agent| agent.to_string()),
        entered_at: moment(row.entered_at),
        left_at: row.left_at.map(moment),
        how: row.how.clone(),
        wait_seconds: row.left_at.map(|left| left.seconds_since(row.entered_at)),
    }
}

fn promise(row: &PromiseRow) -> Promise {
    Promise {
        id: row.id.to_string(),
        told_at: moment(row.told_at),
        until_at: moment(row.until_at),
        low_seconds: row.wait.low_seconds,
        high_seconds: row.wait.high_seconds,
        state: row.how.clone().unwrap_or_else(|| "open".into()),
    }
}

fn first_sentence(
    speaker: Option<&Person>,
    team: &str,
    customer: &Customer,
    lines: &[BriefingLine],
) -> String {
    let own = speaker.and_then(|speaker| speaker.team.as_deref());
    let team = own.unwrap_or(team);
    let issue = lines.iter().find(|line| line.section == "issue");
    briefing::first_sentence(&briefing::Opening {
        agent: speaker.map(|speaker| speaker.name.as_str()),
        team: Some(team).filter(|team| !team.is_empty()),
        customer: customer.name.as_deref(),
        issue: issue.map(|line| line.text.as_str()),
        reference: lines
            .iter()
            .find(|line| line.kind.as_deref() == Some("reference"))
            .map(|line| line.text.as_str()),
    })
}
