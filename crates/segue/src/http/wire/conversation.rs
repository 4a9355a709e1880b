//! A conversation as it travels.

use std::collections::BTreeMap;

use segue_core::{
    desk::Desk,
    id::{AgentId, ConversationId, HandoffId},
    queue::{Handoff, Phase, wait},
};
use segue_store::{ConversationRow, CustomerRow};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{Person, Wait, moment, word};
use crate::{
    desk_loop::Door,
    http::{error::Problem, eyes::Eyes},
};

/// A conversation between one customer and whoever holds it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Conversation {
    /// Which, like `cnv_12`.
    pub id: String,
    /// `assistant`, `waiting`, `offered`, `agent` or `resolved`.
    pub state: String,
    /// Who may speak.
    pub control: Control,
    /// Whose it is.
    pub customer: Customer,
    /// Where the customer writes.
    pub channel: String,
    /// What they say it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When it began.
    pub opened_at: String,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<String>,
    /// The latest handoff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handoff: Option<HandoffBrief>,
    /// What the customer can choose now.
    pub choices: Vec<String>,
    /// The latest rating, 1 to 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub csat: Option<u8>,
    /// The agent who has it, or had it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<Person>,
    /// The journal position that this answer reflects.
    pub position: u64,
}

/// Who may speak in a conversation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Control {
    /// `assistant`, `nobody` or `agent`.
    pub holder: String,
    /// Which agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<String>,
    /// Grows at each change of hands.
    pub epoch: u32,
}

/// A customer.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Customer {
    /// The pseudonym.
    pub id: String,
    /// The team's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// As they want to be called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The team's own class of customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// A BCP 47 tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Whatever else the team's system told.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Object)]
    pub attributes: BTreeMap<String, Json>,
}

impl From<&CustomerRow> for Customer {
    fn from(row: &CustomerRow) -> Self {
        let tier = row.attributes.get("tier").and_then(Json::as_str);
        Self {
            id: row.id.to_string(),
            external_id: row.external_id.clone(),
            name: row.name.clone(),
            email: row.email.clone(),
            tier: tier.map(str::to_owned),
            locale: row.locale.clone(),
            attributes: row.attributes.clone(),
        }
    }
}

/// The latest handoff of a conversation, in brief.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HandoffBrief {
    /// Which, like `hnd_15`.
    pub id: String,
    /// Where it stands.
    pub state: String,
    /// The place in the queue, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// How long it still takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<Wait>,
    /// Who comes, as customers read it.
    pub team: String,
    /// The trigger that opened it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    /// What the customer was promised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promise: Option<PromiseBrief>,
}

/// A promise that stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PromiseBrief {
    /// It must be kept or renewed by then.
    pub until_at: String,
}

impl HandoffBrief {
    /// Of a handoff on the desk.
    pub fn of(desk: &Desk, handoff: &Handoff) -> Self {
        let waits = matches!(handoff.phase, Phase::Queued | Phase::Offered { .. });
        let told = wait::estimate(desk, handoff).filter(|_| waits);
        Self {
            id: handoff.id.to_string(),
            state: phase_word(handoff.phase).into(),
            position: waits.then(|| wait::ahead(desk, handoff) + 1),
            wait: told.map(|(wait, _)| wait.into()),
            team: team(desk, handoff),
            trigger: handoff.trigger.as_ref().map(ToString::to_string),
            promise: handoff.promise.map(|promise| PromiseBrief {
                until_at: moment(promise.until),
            }),
        }
    }
}

/// The state of a handoff that is not over.
pub fn phase_word(phase: Phase) -> &'static str {
    match phase {
        Phase::Opened | Phase::Queued => "queued",
        Phase::Offered { .. } => "offered",
        Phase::Assigned { .. } => "assigned",
        Phase::Callback { .. } => "callback",
    }
}

/// The team of a handoff's route, as customers read it.
pub fn team(desk: &Desk, handoff: &Handoff) -> String {
    desk.route(handoff)
        .map_or_else(String::new, |route| route.team.clone())
}

/// An agent as they are named to others.
pub fn person(desk: &Desk, id: AgentId, handoff: Option<&Handoff>) -> Person {
    Person {
        id: id.to_string(),
        name: desk
            .agent(id)
            .map_or_else(|| "someone of the team".into(), |a| a.profile.name.clone()),
        team: handoff.and_then(|handoff| desk.team_of(id, handoff).map(str::to_owned)),
    }
}

impl Eyes {
    /// A conversation, open or resolved.
    pub async fn conversation(&self, id: ConversationId) -> Result<Option<Conversation>, Problem> {
        let position = self.door.desk().await.position();
        let Some(row) = self.store.conversation(id).await? else {
            return Ok(None);
        };
        let customer = self.customer(&row).await?;
        let ended = self.ended_handoff(&row).await?;
        let desk = self.door.desk().await;
        Ok(Some(conversation(&desk, &row, customer, ended, position)))
    }

    /// The customer of a conversation.
    pub async fn customer(&self, row: &ConversationRow) -> Result<Customer, Problem> {
        let customer = self.store.customer(row.customer).await?;
        Ok(customer.as_ref().map_or_else(
            || Customer {
                id: row.customer.to_string(),
                tier: row.tier.clone(),
                locale: row.locale.clone(),
                ..Customer::default()
            },
            Customer::from,
        ))
    }

    /// The latest handoff of a conversation, if the desk no longer has it.
    async fn ended_handoff(&self, row: &ConversationRow) -> Result<Option<HandoffBrief>, Problem> {
        let Some(id) = row.handoff else {
            return Ok(None);
        };
        if is_on_desk(&self.door, id).await {
            return Ok(None);
        }
        let Some(record) = self.store.handoff(id).await? else {
            return Ok(None);
        };
        let desk = self.door.desk().await;
        let route = desk.policy().routes.get(&record.row.route);
        Ok(Some(HandoffBrief {
            id: id.to_string(),
            state: record.row.state,
            position: None,
            wait: None,
            team: route.map_or_else(String::new, |route| route.team.clone()),
            trigger: record.row.trigger.map(|name| name.to_string()),
            promise: None,
        }))
    }
}

async fn is_on_desk(door: &Door, id: HandoffId) -> bool {
    door.desk().await.handoff(id).is_some()
}

fn conversation(
    desk: &Desk,
    row: &ConversationRow,
    customer: Customer,
    ended: Option<HandoffBrief>,
    position: u64,
) -> Conversation {
    let open = desk.conversation(row.id);
    let handoff = row.handoff.and_then(|id| desk.handoff(id));
    let holds = (row.holder == "agent").then_some(row.agent).flatten();
    Conversation {
        id: row.id.to_string(),
        state: row.state.clone(),
        control: Control {
            holder: row.holder.clone(),
            agent_id: holds.map(|agent| agent.to_string()),
            epoch: row.epoch,
        },
        customer,
        channel: row.channel.clone(),
        subject: row.subject.clone(),
        opened_at: moment(row.opened_at),
        resolved_at: row.resolved_at.map(moment),
        handoff: handoff
            .map(|handoff| HandoffBrief::of(desk, handoff))
            .or(ended),
        choices: open.map_or_else(Vec::new, |open| {
            desk.choices(open).into_iter().map(word).collect()
        }),
        csat: row.csat,
        agent: row.agent.map(|agent| person(desk, agent, handoff)),
        position,
    }
}

impl Conversation {
    /// As its customer may see it: without what the team's system told.
    #[must_use]
    pub fn for_customer(mut self) -> Self {
        self.customer.attributes.clear();
        self.customer.tier = None;
        if let Some(handoff) = &mut self.handoff {
            handoff.trigger = None;
        }
        self
    }
}
