//! The demo's doors: be anybody of the invented company with one click. Not there under `serve`.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use segue_core::id::AgentId;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json_;

use super::{
    App,
    auth::{self, CUSTOMER_SECONDS, Who},
    conversations::Nothing,
    error::Problem,
    posted::Posted,
};
use crate::clock;

/// Its routes.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/demo/cast", get(cast))
        .route("/demo/agent", post(agent))
        .route("/demo/lead", post(lead))
        .route("/demo/customer", post(customer))
}

/// The people of the demo.
#[derive(Clone, Debug, Deserialize)]
pub struct Cast {
    /// The company.
    pub company: Company,
    /// Who works there.
    pub agents: Vec<CastAgent>,
    /// Who can be played in the shop.
    pub customers: Vec<CastCustomer>,
}

/// The company.
#[derive(Clone, Debug, Deserialize)]
pub struct Company {
    /// Its name.
    pub name: String,
    /// What it does.
    pub about: String,
}

/// Somebody who works there.
#[derive(Clone, Debug, Deserialize)]
pub struct CastAgent {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their team.
    pub team: String,
    /// Their skills.
    pub skills: BTreeMap<String, u8>,
    /// Conversations at once.
    pub capacity: u16,
    /// May be reached last.
    pub on_call: bool,
}

/// Somebody who can be played.
#[derive(Clone, Debug, Deserialize)]
pub struct CastCustomer {
    /// Picks one.
    pub key: String,
    /// The shop's own id.
    pub external_id: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their tier.
    pub tier: String,
    /// Their language.
    pub locale: String,
    /// Their story.
    pub about: String,
    /// What the shop's records say.
    #[serde(default)]
    pub attributes: BTreeMap<String, Json_>,
    /// What they had to do with the company before.
    #[serde(default)]
    pub previous: Vec<CastPrevious>,
}

/// An earlier contact.
#[derive(Clone, Debug, Deserialize)]
pub struct CastPrevious {
    /// What it was about.
    pub subject: String,
    /// How it ended.
    pub outcome: String,
    /// When.
    pub days_ago: u16,
    /// Whether a person was needed.
    pub handed_off: bool,
    /// How they rated it.
    #[serde(default)]
    pub csat: Option<u8>,
}

/// The demo as it runs.
#[derive(Clone, Debug)]
pub struct Demo {
    /// The people.
    pub cast: Cast,
}

#[derive(Serialize)]
struct CastSaid {
    company: String,
    agents: Vec<AgentSaid>,
    customers: Vec<CustomerSaid>,
}

#[derive(Serialize)]
struct AgentSaid {
    id: String,
    name: String,
    team: String,
    skills: BTreeMap<String, u8>,
}

#[derive(Serialize)]
struct CustomerSaid {
    key: String,
    name: String,
    tier: String,
    about: String,
}

async fn cast(State(app): State<Arc<App>>) -> Result<Json<CastSaid>, Problem> {
    let cast = &app.demo()?.cast;
    let desk = app.door().desk().await;
    let agents = desk.agents().filter(|agent| !agent.profile.retired);
    let agents = agents.map(|agent| {
        let name = agent.profile.name.clone();
        let known = cast.agents.iter().find(|known| known.name == name);
        AgentSaid {
            id: agent.id.to_string(),
            name,
            team: known.map_or_else(String::new, |known| known.team.clone()),
            skills: super::wire::agent::skills(&agent.profile.skills),
        }
    });
    let customers = cast.customers.iter().map(|customer| CustomerSaid {
        key: customer.key.clone(),
        name: customer.name.clone(),
        tier: customer.tier.clone(),
        about: customer.about.clone(),
    });
    Ok(Json(CastSaid {
        company: cast.company.name.clone(),
        agents: agents.collect(),
        customers: customers.collect(),
    }))
}

#[derive(Deserialize)]
struct PickAgent {
    agent_id: String,
}

async fn agent(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    posted: Posted<PickAgent>,
) -> Result<Response, Problem> {
    auth::need_same_origin(&headers)?;
    app.demo()?;
    let id: AgentId = posted.said.agent_id.parse()?;
    let me = app.me(&Who::Agent(id)).await?;
    let cookie = app.begin_session(Some(id), "agent").await?;
    Ok(([(header::SET_COOKIE, cookie)], Json(me)).into_response())
}

async fn lead(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    _posted: Posted<Nothing>,
) -> Result<Response, Problem> {
    auth::need_same_origin(&headers)?;
    app.demo()?;
    let me = app.me(&Who::Lead(None)).await?;
    let cookie = app.begin_session(None, "lead").await?;
    Ok(([(header::SET_COOKIE, cookie)], Json(me)).into_response())
}

#[derive(Deserialize)]
struct PickCustomer {
    key: String,
}

#[derive(Serialize)]
struct CustomerToken {
    customer_token: String,
}

async fn customer(
    State(app): State<Arc<App>>,
    posted: Posted<PickCustomer>,
) -> Result<Json<CustomerToken>, Problem> {
    let cast = &app.demo()?.cast;
    let key = &posted.said.key;
    let known = cast.customers.iter().find(|known| known.key == *key);
    let known = known.ok_or_else(|| Problem::not_found(format!("nobody is called `{key}`")))?;
    let until = clock::now().plus_seconds(CUSTOMER_SECONDS);
    Ok(Json(CustomerToken {
        customer_token: app.secret.customer_token(&known.external_id, until),
    }))
}
