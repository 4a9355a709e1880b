//! The walk of a conversation over the desk, told in short lines: what was ruled and when.

use std::{collections::BTreeMap, fmt::Write};

use expect_test::{Expect, expect};

use super::*;
use crate::{
    id::{CustomerId, MessageId},
    journal::{
        AgentProfile, Answer, Author, Choice, CustomerFacts, Decision, Ruling, SituationVerdict,
        Target,
    },
    signals::{Reading, Span},
};

/// A desk with a clock in the test's hand.
struct Walk {
    desk: Desk,
    journal: Vec<Line>,
    now: Timestamp,
    told: String,
}

const MINUTE: i64 = 60_000;

impl Walk {
    fn new(policy: &str) -> Self {
        let mut walk = Self {
            desk: Desk::new(),
            journal: Vec::new(),
            now: Timestamp(0),
            told: String::new(),
        };
        walk.see(Observation::PolicyPublished {
            version: 1,
            source: policy.to_owned(),
            author: "ann".into(),
        });
        walk
    }

    fn agent(&mut self, name: &str, skills: &[(&str, u8)], capacity: u16) -> AgentId {
        let skills: BTreeMap<_, _> = skills.iter().map(|(s, l)| ((*s).into(), *l)).collect();
        let profile = AgentProfile {
            name: name.into(),
            skills,
            capacity,
            on_call: false,
            retired: false,
        };
        let id = AgentId(self.see(Observation::AgentAdded { profile }));
        self.see(Observation::ConsoleOpened { agent: id });
        id
    }

    fn customer(&mut self, tier: Option<&str>) -> ConversationId {
        let customer = CustomerFacts {
            id: CustomerId(7),
            tier: tier.map(Into::into),
            locale: None,
            attributes: BTreeMap::new(),
            previous: Vec::new(),
        };
        let channel = "web".into();
        ConversationId(self.see(Observation::ConversationOpened { customer, channel }))
    }

    fn try_see(&mut self, seen: Observation) -> Result<Outcome, Refusal> {
        let outcome = self.desk.handle(self.now, seen)?;
        for line in &outcome.lines {
            if let Entry::Decided(Decision { ruling, .. }) = &line.entry {
                let seconds = self.now.0 / 1000;
                writeln!(self.told, "{seconds}s {}", brief(ruling)).unwrap();
            }
        }
        self.journal.extend(outcome.lines.clone());
        Ok(outcome)
    }

    fn see(&mut self, seen: Observation) -> u64 {
        self.try_see(seen).unwrap().lines[0].position
    }

    fn says(&mut self, conversation: ConversationId, reading: Reading) -> Outcome {
        self.try_see(Observation::MessageReceived {
            conversation,
            author: Author::Customer,
            epoch: None,
            reading: Box::new(reading),
            answer: None,
        })
        .unwrap()
    }

    fn answers(&mut self, conversation: ConversationId, epoch: u32, confidence: u16) -> Outcome {
        self.try_see(Observation::MessageReceived {
            conversation,
            author: Author::Assistant,
            epoch: Some(epoch),
            reading: Box::new(Reading::default()),
            answer: Some(Answer {
                confidence_permille: Some(confidence),
                ..Answer::default()
            }),
        })
        .unwrap()
    }

    /// Lets time pass, waking the desk whenever it asked to be woken.
    fn pass(&mut self, millis: i64) {
        let end = self.now + millis;
        while let Some((at, _)) = self.desk.next_deadline().filter(|(at, _)| *at <= end) {
            self.now = self.now.max(at);
            self.see(Observation::Woke);
        }
        self.now = end;
    }

    fn handoff(&self, conversation: ConversationId) -> HandoffId {
        self.desk
            .conversation(conversation)
            .unwrap()
            .handoff()
            .unwrap()
    }

    fn tells(&mut self, expected: &Expect) {
        expected.assert_eq(&std::mem::take(&mut self.told));
        assert!(
            Desk::restore(self.journal.clone()) == self.desk,
            "restored desk differs"
        );
    }

    fn forget(&mut self) {
        self.told.clear();
    }
}

fn brief(ruling: &Ruling) -> String {
    match ruling {
        Ruling::Judged {
            verdict,
            fired,
            also_fired,
            ..
        } => {
            let fired: Vec<_> = fired
                .iter()
                .chain(also_fired)
                .map(|f| f.trigger.as_str())
                .collect();
            format!("judged {verdict:?} {fired:?}")
        }
        Ruling::HandoffOpened {
            route,
            severity,
            epoch,
            ..
        } => {
            format!("opened for {route}, {severity:?}, epoch {epoch}")
        }
        Ruling::Queued { points, route, .. } => {
            let sum = points.severity + points.customer + points.sentiment;
            format!("queued for {route}, {sum} points")
        }
        Ruling::Offered { agent, until, .. } => {
            format!("offered to {agent} until {}s", until.0 / 1000)
        }
        Ruling::OfferEnded { agent, how, .. } => format!("offer to {agent} ended: {how:?}"),
        Ruling::Assigned { agent, epoch, .. } => format!("assigned to {agent}, epoch {epoch}"),
        Ruling::NoticeGiven { notice, .. } => {
            let wait = notice
                .wait
                .map(|wait| (wait.low_seconds, wait.high_seconds));
            format!(
                "notice {:?} wait {wait:?} from {:?}",
                notice.kind, notice.agent_name
            )
        }
        Ruling::PromiseMade { until, .. } => format!("promised until {}s", until.0 / 1000),
        Ruling::PromiseSettled { how, .. } => format!("promise {how:?}"),
        Ruling::StepTaken { who, .. } => format!("widened to {who:?}"),
        Ruling::NoMatch { why, .. } => format!("unmatched: {why:?}"),
        Ruling::PresenceChanged { agent, to, .. } => format!("{agent} is {to:?}"),
        Ruling::HandoffEnded { how, epoch, .. } => format!("ended: {how:?}, epoch {epoch}"),
        Ruling::ConversationResolved { by, .. } => format!("resolved by {by:?}"),
        Ruling::AlertRaised { rule, .. } => format!("alert {rule}"),
        Ruling::ReplyRefused { given, current, .. } => format!("refused {given:?}, is {current}"),
        Ruling::ReplyWithheld { .. } => "withheld".into(),
        Ruling::CallbackNoted { .. } => "callback noted".into(),
    }
}

fn wants_person() -> Reading {
    Reading {
        asks_for_person: Some(Span { start: 0, end: 5 }),
        words: 5,
        gist: Some(Span { start: 0, end: 5 }),
        ..Reading::default()
    }
}

const POLICY: &str = r#"
policy: Test
triggers:
  person_asked: {about: asked, level: immediate, when: message.asks_for_person, severity: normal, cooldown: 0s}
  unsure: {about: unsure, level: immediate, when: assistant.confidence < 0.7, severity: normal, cooldown: 10m}
  angry: {about: angry, level: suggest, when: message.sentiment < -0.5, severity: high, cooldown: 10m}
  silent: {about: silent, level: immediate, when: 'assistant.failed || assistant.silent_seconds >= 20', severity: high, cooldown: 0s}
routes:
  billing: {team: billing team, skills: {billing: 3}, intents: [], chain: [primary, secondary after 40s, general after 90s]}
default_route: billing
offers: {lease: 30s, again_after: 60s}
assistant: {silent_after: 20s}
promises: {renew_before: 20s, handling: 6m}
alerts: {nobody_yet: {severity: normal, after: 60s}}
"#;

#[test]
fn a_request_for_a_person_is_offered_accepted_and_resolved() {
    let mut walk = Walk::new(POLICY);
    let sarah = walk.agent("Sarah", &[("billing", 4)], 2);
    let id = walk.customer(None);
    walk.forget();
    walk.says(id, wants_person());
    walk.pass(5_000);
    let handoff = walk.handoff(id);
    walk.see(Observation::OfferAccepted {
        handoff,
        agent: sarah,
    });
    walk.pass(5 * MINUTE);
    walk.see(Observation::Resolved {
        conversation: id,
        by: Author::Agent(sarah),
    });
    walk.tells(&expect![[r#"
        0s judged HandOff ["person_asked"]
        0s opened for billing, Normal, epoch 2
        0s queued for billing, 100 points
        0s offered to agt_2 until 30s
        0s notice Announced wait Some((0, 60)) from Some("Sarah")
        0s promised until 60s
        5s promise Kept
        5s assigned to agt_2, epoch 3
        5s notice AgentJoined wait None from Some("Sarah")
        305s ended: Resolved, epoch 4
        305s resolved by Agent(agt_2)
        305s notice Closed wait None from None
    "#]]);
}

#[test]
fn an_agent_closes_only_what_they_hold() {
    let mut walk = Walk::new(POLICY);
    let sarah = walk.agent("Sarah", &[("billing", 4)], 2);
    let id = walk.customer(None);
    let closed_by = |by| Observation::Resolved {
        conversation: id,
        by: Author::Agent(by),
    };
    let refused = walk.try_see(closed_by(sarah));
    assert_eq!(
        refused,
        Err(Refusal::NotWithAgent(id)),
        "the assistant has it"
    );
    walk.says(id, wants_person());
    let handoff = walk.handoff(id);
    let not_hers = Refusal::NotYours {
        handoff,
        agent: sarah,
    };
    let refused = walk.try_see(closed_by(sarah));
    assert_eq!(refused, Err(not_hers), "it is offered, not accepted");
    walk.see(Observation::OfferAccepted {
        handoff,
        agent: sarah,
    });
    let tom = walk.agent("Tom", &[("billing", 4)], 2);
    let not_his = Refusal::NotYours {
        handoff,
        agent: tom,
    };
    let before = walk.desk.clone();
    assert_eq!(walk.try_see(closed_by(tom)), Err(not_his), "Sarah has it");
    assert_eq!(walk.desk, before, "what is refused changes nothing");
    walk.see(closed_by(sarah));
    assert!(walk.desk.conversation(id).is_none());
}

#[test]
fn an_answer_that_comes_after_the_handoff_is_refused() {
    let mut walk = Walk::new(POLICY);
    let id = walk.customer(None);
    walk.says(id, Reading::default());
    walk.says(id, wants_person());
    walk.forget();
    walk.answers(id, 1, 900);
    walk.tells(&expect![[r#"
           0s refused Some(1), is 2
    "#]]);
}

#[test]
fn an_unsure_answer_is_withheld_and_hands_off() {
    let mut walk = Walk::new(POLICY);
    let id = walk.customer(None);
    walk.says(id, Reading::default());
    walk.forget();
    walk.answers(id, 1, 690);
    walk.tells(&expect![[r#"
           0s judged HandOff ["unsure"]
           0s withheld
           0s opened for billing, Normal, epoch 2
           0s queued for billing, 100 points
           0s unmatched: NobodySkilled
           0s notice NobodyHere wait None from None
    "#]]);
}

#[test]
fn an_offer_that_nobody_takes_moves_on_and_widens() {
    let mut walk = Walk::new(POLICY);
    walk.agent("Sarah", &[("billing", 4)], 2);
    walk.agent("Bo", &[("billing", 1)], 2);
    let id = walk.customer(Some("vip"));
    walk.forget();
    walk.says(id, wants_person());
    walk.pass(150_000);
    walk.tells(&expect![[r#"
        0s judged HandOff ["person_asked"]
        0s opened for billing, Normal, epoch 2
        0s queued for billing, 100 points
        0s offered to agt_2 until 30s
        0s notice Announced wait Some((0, 60)) from Some("Sarah")
        0s promised until 60s
        30s offer to agt_2 ended: Lapsed
        30s unmatched: AllDeclined
        40s widened to Secondary
        40s offered to agt_5 until 70s
        40s notice StillWaiting wait Some((0, 120)) from None
        40s promise Renewed
        40s promised until 160s
        60s alert nobody_yet
        70s offer to agt_5 ended: Lapsed
        70s unmatched: AllDeclined
        90s widened to General
        90s offered to agt_2 until 120s
        120s offer to agt_2 ended: Lapsed
        120s unmatched: AllDeclined
        130s offered to agt_5 until 160s
        140s notice StillWaiting wait Some((0, 140)) from None
        140s promise Renewed
        140s promised until 280s
    "#]]);
}

#[test]
fn with_nobody_there_the_customer_is_told_so_and_an_arriving_agent_gets_the_offer_at_once() {
    let mut walk = Walk::new(POLICY);
    let id = walk.customer(None);
    walk.forget();
    walk.says(id, wants_person());
    walk.pass(30_000);
    walk.agent("Sarah", &[("billing", 4)], 2);
    walk.tells(&expect![[r#"
        0s judged HandOff ["person_asked"]
        0s opened for billing, Normal, epoch 2
        0s queued for billing, 100 points
        0s unmatched: NobodySkilled
        0s notice NobodyHere wait None from None
        30s agt_9 is Online
        30s offered to agt_9 until 60s
        30s notice Announced wait Some((0, 60)) from Some("Sarah")
        30s promised until 90s
    "#]]);
}

#[test]
fn a_suggestion_waits_for_the_customers_choice() {
    let mut walk = Walk::new(POLICY);
    let angry = || Reading {
        sentiment_permille: -800,
        words: 4,
        ..Reading::default()
    };
    walk.agent("Sarah", &[("billing", 4)], 2);
    let id = walk.customer(None);
    walk.forget();
    let outcome = walk.says(id, angry());
    assert_eq!(outcome.effects.len(), 1, "the assistant is still asked");
    let choice = |choice| Observation::ChoiceMade {
        conversation: id,
        choice,
        callback_at: None,
    };
    walk.see(choice(Choice::Stay));
    walk.says(id, angry());
    assert_eq!(
        walk.try_see(choice(Choice::Wait)),
        Err(Refusal::NothingToChoose(id)),
        "a suggestion is not repeated before its cooldown"
    );
    walk.answers(id, 1, 900);
    walk.pass(10 * MINUTE);
    walk.says(id, angry());
    walk.see(choice(Choice::Wait));
    walk.tells(&expect![[r#"
        0s judged Suggest ["angry"]
        0s notice Suggested wait None from None
        0s judged Stay []
        0s judged Stay []
        600s judged Suggest ["angry"]
        600s notice Suggested wait None from None
        600s opened for billing, High, epoch 2
        600s queued for billing, 460 points
        600s offered to agt_2 until 630s
        600s notice Announced wait Some((0, 60)) from Some("Sarah")
        600s promised until 660s
    "#]]);
}

#[test]
fn what_a_model_judges_is_not_waited_for_and_decides_when_it_comes() {
    let policy = r#"
policy: Test
situations:
  leaving: {about: the customer leaves, judge: llm, question: does the customer leave?}
triggers:
  leaving: {about: leaving, level: suggest, when: situation.leaving, severity: high}
  staying: {about: staying, level: immediate, when: '!situation.leaving && conversation.exchanges > 5', severity: high}
"#;
    let mut walk = Walk::new(policy);
    let id = walk.customer(None);
    walk.forget();
    walk.says(id, Reading::default());
    let message = MessageId(walk.desk.position() - 1);
    let judged = |holds| Observation::SituationsJudged {
        conversation: id,
        message,
        verdicts: vec![SituationVerdict {
            situation: "leaving".into(),
            holds,
        }],
        model: "small".to_owned(),
        prompt: "0123456789abcdef".to_owned(),
    };
    walk.see(judged(false));
    walk.see(judged(true));
    walk.tells(&expect![[r#"
        0s judged Stay []
        0s judged Suggest ["leaving"]
        0s notice Suggested wait None from None
    "#]]);
}

#[test]
fn a_message_may_be_left_where_a_person_is_suggested() {
    let mut walk = Walk::new(POLICY);
    walk.agent("Sarah", &[("billing", 4)], 2);
    let id = walk.customer(None);
    walk.says(
        id,
        Reading {
            sentiment_permille: -800,
            words: 4,
            ..Reading::default()
        },
    );
    walk.forget();
    walk.see(Observation::ChoiceMade {
        conversation: id,
        choice: Choice::Message,
        callback_at: None,
    });
    let handoff = walk.handoff(id);
    assert!(
        walk.desk
            .handoff(handoff)
            .is_some_and(|it| it.patient && it.promise.is_none())
    );
}

#[test]
fn a_silent_assistant_is_a_trigger() {
    let mut walk = Walk::new(POLICY);
    let id = walk.customer(None);
    walk.forget();
    walk.says(id, Reading::default());
    walk.pass(25_000);
    walk.tells(&expect![[r#"
        0s judged Stay []
        20s judged HandOff ["silent"]
        20s opened for billing, High, epoch 2
        20s queued for billing, 300 points
        20s unmatched: NobodySkilled
        20s notice NobodyHere wait None from None
    "#]]);
}

#[test]
fn an_agent_who_goes_away_loses_the_offer_but_not_the_conversation() {
    let mut walk = Walk::new(POLICY);
    let sarah = walk.agent("Sarah", &[("billing", 4)], 2);
    let first = walk.customer(None);
    walk.says(first, wants_person());
    let handoff = walk.handoff(first);
    walk.see(Observation::OfferAccepted {
        handoff,
        agent: sarah,
    });
    let second = walk.customer(None);
    walk.says(second, wants_person());
    walk.forget();
    walk.see(Observation::ConsoleLost { agent: sarah });
    walk.tells(&expect![[r#"
           0s agt_2 is Offline
           0s offer to agt_2 ended: AgentLeft
           0s unmatched: NobodyPresent
    "#]]);
    assert!(!walk.desk.conversation(first).unwrap().with_assistant());
}

#[test]
fn a_claim_is_atomic_and_the_second_is_told_who_has_it() {
    let mut walk = Walk::new(POLICY);
    let id = walk.customer(None);
    walk.says(id, wants_person());
    let handoff = walk.handoff(id);
    let sarah = walk.agent("Sarah", &[("billing", 4)], 2);
    let bo = walk.agent("Bo", &[], 2);
    walk.forget();
    walk.see(Observation::Claimed { handoff, agent: bo });
    let late = walk.try_see(Observation::Claimed {
        handoff,
        agent: sarah,
    });
    assert_eq!(late, Err(Refusal::Taken { handoff, by: bo }));
    walk.tells(&expect![[r#"
           0s promise Kept
           0s offer to agt_9 ended: Withdrawn
           0s assigned to agt_15, epoch 3
           0s notice AgentJoined wait None from Some("Bo")
    "#]]);
}

#[test]
fn a_transfer_keeps_the_age_and_moves_the_epoch() {
    let mut walk = Walk::new(POLICY);
    let sarah = walk.agent("Sarah", &[("billing", 4)], 2);
    let bo = walk.agent("Bo", &[], 2);
    let id = walk.customer(None);
    walk.says(id, wants_person());
    let handoff = walk.handoff(id);
    walk.see(Observation::OfferAccepted {
        handoff,
        agent: sarah,
    });
    let since = walk.desk.handoff(handoff).unwrap().since;
    walk.pass(MINUTE);
    walk.forget();
    walk.see(Observation::Transferred {
        handoff,
        agent: sarah,
        to: Target::Agent(bo),
    });
    walk.tells(&expect![[r#"
          60s queued for billing, 100 points
          60s offered to agt_5 until 90s
          60s notice PassedOn wait Some((0, 60)) from Some("Bo")
          60s promised until 120s
    "#]]);
    assert_eq!(walk.desk.handoff(handoff).unwrap().since, since);
    assert_eq!(walk.desk.conversation(id).unwrap().epoch, 4);
}

#[test]
fn a_snapshot_reads_back_as_the_same_desk() {
    let mut walk = Walk::new(POLICY);
    walk.agent("Sarah", &[("billing", 4)], 1);
    for _ in 0..3 {
        let id = walk.customer(None);
        walk.says(id, wants_person());
    }
    let text = serde_json::to_string(&walk.desk).unwrap();
    let mut back: Desk = serde_json::from_str(&text).unwrap();
    assert!(back == walk.desk);
    back.handle(walk.now + MINUTE, Observation::Woke).unwrap();
    walk.pass(MINUTE);
    assert_eq!(back.waiting(), walk.desk.waiting());
}
