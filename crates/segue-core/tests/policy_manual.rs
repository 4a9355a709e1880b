//! The manual of the policy language says what the code does: its table of facts is the code's, and
//! its example reads.

use std::fmt::Write as _;

use expect_test::expect_file;
use segue_core::policy::{
    Policy,
    facts::{Fact, Known, Occasion},
};

const MANUAL: &str = include_str!("../../../docs/policy.md");

fn known(fact: Fact) -> String {
    let on = Occasion::ALL.into_iter();
    let on: Vec<_> = on.filter(|it| fact.known(*it) != Known::Never).collect();
    if on.len() == Occasion::ALL.len() {
        return "always or once given".to_owned();
    }
    let when = on.into_iter().map(Occasion::when).collect::<Vec<_>>();
    when.join(", ")
}

fn table() -> String {
    let mut table = String::new();
    for fact in Fact::ALL {
        let (name, kind, about) = (fact.name(), fact.kind(), fact.about());
        let _ = writeln!(table, "| `{name}` | {kind} | {} | {about} |", known(*fact));
    }
    table
}

/// The manual with the code's table in it; `UPDATE_EXPECT=1` writes it.
#[test]
fn the_manual_has_the_facts_that_the_code_has() {
    let head = "| fact | what it holds | known | meaning |\n|---|---|---|---|\n";
    let (before, rest) = MANUAL.split_once(head).expect("the table has its head");
    let (_, after) = rest.split_once("\n\n").expect("the table ends");
    let right = format!("{before}{head}{}\n{after}", table());
    expect_file!["../../../docs/policy.md"].assert_eq(&right);
}

#[test]
fn every_example_of_the_manual_reads() {
    let examples: Vec<_> = MANUAL
        .split("```yaml\n")
        .skip(1)
        .filter_map(|part| part.split("```").next())
        .collect();
    assert!(examples.len() >= 2);
    for example in examples {
        let checked = Policy::check(example);
        assert!(
            checked.policy.is_some(),
            "{example}\n{:?}",
            checked.findings
        );
    }
}
