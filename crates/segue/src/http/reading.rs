//! What is only looked at: the board, an agent's own desk, first numbers.

use std::sync::Arc;

use axum::{Json, extract::State};
use segue_core::{
    id::{AgentId, ConversationId, HandoffId},
    metrics::Tally,
    queue::Phase,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App,
    auth::Caller,
    error::Problem,
    posted::Asked,
    wire::{
        agent::Agent, conversation::Conversation, handoff::Handoff, message::Message, moment,
        queue::Queue, read_moment,
    },
};
use crate::{
    clock,
    counting::{self, SPAN_LINES, Uncounted},
};

/// Its routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(queue))
        .routes(routes!(desk))
        .routes(routes!(metrics))
}

/// The board.
#[utoipa::path(get, path = "/queue", tag = "queue", responses((status = 200, body = Queue)))]
async fn queue(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Queue>, Problem> {
    caller.need_team()?;
    Ok(Json(app.eyes.queue(clock::now()).await?))
}

/// Everything that an agent's console needs at its start.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnDesk {
    /// The journal position that this answer reflects.
    position: u64,
    /// Whose desk it is.
    agent: Agent,
    /// What is offered.
    offers: Vec<OwnOffer>,
    /// What they have.
    conversations: Vec<OwnConversation>,
}

/// An offer with its briefing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnOffer {
    /// What is offered.
    pub handoff: Handoff,
    /// It lapses here.
    pub until_at: String,
}

/// A conversation that an agent has.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnConversation {
    conversation: Conversation,
    handoff: Option<Handoff>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_message: Option<Message>,
}

/// The caller's own desk.
#[utoipa::path(get, path = "/desk", tag = "agents", responses((status = 200, body = OwnDesk)))]
async fn desk(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<OwnDesk>, Problem> {
    let id = caller.need_agent()?;
    let (position, agent, offers, handoffs) = app.work_of(id).await?;
    let mut own = OwnDesk {
        position,
        agent,
        offers: Vec::new(),
        conversations: Vec::new(),
    };
    for (handoff, until) in offers {
        let handoff = app.handoff(handoff).await?;
        let until_at = moment(until);
        own.offers.push(OwnOffer { handoff, until_at });
    }
    for (handoff, conversation) in handoffs {
        own.conversations.push(OwnConversation {
            conversation: app.conversation_for(&caller, conversation).await?,
            handoff: app.eyes.handoff(handoff).await?,
            last_message: app.last_message(conversation).await?,
        });
    }
    Ok(Json(own))
}

type Work = (
    u64,
    Agent,
    Vec<(HandoffId, Timestamp)>,
    Vec<(HandoffId, ConversationId)>,
);

impl App {
    async fn work_of(&self, id: AgentId) -> Result<Work, Problem> {
        let desk = self.door().desk().await;
        let agent = desk
            .agent(id)
            .ok_or(segue_core::journal::Refusal::NoAgent(id))?;
        let offers = agent.offers.iter().filter_map(|id| desk.handoff(*id));
        let offers = offers.filter_map(|handoff| match handoff.phase {
            Phase::Offered { until, .. } => Some((handoff.id, until)),
            _ => None,
        });
        let held = agent.handoffs.iter().filter_map(|id| desk.handoff(*id));
        let held = held.map(|handoff| (handoff.id, handoff.conversation));
        Ok((
            desk.position(),
            Agent::of(agent),
            offers.collect(),
            held.collect(),
        ))
    }

    async fn last_message(&self, id: ConversationId) -> Result<Option<Message>, Problem> {
        let lines = self.store().lines_of_conversation(id).await?;
        let desk = self.door().desk().await;
        let is_message = |line: &&segue_core::journal::Line| {
            Message::of_line(&desk, line, None, false).is_some()
        };
        let Some(last) = lines.iter().rev().find(is_message) else {
            return Ok(None);
        };
        let id = segue_core::id::MessageId(last.position);
        drop(desk);
        let row = self.store().message(id).await?;
        let desk = self.door().desk().await;
        Ok(row.map(|row| Message::of_row(&desk, &row)))
    }
}

/// Which time is asked for.
#[derive(Debug, Deserialize, IntoParams)]
struct Span {
    /// From here on, as RFC 3339 writes it; from the beginning if left out.
    since: Option<String>,
    /// Before this, as RFC 3339 writes it; until now if left out.
    until: Option<String>,
}

/// First numbers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Numbers {
    /// From here on.
    since: Option<String>,
    /// Before this.
    until: Option<String>,
    /// Share of conversations that left the assistant, 0 to 1.
    handoff_rate: Option<f64>,
    /// Mean seconds from a handoff to an agent.
    to_agent_mean_seconds: Option<u64>,
    /// Mean seconds from an agent's coming to their first words.
    to_first_reply_mean_seconds: Option<u64>,
    /// Mean seconds that an agent had a conversation.
    handling_mean_seconds: Option<u64>,
    /// Share of good ratings where a person was needed, 0 to 1.
    csat_with_agent: Option<f64>,
    /// Share of good ratings where the assistant did it alone, 0 to 1.
    csat_assistant_only: Option<f64>,
    /// What was counted.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    tally: serde_json::Value,
}

/// First numbers of a time.
#[utoipa::path(get, path = "/metrics", tag = "metrics", params(Span),
    responses((status = 200, body = Numbers)))]
async fn metrics(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(span): Asked<Span>,
) -> Result<Json<Numbers>, Problem> {
    caller.need_lead()?;
    let since = bound("since", span.since.as_deref())?;
    let until = bound("until", span.until.as_deref())?;
    if since.is_none() && until.is_none() {
        let count = app.counted.all(app.store()).await?;
        return Ok(Json(numbers(&count.tally, span)));
    }
    match counting::within(app.store(), since, until, SPAN_LINES).await {
        Ok(tally) => Ok(Json(numbers(&tally, span))),
        Err(Uncounted::Store(error)) => Err(error.into()),
        Err(Uncounted::TooLong) => {
            let detail = format!("this time has more than {SPAN_LINES} lines");
            Err(Problem::invalid("since", detail)
                .hint("ask for a shorter time, or for all of it without `since` and `until`"))
        }
    }
}

fn numbers(tally: &Tally, span: Span) -> Numbers {
    #[expect(clippy::cast_precision_loss, reason = "a share of at most 1000")]
    let share = |permille: Option<u64>| permille.map(|permille| permille as f64 / 1000.0);
    Numbers {
        since: span.since,
        until: span.until,
        handoff_rate: share(tally.handoff_rate_permille()),
        to_agent_mean_seconds: tally.to_agent.mean_seconds(),
        to_first_reply_mean_seconds: tally.to_first_reply.mean_seconds(),
        handling_mean_seconds: tally.handling.mean_seconds(),
        csat_with_agent: share(tally.csat_with_agent.permille()),
        csat_assistant_only: share(tally.csat_assistant_only.permille()),
        tally: serde_json::to_value(tally).unwrap_or_default(),
    }
}

fn bound(field: &str, text: Option<&str>) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let at = read_moment(text).ok_or_else(|| {
        Problem::invalid(field, format!("`{text}` is not a moment"))
            .hint("write it like 2026-01-31T09:30:00Z")
    })?;
    Ok(Some(at))
}
