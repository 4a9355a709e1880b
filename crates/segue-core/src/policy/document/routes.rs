//! Routes: which team takes what, and how the circle of agents widens.

use std::collections::BTreeMap;

use super::{
    reader::{Named, Reader, plain},
    tree::Node,
    words::{CIRCLES, circle},
};
use crate::{
    id::{IntentName, RouteName, SkillName},
    policy::{Intent, Route, Step, Who, condition::Fault, duration},
};

const MAX_ROUTES: usize = 200;
const MAX_SKILLS: usize = 16;
const MAX_STEPS: usize = 8;
const DAY: u32 = 86_400;
/// The team's name where the policy gives none.
const TEAM: &str = "support team";

/// The chain of a route that has none of its own.
const CHAIN: [Step; 4] = [
    step_after(Who::Primary, 0),
    step_after(Who::Secondary, 40),
    step_after(Who::General, 90),
    step_after(Who::OnCall, 180),
];

const fn step_after(who: Who, after_seconds: u32) -> Step {
    Step { who, after_seconds }
}

pub(super) fn routes(
    reader: &mut Reader<'_>,
    section: Option<&Node>,
    default: Option<&Node>,
    intents: &[Intent],
) -> (BTreeMap<RouteName, Route>, RouteName) {
    let entries = section.map_or_else(Vec::new, |section| {
        reader.named(section, "`routes`", MAX_ROUTES)
    });
    let mut taken = BTreeMap::new();
    let mut routes: BTreeMap<RouteName, Route> = entries
        .iter()
        .map(|named| {
            (
                named.name().into(),
                route(reader, named, intents, &mut taken),
            )
        })
        .collect();
    if routes.is_empty() {
        routes.insert("general".into(), general());
    }
    let default = default_route(reader, section, default, &routes);
    (routes, default)
}

fn general() -> Route {
    Route {
        team: TEAM.to_owned(),
        skills: BTreeMap::new(),
        intents: Vec::new(),
        chain: CHAIN.to_vec(),
    }
}

/// The one that is named, or else `general`, or else the only one.
fn default_route(
    reader: &mut Reader<'_>,
    section: Option<&Node>,
    given: Option<&Node>,
    routes: &BTreeMap<RouteName, Route>,
) -> RouteName {
    let names = || routes.keys().map(RouteName::as_str);
    if let Some(node) = given {
        let found = reader.reference(node, "route", names());
        return found.as_deref().unwrap_or("general").into();
    }
    let only = names().next().filter(|_| routes.len() == 1);
    if routes.contains_key("general") {
        return "general".into();
    }
    only.unwrap_or_else(|| {
        let at = section.map_or(0..0, |node| node.span.clone());
        let message = "the policy does not say where a handoff goes by default".to_owned();
        let hint = "add `default_route:` with one of the routes";
        reader
            .faults
            .push(Fault::error(at, message).hinting(Some(hint)));
        "general"
    })
    .into()
}

fn route<'n>(
    reader: &mut Reader<'_>,
    named: &Named<'n>,
    intents: &[Intent],
    taken: &mut BTreeMap<String, &'n str>,
) -> Route {
    let fields = reader.fields(
        named.node,
        "a route",
        &["team", "skills", "intents", "chain"],
    );
    let team = fields
        .get("team")
        .and_then(|node| reader.text(node, "`team`", 80))
        .unwrap_or_else(|| TEAM.to_owned());
    let skills = fields
        .get("skills")
        .map_or_else(BTreeMap::new, |node| skills(reader, node));
    let chain = fields
        .get("chain")
        .map_or_else(|| CHAIN.to_vec(), |node| chain(reader, node));
    let mut own = Vec::new();
    for node in fields.get("intents").map_or(&[][..], |node| {
        reader.list(node, "`intents`", intents.len().max(1))
    }) {
        own.extend(route_intent(reader, node, named.name(), intents, taken));
    }
    Route {
        team,
        skills,
        intents: own,
        chain,
    }
}

/// An intent has one route, so that nobody wonders which of two is taken.
fn route_intent<'n>(
    reader: &mut Reader<'_>,
    node: &Node,
    route: &'n str,
    intents: &[Intent],
    taken: &mut BTreeMap<String, &'n str>,
) -> Option<IntentName> {
    let known = intents.iter().map(|intent| intent.name.as_str());
    let intent = reader.reference(node, "intent", known)?;
    if let Some(other) = taken.get(&intent) {
        let message = format!("intent `{intent}` goes to route `{other}` already");
        reader.at(node, message, "an intent has one route");
        return None;
    }
    taken.insert(intent.clone(), route);
    Some(intent.as_str().into())
}

pub(super) fn skills(reader: &mut Reader<'_>, node: &Node) -> BTreeMap<SkillName, u8> {
    let mut skills = BTreeMap::new();
    for named in reader.named(node, "`skills`", MAX_SKILLS) {
        let what = format!("the level of skill `{}`", named.name());
        let level = reader.number(named.node, &what, 1..=5);
        if let Some(level) = level.and_then(|level| u8::try_from(level).ok()) {
            skills.insert(named.name().into(), level);
        }
    }
    skills
}

fn chain(reader: &mut Reader<'_>, node: &Node) -> Vec<Step> {
    let items = reader.list(node, "`chain`", MAX_STEPS);
    let before = reader.faults.len();
    let mut chain: Vec<Step> = Vec::new();
    for item in items {
        if let Some(step) = step(reader, item)
            && follows(reader, item, chain.last(), step)
        {
            chain.push(step);
        }
    }
    if chain.is_empty() && reader.faults.len() == before {
        let message = "`chain` is empty, so nobody would ever take a handoff".to_owned();
        reader.at(
            node,
            message,
            "write `[primary, secondary after 40s, general after 90s]`",
        );
    }
    chain
}

/// `primary`, or `secondary after 40s`.
fn step(reader: &mut Reader<'_>, node: &Node) -> Option<Step> {
    let written = plain(node).unwrap_or_default();
    let (who, after) = match written.split_once(" after ") {
        Some((who, after)) => (who.trim(), after.trim()),
        None => (written, "0s"),
    };
    let found = CIRCLES.iter().find(|(word, _)| *word == who);
    let seconds = duration::seconds(after).ok().filter(|it| *it <= DAY);
    match (found, seconds) {
        (Some((_, who)), Some(after_seconds)) => Some(step_after(*who, after_seconds)),
        (None, _) => {
            let words = CIRCLES.iter().map(|(word, _)| *word);
            let hint =
                crate::policy::spelling::did_you_mean(who, words, "a step begins with one of ");
            reader.at(node, format!("`{written}` is not a step of a chain"), &hint);
            None
        }
        (Some(_), None) => {
            let message = format!("`{after}` is not a time from 0s to 1d");
            reader.at(node, message, &format!("write `{who} after 40s`"));
            None
        }
    }
}

/// Each step is later than the one before and wider; the first begins at once.
fn follows(reader: &mut Reader<'_>, node: &Node, before: Option<&Step>, step: Step) -> bool {
    let (message, hint) = match before {
        None if step.after_seconds > 0 => (
            "the first step of a chain begins at once".to_owned(),
            format!("write `{}`", circle(step.who)),
        ),
        Some(before) if step.who <= before.who => (
            format!(
                "`{}` after `{}` lets nobody else in",
                circle(step.who),
                circle(before.who)
            ),
            "the circles widen in the order `primary`, `secondary`, `general`, `on_call`".into(),
        ),
        Some(before) if step.after_seconds <= before.after_seconds => (
            format!(
                "this step is not later than the one before, {}",
                duration::written(before.after_seconds)
            ),
            "times are counted from entering the queue".to_owned(),
        ),
        _ => return true,
    };
    reader.at(node, message, &hint);
    false
}
