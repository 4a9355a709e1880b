//! The tests that stand in a policy, played on a desk of their own before anybody publishes it.

use segue_core::{
    policy::{
        Checked, Policy, PolicyTest,
        analysis::Examining,
        diagnosis::{Diagnosis, Weight},
    },
    signals::Reader,
};

use crate::scenario::{Scenario, Unreadable};

/// Examines a policy document and plays its tests. A test that goes another way is an error which
/// stands at the line that was not met.
pub fn examine(source: &str, with: Examining<'_>) -> Checked {
    let mut checked = Policy::examine(source, with);
    if let Some(policy) = &checked.policy {
        checked.findings.extend(failures(policy, source));
        let place = |it: &Diagnosis| (it.line, it.column, it.severity);
        checked.findings.sort_by_key(place);
    }
    checked
}

/// The tests of a policy that go another way than they say.
pub fn failures(policy: &Policy, source: &str) -> Vec<Diagnosis> {
    if policy.tests.is_empty() {
        return Vec::new();
    }
    let reader = Reader::of(policy);
    let failed = policy
        .tests
        .iter()
        .filter_map(|test| failure(test, source, &reader));
    failed.collect()
}

fn failure(test: &PolicyTest, source: &str, reader: &Reader) -> Option<Diagnosis> {
    let name = &test.name;
    let at = |line: usize, message: String, hint: Option<String>| {
        Some(placed(source, test.line + line.max(1) - 1, message, hint))
    };
    let scenario = match Scenario::read(name, &test.script) {
        Ok(scenario) => scenario,
        Err(Unreadable { line, what, .. }) => {
            return at(line, format!("test `{name}` does not read: {what}"), None);
        }
    };
    if scenario.expectations() == 0 {
        let hint = "write what should follow, such as `expect stay`".to_owned();
        return at(1, format!("test `{name}` expects nothing"), Some(hint));
    }
    let failed = scenario.play_under(source, reader).err()?;
    let happened = match failed.happened.as_slice() {
        [] => "nothing happened".to_owned(),
        lines => format!("what happened: {}", lines.join("; ")),
    };
    at(
        failed.line,
        format!("test `{name}` fails: {}", failed.wrong),
        Some(happened),
    )
}

/// A finding that covers a whole line.
fn placed(source: &str, line: usize, message: String, hint: Option<String>) -> Diagnosis {
    let text = source.lines().nth(line - 1).unwrap_or_default();
    let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    Diagnosis {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        column: count(text) - count(text.trim_start()) + 1,
        length: count(text.trim()).max(1),
        message,
        hint,
        severity: Weight::Error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = "policy: A
intents:
  dispute: {keywords: [charged twice]}
triggers:
  dispute: {level: immediate, when: message.intent == \"dispute\", severity: high}
tests:
  a_double_charge: |
    ann: I was charged twice
    expect hand_off by dispute
    expect handoff to general, severity high

  a_greeting: |
    # the assistant can do that
    ann: hello
    expect stay
    assistant (0.2): Hello.
    expect stay
";

    fn told(source: &str) -> Vec<String> {
        let checked = examine(source, Examining::default());
        assert!(checked.policy.is_some(), "{:?}", checked.findings);
        let errors = checked
            .findings
            .iter()
            .filter(|it| it.severity == Weight::Error);
        errors.map(ToString::to_string).collect()
    }

    #[test]
    fn tests_that_go_as_they_say_are_silent() {
        assert_eq!(told(POLICY), [""; 0]);
    }

    #[test]
    fn a_test_that_goes_another_way_names_line_expectation_and_what_happened() {
        let source = POLICY.replace(
            "expect handoff to general, severity high",
            "expect handoff to billing",
        );
        let found = told(&source);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("10:5: test `a_double_charge` fails: expected `handoff to billing`, and nothing like it happened; what happened: "), "{found:?}");
        assert!(found[0].contains("hand_off by dispute"), "{found:?}");
        assert!(!examine(&source, Examining::default()).publishable());
    }

    #[test]
    fn a_test_that_does_not_read_or_expects_nothing_is_an_error() {
        let unread = told(&POLICY.replace("    ann: hello\n", "    ann chooses tea\n"));
        assert!(
            unread[0].starts_with("14:5: test `a_greeting` does not read: `tea` is no choice"),
            "{unread:?}"
        );
        let idle = told(
            "policy: A\ntriggers:\n  it: {level: suggest, when: message.repeats}\ntests:\n  none: |\n    ann: hello\n",
        );
        assert!(
            idle[0].starts_with("6:5: test `none` expects nothing"),
            "{idle:?}"
        );
    }

    #[test]
    fn a_test_plays_no_other_policy() {
        let found = told(&POLICY.replace("    ann: hello\n", "    09:00:00 policy hasty\n"));
        assert!(
            found[0].contains("a test plays only the policy in which it stands"),
            "{found:?}"
        );
    }
}
