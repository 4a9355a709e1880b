//! What the `OpenAPI` document says besides the calls: how to begin, who may do what, what every
//! call has in common.

use utoipa::openapi::{
    ComponentsBuilder, Info, OpenApi, OpenApiBuilder, Tag,
    security::{
        ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
    },
    tag::TagBuilder,
};

use super::auth::COOKIE;

const INTRODUCTION: &str = "\
From the assistant to a person, without a pause.

Every call carries a token: `Authorization: Bearer sgt_…`. The first start prints an administrator's token, once; \
`SEGUE_ADMIN_TOKEN` in the environment sets it instead. `POST /api/v1/tokens` makes the others. An agent who logs in with \
a password at `POST /api/v1/login` gets a cookie that counts as a token of their own.

What a token may do is its scope. `customer` sees and writes in that customer's own conversations. `assistant` opens \
conversations, passes customers' messages on, answers and asks for handoffs. `agent` works the queue. `lead` also publishes \
policies and changes the team. `admin` also makes tokens.

A POST may carry an `Idempotency-Key` of at most 200 characters: the same request under the same key has one effect, however \
often it is sent, and gets the same answer; another request under the same key gets 422.

An error is a problem document (RFC 9457) that names the field, the value and what would be right. 401 no token counts, 403 \
its scope does not reach so far, 404 there is no such thing, 409 it cannot be as things stand, such as a reply under a `control.epoch` \
that is over, 413 and 422 the request is too long or makes no sense, 429 and 503 try again later.

Lists come in pages: `next_cursor` of one page is `cursor` of the next. Times are RFC 3339 in UTC, waits are in seconds, \
confidences go from 0 to 1.";

const TAGS: [(&str, &str); 10] = [
    (
        "conversations",
        "A customer's talk, from the assistant to a person and back.",
    ),
    (
        "messages",
        "What is said. Each answer tells what was decided on the message, and why.",
    ),
    (
        "handoffs",
        "A conversation on its way to a person: the briefing, the queue, and the agent's moves.",
    ),
    ("queue", "Everybody who waits, in order, with the reason."),
    ("agents", "The team: skills, capacity, presence."),
    (
        "policy",
        "The document that decides when to hand off, to whom, and in which words.",
    ),
    ("metrics", "Rates and times, counted from the journal."),
    (
        "live",
        "What happens, as it happens. A client that comes back names the last `position` it saw, and gets what it missed once and in order.",
    ),
    ("access", "Tokens and logins."),
    (
        "webhooks",
        "Telling your own bot, signed after Standard Webhooks.",
    ),
];

/// The document before the calls are added.
pub(super) fn description() -> OpenApi {
    let mut info = Info::new("Segue", env!("CARGO_PKG_VERSION"));
    info.description = Some(INTRODUCTION.into());
    let schemes = ComponentsBuilder::new()
        .security_scheme("token", token())
        .security_scheme("session", session());
    OpenApiBuilder::new()
        .info(info)
        .tags(Some(TAGS.map(tag)))
        .components(Some(schemes.build()))
        .security(Some(
            ["token", "session"].map(|name| SecurityRequirement::new(name, [] as [&str; 0])),
        ))
        .build()
}

fn tag((name, about): (&str, &str)) -> Tag {
    TagBuilder::new()
        .name(name)
        .description(Some(about))
        .build()
}

fn token() -> SecurityScheme {
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
    SecurityScheme::Http(
        token
            .description(Some("A token of `POST /api/v1/tokens`"))
            .build(),
    )
}

fn session() -> SecurityScheme {
    let about = "The cookie of `POST /api/v1/login`";
    SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(COOKIE, about)))
}
