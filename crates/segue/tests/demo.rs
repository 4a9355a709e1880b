//! At stake: a newcomer's first impression. Checked: what the demo ships reads, and fits together.

use std::collections::BTreeSet;

use segue_core::{
    journal::Author,
    policy::{Policy, analysis::Examining, diagnosis::Weight},
    signals::{Reader, Reading},
};
use serde::Deserialize;

const POLICY: &str = include_str!("../demo/policy.yaml");
const CAST: &str = include_str!("../demo/cast.yaml");

#[derive(Deserialize)]
struct Cast {
    agents: Vec<Agent>,
    customers: Vec<Customer>,
}

#[derive(Deserialize)]
struct Agent {
    email: String,
    skills: std::collections::BTreeMap<String, u8>,
    capacity: u16,
    on_call: bool,
}

#[derive(Deserialize)]
struct Customer {
    key: String,
    external_id: String,
    tier: String,
    about: String,
}

fn policy() -> Policy {
    Policy::parse(POLICY).unwrap_or_else(|diagnoses| panic!("{diagnoses:#?}"))
}

#[test]
fn the_demo_policy_passes_its_own_tests_and_its_team_has_every_skill() {
    let agents = segue::commands::policy::listed(CAST).unwrap();
    let agents = Some(agents.as_slice());
    let checked = segue_sim::policy_tests::examine(POLICY, Examining { agents });
    assert!(checked.policy.is_some_and(|policy| policy.tests.len() >= 3));
    let told = checked
        .findings
        .iter()
        .filter(|it| it.severity != Weight::Note);
    let told: Vec<_> = told.map(ToString::to_string).collect();
    assert_eq!(told, [""; 0]);
}

#[test]
fn the_demo_policy_reads() {
    let policy = policy();
    assert_eq!(policy.routes.len(), 6);
    assert!((8..=10).contains(&policy.intents.len()));
    assert!(
        policy
            .intents
            .iter()
            .all(|intent| (8..=12).contains(&intent.examples.len()))
    );
}

#[test]
fn every_intent_of_the_demo_comes_to_one_route() {
    let policy = policy();
    let routed: Vec<_> = policy
        .routes
        .values()
        .flat_map(|route| &route.intents)
        .collect();
    for intent in &policy.intents {
        assert_eq!(
            routed.iter().filter(|it| **it == &intent.name).count(),
            1,
            "{:?}",
            intent.name
        );
    }
}

#[test]
fn every_route_of_the_demo_has_a_specialist_and_somebody_on_call() {
    let cast: Cast = serde_saphyr::from_str(CAST).unwrap();
    assert_eq!(cast.agents.len(), 8);
    for (name, route) in policy().routes {
        let skilled = |agent: &&Agent| {
            route.skills.iter().all(|(skill, level)| {
                agent
                    .skills
                    .get(&skill.to_string())
                    .is_some_and(|has| has >= level)
            })
        };
        assert!(
            cast.agents.iter().any(|agent| skilled(&agent)),
            "{name:?} has no specialist"
        );
    }
    assert!(cast.agents.iter().any(|agent| agent.on_call));
    assert!(
        cast.agents
            .iter()
            .all(|agent| (1..=6).contains(&agent.capacity))
    );
    assert!(
        cast.agents
            .iter()
            .all(|agent| agent.skills.values().all(|level| (1..=5).contains(level)))
    );
}

#[test]
fn the_demo_cast_has_no_twins_and_every_tier_is_in_the_policy() {
    let cast: Cast = serde_saphyr::from_str(CAST).unwrap();
    let emails: BTreeSet<_> = cast.agents.iter().map(|agent| &agent.email).collect();
    let keys: BTreeSet<_> = cast
        .customers
        .iter()
        .map(|customer| &customer.key)
        .collect();
    let ids: BTreeSet<_> = cast
        .customers
        .iter()
        .map(|customer| &customer.external_id)
        .collect();
    assert_eq!(
        (emails.len(), keys.len(), ids.len()),
        (8, cast.customers.len(), cast.customers.len())
    );
    assert!(
        cast.customers
            .iter()
            .all(|customer| !customer.about.is_empty())
    );
    let tiers: BTreeSet<_> = cast
        .customers
        .iter()
        .map(|customer| customer.tier.clone())
        .collect();
    assert_eq!(tiers, policy().points.tiers.keys().cloned().collect());
}

fn reading(text: &str) -> Reading {
    Reader::of(&policy()).read(text, Author::Customer)
}

fn intent(text: &str) -> Option<String> {
    reading(text).intent.map(|it| it.intent.to_string())
}

#[test]
fn a_billing_dispute_is_read_as_one_in_words_that_the_policy_does_not_hold() {
    let disputes = [
        "You charged me twice!",
        "I have been charged twice for my order LL-204518",
        "there are two charges on my card for one order",
        "I cancelled my membership and you still charged me 39 euros",
        "I returned the duvet weeks ago and never got my refund",
        "where is my refund, it has been three weeks",
        "this is an unauthorised charge, I want my money back",
        "my card was debited two times",
        "you billed me for something I never ordered",
        "I was overcharged",
        "the fee was collected although my subscription ended",
        "my bank says you took 89 euros two times on Monday",
    ];
    let missed: Vec<_> = disputes
        .iter()
        .filter(|text| intent(text).as_deref() != Some("billing_dispute"))
        .collect();
    assert!(missed.len() <= 1, "{missed:?}");
}

#[test]
fn an_ordinary_question_is_no_billing_dispute_and_asks_for_nobody() {
    let reader = Reader::of(&policy());
    let mut all = 0;
    let mut wrong = Vec::new();
    for line in include_str!("fixtures/questions.tsv")
        .lines()
        .filter(|line| !line.starts_with(['#', '-']))
    {
        let (articles, text) = line.split_once('\t').unwrap();
        if [
            "double-charge",
            "refund-timing",
            "payment-declined",
            "opening-hours",
        ]
        .iter()
        .any(|it| articles.contains(it))
        {
            continue;
        }
        all += 1;
        let reading = reader.read(text, Author::Customer);
        let dispute = reading
            .intent
            .as_ref()
            .is_some_and(|it| it.intent.to_string() == "billing_dispute");
        if dispute || reading.asks_for_person.is_some() {
            wrong.push((
                text,
                reading.intent.map(|i| (i.intent, i.confidence_permille)),
                reading.asks_for_person,
            ));
        }
    }
    assert!(
        wrong.len() * 50 <= all,
        "{} of {all}: {wrong:?}",
        wrong.len()
    );
}
