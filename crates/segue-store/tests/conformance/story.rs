//! Lines made by hand, as the desk would write them.

use std::collections::BTreeMap;

use segue_core::{
    id::{AgentId, ConversationId, CustomerId, HandoffId, MessageId, OfferId, PromiseId},
    journal::{
        AgentProfile, Answer, Author, Briefing, BriefingLine, Choice, CustomerFacts, Decision,
        Ending, Entry, FORMAT, Failure, Fired, FlagKind, Level, Line, Notice, NoticeKind,
        Observation, OfferEnd, Points, Presence, PromiseEnd, Reason, Ruling, Severity, Target,
        Unmatched, Verdict, Wait,
    },
    policy::Who,
    signals::{Reading, Span},
    time::Timestamp,
};
use segue_store::{Batch, Body};

/// Writes lines one after the other, a second apart.
#[derive(Default)]
pub(crate) struct Story {
    after: u64,
    lines: Vec<Line>,
    bodies: Vec<Body>,
    policies: u32,
}

impl Story {
    fn line(&mut self, entry: Entry) -> u64 {
        let position = self.after + self.lines.len() as u64 + 1;
        let at = Timestamp(i64::try_from(position).unwrap() * 1000);
        self.lines.push(Line {
            position,
            at,
            format: FORMAT,
            entry,
        });
        position
    }

    pub(crate) fn seen(&mut self, seen: Observation) -> u64 {
        self.line(Entry::Observed(seen))
    }

    pub(crate) fn ruled(&mut self, ruling: Ruling) -> u64 {
        self.line(Entry::Decided(Decision {
            policy: 1,
            because: Reason::Follows,
            ruling,
        }))
    }

    pub(crate) fn opened(&mut self, customer: u128) -> ConversationId {
        ConversationId(self.seen(Observation::ConversationOpened {
            customer: facts(customer),
            channel: "web".into(),
        }))
    }

    pub(crate) fn message(
        &mut self,
        conversation: ConversationId,
        author: Author,
        text: &str,
    ) -> MessageId {
        let answer = (author == Author::Assistant).then(|| Answer {
            confidence_permille: Some(640),
            intent: Some("refund_missing".into()),
            attempted: 1,
            sources: 0,
            confidence_computed: false,
        });
        let position = self.seen(Observation::MessageReceived {
            conversation,
            author,
            epoch: None,
            reading: Box::new(Reading {
                words: 3,
                sentiment_permille: -200,
                ..Reading::default()
            }),
            answer,
        });
        self.body(position, text);
        MessageId(position)
    }

    pub(crate) fn body(&mut self, position: u64, text: &str) {
        self.bodies.push(Body {
            position,
            text: text.into(),
            extra: None,
        });
    }

    /// What was written since the last batch.
    pub(crate) fn batch(&mut self) -> Batch {
        let batch = Batch {
            after: self.after,
            lines: std::mem::take(&mut self.lines),
            bodies: std::mem::take(&mut self.bodies),
            ..Batch::default()
        };
        self.after += batch.lines.len() as u64;
        batch
    }
}

pub(crate) fn facts(customer: u128) -> CustomerFacts {
    CustomerFacts {
        id: CustomerId(customer),
        tier: Some("gold".into()),
        locale: Some("pt-BR".into()),
        attributes: BTreeMap::new(),
        previous: vec![],
    }
}

/// `count` conversations of one message each.
pub(crate) fn conversations(count: usize) -> Batch {
    let mut tale = Story::default();
    for number in 0..count {
        let conversation = tale.opened(number as u128);
        tale.message(conversation, Author::Customer, &format!("message {number}"));
    }
    tale.batch()
}

/// The ids of the things in the whole tale.
pub(crate) struct Cast {
    pub(crate) conversation: ConversationId,
    pub(crate) handoff: HandoffId,
    pub(crate) asked: MessageId,
    pub(crate) withheld: MessageId,
    pub(crate) refused: MessageId,
    pub(crate) reply: MessageId,
    pub(crate) ann: AgentId,
    pub(crate) bob: AgentId,
    pub(crate) second: HandoffId,
}

/// A conversation that meets every kind of line: two handoffs, declined and accepted offers, a
/// transfer, a callback, a refused and a withheld reply.
pub(crate) fn whole(tale: &mut Story) -> Cast {
    let (ann, bob) = team(tale);
    let conversation = tale.opened(7);
    tale.body(conversation.0, "the refund");
    let (asked, withheld, handoff) = asks_for_a_person(tale, conversation);
    waits(tale, handoff, ann);
    let (reply, refused) = talks(tale, conversation, handoff, (ann, bob));
    tale.seen(Observation::Returned {
        handoff,
        agent: bob,
    });
    tale.ruled(Ruling::HandoffEnded {
        handoff,
        conversation,
        how: Ending::Returned,
        agent: Some(bob),
        epoch: 4,
    });
    let second = calls_back(tale, conversation, ann);
    Cast {
        conversation,
        handoff,
        asked,
        withheld,
        refused,
        reply,
        ann,
        bob,
        second,
    }
}

fn team(tale: &mut Story) -> (AgentId, AgentId) {
    tale.policies += 1;
    tale.seen(Observation::PolicyPublished {
        version: tale.policies,
        source: "name: demo".into(),
        author: "lead".into(),
    });
    let ann = AgentId(tale.seen(Observation::AgentAdded {
        profile: profile("Ann"),
    }));
    let bob = AgentId(tale.seen(Observation::AgentAdded {
        profile: profile("Bob"),
    }));
    let mut changed = profile("Bob B.");
    changed.capacity = 5;
    tale.seen(Observation::AgentChanged {
        agent: bob,
        profile: changed,
    });
    tale.seen(Observation::ConsoleOpened { agent: ann });
    tale.ruled(Ruling::PresenceChanged {
        agent: ann,
        from: Presence::Offline,
        to: Presence::Online,
    });
    tale.seen(Observation::StatusSet {
        agent: bob,
        status: Presence::DoNotDisturb,
        until: None,
    });
    tale.ruled(Ruling::PresenceChanged {
        agent: bob,
        from: Presence::Offline,
        to: Presence::DoNotDisturb,
    });
    (ann, bob)
}

fn profile(name: &str) -> AgentProfile {
    AgentProfile {
        name: name.into(),
        skills: BTreeMap::from([("billing".into(), 4)]),
        capacity: 3,
        on_call: false,
        retired: false,
    }
}

fn asks_for_a_person(
    tale: &mut Story,
    conversation: ConversationId,
) -> (MessageId, MessageId, HandoffId) {
    let withheld = tale.message(conversation, Author::Assistant, "Perhaps try again?");
    tale.ruled(Ruling::ReplyWithheld {
        conversation,
        message: withheld,
    });
    tale.seen(Observation::AssistantFailed {
        conversation,
        epoch: 1,
        why: Failure::TimedOut,
    });
    let asked = tale.message(conversation, Author::Customer, "I want a person");
    let fired = Fired {
        trigger: "asked".into(),
        level: Level::Immediate,
        severity: Severity::High,
    };
    tale.ruled(Ruling::Judged {
        conversation,
        message: Some(asked),
        verdict: Verdict::HandOff,
        fired: Some(fired),
        also_fired: vec![],
    });
    tale.ruled(Ruling::Judged {
        conversation,
        message: None,
        verdict: Verdict::Stay,
        fired: None,
        also_fired: vec![],
    });
    let handoff = open_handoff(tale, conversation, Some(asked), 2);
    (asked, withheld, handoff)
}

fn open_handoff(
    tale: &mut Story,
    conversation: ConversationId,
    message: Option<MessageId>,
    epoch: u32,
) -> HandoffId {
    let issue = message.map(|message| BriefingLine::Issue {
        message,
        span: Span::default(),
    });
    HandoffId(tale.ruled(Ruling::HandoffOpened {
        conversation,
        message,
        trigger: Some("asked".into()),
        level: Level::Immediate,
        severity: Severity::High,
        intent: Some("refund_missing".into()),
        route: "billing".into(),
        skills: BTreeMap::from([("billing".into(), 3)]),
        epoch,
        briefing: Briefing {
            lines: issue.into_iter().collect(),
        },
    }))
}

fn waits(tale: &mut Story, handoff: HandoffId, ann: AgentId) {
    queue(tale, handoff, None);
    tale.ruled(Ruling::StepTaken {
        handoff,
        step: 1,
        who: Who::Secondary,
    });
    tale.ruled(Ruling::NoMatch {
        handoff,
        why: Unmatched::AllAtCapacity,
    });
    let wait = Wait {
        low_seconds: 60,
        high_seconds: 180,
        coverage_permille: 800,
    };
    let promise = PromiseId(tale.ruled(Ruling::PromiseMade {
        handoff,
        wait,
        until: Timestamp(999_000),
    }));
    tale.ruled(Ruling::AlertRaised {
        handoff,
        rule: "urgent".into(),
        severity: Severity::Urgent,
    });
    let offer = offer(tale, handoff, ann);
    tale.seen(Observation::OfferDeclined {
        handoff,
        agent: ann,
    });
    tale.ruled(Ruling::OfferEnded {
        offer,
        handoff,
        agent: ann,
        how: OfferEnd::Declined,
    });
    tale.ruled(Ruling::PromiseSettled {
        promise,
        handoff,
        how: PromiseEnd::Renewed,
    });
}

fn queue(tale: &mut Story, handoff: HandoffId, only: Option<AgentId>) {
    tale.ruled(Ruling::Queued {
        handoff,
        route: "billing".into(),
        only,
        points: Points {
            severity: 40,
            customer: 20,
            sentiment: 5,
            per_minute: 2,
        },
        since: Timestamp(15_000),
    });
}

fn offer(tale: &mut Story, handoff: HandoffId, agent: AgentId) -> OfferId {
    OfferId(tale.ruled(Ruling::Offered {
        handoff,
        agent,
        until: Timestamp(777_000),
    }))
}

fn talks(
    tale: &mut Story,
    conversation: ConversationId,
    handoff: HandoffId,
    (ann, bob): (AgentId, AgentId),
) -> (MessageId, MessageId) {
    offer(tale, handoff, ann);
    tale.seen(Observation::OfferAccepted {
        handoff,
        agent: ann,
    });
    tale.ruled(Ruling::Assigned {
        handoff,
        conversation,
        agent: ann,
        epoch: 3,
    });
    let notice = Notice {
        kind: NoticeKind::AgentJoined,
        trigger: None,
        team: None,
        agent: Some(ann),
        agent_name: Some("Ann".into()),
        wait: None,
        place: None,
        choices: vec![],
    };
    let told = tale.ruled(Ruling::NoticeGiven {
        conversation,
        handoff: Some(handoff),
        notice,
    });
    tale.body(told, "Ann is here.");
    let refused = tale.message(conversation, Author::Assistant, "Too late");
    tale.ruled(Ruling::ReplyRefused {
        conversation,
        given: Some(1),
        current: 3,
    });
    let reply = tale.message(conversation, Author::Agent(ann), "Hello, I am Ann");
    let flagged = tale.seen(Observation::Flagged {
        handoff,
        agent: ann,
        flag: FlagKind::MissingContext,
    });
    tale.body(flagged, "no order number");
    tale.seen(Observation::Transferred {
        handoff,
        agent: ann,
        to: Target::Agent(bob),
    });
    queue(tale, handoff, Some(bob));
    tale.seen(Observation::Claimed {
        handoff,
        agent: bob,
    });
    tale.ruled(Ruling::Assigned {
        handoff,
        conversation,
        agent: bob,
        epoch: 4,
    });
    (reply, refused)
}

fn calls_back(tale: &mut Story, conversation: ConversationId, ann: AgentId) -> HandoffId {
    tale.seen(Observation::HandoffRequested {
        conversation,
        by: Author::Customer,
        skills: vec![],
        attempted: 0,
    });
    let second = open_handoff(tale, conversation, None, 5);
    queue(tale, second, None);
    tale.seen(Observation::ChoiceMade {
        conversation,
        choice: Choice::Callback,
        callback_at: Some(Timestamp(888_000)),
    });
    tale.ruled(Ruling::CallbackNoted {
        handoff: second,
        at: Some(Timestamp(888_000)),
    });
    tale.seen(Observation::Woke);
    tale.seen(Observation::Resolved {
        conversation,
        by: Author::Agent(ann),
    });
    tale.ruled(Ruling::HandoffEnded {
        handoff: second,
        conversation,
        how: Ending::Resolved,
        agent: Some(ann),
        epoch: 6,
    });
    tale.ruled(Ruling::ConversationResolved {
        conversation,
        by: Author::Agent(ann),
        epoch: 6,
    });
    let rated = tale.seen(Observation::CsatGiven {
        conversation,
        score: 4,
    });
    tale.body(rated, "quick enough");
    tale.seen(Observation::ConsoleLost { agent: ann });
    second
}
