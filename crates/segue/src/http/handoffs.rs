//! Handoffs: looked at, explained, and the agent's moves.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode, response::Response};
use segue_core::{
    desk::Desk,
    id::{AgentId, ConversationId, HandoffId, RouteName, SkillName},
    journal::{Author, Decision, Entry, FlagKind, Observation, Refusal, Ruling, Target},
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App,
    auth::{Caller, Who},
    conversations::Nothing,
    error::Problem,
    posted::{Id, Posted, answered, need_short, need_text},
    wire::{
        Items,
        evidence::Story,
        explain::{Explained, explain},
        handoff::Handoff,
    },
};
use crate::desk_loop::{Done, Key, Told, Words};

/// Its routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(request))
        .routes(routes!(one))
        .routes(routes!(explanation))
        .routes(routes!(claim))
        .routes(routes!(accept))
        .routes(routes!(decline))
        .routes(routes!(transfer))
        .routes(routes!(give_back))
        .routes(routes!(resolve))
        .routes(routes!(flag))
}

/// A handoff that is asked for outright.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHandoff {
    /// `customer`, `assistant` or `agent`.
    by: String,
    /// Why, in words for the agent.
    reason: String,
    /// Skills that are needed beyond those of the route.
    #[serde(default)]
    skills: Vec<String>,
    /// What happened so far, in words for the agent.
    #[serde(default)]
    summary: Option<String>,
    /// What was tried.
    #[serde(default)]
    attempted: Vec<String>,
}

/// Asks for a person.
#[utoipa::path(post, path = "/conversations/{id}/handoff", tag = "handoffs",
    params(("id" = String, Path)), request_body = NewHandoff,
    responses((status = 201, body = Handoff), (status = 409, body = Problem)))]
async fn request(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id<ConversationId>,
    posted: Posted<NewHandoff>,
) -> Result<Response, Problem> {
    app.seen_by(&caller, id).await?;
    let said = &posted.said;
    let by = asker(&caller, &said.by)?;
    need_text("reason", &said.reason)?;
    check_own(&caller, said)?;
    let summary = said.summary.clone().unwrap_or_default();
    need_short("summary", &summary, super::posted::TEXT_BYTES)?;
    if said.attempted.len() > 20 || said.skills.len() > 20 {
        return Err(Problem::invalid(
            "attempted",
            "at most 20 are kept, of skills, too",
        ));
    }
    let seen = Observation::HandoffRequested {
        conversation: id,
        by,
        skills: said
            .skills
            .iter()
            .map(|s| SkillName::from(s.as_str()))
            .collect(),
        attempted: u8::try_from(said.attempted.len()).unwrap_or(u8::MAX),
    };
    let extra = serde_json::json!({ "summary": summary, "attempted": said.attempted });
    let told = Told {
        seen,
        words: Some(Words {
            text: said.reason.clone(),
            extra: Some(extra),
        }),
    };
    let seen = Box::new(move |_: &Desk| Ok(vec![told.clone()]));
    let done = app.door().submit(seen, None, posted.key(&caller)).await?;
    let opened =
        opened(&done).ok_or_else(|| Problem::internal("a request for a handoff opened none"))?;
    let mut handoff = app.handoff(opened).await?;
    if caller.is_customer() {
        handoff = handoff.for_customer();
    }
    Ok(answered(&done, StatusCode::CREATED, Json(handoff)))
}

/// Whom a handoff goes to and what the agent reads about it is not for a customer to say.
fn check_own(caller: &Caller, said: &NewHandoff) -> Result<(), Problem> {
    let given = [
        ("skills", !said.skills.is_empty()),
        ("summary", said.summary.is_some()),
        ("attempted", !said.attempted.is_empty()),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((field, _)) if caller.is_customer() => {
            let detail = format!("a customer cannot say `{field}`, leave it out");
            Err(Problem::forbidden(detail).field(*field))
        }
        _ => Ok(()),
    }
}

fn asker(caller: &Caller, by: &str) -> Result<Author, Problem> {
    let author = match (by, &caller.who) {
        ("customer", Who::Customer { .. } | Who::Assistant | Who::Admin(_)) => Author::Customer,
        ("assistant", Who::Assistant | Who::Admin(_)) => Author::Assistant,
        ("agent", _) if caller.agent().is_some() => Author::Agent(caller.need_agent()?),
        ("customer" | "assistant" | "agent", _) => {
            let detail = format!("your token does not let you ask as `{by}`");
            return Err(Problem::forbidden(detail).field("by"));
        }
        _ => {
            let detail = format!("`{by}` is not one of customer, assistant, agent");
            return Err(Problem::invalid("by", detail));
        }
    };
    Ok(author)
}

fn opened(done: &Done) -> Option<HandoffId> {
    done.lines().iter().find_map(|line| match &line.entry {
        Entry::Decided(Decision {
            ruling: Ruling::HandoffOpened { .. },
            ..
        }) => Some(HandoffId(line.position)),
        _ => None,
    })
}

/// One handoff.
#[utoipa::path(get, path = "/handoffs/{id}", tag = "handoffs",
    params(("id" = String, Path)), responses((status = 200, body = Handoff)))]
async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id<HandoffId>,
) -> Result<Json<Handoff>, Problem> {
    app.need_team_or_assistant(&caller)?;
    Ok(Json(app.handoff(id).await?))
}

/// Every decision about a handoff, with reasons and inputs.
#[utoipa::path(get, path = "/handoffs/{id}/explain", tag = "handoffs",
    params(("id" = String, Path)), responses((status = 200, body = Items<Explained>)))]
async fn explanation(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id<HandoffId>,
) -> Result<Json<Items<Explained>>, Problem> {
    app.need_team_or_assistant(&caller)?;
    app.known_handoff(id).await?;
    let story = Story::of_handoff(app.store(), id).await?;
    let desk = app.door().desk().await;
    Ok(Json(Items {
        items: explain(&desk, &story),
    }))
}

/// Takes an entry from the board.
#[utoipa::path(post, path = "/handoffs/{id}/claim", tag = "handoffs",
    params(("id" = String, Path)), request_body = Nothing,
    responses((status = 200, body = Handoff), (status = 409, body = Problem)))]
async fn claim(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(handoff): Id<HandoffId>,
    posted: Posted<Nothing>,
) -> Result<Response, Problem> {
    let told = |agent| Told::plain(Observation::Claimed { handoff, agent });
    app.own_move(&caller, handoff, posted.key(&caller), told)
        .await
}

/// Takes an offer.
#[utoipa::path(post, path = "/handoffs/{id}/accept", tag = "handoffs",
    params(("id" = String, Path)), request_body = Nothing,
    responses((status = 200, body = Handoff), (status = 409, body = Problem)))]
async fn accept(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(handoff): Id<HandoffId>,
    posted: Posted<Nothing>,
) -> Result<Response, Problem> {
    let told = |agent| Told::plain(Observation::OfferAccepted { handoff, agent });
    app.own_move(&caller, handoff, posted.key(&caller), told)
        .await
}

/// Does not want an offer.
#[utoipa::path(post, path = "/handoffs/{id}/decline", tag = "handoffs",
    params(("id" = String, Path)), request_body = Nothing,
    responses((status = 200, body = Handoff), (status = 409, body = Problem)))]
async fn decline(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(handoff): Id<HandoffId>,
    posted: Posted<Nothing>,
) -> Result<Response, Problem> {
    let told = |agent| Told::plain(Observation::OfferDeclined { handoff, agent });
    app.own_move(&caller, handoff, posted.key(&caller), told)
        .await
}

/// To whom a conversation is passed on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTransfer {
    /// An agent or a route.
    to: TransferTo,
    /// For whoever comes next.
    #[serde(default)]
    note: Option<String>,
}

/// An agent or a route, one of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferTo {
    /// An agent who is online.
    #[serde(default)]
    agent_id: Option<String>,
    /// A route of the policy.
    #[serde(default)]
    route: Option<String>,
}

/// Passes a conversation on.
#[utoipa::path(post, path = "/handoffs/{id}/transfer", tag = "handoffs",
    params(("id" = String, Path)), request_body = NewTransfer,
    responses((status = 200, body = Handoff), (status = 409, body = Problem)))]
async fn transfer(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(handoff): Id<HandoffId>,
    posted: Posted<NewTransfer>,
) -> Result<Response, Problem> {
    let to = match (&posted.said.to.agent_id, &posted.said.to.route) {
        (Some(agent), None) => Target::Agent(agent.parse()?),
        (None, Some(route)) => Target::Route(RouteName::from(route.as_str())),
        _ => return Err(Problem::invalid("to", "name either agent_id or route")),
    };
    let words = words_of(posted.said.note.as_deref())?;
    let key = posted.key(&caller);
    app.holders_move(&caller, handoff, key, move |_, agent| {
        let seen = Observation::Transferred {
            handoff,
            agent,
            to: to.clone(),
        };
        let words = words.clone();
        Ok(Told { seen, words })
    })
    .await
}

/// A word for the record.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// In the agent's words.
    #[serde(default)]
    note: Option<String>,
}

/// Gives a conversation back to the assistant.
#[utoipa::path(post, path = "/handoffs/{id}/return", tag = "handoffs",
    params(("id" = String, Path)), request_body = Note,
    responses((status = 200, body = Handoff), (status = 409, body = Problem)))]
async fn give_back(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(handoff): Id<HandoffId>,
    posted: Posted<Note>,
) -> Result<Response, Problem> {
    let words = words_of(posted.said.note.as_deref())?;
    let key = posted.key(&caller);
    app.holders_move(&caller, handoff, key, move |_, agent| {
        let seen = Observation::Returned { handoff, agent };
        let words = words.clone();
        Ok(Told { seen, words })
    })
    .await
}

/// Closes a conversation.
#[utoipa::path(post, path = "/handoffs/{id}/resolve", tag = "handoffs",
    params(("id" = String, Path)), request_body = Note,
    responses((status = 200, body = Handoff), (status = 409, body = Problem)))]
async fn resolve(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(handoff): Id<HandoffId>,
    posted: Posted<Note>,
) -> Result<Response, Problem> {
    let words = words_of(posted.said.note.as_deref())?;
    let key = posted.key(&caller);
    app.holders_move(&caller, handoff, key, move |desk, agent| {
        let known = desk.handoff(handoff).ok_or(Refusal::NoHandoff(handoff))?;
        let seen = Observation::Resolved {
            conversation: known.conversation,
            by: Author::Agent(agent),
        };
        let words = words.clone();
        Ok(Told { seen, words })
    })
    .await
}

/// What is wrong with a handoff.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFlag {
    /// `missing_context`, `wrong_routing`, `avoidable` or `other`.
    #[schema(value_type = String)]
    kind: FlagKind,
    /// In the agent's words.
    #[serde(default)]
    note: Option<String>,
}

/// Says that a handoff was not as it should be.
#[utoipa::path(post, path = "/handoffs/{id}/flag", tag = "handoffs",
    params(("id" = String, Path)), request_body = NewFlag,
    responses((status = 201, body = Handoff)))]
async fn flag(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(handoff): Id<HandoffId>,
    posted: Posted<NewFlag>,
) -> Result<Response, Problem> {
    let flag = posted.said.kind;
    let words = words_of(posted.said.note.as_deref())?;
    let told = |agent| Told {
        seen: Observation::Flagged {
            handoff,
            agent,
            flag,
        },
        words,
    };
    let key = posted.key(&caller);
    let mut response = app.own_move(&caller, handoff, key, told).await?;
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

fn words_of(note: Option<&str>) -> Result<Option<Words>, Problem> {
    let note = note.filter(|note| !note.trim().is_empty());
    let Some(note) = note else { return Ok(None) };
    need_short("note", note, 4000)?;
    Ok(Some(Words {
        text: note.to_owned(),
        extra: None,
    }))
}

/// The agent in whose name it is done: the one who has the handoff, or a lead for them.
fn holder(
    desk: &Desk,
    id: HandoffId,
    own: Option<AgentId>,
    lead: bool,
) -> Result<AgentId, Refusal> {
    let handoff = desk.handoff(id).ok_or(Refusal::NoHandoff(id))?;
    match (handoff.assigned_to(), own) {
        (Some(holder), Some(agent)) if holder == agent => Ok(agent),
        (Some(holder), _) if lead => Ok(holder),
        (_, Some(agent)) => Err(Refusal::NotYours { handoff: id, agent }),
        (_, None) => Err(Refusal::NotWithAgent(handoff.conversation)),
    }
}

impl App {
    /// A handoff, or 404.
    pub async fn handoff(&self, id: HandoffId) -> Result<Handoff, Problem> {
        let found = self.eyes.handoff(id).await?;
        found.ok_or_else(|| Problem::not_found(format!("there is no handoff {id}")))
    }

    /// 404 if there never was such a handoff.
    async fn known_handoff(&self, id: HandoffId) -> Result<(), Problem> {
        let found = self.store().handoff(id).await?;
        found
            .map(drop)
            .ok_or_else(|| Problem::not_found(format!("there is no handoff {id}")))
    }

    /// Agents, leads and the team's own bot may look at handoffs; customers may not.
    pub fn need_team_or_assistant(&self, caller: &Caller) -> Result<(), Problem> {
        if caller.is_customer() {
            return Err(Problem::forbidden("this needs the scope `agent`"));
        }
        Ok(())
    }

    /// A move that an agent makes in their own name.
    async fn own_move(
        &self,
        caller: &Caller,
        id: HandoffId,
        key: Option<Key>,
        told: impl FnOnce(AgentId) -> Told,
    ) -> Result<Response, Problem> {
        let told = told(caller.need_agent()?);
        self.make_move(id, key, move |_| Ok(told.clone())).await
    }

    /// A move in the name of whoever has the handoff when its turn comes.
    async fn holders_move(
        &self,
        caller: &Caller,
        id: HandoffId,
        key: Option<Key>,
        told: impl Fn(&Desk, AgentId) -> Result<Told, Refusal> + Send + Sync + 'static,
    ) -> Result<Response, Problem> {
        let own = caller.agent();
        let lead = caller.need_lead().is_ok();
        self.make_move(id, key, move |desk| {
            told(desk, holder(desk, id, own, lead)?)
        })
        .await
    }

    async fn make_move(
        &self,
        id: HandoffId,
        key: Option<Key>,
        told: impl Fn(&Desk) -> Result<Told, Refusal> + Send + Sync + 'static,
    ) -> Result<Response, Problem> {
        if self.door().desk().await.handoff(id).is_none() {
            self.known_handoff(id).await?;
        }
        let seen = Box::new(move |desk: &Desk| Ok(vec![told(desk)?]));
        let done = self.door().submit(seen, None, key).await?;
        let handoff = self.handoff(id).await?;
        Ok(answered(&done, StatusCode::OK, Json(handoff)))
    }
}
