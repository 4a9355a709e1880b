//! The desk's queue and routing against the plainest reference there is: sort everything, take the
//! first. Random teams, random entries; every offer is predicted before it is made.

use std::{cmp::Reverse, collections::BTreeMap};

use segue_core::{
    desk::Desk,
    id::{AgentId, ConversationId, CustomerId, HandoffId},
    journal::{AgentProfile, Author, CustomerFacts, Decision, Entry, Line, Observation, Ruling},
    queue::{Handoff, Phase},
    routing::Agent,
    signals::{IntentReading, Reading, Span},
    time::Timestamp,
};
use segue_sim::dice::Dice;

/// Two routes with one skill each and one with none; nothing widens and nothing lapses meanwhile.
const POLICY: &str = "
policy: Plain
intents:
  bill: {about: a bill, keywords: [bill], examples: [my bill is wrong]}
  lamp: {about: a lamp, keywords: [lamp], examples: [my lamp is broken]}
triggers: {}
routes:
  billing: {team: billing, skills: {billing: 3}, intents: [bill], chain: [primary]}
  lamps: {team: lamps, skills: {lamps: 2}, intents: [lamp], chain: [primary]}
  general: {team: support, skills: {}, chain: [primary]}
default_route: general
points:
  severity: {low: 0, normal: 100, high: 200, urgent: 300}
  tiers: {vip: {value: 40, per_minute: 25}, member: {value: 25, per_minute: 15}}
  other_tiers: {value: 0, per_minute: 10}
  sentiment_max: 100
offers: {lease: 10m, again_after: 10m}
";

struct Shop {
    dice: Dice,
    desk: Desk,
    now: Timestamp,
    predicted: u32,
}

fn suits(agent: &Agent, handoff: &Handoff) -> bool {
    let level = |skill| agent.profile.skills.get(skill).copied().unwrap_or_default();
    handoff
        .skills
        .iter()
        .all(|(skill, least)| level(skill) >= *least)
}

/// Points times 60,000.
fn score(handoff: &Handoff, now: Timestamp) -> i64 {
    let points = handoff.points;
    let base = i64::from(points.severity + points.customer + points.sentiment);
    base * 60_000 + i64::from(points.per_minute) * (now - handoff.since)
}

/// Sorts every agent who could take the entry: the least loaded, the most skilled, the longest idle.
fn best_agent(desk: &Desk, handoff: &Handoff) -> Option<AgentId> {
    let mut team: Vec<&Agent> = desk
        .agents()
        .filter(|a| a.is_present() && a.free() > 0 && suits(a, handoff))
        .collect();
    let skill = handoff.skills.keys().next();
    team.sort_by_key(|agent| {
        let share = u32::from(agent.load()) * 1000 / u32::from(agent.profile.capacity);
        let level = skill
            .and_then(|skill| agent.profile.skills.get(skill))
            .copied()
            .unwrap_or_default();
        (share, Reverse(level), agent.idle_since, agent.id)
    });
    team.first().map(|agent| agent.id)
}

/// Sorts every entry that the agent could take: the most points, then the oldest; takes as many as
/// there are places.
fn best_entries(desk: &Desk, agent: &Agent, places: usize, now: Timestamp) -> Vec<HandoffId> {
    let mut waiting: Vec<&Handoff> = desk
        .handoffs()
        .filter(|h| h.phase == Phase::Queued && suits(agent, h))
        .collect();
    waiting.sort_by_key(|handoff| (Reverse(score(handoff, now)), handoff.id));
    waiting
        .iter()
        .take(places)
        .map(|handoff| handoff.id)
        .collect()
}

fn offers(lines: &[Line]) -> Vec<(HandoffId, AgentId)> {
    let offers = lines.iter().filter_map(|line| match &line.entry {
        Entry::Decided(Decision {
            ruling: Ruling::Offered { handoff, agent, .. },
            ..
        }) => Some((*handoff, *agent)),
        _ => None,
    });
    offers.collect()
}

impl Shop {
    fn open(seed: u64) -> Self {
        let mut shop = Self {
            dice: Dice::new(seed),
            desk: Desk::new(),
            now: Timestamp(0),
            predicted: 0,
        };
        shop.tell(Observation::PolicyPublished {
            version: 1,
            source: POLICY.to_owned(),
            author: "lead".to_owned(),
        });
        for _ in 0..shop.dice.between(1, 12) {
            shop.hire();
        }
        shop
    }

    fn tell(&mut self, seen: Observation) -> Vec<Line> {
        self.desk
            .handle(self.now, seen)
            .expect("the test tells only what can be")
            .lines
    }

    fn hire(&mut self) {
        let mut skills = BTreeMap::new();
        for skill in ["billing", "lamps"] {
            if self.dice.chance(50) {
                skills.insert(
                    skill.into(),
                    u8::try_from(self.dice.between(1, 5)).unwrap_or(1),
                );
            }
        }
        let capacity = u16::try_from(self.dice.between(1, 4)).unwrap_or(1);
        let profile = AgentProfile {
            name: "Ada".to_owned(),
            skills,
            capacity,
            on_call: false,
            retired: false,
        };
        let line = self.tell(Observation::AgentAdded { profile });
        let agent = AgentId(line[0].position);
        if self.dice.chance(70) {
            self.tell(Observation::ConsoleOpened { agent });
        }
    }

    /// One customer asks for a person; the best agent is predicted and gets the offer, or nobody does.
    fn arrival(&mut self) {
        let tier = self
            .dice
            .pick(&[None, Some("member"), Some("vip")])
            .copied()
            .flatten();
        let customer = CustomerFacts {
            id: CustomerId(1),
            tier: tier.map(str::to_owned),
            locale: None,
            attributes: BTreeMap::new(),
            previous: Vec::new(),
        };
        let opened = self.tell(Observation::ConversationOpened {
            customer,
            channel: "web".to_owned(),
        });
        let conversation = ConversationId(opened[0].position);
        self.write(conversation);
        let before = self.desk.clone();
        let asked = Observation::HandoffRequested {
            conversation,
            by: Author::Customer,
            skills: Vec::new(),
            attempted: 0,
        };
        let made = offers(&self.tell(asked));
        let id = self
            .desk
            .conversation(conversation)
            .and_then(segue_core::conversation::Conversation::handoff);
        let handoff = self
            .desk
            .handoff(id.expect("it was handed off"))
            .expect("it is open");
        let expected: Vec<_> = best_agent(&before, handoff)
            .map(|agent| (handoff.id, agent))
            .into_iter()
            .collect();
        assert_eq!(made, expected, "at {:?}", self.now);
        self.accept(&made);
    }

    fn write(&mut self, conversation: ConversationId) {
        let intent = self
            .dice
            .pick(&[None, Some("bill"), Some("lamp")])
            .copied()
            .flatten();
        let span = Span { start: 0, end: 3 };
        let intent = intent.map(|name| IntentReading {
            intent: name.into(),
            confidence_permille: 900,
            span,
        });
        let sentiment_permille = i16::try_from(self.dice.between(-1000, 1000)).unwrap_or_default();
        let reading = Box::new(Reading {
            intent,
            sentiment_permille,
            ..Reading::default()
        });
        self.tell(Observation::MessageReceived {
            conversation,
            author: Author::Customer,
            epoch: None,
            reading,
            answer: None,
        });
    }

    fn accept(&mut self, made: &[(HandoffId, AgentId)]) {
        self.predicted += u32::try_from(made.len()).unwrap_or_default();
        for (handoff, agent) in made {
            self.tell(Observation::OfferAccepted {
                handoff: *handoff,
                agent: *agent,
            });
        }
    }

    /// An agent ends a conversation, or comes to work: the entries they get are predicted.
    fn place_gets_free(&mut self) {
        let busy: Vec<_> = self
            .desk
            .handoffs()
            .filter_map(|h| Some((h.conversation, h.assigned_to()?)))
            .collect();
        let away: Vec<_> = self
            .desk
            .agents()
            .filter(|agent| !agent.console)
            .map(|agent| agent.id)
            .collect();
        let before = self.desk.clone();
        let come = self
            .dice
            .pick(&away)
            .copied()
            .filter(|_| self.dice.chance(30));
        let (agent, seen, freed) = if let Some(agent) = come {
            (agent, Observation::ConsoleOpened { agent }, 0)
        } else {
            let Some((conversation, agent)) = self.dice.pick(&busy).copied() else {
                return;
            };
            (
                agent,
                Observation::Resolved {
                    conversation,
                    by: Author::Agent(agent),
                },
                1,
            )
        };
        let made = offers(&self.tell(seen));
        let before_them = before.agent(agent).expect("the agent is known");
        let there = before_them.is_present() || freed == 0;
        let places = if there {
            usize::from(before_them.free()) + freed
        } else {
            0
        };
        let best = best_entries(&before, before_them, places, self.now);
        let expected: Vec<_> = best.into_iter().map(|handoff| (handoff, agent)).collect();
        assert_eq!(made, expected, "at {:?}", self.now);
        self.accept(&made);
    }

    fn goes_home(&mut self) {
        let there: Vec<_> = self
            .desk
            .agents()
            .filter(|agent| agent.console)
            .map(|agent| agent.id)
            .collect();
        if let Some(agent) = self.dice.pick(&there).copied() {
            let made = offers(&self.tell(Observation::ConsoleLost { agent }));
            assert_eq!(
                made,
                [],
                "somebody left and somebody else got work that waited for them"
            );
        }
    }

    fn step(&mut self) {
        let gap = self.dice.between(0, 90_000);
        self.now = self.now + gap;
        match self.dice.below(20) {
            0..11 => self.arrival(),
            11..19 => self.place_gets_free(),
            _ => self.goes_home(),
        }
    }
}

#[test]
fn every_offer_is_the_one_that_sorting_everything_would_make() {
    let mut predicted = 0;
    for seed in 0..150 {
        let mut shop = Shop::open(seed);
        for _ in 0..120 {
            shop.step();
        }
        predicted += shop.predicted;
    }
    assert!(predicted > 2_000, "only {predicted} offers were made");
}
