//! What every format's conversations must hold, checked in one place.

use segue_core::time::Timestamp;
use segue_store::{HistoryConversation, HistoryMessage};
use serde_json::{Map, Value as Json};

use super::{Account, TEXT_BYTES, Why, course::Course};

/// Why a row is refused: the kind of fault, and which field, value and remedy.
pub(super) type Fault = (Why, String);

/// A conversation, or why its row is refused.
pub(super) type Parsed = Result<HistoryConversation, Fault>;

/// Whether a person has a conversation whose record is whole: yes if an agent writes in it, no if
/// only the assistant does.
pub(super) fn person_has_it(messages: &[HistoryMessage]) -> Option<bool> {
    let by = |author: &str| messages.iter().any(|message| message.author == author);
    (by("agent") || by("assistant")).then(|| by("agent"))
}

/// Refuses what is empty or too long; brings the messages into order.
pub(super) fn settle(mut one: HistoryConversation, account: &mut Account) -> Parsed {
    if one.messages.is_empty() && !Course::of(&one).tells_enough() {
        let detail = format!(
            "conversation `{}` has no message with words and no groups",
            one.external_id
        );
        return Err((Why::EmptyConversation, detail));
    }
    for (message, place) in one.messages.iter().zip(1..) {
        short_enough(&message.text, place)?;
    }
    put_in_order(&mut one, account);
    let agent = one.messages.iter().any(|message| message.author == "agent");
    // Somebody of the team wrote in it, so a person took over, whether the source says so or not.
    one.handed_off = one.handed_off.or(agent.then_some(true));
    Ok(one)
}

/// Refuses a text over the limit; `place` is its message's, from 1.
pub(super) fn short_enough(text: &str, place: usize) -> Result<(), (Why, String)> {
    if text.len() <= TEXT_BYTES {
        return Ok(());
    }
    let detail = format!(
        "the text of message {place} has {} bytes, {TEXT_BYTES} are the limit",
        text.len()
    );
    Err((Why::TextTooLong, detail))
}

fn put_in_order(one: &mut HistoryConversation, account: &mut Account) {
    let timed = one
        .messages
        .iter()
        .filter(|message| has_time(message))
        .count();
    if timed < one.messages.len() {
        account.times_dropped += u64::from(timed > 0);
        for message in &mut one.messages {
            message.at = Timestamp::default();
        }
    } else if !one.messages.is_sorted_by_key(|message| message.at) {
        account.sorted += 1;
        one.messages.sort_by_key(|message| message.at);
    }
    if one.opened_at == Timestamp::default() {
        one.opened_at = one.messages.first().map_or(one.opened_at, |first| first.at);
    }
}

fn has_time(message: &HistoryMessage) -> bool {
    message.at != Timestamp::default()
}

/// An object of what is there; none if nothing is.
pub(super) fn object<const N: usize>(fields: [(&str, Option<Json>); N]) -> Option<Json> {
    let known = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let known: Map<String, Json> = known.collect();
    (!known.is_empty()).then_some(Json::Object(known))
}

/// What an error of the JSON reader means for the row.
pub(super) fn unreadable(error: &serde_json::Error) -> (Why, String) {
    let text = error.to_string();
    // The row is one line: its number stands before, so only the column helps.
    let text = text.replace(" at line 1 column ", " at column ");
    let why = match error.classify() {
        serde_json::error::Category::Data if text.starts_with("missing field") => Why::MissingField,
        serde_json::error::Category::Data => Why::WrongValue,
        _ => Why::BrokenJson,
    };
    (why, text)
}
