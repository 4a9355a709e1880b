//! One batch: what all its requests made the desk decide, and whom to answer.

use std::collections::{HashMap, VecDeque};

use segue_core::{
    desk::Desk,
    journal::{Effect, Entry, Line, Observation, Ruling},
    notices,
    time::Timestamp,
};
use segue_store::{Batch, Body, CustomerRow, IdempotentAnswer, OutboxRow, WebhookRow};

use super::{
    Committed, Denied, Done, Key, Request,
    door::{Told, placed},
};
use crate::effects::event::Asked;

/// Keys that are kept in memory: longer than a request can be on its way to the desk.
const KEYS: usize = 20_000;

/// What happened to recent keys, so that two requests at once under one key have one effect.
#[derive(Default)]
pub(super) struct Turns {
    known: HashMap<(String, String), (String, u64, u64)>,
    order: VecDeque<(String, String)>,
}

/// One batch that is decided and not yet durable.
#[derive(Default)]
pub(super) struct Turn {
    pub(super) lines: Vec<Line>,
    pub(super) bodies: Vec<Body>,
    pub(super) customers: Vec<CustomerRow>,
    pub(super) answers: Vec<IdempotentAnswer>,
    pub(super) outbox: Vec<OutboxRow>,
    pub(super) effects: Vec<Effect>,
    replies: Vec<(Request, Result<Done, Denied>)>,
}

impl Turns {
    /// Lets the desk decide on what is due and on every request.
    pub(super) fn decide(
        &mut self,
        desk: &mut Desk,
        now: Timestamp,
        requests: Vec<Request>,
    ) -> Turn {
        let mut turn = Turn::default();
        turn.wake(desk, now);
        for request in requests {
            let answer = match self.before(request.key.as_ref()) {
                Some(answer) => answer,
                None => self.take(desk, now, &request, &mut turn),
            };
            turn.replies.push((request, answer));
        }
        turn
    }

    /// Forgets all keys; the store is asked about them anyway.
    pub(super) fn forget_keys(&mut self) {
        self.known.clear();
        self.order.clear();
    }

    fn before(&self, key: Option<&Key>) -> Option<Result<Done, Denied>> {
        let key = key?;
        let (hash, first, last) = self.known.get(&(key.caller.clone(), key.key.clone()))?;
        if *hash != key.request_hash {
            return Some(Err(Denied::KeyReused));
        }
        Some(Ok(Done {
            first: *first,
            last: *last,
            replayed: true,
            ..Done::default()
        }))
    }

    fn take(
        &mut self,
        desk: &mut Desk,
        now: Timestamp,
        request: &Request,
        turn: &mut Turn,
    ) -> Result<Done, Denied> {
        let told = (request.seen)(desk).map_err(|refusal| Denied::Refused(Box::new(refusal)))?;
        let from = (turn.lines.len(), turn.bodies.len());
        let outcome = told
            .into_iter()
            .try_for_each(|told| turn.tell(desk, now, told));
        let lines = turn.lines.get(from.0..).unwrap_or_default().to_vec();
        let bodies = turn.bodies.get(from.1..).unwrap_or_default().to_vec();
        outcome?;
        let position = |line: Option<&Line>| line.map_or(0, |line| line.position);
        let done = Done {
            first: position(lines.first()),
            last: position(lines.last()),
            lines,
            bodies,
            replayed: false,
        };
        turn.customers.extend(request.customer.clone());
        if let Some(key) = &request.key {
            self.remember(key, &done);
            turn.answers.push(kept(key, &done, now));
        }
        Ok(done)
    }

    fn remember(&mut self, key: &Key, done: &Done) {
        let name = (key.caller.clone(), key.key.clone());
        let place = (key.request_hash.clone(), done.first, done.last);
        self.known.insert(name.clone(), place);
        self.order.push_back(name);
        if self.order.len() > KEYS
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

fn kept(key: &Key, done: &Done, at: Timestamp) -> IdempotentAnswer {
    IdempotentAnswer {
        caller: key.caller.clone(),
        key: key.key.clone(),
        request_hash: key.request_hash.clone(),
        status: 200,
        answer: placed(done.first, done.last),
        at,
    }
}

impl Turn {
    /// Lets all deadlines that are due come due.
    fn wake(&mut self, desk: &mut Desk, now: Timestamp) {
        if desk.next_deadline().is_some_and(|(at, _)| at <= now)
            && let Err(error) = self.tell(desk, now, Told::plain(Observation::Woke))
        {
            tracing::error!(?error, "a deadline was refused");
        }
    }

    fn tell(&mut self, desk: &mut Desk, now: Timestamp, told: Told) -> Result<(), Denied> {
        let outcome = desk
            .handle(now, told.seen)
            .map_err(|refusal| Denied::Refused(Box::new(refusal)))?;
        if let (Some(line), Some(words)) = (outcome.lines.first(), told.words) {
            self.bodies.push(Body {
                position: line.position,
                text: words.text,
                extra: words.extra,
            });
        }
        self.bodies.extend(notice_words(desk, &outcome.lines));
        self.lines.extend(outcome.lines);
        self.effects.extend(outcome.effects);
        Ok(())
    }

    /// Writes what somebody outside is asked into the outbox.
    pub(super) fn ask_outside(&mut self, webhooks: &[WebhookRow]) {
        if webhooks.is_empty() {
            return;
        }
        for effect in &self.effects {
            let Effect::AskAssistant {
                conversation,
                message,
                epoch,
            } = effect;
            let own = |body: &&Body| body.position == message.0;
            let text = self.bodies.iter().find(own).map(|body| body.text.as_str());
            let line = self.lines.iter().find(|line| line.position == message.0);
            if let (Some(text), Some(line)) = (text, line) {
                let asked = Asked::new(*conversation, *message, *epoch, text);
                self.outbox.extend(asked.event(line.at).rows(webhooks));
            }
        }
    }

    pub(super) fn tells_outside(&self) -> bool {
        !self.outbox.is_empty()
    }

    pub(super) fn publishes_policy(&self) -> bool {
        self.lines.iter().any(|line| {
            matches!(
                &line.entry,
                Entry::Observed(Observation::PolicyPublished { .. })
            )
        })
    }

    pub(super) fn committed(&self) -> Committed {
        Committed {
            lines: self.lines.as_slice().into(),
            bodies: self.bodies.as_slice().into(),
        }
    }

    /// Answers everybody.
    pub(super) fn answer(self) {
        for (request, answer) in self.replies {
            // Whoever asked may have gone.
            let _ = request.reply.send(answer);
        }
    }

    /// All that becomes durable at once.
    pub(super) fn batch(&self) -> Batch {
        let first = self.lines.first().map_or(1, |line| line.position);
        Batch {
            after: first - 1,
            lines: self.lines.clone(),
            bodies: self.bodies.clone(),
            customers: self.customers.clone(),
            answers: self.answers.clone(),
            outbox: self.outbox.clone(),
        }
    }

    /// Sends everybody away: nothing of the batch counts. Refusals may rest on what is lost,
    /// so they do not count either.
    pub(super) fn deny(mut self, why: &Denied) {
        self.send_away(why);
    }

    /// Sends everybody away and keeps the batch, which may count yet.
    pub(super) fn leave(mut self, why: &Denied) -> Self {
        self.send_away(why);
        self
    }

    fn send_away(&mut self, why: &Denied) {
        for (request, _) in self.replies.drain(..) {
            request.deny(why.clone());
        }
    }
}

fn notice_words(desk: &Desk, lines: &[Line]) -> Vec<Body> {
    let told = lines.iter().filter_map(|line| match &line.entry {
        Entry::Decided(decision) => match &decision.ruling {
            Ruling::NoticeGiven { notice, .. } => Some((line.position, notice)),
            _ => None,
        },
        Entry::Observed(_) => None,
    });
    told.map(|(position, notice)| Body {
        position,
        text: notices::words(notice, desk.policy()),
        extra: None,
    })
    .collect()
}
