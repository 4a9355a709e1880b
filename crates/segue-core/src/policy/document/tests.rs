//! What documents mean, and what people read when one is wrong.
#![expect(
    clippy::too_many_lines,
    reason = "what people read stands in full beside what they wrote"
)]

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::{
    id::RouteName,
    journal::{Level, NoticeKind, Severity},
    policy::{Step, Who, explain::explain, wording},
};

/// A small whole policy; the tests break one thing in it.
const SMALL: &str = r#"policy: Lumen & Loom
intents:
  billing_dispute:
    about: a bill that is disputed
    keywords: [charged twice]
    examples: ["You billed me: two times"]
triggers:
  person_asked:
    about: the customer asked for a person
    level: immediate
    when: message.asks_for_person
    route: general
    cooldown: 10m
  dispute:
    level: proactive
    when: message.intent == "billing_dispute"
routes:
  billing:
    team: billing team
    skills: {billing: 3}
    intents: [billing_dispute]
    chain: [primary, secondary after 40s, general after 90s, on_call after 3m]
  general:
    team: support team
default_route: general
"#;

fn policy(source: &str) -> Policy {
    match Policy::parse(source) {
        Ok(policy) => policy,
        Err(findings) => panic!("{}", rendered(&findings, source)),
    }
}

fn rendered(findings: &[Diagnosis], source: &str) -> String {
    let findings = findings.iter().map(|it| it.render("policy.yaml", source));
    findings.collect::<Vec<_>>().join("\n")
}

/// Everything that is said about a document.
fn check(source: &str, expected: &Expect) {
    expected.assert_eq(&rendered(&Policy::check(source).findings, source));
}

/// Everything that is said about the small policy with one thing changed.
fn broken(what: &str, by: &str, expected: &Expect) {
    assert!(SMALL.contains(what), "`{what}` is not in the small policy");
    check(&SMALL.replacen(what, by, 1), expected);
}

#[test]
fn the_default_policy_has_nothing_to_say_against_it() {
    let checked = Policy::check(Policy::default_source());
    assert_eq!(checked.findings, []);
    assert!(checked.policy.is_some());
}

#[test]
fn the_default_policy_has_the_triggers_that_every_desk_needs() {
    let policy = policy(Policy::default_source());
    let triggers: Vec<_> = policy
        .triggers
        .iter()
        .map(|it| (it.name.as_str(), it.level, it.when.text()))
        .collect();
    assert_eq!(
        triggers,
        [
            (
                "person_asked",
                Level::Immediate,
                "message.asks_for_person".to_owned()
            ),
            (
                "assistant_silent",
                Level::Immediate,
                "assistant.failed || assistant.silent_seconds >= duration(\"20s\")".to_owned()
            ),
            (
                "low_confidence",
                Level::Immediate,
                "assistant.confidence < 0.7".to_owned()
            ),
            (
                "many_exchanges",
                Level::Proactive,
                "conversation.exchanges >= 8 && !message.says_solved".to_owned()
            ),
            (
                "strong_frustration",
                Level::Suggest,
                "message.frustrated && (message.sentiment <= -0.5 || message.threatens)".to_owned()
            ),
        ]
    );
    assert!(policy.routes.values().all(|route| route.skills.is_empty()));
}

#[test]
fn a_document_becomes_a_policy() {
    let policy = policy(SMALL);
    assert_eq!(policy.name, "Lumen & Loom");
    assert_eq!(policy.intents[0].examples, ["You billed me: two times"]);
    let asked = &policy.triggers[0];
    assert_eq!(
        (asked.level, asked.severity),
        (Level::Immediate, Severity::Normal)
    );
    assert_eq!(asked.cooldown_seconds, 600);
    assert_eq!(policy.triggers[1].about, "dispute");
    let billing = &policy.routes[&RouteName::from("billing")];
    assert_eq!(billing.skills.values().copied().collect::<Vec<_>>(), [3]);
    assert_eq!(
        billing.chain[1],
        Step {
            who: Who::Secondary,
            after_seconds: 40
        }
    );
    assert_eq!(policy.default_route, "general".into());
}

#[test]
fn a_section_that_is_left_out_has_a_meaning() {
    let policy = policy("policy: bare\n");
    assert_eq!(policy.points.severity[&Severity::Urgent], 600);
    assert_eq!(policy.points.other_tiers.per_minute, 10);
    assert_eq!(policy.offers.lease_seconds, 30);
    assert_eq!(policy.assistant.silent_after_seconds, 20);
    assert_eq!(policy.promises.handling_seconds, 360);
    assert_eq!(policy.close_after_seconds, 86_400);
    assert_eq!(policy.alerts.len(), 1);
    assert_eq!(policy.notices.len(), wording::KINDS.len());
    assert_eq!(policy.routes.len(), 1);
    assert_eq!(policy.default_route, "general".into());
}

#[test]
fn the_default_document_says_what_leaving_out_means() {
    let written = policy(Policy::default_source());
    let left_out = policy("policy: bare\n");
    assert_eq!(written.points, left_out.points);
    assert_eq!(written.offers, left_out.offers);
    assert_eq!(written.assistant, left_out.assistant);
    assert_eq!(written.promises, left_out.promises);
    assert_eq!(written.notices, left_out.notices);
    assert_eq!(written.alerts, left_out.alerts);
    assert_eq!(written.close_after_seconds, left_out.close_after_seconds);
}

#[test]
fn a_policy_without_triggers_is_warned_about() {
    check(
        "policy: bare\n",
        &expect![[r#"
        policy.yaml:1:1: warning: the policy has no triggers, so nothing hands off by itself
         1 | policy: bare
           | ^
           = add at least one for `message.asks_for_person`
    "#]],
    );
    check(
        "policy: bare\ntriggers:\n",
        &expect![[r#"
        policy.yaml:2:9: warning: the policy has no triggers, so nothing hands off by itself
         2 | triggers:
           |         ^
           = add at least one for `message.asks_for_person`
    "#]],
    );
}

#[test]
fn a_mistake_in_a_condition_is_marked_where_it_stands() {
    let intent = "message.intent == \"billing_dispute\"";
    broken(
        intent,
        "message.intent == \"biling_dispute\"",
        &expect![[r#"
            policy.yaml:16:29: the policy has no intent `biling_dispute`
             16 |     when: message.intent == "biling_dispute"
                |                             ^^^^^^^^^^^^^^^^
                = did you mean `billing_dispute`?
        "#]],
    );
    broken(
        intent,
        "assistant.confidence < 70",
        &expect![[r#"
        policy.yaml:16:11: `assistant.confidence` goes from 0 to 1, so 70 is never reached
         16 |     when: assistant.confidence < 70
            |           ^^^^^^^^^^^^^^^^^^^^^^^^^
            = 70 % is written `0.7`
    "#]],
    );
    broken(
        intent,
        ">-\n      message.frustrated\n      && mesage.repeats",
        &expect![[r#"
            policy.yaml:18:10: there is no fact `mesage.repeats`
             18 |       && mesage.repeats
                |          ^^^^^^^^^^^^^^
                = did you mean `message.repeats`?
        "#]],
    );
    broken(
        intent,
        "'mesage.repeats'",
        &expect![[r#"
        policy.yaml:16:12: there is no fact `mesage.repeats`
         16 |     when: 'mesage.repeats'
            |            ^^^^^^^^^^^^^^
            = did you mean `message.repeats`?
    "#]],
    );
    broken(
        intent,
        "\"customer.tier == \\\"gold\\\" && mesage.repeats\"",
        &expect![[r#"
            policy.yaml:16:11: there is no fact `mesage.repeats`
             16 |     when: "customer.tier == \"gold\" && mesage.repeats"
                |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                = did you mean `message.repeats`?
        "#]],
    );
    broken(
        intent,
        "!message.repeats",
        &expect![[r#"
        policy.yaml:16:11: YAML reads a word that begins with `!` as a tag
         16 |     when: !message.repeats
            |           ^^^^^^^^^^^^^^^^
            = put the whole value in quotes: `when: '!message.repeats'`
    "#]],
    );
    broken(
        intent,
        "\"gold\" == customer.tier",
        &expect![[r#"
        policy.yaml:16:18: this is not YAML: invalid trailing content after double-quoted scalar
         16 |     when: "gold" == customer.tier
            |                  ^
            = a value that begins with a quote ends with it; put the whole value in the other kind of quotes
    "#]],
    );
    broken(
        intent,
        "",
        &expect![[r#"
            policy.yaml:16:9: `when` is empty, not a condition
             16 |     when:
                |         ^
                = write it on one line: `when: message.asks_for_person`
        "#]],
    );
    broken(
        intent,
        "[message.repeats]",
        &expect![[r#"
            policy.yaml:16:11: `when` is a list, not a condition
             16 |     when: [message.repeats]
                |           ^
                = write it on one line: `when: message.asks_for_person`
        "#]],
    );
}

#[test]
fn a_condition_in_quotes_or_on_several_lines_is_read() {
    let intent = "message.intent == \"billing_dispute\"";
    for when in [
        "'!message.repeats'",
        "\"!message.repeats\"",
        ">-\n      !message.repeats",
        "|\n      !message.repeats\n",
    ] {
        let policy = policy(&SMALL.replacen(intent, when, 1));
        assert_eq!(policy.triggers[1].when.text(), "!message.repeats");
    }
}

#[test]
fn an_unknown_key_gets_the_one_that_was_meant() {
    broken(
        "triggers:",
        "trigers:",
        &expect![[r#"
            policy.yaml:7:1: the policy has no key `trigers`
             7 | trigers:
               | ^^^^^^^
               = did you mean `triggers`?
        "#]],
    );
    broken(
        "cooldown:",
        "cool_down:",
        &expect![[r#"
        policy.yaml:13:5: a trigger has no key `cool_down`
         13 |     cool_down: 10m
            |     ^^^^^^^^^
            = did you mean `cooldown`?
    "#]],
    );
    broken(
        "skills:",
        "colour:",
        &expect![[r#"
        policy.yaml:20:5: a route has no key `colour`
         20 |     colour: {billing: 3}
            |     ^^^^^^
            = the keys are `team`, `skills`, `intents`, `chain`
    "#]],
    );
}

#[test]
fn an_unknown_name_gets_the_one_that_was_meant() {
    broken(
        "route: general",
        "route: generall",
        &expect![[r#"
        policy.yaml:12:12: the policy has no route `generall`
         12 |     route: generall
            |            ^^^^^^^^
            = did you mean `general`?
    "#]],
    );
    broken(
        "intents: [billing_dispute]",
        "intents: [billing]",
        &expect![[r#"
            policy.yaml:21:15: the policy has no intent `billing`
             21 |     intents: [billing]
                |               ^^^^^^^
                = did you mean `billing_dispute`?
        "#]],
    );
    broken(
        "default_route: general",
        "default_route: sales",
        &expect![[r#"
            policy.yaml:25:16: the policy has no route `sales`
             25 | default_route: sales
                |                ^^^^^
                = the routes are `billing`, `general`
        "#]],
    );
    broken(
        "level: immediate",
        "level: imediate",
        &expect![[r#"
        policy.yaml:10:12: `level` is `imediate`
         10 |     level: imediate
            |            ^^^^^^^^
            = did you mean `immediate`?
    "#]],
    );
    broken(
        "cooldown: 10m",
        "severity: critical",
        &expect![[r#"
        policy.yaml:13:15: `severity` is `critical`
         13 |     severity: critical
            |               ^^^^^^^^
            = it is one of `low`, `normal`, `high`, `urgent`
    "#]],
    );
}

#[test]
fn a_name_twice_is_refused() {
    broken(
        "  dispute:",
        "  person_asked:",
        &expect![[r#"
        policy.yaml:14:3: `person_asked` is written twice
         14 |   person_asked:
            |   ^^^^^^^^^^^^
            = the first is in line 8
    "#]],
    );
    broken(
        "    cooldown: 10m",
        "    level: suggest",
        &expect![[r#"
        policy.yaml:13:5: `level` is written twice
         13 |     level: suggest
            |     ^^^^^
            = the first is in line 10
    "#]],
    );
    broken(
        "    team: support team",
        "    intents: [billing_dispute]",
        &expect![[r#"
            policy.yaml:24:15: intent `billing_dispute` goes to route `billing` already
             24 |     intents: [billing_dispute]
                |               ^^^^^^^^^^^^^^^
                = an intent has one route
        "#]],
    );
}

#[test]
fn what_a_trigger_needs_must_be_there() {
    broken(
        "    level: immediate\n",
        "",
        &expect![[r#"
        policy.yaml:8:3: trigger `person_asked` has no `level`
         8 |   person_asked:
           |   ^^^^^^^^^^^^
           = add `level: immediate`
    "#]],
    );
    broken(
        "    when: message.asks_for_person\n",
        "",
        &expect![[r#"
        policy.yaml:8:3: trigger `person_asked` has no `when`
         8 |   person_asked:
           |   ^^^^^^^^^^^^
           = add `when: message.asks_for_person`
    "#]],
    );
}

#[test]
fn a_value_of_the_wrong_kind_is_refused() {
    broken(
        "cooldown: 10m",
        "cooldown: 10",
        &expect![[r#"
            policy.yaml:13:15: `cooldown` is `10`, not a time
             13 |     cooldown: 10
                |               ^^
                = a time is written `30s`, `10m`, `1h30m` or `2d`
        "#]],
    );
    broken(
        "cooldown: 10m",
        "cooldown: 8d",
        &expect![[r#"
        policy.yaml:13:15: `cooldown` is `8d`
         13 |     cooldown: 8d
            |               ^^
            = write a time from 0s to 7d
    "#]],
    );
    broken(
        "cooldown: 10m",
        "cooldown: [10m]",
        &expect![[r#"
            policy.yaml:13:15: `cooldown` is a list, not a time
             13 |     cooldown: [10m]
                |               ^
                = a time is written `30s`, `10m`, `1h30m` or `2d`
        "#]],
    );
    broken(
        "{billing: 3}",
        "{billing: 6}",
        &expect![[r#"
        policy.yaml:20:23: the level of skill `billing` is `6`
         20 |     skills: {billing: 6}
            |                       ^
            = write a whole number from 1 to 5
    "#]],
    );
    broken(
        "{billing: 3}",
        "{billing: much}",
        &expect![[r#"
        policy.yaml:20:23: the level of skill `billing` is `much`
         20 |     skills: {billing: much}
            |                       ^^^^
            = write a whole number from 1 to 5
    "#]],
    );
    broken(
        "{billing: 3}",
        "[billing]",
        &expect![[r#"
            policy.yaml:20:13: `skills` is a list, not keys with values
             20 |     skills: [billing]
                |             ^
                = write `key: value`, each on a line of its own
        "#]],
    );
    broken(
        "[charged twice]",
        "charged twice",
        &expect![[r#"
            policy.yaml:5:15: `keywords` is `charged twice`, not a list
             5 |     keywords: charged twice
               |               ^^^^^^^^^^^^^
               = write `[one, another]`
        "#]],
    );
    broken(
        "[charged twice]",
        "[charged twice, '']",
        &expect![[r#"
        policy.yaml:5:31: an item of `keywords` is empty
         5 |     keywords: [charged twice, '']
           |                               ^^
           = write a text or leave the key out
    "#]],
    );
    broken(
        "about: a bill that is disputed",
        "about: [a, bill]",
        &expect![[r#"
            policy.yaml:4:12: `about` is a list, not a text
             4 |     about: [a, bill]
               |            ^
               = write one value, not a list
        "#]],
    );
    broken(
        "  billing_dispute:",
        "  billing dispute:",
        &expect![[r#"
            policy.yaml:3:3: `billing dispute` is not a name
             3 |   billing dispute:
               |   ^^^^^^^^^^^^^^^
               = letters, digits, `_` and `-`, at most 64 of them: `billing_dispute`

            policy.yaml:16:29: the policy has no intent `billing_dispute`
             16 |     when: message.intent == "billing_dispute"
                |                             ^^^^^^^^^^^^^^^^^
                = did you mean `billing dispute`?

            policy.yaml:21:15: the policy has no intent `billing_dispute`
             21 |     intents: [billing_dispute]
                |               ^^^^^^^^^^^^^^^
                = did you mean `billing dispute`?
        "#]],
    );
    broken(
        "level: immediate",
        "level: [immediate]",
        &expect![[r#"
            policy.yaml:10:12: `level` is a list, not a word
             10 |     level: [immediate]
                |            ^
                = it is one of `immediate`, `proactive`, `suggest`
        "#]],
    );
}

#[test]
fn a_chain_widens_from_the_first_moment() {
    let chain = "[primary, secondary after 40s, general after 90s, on_call after 3m]";
    broken(
        chain,
        "[]",
        &expect![[r#"
        policy.yaml:22:12: `chain` is empty, so nobody would ever take a handoff
         22 |     chain: []
            |            ^
            = write `[primary, secondary after 40s, general after 90s]`
    "#]],
    );
    broken(
        chain,
        "[primary after 5s]",
        &expect![[r#"
        policy.yaml:22:13: the first step of a chain begins at once
         22 |     chain: [primary after 5s]
            |             ^^^^^^^^^^^^^^^^
            = write `primary`
    "#]],
    );
    broken(
        chain,
        "[primary, general after 2m, secondary after 3m]",
        &expect![[r#"
            policy.yaml:22:40: `secondary` after `general` lets nobody else in
             22 |     chain: [primary, general after 2m, secondary after 3m]
                |                                        ^^^^^^^^^^^^^^^^^^
                = the circles widen in the order `primary`, `secondary`, `general`, `on_call`
        "#]],
    );
    broken(
        chain,
        "[primary, secondary after 40s, general after 40s]",
        &expect![[r#"
            policy.yaml:22:43: this step is not later than the one before, 40s
             22 |     chain: [primary, secondary after 40s, general after 40s]
                |                                           ^^^^^^^^^^^^^^^^^
                = times are counted from entering the queue
        "#]],
    );
    broken(
        chain,
        "[primary, secundary after 40s]",
        &expect![[r#"
        policy.yaml:22:22: `secundary after 40s` is not a step of a chain
         22 |     chain: [primary, secundary after 40s]
            |                      ^^^^^^^^^^^^^^^^^^^
            = did you mean `secondary`?
    "#]],
    );
    broken(
        chain,
        "[primary, secondary after 40]",
        &expect![[r#"
        policy.yaml:22:22: `40` is not a time from 0s to 1d
         22 |     chain: [primary, secondary after 40]
            |                      ^^^^^^^^^^^^^^^^^^
            = write `secondary after 40s`
    "#]],
    );
    broken(
        chain,
        "[primary, everybody]",
        &expect![[r#"
        policy.yaml:22:22: `everybody` is not a step of a chain
         22 |     chain: [primary, everybody]
            |                      ^^^^^^^^^
            = a step begins with one of `primary`, `secondary`, `general`, `on_call`
    "#]],
    );
}

#[test]
fn a_policy_must_say_where_a_handoff_goes_by_default() {
    let without = SMALL.replacen("default_route: general\n", "", 1);
    assert_eq!(policy(&without).default_route, "general".into());
    check(
        "triggers:\n  a: {level: suggest, when: message.repeats}\nroutes:\n  one: {}\n  two: {}\n",
        &expect![[r#"
            policy.yaml:4:3: the policy does not say where a handoff goes by default
             4 |   one: {}
               |   ^
               = add `default_route:` with one of the routes
        "#]],
    );
}

#[test]
fn points_and_times_have_bounds() {
    let with = |section: &str| format!("{SMALL}{section}\n");
    check(
        &with("points: {severity: {high: -1}}"),
        &expect![[r#"
        policy.yaml:26:27: `high` is `-1`
         26 | points: {severity: {high: -1}}
            |                           ^^
            = write a whole number from 0 to 100000
    "#]],
    );
    check(
        &with("points: {severity: {high: 50}}"),
        &expect![[r#"
        policy.yaml:26:20: warning: a graver matter gets fewer points than a lighter one
         26 | points: {severity: {high: 50}}
            |                    ^
            = points grow from `low` to `urgent`
    "#]],
    );
    check(
        &with("points: {other_tiers: {per_minute: 0}}"),
        &expect![[r#"
            policy.yaml:26:36: `per_minute` is `0`
             26 | points: {other_tiers: {per_minute: 0}}
                |                                    ^
                = write a whole number from 1 to 10000
        "#]],
    );
    check(
        &with("points: {tiers: {gold: 200}}"),
        &expect![[r#"
            policy.yaml:26:24: tier `gold` is `200`, not keys with values
             26 | points: {tiers: {gold: 200}}
                |                        ^^^
                = write `key: value`, each on a line of its own
        "#]],
    );
    check(
        &with("offers: {lease: 1s}"),
        &expect![[r#"
        policy.yaml:26:17: `lease` is `1s`
         26 | offers: {lease: 1s}
            |                 ^^
            = write a time from 5s to 10m
    "#]],
    );
    check(
        &with("conversations: {close_after: 1s}"),
        &expect![[r#"
        policy.yaml:26:30: `close_after` is `1s`
         26 | conversations: {close_after: 1s}
            |                              ^^
            = write a time from 1m to 30d
    "#]],
    );
    check(
        &with("alerts: {late: {severity: hi, after: soon}}"),
        &expect![[r#"
            policy.yaml:26:27: `severity` is `hi`
             26 | alerts: {late: {severity: hi, after: soon}}
                |                           ^^
                = it is one of `low`, `normal`, `high`, `urgent`

            policy.yaml:26:38: `after` is `soon`, not a time
             26 | alerts: {late: {severity: hi, after: soon}}
                |                                      ^^^^
                = a time is written `30s`, `10m`, `1h30m` or `2d`
        "#]],
    );
    check(
        &with("alerts: [late]"),
        &expect![[r#"
            policy.yaml:26:9: `alerts` is a list, not keys with values
             26 | alerts: [late]
                |         ^
                = write `key: value`, each on a line of its own
        "#]],
    );
}

#[test]
fn a_notice_that_could_not_be_written_is_refused() {
    let with = |notice: &str| format!("{SMALL}notices:\n  {notice}\n");
    check(
        &with("announced: \"{{ team }\""),
        &expect![[r#"
        policy.yaml:27:23: notice `announced` does not read: unexpected `}`, expected end of variable block
         27 |   announced: "{{ team }"
            |                       ^
            = a value is written `{{ team }}`, a part that may be left out `{% if wait %} … {% endif %}`
    "#]],
    );
    check(
        &with("announced: \"{% if wait %}Soon.\""),
        &expect![[r#"
            policy.yaml:27:28: notice `announced` does not read: unexpected end of input, expected end of block
             27 |   announced: "{% if wait %}Soon."
                |                            ^^^^^
                = a value is written `{{ team }}`, a part that may be left out `{% if wait %} … {% endif %}`
        "#]],
    );
    check(
        &with("announced: \"{{ name }} comes\""),
        &expect![[r#"
        policy.yaml:27:18: notice `announced` names `name`, which no notice has
         27 |   announced: "{{ name }} comes"
            |                  ^^^^
            = a notice has `agent`, `team`, `wait`, `place`, `reason`
    "#]],
    );
    check(
        &with("announced: \"{{ agnet }} comes\""),
        &expect![[r#"
        policy.yaml:27:18: notice `announced` names `agnet`, which no notice has
         27 |   announced: "{{ agnet }} comes"
            |                  ^^^^^
            = did you mean `agent`?
    "#]],
    );
    check(
        &with("announced: \"A person comes in {{ wait }}\""),
        &expect![[r#"
            policy.yaml:27:36: notice `announced` cannot be written: a value is missing where `wait` is not known
             27 |   announced: "A person comes in {{ wait }}"
                |                                    ^^^^
                = write `{% if wait %} … {{ wait }} … {% else %} … {% endif %}`
        "#]],
    );
    check(
        &with("announced: \"{% if wait %}Soon.{% endif %}\""),
        &expect![[r#"
            policy.yaml:27:21: notice `announced` says nothing where `wait` is not known
             27 |   announced: "{% if wait %}Soon.{% endif %}"
                |                     ^^^^
                = write `{% if wait %} … {{ wait }} … {% else %} … {% endif %}`
        "#]],
    );
    check(
        &with("announced: \"{{ team | shout }}\""),
        &expect![[r#"
            policy.yaml:27:14: notice `announced` cannot be written: filter shout is unknown
             27 |   announced: "{{ team | shout }}"
                |              ^^^^^^^^^^^^^^^^^^^^
                = keep to `{{ team }}` and `{% if wait %} … {% endif %}`
        "#]],
    );
    check(
        &with("anounced: Soon."),
        &expect![[r#"
        policy.yaml:27:3: `notices` has no key `anounced`
         27 |   anounced: Soon.
            |   ^^^^^^^^
            = did you mean `announced`?
    "#]],
    );
    check(
        &with("closed: \"\""),
        &expect![[r#"
        policy.yaml:27:11: notice `closed` is empty
         27 |   closed: ""
            |           ^^
            = write a text or leave the key out
    "#]],
    );
    let loops = "{% for a in team %}".repeat(6) + "x" + &"{% endfor %}".repeat(6);
    check(
        &with(&format!("closed: \"{loops}\"")),
        &expect![[r#"
            policy.yaml:27:11: notice `closed` takes too long to write
             27 |   closed: "{% for a in team %}{% for a in team %}{% for a in team %}{% for a in team %}{% for a in team %}{% for a in te…
                |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                = keep to `{{ team }}` and `{% if wait %} … {% endif %}`
        "#]],
    );
}

#[test]
fn a_notice_of_ones_own_is_kept() {
    let own = policy(&format!(
        "{SMALL}notices:\n  agent_joined: \"{{{{ agent }}}} is here.\"\n"
    ));
    assert_eq!(
        own.notices[&NoticeKind::AgentJoined],
        "{{ agent }} is here."
    );
    let usual = wording::default_template(NoticeKind::Closed);
    assert_eq!(own.notices[&NoticeKind::Closed], usual);
}

#[test]
fn a_document_that_is_not_yaml_says_where() {
    check(
        "",
        &expect![[r#"
        policy.yaml:1:1: the policy is empty
         1 | 
           | ^
           = begin with a name: `policy: Lumen & Loom`
    "#]],
    );
    check(
        "# only a comment\n",
        &expect![[r#"
        policy.yaml:1:1: the policy is empty
         1 | # only a comment
           | ^
           = begin with a name: `policy: Lumen & Loom`
    "#]],
    );
    check(
        "just words\n",
        &expect![[r#"
            policy.yaml:1:1: the policy is `just words`, not keys with values
             1 | just words
               | ^^^^^^^^^^
               = write `key: value`, each on a line of its own
        "#]],
    );
    check(
        "- a\n- b\n",
        &expect![[r#"
            policy.yaml:1:1: the policy is a list, not keys with values
             1 | - a
               | ^
               = write `key: value`, each on a line of its own
        "#]],
    );
    check(
        "policy: [1, 2\nroutes: 3\n",
        &expect![[r#"
        policy.yaml:2:7: this is not YAML: illegal placement of ':' indicator
         2 | routes: 3
           |       ^
    "#]],
    );
    check(
        "policy: a: b\n",
        &expect![[r#"
        policy.yaml:1:10: this is not YAML: mapping values are not allowed in this context
         1 | policy: a: b
           |          ^
           = check the indentation; a text with `: ` in it stands in quotes
    "#]],
    );
    check(
        "policy:\n\tname: x\n",
        &expect![[r#"
        policy.yaml:2:2: this is not YAML: tabs disallowed within this context (block indentation)
         2 |  name: x
           |  ^
           = indent with spaces
    "#]],
    );
    check(
        "policy: *x\n",
        &expect![[r#"
        policy.yaml:1:9: this is not YAML: while parsing node, found unknown anchor
         1 | policy: *x
           |         ^
           = a text that begins with `*` stands in quotes
    "#]],
    );
    check(
        "policy: &x y\n",
        &expect![[r#"
        policy.yaml:1:12: anchors are not read in a policy
         1 | policy: &x y
           |            ^
           = write the value out where it is used
    "#]],
    );
    check(
        "policy: !!str y\n",
        &expect![[r#"
        policy.yaml:1:9: YAML reads a word that begins with `!` as a tag
         1 | policy: !!str y
           |         ^^^^^
           = put the whole value in quotes: `when: '!message.repeats'`
    "#]],
    );
    check(
        "policy: a\n---\npolicy: b\n",
        &expect![[r#"
        policy.yaml:2:1: a second document begins here
         2 | ---
           | ^^^
           = a policy is one document: remove the `---`
    "#]],
    );
    check(
        "policy: \"open\n",
        &expect![[r#"
        policy.yaml:1:9: this is not YAML: unclosed quote
         1 | policy: "open
           |         ^
    "#]],
    );
    check(
        &"[".repeat(1000),
        &expect![[r#"
        policy.yaml:1:17: this is not YAML: recursion limit exceeded
         1 | [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…
           |                 ^
    "#]],
    );
    check(
        "? [a]\n: b\n",
        &expect![[r#"
        policy.yaml:1:3: a key must be a word
         1 | ? [a]
           |   ^
           = write `name: value`
    "#]],
    );
}

#[test]
fn every_mistake_is_told_at_once_and_in_order() {
    let source = SMALL
        .replace("level: immediate", "level: now")
        .replace("billing: 3", "billing: 9")
        .replace("default_route: general", "default_route: nowhere")
        .replace("policy:", "name:");
    let findings = Policy::parse(&source).unwrap_err();
    let lines: Vec<_> = findings.iter().map(|it| it.line).collect();
    assert_eq!(lines, [1, 10, 20, 25]);
}

#[test]
fn a_finding_fits_on_one_line_too() {
    let source = SMALL.replacen("level: immediate", "level: imediate", 1);
    let finding = Policy::parse(&source).unwrap_err().remove(0);
    expect!["10:12: `level` is `imediate`; did you mean `immediate`?"]
        .assert_eq(&finding.to_string());
}

#[test]
fn columns_count_characters_and_survive_windows_line_ends_and_a_byte_order_mark() {
    let source = "\u{feff}policy: \"über\"\r\nroutes: {ä: {chain: [primär]}}\r\n";
    check(
        source,
        &expect![[r#"
        policy.yaml:2:22: `primär` is not a step of a chain
         2 | routes: {ä: {chain: [primär]}}
           |                      ^^^^^^
           = did you mean `primary`?
    "#]],
    );
}

#[test]
fn a_long_line_is_shown_around_the_place() {
    let about = "x".repeat(150);
    let source =
        format!("triggers: {{a: {{about: {about}, level: now, when: message.repeats}}}}\n");
    check(
        &source,
        &expect![[r#"
        policy.yaml:1:182: `level` is `now`
         1 | …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, level: now, when: message.repeats}}…
           |                                                              ^^^
           = it is one of `immediate`, `proactive`, `suggest`
    "#]],
    );
}

#[test]
fn size_has_limits() {
    let large = format!("policy: a\n# {}\n", "x".repeat(MAX_BYTES));
    assert_eq!(
        Policy::parse(&large).unwrap_err()[0].message,
        "the policy is 1048589 bytes long"
    );
    let mut many = "triggers:\n".to_owned();
    for number in 0..501 {
        let _ = writeln!(
            many,
            "  t{number}: {{level: suggest, when: message.repeats}}"
        );
    }
    assert_eq!(
        Policy::parse(&many).unwrap_err()[0].message,
        "`triggers` has 501 entries"
    );
    let wrong = "nonsense: 1\n".replace("nonsense", "k")
        + &(0..500).fold(String::new(), |mut all, number| {
            let _ = writeln!(all, "wrong{number}: 1");
            all
        });
    assert_eq!(Policy::parse(&wrong).unwrap_err().len(), MAX_FINDINGS);
}

/// Ten thousand lines, and the time that reading them takes on a slow machine in a debug build.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the time that it takes is what is tested"
)]
fn ten_thousand_lines_are_read_in_reasonable_time() {
    let mut source = "intents:\n".to_owned();
    for intent in 0..250 {
        let _ = write!(
            source,
            "  intent_{intent}:\n    about: something\n    examples:\n"
        );
        for example in 0..28 {
            let _ = writeln!(
                source,
                "      - an example number {example} of what customers write"
            );
        }
    }
    source.push_str("triggers:\n");
    for trigger in 0..500 {
        let _ = write!(
            source,
            "  trigger_{trigger}:\n    about: something\n    level: suggest\n    when: message.intent == \"intent_{}\" && customer.tier in [\"a\", \"b\"]\n",
            trigger % 250
        );
    }
    assert!(source.lines().count() > 9_700, "{}", source.lines().count());
    let before = std::time::Instant::now();
    assert_eq!(policy(&source).triggers.len(), 500);
    let seconds = before.elapsed().as_secs();
    assert!(seconds < 10, "reading took {seconds} s");
}

#[test]
fn a_policy_is_explained_in_the_words_of_a_support_lead() {
    expect![[r#"
        Lumen & Loom

        IMMEDIATE: hands off at once; the assistant's present answer is not shown
          1. the customer asked for a person (person_asked)
             when message.asks_for_person
             normal severity, goes to general, holds still 10m after a "stay" or a return

        PROACTIVE: hands off; the assistant's present answer is still shown
          1. dispute (dispute)
             when message.intent == "billing_dispute"
             normal severity, goes where the intent says, holds still 10m after a "stay" or a return

        SUGGEST: asks the customer, who may go on with the assistant
          no trigger

        WHERE IT GOES
          billing: the billing team takes billing_dispute
             at once: billing at level 3 or more (primary)
             after 40s: billing at any level (secondary)
             after 1m30s: anybody at work (general)
             after 3m: anybody on call (on_call)
          general: the support team takes everything else
             at once: anybody at work (primary)
             after 40s: anybody at work (secondary)
             after 1m30s: anybody at work (general)
             after 3m: anybody on call (on_call)

        WHO IS FIRST: the most points, and every minute of waiting adds some
          severity: low 0, normal 100, high 300, urgent 600
          every tier: 0, and 10 a minute
          sentiment: up to 200

        TIMES
          an offer stands for 30s
          an agent who declined is asked again after 1m
          the assistant counts as silent after 20s
          a promise is renewed before it lapses, by 20s
          until the desk knows better, one conversation takes 6m
          a silent conversation is closed after 1d
          nobody_yet: the team is pinged about high or graver without an agent after 1m
    "#]]
    .assert_eq(&explain(&policy(SMALL)));
}

#[test]
fn the_default_policy_is_explained() {
    expect![[r#"
        Default

        IMMEDIATE: hands off at once; the assistant's present answer is not shown
          1. the assistant did not answer (assistant_silent)
             when assistant.failed || assistant.silent_seconds >= duration("20s")
             high severity, goes where the intent says, fires again at once
          2. the customer asked for a person (person_asked)
             when message.asks_for_person
             normal severity, goes where the intent says, fires again at once
          3. the assistant was not sure of its answer (low_confidence)
             when assistant.confidence < 0.7
             normal severity, goes where the intent says, holds still 10m after a "stay" or a return

        PROACTIVE: hands off; the assistant's present answer is still shown
          1. eight exchanges did not settle the matter (many_exchanges)
             when conversation.exchanges >= 8 && !message.says_solved
             normal severity, goes where the intent says, holds still 10m after a "stay" or a return

        SUGGEST: asks the customer, who may go on with the assistant
          1. the customer is losing patience (strong_frustration)
             when message.frustrated && (message.sentiment <= -0.5 || message.threatens)
             high severity, goes where the intent says, holds still 10m after a "stay" or a return

        WHERE IT GOES
          general: the support team takes everything else
             at once: anybody at work (primary)
             after 3m: anybody on call (on_call)

        WHO IS FIRST: the most points, and every minute of waiting adds some
          severity: low 0, normal 100, high 300, urgent 600
          every tier: 0, and 10 a minute
          sentiment: up to 200

        TIMES
          an offer stands for 30s
          an agent who declined is asked again after 1m
          the assistant counts as silent after 20s
          a promise is renewed before it lapses, by 20s
          until the desk knows better, one conversation takes 6m
          a silent conversation is closed after 1d
          nobody_yet: the team is pinged about high or graver without an agent after 1m
    "#]]
    .assert_eq(&explain(&policy(Policy::default_source())));
}

/// A policy that cannot be used comes with at least one error, one that can with none, and every
/// finding stands in the document and can be shown.
fn consistent(source: &str) -> Result<(), TestCaseError> {
    use crate::policy::diagnosis::Weight;
    let checked = Policy::check(source);
    let errors = checked
        .findings
        .iter()
        .filter(|it| it.severity == Weight::Error);
    prop_assert_eq!(checked.policy.is_none(), errors.count() > 0);
    for finding in &checked.findings {
        prop_assert!((finding.line as usize) <= source.lines().count().max(1) + 1);
        prop_assert!(finding.render("policy.yaml", source).contains('^'));
    }
    if let Some(policy) = checked.policy {
        prop_assert!(policy.routes.contains_key(&policy.default_route));
        prop_assert!(
            policy
                .routes
                .values()
                .all(|route| route.chain[0].after_seconds == 0)
        );
        explain(&policy);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_make_the_reader_stumble(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        consistent(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn no_change_of_the_default_policy_makes_the_reader_stumble(
        at in 0_usize..Policy::default_source().len(),
        length in 0_usize..40,
        new in "[ \\n:{}\\[\\]\"'!&*#|>,a-z0-9-]{0,12}",
    ) {
        let source = Policy::default_source();
        let start = source.floor_char_boundary(at);
        let end = source.floor_char_boundary((at + length).min(source.len()));
        let mut changed = source.to_owned();
        changed.replace_range(start..end.max(start), &new);
        consistent(&changed)?;
    }

    #[test]
    fn no_change_of_a_policy_with_every_section_makes_the_reader_stumble(
        at in 0_usize..SMALL.len(),
        length in 0_usize..12,
        new in "[ \\n:{}\\[\\]\"'!&*#|>,a-zé0-9-]{0,6}",
    ) {
        let mut changed = SMALL.to_owned();
        changed.replace_range(at..(at + length).min(SMALL.len()), &new);
        consistent(&changed)?;
    }
}
