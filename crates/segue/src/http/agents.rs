//! The team: who is there, and how available they are.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State, http::StatusCode, response::Response};
use segue_core::{
    desk::Desk,
    id::{AgentId, SkillName},
    journal::{AgentProfile, Observation, Presence, Refusal},
};
use segue_store::{LoginRow, StoreError};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App,
    auth::Caller,
    error::Problem,
    login,
    posted::{Id, Posted, answered, need_short, need_text},
    wire::{
        Items,
        agent::{Agent, AgentLive},
        read_moment,
    },
};
use crate::desk_loop::Told;

/// Its routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(change))
        .routes(routes!(set_presence))
}

/// The team, retired agents left out.
#[utoipa::path(get, path = "/agents", tag = "agents",
    responses((status = 200, body = Items<AgentLive>)))]
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Json<Items<AgentLive>>, Problem> {
    caller.need_team()?;
    let rows = app.store().agents().await?;
    let emails: BTreeMap<AgentId, Option<String>> =
        rows.into_iter().map(|row| (row.id, row.email)).collect();
    let desk = app.door().desk().await;
    let present = desk.agents().filter(|agent| !agent.profile.retired);
    let items = present.map(|agent| {
        let mut live = AgentLive::of(&desk, agent);
        live.agent.email = emails.get(&agent.id).cloned().flatten();
        live
    });
    Ok(Json(Items {
        items: items.collect(),
    }))
}

/// A person who joins the team.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAgent {
    /// As customers read it.
    name: String,
    /// To log in with.
    #[serde(default)]
    email: Option<String>,
    /// At least 8 characters.
    #[serde(default)]
    password: Option<String>,
    /// Skills with levels 1 to 5.
    skills: BTreeMap<String, u8>,
    /// Conversations at once, 1 to 50.
    capacity: u16,
    /// May be reached as the last step of a fallback chain.
    #[serde(default)]
    on_call: bool,
    /// What they may do when they log in: `agent`, `lead` or `admin`.
    #[serde(default)]
    role: Option<String>,
}

/// Adds an agent.
#[utoipa::path(post, path = "/agents", tag = "agents", request_body = NewAgent,
    responses((status = 201, body = Agent)))]
async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    posted: Posted<NewAgent>,
) -> Result<Response, Problem> {
    caller.need_admin()?;
    let said = &posted.said;
    let profile = AgentProfile {
        name: said.name.trim().to_owned(),
        skills: skills(&said.skills),
        capacity: said.capacity,
        on_call: said.on_call,
        retired: false,
    };
    check(&profile)?;
    let role = said.role.as_deref().unwrap_or("agent");
    if !matches!(role, "agent" | "lead" | "admin") {
        let detail = format!("`{role}` is not one of agent, lead, admin");
        return Err(Problem::invalid("role", detail));
    }
    let login = login::prepare(said.email.as_deref(), said.password.as_deref()).await?;
    let key = posted.key(&caller);
    // Two who ask for one address at once would both find it free.
    let _one_at_a_time = app.hiring.lock().await;
    let earlier = match &key {
        Some(key) => app.door().earlier(key).await?,
        None => None,
    };
    if let Some((email, _)) = &login {
        let owner = app.store().login(email).await?;
        let hired = earlier.map(|done| AgentId(done.first));
        if owner.is_some_and(|owner| hired.is_none() || owner.agent != hired) {
            return Err(email_taken(email));
        }
    }
    let told = Told::plain(Observation::AgentAdded { profile });
    let seen = Box::new(move |_: &Desk| Ok(vec![told.clone()]));
    let done = app.door().submit(seen, None, key).await?;
    let id = AgentId(done.first);
    if let Some((email, password_hash)) = login {
        let taken = email_taken(&email);
        let row = LoginRow {
            email,
            agent: Some(id),
            role: role.to_owned(),
            password_hash,
        };
        match app.store().save_login(row).await {
            Err(StoreError::Taken { .. }) => return Err(taken),
            saved => saved?,
        }
    }
    let agent = app.agent(id).await?;
    Ok(answered(&done, StatusCode::CREATED, Json(agent)))
}

fn email_taken(email: &str) -> Problem {
    Problem::conflict("email_taken", format!("`{email}` belongs to another")).field("email")
}

/// What changes about an agent; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentChange {
    /// As customers read it.
    #[serde(default)]
    name: Option<String>,
    /// All skills with levels 1 to 5.
    #[serde(default)]
    skills: Option<BTreeMap<String, u8>>,
    /// Conversations at once, 1 to 50.
    #[serde(default)]
    capacity: Option<u16>,
    /// May be reached as the last step of a fallback chain.
    #[serde(default)]
    on_call: Option<bool>,
    /// No longer works here.
    #[serde(default)]
    retired: Option<bool>,
}

/// Changes what is known of an agent.
#[utoipa::path(patch, path = "/agents/{id}", tag = "agents", params(("id" = String, Path)),
    request_body = AgentChange, responses((status = 200, body = Agent)))]
async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id<AgentId>,
    posted: Posted<AgentChange>,
) -> Result<Json<Agent>, Problem> {
    caller.need_lead()?;
    let said = posted.said.clone();
    {
        let desk = app.door().desk().await;
        let agent = desk.agent(id).ok_or(Refusal::NoAgent(id))?;
        check(&changed(&agent.profile, &said))?;
    }
    let seen = Box::new(move |desk: &Desk| {
        let agent = desk.agent(id).ok_or(Refusal::NoAgent(id))?;
        let profile = changed(&agent.profile, &said);
        Ok(vec![Told::plain(Observation::AgentChanged {
            agent: id,
            profile,
        })])
    });
    app.door().submit(seen, None, posted.key(&caller)).await?;
    if posted.said.retired == Some(true) {
        app.store().remove_sessions_of(id).await?;
    }
    Ok(Json(app.agent(id).await?))
}

fn changed(profile: &AgentProfile, said: &AgentChange) -> AgentProfile {
    let mut profile = profile.clone();
    if let Some(name) = &said.name {
        name.trim().clone_into(&mut profile.name);
    }
    if let Some(given) = &said.skills {
        profile.skills = skills(given);
    }
    profile.capacity = said.capacity.unwrap_or(profile.capacity);
    profile.on_call = said.on_call.unwrap_or(profile.on_call);
    profile.retired = said.retired.unwrap_or(profile.retired);
    profile
}

fn skills(given: &BTreeMap<String, u8>) -> BTreeMap<SkillName, u8> {
    let named = given.iter();
    named
        .map(|(name, level)| (SkillName::from(name.as_str()), *level))
        .collect()
}

fn check(profile: &AgentProfile) -> Result<(), Problem> {
    need_text("name", &profile.name)?;
    need_short("name", &profile.name, 200)?;
    let capacity = profile.capacity;
    if !(1..=50).contains(&capacity) {
        let detail = format!("it is {capacity}, it must be 1 to 50");
        return Err(Problem::invalid("capacity", detail));
    }
    for (name, level) in &profile.skills {
        if !(1..=5).contains(level) || name.as_str().len() > 60 {
            let detail = format!("`{name}` has level {level}, levels go from 1 to 5");
            return Err(Problem::invalid("skills", detail));
        }
    }
    Ok(())
}

/// How available an agent is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPresence {
    /// `online`, `away`, `busy`, `do_not_disturb` or `offline`.
    #[schema(value_type = String)]
    state: Presence,
    /// When it ends by itself.
    #[serde(default)]
    until: Option<String>,
    /// For agents without a console: they count as there for so long, 600 at most.
    #[serde(default)]
    lease_seconds: Option<u32>,
}

/// Says how available the caller is.
#[utoipa::path(put, path = "/agents/me/presence", tag = "agents", request_body = NewPresence,
    responses((status = 200, body = Agent)))]
async fn set_presence(
    State(app): State<Arc<App>>,
    caller: Caller,
    posted: Posted<NewPresence>,
) -> Result<Json<Agent>, Problem> {
    let agent = caller.need_agent()?;
    let until = match posted.said.until.as_deref() {
        Some(text) => Some(read_moment(text).ok_or_else(|| {
            Problem::invalid("until", format!("`{text}` is not a moment"))
                .hint("write it like 2026-01-31T09:30:00Z")
        })?),
        None => None,
    };
    if let Some(seconds) = posted.said.lease_seconds {
        if !(1..=600).contains(&seconds) {
            let detail = format!("it is {seconds}, it must be 1 to 600");
            return Err(Problem::invalid("lease_seconds", detail));
        }
        app.consoles.lease(app.door(), agent, seconds).await?;
    }
    let status = posted.said.state;
    let seen = Box::new(move |desk: &Desk| {
        let known = desk.agent(agent).ok_or(Refusal::NoAgent(agent))?;
        let same = known.status == status && known.status_until == until;
        let told = Told::plain(Observation::StatusSet {
            agent,
            status,
            until,
        });
        Ok(if same { Vec::new() } else { vec![told] })
    });
    app.door().submit(seen, None, posted.key(&caller)).await?;
    Ok(Json(app.agent(agent).await?))
}

impl App {
    /// An agent, or 404.
    pub async fn agent(&self, id: AgentId) -> Result<Agent, Problem> {
        let desk = self.door().desk().await;
        let agent = desk.agent(id).ok_or(Refusal::NoAgent(id))?;
        Ok(Agent::of(agent))
    }
}
