//! What can be written in a policy, for an editor that completes while somebody types.

use std::{collections::BTreeSet, sync::Arc};

use axum::{Json, extract::State};
use segue_core::policy::{
    Policy,
    facts::{Fact, Kind, Known, Occasion},
    vocabulary as words_of, wording,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{App, auth::Caller, error::Problem};

/// A fact that a condition may ask for.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FactWords {
    /// Its name in a condition.
    name: &'static str,
    /// `bool`, `number` or `text`.
    r#type: &'static str,
    /// What it may hold, in words.
    holds: String,
    /// What it means.
    about: &'static str,
    /// The occasions on which it can be known; empty where on all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    known: Vec<&'static str>,
    /// The words that it may be, where they are few.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    words: Vec<&'static str>,
}

impl FactWords {
    fn of(fact: Fact) -> Self {
        let (kind, words) = match fact.kind() {
            Kind::Bool => ("bool", Vec::new()),
            Kind::Number { .. } => ("number", Vec::new()),
            Kind::OneOf(words) => ("text", words.to_vec()),
            Kind::Text | Kind::Intent | Kind::OwnIntent => ("text", Vec::new()),
        };
        let on = Occasion::ALL.into_iter();
        let mut known: Vec<_> = on.filter(|it| fact.known(*it) != Known::Never).collect();
        if known.len() == Occasion::ALL.len() {
            known.clear();
        }
        Self {
            name: fact.name(),
            r#type: kind,
            holds: fact.kind().to_string(),
            about: fact.about(),
            known: known.into_iter().map(Occasion::when).collect(),
            words,
        }
    }
}

/// The names that a policy gives.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct Names {
    triggers: Vec<String>,
    intents: Vec<String>,
    situations: Vec<String>,
    routes: Vec<String>,
    skills: BTreeSet<String>,
    tests: Vec<String>,
}

impl Names {
    /// Those of a policy.
    pub(super) fn of(policy: &Policy) -> Self {
        let of_routes = policy.routes.values().map(|route| &route.skills);
        let skills = of_routes.chain(policy.triggers.iter().map(|trigger| &trigger.skills));
        Self {
            triggers: policy
                .triggers
                .iter()
                .map(|it| it.name.to_string())
                .collect(),
            intents: policy
                .intents
                .iter()
                .map(|it| it.name.to_string())
                .collect(),
            situations: policy
                .situations
                .iter()
                .map(|it| it.name.to_string())
                .collect(),
            routes: policy.routes.keys().map(ToString::to_string).collect(),
            skills: skills
                .flat_map(|skills| skills.keys().map(ToString::to_string))
                .collect(),
            tests: policy.tests.iter().map(|it| it.name.clone()).collect(),
        }
    }
}

/// Everything that can be written in a policy.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Vocabulary {
    /// The keys of the document.
    sections: &'static [&'static str],
    /// The keys of a trigger.
    trigger_keys: &'static [&'static str],
    /// The levels, the strongest first.
    levels: Vec<&'static str>,
    /// The severities, from the lightest.
    severities: Vec<&'static str>,
    /// The circles of a chain, from the narrowest.
    circles: Vec<&'static str>,
    /// The facts of a condition, in the order of the manual.
    facts: Vec<FactWords>,
    /// What else a condition is made of.
    operators: &'static [&'static str],
    /// The kinds of notice.
    notices: Vec<&'static str>,
    /// What the wording of a notice may name.
    notice_values: &'static [&'static str],
    /// The names of the policy in force, and the skills of the desk's agents.
    names: Names,
}

/// Facts with their types and meanings, keys, and the names that there are: what an editor of
/// policies completes.
#[utoipa::path(get, path = "/policy/vocabulary", tag = "policy",
    responses((status = 200, body = Vocabulary)))]
pub(super) async fn words(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Json<Vocabulary>, Problem> {
    caller.need_team()?;
    let names = {
        let desk = app.door().desk().await;
        let mut names = Names::of(desk.policy());
        let of_agents = desk.agents().flat_map(|agent| agent.profile.skills.keys());
        names.skills.extend(of_agents.map(ToString::to_string));
        names
    };
    Ok(Json(Vocabulary {
        sections: words_of::SECTIONS,
        trigger_keys: words_of::TRIGGER_KEYS,
        levels: words_of::levels().collect(),
        severities: words_of::severities().collect(),
        circles: words_of::circles().collect(),
        facts: Fact::ALL.iter().map(|fact| FactWords::of(*fact)).collect(),
        operators: words_of::OPERATORS,
        notices: wording::KINDS.iter().map(|(name, _)| *name).collect(),
        notice_values: &wording::VARIABLES,
        names,
    }))
}
