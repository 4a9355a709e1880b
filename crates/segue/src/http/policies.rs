//! The policy: read, checked, published.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use segue_core::{
    desk::Desk,
    journal::Observation,
    policy::{
        Policy,
        diagnosis::{Diagnosis, Weight},
    },
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{App, auth::Caller, error::Problem, posted::Posted, wire::moment};
use crate::desk_loop::Told;

/// Its routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(present, publish))
        .routes(routes!(check))
}

/// A policy in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct Published {
    /// Counted from 1; 0 is the one that is built in.
    version: u32,
    /// The whole document.
    source: String,
    /// Who published it.
    author: String,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
}

/// The policy in force.
#[utoipa::path(get, path = "/policy", tag = "policy",
    responses((status = 200, body = Published)))]
async fn present(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Published>, Problem> {
    caller.need_team()?;
    let (version, source) = {
        let desk = app.door().desk().await;
        (desk.policy_version(), desk.policy_source().to_owned())
    };
    let row = app.store().policy(Some(version)).await?;
    Ok(Json(Published {
        version,
        source,
        author: row
            .as_ref()
            .map_or_else(|| "segue".into(), |row| row.author.clone()),
        at: row.map(|row| moment(row.at)),
    }))
}

/// A policy document.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The whole document.
    source: String,
}

/// Publishes a policy; it decides from the next message on.
#[utoipa::path(put, path = "/policy", tag = "policy", request_body = Document,
    responses((status = 200, body = Published), (status = 422, body = Problem)))]
async fn publish(
    State(app): State<Arc<App>>,
    caller: Caller,
    posted: Posted<Document>,
) -> Result<Json<Published>, Problem> {
    caller.need_lead()?;
    let findings = findings(&posted.said.source);
    if findings.iter().any(|found| found.severity == Weight::Error) {
        return Err(unusable(findings));
    }
    let author = app.me(&caller.who).await?.name;
    let key = posted.key(&caller);
    let source = posted.said.source;
    let seen = Box::new(move |desk: &Desk| {
        Ok(vec![Told::plain(Observation::PolicyPublished {
            version: desk.policy_version() + 1,
            source: source.clone(),
            author: author.clone(),
        })])
    });
    app.door().submit(seen, None, key).await?;
    present(State(app), caller).await
}

pub(super) fn findings(source: &str) -> Vec<Diagnosis> {
    Policy::check(source).findings
}

pub(super) fn unusable(findings: Vec<Diagnosis>) -> Problem {
    let errors = findings.iter().filter(|f| f.severity == Weight::Error);
    let count = errors.count();
    let mut problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "bad_policy",
        "The policy has errors",
        format!("the policy has {count} errors, it was not published"),
    )
    .field("source");
    problem.diagnostics = findings;
    problem
}

/// What is wrong with a policy document.
#[derive(Debug, Serialize, ToSchema)]
pub struct Findings {
    /// Whether it could be published.
    usable: bool,
    /// Errors and warnings, in the order of the document.
    #[schema(value_type = Vec<Object>)]
    diagnostics: Vec<Diagnosis>,
}

/// Checks a policy without publishing it.
#[utoipa::path(post, path = "/policy/check", tag = "policy", request_body = Document,
    responses((status = 200, body = Findings)))]
async fn check(caller: Caller, posted: Posted<Document>) -> Result<Json<Findings>, Problem> {
    caller.need_team()?;
    let diagnostics = findings(&posted.said.source);
    let usable = diagnostics.iter().all(|f| f.severity != Weight::Error);
    Ok(Json(Findings {
        usable,
        diagnostics,
    }))
}
