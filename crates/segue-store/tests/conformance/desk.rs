//! The tables against the desk itself: after any sequence of events they say the same of every
//! open conversation, of every handoff under way and of every agent.

use segue_core::{
    conversation::Stage,
    desk::Desk,
    id::{AgentId, ConversationId, HandoffId},
    journal::{
        AgentProfile, Answer, Author, Choice, Entry, Failure, Line, Observation, Presence, Ruling,
        Target,
    },
    queue::Phase,
    signals::{Reading, Span},
    time::Timestamp,
};
use segue_store::{Batch, Store};

use crate::{Place, story::facts};

const POLICY: &str = "
policy: Test
triggers:
  person_asked: {about: asked, level: immediate, when: message.asks_for_person, severity: normal, cooldown: 0s}
  unsure: {about: unsure, level: immediate, when: assistant.confidence < 0.7, severity: normal, cooldown: 1m}
  angry: {about: angry, level: suggest, when: message.sentiment < -0.5, severity: high, cooldown: 1m}
routes:
  billing: {team: billing team, skills: {billing: 3}, intents: [], chain: [primary, secondary after 40s, general after 90s]}
default_route: billing
offers: {lease: 30s, again_after: 60s}
assistant: {silent_after: 20s}
promises: {renew_before: 20s, handling: 1m}
alerts: {nobody_yet: {severity: normal, after: 60s}}
";

/// A desk in a world that does anything.
struct World {
    desk: Desk,
    now: Timestamp,
    dice: u64,
    lines: Vec<Line>,
    resolved: Vec<ConversationId>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut world = Self {
            desk: Desk::new(),
            now: Timestamp(0),
            dice: seed,
            lines: vec![],
            resolved: vec![],
        };
        world.see(Observation::PolicyPublished {
            version: 1,
            source: POLICY.into(),
            author: "ann".into(),
        });
        for level in 1..=4 {
            let profile = AgentProfile {
                name: format!("agent {level}"),
                skills: [("billing".into(), level)].into(),
                capacity: 2,
                on_call: false,
                retired: false,
            };
            world.see(Observation::AgentAdded { profile });
        }
        world
    }

    /// Refusals are part of the world: nothing is written then.
    fn see(&mut self, seen: Observation) {
        let Ok(outcome) = self.desk.handle(self.now, seen) else {
            return;
        };
        for line in outcome.lines {
            if let Entry::Decided(decision) = &line.entry
                && let Ruling::ConversationResolved { conversation, .. } = &decision.ruling
            {
                self.resolved.push(*conversation);
            }
            self.lines.push(line);
        }
    }

    fn roll(&mut self, sides: u64) -> u64 {
        self.dice = self
            .dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.dice >> 33) % sides
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let sides = u64::try_from(from.len()).ok().filter(|sides| *sides > 0)?;
        let index = usize::try_from(self.roll(sides)).ok()?;
        from.get(index).copied()
    }

    /// Time passes; the desk is woken when it asked to be; something happens.
    fn step(&mut self) {
        self.now = self.now + i64::try_from(self.roll(9_000)).unwrap();
        if self
            .desk
            .next_deadline()
            .is_some_and(|(at, _)| at <= self.now)
        {
            self.see(Observation::Woke);
        }
        if let Some(seen) = self.anything() {
            self.see(seen);
        }
    }

    fn anything(&mut self) -> Option<Observation> {
        let agents: Vec<AgentId> = self.desk.agents().map(|agent| agent.id).collect();
        let agent = self.pick(&agents)?;
        let open: Vec<ConversationId> = self.desk.conversations().map(|one| one.id).collect();
        let handoffs: Vec<HandoffId> = self.desk.handoffs().map(|one| one.id).collect();
        let roll = self.roll(24);
        Some(match roll {
            0..=2 => Observation::ConversationOpened {
                customer: facts(u128::from(self.roll(9))),
                channel: "web".into(),
            },
            3 => {
                let conversation = self.resolved.pop()?;
                Observation::ConversationReopened {
                    conversation,
                    customer: facts(1),
                    channel: "email".into(),
                    epoch: 9,
                    opened_at: Timestamp(0),
                }
            }
            4 | 5 => Observation::ConsoleOpened { agent },
            6 => Observation::ConsoleLost { agent },
            7 => Observation::StatusSet {
                agent,
                status: if self.roll(3) == 0 {
                    Presence::Away
                } else {
                    Presence::Online
                },
                until: None,
            },
            8..=13 => self.message(&open, agent)?,
            14 => Observation::AssistantFailed {
                conversation: self.pick(&open)?,
                epoch: 1,
                why: Failure::Broken,
            },
            15 => Observation::Resolved {
                conversation: self.pick(&open)?,
                by: Author::Customer,
            },
            16 => Observation::ChoiceMade {
                conversation: self.pick(&open)?,
                choice: self.pick(&[
                    Choice::Wait,
                    Choice::Callback,
                    Choice::Message,
                    Choice::Stay,
                ])?,
                callback_at: Some(Timestamp(77)),
            },
            17 => Observation::HandoffRequested {
                conversation: self.pick(&open)?,
                by: Author::Assistant,
                skills: vec![],
                attempted: 0,
            },
            _ => self.move_of_agent(roll, self.pick_holder(&handoffs, agent)?),
        })
    }

    fn message(&mut self, open: &[ConversationId], agent: AgentId) -> Option<Observation> {
        let author = self.pick(&[
            Author::Customer,
            Author::Customer,
            Author::Assistant,
            Author::Agent(agent),
        ])?;
        let asks = author == Author::Customer && self.roll(3) == 0;
        Some(Observation::MessageReceived {
            conversation: self.pick(open)?,
            author,
            epoch: (self.roll(2) == 0).then_some(1),
            reading: Box::new(Reading {
                asks_for_person: asks.then_some(Span { start: 0, end: 1 }),
                sentiment_permille: -i16::try_from(self.roll(1000)).unwrap(),
                words: 4,
                ..Reading::default()
            }),
            answer: (author == Author::Assistant).then(|| Answer {
                confidence_permille: Some(u16::try_from(self.roll(1000)).unwrap()),
                ..Answer::default()
            }),
        })
    }

    /// Mostly the agent whom it concerns, for most moves of others are refused.
    fn pick_holder(&self, handoffs: &[HandoffId], other: AgentId) -> Option<(HandoffId, AgentId)> {
        let index = usize::try_from(self.dice >> 40)
            .ok()?
            .checked_rem(handoffs.len())?;
        let id = *handoffs.get(index)?;
        match self.desk.handoff(id)?.phase {
            Phase::Offered { agent, .. } | Phase::Assigned { agent, .. } => Some((id, agent)),
            Phase::Opened | Phase::Queued | Phase::Callback { .. } => Some((id, other)),
        }
    }

    fn move_of_agent(&mut self, roll: u64, (handoff, agent): (HandoffId, AgentId)) -> Observation {
        match roll {
            18 | 19 => Observation::OfferAccepted { handoff, agent },
            20 => Observation::OfferDeclined { handoff, agent },
            21 => Observation::Claimed { handoff, agent },
            22 => Observation::Transferred {
                handoff,
                agent,
                to: match self.roll(2) {
                    0 => Target::Route("billing".into()),
                    _ => Target::Agent(AgentId(2 + self.roll(4))),
                },
            },
            _ => Observation::Returned { handoff, agent },
        }
    }

    async fn write(&mut self, store: &dyn Store) {
        let lines = std::mem::take(&mut self.lines);
        let after = self.desk.position() - lines.len() as u64;
        let batch = Batch {
            after,
            lines,
            ..Batch::default()
        };
        store.append(batch).await.unwrap();
    }
}

pub(crate) async fn the_tables_say_what_the_desk_says(place: Place) {
    let store = place.open().await;
    let (mut compared, mut endings) = (0, std::collections::BTreeSet::new());
    for seed in 1..=3 {
        let store = store.of_desk(i64::try_from(seed).unwrap());
        let mut world = World::new(seed);
        for _ in 0..8 {
            for _ in 0..60 {
                world.step();
            }
            world.write(&*store).await;
            compared += compare(&*store, &world.desk).await;
        }
        let all = store
            .handoffs_between(Timestamp(0), Timestamp(i64::MAX))
            .await
            .unwrap();
        endings.extend(all.into_iter().map(|row| row.state));
    }
    assert!(compared > 300, "only {compared} things were compared");
    let all = ["abandoned", "resolved", "returned", "stayed"];
    assert!(
        all.iter().all(|how| endings.contains(*how)),
        "only {endings:?}"
    );
}

async fn compare(store: &dyn Store, desk: &Desk) -> usize {
    let conversations = compare_conversations(store, desk).await;
    let handoffs = compare_handoffs(store, desk).await;
    for (row, agent) in store.agents().await.unwrap().iter().zip(desk.agents()) {
        assert_eq!((row.id, &row.profile), (agent.id, &agent.profile));
        let live = (agent.presence, agent.presence_since);
        assert_eq!((row.presence, row.presence_since), live);
    }
    conversations + handoffs
}

async fn compare_conversations(store: &dyn Store, desk: &Desk) -> usize {
    let mut compared = 0;
    for open in desk.conversations() {
        let row = store.conversation(open.id).await.unwrap().unwrap();
        let (state, holder) = match open.stage {
            Stage::WithAssistant { .. } => ("assistant", "assistant"),
            Stage::Waiting { handoff, .. } => match desk.handoff(handoff).unwrap().phase {
                Phase::Offered { .. } => ("offered", "nobody"),
                _ => ("waiting", "nobody"),
            },
            Stage::WithAgent { .. } => ("agent", "agent"),
        };
        assert_eq!(
            (row.state.as_str(), row.holder.as_str()),
            (state, holder),
            "{open:?}"
        );
        assert_eq!(row.epoch, open.epoch, "{open:?}");
        if let Some(handoff) = open.handoff() {
            assert_eq!(row.handoff, Some(handoff), "{open:?}");
        }
        compared += 1;
    }
    compared
}

async fn compare_handoffs(store: &dyn Store, desk: &Desk) -> usize {
    let mut compared = 0;
    for live in desk.handoffs() {
        let record = store.handoff(live.id).await.unwrap().unwrap();
        let (state, agent) = match live.phase {
            Phase::Opened | Phase::Queued => ("queued", None),
            Phase::Offered { .. } => ("offered", None),
            Phase::Assigned { agent, .. } => ("assigned", Some(agent)),
            Phase::Callback { .. } => ("callback", None),
        };
        let row = &record.row;
        assert_eq!(row.state, state, "{live:?}");
        assert!(agent.is_none() || row.agent == agent, "{live:?}");
        assert_eq!(row.step, live.step, "{live:?}");
        // Only what waits can lack a match; the desk keeps an old answer beyond that.
        let unmatched = live.unmatched.filter(|_| live.phase == Phase::Queued);
        assert_eq!(row.unmatched, unmatched, "{live:?}");
        assert_eq!(
            (&row.route, row.assigned_at),
            (&live.route, live.assigned_at),
            "{live:?}"
        );
        let open_offers: Vec<_> = record
            .offers
            .iter()
            .filter(|offer| offer.ended_at.is_none())
            .collect();
        match live.phase {
            Phase::Offered {
                offer,
                agent,
                until,
            } => {
                assert_eq!(open_offers.len(), 1, "{live:?}");
                let open = open_offers[0];
                assert_eq!((open.id, open.agent, open.until_at), (offer, agent, until));
            }
            _ => assert_eq!(open_offers.len(), 0, "{live:?}"),
        }
        let open_segments = record
            .segments
            .iter()
            .filter(|one| one.left_at.is_none())
            .count();
        let waits = matches!(live.phase, Phase::Queued | Phase::Offered { .. });
        assert_eq!(open_segments, usize::from(waits), "{live:?}");
        let standing: Vec<_> = record
            .promises
            .iter()
            .filter(|one| one.how.is_none())
            .collect();
        assert_eq!(
            standing.first().map(|one| one.id),
            live.promise.map(|one| one.id),
            "{live:?}"
        );
        compared += 1;
    }
    compared
}
