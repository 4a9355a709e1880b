//! What is found in a policy that reads well, and that what is claimed is so: an example makes both
//! triggers fire, and what is said never to fire does not.

use std::{collections::BTreeMap, fmt::Write as _};

use proptest::prelude::*;

use super::{cases::World, example::Example, *};
use crate::policy::{
    condition::{Value, ValueRef},
    facts::{Fact, FactRef, Facts, Known, Occasion},
};

/// A policy with these triggers: `name level severity: condition`.
fn document(triggers: &[(&str, &str, &str, &str)]) -> String {
    let mut text = "policy: Tried\nintents:\n  dispute: {keywords: [charged twice]}\n  delivery: {keywords: [parcel]}\ntriggers:\n".to_owned();
    for (name, level, severity, when) in triggers {
        let when = serde_json::to_string(when).unwrap_or_default();
        let _ = writeln!(
            text,
            "  {name}:\n    level: {level}\n    severity: {severity}\n    when: {when}"
        );
    }
    text + "routes:\n  general: {team: support team, chain: [general]}\n"
}

fn findings(triggers: &[(&str, &str, &str, &str)]) -> Vec<String> {
    let checked = Policy::examine(&document(triggers), Examining::default());
    assert!(checked.policy.is_some(), "{:?}", checked.findings);
    said(&checked)
}

/// What is said, besides that a small policy does not look after a failing assistant.
fn said(checked: &Checked) -> Vec<String> {
    let said = checked.findings.iter().map(ToString::to_string);
    said.filter(|it| !it.contains("hands off when the assistant"))
        .collect()
}

fn found(when: &str) -> Vec<String> {
    findings(&[("it", "immediate", "normal", when)])
}

#[test]
fn a_trigger_that_can_never_fire_is_found_with_its_contradiction() {
    for (when, why) in [
        (
            "conversation.exchanges > 8 && conversation.exchanges < 3",
            "`conversation.exchanges > 8` and `conversation.exchanges < 3` exclude each other",
        ),
        (
            "conversation.exchanges > 7 && conversation.exchanges < 8",
            "`conversation.exchanges > 7` and `conversation.exchanges < 8` exclude each other",
        ),
        (
            "message.frustrated && assistant.confidence < 0.5",
            "`message.frustrated` can hold only when the customer writes, `assistant.confidence < 0.5` only when the assistant answers",
        ),
        (
            "message.intent == \"dispute\" && message.intent == \"delivery\"",
            "`message.intent == \"dispute\"` and `message.intent == \"delivery\"` exclude each other",
        ),
        (
            "message.words > 3 && (message.from == \"assistant\" || assistant.failed)",
            "`message.words > 3` can hold only when the customer writes, `(message.from == \"assistant\" || assistant.failed)` only when the assistant answers or when the assistant fails",
        ),
        (
            "message.intent != \"dispute\" && message.intent != \"delivery\"",
            "`message.intent != \"dispute\"` and `message.intent != \"delivery\"` exclude each other",
        ),
        (
            "!has(conversation.minutes)",
            "`!has(conversation.minutes)` never holds",
        ),
        (
            "customer.seats > 3 && customer.seats == \"many\"",
            "`customer.seats > 3` and `customer.seats == \"many\"` exclude each other",
        ),
    ] {
        let expected = format!("9:11: trigger `it` can never fire; {why}");
        assert_eq!(found(when), [expected], "{when}");
    }
}

#[test]
fn a_trigger_that_can_fire_is_left_alone() {
    for when in [
        "conversation.exchanges >= 8",
        "!has(customer.tier)",
        "customer.seats > 3 || customer.seats == \"many\"",
        "message.frustrated && conversation.sentiment < -0.3",
        "assistant.failed || assistant.silent_seconds >= 20",
        "assistant.attempted > conversation.failed_attempts + 1",
        "true",
    ] {
        assert_eq!(found(when), [""; 0], "{when}");
    }
}

#[test]
fn an_alternative_that_never_holds_is_found() {
    let when = "message.asks_for_person || (message.frustrated && assistant.failed)";
    assert_eq!(
        found(when),
        [
            "9:11: warning: `(message.frustrated && assistant.failed)` never holds; the other parts decide alone; leave it out or mend it"
        ]
    );
}

#[test]
fn a_trigger_that_a_stronger_one_always_hides_is_found() {
    let told = findings(&[
        ("long", "immediate", "normal", "conversation.exchanges >= 8"),
        (
            "longer",
            "proactive",
            "normal",
            "conversation.exchanges >= 10 && message.words > 3",
        ),
    ]);
    assert_eq!(
        told,
        [
            "10:3: warning: trigger `longer` never wins: wherever it fires, `long` fires too and wins; only in the 10m after a \"stay\" or a return, when the stronger holds still, can it be heard"
        ]
    );
}

#[test]
fn several_triggers_hide_another_together() {
    let told = findings(&[
        ("low", "immediate", "normal", "message.sentiment < 0.1"),
        ("high", "immediate", "normal", "message.sentiment > 0"),
        ("any", "suggest", "normal", "message.words > 3"),
    ]);
    let last = told.last().map(String::as_str).unwrap_or_default();
    assert!(
        last.contains("`any` never wins: wherever it fires, `low` or `high` fire too and win"),
        "{told:#?}"
    );
}

#[test]
fn an_overlap_of_different_outcome_comes_with_an_example() {
    let told = findings(&[
        ("long", "immediate", "normal", "conversation.exchanges >= 8"),
        ("angry", "proactive", "normal", "message.sentiment < -0.3"),
        ("same", "proactive", "normal", "message.words > 300"),
    ]);
    assert_eq!(
        told,
        [
            "10:3: note: `long` and `angry` both fire where conversation.exchanges = 8, message.sentiment = -0.4; `long` wins: `immediate` is stronger than `proactive`",
            "14:3: note: `long` and `same` both fire where conversation.exchanges = 8, message.words = 301; `long` wins: `immediate` is stronger than `proactive`",
        ]
    );
}

#[test]
fn a_policy_that_leaves_a_customer_with_a_failing_assistant_is_found() {
    let told = |when: &str, cooldown: &str| -> Vec<String> {
        let source = format!(
            "policy: A\ntriggers:\n  it: {{level: immediate, when: {when:?}, cooldown: {cooldown}}}\n"
        );
        let checked = Policy::examine(&source, Examining::default());
        checked.findings.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        told("assistant.failed || assistant.silent_seconds >= 20", "0s"),
        [""; 0]
    );
    let hint = "add one with `when: assistant.failed || assistant.silent_seconds >= 20` and `cooldown: 0s`";
    let silent = format!(
        "2:1: warning: no trigger hands off when the assistant is silent: the customer would be left alone; {hint}"
    );
    assert_eq!(told("assistant.failed", "0s"), [silent.as_str()]);
    let late = "3:3: warning: for 5m after a return nothing hands off when the assistant fails, because `it` holds still; write `cooldown: 0s`";
    assert_eq!(told("assistant.failed", "5m"), [silent.as_str(), late]);
}

#[test]
fn what_is_not_analysed_is_said() {
    let many = "(customer.a == 1 || customer.b == 2)";
    let clauses: Vec<_> = (0..10)
        .map(|n| many.replace("customer.", &format!("customer.x{n}")))
        .collect();
    assert_eq!(
        found(&clauses.join(" && ")),
        ["9:11: note: trigger `it` is not analysed: the condition has too many cases"]
    );
    let told = found("conversation.minutes * 0 > conversation.minutes + 1");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("is not analysed: it compares facts with one another"),
        "{told:?}"
    );
}

#[test]
fn a_route_to_which_nothing_leads_is_found() {
    let source = "policy: A\ntriggers:\n  it: {level: immediate, when: message.repeats, cooldown: 0s}\nroutes:\n  general: {chain: [general]}\n  spare: {chain: [general]}\n";
    let told = said(&Policy::examine(source, Examining::default()));
    assert_eq!(
        told[0],
        "6:3: warning: nothing leads to route `spare`; give it `intents`, name it in a trigger, or leave it out"
    );
}

#[test]
fn skills_that_nobody_has_and_routes_that_nobody_can_take_are_found() {
    let source = "policy: A\ntriggers:\n  it: {level: immediate, when: message.repeats, skills: {law: 2}}\nroutes:\n  general:\n    skills: {billing: 4, tax: 1}\n    chain: [primary, on_call after 3m]\n";
    let agent = |level, on_call| AgentProfile {
        name: "Sarah".to_owned(),
        skills: BTreeMap::from([("billing".into(), level)]),
        capacity: 2,
        on_call,
        retired: false,
    };
    let told = |agents: &[AgentProfile]| {
        let agents = Some(agents);
        said(&Policy::examine(source, Examining { agents }))
    };
    assert_eq!(
        told(&[agent(3, false)]),
        [
            "3:63: warning: no agent has the skill `law`; give an agent the skill, or ask for another",
            "6:23: warning: no agent has `billing` at level 4, the best has 3; give an agent the skill, or ask for another",
            "6:31: warning: no agent has the skill `tax`; give an agent the skill, or ask for another",
            "7:5: warning: nobody can ever take a handoff of route `general`; nobody has its skills, and nobody is on call",
        ]
    );
    assert_eq!(told(&[agent(4, true)]).len(), 2);
    assert_eq!(
        said(&Policy::examine(source, Examining::default())),
        [""; 0]
    );
}

#[test]
fn the_default_policy_has_only_notes() {
    let told = Policy::examine(Policy::default_source(), Examining::default()).findings;
    assert!(
        told.iter().all(|it| it.severity == Weight::Note),
        "{told:#?}"
    );
    assert!(!told.is_empty());
}

#[test]
fn ten_thousand_lines_are_examined_within_the_steps() {
    let names: Vec<_> = (0..500)
        .map(|n| {
            (
                format!("t{n}"),
                format!("message.words > {n} && customer.seats != {n}"),
            )
        })
        .collect();
    let triggers: Vec<_> = names
        .iter()
        .map(|(name, when)| {
            (
                name.as_str(),
                ["immediate", "proactive", "suggest"][name.len() % 3],
                "normal",
                when.as_str(),
            )
        })
        .collect();
    let comments = "# a line\n".repeat(8000);
    let source = comments + &document(&triggers);
    assert!(source.lines().count() > 10_000);
    let checked = Policy::examine(&source, Examining::default());
    assert!(checked.policy.is_some());
    assert!(checked.findings.len() <= 3 * MAX_FINDINGS + 3);
}

/// Facts that may stand together on an occasion.
#[derive(Clone, Debug, Default)]
struct Possible(BTreeMap<FactRef, Value>);

impl Facts for Possible {
    fn fact(&self, fact: Fact) -> Option<ValueRef<'_>> {
        self.0.get(&FactRef::Known(fact)).map(ValueRef::from)
    }

    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        self.0
            .get(&FactRef::Attribute(name.into()))
            .map(ValueRef::from)
    }
}

const ATOMS: [&str; 16] = [
    "conversation.exchanges >= 2",
    "conversation.exchanges < 3",
    "conversation.exchanges in [1, 4]",
    "message.sentiment < -0.3",
    "message.sentiment >= -0.5",
    "message.frustrated",
    "message.intent == \"dispute\"",
    "message.intent != \"dispute\"",
    "has(message.intent)",
    "assistant.confidence < 0.7",
    "assistant.failed",
    "customer.tier in [\"gold\", \"basic\"]",
    "customer.tier != \"gold\"",
    "customer.vip == true",
    "customer.vip > 2",
    "conversation.exchanges + 1 > conversation.failed_attempts",
];

fn condition() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(ATOMS.to_vec()).prop_map(str::to_owned);
    leaf.prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join(" && "))),
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join(" || "))),
            inner.clone().prop_map(|part| format!("!({part})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("(({a}) == ({b}))")),
        ]
    })
}

/// Values on both sides of every line that an atom draws, as far as the occasion knows them.
fn possible() -> impl Strategy<Value = Possible> {
    let occasion = prop::sample::select(Occasion::ALL.to_vec());
    let picks = prop::collection::vec(0_usize..6, 9);
    (occasion, picks).prop_map(|(occasion, picks)| {
        let number = |number: i64| Some(Value::Number(number));
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        let count = |pick: usize| number(i64::try_from(pick).unwrap_or(0) * 1000);
        let mut facts = BTreeMap::new();
        let mut add = |fact: Fact, value: Option<Value>| {
            let value = match fact.known(occasion) {
                Known::Never => None,
                _ => value,
            };
            facts.extend(value.map(|value| (FactRef::Known(fact), value)));
        };
        add(Fact::ConversationExchanges, count(picks[0]));
        add(Fact::ConversationFailedAttempts, count(picks[1]));
        add(
            Fact::MessageSentiment,
            number([-1000, -500, -400, -300, 0, 1000][picks[2]]),
        );
        add(Fact::MessageFrustrated, Some(Value::Bool(picks[3] > 2)));
        add(
            Fact::MessageIntent,
            [text("dispute"), text("delivery"), None][picks[4] / 2].clone(),
        );
        add(
            Fact::AssistantConfidence,
            [number(699), number(700), None][picks[5] / 2].clone(),
        );
        add(
            Fact::AssistantFailed,
            Some(Value::Bool(occasion == Occasion::AssistantFails)),
        );
        add(
            Fact::CustomerTier,
            [text("gold"), text("iron"), None][picks[6] / 2].clone(),
        );
        let vip = [
            Some(Value::Bool(true)),
            number(2000),
            number(2001),
            text("yes"),
            Some(Value::Bool(false)),
            None,
        ];
        facts.extend(
            vip[picks[7]]
                .clone()
                .map(|value| (FactRef::Attribute("vip".into()), value)),
        );
        Possible(facts)
    })
}

fn read(one: &str, other: &str) -> Policy {
    let source = document(&[
        ("one", "immediate", "normal", one),
        ("other", "proactive", "normal", other),
    ]);
    Policy::parse(&source).unwrap_or_else(|findings| panic!("{findings:?}\n{source}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    #[test]
    fn what_can_never_fire_does_not(one in condition(), facts in prop::collection::vec(possible(), 40)) {
        let told = found(&one);
        let never = told.iter().any(|it| it.contains("can never fire"));
        let policy = read(&one, "true");
        let fires = facts.iter().any(|facts| policy.triggers[0].when.holds(facts) == Some(true));
        prop_assert!(!(never && fires), "{}: {:?}", one, told);
    }

    #[test]
    fn every_case_has_an_example_that_makes_the_condition_hold(one in condition()) {
        let policy = read(&one, "true");
        let when = &policy.triggers[0].when;
        for occasion in Occasion::ALL {
            let world = World { policy: &policy, occasion };
            for case in world.cases(&when.root().test, true).unwrap_or_default() {
                let example = Example::of(world, &case, |it| when.holds(it) == Some(true));
                prop_assert!(example.is_some() || !case.open.is_empty(), "{} {:?}", one, case);
            }
        }
    }

    #[test]
    fn a_condition_is_hidden_only_by_one_that_fires_wherever_it_does(
        one in condition(),
        other in condition(),
        facts in prop::collection::vec(possible(), 40),
    ) {
        let told = findings(&[("one", "immediate", "normal", &one), ("other", "proactive", "normal", &other)]);
        let hidden = told.iter().any(|it| it.contains("`other` never wins"));
        let policy = read(&one, &other);
        let fires = |place: usize, facts: &Possible| policy.triggers[place].when.holds(facts) == Some(true);
        let alone = facts.iter().any(|facts| fires(1, facts) && !fires(0, facts));
        prop_assert!(!(hidden && alone), "{} / {}", one, other);
        let both = facts.iter().any(|facts| fires(1, facts) && fires(0, facts));
        let met = told.iter().any(|it| it.contains("both fire where") || it.contains("never wins") || it.contains("not analysed"));
        prop_assert!(!both || met, "{} / {}: {:?}", one, other, told);
    }
}
