//! SQL text, shared by both engines, and the few kinds of value that go in and out.
//!
//! A statement is written once, with `$1`, `$2`, … and with `/*pg … */` or `/*sqlite … */`
//! around what only one engine understands.

use std::sync::OnceLock;

use segue_core::{
    id::{
        AgentId, ConversationId, CustomerId, HandoffId, IntentName, MessageId, OfferId, PromiseId,
        RouteName, SkillName, TriggerName,
    },
    time::Timestamp,
};

use crate::StoreError;

/// An engine's way of reading SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// The text as this engine wants it. `SQLite` numbers `$2, $1` by first appearance, as names;
    /// only `?2, ?1` are places.
    pub(crate) fn translate(self, text: &str) -> String {
        match self {
            Self::Sqlite => open_up(text, "/*sqlite ").replace('$', "?"),
            Self::Postgres => open_up(text, "/*pg "),
        }
    }

    fn texts(self) -> &'static [String] {
        static SQLITE: OnceLock<Vec<String>> = OnceLock::new();
        static POSTGRES: OnceLock<Vec<String>> = OnceLock::new();
        let texts = match self {
            Self::Sqlite => &SQLITE,
            Self::Postgres => &POSTGRES,
        };
        texts.get_or_init(|| ALL.iter().map(|(_, n, file)| self.find(n, file)).collect())
    }

    fn find(self, name: &str, file: &str) -> String {
        sections(file)
            .find(|(found, _)| *found == name)
            .map(|(_, text)| self.translate(text))
            .unwrap_or_default()
    }
}

/// Takes the comment marks off the parts that are meant for one engine; other engines go on
/// reading them as comments.
fn open_up(text: &str, mark: &str) -> String {
    let mut parts = text.split(mark);
    let mut opened = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        opened.push_str(&part.replacen("*/", "", 1));
    }
    opened
}

/// The named statements of a file. A line of comment ends a statement.
fn sections(file: &str) -> impl Iterator<Item = (&str, &str)> {
    file.split("-- name: ").skip(1).filter_map(|section| {
        let (name, text) = section.split_once('\n')?;
        Some((
            name.trim(),
            text.split("\n--").next().unwrap_or(text).trim(),
        ))
    })
}

macro_rules! queries {
    ($($file:literal: $($name:ident),*;)*) => {
        /// Every statement the store knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Query { $($($name,)*)* }

        const ALL: &[(Query, &str, &str)] = &[
            $($((Query::$name, stringify!($name), include_str!($file)),)*)*
        ];
    };
}

queries! {
    "../sql/journal.sql": AddDesk, Head, LockHead, MoveHead, AddLine, ReadLines, LinesOfConversation, LinesOfHandoff, AddBody, Bodies, BodyAt, SaveCustomer, SaveSnapshot, LoadSnapshot, AddAnswer, Answer, ForgetAnswers, AddOutbox, ClaimOutbox, OutboxDone, OutboxAgain, OutboxGivenUp, ForgetTold, Healthy;
    "../sql/projection.sql": AddPolicy, AddAgent, ChangeAgent, SetPresence, AddPresenceChange, OpenConversation, ReopenConversation, ResolveConversation, AddMessage, CountMessage, FirstReply, JudgeMessage, WithholdMessage, RefuseMessage, UncountMessage, OpenHandoff, LeaveAssistant, AddSegment, LeaveSegment, QueueHandoff, ConversationWaits, TakeStep, Unmatched, AddOffer, OfferHandoff, ConversationOffered, EndOffer, HandoffNotOffered, ConversationNotOffered, AcceptOffer, WithdrawOffers, AssignHandoff, AssignConversation, NoteCallback, EndHandoff, BackToAssistant, AddPromise, SettlePromise, AddCsat, RateConversation, AddFlag, AddAlert, ClearPolicies, ClearAgents, ClearConversations, ClearMessages, ClearHandoffs, ClearSegments, ClearOffers, ClearPromises, ClearCsat, ClearFlags, ClearAlerts, ClearPresenceChanges;
    "../sql/records.sql": Conversation, Conversations, ConversationsOfCustomer, ConversationsBetween, Messages, Message, Customer, CustomerOf, EraseCustomer, EraseWords, Previous, Handoff, HandoffsOf, HandoffsBetween, EntryAt, SegmentsOf, OffersOf, PromisesOf, PromisesBetween, FlagsOf, FlagsBetween, Agents;
    "../sql/access.sql": AddToken, Token, Tokens, RemoveToken, SaveSession, Session, RemoveSession, RemoveSessionsOf, ForgetSessions, ForgetTokens, RemoveOwnLogin, AddLogin, Login, RemoveLoginOf, Setting, SaveSetting, KeepSetting, Policy, Policies, SaveWebhook, Webhooks, RemoveWebhook;
    "../sql/check.sql": AllAgents, AllAlerts, AllConversations, AllCsat, AllFlags, AllHandoffs, AllMessages, AllOffers, AllPolicies, AllPresenceChanges, AllPromises, AllSegments, AllWords;
    "../sql/history.sql": BeginImport, ImportAt, GrowImport, AddHistoryConversation, AddHistoryMessage, FinishImport, UndoMessages, UndoConversations, UndoImport, Imports, NextImport, HistoryConversations, HistoryMessages, HistoryHeads, KeepReadings, UndoReadings;
}

impl Query {
    /// The statement's text; a test proves that each has one.
    pub(crate) fn text(self, dialect: Dialect) -> &'static str {
        dialect
            .texts()
            .get(self as usize)
            .map_or("", String::as_str)
    }
}

/// What goes into a statement and comes out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Bool(bool),
    Text(String),
}

/// A statement with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) query: Query,
    pub(crate) values: Vec<Value>,
}

/// Writes a statement with its values as if it were a call.
macro_rules! step {
    ($query:ident, $($value:expr),* $(,)?) => {
        $crate::sql::Step {
            query: $crate::sql::Query::$query,
            values: vec![$($crate::sql::Value::from($value)),*],
        }
    };
}
pub(crate) use step;

macro_rules! ints {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Value {
            fn from(value: $kind) -> Self {
                // Positions and counts stay far below 2^63.
                Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
            }
        }
    )*};
}
ints!(i64, u64, usize, i32, u32, i16, u16, u8);

macro_rules! ids {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Value {
            fn from(id: $kind) -> Self {
                Self::from(id.0)
            }
        }
    )*};
}
ids!(
    AgentId,
    ConversationId,
    HandoffId,
    MessageId,
    OfferId,
    PromiseId,
    Timestamp
);

macro_rules! names {
    ($($kind:ty),*) => {$(
        impl From<&$kind> for Value {
            fn from(name: &$kind) -> Self {
                Self::from(name.as_str())
            }
        }
    )*};
}
names!(IntentName, RouteName, SkillName, TriggerName, String);

impl From<CustomerId> for Value {
    fn from(id: CustomerId) -> Self {
        Self::Text(id.to_string())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<String> for Value {
    /// `PostgreSQL` cannot keep U+0000; so that both engines keep the same, neither does.
    fn from(text: String) -> Self {
        if text.contains('\0') {
            return Self::Text(text.replace('\0', "\u{fffd}"));
        }
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row of an answer; its values are taken from left to right.
#[derive(Debug)]
pub(crate) struct Row(std::vec::IntoIter<Value>);

impl Row {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    /// The next value, as the caller's type.
    pub(crate) fn take<T: Taken>(&mut self) -> Result<T, StoreError> {
        let value = self.0.next().unwrap_or(Value::Null);
        T::taken(value).map_err(|why| unreadable("a row", why))
    }

    /// All values that are left, as both engines write them: `SQLite` has no truth but 0 and 1.
    pub(crate) fn rest(self) -> Vec<Value> {
        let plain = |value| match value {
            Value::Bool(yes) => Value::Int(i64::from(yes)),
            other => other,
        };
        self.0.map(plain).collect()
    }

    /// The next value, a name or an id in its written form.
    pub(crate) fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(
        &mut self,
    ) -> Result<T, StoreError> {
        let text: String = self.take()?;
        text.parse().map_err(|why| unreadable("a row", why))
    }

    /// The next value, JSON.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&mut self) -> Result<T, StoreError> {
        let text: String = self.take()?;
        serde_json::from_str(&text).map_err(|why| unreadable("a row", why))
    }

    /// The next value, JSON if there is any.
    pub(crate) fn opt_json<T: serde::de::DeserializeOwned>(
        &mut self,
    ) -> Result<Option<T>, StoreError> {
        let text: Option<String> = self.take()?;
        text.map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|why| unreadable("a row", why))
    }

    /// The next value, a word of the core such as `urgent`.
    pub(crate) fn word<T: serde::de::DeserializeOwned>(&mut self) -> Result<T, StoreError> {
        let text: String = self.take()?;
        read_word(text)
    }

    /// The next value, a word of the core if there is any.
    pub(crate) fn opt_word<T: serde::de::DeserializeOwned>(
        &mut self,
    ) -> Result<Option<T>, StoreError> {
        let text: Option<String> = self.take()?;
        text.map(read_word).transpose()
    }
}

fn read_word<T: serde::de::DeserializeOwned>(text: String) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(text)).map_err(|why| unreadable("a row", why))
}

/// The error for something stored that does not read.
pub(crate) fn unreadable(what: &str, why: impl std::fmt::Display) -> StoreError {
    StoreError::Unreadable {
        what: what.to_owned(),
        why: why.to_string(),
    }
}

/// A type that a value can be taken as.
pub(crate) trait Taken: Sized {
    fn taken(value: Value) -> Result<Self, String>;
}

impl Taken for i64 {
    fn taken(value: Value) -> Result<Self, String> {
        match value {
            Value::Int(number) => Ok(number),
            Value::Bool(yes) => Ok(i64::from(yes)),
            Value::Null | Value::Text(_) => Err(format!("{value:?} is not a number")),
        }
    }
}

impl Taken for String {
    fn taken(value: Value) -> Result<Self, String> {
        match value {
            Value::Text(text) => Ok(text),
            Value::Null | Value::Int(_) | Value::Bool(_) => Err(format!("{value:?} is not a text")),
        }
    }
}

impl Taken for bool {
    fn taken(value: Value) -> Result<Self, String> {
        i64::taken(value).map(|number| number != 0)
    }
}

macro_rules! taken_ints {
    ($($kind:ty),*) => {$(
        impl Taken for $kind {
            fn taken(value: Value) -> Result<Self, String> {
                let number = i64::taken(value)?;
                number.try_into().map_err(|_| format!("{number} is out of range"))
            }
        }
    )*};
}
taken_ints!(u64, u32, i32, u16, u8);

macro_rules! taken_as {
    ($($kind:ident),*) => {$(
        impl Taken for $kind {
            fn taken(value: Value) -> Result<Self, String> {
                Taken::taken(value).map($kind)
            }
        }
    )*};
}
taken_as!(
    AgentId,
    ConversationId,
    HandoffId,
    MessageId,
    OfferId,
    PromiseId,
    Timestamp
);

macro_rules! taken_names {
    ($($kind:ident),*) => {$(
        impl Taken for $kind {
            fn taken(value: Value) -> Result<Self, String> {
                String::taken(value).map(|text| $kind::from(text.as_str()))
            }
        }
    )*};
}
taken_names!(IntentName, RouteName, TriggerName);

impl<T: Taken> Taken for Option<T> {
    fn taken(value: Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(None),
            Value::Int(_) | Value::Bool(_) | Value::Text(_) => T::taken(value).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_has_a_text_and_every_text_a_query() {
        for (query, name, _) in ALL {
            assert!(
                !query.text(Dialect::Sqlite).is_empty(),
                "{name} has no text"
            );
        }
        let mut files: Vec<&str> = ALL.iter().map(|(_, _, file)| *file).collect();
        files.dedup();
        let written: usize = files.iter().map(|file| sections(file).count()).sum();
        assert_eq!(written, ALL.len());
    }

    #[test]
    fn places_are_numbered_for_sqlite_and_kept_for_postgres() {
        let text = "SELECT $2, $1 /*pg FOR UPDATE */";
        assert_eq!(
            Dialect::Sqlite.translate(text),
            "SELECT ?2, ?1 /*pg FOR UPDATE */"
        );
        assert_eq!(
            Dialect::Postgres.translate(text),
            "SELECT $2, $1 FOR UPDATE "
        );
    }

    #[test]
    fn sqlite_binds_places_by_number() {
        let db = rusqlite::Connection::open_in_memory().unwrap();
        let text = Dialect::Sqlite.translate("SELECT $2, $1");
        let seen: (i64, i64) = db
            .query_row(&text, [10, 20], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        assert_eq!(seen, (20, 10));
    }

    #[test]
    fn what_is_meant_for_one_engine_is_a_comment_to_the_other() {
        let text = "CREATE TABLE t (a BIGINT) /*sqlite WITHOUT ROWID*/;";
        assert_eq!(
            Dialect::Sqlite.translate(text),
            "CREATE TABLE t (a BIGINT) WITHOUT ROWID;"
        );
        assert_eq!(Dialect::Postgres.translate(text), text);
    }

    #[test]
    fn no_query_walks_through_a_whole_table() {
        let db = rusqlite::Connection::open_in_memory().unwrap();
        db.execute_batch(crate::migrations::VERSION_TABLE).unwrap();
        let schema = crate::migrations::from(0, Dialect::Sqlite, "memory")
            .unwrap()
            .unwrap();
        db.execute_batch(&schema).unwrap();
        let one_row = [Query::Healthy];
        for (query, name, _) in ALL.iter().filter(|(query, ..)| !one_row.contains(query)) {
            let text = format!("EXPLAIN QUERY PLAN {}", query.text(Dialect::Sqlite));
            let mut plan = db.prepare(&text).unwrap();
            for place in 1..=plan.parameter_count() {
                plan.raw_bind_parameter(place, 1).unwrap();
            }
            let mut steps = plan.raw_query();
            while let Some(step) = steps.next().unwrap() {
                let step: String = step.get(3).unwrap();
                let walks = step.starts_with("SCAN ") && !step.contains("due");
                assert!(!walks, "{name}: {step}");
            }
        }
    }
}
