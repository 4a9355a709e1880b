//! Asks the assistant what the desk wants answered, and brings the answer in by the same door.

use std::{sync::Arc, time::Duration};

use segue_core::{
    desk::Desk,
    id::{ConversationId, IntentName, MessageId},
    journal::{Answer, Author, Effect, Observation},
};
use segue_store::MessageRow;
use tokio::{
    sync::{Semaphore, mpsc},
    time::timeout,
};

use crate::{
    assistant::{Assistant, AssistantError, Question, Reply, Turn},
    desk_loop::{Door, Told, Words},
    http::{
        error::Problem,
        eyes::Eyes,
        wire::{Source, message::Extra},
    },
    live::Hub,
};

/// How long an answer may take.
const TIME_LIMIT: Duration = Duration::from_secs(25);
/// Questions that are asked at once.
const AT_ONCE: usize = 64;
/// Messages that the assistant is told of.
const HISTORY: usize = 40;

/// Asks the assistant.
#[derive(Clone)]
pub struct Answering {
    /// Whoever answers.
    pub assistant: Arc<Assistant>,
    /// Desk and store.
    pub eyes: Eyes,
    /// Hears that the assistant is writing.
    pub hub: Hub,
}

impl Answering {
    /// Runs until the loop ends.
    pub async fn run(self, mut effects: mpsc::UnboundedReceiver<Effect>) {
        let places = Arc::new(Semaphore::new(AT_ONCE));
        while let Some(effect) = effects.recv().await {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                return;
            };
            let this = self.clone();
            tokio::spawn(async move {
                let Effect::AskAssistant {
                    conversation,
                    message,
                    ..
                } = effect;
                // Neither waits for the other, and the decision has waited for none of them.
                tokio::join!(this.ask(effect), this.judge(conversation, message));
                drop(place);
            });
        }
    }

    async fn ask(&self, effect: Effect) {
        let Effect::AskAssistant {
            conversation,
            message,
            epoch,
        } = effect;
        let told = match self.answer(conversation, message).await {
            Ok(Some(reply)) => answered(&self.eyes.door, conversation, epoch, reply),
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(%error, %conversation, "the assistant gave no answer");
                Told::plain(Observation::AssistantFailed {
                    conversation,
                    epoch,
                    why: (&error).into(),
                })
            }
        };
        // The conversation may have been resolved, or gone on, meanwhile.
        let seen = Box::new(move |desk: &Desk| {
            let waits = desk
                .conversation(conversation)
                .is_some_and(|c| c.unanswered.is_some_and(|u| u.message == message));
            let late = desk
                .conversation(conversation)
                .is_some_and(|c| c.epoch != epoch);
            Ok(if waits || late {
                vec![told.clone()]
            } else {
                Vec::new()
            })
        });
        if let Err(denied) = self.eyes.door.submit(seen, None, None).await {
            tracing::warn!(?denied, %conversation, "the assistant's answer was not taken");
        }
    }

    /// Has a model judge the situations for which the policy asks one, and tells the desk.
    async fn judge(&self, conversation: ConversationId, message: MessageId) {
        let Assistant::OpenAi(model) = &*self.assistant else {
            return;
        };
        let asked: Vec<(String, String)> = {
            let desk = self.eyes.door.desk().await;
            let asked = desk.policy().asked_of_a_model();
            asked
                .map(|(it, question)| (it.name.to_string(), question.to_owned()))
                .collect()
        };
        if asked.is_empty() {
            return;
        }
        let Ok(Some(question)) = self.question(conversation, message).await else {
            return;
        };
        let judged = match model.judge(&question, &asked).await {
            Ok(judged) if !judged.verdicts.is_empty() => judged,
            Ok(_) => {
                tracing::warn!(%conversation, "the model judged none of the situations");
                return;
            }
            Err(error) => {
                tracing::warn!(%error, %conversation, "the model judged no situation");
                return;
            }
        };
        let seen = Observation::SituationsJudged {
            conversation,
            message,
            verdicts: judged.verdicts,
            model: judged.model,
            prompt: judged.prompt,
        };
        // The conversation may have been resolved meanwhile.
        if let Err(denied) = self.eyes.door.tell(seen).await {
            tracing::info!(?denied, %conversation, "what the model judged came too late");
        }
    }

    async fn answer(
        &self,
        conversation: ConversationId,
        message: MessageId,
    ) -> Result<Option<Reply>, AssistantError> {
        if matches!(*self.assistant, Assistant::External) {
            return Ok(None);
        }
        self.hub
            .typing(&*self.eyes.door.desk().await, conversation, "assistant");
        let question = self.question(conversation, message).await;
        let question = question
            .map_err(|problem| AssistantError::Broken(problem.detail.into()))?
            .ok_or_else(|| AssistantError::Broken("the question is not there".into()))?;
        timeout(TIME_LIMIT, self.assistant.answer(&question))
            .await
            .map_err(|_| AssistantError::TimedOut)?
    }

    async fn question(
        &self,
        conversation: ConversationId,
        message: MessageId,
    ) -> Result<Option<Question>, Problem> {
        let rows = self.eyes.store.messages(conversation, None, 1000).await?;
        let shown = rows.into_iter().filter(|row| !row.withheld);
        let mut rows: Vec<MessageRow> = shown.filter(|row| row.id <= message).collect();
        let asked = rows.pop().filter(|row| row.id == message);
        let Some(text) = asked.and_then(|row| row.text) else {
            return Ok(None);
        };
        let from = rows.len().saturating_sub(HISTORY);
        let history = rows.into_iter().skip(from).filter_map(|row| {
            Some(Turn {
                author: row.author,
                text: row.text?,
            })
        });
        Ok(Some(Question {
            conversation,
            text,
            history: history.collect(),
        }))
    }
}

fn answered(door: &Door, conversation: ConversationId, epoch: u32, reply: Reply) -> Told {
    let count = |length: usize| u8::try_from(length).unwrap_or(u8::MAX);
    let answer = Answer {
        confidence_permille: Some(reply.confidence_permille.min(1000)),
        confidence_computed: true,
        intent: reply.intent.as_deref().map(IntentName::from),
        attempted: count(reply.attempted.len()),
        sources: count(reply.sources.len()),
    };
    let sources = reply.sources.into_iter().map(|source| Source {
        id: Some(source.id),
        title: source.title,
        url: source.url,
    });
    let extra = Extra {
        attempted: reply.attempted,
        sources: sources.collect(),
    };
    Told {
        seen: Observation::MessageReceived {
            conversation,
            author: Author::Assistant,
            epoch: Some(epoch),
            reading: Box::new(door.read(&reply.text, Author::Assistant)),
            answer: Some(answer),
        },
        words: Some(Words {
            text: reply.text,
            extra: extra.kept(),
        }),
    }
}
