//! Conversations as Chatwoot's API and its webhooks write them, with their messages.

use segue_core::time::Timestamp;
use segue_store::{HistoryConversation, HistoryMessage};
use serde::Deserialize;
use serde_json::Value as Json;

use super::{
    Mapping,
    course::Course,
    mapping::Role,
    plain::plain,
    segue_rows::{Id, When, csat_in_range},
    whole::{Fault, Parsed, person_has_it, unreadable},
};

#[derive(Deserialize)]
struct Conversation {
    id: Id,
    status: Option<String>,
    priority: Option<String>,
    channel: Option<String>,
    created_at: Option<When>,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    meta: Meta,
    #[serde(default)]
    messages: Vec<Message>,
}

#[derive(Default, Deserialize)]
struct Meta {
    channel: Option<String>,
    team: Option<Team>,
}

#[derive(Deserialize)]
struct Team {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
    #[serde(rename = "message_type")]
    kind: Json,
    created_at: Option<When>,
    #[serde(default)]
    private: bool,
    sender_type: Option<String>,
    sender: Option<Sender>,
    content_type: Option<String>,
    #[serde(default)]
    content_attributes: Json,
}

#[derive(Deserialize)]
struct Sender {
    id: Option<Json>,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// What the numbers of a message's type mean.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Incoming,
    Outgoing,
    /// A line that tells what happened, such as who resolved it.
    Activity,
    Template,
}

/// Whether a row looks like a conversation.
pub(super) fn is_one(row: &Json) -> bool {
    let first = row["messages"].get(0);
    let typed = first.is_some_and(|first| first.get("message_type").is_some());
    typed || (row.get("inbox_id").is_some() && row.get("messages").is_some())
}

/// Reads one conversation.
pub(super) fn parse(line: &str, how: &Mapping) -> Parsed {
    let row: Conversation = serde_json::from_str(line).map_err(|error| unreadable(&error))?;
    let mut messages = Vec::new();
    let (mut csat, mut resolved_at, mut reopens) = (None, None, 0);
    for (message, place) in row.messages.iter().zip(1..) {
        let field = format!("`created_at` of message {place}");
        let at = how.when(message.created_at.as_ref(), &field)?;
        let text = plain(message.content.as_deref().unwrap_or_default());
        match message.kind(place)? {
            Kind::Activity if text.contains("resolved") => resolved_at = at,
            Kind::Activity if text.contains("reopened") => reopens += 1,
            Kind::Activity => {}
            Kind::Template => csat = csat.or(message.rating()),
            kind => messages.extend(message.said(kind, text, at.unwrap_or_default(), how)),
        }
    }
    let settled = row.status.as_deref() == Some("resolved");
    let mut one = HistoryConversation {
        external_id: row.id.into_text()?,
        channel: row.channel.or(row.meta.channel),
        opened_at: how
            .when(row.created_at.as_ref(), "`created_at`")?
            .unwrap_or_default(),
        closed_at: resolved_at.filter(|_| settled),
        handed_off: person_has_it(&messages),
        csat: csat_in_range(csat)?,
        messages,
        ..HistoryConversation::default()
    };
    let course = Course {
        topic: row.labels.first().cloned(),
        priority: row.priority,
        tags: row.labels,
        groups: row
            .meta
            .team
            .and_then(|team| team.name)
            .into_iter()
            .collect(),
        reopens: resolved_at.is_some().then_some(reopens),
        ..Course::default()
    };
    course.put(&mut one);
    Ok(one)
}

impl Message {
    /// The type is a number in the API and a word in webhooks.
    fn kind(&self, place: usize) -> Result<Kind, Fault> {
        let name = self.kind.as_str();
        Ok(match (name, self.kind.as_u64()) {
            (Some("incoming"), _) | (_, Some(0)) => Kind::Incoming,
            (Some("outgoing"), _) | (_, Some(1)) => Kind::Outgoing,
            (Some("activity"), _) | (_, Some(2)) => Kind::Activity,
            (Some("template"), _) | (_, Some(3)) => Kind::Template,
            _ => {
                let detail = format!(
                    "`message_type` of message {place} is `{}`: incoming, outgoing, activity and template are known",
                    self.kind
                );
                return Err((super::Why::WrongValue, detail));
            }
        })
    }

    fn rating(&self) -> Option<u8> {
        let survey = self.content_type.as_deref() == Some("input_csat");
        let answers = &self.content_attributes["submitted_values"];
        let rating = answers["csat_survey_response"]["rating"].as_u64();
        rating
            .filter(|_| survey)
            .map(|rating| u8::try_from(rating).unwrap_or(u8::MAX))
    }

    fn said(
        &self,
        kind: Kind,
        text: String,
        at: Timestamp,
        how: &Mapping,
    ) -> Option<HistoryMessage> {
        let role = self.role(kind, how);
        let heard = !self.private && role != Role::Ignore && !text.is_empty();
        heard.then(|| HistoryMessage {
            author: role.name().to_owned(),
            at,
            text,
            extra: None,
        })
    }

    /// What goes out is an agent's if a user of the team sent it, else a bot's.
    fn role(&self, kind: Kind, how: &Mapping) -> Role {
        let sender = self.sender.as_ref();
        let id = sender
            .and_then(|sender| sender.id.as_ref())
            .map(Json::to_string);
        let name = sender.and_then(|sender| sender.name.as_deref());
        let sent_by = self.sender_type.as_deref();
        let sent_by = sent_by.or_else(|| sender.and_then(|sender| sender.kind.as_deref()));
        let named = how.named_role([id.as_deref().filter(|_| kind != Kind::Incoming), name]);
        named.unwrap_or(match (kind, sent_by) {
            (Kind::Incoming, _) => Role::Customer,
            (_, Some(sender)) if sender.eq_ignore_ascii_case("user") => Role::Agent,
            _ => Role::Assistant,
        })
    }
}
