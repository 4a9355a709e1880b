//! What past conversations tell, as the command `audit` answers it.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{App, auth::Caller, error::Problem, posted::Asked};
use crate::commands::audit;

/// An audit reads the whole history, so one at a time is enough for a desk.
static AT_WORK: Mutex<()> = Mutex::const_new(());
/// When to ask again, in seconds.
const ASK_AGAIN: u32 = 5;

/// Its routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(present))
}

/// Which conversations are looked at.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// Only this import.
    import: Option<u64>,
    /// Only so many days up to the newest conversation.
    days: Option<u32>,
    /// The name of a baseline to compare with.
    compare: Option<String>,
}

/// What the imported history tells of handoffs, gaps, waits and routes.
#[utoipa::path(get, path = "/audit", tag = "policy", params(Which),
    responses((status = 200, body = Object), (status = 503, body = Problem)))]
async fn present(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<Value>, Problem> {
    caller.need_lead()?;
    let Ok(_alone) = AT_WORK.try_lock() else {
        return Err(Problem::busy("another audit is under way", ASK_AGAIN));
    };
    let store = &app.eyes.store;
    if let Some(name) = &which.compare
        && audit::baseline(&**store, name)
            .await
            .map_err(Problem::internal)?
            .is_none()
    {
        return Err(Problem::not_found(format!("there is no baseline `{name}`")));
    }
    let compare = which.compare.as_deref();
    let told = audit::of_store(store, which.import, which.days, compare).await;
    let told = told.map_err(Problem::internal)?;
    Ok(Json(serde_json::to_value(told).map_err(Problem::internal)?))
}
