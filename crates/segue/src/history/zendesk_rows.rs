//! Tickets as Zendesk's API and its JSON export write them, with their comments, audits and
//! metric sets where these are there.

use segue_store::{HistoryConversation, HistoryMessage};
use serde::Deserialize;
use serde_json::Value as Json;

use super::{
    Mapping,
    course::Course,
    mapping::Role,
    plain::plain,
    segue_rows::{Id, When},
    whole::{Fault, Parsed, person_has_it, unreadable},
};

#[derive(Deserialize)]
struct Ticket {
    id: Id,
    created_at: Option<When>,
    priority: Option<String>,
    description: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    requester_id: Option<i64>,
    group_id: Option<i64>,
    via: Option<Via>,
    satisfaction_rating: Option<Satisfaction>,
    #[serde(default)]
    comments: Vec<Comment>,
    #[serde(default)]
    audits: Vec<Audit>,
    #[serde(alias = "metrics", alias = "ticket_metric")]
    metric_set: Option<MetricSet>,
}

#[derive(Deserialize)]
struct Via {
    channel: Option<Json>,
}

#[derive(Deserialize)]
struct Satisfaction {
    score: Option<String>,
}

#[derive(Clone, Deserialize)]
struct Comment {
    author_id: Option<i64>,
    author: Option<Author>,
    plain_body: Option<String>,
    body: Option<String>,
    html_body: Option<String>,
    public: Option<bool>,
    created_at: Option<When>,
}

#[derive(Clone, Deserialize)]
struct Author {
    role: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Audit {
    created_at: Option<When>,
    author_id: Option<i64>,
    #[serde(default)]
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    field_name: Option<String>,
    value: Option<Json>,
    previous_value: Option<Json>,
    author_id: Option<i64>,
    body: Option<String>,
    html_body: Option<String>,
    public: Option<bool>,
}

#[derive(Default, Deserialize)]
struct MetricSet {
    reopens: Option<u32>,
    group_stations: Option<u32>,
    solved_at: Option<When>,
}

/// Whether a row looks like a ticket.
pub(super) fn is_one(row: &Json) -> bool {
    let has = |name: &str| row.get(name).is_some();
    has("requester_id") && (has("comments") || has("audits") || has("via"))
}

/// Reads one ticket.
pub(super) fn parse(line: &str, how: &Mapping) -> Parsed {
    let mut ticket: Ticket = serde_json::from_str(line).map_err(|error| unreadable(&error))?;
    if ticket.comments.is_empty() {
        ticket.comments = ticket.comments_of_audits();
    }
    let metrics = ticket.metric_set.take().unwrap_or_default();
    let mut messages = Vec::new();
    for (comment, place) in ticket.comments.iter().zip(1..) {
        messages.extend(message(comment, ticket.requester_id, place, how)?);
    }
    let channel = ticket.via.as_ref().and_then(|via| via.channel.as_ref());
    let closed_at = match &metrics.solved_at {
        Some(at) => how.when(Some(at), "`metric_set.solved_at`")?,
        None => how.when(ticket.last_solved(), "`created_at` of an audit")?,
    };
    let mut one = HistoryConversation {
        channel: channel.map(word),
        opened_at: how
            .when(ticket.created_at.as_ref(), "`created_at`")?
            .unwrap_or_default(),
        closed_at,
        handed_off: person_has_it(&messages),
        messages,
        ..HistoryConversation::default()
    };
    ticket.course(&metrics).put(&mut one);
    one.external_id = ticket.id.into_text()?;
    Ok(one)
}

impl Ticket {
    /// Exports without comments have them in the audits; those without both have the first one.
    fn comments_of_audits(&self) -> Vec<Comment> {
        let audits = self.audits.iter();
        let told: Vec<Comment> = audits
            .flat_map(|audit| {
                let comments = audit.events.iter().filter(|event| event.kind == "Comment");
                comments.map(|event| event.comment(audit))
            })
            .collect();
        if !told.is_empty() {
            return told;
        }
        let first = self.description.clone().map(|body| Comment {
            author_id: self.requester_id,
            author: None,
            plain_body: None,
            body: Some(body),
            html_body: None,
            public: Some(true),
            created_at: self.created_at.clone(),
        });
        first.into_iter().collect()
    }

    /// The values that a field took, in order.
    fn values_of(&self, field: &str) -> impl Iterator<Item = (&Audit, &Event)> {
        let events = self
            .audits
            .iter()
            .flat_map(|audit| audit.events.iter().map(move |event| (audit, event)));
        let field = field.to_owned();
        events.filter(move |(_, event)| {
            matches!(event.kind.as_str(), "Create" | "Change")
                && event.field_name.as_deref() == Some(&field)
        })
    }

    fn last_solved(&self) -> Option<&When> {
        let solved = self
            .values_of("status")
            .filter(|(_, event)| event.is("solved"));
        solved.last()?.0.created_at.as_ref()
    }

    fn reopens(&self) -> Option<u32> {
        if self.audits.is_empty() {
            return None;
        }
        let again = self.values_of("status").filter(|(_, event)| {
            let before = event.previous_value.as_ref().and_then(Json::as_str);
            before == Some("solved") && event.is("open")
        });
        u32::try_from(again.count()).ok()
    }

    /// The chain of groups: from the audits, or the present group where it never changed.
    fn groups(&self, metrics: &MetricSet) -> Vec<String> {
        let set = self.values_of("group_id");
        let chain: Vec<String> = set
            .filter_map(|(_, event)| event.value.as_ref())
            .filter(|value| !value.is_null())
            .map(word)
            .filter(|group| !group.is_empty())
            .collect();
        let never_changed = metrics.group_stations == Some(1);
        match self.group_id {
            Some(group) if chain.is_empty() && never_changed => vec![group.to_string()],
            _ => chain,
        }
    }

    fn course(&self, metrics: &MetricSet) -> Course {
        let score = self.satisfaction_rating.as_ref();
        Course {
            topic: self.kind.clone(),
            priority: self.priority.clone(),
            tags: self.tags.clone(),
            groups: self.groups(metrics),
            reopens: metrics.reopens.or_else(|| self.reopens()),
            satisfied: match score.and_then(|rating| rating.score.as_deref()) {
                Some(score) if score.starts_with("good") => Some(true),
                Some(score) if score.starts_with("bad") => Some(false),
                _ => None,
            },
            ..Course::default()
        }
    }
}

impl Event {
    fn is(&self, value: &str) -> bool {
        self.value.as_ref().and_then(Json::as_str) == Some(value)
    }

    fn comment(&self, audit: &Audit) -> Comment {
        Comment {
            author_id: self.author_id.or(audit.author_id),
            author: None,
            plain_body: None,
            body: self.body.clone(),
            html_body: self.html_body.clone(),
            public: self.public,
            created_at: audit.created_at.clone(),
        }
    }
}

/// A word or a number, as a word.
fn word(value: &Json) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// None for a note that the customer never saw, and for what nobody wrote.
fn message(
    comment: &Comment,
    requester: Option<i64>,
    place: usize,
    how: &Mapping,
) -> Result<Option<HistoryMessage>, Fault> {
    let by_machine = comment.author_id.is_some_and(|id| id < 0);
    if comment.public == Some(false) || by_machine {
        return Ok(None);
    }
    let author = match author(comment, requester, how) {
        Role::Ignore => return Ok(None),
        role => role.name(),
    };
    let text = comment.plain_body.as_deref().or(comment.body.as_deref());
    let text = text.map_or_else(
        || comment.html_body.as_deref().map(plain),
        |text| Some(text.trim().to_owned()),
    );
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let field = format!("`created_at` of comment {place}");
    let at = how.when(comment.created_at.as_ref(), &field)?;
    Ok(Some(HistoryMessage {
        author: author.to_owned(),
        at: at.unwrap_or_default(),
        text,
        extra: None,
    }))
}

/// As the mapping says; else by the author's role; else the requester is the customer, and anybody
/// else works for the team.
fn author(comment: &Comment, requester: Option<i64>, how: &Mapping) -> Role {
    let id = comment.author_id.map(|id| id.to_string());
    let about = comment.author.as_ref();
    let names = [
        id.as_deref(),
        about.and_then(|author| author.name.as_deref()),
    ];
    if let Some(role) = how.named_role(names) {
        return role;
    }
    match about.and_then(|author| author.role.as_deref()) {
        Some(role) => role_of(role == "end-user"),
        None => role_of(comment.author_id == requester),
    }
}

fn role_of(customer: bool) -> Role {
    if customer {
        Role::Customer
    } else {
        Role::Agent
    }
}
