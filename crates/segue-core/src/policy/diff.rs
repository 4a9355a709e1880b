//! What changes from one policy to another, in words.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    Policy,
    document::words::{circle, level, severity},
    duration::written,
    wording,
};

/// Something that the policy names, such as ``trigger `x` ``, with its traits in order. A trait
/// without a value is one of a list, such as an example.
type Thing = (String, Vec<(String, String)>);

/// One sentence for each thing that is new, gone, or another; empty where both do the same.
pub fn diff(old: &Policy, new: &Policy) -> Vec<String> {
    let (before, after) = (things(old), things(new));
    let earlier: BTreeMap<&str, &[(String, String)]> = by_name(&before);
    let later: BTreeMap<&str, &[(String, String)]> = by_name(&after);
    let mut told = Vec::new();
    for (name, traits) in &after {
        match earlier.get(name.as_str()) {
            None => told.push(format!("{name} is new{}", listed(traits))),
            Some(old) => {
                told.extend(changes(old, traits).map(|change| format!("{name}: {change}")));
            }
        }
    }
    let gone = before
        .iter()
        .filter(|(name, _)| !later.contains_key(name.as_str()));
    told.extend(gone.map(|(name, _)| format!("{name} is gone")));
    told
}

fn by_name(things: &[Thing]) -> BTreeMap<&str, &[(String, String)]> {
    let pairs = things
        .iter()
        .map(|(name, traits)| (name.as_str(), traits.as_slice()));
    pairs.collect()
}

fn listed(traits: &[(String, String)]) -> String {
    let mut text = String::new();
    for (label, value) in traits.iter().filter(|(_, value)| !value.is_empty()) {
        let before = if text.is_empty() { ": " } else { ", " };
        let _ = write!(text, "{before}{label} {value}");
    }
    let items = traits.iter().filter(|(_, value)| value.is_empty()).count();
    match items {
        0 => text,
        1 => text + ", with 1 item",
        more => format!("{text}, with {more} items"),
    }
}

fn changes<'t>(
    old: &'t [(String, String)],
    new: &'t [(String, String)],
) -> impl Iterator<Item = String> + 't {
    let find = |traits: &'t [(String, String)], label: &str| {
        let found = traits.iter().find(|(known, _)| known == label);
        found.map(|(_, value)| value.as_str())
    };
    let changed = new
        .iter()
        .filter_map(move |(label, value)| match find(old, label) {
            Some(before) if before == value => None,
            Some(before) => Some(format!("{label} is {value}, was {before}")),
            None if value.is_empty() => Some(format!("{label} is new")),
            None => Some(format!("{label} is {value}, was not set")),
        });
    let gone = old
        .iter()
        .filter(move |(label, _)| find(new, label).is_none());
    changed.chain(gone.map(|(label, value)| match value.as_str() {
        "" => format!("{label} is gone"),
        value => format!("{label} is not set, was {value}"),
    }))
}

fn things(policy: &Policy) -> Vec<Thing> {
    let mut things = vec![("the policy".to_owned(), whole(policy))];
    things.extend(policy.triggers.iter().map(trigger));
    things.extend(
        policy
            .routes
            .iter()
            .map(|(name, it)| route(name.as_str(), it)),
    );
    things.extend(policy.intents.iter().map(intent));
    things.extend(policy.situations.iter().map(situation));
    things.push(("points".to_owned(), points(policy)));
    things.extend(policy.points.tiers.iter().map(|(name, tier)| {
        let traits = vec![
            pair("value", tier.value),
            pair("points a minute", tier.per_minute),
        ];
        (format!("tier `{name}`"), traits)
    }));
    things.extend(wording::KINDS.iter().filter_map(|(name, kind)| {
        let words = policy.notices.get(kind)?;
        Some((
            format!("notice `{name}`"),
            vec![pair("wording", format!("{words:?}"))],
        ))
    }));
    things.extend(policy.alerts.iter().map(|alert| {
        let traits = vec![
            pair("severity", severity(alert.severity)),
            pair("time", written(alert.after_seconds)),
        ];
        (format!("alert `{}`", alert.name), traits)
    }));
    things.extend(policy.tests.iter().map(|test| {
        let steps = test
            .script
            .lines()
            .map(|line| (format!("step `{}`", line.trim()), String::new()));
        (format!("test `{}`", test.name), steps.collect())
    }));
    things
}

fn pair(label: &str, value: impl std::fmt::Display) -> (String, String) {
    (label.to_owned(), value.to_string())
}

fn item(kind: &str, value: impl std::fmt::Display) -> (String, String) {
    (format!("{kind} `{value}`"), String::new())
}

fn whole(policy: &Policy) -> Vec<(String, String)> {
    let order: Vec<_> = policy.triggers.iter().map(|it| it.name.as_str()).collect();
    vec![
        pair("name", format!("{:?}", policy.name)),
        pair("default route", &policy.default_route),
        pair("order of triggers", order.join(", ")),
        pair("time an offer stands", written(policy.offers.lease_seconds)),
        pair(
            "time until an agent is asked again",
            written(policy.offers.again_after_seconds),
        ),
        pair(
            "time until the assistant is silent",
            written(policy.assistant.silent_after_seconds),
        ),
        pair(
            "time before a promise is renewed",
            written(policy.promises.renew_before_seconds),
        ),
        pair(
            "time that handling takes",
            written(policy.promises.handling_seconds),
        ),
        pair(
            "time until a silent conversation is closed",
            written(policy.close_after_seconds),
        ),
    ]
}

fn trigger(trigger: &super::Trigger) -> Thing {
    let mut traits = vec![
        pair("about", format!("{:?}", trigger.about)),
        pair("level", level(trigger.level)),
        pair("severity", severity(trigger.severity)),
        pair("condition", format!("`{}`", trigger.when.text())),
        pair("cooldown", written(trigger.cooldown_seconds)),
    ];
    traits.extend(trigger.route.iter().map(|route| pair("route", route)));
    traits.extend(skills(&trigger.skills));
    (format!("trigger `{}`", trigger.name), traits)
}

fn route(name: &str, route: &super::Route) -> Thing {
    let mut traits = vec![pair("team", format!("{:?}", route.team))];
    traits.extend(skills(&route.skills));
    traits.extend(route.intents.iter().map(|intent| item("intent", intent)));
    let steps = route.chain.iter().map(|step| {
        let label = format!("step `{}`", circle(step.who));
        (label, format!("after {}", written(step.after_seconds)))
    });
    traits.extend(steps);
    (format!("route `{name}`"), traits)
}

fn skills(
    skills: &BTreeMap<crate::id::SkillName, u8>,
) -> impl Iterator<Item = (String, String)> + '_ {
    let each = skills.iter();
    each.map(|(skill, least)| (format!("skill `{skill}`"), format!("at level {least}")))
}

fn intent(intent: &super::Intent) -> Thing {
    let mut traits = vec![pair("about", format!("{:?}", intent.about))];
    traits.extend(intent.keywords.iter().map(|word| item("keyword", word)));
    traits.extend(intent.examples.iter().map(|text| item("example", text)));
    (format!("intent `{}`", intent.name), traits)
}

fn situation(situation: &super::Situation) -> Thing {
    let judge = match &situation.judge {
        super::Judge::Examples => "its examples".to_owned(),
        super::Judge::Model { question } => format!("a model, asked {question:?}"),
    };
    let mut traits = vec![
        pair("about", format!("{:?}", situation.about)),
        pair("judge", judge),
    ];
    traits.extend(situation.examples.iter().map(|text| item("example", text)));
    traits.extend(situation.unlike.iter().map(|text| item("unlike", text)));
    (format!("situation `{}`", situation.name), traits)
}

fn points(policy: &Policy) -> Vec<(String, String)> {
    let points = &policy.points;
    let mut traits: Vec<_> = points
        .severity
        .iter()
        .map(|(grave, value)| pair(&format!("severity `{}`", severity(*grave)), value))
        .collect();
    traits.push(pair("value of other tiers", points.other_tiers.value));
    traits.push(pair(
        "points a minute of other tiers",
        points.other_tiers.per_minute,
    ));
    traits.push(pair("most for sentiment", points.sentiment_max));
    traits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(source: &str) -> Policy {
        Policy::parse(source).unwrap_or_else(|findings| panic!("{findings:?}"))
    }

    #[test]
    fn a_policy_is_no_change_to_itself() {
        assert_eq!(diff(&Policy::default(), &Policy::default()), [""; 0]);
    }

    #[test]
    fn what_is_new_gone_and_another_is_said_in_words() {
        let old = "policy: A\nintents:\n  late: {keywords: [parcel], examples: [where is it]}\ntriggers:\n  asks: {level: immediate, when: message.asks_for_person, route: general}\n  old: {level: suggest, when: message.repeats}\nroutes:\n  general: {skills: {billing: 3}}\n";
        let new = "policy: A\nintents:\n  late: {keywords: [parcel, tracking], examples: []}\ntriggers:\n  asks: {level: proactive, when: message.asks_for_person, cooldown: 0s}\n  young: {level: suggest, when: message.repeats}\nroutes:\n  general: {skills: {billing: 4}, chain: [primary]}\n";
        assert_eq!(
            diff(&policy(old), &policy(new)),
            [
                "the policy: order of triggers is asks, young, was asks, old",
                "trigger `asks`: level is proactive, was immediate",
                "trigger `asks`: cooldown is 0s, was 10m",
                "trigger `asks`: route is not set, was general",
                "trigger `young` is new: about \"young\", level suggest, severity normal, condition `message.repeats`, cooldown 10m",
                "route `general`: skill `billing` is at level 4, was at level 3",
                "route `general`: step `secondary` is not set, was after 40s",
                "route `general`: step `general` is not set, was after 1m30s",
                "route `general`: step `on_call` is not set, was after 3m",
                "intent `late`: keyword `tracking` is new",
                "intent `late`: example `where is it` is gone",
                "trigger `old` is gone",
            ]
        );
    }
}
