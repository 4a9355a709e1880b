//! Messages: written, and read back.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode, response::Response};
use segue_core::{
    desk::Desk,
    id::{ConversationId, IntentName, MessageId},
    journal::{Answer, Author, Decision, Entry, Observation, Ruling},
};
use segue_store::ConversationRow;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App,
    auth::{Caller, Who},
    error::Problem,
    posted::{Asked, Id, Posted, answered, need_short, need_text},
    wire::{
        Page, Source,
        conversation::HandoffBrief,
        message::{Extra, Message, Received, decided},
    },
};
use crate::desk_loop::{Done, Told, Words};

/// Attempts and sources that an answer may name.
const NAMED_MOST: usize = 20;

/// Its routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(write, list))
}

/// A message to be written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    /// `customer`, `assistant` or `agent`.
    author: String,
    /// The words, at most 16 kB.
    text: String,
    /// What the assistant says of its answer.
    #[serde(default)]
    assistant: Option<NewAnswer>,
    /// The epoch under which the author believes to speak.
    #[serde(default)]
    epoch: Option<u32>,
}

/// What the assistant says of its answer.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnswer {
    /// How sure it is, 0 to 1.
    #[serde(default)]
    pub confidence: Option<f64>,
    /// What it took the question for.
    #[serde(default)]
    pub intent: Option<String>,
    /// What it tried.
    #[serde(default)]
    pub attempted: Vec<String>,
    /// What it rests on.
    #[serde(default)]
    pub sources: Vec<Source>,
}

/// Takes a message, and says what was decided on it.
#[utoipa::path(post, path = "/conversations/{id}/messages", tag = "messages",
    params(("id" = String, Path)), request_body = NewMessage,
    responses((status = 201, body = Received), (status = 409, body = Problem)))]
async fn write(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id<ConversationId>,
    posted: Posted<NewMessage>,
) -> Result<Response, Problem> {
    let closed = if app.is_open_to(&caller, id).await {
        None
    } else {
        Some(app.seen_by(&caller, id).await?)
    };
    let said = &posted.said;
    let author = author_of(&caller, &said.author)?;
    need_text("text", &said.text)?;
    let extra = said.assistant.clone().unwrap_or_default();
    check_answer(&extra)?;
    let seen = Observation::MessageReceived {
        conversation: id,
        author,
        epoch: said.epoch,
        reading: Box::new(app.door().read(&said.text, author)),
        answer: said.assistant.as_ref().map(answer_of),
    };
    let words = Words {
        text: said.text.clone(),
        extra: Extra {
            attempted: extra.attempted,
            sources: extra.sources,
        }
        .kept(),
    };
    let told = Told {
        seen,
        words: Some(words),
    };
    let reopened = match &closed {
        Some(row) => app.reopening(row, author).await?,
        None => None,
    };
    let seen = Box::new(move |desk: &Desk| {
        let back = reopened.clone().filter(|_| desk.conversation(id).is_none());
        let back = back.map(Told::plain);
        Ok(back.into_iter().chain([told.clone()]).collect())
    });
    let done = app.door().submit(seen, None, posted.key(&caller)).await?;
    let received = app.received(&done).await?;
    let received = if caller.is_customer() {
        received.for_customer()
    } else {
        received
    };
    Ok(answered(&done, StatusCode::CREATED, Json(received)))
}

fn author_of(caller: &Caller, author: &str) -> Result<Author, Problem> {
    let wrong = || {
        let detail = format!("your token does not let you write as `{author}`");
        Problem::forbidden(detail).field("author")
    };
    match (author, &caller.who) {
        ("customer", Who::Customer { .. } | Who::Assistant | Who::Admin(_)) => Ok(Author::Customer),
        ("assistant", Who::Assistant | Who::Admin(_)) => Ok(Author::Assistant),
        ("agent", _) => caller.agent().map(Author::Agent).ok_or_else(wrong),
        ("customer" | "assistant", _) => Err(wrong()),
        (other, _) => Err(Problem::invalid(
            "author",
            format!("`{other}` is not one of customer, assistant, agent"),
        )),
    }
}

fn check_answer(answer: &NewAnswer) -> Result<(), Problem> {
    if let Some(confidence) = answer.confidence
        && !(0.0..=1.0).contains(&confidence)
    {
        let detail = format!("it is {confidence}, it must be 0 to 1");
        return Err(Problem::invalid("assistant.confidence", detail));
    }
    let lengths = [
        ("assistant.attempted", answer.attempted.len()),
        ("assistant.sources", answer.sources.len()),
    ];
    for (field, length) in lengths {
        if length > NAMED_MOST {
            let detail = format!("there are {length}, at most {NAMED_MOST} are kept");
            return Err(Problem::invalid(field, detail));
        }
    }
    for (at, source) in answer.sources.iter().enumerate() {
        check_address(at, source.url.as_deref())?;
    }
    need_short(
        "assistant.intent",
        answer.intent.as_deref().unwrap_or_default(),
        100,
    )
}

/// An address becomes a link on other people's pages, so it may lead to a page and nowhere else.
fn check_address(at: usize, url: Option<&str>) -> Result<(), Problem> {
    let Some(url) = url else { return Ok(()) };
    let field = format!("assistant.sources[{at}].url");
    let lower = url.to_ascii_lowercase();
    let is_path = url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\");
    if !is_path && !lower.starts_with("https://") && !lower.starts_with("http://") {
        let detail = format!("`{url}` is neither a web address nor a path");
        let problem = Problem::invalid(field, detail);
        return Err(problem.hint("begin it with https://, http:// or /"));
    }
    need_short(&field, url, 2000)
}

fn answer_of(said: &NewAnswer) -> Answer {
    let count = |length: usize| u8::try_from(length).unwrap_or(u8::MAX);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be 0 to 1 before"
    )]
    let permille = |confidence: f64| (confidence * 1000.0).round() as u16;
    Answer {
        confidence_permille: said.confidence.map(permille),
        confidence_computed: false,
        intent: said.intent.as_deref().map(IntentName::from),
        attempted: count(said.attempted.len()),
        sources: count(said.sources.len()),
    }
}

/// Which messages are asked for.
#[derive(Debug, Deserialize, IntoParams)]
struct ListQuery {
    /// From the page before.
    cursor: Option<String>,
    /// At most so many, 100 if left out, 500 at most.
    limit: Option<usize>,
}

/// Lists the messages of a conversation, the oldest first.
#[utoipa::path(get, path = "/conversations/{id}/messages", tag = "messages",
    params(("id" = String, Path), ListQuery), responses((status = 200, body = Page<Message>)))]
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id<ConversationId>,
    Asked(query): Asked<ListQuery>,
) -> Result<Json<Page<Message>>, Problem> {
    app.seen_by(&caller, id).await?;
    let after = query.cursor.map(|cursor| cursor.parse::<MessageId>());
    let after = after.transpose();
    let after = after.map_err(|_| Problem::invalid("cursor", "it is not one of ours"))?;
    let limit = query.limit.unwrap_or(100).clamp(1, 500);
    let rows = app.store().messages(id, after, limit).await?;
    let full = rows.len() == limit;
    let next_cursor = rows.last().filter(|_| full).map(|row| row.id.to_string());
    let desk = app.door().desk().await;
    let items = rows.iter().map(|row| Message::of_row(&desk, row));
    let items: Vec<Message> = if caller.is_customer() {
        items.filter_map(Message::for_customer).collect()
    } else {
        items.collect()
    };
    Ok(Json(Page { items, next_cursor }))
}

impl App {
    /// Whether a conversation is on the desk and the caller may see it: then the store need not
    /// be asked.
    async fn is_open_to(&self, caller: &Caller, id: ConversationId) -> bool {
        let desk = self.door().desk().await;
        let open = desk.conversation(id);
        open.is_some_and(|open| caller.may_see(open.customer.id))
    }

    /// A customer who writes in a resolved conversation opens it again.
    async fn reopening(
        &self,
        row: &ConversationRow,
        author: Author,
    ) -> Result<Option<Observation>, Problem> {
        if row.state != "resolved" || author != Author::Customer {
            return Ok(None);
        }
        let Some(customer) = self.store().customer(row.customer).await? else {
            return Ok(None);
        };
        let mut facts = self.facts_of(&customer).await?;
        facts
            .previous
            .retain(|earlier| earlier.conversation != row.id);
        Ok(Some(Observation::ConversationReopened {
            conversation: row.id,
            customer: facts,
            channel: row.channel.clone(),
            epoch: row.epoch,
            opened_at: row.opened_at,
        }))
    }

    /// What a message's turn came to; 409 if it came too late.
    async fn received(&self, done: &Done) -> Result<Received, Problem> {
        let rulings = || {
            done.lines().iter().filter_map(|line| match &line.entry {
                Entry::Decided(Decision { ruling, .. }) => Some((line, ruling)),
                Entry::Observed(_) => None,
            })
        };
        for (_, ruling) in rulings() {
            if let Ruling::ReplyRefused { given, current, .. } = ruling {
                return Err(stale(*given, *current));
            }
        }
        let withheld = rulings().any(|(_, r)| matches!(r, Ruling::ReplyWithheld { .. }));
        let handoff = rulings().find_map(|(line, ruling)| match ruling {
            Ruling::HandoffOpened { .. } => Some(segue_core::id::HandoffId(line.position)),
            _ => None,
        });
        let desk = self.door().desk().await;
        let text = |position| done.body(position);
        let message = done.lines().iter().find_map(|line| match &line.entry {
            Entry::Observed(_) => Message::of_line(&desk, line, text(line.position), withheld),
            Entry::Decided(_) => None,
        });
        let notice = rulings()
            .find_map(|(line, _)| Message::of_line(&desk, line, text(line.position), false));
        let handoff = handoff
            .and_then(|id| desk.handoff(id))
            .map(|handoff| HandoffBrief::of(&desk, handoff));
        Ok(Received {
            message: message.ok_or_else(|| Problem::internal("a message left no line"))?,
            decision: decided(done.lines()),
            notice,
            handoff,
        })
    }
}

fn stale(given: Option<u32>, current: u32) -> Problem {
    let said = given.map_or_else(|| "no epoch".into(), |given| format!("epoch {given}"));
    let detail =
        format!("the reply was given under {said}, the conversation is at epoch {current}");
    Problem::conflict("stale_epoch", detail)
        .field("epoch")
        .hint("somebody else holds the conversation now; the reply was not shown")
}
