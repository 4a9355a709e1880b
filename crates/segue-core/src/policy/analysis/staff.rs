//! Routes to which nothing leads, routes that nobody can take, and skills that nobody has.

use std::collections::BTreeMap;

use super::Found;
use crate::{
    id::SkillName,
    journal::AgentProfile,
    policy::{Policy, Route, Who, diagnosis::Weight},
};

/// Routes that no trigger, no intent and no default sends anything to.
pub(super) fn unused_routes(policy: &Policy) -> impl Iterator<Item = Found<'_>> {
    let unused = policy.routes.iter().filter(|(name, route)| {
        let named = policy
            .triggers
            .iter()
            .any(|it| it.route.as_ref() == Some(*name));
        route.intents.is_empty() && **name != policy.default_route && !named
    });
    unused.map(|(name, _)| Found {
        path: vec!["routes", name.as_str()],
        weight: Weight::Warning,
        message: format!("nothing leads to route `{name}`"),
        hint: Some("give it `intents`, name it in a trigger, or leave it out".to_owned()),
    })
}

/// What the agents cannot do that the policy asks for.
pub(super) fn examine<'p>(policy: &'p Policy, agents: &[AgentProfile]) -> Vec<Found<'p>> {
    let agents: Vec<_> = agents.iter().filter(|agent| !agent.retired).collect();
    let mut found = Vec::new();
    for (name, route) in &policy.routes {
        let path = ["routes", name.as_str(), "skills"];
        found.extend(missing(&route.skills, &agents, &path));
        if !agents.iter().any(|agent| may_take(route, agent)) {
            found.push(Found {
                path: vec!["routes", name.as_str(), "chain"],
                weight: Weight::Warning,
                message: format!("nobody can ever take a handoff of route `{name}`"),
                hint: Some(nobody(route)),
            });
        }
    }
    for trigger in &policy.triggers {
        let path = ["triggers", trigger.name.as_str(), "skills"];
        found.extend(missing(&trigger.skills, &agents, &path));
    }
    found
}

/// Whether any step of the route's chain lets the agent in.
fn may_take(route: &Route, agent: &AgentProfile) -> bool {
    let has = |least: &dyn Fn(u8) -> u8| {
        let skills = &mut route.skills.iter();
        skills.all(|(skill, level)| {
            agent
                .skills
                .get(skill)
                .is_some_and(|it| *it >= least(*level))
        })
    };
    route.chain.iter().any(|step| match step.who {
        Who::Primary => has(&|level| level),
        Who::Secondary => has(&|_| 1),
        Who::General => true,
        Who::OnCall => agent.on_call,
    })
}

fn nobody(route: &Route) -> String {
    let on_call = route.chain.iter().any(|step| step.who == Who::OnCall);
    if on_call {
        "nobody has its skills, and nobody is on call".to_owned()
    } else {
        "nobody has its skills; let the chain widen to `general` or `on_call`".to_owned()
    }
}

fn missing<'p>(
    skills: &'p BTreeMap<SkillName, u8>,
    agents: &[&AgentProfile],
    path: &[&'p str; 3],
) -> Vec<Found<'p>> {
    let found = skills.iter().filter_map(|(skill, level)| {
        let best = agents
            .iter()
            .filter_map(|agent| agent.skills.get(skill))
            .max();
        let message = match best {
            None => format!("no agent has the skill `{skill}`"),
            Some(best) if best < level => {
                format!("no agent has `{skill}` at level {level}, the best has {best}")
            }
            Some(_) => return None,
        };
        Some(Found {
            path: path.iter().copied().chain([skill.as_str()]).collect(),
            weight: Weight::Warning,
            message,
            hint: Some("give an agent the skill, or ask for another".to_owned()),
        })
    });
    found.collect()
}
