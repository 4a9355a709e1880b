//! How a line of the journal becomes rows for people with SQL. A pure function of the line: what
//! it computes today it computes again when the tables are rebuilt.

use segue_core::{
    id::{ConversationId, HandoffId},
    journal::{
        AgentProfile, Answer, Author, CustomerFacts, Decision, Ending, Entry, Line, Notice,
        Observation, Points, Ruling, Wait,
    },
    signals::Reading,
};
use serde::Serialize;

use crate::sql::{Step, Value, step};

/// The epoch of a conversation that has just been opened.
const FIRST_EPOCH: u32 = 1;

/// What a line changes in the relational tables of a desk.
pub(crate) fn rows(desk: i64, line: &Line) -> Vec<Step> {
    let place = Place {
        desk,
        id: line.position,
        at: line.at.0,
    };
    match &line.entry {
        Entry::Observed(seen) => place.observed(seen),
        Entry::Decided(decision) => place.decided(decision),
    }
}

/// The steps that empty the relational tables of a desk.
pub(crate) fn clear(desk: i64) -> Vec<Step> {
    vec![
        step!(ClearPolicies, desk),
        step!(ClearAgents, desk),
        step!(ClearConversations, desk),
        step!(ClearMessages, desk),
        step!(ClearHandoffs, desk),
        step!(ClearSegments, desk),
        step!(ClearOffers, desk),
        step!(ClearPromises, desk),
        step!(ClearCsat, desk),
        step!(ClearFlags, desk),
        step!(ClearAlerts, desk),
        step!(ClearPresenceChanges, desk),
    ]
}

/// Where a line stands.
#[derive(Clone, Copy)]
struct Place {
    desk: i64,
    id: u64,
    at: i64,
}

impl Place {
    fn observed(self, seen: &Observation) -> Vec<Step> {
        use Observation as O;
        let Self { desk, id, at } = self;
        match seen {
            O::PolicyPublished {
                version,
                source,
                author,
                ..
            } => {
                vec![step!(AddPolicy, desk, *version, source, author, at)]
            }
            O::AgentAdded { profile, .. } => vec![self.agent_added(profile)],
            O::AgentChanged { agent, profile, .. } => {
                vec![step!(
                    ChangeAgent,
                    desk,
                    *agent,
                    &profile.name,
                    json(&profile.skills),
                    profile.capacity,
                    profile.on_call,
                    profile.retired,
                )]
            }
            O::ConversationOpened {
                customer, channel, ..
            } => {
                vec![self.opened(customer, channel)]
            }
            O::ConversationReopened {
                conversation,
                customer,
                channel,
                epoch,
                ..
            } => {
                vec![step!(
                    ReopenConversation,
                    desk,
                    *conversation,
                    channel,
                    customer.tier.as_ref(),
                    customer.locale.as_ref(),
                    *epoch,
                )]
            }
            O::MessageReceived {
                conversation,
                author,
                reading,
                answer,
                ..
            } => self.received(*conversation, *author, reading, answer.as_ref()),
            O::CsatGiven {
                conversation,
                score,
                ..
            } => vec![
                step!(AddCsat, desk, id, *conversation, *score, at),
                step!(RateConversation, desk, *conversation, *score),
            ],
            O::Flagged {
                handoff,
                agent,
                flag,
                ..
            } => {
                vec![step!(AddFlag, desk, id, *handoff, *agent, word(flag), at)]
            }
            // These say what somebody wants; the rulings that follow say what became of it.
            O::StatusSet { .. }
            | O::ConsoleOpened { .. }
            | O::ConsoleLost { .. }
            | O::AssistantFailed { .. }
            | O::HandoffRequested { .. }
            | O::ChoiceMade { .. }
            | O::OfferAccepted { .. }
            | O::OfferDeclined { .. }
            | O::Claimed { .. }
            | O::Transferred { .. }
            | O::Returned { .. }
            | O::Resolved { .. }
            | O::Woke => vec![],
        }
    }

    fn decided(self, decision: &Decision) -> Vec<Step> {
        use Ruling as R;
        let Self { desk, id, at } = self;
        match &decision.ruling {
            R::Judged {
                conversation,
                message: Some(message),
                verdict,
                fired,
                ..
            } => {
                let trigger = fired.as_ref().map(|fired| &fired.trigger);
                vec![step!(
                    JudgeMessage,
                    desk,
                    *conversation,
                    *message,
                    word(verdict),
                    trigger
                )]
            }
            R::Judged { message: None, .. } => vec![],
            R::ReplyRefused { conversation, .. } => self.refused(*conversation),
            R::ReplyWithheld {
                conversation,
                message,
                ..
            } => {
                vec![step!(WithholdMessage, desk, *conversation, *message)]
            }
            R::HandoffOpened { .. } => self.handoff_opened(decision),
            R::StepTaken {
                handoff, step, who, ..
            } => {
                vec![step!(TakeStep, desk, *handoff, *step, word(who), at)]
            }
            R::NoMatch { handoff, why, .. } => vec![step!(Unmatched, desk, *handoff, word(why))],
            R::NoticeGiven {
                conversation,
                notice,
                ..
            } => self.noticed(*conversation, notice),
            R::PromiseMade {
                handoff,
                wait,
                until,
                ..
            } => {
                vec![self.promised(*handoff, *wait, until.0)]
            }
            R::PromiseSettled { promise, how, .. } => {
                vec![step!(SettlePromise, desk, *promise, at, word(how))]
            }
            R::AlertRaised {
                handoff,
                rule,
                severity,
                ..
            } => {
                vec![step!(
                    AddAlert,
                    desk,
                    id,
                    *handoff,
                    rule,
                    word(severity),
                    at
                )]
            }
            R::PresenceChanged {
                agent, from, to, ..
            } => vec![
                step!(SetPresence, desk, *agent, word(to), at),
                step!(
                    AddPresenceChange,
                    desk,
                    id,
                    *agent,
                    word(from),
                    word(to),
                    at
                ),
            ],
            R::Queued { .. }
            | R::Offered { .. }
            | R::OfferEnded { .. }
            | R::Assigned { .. }
            | R::CallbackNoted { .. }
            | R::HandoffEnded { .. }
            | R::ConversationResolved { .. } => self.moved(&decision.ruling),
        }
    }

    /// The rulings that move a handoff and its conversation from one state to another.
    fn moved(self, ruling: &Ruling) -> Vec<Step> {
        use Ruling as R;
        let Self { desk, id, at } = self;
        match ruling {
            R::Queued {
                handoff,
                route,
                only,
                points,
                since,
                ..
            } => vec![
                step!(LeaveSegment, desk, *handoff, at, "requeued"),
                self.segment(*handoff, (route, *only), *points, since.0),
                step!(QueueHandoff, desk, *handoff, route),
                step!(ConversationWaits, desk, *handoff),
            ],
            R::Offered {
                handoff,
                agent,
                until,
                ..
            } => vec![
                step!(AddOffer, desk, id, *handoff, *agent, at, *until),
                step!(OfferHandoff, desk, *handoff),
                step!(ConversationOffered, desk, *handoff),
            ],
            R::OfferEnded {
                offer,
                handoff,
                how,
                ..
            } => vec![
                step!(EndOffer, desk, *offer, at, word(how)),
                step!(HandoffNotOffered, desk, *handoff),
                step!(ConversationNotOffered, desk, *handoff),
            ],
            R::Assigned {
                handoff,
                conversation,
                agent,
                epoch,
                ..
            } => vec![
                step!(AcceptOffer, desk, *handoff, *agent, at),
                step!(LeaveSegment, desk, *handoff, at, "assigned"),
                step!(AssignHandoff, desk, *handoff, *agent, at),
                step!(AssignConversation, desk, *conversation, *agent, *epoch),
            ],
            R::CallbackNoted {
                handoff, at: when, ..
            } => vec![
                step!(LeaveSegment, desk, *handoff, at, "callback"),
                step!(NoteCallback, desk, *handoff, *when),
                step!(ConversationWaits, desk, *handoff),
            ],
            R::HandoffEnded {
                handoff,
                conversation,
                how,
                epoch,
                ..
            } => self.handoff_ended(*handoff, *conversation, *how, *epoch),
            R::ConversationResolved {
                conversation,
                by,
                epoch,
                ..
            } => {
                vec![step!(
                    ResolveConversation,
                    desk,
                    *conversation,
                    *epoch,
                    at,
                    author(*by)
                )]
            }
            _ => vec![],
        }
    }

    fn agent_added(self, profile: &AgentProfile) -> Step {
        step!(
            AddAgent,
            self.desk,
            self.id,
            &profile.name,
            json(&profile.skills),
            profile.capacity,
            profile.on_call,
            profile.retired,
            self.at,
        )
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
            self.at,
        )
    }

    fn received(
        self,
        conversation: ConversationId,
        by: Author,
        reading: &Reading,
        answer: Option<&Answer>,
    ) -> Vec<Step> {
        let Self { desk, id, at } = self;
        let read = reading.intent.as_ref().map(|read| &read.intent);
        let intent = answer.and_then(|answer| answer.intent.as_ref()).or(read);
        let confidence = answer.and_then(|answer| answer.confidence_permille);
        let agent = match by {
            Author::Agent(agent) => Some(agent),
            Author::Customer | Author::Assistant | Author::Segue => None,
        };
        let mut steps = vec![
            step!(
                AddMessage,
                desk,
                conversation,
                id,
                author(by),
                agent,
                at,
                reading.sentiment_permille,
                intent,
                confidence,
                Value::Null,
            ),
            step!(CountMessage, desk, conversation, at),
        ];
        steps.extend(agent.map(|agent| step!(FirstReply, desk, conversation, agent, at)));
        steps
    }

    fn noticed(self, conversation: ConversationId, notice: &Notice) -> Vec<Step> {
        let Self { desk, id, at } = self;
        vec![
            step!(
                AddMessage,
                desk,
                conversation,
                id,
                author(Author::Segue),
                Value::Null,
                at,
                Value::Null,
                Value::Null,
                Value::Null,
                word(&notice.kind),
            ),
            step!(CountMessage, desk, conversation, at),
        ]
    }

    fn refused(self, conversation: ConversationId) -> Vec<Step> {
        let Self { desk, id, at } = self;
        vec![
            step!(RefuseMessage, desk, conversation, id),
            step!(UncountMessage, desk, conversation),
            step!(NoFirstReply, desk, conversation, at),
        ]
    }

    fn handoff_opened(self, decision: &Decision) -> Vec<Step> {
        let Self { desk, id, at } = self;
        let Ruling::HandoffOpened {
            conversation,
            message,
            trigger,
            level,
            severity,
            intent,
            route,
            skills,
            epoch,
            ..
        } = &decision.ruling
        else {
            return vec![];
        };
        vec![
            step!(
                OpenHandoff,
                desk,
                id,
                *conversation,
                *message,
                trigger.as_ref(),
                word(level),
                word(severity),
                intent.as_ref(),
                route,
                json(skills),
                decision.policy,
                at,
            ),
            step!(LeaveAssistant, desk, *conversation, *epoch, id),
        ]
    }

    fn segment(
        self,
        handoff: HandoffId,
        to: (&segue_core::id::RouteName, Option<segue_core::id::AgentId>),
        points: Points,
        since: i64,
    ) -> Step {
        step!(
            AddSegment,
            self.desk,
            self.id,
            handoff,
            to.0,
            to.1,
            points.severity,
            points.customer,
            points.sentiment,
            points.per_minute,
            since,
            self.at,
        )
    }

    fn handoff_ended(
        self,
        handoff: HandoffId,
        conversation: ConversationId,
        how: Ending,
        epoch: u32,
    ) -> Vec<Step> {
        let Self { desk, at, .. } = self;
        let then = match how {
            Ending::Returned | Ending::Stayed => {
                step!(BackToAssistant, desk, conversation, epoch)
            }
            // The line that resolves the conversation follows.
            Ending::Resolved | Ending::Abandoned => step!(HeldByNobody, desk, conversation, epoch),
        };
        vec![
            step!(LeaveSegment, desk, handoff, at, word(&how)),
            step!(EndHandoff, desk, handoff, word(&how), at),
            then,
        ]
    }

    fn promised(self, handoff: HandoffId, wait: Wait, until: i64) -> Step {
        step!(
            AddPromise,
            self.desk,
            self.id,
            handoff,
            self.at,
            until,
            wait.low_seconds,
            wait.high_seconds,
            wait.coverage_permille,
        )
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

/// A unit variant as its word: `DoNotDisturb` is `do_not_disturb`.
fn word<T: Serialize>(variant: &T) -> String {
    json(variant).trim_matches('"').to_owned()
}

/// The words of the core always serialise; the empty text would show in the rebuild test.
fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
