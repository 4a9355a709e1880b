//! Customers: they open, write, choose, leave, come back and rate.

use std::collections::BTreeMap;

use segue_core::{
    id::{ConversationId, CustomerId, SkillName},
    journal::{Author, Choice, CustomerFacts, Observation},
    signals::{Cue, CueKind, Fingerprint, IntentReading, Reading, Span},
};

use super::World;
use crate::stage::Broken;

/// More open conversations than this, and new customers stay away.
const OPEN_MAX: usize = 24;

#[derive(Clone, Copy)]
enum Act {
    Open,
    Write,
    Choose,
    Leave,
    Ask,
    Rate,
    ComeBack,
}

impl World {
    pub(super) fn customer_moves(&mut self) -> Result<(), Broken> {
        let crowded = self.stage.desk.conversations().count() >= OPEN_MAX;
        let acts = [
            (if crowded { 0 } else { 22 }, Act::Open),
            (50, Act::Write),
            (10, Act::Choose),
            (5, Act::Leave),
            (6, Act::Ask),
            (3, Act::Rate),
            (3, Act::ComeBack),
        ];
        let act = self.dice.weigh(&acts).unwrap_or(Act::Write);
        match act {
            Act::Open => {
                let seen = Observation::ConversationOpened {
                    customer: self.facts(),
                    channel: "web".to_owned(),
                };
                self.say(seen)
            }
            Act::ComeBack => self.come_back(),
            Act::Write | Act::Choose | Act::Leave | Act::Ask | Act::Rate => {
                let Some(conversation) = self.some_conversation() else {
                    return Ok(());
                };
                let seen = self.act(act, conversation);
                self.say(seen)
            }
        }
    }

    fn act(&mut self, act: Act, conversation: ConversationId) -> Observation {
        match act {
            Act::Choose => {
                let choices = [
                    Choice::Wait,
                    Choice::Callback,
                    Choice::Message,
                    Choice::Stay,
                ];
                let choice = self.dice.pick(&choices).copied().unwrap_or(Choice::Wait);
                Observation::ChoiceMade {
                    conversation,
                    choice,
                    callback_at: None,
                }
            }
            Act::Leave => Observation::Resolved {
                conversation,
                by: Author::Customer,
            },
            Act::Ask => {
                let by = if self.dice.chance(50) {
                    Author::Customer
                } else {
                    Author::Assistant
                };
                let skills = if self.dice.chance(30) {
                    vec![self.skill()]
                } else {
                    Vec::new()
                };
                Observation::HandoffRequested {
                    conversation,
                    by,
                    skills,
                    attempted: 0,
                }
            }
            Act::Rate => {
                let score = u8::try_from(self.dice.between(0, 6)).unwrap_or_default();
                Observation::CsatGiven {
                    conversation,
                    score,
                }
            }
            Act::Write | Act::Open | Act::ComeBack => Observation::MessageReceived {
                conversation,
                author: Author::Customer,
                epoch: None,
                reading: Box::new(self.reading()),
                answer: None,
            },
        }
    }

    fn come_back(&mut self) -> Result<(), Broken> {
        let Some(closed) = self.dice.pick(&self.stage.book.closed).copied() else {
            return Ok(());
        };
        let seen = Observation::ConversationReopened {
            conversation: closed.conversation,
            customer: self.facts(),
            channel: "web".to_owned(),
            epoch: closed.epoch,
            opened_at: closed.opened_at,
        };
        self.say(seen)
    }

    fn facts(&mut self) -> CustomerFacts {
        let tier = if self.dice.chance(30) {
            Some("vip".to_owned())
        } else {
            None
        };
        CustomerFacts {
            id: CustomerId(u128::from(self.dice.below(50))),
            tier,
            locale: None,
            attributes: BTreeMap::new(),
            previous: Vec::new(),
        }
    }

    pub(super) fn skill(&mut self) -> SkillName {
        self.dice
            .pick(&["billing", "access", "rare"])
            .copied()
            .unwrap_or("billing")
            .into()
    }

    fn reading(&mut self) -> Reading {
        let words = Span { start: 0, end: 12 };
        let mut frustration = Vec::new();
        for (percent, kind) in [(8, CueKind::Persistence), (3, CueKind::Threat)] {
            if self.dice.chance(percent) {
                frustration.push(Cue { kind, span: words });
            }
        }
        let known = self
            .stage
            .desk
            .policy()
            .intents
            .iter()
            .map(|intent| intent.name.clone());
        let known: Vec<_> = known.collect();
        let intent = self.dice.pick(&known).cloned();
        let confidence_permille = u16::try_from(self.dice.between(300, 1000)).unwrap_or_default();
        let print = u32::try_from(self.dice.below(12)).unwrap_or_default();
        Reading {
            asks_for_person: self.dice.chance(18).then_some(words),
            intent: intent
                .filter(|_| self.dice.chance(35))
                .map(|intent| IntentReading {
                    intent,
                    confidence_permille,
                    span: words,
                }),
            sentiment_permille: i16::try_from(self.dice.between(-1000, 1000)).unwrap_or_default(),
            frustration,
            gist: Some(words),
            says_solved: self.dice.chance(5),
            words: 6,
            print: Fingerprint([print; 16]),
            ..Reading::default()
        }
    }
}
