//! The desk's own past, lived by invented people, decided again and judged by other policies.

use super::*;
use crate::{
    desk::Desk,
    id::{AgentId, ConversationId, CustomerId, HandoffId},
    journal::{AgentProfile, Answer, Author, Choice, CustomerFacts, Entry, Line, Observation},
    policy::Policy,
    signals::Reader,
    time::Timestamp,
};

/// A desk under the built-in policy, with its journal and its words.
struct Past {
    desk: Desk,
    reader: Reader,
    now: Timestamp,
    lines: Vec<(Line, Option<String>)>,
}

impl Past {
    fn new() -> Self {
        Self {
            desk: Desk::new(),
            reader: Reader::new(&[]),
            now: Timestamp(0),
            lines: Vec::new(),
        }
    }

    fn see(&mut self, seen: Observation, words: Option<&str>) -> u64 {
        let lines = self.desk.handle(self.now, seen).unwrap().lines;
        let position = lines[0].position;
        let mut words = words.map(str::to_owned);
        self.lines
            .extend(lines.into_iter().map(|line| (line, words.take())));
        position
    }

    fn pass(&mut self, seconds: u32) {
        let end = self.now.plus_seconds(seconds);
        while let Some((at, _)) = self.desk.next_deadline().filter(|(at, _)| *at <= end) {
            self.now = at;
            self.see(Observation::Woke, None);
        }
        self.now = end;
    }

    fn open(&mut self, tier: &str) -> ConversationId {
        let customer = CustomerFacts {
            id: CustomerId(1),
            tier: Some(tier.into()),
            locale: None,
            attributes: std::collections::BTreeMap::new(),
            previous: Vec::new(),
        };
        let channel = "web".into();
        let opened = Observation::ConversationOpened { customer, channel };
        ConversationId(self.see(opened, None))
    }

    fn says(&mut self, conversation: ConversationId, author: Author, text: &str) {
        let answer = (author == Author::Assistant).then(|| Answer {
            confidence_permille: Some(900),
            ..Answer::default()
        });
        let said = Observation::MessageReceived {
            conversation,
            author,
            epoch: None,
            reading: Box::new(self.reader.read(text, author)),
            answer,
        };
        self.see(said, Some(text));
    }

    fn exchange(&mut self, conversation: ConversationId, question: &str) {
        self.says(conversation, Author::Customer, question);
        self.pass(2);
        self.says(conversation, Author::Assistant, "We have it in stock.");
        self.pass(30);
    }

    fn handoff(&self, conversation: ConversationId) -> HandoffId {
        let open = self.desk.conversation(conversation).unwrap();
        open.handoff().unwrap()
    }

    fn judged(&self, policy: &str, reads_again: bool) -> Report {
        let mut hindsight = Hindsight::new(Some(policy), reads_again).unwrap();
        let mut report = Report::default();
        for (line, words) in &self.lines {
            hindsight.hear(line.clone(), words.as_deref());
            hindsight.take().into_iter().for_each(|one| report.add(one));
        }
        let policy = hindsight.policy().clone();
        hindsight
            .finish()
            .into_iter()
            .for_each(|one| report.add(one));
        report.finish(&policy)
    }

    fn verified(&self) -> Result<Verified, Box<Difference>> {
        let mut verifier = Verifier::default();
        for (line, _) in &self.lines {
            let written = serde_json::to_string(&line.entry).unwrap();
            verifier.line(line, &written)?;
        }
        verifier.finish()
    }
}

const COLOURS: [&str; 9] = [
    "red", "blue", "green", "white", "pink", "grey", "teal", "black", "gold",
];

/// Everything that can happen to a conversation: a wish, a silence, patience that ends, a
/// suggestion that is put away, a return, a long talk.
fn eventful() -> Past {
    let mut past = Past::new();
    let profile = AgentProfile {
        name: "Ann".into(),
        skills: std::collections::BTreeMap::new(),
        capacity: 3,
        on_call: false,
        retired: false,
    };
    let agent = AgentId(past.see(Observation::AgentAdded { profile }, None));
    past.see(Observation::ConsoleOpened { agent }, None);

    let wish = past.open("gold");
    past.exchange(wish, "Where is my parcel?");
    past.says(wish, Author::Customer, "Let me talk to a person please");
    let handoff = past.handoff(wish);
    past.see(Observation::OfferAccepted { handoff, agent }, None);
    past.says(wish, Author::Agent(agent), "Ann here.");
    past.see(Observation::Returned { handoff, agent }, None);
    past.exchange(wish, "And the invoice?");

    let silent = past.open("basic");
    past.says(silent, Author::Customer, "Where is my coat?");
    past.pass(25);

    let angry = past.open("gold");
    let rage = "This is STILL broken, worst shop ever, I will sue you!!!";
    past.says(angry, Author::Customer, rage);
    let open = past.desk.conversation(angry).unwrap();
    assert!(open.suggested.is_some(), "a person is suggested");
    let choice = Choice::Stay;
    let stays = Observation::ChoiceMade {
        conversation: angry,
        choice,
        callback_at: None,
    };
    past.see(stays, None);
    past.says(angry, Author::Assistant, "I am sorry.");
    past.pass(5);
    past.says(angry, Author::Customer, "Now get me a real person");

    let long = past.open("basic");
    for colour in COLOURS {
        past.exchange(long, &format!("What about the {colour} one?"));
    }
    past.pass(400_000);
    past
}

fn candidate(from: &str, to: &str) -> String {
    let source = Policy::default_source();
    assert!(source.contains(from));
    source.replacen(from, to, 1)
}

#[test]
fn the_policy_of_then_changes_nothing() {
    let past = eventful();
    for policy in [
        Policy::default_source().to_owned(),
        candidate("policy: Default", "policy: Renamed"),
    ] {
        let report = past.judged(&policy, false);
        let compared = report.compared.unwrap();
        let changed = [
            &compared.gained,
            &compared.lost,
            &compared.earlier,
            &compared.later,
            &compared.otherwise,
        ];
        assert_eq!(changed.map(|change| change.count), [0; 5]);
        assert_eq!(compared.unchanged, 5, "four conversations, one came back");
        assert_eq!((report.conversations, report.handoffs), (4, 4));
        assert!(compared.suggestions_gained.is_empty() && compared.suggestions_lost.is_empty());
        assert_eq!(report.suggestions, 1);
    }
}

#[test]
fn fewer_exchanges_bring_a_person_earlier_and_say_where() {
    let report = eventful().judged(&candidate("exchanges >= 8", "exchanges >= 3"), false);
    let compared = report.compared.unwrap();
    let earlier = &compared.earlier;
    assert_eq!((earlier.count, earlier.median_exchanges), (1, Some(5)));
    assert_eq!(earlier.by_trigger["many_exchanges"], 1);
    assert_eq!(earlier.by_tier["basic"], 1);
    let example = &earlier.examples[0];
    assert_eq!(example.after.as_ref().unwrap().exchange, 4);
    assert_eq!(example.before.as_ref().unwrap().exchange, 9);
    assert_eq!(compared.unchanged, 4);
    let sides = compared.matters["none"]["general"];
    assert_eq!((sides.before, sides.after), (4, 4));
}

#[test]
fn a_handoff_that_the_candidate_does_not_make_is_lost_where_it_was_made() {
    let policy = candidate("when: message.asks_for_person", "when: message.words > 500");
    let compared = eventful().judged(&policy, false).compared.unwrap();
    assert_eq!(compared.lost.by_trigger["person_asked"], 2);
    assert_eq!(compared.gained.count, 0);
    assert_eq!(compared.lost.examples[0].after, None);
}

#[test]
fn who_loses_patience_is_caught_before_they_ask() {
    let policy = candidate("level: suggest", "level: proactive");
    let report = eventful().judged(&policy, false);
    let compared = report.compared.as_ref().unwrap();
    assert_eq!(report.frustrated.asked, 1);
    assert_eq!(
        (report.frustrated.caught, compared.frustrated_before.caught),
        (1, 0)
    );
    assert_eq!(report.frustrated.median_exchanges_earlier, Some(1));
    assert_eq!(compared.suggestions_lost["strong_frustration"], 1);
}

#[test]
fn another_patience_with_the_assistant_is_judged_by_the_recorded_times() {
    let strict = candidate("duration(\"20s\")", "duration(\"1s\")");
    let strict = strict.replacen("silent_after: 20s", "silent_after: 1s", 1);
    let compared = eventful().judged(&strict, false).compared.unwrap();
    assert_eq!(compared.earlier.by_trigger["assistant_silent"], 2);
    let lenient = candidate("duration(\"20s\")", "duration(\"10m\")");
    let lenient = lenient.replacen("silent_after: 20s", "silent_after: 10m", 1);
    let compared = eventful().judged(&lenient, false).compared.unwrap();
    assert_eq!(compared.lost.by_trigger["assistant_silent"], 1);
}

#[test]
fn new_intents_are_read_in_the_words_that_remain() {
    let taught = "intents: {parcels: {about: parcels, keywords: [my parcel], examples: []}}\n\
        triggers: {parcel: {about: parcels, level: immediate, severity: normal, \
        when: 'message.intent == \"parcels\"', cooldown: 0s}}\n\
        routes: {post: {team: post, skills: {}, intents: [parcels], chain: [primary]}}\n\
        default_route: post\n";
    let mut past = eventful();
    let report = past.judged(taught, true);
    let compared = report.compared.unwrap();
    assert_eq!(compared.earlier.by_intent["parcels"], 1);
    assert_eq!(compared.matters["parcels"]["post"].after, 1);
    assert_eq!(report.erased, 0);
    for (_, words) in &mut past.lines {
        *words = None;
    }
    let report = past.judged(taught, true);
    assert_eq!(report.compared.unwrap().earlier.count, 0);
    assert!(report.erased > 5);
}

#[test]
fn the_recorded_past_is_decided_again_byte_for_byte() {
    let past = eventful();
    let verified = past.verified().unwrap();
    assert_eq!(verified.lines, past.lines.len() as u64);
    assert_eq!(verified.lines, verified.observations + verified.decisions);
}

#[test]
fn the_first_difference_is_named_with_both_lines() {
    let changed = |change: &dyn Fn(&mut Past)| {
        let mut past = eventful();
        change(&mut past);
        past.verified().unwrap_err()
    };
    let is_decision = |line: &Line| matches!(line.entry, Entry::Decided(_));
    let first = eventful()
        .lines
        .iter()
        .position(|(line, _)| is_decision(line));
    let first = first.unwrap();

    let other = changed(&|past| {
        if let Entry::Decided(decision) = &mut past.lines[first].0.entry {
            decision.policy = 7;
        }
    });
    assert_eq!(other.position, first as u64 + 1);
    let (recorded, decided) = (other.recorded.unwrap(), other.decided.unwrap());
    assert_eq!(recorded.replace("\"policy\":7", "\"policy\":0"), decided);

    let missing = changed(&|past| {
        past.lines.remove(first);
    });
    assert_eq!(missing.position, first as u64 + 1);
    let cut = changed(&|past| past.lines.truncate(first));
    assert_eq!((cut.position, cut.recorded), (first as u64 + 1, None));

    let unknown = changed(&|past| {
        let line = &mut past.lines[0].0;
        line.entry = Entry::Observed(Observation::Resolved {
            conversation: ConversationId(99),
            by: Author::Customer,
        });
    });
    assert_eq!(
        unknown.refusal.as_deref(),
        Some("conversation cnv_99 is not open")
    );
}
