//! Makes events out of lines once they are durable: live, and again for those who come back.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use segue_core::{
    conversation::Stage,
    id::{AgentId, ConversationId, CustomerId, HandoffId, MessageId},
    journal::{Decision, Entry, Line, Ruling},
    queue::Phase,
    time::Timestamp,
};
use segue_store::Body;
use serde_json::{Value as Json, json};
use tokio::sync::{broadcast, mpsc};

use super::{
    Event, Hub,
    event::Told,
    hub::Listening,
    seeds::{Seed, seeds},
};
use crate::{
    desk_loop::Committed,
    http::{
        error::Problem,
        eyes::Eyes,
        reading::OwnOffer,
        wire::{agent::AgentLive, message::Message, moment},
    },
};

/// Makes events. Cheap to clone.
#[derive(Clone)]
pub struct Herald {
    eyes: Eyes,
    /// The position up to which the hub was told everything. Listeners join under its lock, so
    /// that each event reaches them either from the hub or from the journal, never neither.
    told: Arc<Mutex<u64>>,
}

/// A seed in its place.
struct Placed {
    position: u64,
    part: u32,
    at: Timestamp,
    seed: Seed,
}

/// What the lines at hand say about who is concerned, and what was written.
struct Context<'c> {
    conversation_of: BTreeMap<HandoffId, ConversationId>,
    agents_of: BTreeMap<ConversationId, BTreeSet<AgentId>>,
    withheld: BTreeSet<MessageId>,
    refused: BTreeSet<u64>,
    lines: BTreeMap<u64, &'c Line>,
    bodies: BTreeMap<u64, &'c Body>,
}

impl Herald {
    /// Over what can be looked at; `position` was told already.
    pub fn new(eyes: Eyes, position: u64) -> Self {
        Self {
            eyes,
            told: Arc::new(Mutex::new(position)),
        }
    }

    /// Begins to listen: what comes, and the position up to which it was told before.
    pub(super) fn join(&self, hub: &Hub) -> (broadcast::Receiver<Arc<Event>>, Listening, u64) {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let (events, listening) = hub.listen();
        (events, listening, *told)
    }

    /// Tells the hub of everything that is committed, until the loop ends.
    pub async fn run(self, hub: Hub, mut committed: mpsc::Receiver<Committed>) {
        while let Some(batch) = committed.recv().await {
            if self.is_told_to_nobody(&hub, &batch) {
                continue;
            }
            let events = self.events(&batch.lines, &batch.bodies).await;
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            for event in events {
                hub.tell(event);
            }
            *told = last_of(&batch).unwrap_or(*told);
        }
    }

    fn is_told_to_nobody(&self, hub: &Hub, batch: &Committed) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let nobody = hub.sockets() == 0;
        if nobody {
            *told = last_of(batch).unwrap_or(*told);
        }
        nobody
    }

    /// The events of some lines. What only says how things stand is told once, at its last place.
    pub async fn events(&self, lines: &[Line], bodies: &[Body]) -> Vec<Event> {
        let context = Context::new(lines, bodies);
        let mut placed = Vec::new();
        for line in lines {
            for (part, seed) in (0..).zip(seeds(line)) {
                placed.push(Placed {
                    position: line.position,
                    part,
                    at: line.at,
                    seed: self.named(&context, seed).await,
                });
            }
        }
        let mut events = Vec::with_capacity(placed.len());
        for (index, one) in placed.iter().enumerate() {
            let later = placed.get(index + 1..).unwrap_or_default();
            if one.seed.is_state() && later.iter().any(|other| other.seed == one.seed) {
                continue;
            }
            match self.told(&context, one).await {
                Ok(told) => events.extend(told.into_iter().map(Event::from)),
                Err(problem) => tracing::warn!(detail = &*problem.detail, "an event was not told"),
            }
        }
        events
    }

    /// A seed that names a handoff only, with its conversation.
    async fn named(&self, context: &Context<'_>, seed: Seed) -> Seed {
        match seed {
            Seed::ConversationOf(handoff) => match self.conversation_of(context, handoff).await {
                Some(conversation) => Seed::Conversation(conversation),
                None => seed,
            },
            other => other,
        }
    }

    async fn conversation_of(
        &self,
        context: &Context<'_>,
        handoff: HandoffId,
    ) -> Option<ConversationId> {
        if let Some(known) = context.conversation_of.get(&handoff) {
            return Some(*known);
        }
        if let Some(live) = self.eyes.door.desk().await.handoff(handoff) {
            return Some(live.conversation);
        }
        let record = self.eyes.store.handoff(handoff).await.ok().flatten()?;
        Some(record.row.conversation)
    }

    async fn told(&self, context: &Context<'_>, placed: &Placed) -> Result<Vec<Told>, Problem> {
        match &placed.seed {
            Seed::Conversation(id) => self.conversation(context, placed, *id).await,
            Seed::ConversationOf(_) => Ok(Vec::new()),
            Seed::Message(conversation, id) => {
                self.message(context, placed, *conversation, *id).await
            }
            Seed::Offer(handoff, agent, until) => {
                self.offer(placed, *handoff, *agent, *until).await
            }
            Seed::OfferEnded(offer, handoff, agent, how) => {
                let data = json!({
                    "offer_id": offer, "handoff_id": handoff, "agent_id": agent, "how": how,
                });
                Ok(vec![placed.to_agents("offer_ended", data, [*agent].into())])
            }
            Seed::Queue => Ok(vec![placed.to_everybody("queue", json!({}))]),
            Seed::Agent(id) => Ok(self.agent(placed, *id).await),
            Seed::Alert(handoff, rule, severity) => {
                let text = format!("{rule}: {handoff} has waited too long");
                let data = json!({
                    "handoff_id": handoff, "rule": rule, "severity": severity, "text": text,
                });
                Ok(vec![placed.to_everybody("alert", data)])
            }
        }
    }

    async fn conversation(
        &self,
        context: &Context<'_>,
        placed: &Placed,
        id: ConversationId,
    ) -> Result<Vec<Told>, Problem> {
        let Some(conversation) = self.eyes.conversation(id).await? else {
            return Ok(Vec::new());
        };
        let (customer, agents) = self.concerned(context, id).await?;
        let team = to_json(&conversation);
        let own = to_json(&conversation.for_customer());
        Ok(vec![Told {
            customer: customer.map(|customer| (customer, own)),
            ..placed.to_agents("conversation", team, agents)
        }])
    }

    async fn message(
        &self,
        context: &Context<'_>,
        placed: &Placed,
        conversation: ConversationId,
        id: MessageId,
    ) -> Result<Vec<Told>, Problem> {
        if context.refused.contains(&id.0) {
            return Ok(Vec::new());
        }
        let Some(line) = context.lines.get(&id.0) else {
            return Ok(Vec::new());
        };
        let body = context.bodies.get(&id.0).copied();
        let withheld = context.withheld.contains(&id);
        let message = {
            let desk = self.eyes.door.desk().await;
            Message::of_line(&desk, line, body, withheld)
        };
        let Some(message) = message else {
            return Ok(Vec::new());
        };
        let (customer, agents) = self.concerned(context, conversation).await?;
        let team = to_json(&message);
        let own = message.for_customer().as_ref().map(to_json);
        Ok(vec![Told {
            customer: customer.zip(own),
            ..placed.to_agents("message", team, agents)
        }])
    }

    async fn offer(
        &self,
        placed: &Placed,
        handoff: HandoffId,
        agent: AgentId,
        until: Timestamp,
    ) -> Result<Vec<Told>, Problem> {
        let Some(handoff) = self.eyes.handoff(handoff).await? else {
            return Ok(Vec::new());
        };
        // An offer that is over by now would only flash up.
        let stands = handoff
            .offer
            .as_ref()
            .is_some_and(|offer| offer.agent_id == agent.to_string());
        if !stands {
            return Ok(Vec::new());
        }
        let until_at = moment(until);
        let data = to_json(&OwnOffer { handoff, until_at });
        Ok(vec![placed.to_agents("offer", data, [agent].into())])
    }

    async fn agent(&self, placed: &Placed, id: AgentId) -> Vec<Told> {
        let live = {
            let desk = self.eyes.door.desk().await;
            let agent = desk.agent(id);
            agent.map(|agent| AgentLive::of(&desk, agent))
        };
        let Some(live) = live else {
            return Vec::new();
        };
        let own = Told {
            leads: false,
            // After the event for everybody, at the same line.
            part: placed.part + 100,
            ..placed.to_agents("you", to_json(&live.agent), [id].into())
        };
        vec![placed.to_everybody("agent", to_json(&live)), own]
    }

    /// The customer and the agents of a conversation.
    async fn concerned(
        &self,
        context: &Context<'_>,
        id: ConversationId,
    ) -> Result<(Option<CustomerId>, BTreeSet<AgentId>), Problem> {
        let mut agents = context.agents_of.get(&id).cloned().unwrap_or_default();
        {
            let desk = self.eyes.door.desk().await;
            if let Some(open) = desk.conversation(id) {
                match open.stage {
                    Stage::WithAgent { agent, .. } => {
                        agents.insert(agent);
                    }
                    Stage::Waiting { handoff, .. } => {
                        let phase = desk.handoff(handoff).map(|handoff| handoff.phase);
                        if let Some(Phase::Offered { agent, .. }) = phase {
                            agents.insert(agent);
                        }
                    }
                    Stage::WithAssistant { .. } => {}
                }
                return Ok((Some(open.customer.id), agents));
            }
        }
        let row = self.eyes.store.conversation(id).await?;
        agents.extend(row.as_ref().and_then(|row| row.agent));
        Ok((row.map(|row| row.customer), agents))
    }
}

fn last_of(batch: &Committed) -> Option<u64> {
    batch.lines.last().map(|line| line.position)
}

fn to_json<T: serde::Serialize>(value: &T) -> Json {
    serde_json::to_value(value).unwrap_or_default()
}

impl Placed {
    fn to_agents(&self, name: &'static str, data: Json, agents: BTreeSet<AgentId>) -> Told {
        Told {
            position: self.position,
            part: self.part,
            at: self.at,
            name,
            team: Some(data),
            customer: None,
            agents: Some(agents),
            leads: true,
        }
    }

    fn to_everybody(&self, name: &'static str, data: Json) -> Told {
        Told {
            agents: None,
            ..self.to_agents(name, data, BTreeSet::new())
        }
    }
}

impl<'c> Context<'c> {
    fn new(lines: &'c [Line], bodies: &'c [Body]) -> Self {
        let mut context = Self {
            conversation_of: BTreeMap::new(),
            agents_of: BTreeMap::new(),
            withheld: BTreeSet::new(),
            refused: BTreeSet::new(),
            lines: lines.iter().map(|line| (line.position, line)).collect(),
            bodies: bodies.iter().map(|body| (body.position, body)).collect(),
        };
        let mut observed = 0;
        for line in lines {
            match &line.entry {
                Entry::Observed(_) => observed = line.position,
                Entry::Decided(Decision { ruling, .. }) => {
                    context.note(line.position, observed, ruling);
                }
            }
        }
        context
    }

    fn note(&mut self, position: u64, observed: u64, ruling: &Ruling) {
        match ruling {
            Ruling::HandoffOpened { conversation, .. } => {
                self.conversation_of
                    .insert(HandoffId(position), *conversation);
            }
            Ruling::Assigned {
                handoff,
                conversation,
                agent,
                ..
            } => {
                self.conversation_of.insert(*handoff, *conversation);
                self.concerns(*conversation, *agent);
            }
            Ruling::HandoffEnded {
                handoff,
                conversation,
                agent,
                ..
            } => {
                self.conversation_of.insert(*handoff, *conversation);
                if let Some(agent) = agent {
                    self.concerns(*conversation, *agent);
                }
            }
            Ruling::ReplyWithheld { message, .. } => {
                self.withheld.insert(*message);
            }
            // The reply that is refused is the observation of the same turn.
            Ruling::ReplyRefused { .. } => {
                self.refused.insert(observed);
            }
            _ => {}
        }
    }

    fn concerns(&mut self, conversation: ConversationId, agent: AgentId) {
        self.agents_of
            .entry(conversation)
            .or_default()
            .insert(agent);
    }
}
