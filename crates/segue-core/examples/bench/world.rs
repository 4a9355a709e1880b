//! An invented desk of any size.

use std::{collections::BTreeMap, fmt::Write};

use segue_core::{
    desk::{Desk, Outcome},
    id::{AgentId, ConversationId, CustomerId},
    journal::{AgentProfile, Author, CustomerFacts, Observation},
    signals::{IntentReading, Reading, Span},
    time::Timestamp,
};

/// A desk with a clock that moves a millisecond every thousand observations: slower than any deadline.
pub(crate) struct World {
    pub(crate) desk: Desk,
    seen: i64,
}

impl World {
    pub(crate) fn new(policy: &str) -> Self {
        let mut world = Self {
            desk: Desk::new(),
            seen: 0,
        };
        let source = policy.to_owned();
        world.see(Observation::PolicyPublished {
            version: 1,
            source,
            author: "bench".into(),
        });
        world
    }

    pub(crate) fn see(&mut self, seen: Observation) -> Outcome {
        self.seen += 1;
        let now = Timestamp(1_700_000_000_000 + self.seen / 1000);
        self.desk
            .handle(now, seen)
            .expect("the bench observes what can be")
    }

    pub(crate) fn agent(&mut self, number: usize) -> AgentId {
        let skill = format!("skill_{}", number % 20);
        let level = u8::try_from(number % 5).unwrap_or(0) + 1;
        let skills = BTreeMap::from([(skill.as_str().into(), level)]);
        let name = format!("Agent {number}");
        let profile = AgentProfile {
            name,
            skills,
            capacity: 1,
            on_call: false,
            retired: false,
        };
        let agent = AgentId(self.see(Observation::AgentAdded { profile }).lines[0].position);
        self.see(Observation::ConsoleOpened { agent });
        agent
    }

    pub(crate) fn conversation(&mut self, number: usize) -> ConversationId {
        let customer = CustomerFacts {
            id: CustomerId(number as u128),
            tier: Some(["standard", "circle", "trade"][number % 3].into()),
            locale: Some("en".into()),
            attributes: BTreeMap::new(),
            previous: Vec::new(),
        };
        let opened = self.see(Observation::ConversationOpened {
            customer,
            channel: "web".into(),
        });
        ConversationId(opened.lines[0].position)
    }

    pub(crate) fn says(&mut self, conversation: ConversationId, reading: Reading) -> Outcome {
        self.see(message(conversation, Author::Customer, reading))
    }
}

pub(crate) fn message(
    conversation: ConversationId,
    author: Author,
    reading: Reading,
) -> Observation {
    let reading = Box::new(reading);
    Observation::MessageReceived {
        conversation,
        author,
        epoch: None,
        reading,
        answer: None,
    }
}

/// A calm message, or one that asks for a person.
pub(crate) fn reading(number: usize, asks: bool) -> Reading {
    let span = Span { start: 0, end: 20 };
    let mut reading = Reading {
        words: 12,
        gist: Some(span),
        ..Reading::default()
    };
    reading.asks_for_person = asks.then_some(span);
    let intent = format!("intent_{}", number % 20).as_str().into();
    reading.intent = Some(IntentReading {
        intent,
        confidence_permille: 900,
        span,
    });
    reading.sentiment_permille = i16::try_from(number % 400).unwrap_or(0) - 300;
    let slots = reading.print.0.iter_mut().zip(1_u32..);
    slots.for_each(|(slot, index)| {
        *slot = index
            .wrapping_mul(u32::try_from(number).unwrap_or(7))
            .wrapping_add(index);
    });
    reading
}

/// A policy of `rules` triggers over all kinds of facts, and twenty routes by skill.
pub(crate) fn policy(rules: usize) -> String {
    let mut text = String::from("policy: Bench\nintents:\n");
    for intent in 0..20 {
        let _ = writeln!(
            text,
            "  intent_{intent}: {{about: matter {intent}, keywords: [word{intent}], examples: []}}"
        );
    }
    text += "triggers:\n";
    for rule in 0..rules - 1 {
        let _ = writeln!(
            text,
            "  rule_{rule}: {{about: rule {rule}, level: suggest, severity: high, when: 'conversation.exchanges >= {} && (message.sentiment < -0.{} || customer.tier == \"gold\") && message.words > {}'}}",
            rule + 20,
            900 + rule,
            rule + 13
        );
    }
    text += "  asked: {about: asked, level: immediate, severity: normal, when: message.asks_for_person, cooldown: 0s}\n";
    text += "routes:\n";
    for route in 0..20 {
        let _ = writeln!(
            text,
            "  route_{route}: {{team: team {route}, skills: {{skill_{route}: 2}}, intents: [intent_{route}], chain: [primary, secondary after 40s]}}"
        );
    }
    text += "default_route: route_0\n";
    text += "points: {tiers: {circle: {value: 100, per_minute: 15}, trade: {value: 200, per_minute: 20}}}\n";
    text
}
