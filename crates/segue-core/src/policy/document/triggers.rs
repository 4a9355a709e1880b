//! Intents and triggers: what customers want, and when a person is needed.

use std::{collections::BTreeMap, ops::Range};

use super::{
    reader::{Named, Reader, plain, shape},
    routes,
    tree::{Key, Node},
    words::{LEVELS, SEVERITIES},
};
use crate::{
    id::RouteName,
    journal::Severity,
    policy::{
        Intent, Route, Trigger,
        condition::{Condition, Fault, Vocabulary},
        diagnosis::Weight,
    },
};

const MAX_INTENTS: usize = 500;
const MAX_TRIGGERS: usize = 500;
pub(super) const MAX_PHRASES: usize = 500;
const MAX_ABOUT: usize = 200;
const DAY: u32 = 86_400;

/// The keys of a trigger.
pub const TRIGGER_KEYS: &[&str] = &[
    "about", "level", "when", "severity", "route", "skills", "cooldown",
];

pub(super) fn intents(reader: &mut Reader<'_>, section: Option<&Node>) -> Vec<Intent> {
    let Some(section) = section else {
        return Vec::new();
    };
    reader
        .named(section, "`intents`", MAX_INTENTS)
        .iter()
        .map(|named| intent(reader, named))
        .collect()
}

fn intent(reader: &mut Reader<'_>, named: &Named<'_>) -> Intent {
    let fields = reader.fields(named.node, "an intent", &["about", "keywords", "examples"]);
    let phrases = |reader: &mut Reader<'_>, key: &str| {
        fields.get(key).map_or_else(Vec::new, |node| {
            reader.texts(node, &format!("`{key}`"), MAX_PHRASES)
        })
    };
    Intent {
        name: named.name().into(),
        keywords: phrases(reader, "keywords"),
        examples: phrases(reader, "examples"),
        about: about(reader, fields.get("about"), named.key),
    }
}

/// What people call it; without words of its own, its name in plain letters.
pub(super) fn about(reader: &mut Reader<'_>, node: Option<&Node>, key: &Key) -> String {
    node.and_then(|node| reader.text(node, "`about`", MAX_ABOUT))
        .unwrap_or_else(|| key.name.replace(['_', '-'], " "))
}

pub(super) fn triggers(
    reader: &mut Reader<'_>,
    section: Option<&Node>,
    names: &Vocabulary<'_>,
    all_routes: &BTreeMap<RouteName, Route>,
) -> Vec<Trigger> {
    let entries = section.map_or_else(Vec::new, |section| {
        reader.named(section, "`triggers`", MAX_TRIGGERS)
    });
    let triggers = entries
        .iter()
        .filter_map(|named| trigger(reader, named, names, all_routes))
        .collect();
    if entries.is_empty()
        && !reader
            .faults
            .iter()
            .any(|fault| fault.weight == Weight::Error)
    {
        let message = "the policy has no triggers, so nothing hands off by itself".to_owned();
        let mut fault = Fault::error(section.map_or(0..0, |node| node.span.clone()), message)
            .hinting(Some("add at least one for `message.asks_for_person`"));
        fault.weight = Weight::Warning;
        reader.faults.push(fault);
    }
    triggers
}

fn trigger(
    reader: &mut Reader<'_>,
    named: &Named<'_>,
    vocabulary: &Vocabulary<'_>,
    all_routes: &BTreeMap<RouteName, Route>,
) -> Option<Trigger> {
    let fields = reader.fields(named.node, "a trigger", TRIGGER_KEYS);
    let severity = fields
        .get("severity")
        .map_or(Some(Severity::Normal), |node| {
            reader.word(node, "`severity`", &SEVERITIES)
        });
    let route = fields
        .get("route")
        .and_then(|node| reader.reference(node, "route", all_routes.keys().map(RouteName::as_str)));
    let skills = fields
        .get("skills")
        .map_or_else(BTreeMap::new, |node| routes::skills(reader, node));
    let cooldown = fields.get("cooldown").map_or(Some(600), |node| {
        reader.time(node, "`cooldown`", &(0..=7 * DAY))
    });
    let level = required(
        reader,
        named,
        fields.get("level"),
        "level",
        "level: immediate",
    )
    .and_then(|node| reader.word(node, "`level`", &LEVELS));
    let when = required(
        reader,
        named,
        fields.get("when"),
        "when",
        "when: message.asks_for_person",
    )
    .and_then(|node| condition(reader, node, vocabulary));
    Some(Trigger {
        about: about(reader, fields.get("about"), named.key),
        name: named.name().into(),
        level: level?,
        when: when?,
        severity: severity?,
        route: route.map(|route| route.as_str().into()),
        skills,
        cooldown_seconds: cooldown?,
    })
}

fn required<'n>(
    reader: &mut Reader<'_>,
    named: &Named<'_>,
    node: Option<&'n Node>,
    key: &str,
    example: &str,
) -> Option<&'n Node> {
    if node.is_none() {
        let message = format!("trigger `{}` has no `{key}`", named.name());
        reader.at_key(named.key, message, &format!("add `{example}`"));
    }
    node
}

/// Reads a condition from the bytes of the document, so that every finding stands exactly where
/// the mistake is.
fn condition(
    reader: &mut Reader<'_>,
    node: &Node,
    vocabulary: &Vocabulary<'_>,
) -> Option<Condition> {
    let Some(value) = plain(node) else {
        reader.at(
            node,
            format!("`when` is {}, not a condition", shape(node)),
            "write it on one line: `when: message.asks_for_person`",
        );
        return None;
    };
    let raw = reader.raw(node);
    let text = raw.map_or(value, |(text, _)| text);
    let place = |span: Range<usize>| match raw {
        Some((_, start)) => start + span.start..start + span.end,
        None => node.span.clone(),
    };
    let (condition, faults) = match Condition::parse(text, vocabulary) {
        Ok((condition, warnings)) => (Some(condition), warnings),
        Err(faults) => (None, faults),
    };
    reader.faults.extend(faults.into_iter().map(|mut fault| {
        fault.span = place(fault.span);
        fault
    }));
    condition
}
