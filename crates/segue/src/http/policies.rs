//! The policy: read, checked, published, and its versions.

use std::sync::Arc;

use axum::{
    Json,
    extract::{DefaultBodyLimit, Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use segue_core::{
    desk::Desk,
    journal::{AgentProfile, Observation, Refusal},
    policy::{
        Checked, MAX_BYTES, Policy,
        analysis::Examining,
        diagnosis::{Diagnosis, Weight},
        diff::diff,
    },
};
use segue_sim::policy_tests;
use segue_store::PolicyRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App,
    auth::Caller,
    error::Problem,
    posted::{BODY_BYTES, Posted},
    vocabulary::{self, Names},
    wire::moment,
};
use crate::{
    commands::policy::employed,
    desk_loop::{Key, Seen, Told},
};

/// Its routes. A document within JSON may have twice its bytes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(present, publish))
        .routes(routes!(check))
        .routes(routes!(versions))
        .routes(routes!(version))
        .routes(routes!(changes))
        .routes(routes!(restore))
        .routes(routes!(vocabulary::words))
        .layer(DefaultBodyLimit::max(2 * MAX_BYTES + BODY_BYTES))
}

/// A policy in force, or one that was.
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

impl Published {
    fn of(row: PolicyRow) -> Self {
        Self {
            version: row.version,
            source: row.source,
            author: row.author,
            at: Some(moment(row.at)),
        }
    }

    fn built_in() -> Self {
        Self {
            version: 0,
            source: Policy::default_source().to_owned(),
            author: "segue".to_owned(),
            at: None,
        }
    }
}

/// The policy in force. Its `ETag` is its version, for an `If-Match` on publishing.
#[utoipa::path(get, path = "/policy", tag = "policy",
    responses((status = 200, body = Published)))]
async fn present(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, Problem> {
    caller.need_team()?;
    let (version, source) = {
        let desk = app.door().desk().await;
        (desk.policy_version(), desk.policy_source().to_owned())
    };
    let row = app.store().policy(Some(version)).await?;
    let published = match row {
        Some(row) => Published::of(row),
        None => Published {
            version,
            source,
            ..Published::built_in()
        },
    };
    let tag = [(header::ETAG, format!("\"{version}\""))];
    Ok((tag, Json(published)).into_response())
}

/// A policy document.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The whole document.
    source: String,
}

/// Publishes a policy; it decides from the next message on. A document with an error, or with a
/// test that fails, is not published. `If-Match` with the version that the change began from keeps
/// two people from publishing over one another.
#[utoipa::path(put, path = "/policy", tag = "policy", request_body = Document,
    params(("If-Match" = Option<String>, Header, description = "the version that the change began from, such as `\"3\"`")),
    responses((status = 200, body = Published), (status = 412, body = Problem), (status = 422, body = Problem)))]
async fn publish(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    posted: Posted<Document>,
) -> Result<Response, Problem> {
    caller.need_lead()?;
    let from = began_from(&headers)?;
    let key = posted.key(&caller);
    let source = posted.said.source;
    let checked = examined(&app, source.clone()).await?;
    if !checked.publishable() {
        return Err(unusable(checked.findings));
    }
    adopt(&app, &caller, source, from, key).await?;
    present(State(app), caller).await
}

/// The version in `If-Match`, if there is one.
fn began_from(headers: &HeaderMap) -> Result<Option<u32>, Problem> {
    let Some(given) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    let written = given.to_str().unwrap_or_default();
    if written == "*" {
        return Ok(None);
    }
    let version = written.trim_matches('"').parse();
    version.map(Some).map_err(|_| {
        Problem::invalid(
            "If-Match",
            format!("`{written}` is not the version of a policy"),
        )
        .hint("send the `ETag` of GET /api/v1/policy, such as `\"3\"`")
    })
}

async fn adopt(
    app: &App,
    caller: &Caller,
    source: String,
    from: Option<u32>,
    key: Option<Key>,
) -> Result<(), Problem> {
    let author = app.me(&caller.who).await?.name;
    let seen: Seen = Box::new(move |desk: &Desk| {
        let current = desk.policy_version();
        if let Some(expected) = from.filter(|from| *from != current) {
            return Err(Refusal::PolicyMoved { expected, current });
        }
        Ok(vec![Told::plain(Observation::PolicyPublished {
            version: current + 1,
            source: source.clone(),
            author: author.clone(),
        })])
    });
    app.door().submit(seen, None, key).await?;
    Ok(())
}

/// What keeps a document from being read, or looks odd in it.
pub(super) fn findings(source: &str) -> Vec<Diagnosis> {
    Policy::check(source).findings
}

/// Examines a document with the desk's own agents and plays its tests, beside the other requests.
async fn examined(app: &App, source: String) -> Result<Checked, Problem> {
    let agents: Vec<AgentProfile> = employed(&*app.door().desk().await);
    let examining = tokio::task::spawn_blocking(move || {
        // A desk without agents is being set up: that nobody has a skill yet is no news.
        let agents = Some(agents.as_slice()).filter(|agents| !agents.is_empty());
        policy_tests::examine(&source, Examining { agents })
    });
    examining.await.map_err(Problem::internal)
}

pub(super) fn unusable(findings: Vec<Diagnosis>) -> Problem {
    let errors = findings.iter().filter(|f| f.severity == Weight::Error);
    let detail = match errors.count() {
        1 => "the policy has one error, it was not published".to_owned(),
        count => format!("the policy has {count} errors, it was not published"),
    };
    let mut problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "bad_policy",
        "The policy has errors",
        detail,
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
    /// Errors, warnings and notes, in the order of the document.
    #[schema(value_type = Vec<Object>)]
    diagnostics: Vec<Diagnosis>,
    /// The names that the document gives, unless it has errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    names: Option<Names>,
}

/// Checks a policy and plays its tests without publishing it.
#[utoipa::path(post, path = "/policy/check", tag = "policy", request_body = Document,
    responses((status = 200, body = Findings)))]
async fn check(
    State(app): State<Arc<App>>,
    caller: Caller,
    posted: Posted<Document>,
) -> Result<Json<Findings>, Problem> {
    caller.need_team()?;
    let checked = examined(&app, posted.said.source).await?;
    Ok(Json(Findings {
        usable: checked.publishable(),
        names: checked.policy.as_ref().map(Names::of),
        diagnostics: checked.findings,
    }))
}

/// A version without its document.
#[derive(Debug, Serialize, ToSchema)]
pub struct Kept {
    /// Counted from 1.
    version: u32,
    /// Who published it.
    author: String,
    /// When.
    at: String,
    /// Whether it is in force.
    in_force: bool,
}

/// Every version that was published.
#[derive(Debug, Serialize, ToSchema)]
pub struct Versions {
    /// The newest first.
    items: Vec<Kept>,
}

/// The versions of the policy, the newest first.
#[utoipa::path(get, path = "/policy/versions", tag = "policy",
    responses((status = 200, body = Versions)))]
async fn versions(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Versions>, Problem> {
    caller.need_team()?;
    let current = app.door().desk().await.policy_version();
    let rows = app.store().policies().await?;
    let items = rows.into_iter().map(|row| Kept {
        version: row.version,
        author: row.author,
        at: moment(row.at),
        in_force: row.version == current,
    });
    Ok(Json(Versions {
        items: items.collect(),
    }))
}

/// One version of the policy; 0 is the one that is built in.
#[utoipa::path(get, path = "/policy/versions/{version}", tag = "policy",
    params(("version" = u32, Path)),
    responses((status = 200, body = Published), (status = 404, body = Problem)))]
async fn version(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(version): Path<u32>,
) -> Result<Json<Published>, Problem> {
    caller.need_team()?;
    kept(&app, version).await.map(Json)
}

async fn kept(app: &App, version: u32) -> Result<Published, Problem> {
    if version == 0 {
        return Ok(Published::built_in());
    }
    let row = app.store().policy(Some(version)).await?;
    let missing = || Problem::not_found(format!("there is no version {version} of the policy"));
    row.map(Published::of).ok_or_else(missing)
}

/// Against what a version is compared.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Against {
    /// The version before; the one in force if it is left out.
    against: Option<u32>,
}

/// What changes from one version to another.
#[derive(Debug, Serialize, ToSchema)]
pub struct Difference {
    /// The version before.
    from: u32,
    /// The version after.
    to: u32,
    /// One sentence for each thing that is new, gone, or another.
    changes: Vec<String>,
}

/// What a version changes, in words.
#[utoipa::path(get, path = "/policy/versions/{version}/diff", tag = "policy",
    params(("version" = u32, Path), Against),
    responses((status = 200, body = Difference), (status = 404, body = Problem)))]
async fn changes(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(version): Path<u32>,
    Query(against): Query<Against>,
) -> Result<Json<Difference>, Problem> {
    caller.need_team()?;
    let current = app.door().desk().await.policy_version();
    let from = against.against.unwrap_or(current);
    let (old, new) = (kept(&app, from).await?, kept(&app, version).await?);
    let read = |published: &Published| {
        let read = Policy::parse(&published.source);
        read.map_err(|findings| Problem::internal(format!("a kept policy: {findings:?}")))
    };
    Ok(Json(Difference {
        from,
        to: version,
        changes: diff(&read(&old)?, &read(&new)?),
    }))
}

/// Puts a version in force again, as a new version. It was in force before, so its tests and
/// anything that is found beside errors of reading do not keep it back.
#[utoipa::path(post, path = "/policy/versions/{version}/restore", tag = "policy",
    params(("version" = u32, Path),
        ("If-Match" = Option<String>, Header, description = "the version that is in force as far as the caller knows")),
    responses((status = 200, body = Published), (status = 404, body = Problem), (status = 412, body = Problem)))]
async fn restore(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(version): Path<u32>,
    headers: HeaderMap,
    posted: Posted<Empty>,
) -> Result<Response, Problem> {
    caller.need_lead()?;
    let from = began_from(&headers)?;
    let old = kept(&app, version).await?;
    adopt(&app, &caller, old.source, from, posted.key(&caller)).await?;
    present(State(app), caller).await
}

/// Nothing has to be said: `{}`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Empty {}
