//! Who may do what, and what the server must remember of itself.

use async_trait::async_trait;
use segue_core::{
    id::{AgentId, CustomerId},
    time::Timestamp,
};

use crate::StoreError;

/// A token, known by its hash only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// Of the token.
    pub hash: String,
    /// What it allows.
    pub scope: String,
    /// For whom of the team.
    pub agent: Option<AgentId>,
    /// For which customer.
    pub customer: Option<CustomerId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, if ever.
    pub expires_at: Option<Timestamp>,
    /// What people call it.
    pub label: Option<String>,
}

/// A login that is alive, known by the hash of its cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Of the cookie.
    pub hash: String,
    /// Who.
    pub agent: Option<AgentId>,
    /// `agent`, `lead` or `admin`.
    pub role: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// How somebody of the team logs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginRow {
    /// Unique on a desk; in lower case.
    pub email: String,
    /// Who; at most one login each.
    pub agent: Option<AgentId>,
    /// `agent`, `lead` or `admin`.
    pub role: String,
    /// Of the password, in PHC form.
    pub password_hash: String,
}

/// A policy that was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRow {
    /// Counted from 1.
    pub version: u32,
    /// The whole document.
    pub source: String,
    /// Who published it.
    pub author: String,
    /// When.
    pub at: Timestamp,
}

/// Somebody outside who wants to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookRow {
    /// Which.
    pub id: String,
    /// Where to.
    pub url: String,
    /// Signs what is sent.
    pub secret: String,
    /// Of what.
    pub events: Vec<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// Not any more since then.
    pub disabled_at: Option<Timestamp>,
}

/// Who may do what.
#[async_trait]
pub trait Access {
    /// Keeps a token. Fails with [`StoreError::Taken`] if its hash is known.
    async fn add_token(&self, token: TokenRow) -> Result<(), StoreError>;
    /// The token with a hash, expired or not.
    async fn token(&self, hash: &str) -> Result<Option<TokenRow>, StoreError>;
    /// All tokens, the oldest first.
    async fn tokens(&self) -> Result<Vec<TokenRow>, StoreError>;
    /// Forgets a token.
    async fn remove_token(&self, hash: &str) -> Result<(), StoreError>;
    /// Keeps a session, or its new end.
    async fn save_session(&self, session: SessionRow) -> Result<(), StoreError>;
    /// The session with a hash, expired or not.
    async fn session(&self, hash: &str) -> Result<Option<SessionRow>, StoreError>;
    /// Forgets a session.
    async fn remove_session(&self, hash: &str) -> Result<(), StoreError>;
    /// Forgets all sessions of an agent.
    async fn remove_sessions_of(&self, agent: AgentId) -> Result<(), StoreError>;
    /// Forgets sessions and tokens that ended before a moment.
    async fn forget_expired(&self, before: Timestamp) -> Result<(), StoreError>;
    /// Keeps a login, in place of an earlier one of the same agent. Fails with
    /// [`StoreError::Taken`] if the address belongs to another.
    async fn save_login(&self, login: LoginRow) -> Result<(), StoreError>;
    /// The login with an address.
    async fn login(&self, email: &str) -> Result<Option<LoginRow>, StoreError>;
    /// Forgets the login of an agent.
    async fn remove_login_of(&self, agent: AgentId) -> Result<(), StoreError>;
    /// A setting.
    async fn setting(&self, key: &str) -> Result<Option<String>, StoreError>;
    /// Keeps a setting.
    async fn save_setting(&self, key: &str, value: &str) -> Result<(), StoreError>;
    /// Keeps a setting unless there is one; answers with the one that counts.
    async fn setting_or(&self, key: &str, value: &str) -> Result<String, StoreError>;
    /// The policy of a version, or the newest.
    async fn policy(&self, version: Option<u32>) -> Result<Option<PolicyRow>, StoreError>;
    /// All versions, the newest first.
    async fn policies(&self) -> Result<Vec<PolicyRow>, StoreError>;
    /// Keeps a webhook, or what changed of it.
    async fn save_webhook(&self, webhook: WebhookRow) -> Result<(), StoreError>;
    /// All webhooks, the oldest first.
    async fn webhooks(&self) -> Result<Vec<WebhookRow>, StoreError>;
    /// Forgets a webhook.
    async fn remove_webhook(&self, id: &str) -> Result<(), StoreError>;
}
