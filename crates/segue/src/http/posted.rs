//! What comes with a request: its JSON, its idempotency key, the ids in its path.

use std::{str::FromStr, sync::Arc};

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request, rejection::BytesRejection},
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use segue_core::{id::NotAnId, policy::MAX_BYTES};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::{
    App,
    auth::{Caller, hex},
    error::Problem,
};
use crate::desk_loop::{Done, Key};

/// The largest body that is read.
pub const BODY_BYTES: usize = 64 * 1024;
/// The largest text that is taken.
pub const TEXT_BYTES: usize = 16 * 1024;
/// The longest idempotency key.
const KEY_BYTES: usize = 200;

static KEY: HeaderName = HeaderName::from_static("idempotency-key");
static REPLAY: HeaderName = HeaderName::from_static("idempotent-replay");

/// A JSON body with the idempotency key of its request.
pub struct Posted<T> {
    /// What was said.
    pub said: T,
    /// With a hash of the request.
    key: Option<(String, String)>,
}

impl<T> Posted<T> {
    /// The key in the name of a caller.
    pub fn key(&self, caller: &Caller) -> Option<Key> {
        self.key.as_ref().map(|(key, request_hash)| Key {
            caller: caller.name.clone(),
            key: key.clone(),
            request_hash: request_hash.clone(),
        })
    }
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Posted<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let key = match request.headers().get(&KEY) {
            Some(key) => Some(read_key(key)?),
            None => None,
        };
        need_json(&request)?;
        let place = format!("{} {}\n", request.method(), request.uri().path());
        let bytes = Bytes::from_request(request, app).await.map_err(unread)?;
        Ok(Self {
            said: read_json(&bytes)?,
            key: key.map(|key| (key, hash_of(&place, &bytes))),
        })
    }
}

fn hash_of(place: &str, body: &[u8]) -> String {
    let hash = Sha256::new().chain_update(place).chain_update(body);
    hex(&hash.finalize())
}

fn read_key(key: &HeaderValue) -> Result<String, Problem> {
    let text = key.to_str().unwrap_or_default();
    if text.is_empty() || text.len() > KEY_BYTES {
        let detail = format!(
            "the key has {} bytes, it must have 1 to {KEY_BYTES}",
            key.len()
        );
        return Err(Problem::invalid("Idempotency-Key", detail));
    }
    Ok(text.to_owned())
}

/// Other kinds of body are what a foreign page can send without asking.
fn need_json(request: &Request) -> Result<(), Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let Some(kind) = kind.and_then(|kind| kind.to_str().ok()) else {
        return Ok(());
    };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "not_json",
        "The body must be JSON",
        format!("the content type is `{kind}`"),
    )
    .hint("send `content-type: application/json`"))
}

fn unread(rejection: BytesRejection) -> Problem {
    let response = rejection.into_response();
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "The body is too large",
            format!("a body may have {BODY_BYTES} bytes, a policy {MAX_BYTES}"),
        );
    }
    Problem::new(
        StatusCode::BAD_REQUEST,
        "unreadable",
        "The body cannot be read",
        "the connection ended before the body did",
    )
}

fn read_json<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Problem> {
    let bad =
        |detail: String| Problem::new(StatusCode::BAD_REQUEST, "bad_json", "Bad JSON", detail);
    // Nothing at all counts as an empty object: most moves need no words.
    let text = if bytes.is_empty() { b"{}" } else { &bytes[..] };
    let text = std::str::from_utf8(text).map_err(|error| {
        let at = error.valid_up_to();
        bad(format!("the body is not UTF-8: byte {at} is broken"))
    })?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let said = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let field = error.path().to_string();
        let problem = bad(error.inner().to_string());
        if matches!(field.as_str(), "." | "?") {
            problem
        } else {
            problem.field(field)
        }
    })?;
    reader.end().map_err(|error| bad(error.to_string()))?;
    Ok(said)
}

/// A text within the limit, and not empty.
pub fn need_text(field: &str, text: &str) -> Result<(), Problem> {
    if text.trim().is_empty() {
        return Err(Problem::invalid(
            field,
            "it is empty, it must say something",
        ));
    }
    need_short(field, text, TEXT_BYTES)
}

/// A text within a limit.
pub fn need_short(field: &str, text: &str, most: usize) -> Result<(), Problem> {
    if text.len() > most {
        let detail = format!("it has {} bytes, it may have {most}", text.len());
        return Err(Problem::invalid(field, detail).hint("send it in parts"));
    }
    Ok(())
}

/// The one id in a path.
pub struct Id<T>(pub T);

impl<T: FromStr<Err = NotAnId> + Send> FromRequestParts<Arc<App>> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let Path(text): Path<String> = Path::from_request_parts(parts, app)
            .await
            .map_err(|error| Problem::not_found(error.body_text()))?;
        Ok(Self(text.parse()?))
    }
}

/// What a query string says.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Arc<App>> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, app).await;
        let query = query.map_err(|error| Problem::invalid("query", error.body_text()))?;
        Ok(Self(query.0))
    }
}

/// An answer that says whether the request had come before.
pub fn answered(done: &Done, status: StatusCode, body: impl IntoResponse) -> Response {
    let mut response = (status, body).into_response();
    if done.replayed {
        let headers = response.headers_mut();
        headers.insert(REPLAY.clone(), HeaderValue::from_static("true"));
    }
    response
}
