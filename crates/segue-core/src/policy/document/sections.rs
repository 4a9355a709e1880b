//! The smaller sections. Each may be left out; what it then means stands here and in the manual.

use std::collections::BTreeMap;

use super::{reader::Reader, tree::Node, words::SEVERITIES};
use crate::{
    journal::{NoticeKind, Severity},
    policy::{
        AlertRule, AssistantPolicy, OffersPolicy, PointsPolicy, PromisesPolicy, TierPoints,
        condition::Fault, wording,
    },
};

const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;
const MAX_POINTS: i32 = 100_000;
const MAX_TIERS: usize = 100;
const MAX_ALERTS: usize = 50;
const MAX_TEMPLATE: usize = 2_000;

const SEVERITY_POINTS: [(Severity, i32); 4] = [
    (Severity::Low, 0),
    (Severity::Normal, 100),
    (Severity::High, 300),
    (Severity::Urgent, 600),
];
const OTHER_TIERS: TierPoints = TierPoints {
    value: 0,
    per_minute: 10,
};
const SENTIMENT_MAX: i32 = 200;

pub(super) fn name(reader: &mut Reader<'_>, node: Option<&Node>) -> String {
    node.and_then(|node| reader.text(node, "`policy`", 120))
        .unwrap_or_else(|| "policy without a name".to_owned())
}

pub(super) fn points(reader: &mut Reader<'_>, section: Option<&Node>) -> PointsPolicy {
    let mut points = PointsPolicy {
        severity: BTreeMap::from(SEVERITY_POINTS),
        tiers: BTreeMap::new(),
        other_tiers: OTHER_TIERS,
        sentiment_max: SENTIMENT_MAX,
    };
    let Some(section) = section else {
        return points;
    };
    let allowed = ["severity", "tiers", "other_tiers", "sentiment_max"];
    let fields = reader.fields(section, "`points`", &allowed);
    if let Some(node) = fields.get("severity") {
        severity_points(reader, node, &mut points.severity);
    }
    if let Some(node) = fields.get("tiers") {
        points.tiers = tiers(reader, node);
    }
    if let Some(node) = fields.get("other_tiers") {
        points.other_tiers = tier(reader, node, "`other_tiers`");
    }
    if let Some(node) = fields.get("sentiment_max") {
        let read = reader.number(node, "`sentiment_max`", 0..=MAX_POINTS);
        points.sentiment_max = read.unwrap_or(SENTIMENT_MAX);
    }
    points
}

fn severity_points(reader: &mut Reader<'_>, node: &Node, points: &mut BTreeMap<Severity, i32>) {
    let words = SEVERITIES.map(|(word, _)| word);
    let fields = reader.fields(node, "`severity`", &words);
    for (word, severity) in SEVERITIES {
        let read = fields
            .get(word)
            .and_then(|node| reader.number(node, &format!("`{word}`"), 0..=MAX_POINTS));
        points.extend(read.map(|read| (severity, read)));
    }
    let falls = points
        .values()
        .zip(points.values().skip(1))
        .any(|(graver, grave)| grave < graver);
    if falls {
        let message = "a graver matter gets fewer points than a lighter one".to_owned();
        reader.warn(node, message, "points grow from `low` to `urgent`");
    }
}

fn tiers(reader: &mut Reader<'_>, node: &Node) -> BTreeMap<String, TierPoints> {
    let entries = reader.entries(node, "`tiers`");
    if let Some((key, _)) = entries.get(MAX_TIERS) {
        let message = format!("`tiers` has {} entries", entries.len());
        reader.at_key(key, message, &format!("{MAX_TIERS} are the most"));
    }
    entries
        .into_iter()
        .take(MAX_TIERS)
        .map(|(key, node)| {
            let what = format!("tier `{}`", key.name);
            (key.name.clone(), tier(reader, node, &what))
        })
        .collect()
}

fn tier(reader: &mut Reader<'_>, node: &Node, what: &str) -> TierPoints {
    let fields = reader.fields(node, what, &["value", "per_minute"]);
    let value = fields
        .get("value")
        .and_then(|node| reader.number(node, "`value`", 0..=MAX_POINTS));
    let per_minute = fields
        .get("per_minute")
        .and_then(|node| reader.number(node, "`per_minute`", 1..=10_000));
    TierPoints {
        value: value.unwrap_or(OTHER_TIERS.value),
        per_minute: per_minute.unwrap_or(OTHER_TIERS.per_minute),
    }
}

/// Reads one time of a section, or takes what holds without it.
fn time_of(
    reader: &mut Reader<'_>,
    node: Option<&Node>,
    key: &str,
    range: &std::ops::RangeInclusive<u32>,
    otherwise: u32,
) -> u32 {
    node.and_then(|node| reader.time(node, &format!("`{key}`"), range))
        .unwrap_or(otherwise)
}

pub(super) fn offers(reader: &mut Reader<'_>, section: Option<&Node>) -> OffersPolicy {
    let keys = ["lease", "again_after"];
    let fields = section.map(|node| reader.fields(node, "`offers`", &keys));
    let get = |key: &str| fields.as_ref().and_then(|fields| fields.get(key));
    OffersPolicy {
        lease_seconds: time_of(reader, get("lease"), "lease", &(5..=600), 30),
        again_after_seconds: time_of(reader, get("again_after"), "again_after", &(0..=DAY), 60),
    }
}

pub(super) fn assistant(reader: &mut Reader<'_>, section: Option<&Node>) -> AssistantPolicy {
    let fields = section.map(|node| reader.fields(node, "`assistant`", &["silent_after"]));
    let node = fields.and_then(|fields| fields.get("silent_after"));
    AssistantPolicy {
        silent_after_seconds: time_of(reader, node, "silent_after", &(1..=HOUR), 20),
    }
}

pub(super) fn promises(reader: &mut Reader<'_>, section: Option<&Node>) -> PromisesPolicy {
    let keys = ["renew_before", "handling"];
    let fields = section.map(|node| reader.fields(node, "`promises`", &keys));
    let get = |key: &str| fields.as_ref().and_then(|fields| fields.get(key));
    PromisesPolicy {
        renew_before_seconds: time_of(reader, get("renew_before"), "renew_before", &(5..=600), 20),
        handling_seconds: time_of(reader, get("handling"), "handling", &(10..=8 * HOUR), 360),
    }
}

pub(super) fn close_after(reader: &mut Reader<'_>, section: Option<&Node>) -> u32 {
    let fields = section.map(|node| reader.fields(node, "`conversations`", &["close_after"]));
    let node = fields.and_then(|fields| fields.get("close_after"));
    time_of(reader, node, "close_after", &(60..=30 * DAY), DAY)
}

pub(super) fn notices(
    reader: &mut Reader<'_>,
    section: Option<&Node>,
) -> BTreeMap<NoticeKind, String> {
    let mut notices: BTreeMap<NoticeKind, String> = wording::KINDS
        .iter()
        .map(|(_, kind)| (*kind, wording::default_template(*kind).to_owned()))
        .collect();
    let Some(section) = section else {
        return notices;
    };
    let names = wording::KINDS.map(|(name, _)| name);
    let fields = reader.fields(section, "`notices`", &names);
    for (name, kind) in wording::KINDS {
        let own = fields
            .get(name)
            .and_then(|node| notice(reader, node, name, kind));
        notices.extend(own.map(|own| (kind, own)));
    }
    notices
}

fn notice(reader: &mut Reader<'_>, node: &Node, name: &str, kind: NoticeKind) -> Option<String> {
    let template = reader.text(node, &format!("notice `{name}`"), MAX_TEMPLATE)?;
    let Err(mistake) = wording::check(kind, &template) else {
        return Some(template);
    };
    let message = format!("notice `{name}` {}", mistake.message);
    let span = mistake
        .snippet
        .and_then(|snippet| within(reader, node, &snippet))
        .unwrap_or_else(|| node.span.clone());
    let fault = Fault::error(span, message);
    reader.faults.push(fault.hinting(Some(&mistake.hint)));
    None
}

/// Where a piece of a template stands in the document.
fn within(reader: &Reader<'_>, node: &Node, snippet: &str) -> Option<std::ops::Range<usize>> {
    let raw = reader.source.get(node.span.clone())?;
    let start = node.span.start + raw.find(snippet)?;
    Some(start..start + snippet.len())
}

pub(super) fn alerts(reader: &mut Reader<'_>, section: Option<&Node>) -> Vec<AlertRule> {
    let Some(section) = section else {
        return vec![AlertRule {
            name: "nobody_yet".to_owned(),
            severity: Severity::High,
            after_seconds: 60,
        }];
    };
    let mut alerts = Vec::new();
    for named in reader.named(section, "`alerts`", MAX_ALERTS) {
        let fields = reader.fields(named.node, "an alert", &["severity", "after"]);
        let severity = fields
            .get("severity")
            .and_then(|node| reader.word(node, "`severity`", &SEVERITIES));
        alerts.push(AlertRule {
            name: named.name().to_owned(),
            severity: severity.unwrap_or(Severity::High),
            after_seconds: time_of(reader, fields.get("after"), "after", &(0..=DAY), 60),
        });
    }
    alerts
}
