//! Conversations, messages and what people think of them.

use segue_core::{
    id::ConversationId,
    journal::{Author, CustomerFacts, Observation, Ruling},
};

use super::{Judgement, Place, word};
use crate::sql::{Step, Value, step};

/// The epoch of a conversation that has just been opened.
const FIRST_EPOCH: u32 = 1;

impl Place {
    pub(super) fn said(self, seen: &Observation) -> Vec<Step> {
        let Self { desk, id, at } = self;
        match seen {
            Observation::ConversationOpened { customer, channel } => {
                vec![self.opened(customer, channel)]
            }
            Observation::ConversationReopened {
                conversation,
                customer,
                channel,
                epoch,
                ..
            } => vec![self.reopened(*conversation, customer, channel, *epoch)],
            Observation::CsatGiven {
                conversation,
                score,
            } => vec![
                step!(AddCsat, desk, id, *conversation, *score, at),
                step!(RateConversation, desk, *conversation, *score),
            ],
            Observation::Flagged {
                handoff,
                agent,
                flag,
            } => vec![step!(AddFlag, desk, id, *handoff, *agent, word(flag), at)],
            _ => vec![],
        }
    }

    pub(super) fn in_conversation(self, ruling: &Ruling) -> Vec<Step> {
        let Self { desk, id, at } = self;
        match ruling {
            Ruling::Judged {
                conversation,
                message: Some(message),
                verdict,
                fired,
                ..
            } => {
                let trigger = fired.as_ref().map(|fired| &fired.trigger);
                let verdict = word(verdict);
                vec![step!(
                    JudgeMessage,
                    desk,
                    *conversation,
                    *message,
                    verdict,
                    trigger
                )]
            }
            Ruling::ReplyRefused { conversation, .. } => vec![
                step!(RefuseMessage, desk, *conversation, id),
                step!(UncountMessage, desk, *conversation),
            ],
            Ruling::ReplyWithheld {
                conversation,
                message,
            } => vec![step!(WithholdMessage, desk, *conversation, *message)],
            Ruling::NoticeGiven {
                conversation,
                notice,
                ..
            } => self.noticed(*conversation, word(&notice.kind)),
            Ruling::ConversationResolved {
                conversation,
                by,
                epoch,
            } => {
                let by = author(*by);
                vec![step!(
                    ResolveConversation,
                    desk,
                    *conversation,
                    *epoch,
                    at,
                    by
                )]
            }
            _ => vec![],
        }
    }

    fn opened(self, customer: &CustomerFacts, channel: &String) -> Step {
        step!(
            OpenConversation,
            self.desk,
            self.id,
            customer.id,
            channel,
            customer.tier.as_ref(),
            customer.locale.as_ref(),
            FIRST_EPOCH,
            self.at
        )
    }

    /// The epoch of the earlier life is over: somebody new holds the conversation.
    fn reopened(
        self,
        conversation: ConversationId,
        customer: &CustomerFacts,
        channel: &String,
        epoch: u32,
    ) -> Step {
        step!(
            ReopenConversation,
            self.desk,
            conversation,
            channel,
            customer.tier.as_ref(),
            customer.locale.as_ref(),
            epoch + 1
        )
    }

    /// A message, with the judgement on it if that is known already.
    pub(super) fn received(self, seen: &Observation, judgement: Option<Judgement>) -> Vec<Step> {
        let Observation::MessageReceived {
            conversation,
            author: by,
            reading,
            answer,
            ..
        } = seen
        else {
            return vec![];
        };
        let Self { desk, id, at } = self;
        let read = reading.intent.as_ref().map(|read| &read.intent);
        let answer = answer.as_ref();
        let agent = match by {
            Author::Agent(agent) => Some(*agent),
            Author::Customer | Author::Assistant | Author::Segue => None,
        };
        let (verdict, trigger) = judgement.unzip();
        let mut steps = vec![
            step!(
                AddMessage,
                desk,
                *conversation,
                id,
                author(*by),
                agent,
                at,
                reading.sentiment_permille,
                answer.and_then(|answer| answer.intent.as_ref()).or(read),
                answer.and_then(|answer| answer.confidence_permille),
                Value::Null,
                verdict.as_ref().map(word),
                trigger.flatten()
            ),
            step!(CountMessage, desk, *conversation, at),
        ];
        steps.extend(agent.map(|agent| step!(FirstReply, desk, *conversation, agent, at)));
        steps
    }

    fn noticed(self, conversation: ConversationId, kind: String) -> Vec<Step> {
        let Self { desk, id, at } = self;
        let by = author(Author::Segue);
        let none = || Value::Null;
        vec![
            step!(
                AddMessage,
                desk,
                conversation,
                id,
                by,
                none(),
                at,
                none(),
                none(),
                none(),
                kind,
                none(),
                none()
            ),
            step!(CountMessage, desk, conversation, at),
        ]
    }
}

fn author(by: Author) -> &'static str {
    match by {
        Author::Customer => "customer",
        Author::Assistant => "assistant",
        Author::Agent(_) => "agent",
        Author::Segue => "segue",
    }
}
