//! Handoffs, their stays in the queue, their offers and promises.

use segue_core::{
    id::{AgentId, HandoffId, RouteName},
    journal::{Decision, Points, Ruling, Wait},
};

use super::{Place, json, word};
use crate::sql::{Step, step};

impl Place {
    pub(super) fn handoff_opened(self, decision: &Decision) -> Vec<Step> {
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
                at
            ),
            step!(LeaveAssistant, desk, *conversation, *epoch, id),
        ]
    }

    /// Between the queue, an agent and the end. Whatever moves a handoff ends an open offer.
    pub(super) fn handoff_moved(self, ruling: &Ruling) -> Vec<Step> {
        let Self { desk, at, .. } = self;
        match ruling {
            Ruling::Queued {
                handoff,
                route,
                only,
                points,
                since,
            } => vec![
                step!(WithdrawOffers, desk, *handoff, at),
                step!(LeaveSegment, desk, *handoff, at, "requeued"),
                self.segment(*handoff, route, *only, *points, since.0),
                step!(QueueHandoff, desk, *handoff, route),
                step!(ConversationWaits, desk, *handoff),
            ],
            Ruling::Assigned {
                handoff,
                conversation,
                agent,
                epoch,
            } => vec![
                step!(AcceptOffer, desk, *handoff, *agent, at),
                step!(WithdrawOffers, desk, *handoff, at),
                step!(LeaveSegment, desk, *handoff, at, "assigned"),
                step!(AssignHandoff, desk, *handoff, *agent, at),
                step!(AssignConversation, desk, *conversation, *agent, *epoch),
            ],
            Ruling::CallbackNoted { handoff, at: when } => vec![
                step!(WithdrawOffers, desk, *handoff, at),
                step!(LeaveSegment, desk, *handoff, at, "callback"),
                step!(NoteCallback, desk, *handoff, *when),
                step!(ConversationWaits, desk, *handoff),
            ],
            Ruling::HandoffEnded {
                handoff,
                conversation,
                how,
                epoch,
                ..
            } => vec![
                step!(WithdrawOffers, desk, *handoff, at),
                step!(LeaveSegment, desk, *handoff, at, word(how)),
                step!(EndHandoff, desk, *handoff, word(how), at),
                step!(BackToAssistant, desk, *conversation, *epoch),
            ],
            _ => vec![],
        }
    }

    pub(super) fn while_queued(self, ruling: &Ruling) -> Vec<Step> {
        let Self { desk, id, at } = self;
        match ruling {
            Ruling::StepTaken { handoff, step, who } => {
                vec![step!(TakeStep, desk, *handoff, *step, word(who), at)]
            }
            Ruling::NoMatch { handoff, why } => vec![step!(Unmatched, desk, *handoff, word(why))],
            Ruling::Offered {
                handoff,
                agent,
                until,
            } => vec![
                step!(AddOffer, desk, id, *handoff, *agent, at, *until),
                step!(OfferHandoff, desk, *handoff),
                step!(ConversationOffered, desk, *handoff),
            ],
            Ruling::OfferEnded {
                offer,
                handoff,
                how,
                ..
            } => vec![
                step!(EndOffer, desk, *offer, at, word(how)),
                step!(HandoffNotOffered, desk, *handoff),
                step!(ConversationNotOffered, desk, *handoff),
            ],
            Ruling::AlertRaised {
                handoff,
                rule,
                severity,
            } => {
                let severity = word(severity);
                vec![step!(AddAlert, desk, id, *handoff, rule, severity, at)]
            }
            _ => vec![],
        }
    }

    pub(super) fn promised(self, ruling: &Ruling) -> Vec<Step> {
        let Self { desk, id, at } = self;
        match ruling {
            Ruling::PromiseMade {
                handoff,
                wait,
                until,
            } => {
                let Wait {
                    low_seconds: low,
                    high_seconds: high,
                    coverage_permille: coverage,
                } = *wait;
                vec![step!(
                    AddPromise, desk, id, *handoff, at, *until, low, high, coverage
                )]
            }
            Ruling::PromiseSettled { promise, how, .. } => {
                vec![step!(SettlePromise, desk, *promise, at, word(how))]
            }
            _ => vec![],
        }
    }

    fn segment(
        self,
        handoff: HandoffId,
        route: &RouteName,
        only: Option<AgentId>,
        points: Points,
        since: i64,
    ) -> Step {
        step!(
            AddSegment,
            self.desk,
            self.id,
            handoff,
            route,
            only,
            points.severity,
            points.customer,
            points.sentiment,
            points.per_minute,
            since,
            self.at
        )
    }
}
