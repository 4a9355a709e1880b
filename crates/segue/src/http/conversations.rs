//! Conversations: opened, looked at, listed, ended, rated.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use segue_core::{
    id::ConversationId,
    journal::{Author, Choice, CustomerFacts, Observation, Refusal},
};
use segue_store::{ConversationFilter, ConversationRow, CustomerRow};
use serde::Deserialize;
use serde_json::Value as Json_;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App,
    auth::{Caller, Who},
    callback::Callback,
    error::Problem,
    posted::{Asked, Id, Posted, answered, need_short, need_text},
    wire::{Page, conversation::Conversation, value_of},
};
use crate::{
    clock,
    desk_loop::{Told, Words},
};

/// Its routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(open, list))
        .routes(routes!(one))
        .routes(routes!(choose))
        .routes(routes!(resolve))
        .routes(routes!(rate))
        .routes(routes!(typing))
}

/// A conversation to be opened.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConversation {
    /// Whose; left out by a customer's own token.
    #[serde(default)]
    pub customer: Option<NewCustomer>,
    /// Where the customer writes; `web` if left out.
    #[serde(default)]
    pub channel: Option<String>,
    /// What it is about.
    #[serde(default)]
    pub subject: Option<String>,
}

/// What is told of a customer.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCustomer {
    /// The team's own id.
    #[serde(default)]
    pub external_id: Option<String>,
    /// As they want to be called.
    #[serde(default)]
    pub name: Option<String>,
    /// Their mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// A BCP 47 tag.
    #[serde(default)]
    pub locale: Option<String>,
    /// `tier` and whatever else decisions may depend on; believed from trusted callers only.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub attributes: BTreeMap<String, Json_>,
}

/// Opens a conversation. The assistant holds it first.
#[utoipa::path(post, path = "/conversations", tag = "conversations", request_body = NewConversation,
    responses((status = 201, body = Conversation)))]
async fn open(
    State(app): State<Arc<App>>,
    caller: Caller,
    posted: Posted<NewConversation>,
) -> Result<Response, Problem> {
    let said = &posted.said;
    let row = app.customer_row(&caller, said.customer.clone()).await?;
    let channel = said.channel.clone().unwrap_or_else(|| "web".into());
    need_short("channel", &channel, 40)?;
    let subject = said.subject.clone().filter(|text| !text.trim().is_empty());
    if let Some(subject) = &subject {
        need_short("subject", subject, 400)?;
    }
    let facts = app.facts_of(&row).await?;
    let seen = Observation::ConversationOpened {
        customer: facts,
        channel,
    };
    let words = subject.map(|text| Words { text, extra: None });
    let told = Told { seen, words };
    let seen = Box::new(move |_: &_| Ok(vec![told.clone()]));
    let done = app
        .door()
        .submit(seen, Some(row), posted.key(&caller))
        .await?;
    let id = ConversationId(done.first);
    let conversation = app.conversation_for(&caller, id).await?;
    Ok(answered(&done, StatusCode::CREATED, Json(conversation)))
}

/// Which conversations are asked for.
#[derive(Debug, Deserialize, IntoParams)]
struct ListQuery {
    /// `assistant`, `waiting`, `offered`, `agent` or `resolved`.
    state: Option<String>,
    /// From the page before.
    cursor: Option<String>,
    /// At most so many, 50 if left out, 200 at most.
    limit: Option<usize>,
}

fn check_state(state: Option<&str>) -> Result<(), Problem> {
    match state {
        None | Some("assistant" | "waiting" | "offered" | "agent" | "resolved") => Ok(()),
        Some(other) => {
            let detail =
                format!("`{other}` is not one of assistant, waiting, offered, agent, resolved");
            Err(Problem::invalid("state", detail))
        }
    }
}

/// Lists conversations, the newest first.
#[utoipa::path(get, path = "/conversations", tag = "conversations", params(ListQuery),
    responses((status = 200, body = Page<Conversation>)))]
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(query): Asked<ListQuery>,
) -> Result<Json<Page<Conversation>>, Problem> {
    check_state(query.state.as_deref())?;
    let mut filter = ConversationFilter {
        state: query.state,
        ..ConversationFilter::default()
    };
    if let Who::Customer { id, .. } = &caller.who {
        filter.customer = Some(*id);
    }
    let before = query.cursor.map(|cursor| cursor.parse()).transpose();
    let before = before.map_err(|_| Problem::invalid("cursor", "it is not one of ours"))?;
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let rows = app.store().conversations(filter, before, limit).await?;
    let full = rows.len() == limit;
    let next_cursor = rows.last().filter(|_| full).map(|row| row.id.to_string());
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(app.conversation_for(&caller, row.id).await?);
    }
    Ok(Json(Page { items, next_cursor }))
}

/// One conversation.
#[utoipa::path(get, path = "/conversations/{id}", tag = "conversations",
    params(("id" = String, Path)), responses((status = 200, body = Conversation)))]
async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id<ConversationId>,
) -> Result<Json<Conversation>, Problem> {
    app.seen_by(&caller, id).await?;
    Ok(Json(app.conversation_for(&caller, id).await?))
}

/// What the customer chooses.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewChoice {
    /// `wait`, `callback`, `message` or `stay`.
    #[schema(value_type = String)]
    choice: Choice,
    /// Where and when to call back.
    #[serde(default)]
    callback: Option<Callback>,
}

/// Takes the customer's choice. How they can be reached becomes a message of theirs, so that
/// whoever calls them finds it in the conversation.
#[utoipa::path(post, path = "/conversations/{id}/choice", tag = "conversations",
    params(("id" = String, Path)), request_body = NewChoice,
    responses((status = 200, body = Conversation)))]
async fn choose(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id<ConversationId>,
    posted: Posted<NewChoice>,
) -> Result<Response, Problem> {
    app.seen_by(&caller, id).await?;
    let callback = posted.said.callback.as_ref();
    let callback_at = callback.map(Callback::at).transpose()?.flatten();
    let reach = callback.map(Callback::reach).transpose()?.flatten();
    if posted.said.choice == Choice::Callback && reach.is_none() {
        let detail = "nobody could be called back: it has neither `phone` nor `email`";
        return Err(Problem::invalid("callback", detail).hint("give one of the two"));
    }
    let mut told = vec![Told::plain(Observation::ChoiceMade {
        conversation: id,
        choice: posted.said.choice,
        callback_at,
    })];
    told.extend(reach.map(|text| app.said_by_customer(id, text)));
    app.change(&caller, id, posted.key(&caller), told).await
}

/// Nothing needs to be said.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Nothing {}

/// Ends a conversation for the customer; agents resolve its handoff.
#[utoipa::path(post, path = "/conversations/{id}/resolve", tag = "conversations",
    params(("id" = String, Path)), request_body = Nothing,
    responses((status = 200, body = Conversation)))]
async fn resolve(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id<ConversationId>,
    posted: Posted<Nothing>,
) -> Result<Response, Problem> {
    app.seen_by(&caller, id).await?;
    let by = match caller.who {
        Who::Customer { .. } => Author::Customer,
        Who::Assistant => Author::Assistant,
        Who::Lead(_) | Who::Admin(_) => Author::Segue,
        Who::Agent(_) => {
            return Err(Problem::forbidden("an agent resolves the handoff")
                .hint("POST /api/v1/handoffs/{id}/resolve"));
        }
    };
    let seen = Observation::Resolved {
        conversation: id,
        by,
    };
    app.change(&caller, id, posted.key(&caller), vec![Told::plain(seen)])
        .await
}

/// A rating.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// 1 to 5.
    score: i64,
    /// In the customer's words.
    #[serde(default)]
    comment: Option<String>,
}

/// Takes the customer's rating.
#[utoipa::path(post, path = "/conversations/{id}/csat", tag = "conversations",
    params(("id" = String, Path)), request_body = Rating,
    responses((status = 201, body = Conversation)))]
async fn rate(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id<ConversationId>,
    posted: Posted<Rating>,
) -> Result<Response, Problem> {
    app.seen_by(&caller, id).await?;
    let given = posted.said.score;
    let Some(score) = u8::try_from(given).ok().filter(|s| (1..=5).contains(s)) else {
        return Err(Problem::invalid(
            "score",
            format!("it is {given}, it must be 1 to 5"),
        ));
    };
    let comment = posted
        .said
        .comment
        .clone()
        .filter(|text| !text.trim().is_empty());
    if let Some(comment) = &comment {
        need_short("comment", comment, 4000)?;
    }
    let told = Told {
        seen: Observation::CsatGiven {
            conversation: id,
            score,
        },
        words: comment.map(|text| Words { text, extra: None }),
    };
    let mut response = app
        .change(&caller, id, posted.key(&caller), vec![told])
        .await?;
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

/// Says that somebody is writing; nothing is kept.
#[utoipa::path(post, path = "/conversations/{id}/typing", tag = "conversations",
    params(("id" = String, Path)), request_body = Nothing, responses((status = 204)))]
async fn typing(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id<ConversationId>,
) -> Result<StatusCode, Problem> {
    app.seen_by(&caller, id).await?;
    app.live.typing(&app, &caller, id).await;
    Ok(StatusCode::NO_CONTENT)
}

impl App {
    /// The conversation, if the caller may see it; 404 otherwise, so that nobody learns what is
    /// not theirs.
    pub async fn seen_by(
        &self,
        caller: &Caller,
        id: ConversationId,
    ) -> Result<ConversationRow, Problem> {
        let row = self.store().conversation(id).await?;
        row.filter(|row| caller.may_see(row.customer))
            .ok_or_else(|| Problem::not_found(format!("there is no conversation {id}")))
    }

    /// A conversation as the caller may see it.
    pub async fn conversation_for(
        &self,
        caller: &Caller,
        id: ConversationId,
    ) -> Result<Conversation, Problem> {
        let found = self.eyes.conversation(id).await?;
        let found =
            found.ok_or_else(|| Problem::not_found(format!("there is no conversation {id}")))?;
        Ok(if caller.is_customer() {
            found.for_customer()
        } else {
            found
        })
    }

    async fn change(
        &self,
        caller: &Caller,
        id: ConversationId,
        key: Option<crate::desk_loop::Key>,
        told: Vec<Told>,
    ) -> Result<Response, Problem> {
        let seen = Box::new(move |_: &_| Ok::<_, Refusal>(told));
        let done = self.door().submit(seen, None, key).await?;
        let conversation = self.conversation_for(caller, id).await?;
        Ok(answered(
            &done,
            StatusCode::OK,
            Json(conversation).into_response(),
        ))
    }

    /// What the customer wrote in a form.
    fn said_by_customer(&self, conversation: ConversationId, text: String) -> Told {
        Told {
            seen: Observation::MessageReceived {
                conversation,
                author: Author::Customer,
                epoch: None,
                reading: Box::new(self.door().read(&text, Author::Customer)),
                answer: None,
            },
            words: Some(Words { text, extra: None }),
        }
    }

    /// The customer of a new conversation, with what is known and what the caller may add.
    async fn customer_row(
        &self,
        caller: &Caller,
        said: Option<NewCustomer>,
    ) -> Result<CustomerRow, Problem> {
        let said = said.unwrap_or_default();
        let external_id = named_by(caller, &said)?;
        if !said.attributes.is_empty() && !caller.is_trusted() {
            return Err(Problem::forbidden(
                "only the scopes `assistant` and `admin` may set a customer's attributes",
            )
            .field("customer.attributes"));
        }
        check_customer(&external_id, &said)?;
        let known = self.known_customer(&external_id).await?;
        Ok(merged(known, said))
    }

    async fn known_customer(&self, external_id: &str) -> Result<CustomerRow, Problem> {
        let id = self.secret.customer_id(external_id);
        let known = self.store().customer(id).await?;
        Ok(known.unwrap_or_else(|| CustomerRow {
            id,
            external_id: Some(external_id.to_owned()),
            name: None,
            email: None,
            locale: None,
            attributes: BTreeMap::new(),
            created_at: clock::now(),
        }))
    }

    /// What decisions may depend on about a customer.
    pub async fn facts_of(&self, row: &CustomerRow) -> Result<CustomerFacts, Problem> {
        let tier = row.attributes.get("tier").and_then(Json_::as_str);
        let others = row.attributes.iter().filter(|(name, _)| *name != "tier");
        Ok(CustomerFacts {
            id: row.id,
            tier: tier.map(str::to_owned),
            locale: row.locale.clone(),
            attributes: others
                .filter_map(|(name, value)| Some((name.clone(), value_of(value)?)))
                .collect(),
            previous: self.store().previous(row.id).await?,
        })
    }
}

fn named_by(caller: &Caller, said: &NewCustomer) -> Result<String, Problem> {
    let own = match &caller.who {
        Who::Customer { external_id, .. } => Some(external_id),
        _ => None,
    };
    if own.is_some() && said.external_id.is_some() {
        let problem = Problem::forbidden("a customer cannot write as somebody else");
        return Err(problem.field("customer.external_id"));
    }
    own.or(said.external_id.as_ref()).cloned().ok_or_else(|| {
        let detail = "it is missing, it names the customer in your own system";
        Problem::invalid("customer.external_id", detail)
    })
}

fn check_customer(external_id: &str, said: &NewCustomer) -> Result<(), Problem> {
    need_text("customer.external_id", external_id)?;
    need_short("customer.external_id", external_id, 200)?;
    let texts = [
        ("name", &said.name),
        ("email", &said.email),
        ("locale", &said.locale),
    ];
    for (field, text) in texts {
        need_short(
            &format!("customer.{field}"),
            text.as_deref().unwrap_or_default(),
            200,
        )?;
    }
    if said.attributes.len() > 30 {
        let detail = format!("there are {}, at most 30 are kept", said.attributes.len());
        return Err(Problem::invalid("customer.attributes", detail));
    }
    Ok(())
}

fn merged(mut row: CustomerRow, said: NewCustomer) -> CustomerRow {
    row.name = said.name.or(row.name);
    row.email = said.email.or(row.email);
    row.locale = said.locale.or(row.locale);
    row.attributes.extend(said.attributes);
    row
}
