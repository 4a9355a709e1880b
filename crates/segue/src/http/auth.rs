//! Who is asking: tokens, sessions, and customers' signed tokens.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, header, request::Parts},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use segue_core::{
    id::{AgentId, CustomerId},
    time::Timestamp,
};
use segue_store::{SessionRow, Store};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{App, error::Problem};
use crate::clock;

/// The cookie of a login.
pub const COOKIE: &str = "segue_session";
/// How long a login lasts.
pub const SESSION_SECONDS: u32 = 7 * 24 * 3600;
/// How long a widget's token lasts.
pub const CUSTOMER_SECONDS: u32 = 30 * 24 * 3600;

/// Somebody who is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A customer; sees only their own conversations.
    Customer {
        /// The team's own id, or one made up for an anonymous visitor.
        external_id: String,
        /// The pseudonym.
        id: CustomerId,
    },
    /// The AI.
    Assistant,
    /// A person of the team.
    Agent(AgentId),
    /// A lead, who may be an agent, too.
    Lead(Option<AgentId>),
    /// May do everything.
    Admin(Option<AgentId>),
}

/// Who is asking, and by what.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub who: Who,
    /// Names the caller of an idempotency key.
    pub name: String,
}

impl Caller {
    /// The agent who is asking.
    pub fn agent(&self) -> Option<AgentId> {
        match self.who {
            Who::Agent(agent) => Some(agent),
            Who::Lead(agent) | Who::Admin(agent) => agent,
            Who::Customer { .. } | Who::Assistant => None,
        }
    }

    /// The agent who is asking, or 403.
    pub fn need_agent(&self) -> Result<AgentId, Problem> {
        self.agent()
            .ok_or_else(|| Problem::forbidden("only an agent can do this"))
    }

    /// Of the team: agent, lead or admin.
    pub fn need_team(&self) -> Result<(), Problem> {
        match self.who {
            Who::Agent(_) | Who::Lead(_) | Who::Admin(_) => Ok(()),
            Who::Customer { .. } | Who::Assistant => {
                Err(Problem::forbidden("this needs the scope `agent`"))
            }
        }
    }

    /// A lead or an admin.
    pub fn need_lead(&self) -> Result<(), Problem> {
        match self.who {
            Who::Lead(_) | Who::Admin(_) => Ok(()),
            _ => Err(Problem::forbidden("this needs the scope `lead`")),
        }
    }

    /// An admin.
    pub fn need_admin(&self) -> Result<(), Problem> {
        match self.who {
            Who::Admin(_) => Ok(()),
            _ => Err(Problem::forbidden("this needs the scope `admin`")),
        }
    }

    /// Whether the caller is a customer.
    pub fn is_customer(&self) -> bool {
        matches!(self.who, Who::Customer { .. })
    }

    /// Whether what the caller says about a customer is believed.
    pub fn is_trusted(&self) -> bool {
        matches!(self.who, Who::Assistant | Who::Admin(_))
    }

    /// Whether the caller may look at a customer's conversations.
    pub fn may_see(&self, customer: CustomerId) -> bool {
        match &self.who {
            Who::Customer { id, .. } => *id == customer,
            _ => true,
        }
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        if let Some(token) = bearer(&parts.headers) {
            return app.caller_of_token(token).await;
        }
        let Some(cookie) = cookie(&parts.headers) else {
            return Err(Problem::no_auth());
        };
        if !is_reading(&parts.method) {
            need_same_origin(&parts.headers)?;
        }
        app.caller_of_cookie(cookie).await
    }
}

fn is_reading(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// The token after `Bearer`.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

/// The value of the login's cookie.
pub fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value)
}

/// Refuses what another site's page sends with our cookie.
pub fn need_same_origin(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let foreign = Problem::forbidden("this call came from another site's page");
    match text(header::HeaderName::from_static("sec-fetch-site")) {
        Some("same-origin" | "none") => return Ok(()),
        Some(_) => return Err(foreign),
        None => {}
    }
    let Some(origin) = text(header::ORIGIN) else {
        return Ok(());
    };
    let host = text(header::HOST).unwrap_or_default();
    let of_origin = origin.split_once("://").map_or("", |(_, host)| host);
    if of_origin == host {
        Ok(())
    } else {
        Err(foreign)
    }
}

impl App {
    /// Who holds a token.
    pub async fn caller_of_token(&self, token: &str) -> Result<Caller, Problem> {
        if token.starts_with("cst_") {
            let (external_id, _) = self.secret.customer_of(token, clock::now())?;
            return Ok(self.customer(external_id));
        }
        let hash = hash(token);
        let row = self.believed.token(self.store(), &hash).await?;
        let row = row.ok_or_else(unknown)?;
        if row.expires_at.is_some_and(|at| at <= clock::now()) {
            return Err(unknown().hint("the token has expired, make a new one"));
        }
        if self.is_retired(row.agent).await {
            return Err(unknown().hint("its agent has left the team"));
        }
        let who = match (row.scope.as_str(), row.agent) {
            ("assistant", _) => Who::Assistant,
            ("agent", Some(agent)) => Who::Agent(agent),
            ("lead", agent) => Who::Lead(agent),
            ("admin", agent) => Who::Admin(agent),
            _ => return Err(unknown()),
        };
        let name = format!("token:{}", hash.get(..24).unwrap_or_default());
        Ok(Caller { who, name })
    }

    /// Whether an agent has left the team: whatever they hold opens nothing any more.
    pub async fn is_retired(&self, agent: Option<AgentId>) -> bool {
        let Some(agent) = agent else { return false };
        let desk = self.door().desk().await;
        desk.agent(agent).is_some_and(|agent| agent.profile.retired)
    }

    /// A customer by the team's own id.
    pub fn customer(&self, external_id: String) -> Caller {
        let id = self.secret.customer_id(&external_id);
        let name = id.to_string();
        let who = Who::Customer { external_id, id };
        Caller { who, name }
    }

    /// Who is logged in by a cookie.
    pub async fn caller_of_cookie(&self, cookie: &str) -> Result<Caller, Problem> {
        let session = self.store().session(&hash(cookie)).await?;
        let session = session.filter(|session| session.expires_at > clock::now());
        let session = session.ok_or_else(|| {
            Problem::no_auth().hint("the login has ended, log in again at POST /api/v1/login")
        })?;
        if self.is_retired(session.agent).await {
            return Err(Problem::no_auth().hint("this agent has left the team"));
        }
        let who = who_of_role(&session.role, session.agent)?;
        let name = session
            .agent
            .map_or_else(|| session.role.clone(), |agent| agent.to_string());
        Ok(Caller { who, name })
    }

    /// Begins a login and gives its `Set-Cookie`.
    pub async fn begin_session(
        &self,
        agent: Option<AgentId>,
        role: &str,
    ) -> Result<String, Problem> {
        let cookie = random_word("", 32)?;
        self.store()
            .save_session(SessionRow {
                hash: hash(&cookie),
                agent,
                role: role.to_owned(),
                expires_at: clock::now().plus_seconds(SESSION_SECONDS),
            })
            .await?;
        let secure = if self.is_https() { "; Secure" } else { "" };
        Ok(format!(
            "{COOKIE}={cookie}; HttpOnly; SameSite=Strict; Path=/; Max-Age={SESSION_SECONDS}{secure}"
        ))
    }
}

/// What a role may do.
pub fn who_of_role(role: &str, agent: Option<AgentId>) -> Result<Who, Problem> {
    match (role, agent) {
        ("agent", Some(agent)) => Ok(Who::Agent(agent)),
        ("lead", agent) => Ok(Who::Lead(agent)),
        ("admin", agent) => Ok(Who::Admin(agent)),
        _ => Err(unknown()),
    }
}

fn unknown() -> Problem {
    let mut problem = Problem::no_auth();
    problem.detail = "the token is not known, or has ended".into();
    problem
}

/// The SHA-256 of a secret, in hex: what the store knows of it.
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// Bytes in hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A prefix with so many random bytes after it.
pub fn random_word(prefix: &str, bytes: usize) -> Result<String, Problem> {
    let mut random = vec![0; bytes];
    getrandom::fill(&mut random).map_err(Problem::internal)?;
    Ok(format!("{prefix}{}", BASE64_URL_SAFE_NO_PAD.encode(random)))
}

/// The workspace's secret: signs customers' tokens and hides their identities.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// The one that is kept, or a new one that is kept from now on.
    pub async fn load(store: &dyn Store) -> Result<Self, Problem> {
        let fresh = random_word("", 32)?;
        let kept = store.setting_or("workspace_secret", &fresh).await?;
        Ok(Self(kept.into_bytes()))
    }

    /// A keyed hash for one purpose.
    pub fn mac(&self, purpose: &str, text: &str) -> Vec<u8> {
        // A key of any length is good; nothing is signed should that ever change.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return Vec::new();
        };
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }

    /// The pseudonym of a customer.
    pub fn customer_id(&self, external_id: &str) -> CustomerId {
        let mac = self.mac("customer", external_id);
        let first = mac.iter().take(16);
        CustomerId(first.fold(0, |id, byte| id << 8 | u128::from(*byte)))
    }

    /// A token that names a customer until it expires.
    pub fn customer_token(&self, external_id: &str, until: Timestamp) -> String {
        let said = BASE64_URL_SAFE_NO_PAD.encode(format!("{}:{external_id}", until.0));
        let mac = BASE64_URL_SAFE_NO_PAD.encode(self.mac("token", &said));
        format!("cst_{said}.{mac}")
    }

    /// The customer whom a token names, and when it expires.
    pub fn customer_of(&self, token: &str, now: Timestamp) -> Result<(String, Timestamp), Problem> {
        let parts = token
            .strip_prefix("cst_")
            .and_then(|token| token.split_once('.'));
        let (said, mac) = parts.ok_or_else(unknown)?;
        let mac = BASE64_URL_SAFE_NO_PAD.decode(mac).map_err(|_| unknown())?;
        if mac.is_empty() || !bool::from(mac.ct_eq(&self.mac("token", said))) {
            return Err(unknown());
        }
        let said = BASE64_URL_SAFE_NO_PAD.decode(said).map_err(|_| unknown())?;
        let said = String::from_utf8(said).map_err(|_| unknown())?;
        let (until, external_id) = said.split_once(':').ok_or_else(unknown)?;
        let until: i64 = until.parse().map_err(|_| unknown())?;
        if until <= now.0 {
            return Err(unknown().hint("the token has expired, ask for a new session"));
        }
        Ok((external_id.to_owned(), Timestamp(until)))
    }
}
