//! What a line does to the desk. Live service, restart and replay all go through here.

use std::sync::Arc;

use super::{Deadline, Desk};
use crate::{
    conversation::{Conversation, Unanswered, is_late},
    id::{AgentId, ConversationId, HandoffId, MessageId, OfferId, PromiseId},
    journal::{
        AgentProfile, Author, Choice, CustomerFacts, Entry, Line, Observation, Presence, Ruling,
        Verdict,
    },
    policy::Policy,
    queue::{Handoff, Lanes, Phase, Promise},
    routing::{Agent, Bench},
    time::Timestamp,
};

/// Reads a policy; the text names every error in it.
pub(super) fn parse(source: &str) -> Result<Policy, String> {
    Policy::parse(source).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        lines.join("\n")
    })
}

impl Desk {
    /// Takes over what a line says. Also how another node's lines are caught up with.
    pub fn apply(&mut self, line: &Line) {
        self.position = line.position;
        self.now = line.at;
        match &line.entry {
            Entry::Observed(seen) => self.apply_seen(line.position, seen),
            Entry::Decided(decision) => self.apply_ruling(line.position, &decision.ruling),
        }
    }

    /// Lets a line go by that changes nothing here.
    pub(crate) fn pass(&mut self, position: u64, at: Timestamp) {
        self.position = position;
        self.now = at;
    }

    /// Lets the time of a deadline come without a line that says so.
    pub(crate) fn let_pass(&mut self, at: Timestamp, deadline: Deadline) {
        self.cancel(Some(at), deadline);
        self.now = self.now.max(at);
    }

    fn apply_seen(&mut self, position: u64, seen: &Observation) {
        match seen {
            Observation::PolicyPublished {
                version, source, ..
            } => self.adopt(*version, source),
            Observation::AgentAdded { profile } => self.add_agent(AgentId(position), profile),
            Observation::AgentChanged { agent, profile } => {
                self.change_agent(*agent, |agent| agent.profile = profile.clone());
            }
            Observation::StatusSet {
                agent,
                status,
                until,
            } => {
                self.set_status(*agent, *status, *until);
            }
            Observation::ConsoleOpened { agent } => self.set_console(*agent, true),
            Observation::ConsoleLost { agent } => self.set_console(*agent, false),
            Observation::ConversationOpened { customer, channel } => {
                self.open_conversation(ConversationId(position), customer, channel);
            }
            Observation::ConversationReopened { .. } => self.reopen_conversation(seen),
            Observation::MessageReceived { .. } => self.note_message(MessageId(position), seen),
            Observation::AssistantFailed {
                conversation,
                epoch,
                ..
            } => {
                self.note_failure(*conversation, *epoch);
            }
            Observation::ChoiceMade {
                conversation,
                choice,
                ..
            } => {
                self.note_choice(*conversation, *choice);
            }
            Observation::Woke => self.forget_due(),
            _ => {}
        }
        if let Some(conversation) = seen.conversation() {
            self.touch(conversation);
        }
    }

    /// A policy takes effect; who may take a waiting entry, and when, can be different under it.
    fn adopt(&mut self, version: u32, source: &str) {
        let before = Arc::clone(&self.policy);
        self.policy_version = version;
        self.policy_source = source.into();
        self.read_policy();
        self.rebuild_indexes();
        self.reschedule_all(&before);
    }

    fn forget_due(&mut self) {
        while self
            .deadlines
            .first()
            .is_some_and(|(at, _)| *at <= self.now)
        {
            self.deadlines.pop_first();
        }
    }

    fn add_agent(&mut self, id: AgentId, profile: &AgentProfile) {
        let agent = Agent::new(id, profile.clone(), self.now);
        self.bench.update(&agent);
        self.agents.insert(id, agent);
    }

    fn apply_ruling(&mut self, position: u64, ruling: &Ruling) {
        match ruling {
            Ruling::Judged {
                conversation,
                verdict: Verdict::Suggest,
                fired,
                ..
            } => {
                let trigger = fired.as_ref().map(|fired| fired.trigger.clone());
                self.change_conversation(*conversation, |c| c.suggested = trigger);
            }
            Ruling::Judged {
                conversation,
                verdict: Verdict::HandOff,
                fired,
                also_fired,
                ..
            } => {
                let reasons = fired.iter().chain(also_fired);
                let reasons = reasons.map(|fired| fired.trigger.clone()).collect();
                self.change_conversation(*conversation, |c| c.reasons = reasons);
            }
            Ruling::HandoffOpened { .. } => self.open_handoff(HandoffId(position), ruling),
            Ruling::Queued { .. } => self.enqueue(ruling),
            Ruling::StepTaken { handoff, step, .. } => self.take_step(*handoff, *step),
            Ruling::NoMatch { handoff, why } => {
                self.change_handoff(*handoff, |handoff| handoff.unmatched = Some(*why));
            }
            Ruling::ConversationResolved { conversation, .. } => self.close(*conversation),
            Ruling::PromiseMade {
                handoff,
                wait,
                until,
            } => {
                let renew_at = self.renewal_of(*until);
                let id = PromiseId(position);
                self.promise(
                    *handoff,
                    Promise {
                        id,
                        wait: *wait,
                        until: *until,
                        renew_at,
                    },
                );
            }
            Ruling::PromiseSettled { handoff, .. } => self.settle_promise(*handoff),
            Ruling::PresenceChanged { agent, to, .. } => self.set_presence(*agent, *to),
            _ => self.apply_move(position, ruling),
        }
    }

    /// Rulings by which a handoff moves between agents, or leaves them.
    fn apply_move(&mut self, position: u64, ruling: &Ruling) {
        match ruling {
            Ruling::Offered {
                handoff,
                agent,
                until,
            } => {
                self.offer(*handoff, OfferId(position), *agent, *until);
            }
            Ruling::OfferEnded {
                handoff,
                agent,
                how,
                ..
            } => {
                self.end_offer(*handoff, *agent, *how);
            }
            Ruling::Assigned {
                handoff,
                agent,
                epoch,
                ..
            } => {
                self.assign(*handoff, *agent, *epoch);
            }
            Ruling::CallbackNoted { handoff, at } => {
                let at = *at;
                self.drop_deadlines(*handoff);
                self.change_handoff(*handoff, |handoff| handoff.phase = Phase::Callback { at });
            }
            Ruling::HandoffEnded {
                handoff,
                how,
                epoch,
                ..
            } => {
                self.end_handoff(*handoff, *how, *epoch);
            }
            _ => {}
        }
    }

    pub(super) fn read_policy(&mut self) {
        if self.policy_version > 0
            && let Ok(policy) = Policy::parse(&self.policy_source)
        {
            self.policy = Arc::new(policy);
        }
    }

    pub(super) fn rebuild_indexes(&mut self) {
        self.bench = Bench::default();
        self.agents
            .values()
            .for_each(|agent| self.bench.update(agent));
        let mut lanes = Lanes::default();
        for handoff in self
            .handoffs
            .values()
            .filter(|handoff| handoff.phase == Phase::Queued)
        {
            lanes.insert(handoff, self.circle(handoff));
        }
        self.lanes = lanes;
    }

    pub(super) fn change_agent(&mut self, id: AgentId, change: impl FnOnce(&mut Agent)) {
        if let Some(agent) = self.agents.get_mut(&id) {
            change(agent);
            self.bench.update(agent);
        }
    }

    pub(super) fn change_conversation(
        &mut self,
        id: ConversationId,
        change: impl FnOnce(&mut Conversation),
    ) {
        if let Some(conversation) = self.conversations.get_mut(&id) {
            change(conversation);
        }
    }

    /// Changes a handoff and keeps the lanes true.
    pub(super) fn change_handoff(&mut self, id: HandoffId, change: impl FnOnce(&mut Handoff)) {
        let Some(mut handoff) = self.handoffs.remove(&id) else {
            return;
        };
        if handoff.phase == Phase::Queued {
            let circle = self.circle(&handoff);
            self.lanes.remove(&handoff, circle);
        }
        change(&mut handoff);
        if handoff.phase == Phase::Queued {
            let circle = self.circle(&handoff);
            self.lanes.insert(&handoff, circle);
        }
        self.handoffs.insert(id, handoff);
    }

    fn set_status(&mut self, id: AgentId, status: Presence, until: Option<Timestamp>) {
        let now = self.now;
        // What was to end before it was heard has ended.
        let (status, until) = match until {
            Some(until) if until <= now => (Presence::Online, None),
            _ => (status, until),
        };
        let earlier = self.agents.get(&id).and_then(|agent| agent.status_until);
        self.cancel(earlier, Deadline::StatusEnds(id));
        self.schedule(until, Deadline::StatusEnds(id));
        self.change_agent(id, |agent| {
            agent.status = status;
            agent.status_since = now;
            agent.status_until = until;
        });
    }

    fn set_console(&mut self, id: AgentId, alive: bool) {
        let now = self.now;
        self.change_agent(id, |agent| {
            agent.console = alive;
            agent.console_since = now;
        });
    }

    fn set_presence(&mut self, id: AgentId, presence: Presence) {
        let now = self.now;
        let over = self.agents.get(&id).and_then(|agent| agent.status_until);
        let over = over.filter(|until| *until <= now);
        self.cancel(over, Deadline::StatusEnds(id));
        self.change_agent(id, |agent| {
            agent.presence = presence;
            agent.presence_since = now;
            if agent.status_until.is_some_and(|until| until <= now) {
                agent.status = Presence::Online;
                agent.status_until = None;
            }
        });
        if presence != Presence::Online {
            self.release_kept_for(id);
        }
    }

    /// What was passed on to this agent alone is open to the whole route again.
    fn release_kept_for(&mut self, agent: AgentId) {
        let kept = self
            .handoffs
            .values()
            .filter(|handoff| handoff.only == Some(agent));
        let kept: Vec<HandoffId> = kept.map(|handoff| handoff.id).collect();
        for id in kept {
            self.change_handoff(id, |handoff| {
                handoff.only = None;
                handoff.unmatched = None;
            });
        }
    }

    fn open_conversation(&mut self, id: ConversationId, customer: &CustomerFacts, channel: &str) {
        let conversation = Conversation::new(id, customer.clone(), channel, self.now);
        self.conversations.insert(id, conversation);
        self.touch(id);
    }

    fn reopen_conversation(&mut self, seen: &Observation) {
        let Observation::ConversationReopened {
            conversation,
            customer,
            channel,
            epoch,
            opened_at,
        } = seen
        else {
            return;
        };
        self.open_conversation(*conversation, customer, channel);
        self.change_conversation(*conversation, |c| {
            c.epoch = epoch + 1;
            c.opened_at = *opened_at;
        });
    }

    /// Moves the moment at which an untouched conversation is closed.
    pub(super) fn touch(&mut self, id: ConversationId) {
        let due = self.now.plus_seconds(self.policy.close_after_seconds);
        let Some(conversation) = self.conversations.get_mut(&id) else {
            return;
        };
        conversation.touched_at = self.now;
        let earlier = conversation.idle_due.replace(due);
        self.cancel(earlier, Deadline::ConversationIdle(id));
        self.schedule(Some(due), Deadline::ConversationIdle(id));
    }

    fn note_message(&mut self, message: MessageId, seen: &Observation) {
        let Observation::MessageReceived {
            conversation: id,
            author,
            epoch,
            reading,
            answer,
        } = seen
        else {
            return;
        };
        let (id, author) = (*id, *author);
        let Some(conversation) = self.conversations.get_mut(&id) else {
            return;
        };
        if is_late(conversation, author, *epoch) {
            return;
        }
        match author {
            Author::Customer => {
                conversation.memory.note_customer(message, reading);
                if conversation.with_assistant() {
                    self.await_answer(id, message);
                }
            }
            Author::Assistant => {
                let completes = conversation.unanswered.is_some();
                conversation
                    .memory
                    .note_assistant(message, reading, answer.as_ref(), completes);
                self.answered(id);
            }
            Author::Agent(_) | Author::Segue => {}
        }
    }

    /// A failure counts for the epoch that the assistant was asked under, and no other.
    fn note_failure(&mut self, id: ConversationId, epoch: u32) {
        let asked = self.conversations.get(&id);
        if asked.is_some_and(|c| !is_late(c, Author::Assistant, Some(epoch))) {
            self.answered(id);
        }
    }

    /// The silence is counted from the first message that is not answered. Where it was noticed
    /// already and nothing followed, the next message has it noticed again.
    fn await_answer(&mut self, id: ConversationId, message: MessageId) {
        let now = self.now;
        let due = now.plus_seconds(self.policy.assistant.silent_after_seconds);
        let earlier = self.conversations.get(&id).and_then(|c| c.unanswered);
        let pending = earlier.map(|u| u.silent_due).filter(|due| {
            let deadline = (*due, Deadline::AssistantSilent(id));
            self.deadlines.contains(&deadline)
        });
        let silent_due = pending.unwrap_or(due);
        let since = earlier.map_or(now, |u| u.since);
        let unanswered = Unanswered {
            message,
            since,
            silent_due,
        };
        self.change_conversation(id, |conversation| {
            conversation.unanswered = Some(unanswered);
        });
        self.schedule(Some(silent_due), Deadline::AssistantSilent(id));
    }

    pub(super) fn answered(&mut self, id: ConversationId) {
        let mut earlier = None;
        self.change_conversation(id, |conversation| earlier = conversation.unanswered.take());
        self.cancel(earlier.map(|u| u.silent_due), Deadline::AssistantSilent(id));
    }

    fn note_choice(&mut self, id: ConversationId, choice: Choice) {
        let now = self.now;
        let policy = Arc::clone(&self.policy);
        let Some(conversation) = self.conversations.get_mut(&id) else {
            return;
        };
        let suggested = conversation.suggested.take();
        if let (Choice::Stay, Some(trigger)) = (choice, &suggested) {
            conversation.cool(
                trigger,
                now,
                now.plus_seconds(policy.cooldown_seconds(trigger)),
            );
        }
        if suggested.is_some() && choice != Choice::Stay {
            // The handoff that follows in this turn must know which suggestion was taken.
            conversation.suggested = suggested;
            conversation.leaves_message = choice == Choice::Message;
        }
        if let (Choice::Message | Choice::Wait, Some(handoff)) = (choice, conversation.handoff()) {
            self.change_handoff(handoff, |handoff| {
                handoff.patient = choice == Choice::Message;
            });
        }
    }

    fn close(&mut self, id: ConversationId) {
        self.answered(id);
        if let Some(conversation) = self.conversations.remove(&id) {
            self.cancel(conversation.idle_due, Deadline::ConversationIdle(id));
        }
    }
}
