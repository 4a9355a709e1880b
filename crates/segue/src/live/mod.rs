//! Who listens: sockets and event streams that are told what was written, in order, once each.

mod consoles;
mod event;
mod herald;
mod hub;
mod missed;
mod seeds;
mod socket;
mod sse;

use std::sync::Arc;

use segue_core::id::ConversationId;
use tokio::sync::watch;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use consoles::Consoles;
pub use event::{Audience, Event};
pub use herald::Herald;
pub use hub::Hub;

use crate::http::{
    App,
    auth::{Caller, Who},
    error::Problem,
};

/// What a listener came in with; it is looked at again while they listen.
enum Pass {
    Token(String),
    Cookie(String),
}

impl Pass {
    async fn caller(&self, app: &App) -> Result<Caller, Problem> {
        match self {
            Self::Token(token) => app.caller_of_token(token).await,
            Self::Cookie(cookie) => app.caller_of_cookie(cookie).await,
        }
    }

    /// Whether it lets nobody in any more, or lets in somebody else. A store that does not
    /// answer just now ends nothing.
    async fn is_void(&self, app: &App, then: &Caller) -> bool {
        match self.caller(app).await {
            Ok(now) => now.who != then.who,
            Err(problem) => problem.status < 500,
        }
    }
}

/// Its routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(socket::live))
        .routes(routes!(sse::events))
}

/// Everything that listeners need.
#[derive(Clone)]
pub struct Live {
    /// Where events are told.
    pub hub: Hub,
    /// Who makes events out of lines.
    pub herald: Herald,
    /// Says that the server is stopping.
    pub stop: watch::Receiver<bool>,
}

impl Live {
    /// Waits until the server stops.
    async fn stopped(&self) {
        crate::listening::stopped(self.stop.clone()).await;
    }

    /// Tells the others in a conversation that the caller is writing.
    pub async fn typing(&self, app: &App, caller: &Caller, id: ConversationId) {
        let author = match &caller.who {
            Who::Customer { .. } => "customer",
            Who::Assistant => "assistant",
            Who::Agent(_) | Who::Lead(_) | Who::Admin(_) => "agent",
        };
        self.hub.typing(&*app.door().desk().await, id, author);
    }
}
