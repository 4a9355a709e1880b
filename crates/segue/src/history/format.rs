//! The formats in which conversations come, and how each is told from the others.

use clap::ValueEnum;
use serde_json::Value as Json;

use super::{
    Mapping, chatwoot_rows, incident_rows, intercom_rows, segue_rows, star_rows, tau_rows,
    thread_rows, whole::Parsed, zendesk_rows,
};

/// How a file is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Segue's own: one conversation a line, as JSON.
    Segue,
    /// One message a row; a mapping says which column is what.
    Csv,
    /// Tickets of Zendesk, with comments, audits and metric sets.
    Zendesk,
    /// Conversations of Intercom.
    Intercom,
    /// Conversations of Chatwoot.
    Chatwoot,
    /// Incidents of a service desk, one row each with the chain of groups.
    Servicenow,
    /// Threads between customers and agents.
    Threads,
    /// Dialogues of an AI that calls tools.
    TauAirline,
    /// Dialogues with a person who plays the assistant.
    Star,
}

/// Whether a row looks like one of a format.
type Looks = fn(&Json) -> bool;

impl Format {
    /// Its name on the command line and in the list of imports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Segue => "segue",
            Self::Csv => "csv",
            Self::Zendesk => "zendesk",
            Self::Intercom => "intercom",
            Self::Chatwoot => "chatwoot",
            Self::Servicenow => "servicenow",
            Self::Threads => "threads",
            Self::TauAirline => "tau-airline",
            Self::Star => "star",
        }
    }

    /// What a row looks like, if it looks like anything. Whose messages have a type of their own
    /// are asked before Segue's.
    pub(super) fn of(row: &str) -> Option<Self> {
        let row: Json = serde_json::from_str(row).ok()?;
        if row.get("turns").is_some_and(Json::is_array) {
            return Self::of_turns(&row);
        }
        let looks: [(Self, Looks); 5] = [
            (Self::Intercom, intercom_rows::is_one),
            (Self::Zendesk, zendesk_rows::is_one),
            (Self::Chatwoot, chatwoot_rows::is_one),
            (Self::Servicenow, incident_rows::is_one),
            (Self::Segue, |row| row.get("messages").is_some()),
        ];
        let mut looks = looks.into_iter();
        looks
            .find(|(_, is_one)| is_one(&row))
            .map(|(format, _)| format)
    }

    fn of_turns(row: &Json) -> Option<Self> {
        if row.get("success").is_some() {
            return Some(Self::TauAirline);
        }
        if thread_rows::is_one(row) && row.get("level").is_none() {
            return Some(Self::Threads);
        }
        let timed = row["turns"][0].get("t").is_some();
        timed.then_some(Self::Star)
    }

    pub(super) fn parse(self, row: &str, how: &Mapping) -> Parsed {
        match self {
            Self::TauAirline => tau_rows::parse(row),
            Self::Star => star_rows::parse(row),
            Self::Zendesk => zendesk_rows::parse(row, how),
            Self::Intercom => intercom_rows::parse(row, how),
            Self::Chatwoot => chatwoot_rows::parse(row, how),
            Self::Servicenow => incident_rows::parse(row, how),
            Self::Threads => thread_rows::parse(row, how),
            Self::Segue | Self::Csv => segue_rows::parse(row, how),
        }
    }
}
