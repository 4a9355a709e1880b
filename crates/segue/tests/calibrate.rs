//! `segue calibrate` as a person uses it: the program itself on small invented files.
#![expect(clippy::unwrap_used, reason = "a test may stop at a surprise")]

use std::{
    fmt::Write,
    fs,
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

fn calibrate(folder: &TempDir, rows: &str, arguments: &[&str]) -> Output {
    let file = folder.path().join("outcomes.jsonl");
    fs::write(&file, rows).unwrap();
    Command::new(env!("CARGO_BIN_EXE_segue"))
        .arg("calibrate")
        .arg(&file)
        .args(arguments)
        .output()
        .unwrap()
}

/// Of each hundred answers with this confidence, so many are wrong.
fn rows(groups: &[(f64, usize, &str)]) -> String {
    let mut text = String::new();
    for (confidence, wrong, intent) in groups {
        for place in 0..100 {
            writeln!(
                text,
                r#"{{"confidence":{confidence},"correct":{},"intent":"{intent}"}}"#,
                place >= *wrong
            )
            .unwrap();
        }
    }
    text
}

#[test]
fn a_threshold_is_found_with_what_it_keeps() {
    let folder = tempfile::tempdir().unwrap();
    let world = rows(&[
        (0.95, 2, "refund"),
        (0.9, 3, "refund"),
        (0.8, 5, "delivery"),
        (0.5, 50, "delivery"),
    ]);
    let output = calibrate(&folder, &world, &["--json"]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["threshold"], 0.8);
    assert_eq!(told["kept"], 300);
    assert_eq!(told["coverage"]["value"], 0.75);
    assert!(told["wrong_at_most"].as_f64().unwrap() < 0.1);
    assert_eq!(told["by_intent"]["refund"]["threshold"], 0.9);
    assert!(told["by_intent"]["delivery"]["threshold"].is_null());
    assert_eq!(told["reliability"].as_array().unwrap().len(), 3);

    let output = calibrate(&folder, &world, &[]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        told.starts_with("Keep the assistant from confidence 0.800 on: at most 10.0 %"),
        "{told}"
    );
}

#[test]
fn too_few_outcomes_are_said_to_be_too_few() {
    let folder = tempfile::tempdir().unwrap();
    let output = calibrate(&folder, &rows(&[(0.9, 0, "refund")]), &[]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        told.starts_with("No threshold: not enough data, about "),
        "{told}"
    );
}

#[test]
fn every_bad_row_is_named_and_none_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let bad = concat!(
        "{\"confidence\":0.9,\"correct\":true}\n",
        "{\"confidence\":90,\"correct\":true}\n",
        "{\"confidence\":0.9,\"correct\":\"maybe\"}\n"
    );
    let output = calibrate(&folder, bad, &[]);
    assert!(!output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("2 of 3 rows cannot be used"), "{told}");
    assert!(
        told.contains(
            "outcomes.jsonl:2: the field `confidence` is `90`: write a number from 0 to 1"
        ),
        "{told}"
    );
    assert!(
        told.contains("outcomes.jsonl:3: the field `correct` is `\"maybe\"`"),
        "{told}"
    );
}

#[test]
fn a_target_that_no_threshold_can_have_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for share in ["10", "0", "0.0005", "often"] {
        let output = calibrate(&folder, "", &["--target", share]);
        assert!(!output.status.success());
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("write a share from 0.001 to 0.5"), "{told}");
    }
}
