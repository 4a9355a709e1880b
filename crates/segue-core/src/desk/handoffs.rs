//! What rulings do to handoffs, and to the agents, conversations and deadlines that hang on them.

use std::{mem, sync::Arc};

use super::{Deadline, Desk};
use crate::{
    conversation::Stage,
    id::{AgentId, HandoffId, OfferId},
    journal::{Ending, OfferEnd, Points, Ruling},
    policy::Policy,
    queue::{Handoff, Phase, Promise},
    time::Timestamp,
};

impl Desk {
    pub(super) fn open_handoff(&mut self, id: HandoffId, ruling: &Ruling) {
        let Ruling::HandoffOpened {
            conversation,
            trigger,
            level,
            severity,
            intent,
            route,
            skills,
            epoch,
            ..
        } = ruling
        else {
            return;
        };
        let since = self.now;
        self.answered(*conversation);
        let mut patient = false;
        self.change_conversation(*conversation, |c| {
            c.stage = Stage::Waiting { handoff: id, since };
            c.epoch = *epoch;
            c.handoffs = c.handoffs.saturating_add(1);
            c.suggested = None;
            patient = std::mem::take(&mut c.leaves_message);
        });
        let handoff = Handoff {
            id,
            conversation: *conversation,
            trigger: trigger.clone(),
            level: *level,
            severity: *severity,
            intent: intent.clone(),
            route: route.clone(),
            skills: skills.clone(),
            only: None,
            points: Points::default(),
            since,
            queued_at: since,
            step: 0,
            step_since: since,
            step_due: None,
            phase: Phase::Opened,
            refused: Vec::new(),
            unmatched: None,
            promise: None,
            patient,
            assigned_at: None,
            alerts_due: Vec::new(),
        };
        self.handoffs.insert(id, handoff);
    }

    pub(super) fn enqueue(&mut self, ruling: &Ruling) {
        let Ruling::Queued {
            handoff: id,
            route,
            only,
            points,
            since,
        } = ruling
        else {
            return;
        };
        self.leave_agent(*id);
        self.drop_deadlines(*id);
        let (now, policy) = (self.now, Arc::clone(&self.policy));
        self.change_handoff(*id, |handoff| {
            if handoff.route != *route
                && let Some(to) = policy.routes.get(route)
            {
                handoff.skills = to.skills.clone();
                handoff.route = route.clone();
            }
            handoff.only = *only;
            handoff.points = *points;
            handoff.since = *since;
            handoff.queued_at = now;
            handoff.step = 0;
            handoff.step_since = now;
            handoff.phase = Phase::Queued;
            handoff.refused.clear();
            handoff.unmatched = None;
        });
        self.schedule_step(*id);
        self.schedule_alerts(*id, &[]);
    }

    /// Steps and alerts of what waits come from the policy in force; `before` says which alerts
    /// have been raised.
    pub(super) fn reschedule_all(&mut self, before: &Policy) {
        let waiting = self
            .handoffs
            .values()
            .filter(|handoff| matches!(handoff.phase, Phase::Queued | Phase::Offered { .. }));
        let waiting: Vec<HandoffId> = waiting.map(|handoff| handoff.id).collect();
        for id in waiting {
            let raised = self.raised(id, before);
            self.drop_chain_and_alerts(id);
            self.schedule_step(id);
            self.schedule_alerts(id, &raised);
        }
    }

    /// Names of the alert rules that have looked at a handoff already.
    fn raised(&self, id: HandoffId, policy: &Policy) -> Vec<String> {
        let due = self.handoffs.get(&id).map(|handoff| &handoff.alerts_due);
        let past = due.into_iter().flatten().filter(|(at, index)| {
            let deadline = (*at, Deadline::AlertDue(id, *index));
            !self.deadlines.contains(&deadline)
        });
        past.filter_map(|(_, index)| policy.alerts.get(usize::from(*index)))
            .map(|rule| rule.name.clone())
            .collect()
    }

    /// Takes a handoff out of the hands of the agent who has it; a change of hands.
    fn leave_agent(&mut self, id: HandoffId) {
        let Some(handoff) = self.handoffs.get(&id) else {
            return;
        };
        let (conversation, since) = (handoff.conversation, self.now);
        let Some(agent) = handoff.assigned_to() else {
            return;
        };
        self.change_agent(agent, |agent| {
            agent.handoffs.remove(&id);
        });
        self.change_conversation(conversation, |c| {
            c.stage = Stage::Waiting { handoff: id, since };
            c.epoch += 1;
        });
    }

    pub(super) fn take_step(&mut self, id: HandoffId, step: u8) {
        let now = self.now;
        let due = self.handoffs.get(&id).and_then(|handoff| handoff.step_due);
        self.cancel(due, Deadline::StepDue(id));
        self.change_handoff(id, |handoff| {
            handoff.step = step;
            handoff.step_since = now;
            handoff.unmatched = None;
        });
        self.schedule_step(id);
    }

    fn schedule_step(&mut self, id: HandoffId) {
        let due = self.handoffs.get(&id).and_then(|handoff| {
            let next = self.chain(handoff).get(usize::from(handoff.step) + 1)?;
            Some(handoff.queued_at.plus_seconds(next.after_seconds))
        });
        self.change_handoff(id, |handoff| handoff.step_due = due);
        self.schedule(due, Deadline::StepDue(id));
    }

    fn schedule_alerts(&mut self, id: HandoffId, raised: &[String]) {
        let Some(handoff) = self.handoffs.get(&id) else {
            return;
        };
        let rules = self.policy.alerts.iter().zip(0_u8..);
        let grave = rules.filter(|(rule, _)| handoff.severity >= rule.severity);
        let due: Vec<(Timestamp, u8)> = grave
            .map(|(rule, index)| (handoff.queued_at.plus_seconds(rule.after_seconds), index))
            .collect();
        let policy = Arc::clone(&self.policy);
        for (at, index) in &due {
            let rule = policy.alerts.get(usize::from(*index));
            if rule.is_some_and(|rule| !raised.contains(&rule.name)) {
                self.schedule(Some(*at), Deadline::AlertDue(id, *index));
            }
        }
        self.change_handoff(id, |handoff| handoff.alerts_due = due);
    }

    pub(super) fn offer(
        &mut self,
        id: HandoffId,
        offer: OfferId,
        agent: AgentId,
        until: Timestamp,
    ) {
        self.change_handoff(id, |handoff| {
            handoff.phase = Phase::Offered {
                offer,
                agent,
                until,
            };
            handoff.unmatched = None;
        });
        self.change_agent(agent, |agent| {
            agent.offers.insert(id);
        });
        self.schedule(Some(until), Deadline::OfferLapses(id));
    }

    pub(super) fn end_offer(&mut self, id: HandoffId, agent: AgentId, how: OfferEnd) {
        let now = self.now;
        self.take_back_offer(id);
        let again = now.plus_seconds(self.policy.offers.again_after_seconds);
        let refused = matches!(how, OfferEnd::Declined | OfferEnd::Lapsed);
        self.forget_refusals(id, agent);
        self.change_handoff(id, |handoff| {
            handoff.phase = Phase::Queued;
            handoff.only = handoff.only.filter(|only| *only != agent);
            if refused {
                handoff.refused.push((agent, again));
            }
        });
        if refused {
            self.schedule(Some(again), Deadline::AgainFree(id, agent));
        }
    }

    /// Forgets what `agent` refused, and every refusal whose time is over, with its deadline.
    fn forget_refusals(&mut self, id: HandoffId, agent: AgentId) {
        let now = self.now;
        let mut over = Vec::new();
        self.change_handoff(id, |handoff| {
            let gone = |(who, until): &mut (AgentId, Timestamp)| *who == agent || *until <= now;
            over.extend(handoff.refused.extract_if(.., gone));
        });
        for (who, until) in over {
            self.cancel(Some(until), Deadline::AgainFree(id, who));
        }
    }

    fn take_back_offer(&mut self, id: HandoffId) {
        let Some(Phase::Offered { agent, until, .. }) = self.handoffs.get(&id).map(|h| h.phase)
        else {
            return;
        };
        self.cancel(Some(until), Deadline::OfferLapses(id));
        self.change_agent(agent, |agent| {
            agent.offers.remove(&id);
        });
    }

    pub(super) fn assign(&mut self, id: HandoffId, agent: AgentId, epoch: u32) {
        let since = self.now;
        self.take_back_offer(id);
        self.drop_deadlines(id);
        self.change_handoff(id, |handoff| {
            handoff.phase = Phase::Assigned { agent, since };
            handoff.assigned_at = handoff.assigned_at.or(Some(since));
            handoff.unmatched = None;
            handoff.refused.clear();
        });
        self.change_agent(agent, |agent| {
            agent.handoffs.insert(id);
            agent.idle_since = since;
        });
        let conversation = self.handoffs.get(&id).map(|handoff| handoff.conversation);
        if let Some(conversation) = conversation {
            self.change_conversation(conversation, |c| {
                c.stage = Stage::WithAgent {
                    handoff: id,
                    agent,
                    since,
                };
                c.epoch = epoch;
            });
        }
    }

    pub(super) fn end_handoff(&mut self, id: HandoffId, how: Ending, epoch: u32) {
        self.take_back_offer(id);
        self.leave_agent(id);
        self.drop_deadlines(id);
        self.change_handoff(id, |handoff| {
            handoff.phase = match handoff.phase {
                Phase::Queued => Phase::Opened,
                other => other,
            }
        });
        let Some(handoff) = self.handoffs.remove(&id) else {
            return;
        };
        let now = self.now;
        if let Some(assigned) = handoff.assigned_at {
            let handling = self.handling.entry(handoff.route.clone()).or_default();
            handling.add(now.seconds_since(assigned));
        }
        let policy = Arc::clone(&self.policy);
        let back = matches!(how, Ending::Returned | Ending::Stayed);
        self.change_conversation(handoff.conversation, |c| {
            c.stage = Stage::WithAssistant { since: now };
            c.epoch = epoch;
            c.memory.renew_budget();
            // What yielded to the trigger that won was a reason as well: it must not send the
            // conversation straight back to a person.
            let mut reasons = std::mem::take(&mut c.reasons);
            reasons.extend(handoff.trigger.filter(|it| !reasons.contains(it)));
            for trigger in reasons.iter().filter(|_| back) {
                c.cool(
                    trigger,
                    now,
                    now.plus_seconds(policy.cooldown_seconds(trigger)),
                );
            }
        });
        self.touch(handoff.conversation);
    }

    pub(super) fn promise(&mut self, id: HandoffId, promise: Promise) {
        self.settle_promise(id);
        self.change_handoff(id, |handoff| handoff.promise = Some(promise));
        self.schedule(Some(promise.renew_at), Deadline::PromiseDue(id));
    }

    /// A promise is looked at again before it lapses, and never at once.
    pub(super) fn renewal_of(&self, until: Timestamp) -> Timestamp {
        let before = i64::from(self.policy.promises.renew_before_seconds) * 1000;
        let half = (until - self.now) / 2;
        until + -before.min(half)
    }

    pub(super) fn settle_promise(&mut self, id: HandoffId) {
        let mut due = None;
        self.change_handoff(id, |handoff| {
            due = handoff.promise.take().map(|promise| promise.renew_at);
        });
        self.cancel(due, Deadline::PromiseDue(id));
    }

    /// Removes every deadline of a handoff but that of its promise.
    pub(super) fn drop_deadlines(&mut self, id: HandoffId) {
        self.drop_chain_and_alerts(id);
        let refused = self
            .handoffs
            .get(&id)
            .map(|handoff| handoff.refused.clone());
        for (agent, until) in refused.unwrap_or_default() {
            self.cancel(Some(until), Deadline::AgainFree(id, agent));
        }
    }

    fn drop_chain_and_alerts(&mut self, id: HandoffId) {
        let Some(handoff) = self.handoffs.get_mut(&id) else {
            return;
        };
        let alerts = mem::take(&mut handoff.alerts_due);
        let step_due = handoff.step_due.take();
        self.cancel(step_due, Deadline::StepDue(id));
        for (at, index) in alerts {
            self.cancel(Some(at), Deadline::AlertDue(id, index));
        }
    }

    pub(super) fn schedule(&mut self, at: Option<Timestamp>, deadline: Deadline) {
        self.deadlines.extend(at.map(|at| (at, deadline)));
    }

    pub(super) fn cancel(&mut self, at: Option<Timestamp>, deadline: Deadline) {
        if let Some(at) = at {
            self.deadlines.remove(&(at, deadline));
        }
    }
}
