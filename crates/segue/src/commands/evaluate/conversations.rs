//! Labelled conversations: who said what, and how it went.

use serde::Deserialize;
use serde_json::Value as Json;

/// A conversation with its labels.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Conversation {
    /// In order.
    pub(super) turns: Vec<Turn>,
    /// What it is one trial of.
    #[serde(default)]
    pub(super) task: Option<Json>,
    /// Whether the assistant did what it should.
    #[serde(default)]
    pub(super) success: Option<Json>,
}

/// A turn of it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Turn {
    /// Whose it is.
    pub(super) role: Role,
    /// What was said.
    #[serde(default)]
    text: Option<String>,
    /// What the assistant does with it: the label of the turn, never shown before it.
    #[serde(default)]
    pub(super) act: Option<String>,
    /// The tools that the assistant calls.
    #[serde(default)]
    calls: Option<Vec<Call>>,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    /// The customer's.
    Customer,
    /// The assistant's.
    #[serde(alias = "assistant")]
    Ai,
    /// What a tool answers to the assistant.
    Tool,
}

/// A tool that is called.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Call {
    /// Its name.
    pub(super) name: String,
}

impl Turn {
    /// What was said; nothing where a turn only calls.
    pub(super) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// The tools that are called in it.
    pub(super) fn calls(&self) -> &[Call] {
        self.calls.as_deref().unwrap_or_default()
    }
}
