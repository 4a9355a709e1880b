//! Reading a streamed answer: server-sent events, each a piece of text or of a tool call.

use eventsource_stream::Eventsource;
use futures::{StreamExt, TryStreamExt};
use serde::Deserialize;

use super::failed;
use crate::assistant::AssistantError;

/// A whole answer may take so many bytes on the wire. Log-probabilities make about a hundred
/// bytes of a word.
const WIRE_BYTES: usize = 1 << 20;
/// One event, which holds a word or two, may take so many.
const LINE_BYTES: usize = 1 << 16;

/// What the model said.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Its words.
    pub(super) text: String,
    /// The tool it called, with its arguments as they came.
    pub(super) call: Option<Call>,
    /// The sum of its tokens' log-probabilities, and how many there were.
    pub(super) log_probability: (f64, u32),
}

/// A tool call, put together from its pieces.
#[derive(Debug, Default)]
pub(super) struct Call {
    /// The tool's name.
    pub(super) name: String,
    /// JSON, if the model kept to the rules.
    pub(super) arguments: String,
}

#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
    error: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    delta: Delta,
    logprobs: Option<LogProbs>,
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Delta {
    content: Option<String>,
    tool_calls: Option<Vec<ToolCall>>,
}

#[derive(Deserialize)]
struct ToolCall {
    function: Option<Function>,
}

#[derive(Deserialize)]
struct Function {
    name: Option<String>,
    arguments: Option<String>,
}

#[derive(Deserialize)]
struct LogProbs {
    content: Option<Vec<Token>>,
}

#[derive(Deserialize)]
struct Token {
    logprob: f64,
}

/// Reads to the end of the answer.
pub(super) async fn read(response: reqwest::Response) -> Result<Said, AssistantError> {
    let mut limits = Limits::default();
    let bytes = response
        .bytes_stream()
        .map_err(failed)
        .and_then(move |chunk| std::future::ready(limits.check(&chunk).map(|()| chunk)));
    let mut events = std::pin::pin!(bytes.eventsource());
    let mut said = Said::default();
    let mut finished = false;
    while let Some(event) = events.next().await {
        let event = event.map_err(broken_stream)?;
        if event.data.trim() == "[DONE]" {
            finished = true;
            break;
        }
        finished |= said.add(&event.data)?;
    }
    if finished {
        Ok(said)
    } else {
        Err(AssistantError::Broken("it ended in the middle".into()))
    }
}

/// How much has come.
#[derive(Default)]
struct Limits {
    whole: usize,
    line: usize,
}

impl Limits {
    fn check(&mut self, chunk: &[u8]) -> Result<(), AssistantError> {
        self.whole += chunk.len();
        self.line = match chunk.iter().rposition(|byte| *byte == b'\n') {
            Some(end) => chunk.len() - end - 1,
            None => self.line + chunk.len(),
        };
        for (have, most) in [(self.whole, WIRE_BYTES), (self.line, LINE_BYTES)] {
            if have > most {
                return Err(AssistantError::Broken(format!(
                    "it is longer than {most} bytes"
                )));
            }
        }
        Ok(())
    }
}

fn broken_stream(error: eventsource_stream::EventStreamError<AssistantError>) -> AssistantError {
    use eventsource_stream::EventStreamError::{Parser, Transport, Utf8};
    match error {
        Transport(error) => error,
        Utf8(error) => AssistantError::Broken(error.to_string()),
        Parser(error) => AssistantError::Broken(format!("it is not an event stream: {error}")),
    }
}

impl Said {
    /// Adds one event; says whether the model has finished.
    fn add(&mut self, data: &str) -> Result<bool, AssistantError> {
        let chunk: Chunk = serde_json::from_str(data).map_err(|error| {
            AssistantError::Broken(format!("a piece of it is not JSON: {error}"))
        })?;
        if let Some(error) = chunk.error {
            return Err(AssistantError::Broken(error.to_string()));
        }
        let Some(choice) = chunk.choices.into_iter().next() else {
            return Ok(false);
        };
        self.text
            .push_str(choice.delta.content.as_deref().unwrap_or_default());
        for call in choice.delta.tool_calls.into_iter().flatten() {
            self.add_call(call);
        }
        for token in choice
            .logprobs
            .and_then(|it| it.content)
            .into_iter()
            .flatten()
        {
            // A probability above one is none.
            self.log_probability.0 += token.logprob.min(0.0);
            self.log_probability.1 += 1;
        }
        Ok(choice.finish_reason.is_some())
    }

    fn add_call(&mut self, piece: ToolCall) {
        let Some(function) = piece.function else {
            return;
        };
        let call = self.call.get_or_insert_default();
        call.name
            .push_str(function.name.as_deref().unwrap_or_default());
        call.arguments
            .push_str(function.arguments.as_deref().unwrap_or_default());
    }
}
