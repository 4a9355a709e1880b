//! The HTTP API: one file per resource, and everything that all of them share.

pub mod auth;
pub mod believed;
pub mod error;
pub mod eyes;
pub mod limits;
pub mod posted;
pub mod wire;

mod callback;
mod description;

pub mod agents;
pub mod audit;
pub mod conversations;
pub mod demo;
pub mod handoffs;
pub mod health;
pub mod login;
pub mod messages;
pub mod policies;
pub mod reading;
pub mod replays;
pub mod tokens;
mod vocabulary;
pub mod webhooks;

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use segue_store::Store;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::{AllowOrigin, CorsLayer},
    set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use self::{
    auth::Secret, believed::Believed, demo::Demo, error::Problem, eyes::Eyes, limits::Crowd,
};
use crate::{
    counting::Counted,
    desk_loop::Door,
    live::{Consoles, Live},
    pages,
};

/// How long a request may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Everything that a request may need.
pub struct App {
    /// Desk and store.
    pub eyes: Eyes,
    /// Who listens.
    pub live: Live,
    /// Whose console is alive.
    pub consoles: Consoles,
    /// Signs customers' tokens.
    pub secret: Secret,
    /// Tokens that need not be looked up again.
    pub believed: Believed,
    /// Counts who asks for what.
    pub crowd: Crowd,
    /// The numbers of all time.
    pub counted: Counted,
    /// Held while somebody joins the team, so that an address is given once.
    pub hiring: tokio::sync::Mutex<()>,
    /// What leads asked of the past lately.
    pub replays: replays::Replays,
    /// The demo's people, under `segue demo`.
    pub demo: Option<Demo>,
    /// Where browsers reach the server, if it is said.
    pub public_url: Option<String>,
}

impl App {
    /// The way to the desk.
    pub fn door(&self) -> &Door {
        &self.eyes.door
    }

    /// What is remembered.
    pub fn store(&self) -> &dyn Store {
        &*self.eyes.store
    }

    /// The demo, or 404 where there is none.
    pub fn demo(&self) -> Result<&Demo, Problem> {
        let missing = || Problem::not_found("this is not the demo");
        self.demo.as_ref().ok_or_else(missing)
    }

    /// Whether browsers reach us by TLS.
    pub fn is_https(&self) -> bool {
        let url = self.public_url.as_deref();
        url.is_some_and(|url| url.starts_with("https://"))
    }
}

/// The API's routes with their description.
fn api() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(description::description()).nest(
        "/api/v1",
        OpenApiRouter::new()
            .merge(login::router())
            .merge(tokens::router())
            .merge(conversations::router())
            .merge(messages::router())
            .merge(handoffs::router())
            .merge(reading::router())
            .merge(agents::router())
            .merge(policies::router())
            .merge(replays::router())
            .merge(audit::router())
            .merge(webhooks::router())
            .merge(crate::live::router()),
    )
}

/// The API's description, as it is served at `/api/openapi.json`.
pub fn openapi() -> OpenApi {
    api().into_openapi()
}

/// Everything that is served.
pub fn router(app: Arc<App>) -> Router {
    let (api, description) = api().split_for_parts();
    let mut all = Router::new()
        .merge(api)
        .route(
            "/api/openapi.json",
            get(move || std::future::ready(Json(description.clone()))),
        )
        .route("/livez", get(health::livez))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .merge(pages::router(app.demo.is_some()));
    if app.demo.is_some() {
        all = all.merge(demo::router());
    }
    all.fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(cors())
        .layer(DefaultBodyLimit::max(posted::BODY_BYTES))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ))
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            TIME_LIMIT,
        ))
        .layer(axum::middleware::map_response(late))
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(app)
}

/// Widgets live on other sites; they send tokens, never cookies. Outside of what knows no method:
/// a browser asks by a method that no route has.
fn cors() -> CorsLayer {
    let key = HeaderName::from_static("idempotency-key");
    let is_api = |_: &HeaderValue, parts: &Parts| parts.uri.path().starts_with("/api/v1/");
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(is_api))
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, key])
        .max_age(Duration::from_hours(1))
}

async fn unknown_route(uri: axum::http::Uri) -> Problem {
    Problem::not_found(format!("nothing is served at `{}`", uri.path()))
        .hint("the API is described at /api/openapi.json")
}

async fn wrong_method(method: Method, uri: axum::http::Uri) -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "wrong_method",
        "Not this way",
        format!("`{}` does not take {method}", uri.path()),
    )
}

/// A timeout has no body of its own.
async fn late(response: Response) -> Response {
    let timed_out = response.status() == StatusCode::SERVICE_UNAVAILABLE
        && !response.headers().contains_key(header::CONTENT_TYPE);
    if timed_out {
        return Problem::busy("the request took too long, try again", 1).into_response();
    }
    response
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer gives the panic away"
)]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let words = panic.downcast_ref::<&str>().map(ToString::to_string);
    let words = words.or_else(|| panic.downcast_ref::<String>().cloned());
    Problem::internal(words.unwrap_or_default()).into_response()
}
