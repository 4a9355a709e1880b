//! What receivers are told, and which of them.

use segue_core::{
    id::{ConversationId, MessageId},
    time::Timestamp,
};
use segue_store::{OutboxRow, WebhookRow};
use serde::Serialize;
use serde_json::{Value, json};

/// The kind of outbox row that is a webhook.
pub const WEBHOOK: &str = "webhook";
/// What a team's own bot hears when a customer waits for its answer.
pub const ASSISTANT_ASKED: &str = "assistant.asked";
/// A receiver that wants everything.
pub const EVERYTHING: &str = "*";

/// Something that happened, as receivers read it.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The line that it follows from.
    pub position: u64,
    /// When.
    pub at: Timestamp,
    /// What kind of thing, such as `message` or `assistant.asked`.
    pub name: &'static str,
    /// The rest.
    pub data: Value,
}

/// The data of [`ASSISTANT_ASKED`]. The bot answers by `POST`ing
/// `{author: "assistant", text, assistant, epoch}` to `answer_at`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// Where.
    pub conversation_id: ConversationId,
    /// To which message.
    pub message_id: MessageId,
    /// To be sent back with the answer; an answer under an older one is refused.
    pub epoch: u32,
    /// The customer's words.
    pub text: String,
    /// The path for the answer.
    pub answer_at: String,
}

impl Asked {
    /// Of one message.
    pub fn new(conversation: ConversationId, message: MessageId, epoch: u32, text: &str) -> Self {
        Self {
            conversation_id: conversation,
            message_id: message,
            epoch,
            text: text.into(),
            answer_at: format!("/api/v1/conversations/{conversation}/messages"),
        }
    }

    /// As an event.
    pub fn event(&self, at: Timestamp) -> Event {
        let data = serde_json::to_value(self).unwrap_or_default();
        Event {
            position: self.message_id.0,
            at,
            name: ASSISTANT_ASKED,
            data,
        }
    }
}

impl Event {
    /// A row for each receiver that wants to hear of it. The rows hold neither address nor secret:
    /// those are looked up when they are sent.
    pub fn rows(&self, webhooks: &[WebhookRow]) -> Vec<OutboxRow> {
        let body = json!({
            "type": self.name,
            "timestamp": written(self.at),
            "position": self.position,
            "data": self.data,
        });
        webhooks
            .iter()
            .filter(|webhook| webhook.disabled_at.is_none() && self.is_wanted_by(webhook))
            .map(|webhook| OutboxRow {
                position: self.position,
                kind: WEBHOOK.into(),
                target: webhook.id.clone(),
                payload: body.to_string(),
                due_at: self.at,
            })
            .collect()
    }

    fn is_wanted_by(&self, webhook: &WebhookRow) -> bool {
        webhook
            .events
            .iter()
            .any(|wanted| wanted == self.name || wanted == EVERYTHING)
    }
}

/// RFC 3339 in UTC with milliseconds; a moment that no calendar holds is written as the first one.
fn written(at: Timestamp) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    format!("{moment:.3}")
}

#[cfg(test)]
mod tests {
    use segue_core::{
        id::{ConversationId, MessageId},
        time::Timestamp,
    };
    use segue_store::WebhookRow;

    use super::Asked;

    fn webhook(id: &str, events: &[&str], disabled: bool) -> WebhookRow {
        WebhookRow {
            id: id.into(),
            url: "http://bot.example/".into(),
            secret: "whsec_hidden".into(),
            events: events.iter().map(|&event| event.into()).collect(),
            created_at: Timestamp(0),
            disabled_at: disabled.then_some(Timestamp(1)),
        }
    }

    #[test]
    fn only_those_who_want_an_event_get_it_and_no_row_holds_a_secret() {
        let webhooks = [
            webhook("bot", &["assistant.asked"], false),
            webhook("all", &["*"], false),
            webhook("other", &["message"], false),
            webhook("off", &["*"], true),
        ];
        let asked = Asked::new(ConversationId(3), MessageId(9), 2, "hello?");
        let rows = asked.event(Timestamp(5)).rows(&webhooks);
        let targets: Vec<_> = rows.iter().map(|row| row.target.as_str()).collect();
        assert_eq!(targets, ["bot", "all"]);
        assert!(rows.iter().all(|row| !row.payload.contains("whsec_")));
        let body: serde_json::Value = serde_json::from_str(&rows[0].payload).unwrap();
        assert_eq!(body["type"], "assistant.asked");
        assert_eq!(
            body["data"]["answer_at"],
            "/api/v1/conversations/cnv_3/messages"
        );
        assert_eq!(body["timestamp"], "1970-01-01T00:00:00.005Z");
        assert_eq!(body["data"]["epoch"], 2);
    }
}
