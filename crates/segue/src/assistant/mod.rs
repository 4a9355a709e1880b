//! The assistant: a room with three doors and one interface.
//!
//! Whatever answers, it says how sure it is, and the policy decides what follows from that.

use segue_core::{
    id::ConversationId,
    journal::{Author, Failure},
};

pub mod knowledge;
pub mod openai;

use knowledge::Knowledge;
use openai::OpenAi;

/// Whoever answers first.
pub enum Assistant {
    /// The articles themselves, searched and quoted in this process.
    Knowledge(std::sync::Arc<Knowledge>),
    /// A model behind an endpoint, held to the same articles.
    OpenAi(Box<OpenAi>),
    /// The team's own bot: it hears of messages by webhook and answers through the API.
    External,
}

impl Assistant {
    /// Answers, or says that somebody outside will.
    pub async fn answer(&self, question: &Question) -> Result<Option<Reply>, AssistantError> {
        match self {
            Self::Knowledge(knowledge) => Ok(Some(knowledge.answer(question))),
            Self::OpenAi(model) => model.answer(question).await.map(Some),
            Self::External => Ok(None),
        }
    }
}

/// What a customer wants to know, with what was said before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Where it was asked.
    pub conversation: ConversationId,
    /// The customer's words.
    pub text: String,
    /// What was said before this question, oldest first; the question itself is not in it.
    pub history: Vec<Turn>,
}

/// One message that came before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who wrote it.
    pub author: Author,
    /// What it said.
    pub text: String,
}

/// An answer, with what it rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// What the customer reads.
    pub text: String,
    /// How sure the assistant is that this answers the question, 0 to 1000. Computed, never made
    /// up by the one who answers.
    pub confidence_permille: u16,
    /// Where it comes from, the most important first.
    pub sources: Vec<Source>,
    /// What was tried to solve the matter, in words for the agent who may take over.
    pub attempted: Vec<String>,
    /// What the assistant took the question for, if it says so.
    pub intent: Option<String>,
}

/// An article that a reply rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name in the knowledge base.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Where a customer can read it, if it is published.
    pub url: Option<String>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssistantError {
    /// The time limit passed.
    #[error("the assistant did not answer in time")]
    TimedOut,
    /// No connection, or the endpoint refuses to serve now.
    #[error("the assistant cannot be reached: {0}")]
    Unreachable(String),
    /// It answered with an error, or with something that is not an answer.
    #[error("the assistant's answer cannot be used: {0}")]
    Broken(String),
}

impl From<&AssistantError> for Failure {
    fn from(error: &AssistantError) -> Self {
        match error {
            AssistantError::TimedOut => Self::TimedOut,
            AssistantError::Unreachable(_) => Self::Unreachable,
            AssistantError::Broken(_) => Self::Broken,
        }
    }
}
