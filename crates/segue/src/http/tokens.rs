//! Tokens for programs, and sessions for widgets.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use segue_core::id::AgentId;
use segue_store::{ConversationFilter, StoreError, TokenRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App,
    auth::{CUSTOMER_SECONDS, Caller, Who, hash, random_word},
    error::Problem,
    limits::Place,
    posted::{Posted, need_short, need_text},
    wire::{Items, conversation::Conversation, moment, read_moment},
};
use crate::{clock, desk_loop::Denied};

/// Its routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list, make))
        .routes(routes!(revoke))
        .routes(routes!(widget_session))
}

/// A token to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// `assistant`, `agent`, `lead`, `admin` or `customer`.
    scope: String,
    /// Which agent, for the scope `agent`.
    #[serde(default)]
    agent_id: Option<String>,
    /// Which customer, for the scope `customer`.
    #[serde(default)]
    customer_external_id: Option<String>,
    /// When it ends; never if left out, after 30 days for a customer.
    #[serde(default)]
    expires_at: Option<String>,
}

/// A token that was made; it is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeToken {
    token: String,
}

/// Makes a token.
#[utoipa::path(post, path = "/tokens", tag = "access", request_body = NewToken,
    responses((status = 201, body = MadeToken)))]
async fn make(
    State(app): State<Arc<App>>,
    caller: Caller,
    posted: Posted<NewToken>,
) -> Result<Response, Problem> {
    caller.need_admin()?;
    let said = &posted.said;
    let expires_at = match said.expires_at.as_deref() {
        Some(text) => Some(read_moment(text).ok_or_else(|| {
            Problem::invalid("expires_at", format!("`{text}` is not a moment"))
                .hint("write it like 2026-01-31T09:30:00Z")
        })?),
        None => None,
    };
    let created = |token: String| (StatusCode::CREATED, Json(MadeToken { token })).into_response();
    if said.scope == "customer" {
        let Some(external_id) = said.customer_external_id.as_deref() else {
            let detail = "it is missing, a token of the scope `customer` names one";
            return Err(Problem::invalid("customer_external_id", detail));
        };
        need_text("customer_external_id", external_id)?;
        need_short("customer_external_id", external_id, 200)?;
        let until = expires_at.unwrap_or_else(|| clock::now().plus_seconds(CUSTOMER_SECONDS));
        return Ok(created(app.secret.customer_token(external_id, until)));
    }
    let agent = app.agent_of_token(said).await?;
    let token = app.fresh_token(&caller, &posted)?;
    let row = TokenRow {
        hash: hash(&token),
        scope: said.scope.clone(),
        agent,
        customer: None,
        created_at: clock::now(),
        expires_at,
        label: None,
    };
    match app.store().add_token(row.clone()).await {
        Ok(()) => Ok(created(token)),
        Err(StoreError::Taken { .. }) => {
            let kept = app.store().token(&row.hash).await?;
            if kept.is_some_and(|kept| !is_same(&kept, &row)) {
                return Err(Denied::KeyReused.into());
            }
            Ok(created(token))
        }
        Err(error) => Err(error.into()),
    }
}

/// A token without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct KnownToken {
    /// Names it; nothing can be opened with it.
    id: String,
    /// `assistant`, `agent`, `lead` or `admin`.
    scope: String,
    /// For which agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_id: Option<String>,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    created_at: String,
    /// When it ends; never if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
}

impl From<TokenRow> for KnownToken {
    fn from(row: TokenRow) -> Self {
        Self {
            id: name_of(&row),
            scope: row.scope,
            agent_id: row.agent.map(|agent| agent.to_string()),
            label: row.label,
            created_at: moment(row.created_at),
            expires_at: row.expires_at.map(moment),
        }
    }
}

/// What a token is called where it must not be shown: the beginning of its hash.
fn name_of(row: &TokenRow) -> String {
    format!("tok_{}", row.hash.get(..24).unwrap_or(&row.hash))
}

/// All tokens of the team, the oldest first, without their secrets. Tokens of the scope
/// `customer` are signed and not kept.
#[utoipa::path(get, path = "/tokens", tag = "access",
    responses((status = 200, body = Items<KnownToken>)))]
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Json<Items<KnownToken>>, Problem> {
    caller.need_admin()?;
    let tokens = app.store().tokens().await?;
    let items = tokens.into_iter().map(KnownToken::from).collect();
    Ok(Json(Items { items }))
}

/// Revokes a token: it opens nothing any more, and what listens by it is cut off within seconds.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "access", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn revoke(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.need_admin()?;
    let tokens = app.store().tokens().await?;
    let token = tokens.into_iter().find(|row| name_of(row) == id);
    let token = token.ok_or_else(|| Problem::not_found(format!("there is no token {id}")))?;
    app.store().remove_token(&token.hash).await?;
    app.believed.forget();
    Ok(StatusCode::NO_CONTENT)
}

/// Whether two requests asked for the same.
fn is_same(one: &TokenRow, other: &TokenRow) -> bool {
    (&one.scope, one.agent, one.expires_at) == (&other.scope, other.agent, other.expires_at)
}

impl App {
    async fn agent_of_token(&self, said: &NewToken) -> Result<Option<AgentId>, Problem> {
        let agent: Option<AgentId> = said.agent_id.as_deref().map(str::parse).transpose()?;
        match (said.scope.as_str(), agent) {
            ("agent", None) => {
                let detail = "it is missing, a token of the scope `agent` names one";
                return Err(Problem::invalid("agent_id", detail));
            }
            ("assistant" | "agent" | "lead" | "admin", _) => {}
            (other, _) => {
                let detail =
                    format!("`{other}` is not one of assistant, agent, lead, admin, customer");
                return Err(Problem::invalid("scope", detail));
            }
        }
        if let Some(agent) = agent {
            self.agent(agent).await?;
        }
        Ok(agent)
    }

    /// Under an idempotency key a caller gets the same token, so that nothing secret needs to be
    /// kept for a second answer.
    fn fresh_token(&self, caller: &Caller, posted: &Posted<NewToken>) -> Result<String, Problem> {
        let Some(key) = posted.key(caller) else {
            return random_word("sgt_", 32);
        };
        let text = format!("{}\n{}", key.caller, key.key);
        let mac = self.secret.mac("made token", &text);
        Ok(format!("sgt_{}", BASE64_URL_SAFE_NO_PAD.encode(mac)))
    }
}

/// Who opens a widget.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// From the team's own server; without it the customer is anonymous.
    #[serde(default)]
    customer_token: Option<String>,
}

/// What a widget needs to begin.
#[derive(Debug, Serialize, ToSchema)]
pub struct WidgetSession {
    /// To be sent as a bearer token; sees this customer's conversations only.
    token: String,
    /// Who it is.
    customer: SessionCustomer,
    /// The conversation that goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation: Option<Conversation>,
}

/// Whom a widget talks to.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionCustomer {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// Begins or goes on with a widget's session.
#[utoipa::path(post, path = "/widget/session", tag = "widget", request_body = NewSession,
    responses((status = 200, body = WidgetSession)))]
async fn widget_session(
    State(app): State<Arc<App>>,
    Place(from): Place,
    posted: Posted<NewSession>,
) -> Result<Json<WidgetSession>, Problem> {
    let longest = clock::now().plus_seconds(CUSTOMER_SECONDS);
    // A token that was given is renewed, never prolonged.
    let (external_id, until) = if let Some(token) = &posted.said.customer_token {
        app.secret.customer_of(token, clock::now())?
    } else {
        app.crowd.begin_session(from, clock::now())?;
        (random_word("anonymous-", 16)?, longest)
    };
    let until = until.min(longest);
    let caller = app.customer(external_id.clone());
    let Who::Customer { id, .. } = caller.who.clone() else {
        return Err(Problem::no_auth());
    };
    let known = app.store().customer(id).await?;
    let filter = ConversationFilter {
        customer: Some(id),
        ..ConversationFilter::default()
    };
    let latest = app.store().conversations(filter, None, 1).await?;
    let open = latest.into_iter().find(|row| row.state != "resolved");
    let conversation = match open {
        Some(row) => Some(app.conversation_for(&caller, row.id).await?),
        None => None,
    };
    Ok(Json(WidgetSession {
        token: app.secret.customer_token(&external_id, until),
        customer: SessionCustomer {
            id: id.to_string(),
            name: known.and_then(|row| row.name),
        },
        conversation,
    }))
}
