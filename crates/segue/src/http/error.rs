//! Every error as RFC 9457 says: a problem with a type, a title, and what to do about it.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use segue_core::{id::NotAnId, journal::Refusal, policy::diagnosis::Diagnosis};
use segue_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk_loop::Denied;

/// Why a request was not done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem for programs: `urn:segue:problem:stale_epoch`.
    #[serde(rename = "type", serialize_with = "urn")]
    pub kind: &'static str,
    /// Names it for people.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What exactly, in this case.
    pub detail: Box<str>,
    /// The field of the request that is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Box<str>>,
    /// What would be right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<Box<str>>,
    /// Findings in a policy document.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub diagnostics: Vec<Diagnosis>,
    /// Seconds after which the same request may succeed.
    #[serde(skip)]
    pub retry_after: Option<u32>,
}

impl Problem {
    /// A problem of a kind.
    pub fn new(
        status: StatusCode,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            title,
            status: status.as_u16(),
            detail: detail.into().into(),
            field: None,
            hint: None,
            diagnostics: Vec::new(),
            retry_after: None,
        }
    }

    /// Names the field at fault.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into().into());
        self
    }

    /// Says what would be right.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into().into());
        self
    }

    /// 404: there is no such thing, or it is not the caller's to see.
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Not found", what)
    }

    /// 401: nobody is known to be asking.
    pub fn no_auth() -> Self {
        let detail = "this call needs a token or a login";
        Self::new(StatusCode::UNAUTHORIZED, "no_auth", "Who are you?", detail)
            .hint("send `Authorization: Bearer …`, or log in at POST /api/v1/login")
    }

    /// 403: the caller is known and may not do this.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Not allowed", detail)
    }

    /// 409: the world has moved on.
    pub fn conflict(kind: &'static str, detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            kind,
            "The situation has changed",
            detail,
        )
    }

    /// 422: a field's value cannot be.
    pub fn invalid(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "A value cannot be accepted",
            detail,
        )
        .field(field)
    }

    /// 503: the same request may succeed soon.
    pub fn busy(detail: impl Into<String>, retry_after: u32) -> Self {
        let mut problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Not just now",
            detail,
        );
        problem.retry_after = Some(retry_after);
        problem
    }

    /// 500: a fault of ours; the cause is in the log and not in the answer.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "A fault of the server",
            "the request was not done; the server's log says why",
        )
    }
}

fn urn<S: serde::Serializer>(kind: &&'static str, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&format_args!("urn:segue:problem:{kind}"))
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        let problem = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, problem);
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer");
            headers.insert(header::WWW_AUTHENTICATE, bearer);
        }
        response
    }
}

impl From<NotAnId> for Problem {
    fn from(error: NotAnId) -> Self {
        Self::not_found(error.to_string())
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { .. } | StoreError::Conflict { .. } => {
                tracing::warn!(%error, "the store did not answer");
                Self::busy("the store does not answer just now, nothing was written", 1)
            }
            StoreError::Full { .. } => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "full",
                "No space is left",
                "the disk is full, nothing was written",
            ),
            other => Self::internal(other),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        match refusal {
            Refusal::NoAgent(_) => Self::not_found(detail),
            Refusal::NoConversation(_) => Self::conflict("resolved", detail),
            Refusal::NoHandoff(_) => Self::conflict("over", detail),
            Refusal::NoRoute(_) => Self::invalid("route", detail),
            Refusal::BadPolicy(_) => Self::invalid("source", detail),
            Refusal::PolicyMoved { .. } => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "policy_moved",
                "Somebody else published meanwhile",
                detail,
            )
            .hint("read GET /api/v1/policy, bring your change into it, and publish again"),
            Refusal::NotOffered { .. } => Self::conflict("not_offered", detail),
            Refusal::Taken { .. } => Self::conflict("taken", detail),
            Refusal::NotYours { .. } | Refusal::NotWithAgent(_) => {
                Self::conflict("not_yours", detail)
            }
            Refusal::NotThere(_) => Self::conflict("not_there", detail),
            Refusal::Full { .. } => Self::conflict("at_capacity", detail),
            Refusal::AlreadyOpen(_) => Self::conflict("already_open", detail),
            Refusal::AlreadyHandedOff(_) => Self::conflict("already_handed_off", detail),
            Refusal::NothingToChoose(_) => Self::conflict("nothing_to_choose", detail),
            Refusal::OutOfRange { field, .. } => Self::invalid(field, detail),
        }
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Refused(refusal) => (*refusal).into(),
            Denied::Busy => Self::busy("the desk has more to do than it can take, try again", 1),
            Denied::Unavailable => Self::busy(
                "it could not be written down, so nothing was done, try again",
                1,
            ),
            Denied::Unsure => Self::busy(
                "the store stopped answering while this was written, so nobody can tell yet \
                 whether it was done",
                2,
            )
            .hint("send it again under the same Idempotency-Key, or look before you repeat it"),
            Denied::Stopping => Self::busy("the server is stopping, try again", 2),
            Denied::KeyReused => Self::invalid(
                "Idempotency-Key",
                "this key was used for another request, use a new one",
            ),
            Denied::Store(error) => error.into(),
        }
    }
}
