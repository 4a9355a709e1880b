//! `segue evaluate` as a person uses it: the program itself on small invented files.
#![expect(clippy::unwrap_used, reason = "a test may stop at a surprise")]

use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Output},
};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use tempfile::TempDir;

struct Folder {
    folder: TempDir,
}

impl Folder {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self, name: &str, rows: &[Value]) -> String {
        let lines: Vec<String> = rows.iter().map(Value::to_string).collect();
        self.raw(name, lines.join("\n").as_bytes())
    }

    fn raw(&self, name: &str, bytes: &[u8]) -> String {
        let path: PathBuf = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }
}

fn evaluate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_segue"))
        .arg("evaluate")
        .args(arguments)
        .output()
        .unwrap()
}

fn told(arguments: &[&str]) -> Value {
    let output = evaluate(arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refusal(arguments: &[&str]) -> String {
    let output = evaluate(arguments);
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

fn row(text: &str, intent: &str) -> Value {
    json!({"text": text, "intent": intent})
}

/// Three intents, said in many ways.
fn labels(from: usize, to: usize) -> Vec<Value> {
    let things = [
        "parcel", "lamp", "order", "shoes", "table", "letter", "box", "chair",
    ];
    let mut rows = Vec::new();
    for thing in things.iter().take(to).skip(from) {
        rows.push(row(
            &format!("where is my {thing}, it has not arrived"),
            "delivery",
        ));
        rows.push(row(
            &format!("when will the {thing} be delivered"),
            "delivery",
        ));
        rows.push(row(
            &format!("I want my money back for the {thing}"),
            "refund",
        ));
        rows.push(row(&format!("please refund the {thing}"), "refund"));
        rows.push(row(&format!("how do I sign in to see my {thing}"), "login"));
        rows.push(row(
            &format!("my password for the {thing} page is rejected"),
            "login",
        ));
    }
    rows
}

fn outside() -> Vec<Value> {
    [
        "what is the weather in rome",
        "sing a song",
        "who won the match",
    ]
    .map(|text| json!({"text": text, "intent": "oos", "scope": "far_oos"}))
    .to_vec()
}

#[test]
fn intents_are_learned_from_one_file_and_judged_on_another() {
    let folder = Folder::new();
    let train = folder.file("train.jsonl", &labels(0, 5));
    let test = folder.file("test.jsonl", &[labels(5, 8), outside()].concat());
    let told = told(&["intents", "--train", &train, "--test", &test, "--json"]);
    let keys: Vec<&String> = told.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["metrics", "micros_per_item", "n", "task"]);
    assert_eq!((&told["task"], &told["n"]), (&json!("intents"), &json!(21)));
    for name in [
        "accuracy",
        "in_scope_accuracy",
        "oos_recall",
        "oos_auroc",
        "far_oos_auroc",
    ] {
        let found = &told["metrics"][name];
        let [low, value, high] = ["low", "value", "high"].map(|of| found[of].as_f64().unwrap());
        assert!(
            low <= value && value <= high && high <= 1.0,
            "{name}: {found}"
        );
        assert!(value >= 0.8, "{name}: {found}");
    }
    assert!(told["metrics"].get("near_oos_auroc").is_none());
    assert!(told["micros_per_item"].as_f64().unwrap() > 0.0);
}

#[test]
fn the_figures_are_the_same_each_time_and_from_packed_files() {
    let folder = Folder::new();
    let lines: Vec<String> = labels(0, 6).iter().map(Value::to_string).collect();
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(lines.join("\n").as_bytes()).unwrap();
    let packed = folder.raw("train.jsonl.gz", &packed.finish().unwrap());
    let plain = folder.file("train.jsonl", &labels(0, 6));
    let metrics = |train: &str| told(&["intents", "--train", train, "--json"])["metrics"].clone();
    assert_eq!(metrics(&plain), metrics(&plain));
    assert_eq!(metrics(&plain), metrics(&packed));
}

#[test]
fn without_rows_to_test_the_folds_are_said() {
    let folder = Folder::new();
    let train = folder.file("train.jsonl", &labels(0, 5));
    let output = evaluate(&["intents", "--train", &train]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("cross-validation: 30 rows in 5 folds"),
        "{text}"
    );
    assert!(text.contains("in_scope_accuracy"), "{text}");
}

#[test]
fn a_message_without_words_teaches_nothing_and_is_given_no_intent() {
    let folder = Folder::new();
    let train = folder.file(
        "train.jsonl",
        &[labels(0, 5), vec![row(" ", "refund")]].concat(),
    );
    let test = folder.file("test.jsonl", &[row("", "oos"), row(" ", "refund")]);
    let told = told(&["intents", "--train", &train, "--test", &test, "--json"]);
    assert_eq!(told["metrics"]["oos_recall"]["value"], json!(1.0), "{told}");
    let inside = &told["metrics"]["in_scope_accuracy"]["value"];
    assert_eq!(inside, &json!(0.0), "{told}");
}

#[test]
fn a_bad_row_is_named_by_file_and_line() {
    let folder = Folder::new();
    let good = folder.file("good.jsonl", &labels(0, 3));
    let bad = |rows: &[Value], says: &str| {
        let file = folder.file("bad.jsonl", rows);
        let error = refusal(&["intents", "--train", &good, "--test", &file]);
        assert!(error.contains(&format!("{file}:{says}")), "{error}");
    };
    bad(
        &[row("a", "refund"), json!({"text": "b"})],
        "2: missing field `intent`",
    );
    bad(
        &[json!({"text": 5, "intent": "refund"})],
        "1: the field `text`: invalid type",
    );
    let long = "a".repeat(20_000);
    bad(
        &[row(&long, "refund")],
        "1: the field `text` has 20000 bytes, 16384 are the limit",
    );
    bad(
        &[row("a", "unheard")],
        "1: the intent `unheard` is not among those of --train",
    );
    bad(
        &[json!({"text": "a", "intent": "refund", "scope": "near_oos"})],
        "1: the field `scope` contradicts",
    );
    let torn = folder.raw(
        "torn.jsonl",
        b"{\"text\": \"a\", \"intent\": \"refund\"}\n{\"text\": ",
    );
    let error = refusal(&["intents", "--train", &torn]);
    assert!(
        error.contains(&format!("{torn}:2: the line is not JSON")),
        "{error}"
    );
}

#[test]
fn what_cannot_be_learned_from_is_refused_with_the_remedy() {
    let folder = Folder::new();
    let empty = folder.raw("empty.jsonl", b"\n");
    assert!(refusal(&["intents", "--train", &empty]).contains("empty.jsonl` has no rows"));
    let once = folder.file(
        "once.jsonl",
        &[labels(0, 2), vec![row("hm", "rare")]].concat(),
    );
    let error = refusal(&["intents", "--train", &once]);
    assert!(
        error.contains(&format!("{once}:13: the intent `rare` occurs once")),
        "{error}"
    );
    let single = folder.file("one.jsonl", &[row("a", "refund"), row("b", "refund")]);
    assert!(refusal(&["intents", "--train", &single]).contains("two are needed to tell apart"));
    assert!(refusal(&["intents"]).contains("there is nothing to learn from"));
    let missing = refusal(&["intents", "--train", &once, "--test", "/nowhere.jsonl"]);
    assert!(
        missing.contains("cannot read `/nowhere.jsonl`"),
        "{missing}"
    );
    let builtin = refusal(&["intents", "--builtin", "--test", &once]);
    assert!(builtin.contains("no intents ship"), "{builtin}");
}

/// Messages of three feelings about many things.
fn feelings(from: usize, to: usize) -> Vec<Value> {
    let things = [
        "parcel", "lamp", "order", "chair", "table", "bill", "box", "app", "shelf",
    ];
    let said = |thing: &str| {
        [
            (format!("the {thing} is awful and I am furious"), "negative"),
            (format!("my {thing} is not good, what a waste"), "negative"),
            (
                format!("this {thing} is broken again, terrible"),
                "negative",
            ),
            (format!("I love the {thing}, thank you"), "positive"),
            (format!("which colour has the {thing}"), "neutral"),
        ]
    };
    let things = things.iter().take(to).skip(from);
    things
        .flat_map(|thing| said(thing))
        .map(|(text, label)| json!({"text": text, "label": label}))
        .collect()
}

#[test]
fn feelings_are_learned_and_measured_beside_what_ships() {
    let folder = Folder::new();
    let train = folder.file("train.jsonl", &feelings(0, 6));
    let test = folder.file("test.jsonl", &feelings(6, 9));
    let learned = told(&["sentiment", "--train", &train, "--test", &test, "--json"]);
    assert_eq!(
        (&learned["task"], &learned["n"]),
        (&json!("sentiment"), &json!(15))
    );
    let of = |name: &str| learned["metrics"][name]["value"].as_f64().unwrap();
    assert!(of("macro_f1") > 0.9, "{learned}");
    assert!(of("negative_recall") > 0.9, "{learned}");
    let ships = told(&["sentiment", "--builtin", "--test", &test, "--json"]);
    let found = ships["metrics"]["macro_f1"]["value"].as_f64().unwrap();
    assert!(found > 0.5 && found <= 1.0, "{ships}");
}

#[test]
fn an_unknown_feeling_is_refused_with_its_line() {
    let folder = Folder::new();
    let rows = [
        json!({"text": "lovely", "label": "positive"}),
        json!({"text": "meh", "label": "so-so"}),
    ];
    let test = folder.file("test.jsonl", &rows);
    let told = refusal(&["sentiment", "--builtin", "--test", &test]);
    assert!(told.contains("test.jsonl:2: the field `label`"), "{told}");
    assert!(told.contains("`negative`, `neutral`"), "{told}");
}

#[test]
fn wishes_for_a_person_are_measured_and_what_is_implied_is_left_out() {
    let folder = Folder::new();
    let row = |text: &str, label: &str| json!({"text": text, "label": label});
    let mut rows = Vec::new();
    for thing in ["parcel", "lamp", "order", "chair", "table", "bill"] {
        rows.push(row(
            &format!("I want a human, it is about my {thing}"),
            "ask",
        ));
        rows.push(row(&format!("where is my {thing}"), "none"));
        rows.push(row(
            &format!("an agent sold me the {thing} yesterday"),
            "none",
        ));
    }
    let train = folder.file("train.jsonl", &rows);
    rows.push(row("hours on hold just to talk to a human", "implied"));
    let test = folder.file("test.jsonl", &rows);
    for from in [["--train", train.as_str()].as_slice(), &["--builtin"]] {
        let arguments = [&["ask-human"], from, &["--test", &test, "--json"]].concat();
        let told = told(&arguments);
        assert_eq!(told["n"], 18, "the implied one is not among them");
        for metric in ["precision", "recall", "f1"] {
            assert_eq!(told["metrics"][metric]["value"], 1.0, "{told}");
        }
    }
    let words = evaluate(&["ask-human", "--builtin", "--test", &test]);
    let words = String::from_utf8(words.stdout).unwrap();
    assert!(words.contains("`implied` is left out: "), "{words}");
}
