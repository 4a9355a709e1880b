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
    door::{Asked, Reply, Told, placed},
};
use crate::effects::event;

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
    pub(super) effects: Vec<Effect>,
    bodies: Vec<Body>,
    customers: Vec<CustomerRow>,
    answers: Vec<IdempotentAnswer>,
    outbox: Vec<OutboxRow>,
    replies: Vec<(Reply, Result<Done, Denied>)>,
}

impl Turns {
    /// Lets the desk decide on what is due and on every request, and adds it to a batch.
    pub(super) fn decide(
        &mut self,
        desk: &mut Desk,
        now: Timestamp,
        requests: Vec<Request>,
        turn: &mut Turn,
    ) {
        turn.wake(desk, now);
        for Request { asked, reply } in requests {
            let answer = match self.before(asked.key.as_ref()) {
                Some(answer) => answer,
                None => self.take(desk, now, asked, turn),
            };
            turn.replies.push((reply, answer));
        }
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
        asked: Asked,
        turn: &mut Turn,
    ) -> Result<Done, Denied> {
        let told = (asked.seen)(desk).map_err(|refusal| Denied::Refused(Box::new(refusal)))?;
        let from = (turn.lines.len(), turn.bodies.len());
        let outcome = told
            .into_iter()
            .try_for_each(|told| turn.tell(desk, now, told));
        outcome?;
        let lines = from.0..turn.lines.len();
        let own = turn.lines.get(lines.clone()).unwrap_or_default();
        let position = |line: Option<&Line>| line.map_or(0, |line| line.position);
        let done = Done {
            first: position(own.first()),
            last: position(own.last()),
            lines,
            bodies: from.1..turn.bodies.len(),
            ..Done::default()
        };
        turn.customers.extend(asked.customer);
        if let Some(key) = asked.key {
            self.remember(&key, &done);
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

fn kept(key: Key, done: &Done, at: Timestamp) -> IdempotentAnswer {
    IdempotentAnswer {
        caller: key.caller,
        key: key.key,
        request_hash: key.request_hash,
        status: 200,
        answer: placed(done.first, done.last),
        at,
    }
}

impl Turn {
    /// How many requests are in it.
    pub(super) fn len(&self) -> usize {
        self.replies.len()
    }

    /// What is to be told of it once it is durable; nothing if it has no lines.
    pub(super) fn committed(&mut self) -> Option<Committed> {
        let lines = std::mem::take(&mut self.lines);
        let bodies = std::mem::take(&mut self.bodies);
        (!lines.is_empty()).then(|| Committed {
            lines: lines.into(),
            bodies: bodies.into(),
        })
    }

    /// All that becomes durable at once.
    pub(super) fn batch(&mut self, committed: &Committed) -> Batch {
        let first = committed.lines.first().map_or(1, |line| line.position);
        Batch {
            after: first - 1,
            lines: committed.lines.to_vec(),
            bodies: committed.bodies.to_vec(),
            customers: std::mem::take(&mut self.customers),
            answers: std::mem::take(&mut self.answers),
            outbox: std::mem::take(&mut self.outbox),
        }
    }

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

    /// Writes what somebody outside is asked into the outbox; whether there is anything.
    pub(super) fn ask_outside(&mut self, webhooks: &[WebhookRow]) -> bool {
        if webhooks.is_empty() {
            return false;
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
                let asked = event::Asked::new(*conversation, *message, *epoch, text);
                self.outbox.extend(asked.event(line.at).rows(webhooks));
            }
        }
        !self.outbox.is_empty()
    }

    /// Answers everybody.
    pub(super) fn answer(self, committed: &Committed) {
        for (reply, answer) in self.replies {
            let answer = answer.map(|done| Done {
                committed: committed.clone(),
                ..done
            });
            // Whoever asked may have gone.
            let _ = reply.send(answer);
        }
    }

    /// Sends everybody away. Refusals may rest on what is lost, so they do not count either.
    pub(super) fn deny(&mut self, why: &Denied) {
        for (reply, _) in self.replies.drain(..) {
            // Whoever asked may have gone.
            let _ = reply.send(Err(why.clone()));
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
