//! A policy in the words of a support lead: what comes first, what it asks for, where it goes.

use std::{cmp::Reverse, collections::BTreeMap, fmt::Write as _};

use super::{
    Judge, Policy, Route, Step, Trigger, Who,
    document::words::{circle, level, severity},
    duration,
};
use crate::{
    id::SkillName,
    journal::{Level, Severity},
};

/// The policy as people read it: triggers in the order in which they win (level, severity, then
/// as written), routes with their chains, and what makes an entry urgent.
pub fn explain(policy: &Policy) -> String {
    let mut text = format!("{}\n", policy.name);
    for (level, about) in LEVELS {
        triggers(&mut text, policy, level, about);
    }
    situations(&mut text, policy);
    text.push_str("\nWHERE IT GOES\n");
    for (name, route) in &policy.routes {
        let default = (*name == policy.default_route).then_some(", and everything else");
        self::route(&mut text, name.as_str(), route, default.unwrap_or_default());
    }
    points(&mut text, policy);
    times(&mut text, policy);
    text
}

const LEVELS: [(Level, &str); 3] = [
    (
        Level::Immediate,
        "hands off at once; the assistant's present answer is not shown",
    ),
    (
        Level::Proactive,
        "hands off; the assistant's present answer is still shown",
    ),
    (
        Level::Suggest,
        "asks the customer, who may go on with the assistant",
    ),
];

fn triggers(text: &mut String, policy: &Policy, level: Level, about: &str) {
    let _ = writeln!(text, "\n{}: {about}", self::level(level).to_uppercase());
    let mut of_level: Vec<_> = policy
        .triggers
        .iter()
        .filter(|it| it.level == level)
        .collect();
    of_level.sort_by_key(|trigger| Reverse(trigger.severity));
    if of_level.is_empty() {
        text.push_str("  no trigger\n");
    }
    for (place, trigger) in of_level.into_iter().enumerate() {
        self::trigger(text, place + 1, trigger);
    }
}

fn trigger(text: &mut String, place: usize, trigger: &Trigger) {
    let _ = writeln!(text, "  {place}. {} ({})", trigger.about, trigger.name);
    let _ = writeln!(text, "     when {}", trigger.when.text());
    let goes = match &trigger.route {
        Some(route) => format!("goes to {route}"),
        None => "goes where the intent says".to_owned(),
    };
    let asks = match skills(&trigger.skills, true).as_str() {
        "" => String::new(),
        skills => format!(", asks for {skills}"),
    };
    let cooldown = match trigger.cooldown_seconds {
        0 => "fires again at once".to_owned(),
        seconds => format!(
            "holds still {} after a \"stay\" or a return",
            duration::written(seconds)
        ),
    };
    let _ = writeln!(
        text,
        "     {} severity, {goes}{asks}, {cooldown}",
        severity(trigger.severity)
    );
}

fn situations(text: &mut String, policy: &Policy) {
    if policy.situations.is_empty() {
        return;
    }
    text.push_str("\nSITUATIONS that a condition can ask for\n");
    for it in &policy.situations {
        let judge = match &it.judge {
            Judge::Examples => format!("learned from {} examples", it.examples.len()),
            Judge::Model { question } => format!("judged by a model that is asked: {question}"),
        };
        let _ = writeln!(text, "  situation.{}: {}, {judge}", it.name, it.about);
    }
}

fn route(text: &mut String, name: &str, route: &Route, default: &str) {
    let intents: Vec<_> = route.intents.iter().map(ToString::to_string).collect();
    let takes = match (intents.is_empty(), default.is_empty()) {
        (true, true) => "only what a trigger sends".to_owned(),
        (true, false) => "everything else".to_owned(),
        (false, _) => format!("{}{default}", intents.join(", ")),
    };
    let _ = writeln!(text, "  {name}: the {} takes {takes}", route.team);
    for step in &route.chain {
        let _ = writeln!(text, "     {}", self::step(*step, route));
    }
}

fn step(step: Step, route: &Route) -> String {
    let when = match step.after_seconds {
        0 => "at once".to_owned(),
        seconds => format!("after {}", duration::written(seconds)),
    };
    format!("{when}: {} ({})", who(step.who, route), circle(step.who))
}

fn who(who: Who, route: &Route) -> String {
    match who {
        Who::OnCall => "anybody on call".to_owned(),
        Who::Primary if !route.skills.is_empty() => skills(&route.skills, true),
        Who::Secondary if !route.skills.is_empty() => skills(&route.skills, false),
        Who::Primary | Who::Secondary | Who::General => "anybody at work".to_owned(),
    }
}

fn skills(skills: &BTreeMap<SkillName, u8>, with_level: bool) -> String {
    let skills = skills.iter().map(|(skill, least)| {
        if with_level {
            format!("{skill} at level {least} or more")
        } else {
            format!("{skill} at any level")
        }
    });
    skills.collect::<Vec<_>>().join(" and ")
}

fn points(text: &mut String, policy: &Policy) {
    text.push_str("\nWHO IS FIRST: the most points, and every minute of waiting adds some\n");
    let points = &policy.points;
    let graveness: Vec<_> = points
        .severity
        .iter()
        .map(|(it, value)| format!("{} {value}", severity(*it)))
        .collect();
    let _ = writeln!(text, "  severity: {}", graveness.join(", "));
    for (name, tier) in &points.tiers {
        let (value, per_minute) = (tier.value, tier.per_minute);
        let _ = writeln!(text, "  tier {name}: {value}, and {per_minute} a minute");
    }
    let other = points.other_tiers;
    let which = if points.tiers.is_empty() {
        "every tier"
    } else {
        "other tiers"
    };
    let _ = writeln!(
        text,
        "  {which}: {}, and {} a minute",
        other.value, other.per_minute
    );
    let _ = writeln!(text, "  sentiment: up to {}", points.sentiment_max);
}

fn times(text: &mut String, policy: &Policy) {
    let written = duration::written;
    text.push_str("\nTIMES\n");
    let lines = [
        ("an offer stands for", policy.offers.lease_seconds),
        (
            "an agent who declined is asked again after",
            policy.offers.again_after_seconds,
        ),
        (
            "the assistant counts as silent after",
            policy.assistant.silent_after_seconds,
        ),
        (
            "a promise is renewed before it lapses, by",
            policy.promises.renew_before_seconds,
        ),
        (
            "until the desk knows better, one conversation takes",
            policy.promises.handling_seconds,
        ),
        (
            "a silent conversation is closed after",
            policy.close_after_seconds,
        ),
    ];
    for (what, seconds) in lines {
        let _ = writeln!(text, "  {what} {}", written(seconds));
    }
    for alert in &policy.alerts {
        let graver = if alert.severity == Severity::Urgent {
            ""
        } else {
            " or graver"
        };
        let (name, least) = (&alert.name, severity(alert.severity));
        let after = written(alert.after_seconds);
        let _ = writeln!(
            text,
            "  {name}: the team is pinged about {least}{graver} without an agent after {after}"
        );
    }
}
