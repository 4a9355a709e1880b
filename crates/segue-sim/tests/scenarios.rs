//! Plays every scenario and compares its transcript with the one on record.

use std::{
    fs,
    path::{Path, PathBuf},
};

use expect_test::expect_file;
use segue_sim::{Scenario, policies};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The policy that a scenario names: `demo`, one that is built in, or a file beside the scenario.
fn policy(name: &str) -> Result<String, String> {
    if let Some(source) = policies::named(name) {
        return Ok(source.to_owned());
    }
    let file = match name {
        "demo" => root().join("crates/segue/demo/policy.yaml"),
        file => root().join("scenarios").join(file),
    };
    fs::read_to_string(&file)
        .map_err(|error| format!("the policy `{name}` cannot be read: {error}"))
}

fn scenarios() -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(root().join("scenarios"))? {
        let path = entry?.path();
        files.extend(
            path.extension()
                .is_some_and(|e| e == "txt")
                .then(|| path.clone()),
        );
    }
    files.sort();
    Ok(files)
}

#[test]
fn every_scenario_goes_as_it_is_written() {
    let files = scenarios().unwrap();
    assert!(
        files.len() >= 12,
        "only {} scenarios were found",
        files.len()
    );
    let mut failed = Vec::new();
    for file in &files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let scenario = Scenario::read(&name, &fs::read_to_string(file).unwrap()).unwrap();
        match scenario.play(policy) {
            Ok(played) => {
                assert!(played.expectations > 0, "{name} expects nothing");
                expect_file![root().join("scenarios/transcripts").join(&name)]
                    .assert_eq(&played.transcript);
            }
            Err(failure) => failed.push(failure.to_string()),
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

#[test]
fn a_scenario_that_goes_another_way_names_file_line_and_what_happened() {
    let text = "agent Sarah: capacity 1\n09:00:00 ann: can I talk to a human please\n  expect offer to Tom\n";
    let failed = Scenario::read("a.txt", text)
        .unwrap()
        .play(policy)
        .unwrap_err();
    assert_eq!((failed.line, failed.happened.is_empty()), (3, false));
    let told = failed.to_string();
    assert!(
        told.starts_with("a.txt:3: expected `offer to Tom`, and nothing like it happened"),
        "{told}"
    );
    assert!(told.contains("offer to Sarah until 09:00:30"), "{told}");
}

#[test]
fn what_the_desk_refuses_must_be_expected() {
    let text = "agent Sarah: capacity 1\n09:00:00 ann: hello\n09:00:01 ann chooses callback\n";
    let failed = Scenario::read("a.txt", text)
        .unwrap()
        .play(policy)
        .unwrap_err();
    assert!(
        failed
            .to_string()
            .contains("has nothing to choose just now"),
        "{failed}"
    );
}

#[test]
fn an_expectation_that_something_does_not_happen_can_fail() {
    let text =
        "agent Sarah: capacity 1\n09:00:00 ann: can I talk to a human please\n  expect no offer\n";
    let failed = Scenario::read("a.txt", text)
        .unwrap()
        .play(policy)
        .unwrap_err();
    assert!(
        failed
            .to_string()
            .contains("`offer` should not happen, and did"),
        "{failed}"
    );
}
