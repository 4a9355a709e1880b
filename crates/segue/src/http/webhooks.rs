//! Who outside is told: a team's own bot hears of questions here.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use segue_store::WebhookRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App,
    auth::{Caller, random_word},
    error::Problem,
    posted::{Posted, need_short},
    wire::{Items, moment},
};
use crate::{
    clock,
    effects::{
        event::{ASSISTANT_ASKED, EVERYTHING},
        signature::Secret,
    },
};

/// Bytes of a webhook's secret.
const SECRET_BYTES: usize = 32;

/// Its routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(remove))
}

/// A receiver to be told.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// Where to.
    url: String,
    /// Of what: `assistant.asked`, or `*` for everything.
    #[serde(default)]
    events: Vec<String>,
}

/// A receiver.
#[derive(Debug, Serialize, ToSchema)]
pub struct Webhook {
    /// Which.
    id: String,
    /// Where to.
    url: String,
    /// Of what.
    events: Vec<String>,
    /// Since when.
    created_at: String,
    /// Signs what is sent, after Standard Webhooks; shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl From<&WebhookRow> for Webhook {
    fn from(row: &WebhookRow) -> Self {
        Self {
            id: row.id.clone(),
            url: row.url.clone(),
            events: row.events.clone(),
            created_at: moment(row.created_at),
            secret: None,
        }
    }
}

/// Who is told.
#[utoipa::path(get, path = "/webhooks", tag = "webhooks",
    responses((status = 200, body = Items<Webhook>)))]
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Json<Items<Webhook>>, Problem> {
    caller.need_admin()?;
    let rows = app.store().webhooks().await?;
    let items = rows.iter().map(Webhook::from).collect();
    Ok(Json(Items { items }))
}

/// Tells a receiver from now on.
#[utoipa::path(post, path = "/webhooks", tag = "webhooks", request_body = NewWebhook,
    responses((status = 201, body = Webhook)))]
async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    posted: Posted<NewWebhook>,
) -> Result<Response, Problem> {
    caller.need_admin()?;
    let said = &posted.said;
    need_short("url", &said.url, 2000)?;
    if !said.url.starts_with("https://") && !said.url.starts_with("http://") {
        let detail = format!("`{}` is not a web address", said.url);
        return Err(Problem::invalid("url", detail).hint("write it like https://bot.example/segue"));
    }
    let mut events = said.events.clone();
    if events.is_empty() {
        events.push(ASSISTANT_ASKED.into());
    }
    let known = |event: &&String| event.as_str() != ASSISTANT_ASKED && event.as_str() != EVERYTHING;
    if let Some(unknown) = events.iter().find(known) {
        let detail = format!("`{unknown}` is not one of {ASSISTANT_ASKED}, {EVERYTHING}");
        return Err(Problem::invalid("events", detail));
    }
    let secret = fresh_secret()?;
    let row = WebhookRow {
        id: random_word("whk_", 12)?,
        url: said.url.clone(),
        secret: secret.clone(),
        events,
        created_at: clock::now(),
        disabled_at: None,
    };
    let mut webhook = Webhook::from(&row);
    webhook.secret = Some(secret);
    app.store().save_webhook(row).await?;
    app.door().read_webhooks().await?;
    Ok((StatusCode::CREATED, Json(webhook)).into_response())
}

fn fresh_secret() -> Result<String, Problem> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(Problem::internal)?;
    let secret = Secret::new(&bytes).map_err(Problem::internal)?;
    Ok(secret.reveal())
}

/// Tells a receiver no more.
#[utoipa::path(delete, path = "/webhooks/{id}", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 204)))]
async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.need_admin()?;
    app.store().remove_webhook(&id).await?;
    app.door().read_webhooks().await?;
    Ok(StatusCode::NO_CONTENT)
}
