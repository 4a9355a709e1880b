//! Any endpoint that speaks `/v1/chat/completions`, held to the team's own articles.
//!
//! The model sees the articles that the search found and nothing else of ours. How sure it is is
//! not asked of it: that is computed from its log-probabilities and from the search (see
//! [`judge`]).

use std::{fmt, sync::Arc, time::Duration};

use reqwest::{Client, StatusCode};
use tokio::time::timeout;

use super::{AssistantError, Question, Reply, knowledge::Knowledge};
use crate::outgoing;

mod judge;
mod request;
mod situations;
mod stream;

pub use situations::Judged;

/// How many articles the model sees.
const ARTICLES: usize = 4;
/// How much of an error's text is kept.
const ERROR_BYTES: usize = 300;

/// Where a model is, and how to ask it.
#[derive(Clone)]
pub struct Endpoint {
    /// Its address, with or without `/v1` at the end.
    pub base_url: String,
    /// The secret that goes with each request, if it wants one.
    pub key: Option<String>,
    /// The model's name.
    pub model: String,
    /// What it is told about whom it speaks for: "Lumen & Loom, an online shop for lamps".
    pub company: String,
    /// How long a whole answer may take.
    pub time_limit: Duration,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("base_url", &self.base_url)
            .field("model", &self.model)
            .field("time_limit", &self.time_limit)
            .finish_non_exhaustive()
    }
}

impl Endpoint {
    fn address(&self) -> String {
        let base = self.base_url.trim_end_matches('/');
        let base = base.strip_suffix("/v1").unwrap_or(base);
        format!("{base}/v1/chat/completions")
    }
}

/// A model behind an endpoint, with the articles it is held to.
pub struct OpenAi {
    client: Client,
    endpoint: Endpoint,
    knowledge: Arc<Knowledge>,
}

impl OpenAi {
    /// Fails only if the machine's TLS set-up is broken.
    pub fn new(endpoint: Endpoint, knowledge: Arc<Knowledge>) -> Result<Self, AssistantError> {
        let client = outgoing::client()
            .map_err(|error| AssistantError::Unreachable(outgoing::described(error)))?;
        Ok(Self {
            client,
            endpoint,
            knowledge,
        })
    }

    /// Answers within the endpoint's time limit.
    pub async fn answer(&self, question: &Question) -> Result<Reply, AssistantError> {
        if let Some(reply) = Knowledge::small_talk(question) {
            return Ok(reply);
        }
        timeout(self.endpoint.time_limit, self.ask(question))
            .await
            .map_err(|_| AssistantError::TimedOut)?
    }

    async fn ask(&self, question: &Question) -> Result<Reply, AssistantError> {
        let (passages, found_permille) = self.knowledge.passages(question, ARTICLES);
        let body = request::body(&self.endpoint, question, &passages);
        let said = self.send(&body).await?;
        judge::reply(&said, &passages, found_permille, &self.knowledge)
    }

    async fn send(&self, body: &serde_json::Value) -> Result<stream::Said, AssistantError> {
        let mut request = self.client.post(self.endpoint.address()).json(body);
        if let Some(key) = &self.endpoint.key {
            request = request.bearer_auth(key);
        }
        let response = request.send().await.map_err(failed)?;
        if !response.status().is_success() {
            return Err(refused(response).await);
        }
        stream::read(response).await
    }
}

fn failed(error: reqwest::Error) -> AssistantError {
    if error.is_timeout() {
        return AssistantError::TimedOut;
    }
    AssistantError::Unreachable(outgoing::described(error))
}

/// Too many requests and faults of the server pass by themselves; other refusals do not.
async fn refused(mut response: reqwest::Response) -> AssistantError {
    let status = response.status();
    let mut text = Vec::new();
    while text.len() < ERROR_BYTES {
        match response.chunk().await {
            Ok(Some(chunk)) => text.extend_from_slice(&chunk),
            Ok(None) | Err(_) => break,
        }
    }
    text.truncate(ERROR_BYTES);
    let text = format!("{status}: {}", String::from_utf8_lossy(&text).trim());
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        AssistantError::Unreachable(text)
    } else {
        AssistantError::Broken(text)
    }
}
