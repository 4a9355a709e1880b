//! Logging in with an address and a password.

use std::sync::{Arc, LazyLock};

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App,
    auth::{self, Caller, Who, who_of_role},
    error::Problem,
    limits::Place,
    posted::{Posted, need_short},
    wire::agent::Agent,
};
use crate::clock;

/// The shortest password.
const PASSWORD_CHARS: usize = 8;

/// Its routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(login))
        .routes(routes!(logout))
        .routes(routes!(me))
}

/// An address and a password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    email: String,
    password: String,
}

/// Who is logged in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// `agent`, `lead` or `admin`.
    pub kind: String,
    /// Their name.
    pub name: String,
    /// The agent they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<Agent>,
}

/// Logs in.
#[utoipa::path(post, path = "/login", tag = "access", request_body = Credentials,
    responses((status = 200, body = Me), (status = 401, body = Problem)))]
async fn login(
    State(app): State<Arc<App>>,
    Place(from): Place,
    headers: HeaderMap,
    posted: Posted<Credentials>,
) -> Result<Response, Problem> {
    auth::need_same_origin(&headers)?;
    let Credentials { email, password } = posted.said;
    need_short("email", &email, 200)?;
    need_short("password", &password, 200)?;
    let email = email.trim().to_lowercase();
    app.crowd.log_in(&email, from, clock::now())?;
    let row = app.store().login(&email).await?;
    let known = row.as_ref().map(|row| row.password_hash.clone());
    let right = verify(password, known).await?;
    let retired = app.is_retired(row.as_ref().and_then(|row| row.agent)).await;
    let Some(row) = row.filter(|_| right && !retired) else {
        let detail = "the address or the password is not right";
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "wrong_login",
            "Not logged in",
            detail,
        ));
    };
    app.crowd.logged_in(&email, from, clock::now());
    let who = who_of_role(&row.role, row.agent)?;
    let cookie = app.begin_session(row.agent, &row.role).await?;
    let me = app.me(&who).await?;
    Ok(([(header::SET_COOKIE, cookie)], Json(me)).into_response())
}

/// Logs out.
#[utoipa::path(post, path = "/logout", tag = "access", responses((status = 204)))]
async fn logout(
    State(app): State<Arc<App>>,
    _caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(cookie) = auth::cookie(&headers) {
        app.store().remove_session(&auth::hash(cookie)).await?;
    }
    let gone = format!(
        "{}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0",
        auth::COOKIE
    );
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response())
}

/// Who is asking.
#[utoipa::path(get, path = "/me", tag = "access", responses((status = 200, body = Me)))]
async fn me(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Me>, Problem> {
    caller.need_team()?;
    Ok(Json(app.me(&caller.who).await?))
}

impl App {
    /// Who somebody of the team is.
    pub async fn me(&self, who: &Who) -> Result<Me, Problem> {
        let (kind, agent) = match who {
            Who::Agent(agent) => ("agent", Some(*agent)),
            Who::Lead(agent) => ("lead", *agent),
            Who::Admin(agent) => ("admin", *agent),
            Who::Customer { .. } | Who::Assistant => return Err(Problem::no_auth()),
        };
        let agent = match agent {
            Some(agent) => Some(self.agent(agent).await?),
            None => None,
        };
        let name = agent.as_ref().map_or_else(
            || if kind == "lead" { "Lead" } else { "Admin" }.to_owned(),
            |agent| agent.name.clone(),
        );
        Ok(Me {
            kind: kind.to_owned(),
            name,
            agent,
        })
    }
}

/// An address and the hash of a password, checked; nothing if neither was given.
pub async fn prepare(
    email: Option<&str>,
    password: Option<&str>,
) -> Result<Option<(String, String)>, Problem> {
    let (email, password) = match (email, password) {
        (Some(email), Some(password)) => (email.trim().to_lowercase(), password.to_owned()),
        (None, None) => return Ok(None),
        (Some(_), None) => {
            return Err(Problem::invalid(
                "password",
                "it is missing, an address is there to log in with",
            ));
        }
        (None, Some(_)) => {
            return Err(Problem::invalid(
                "email",
                "it is missing, a password needs an address",
            ));
        }
    };
    if !email.contains('@') || email.len() > 200 {
        return Err(Problem::invalid(
            "email",
            format!("`{email}` is not a mail address"),
        ));
    }
    let chars = password.chars().count();
    if chars < PASSWORD_CHARS || password.len() > 200 {
        let detail = format!("it has {chars} characters, it must have {PASSWORD_CHARS} to 200");
        return Err(Problem::invalid("password", detail));
    }
    Ok(Some((email, hash_password(password).await?)))
}

async fn hash_password(password: String) -> Result<String, Problem> {
    let hash = move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
    };
    let hash = tokio::task::spawn_blocking(hash).await;
    hash.map_err(Problem::internal)?.map_err(Problem::internal)
}

/// The hash of a password that nobody has: an unknown address costs as much as a known one.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    Argon2::default()
        .hash_password(b"nobody has this password")
        .map(|hash| hash.to_string())
        .unwrap_or_default()
});

async fn verify(password: String, hash: Option<String>) -> Result<bool, Problem> {
    let check = move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.clone());
        let right = argon2::PasswordHash::new(&hash).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        });
        known && right
    };
    let right = tokio::task::spawn_blocking(check).await;
    right.map_err(Problem::internal)
}
