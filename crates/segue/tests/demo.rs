//! At stake: a newcomer's first impression. Checked: what the demo ships reads, and fits together.

use std::collections::BTreeSet;

use segue_core::policy::Policy;
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
