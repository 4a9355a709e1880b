//! Import and replay as a person uses them: the program itself on small invented files.
#![expect(
    clippy::unwrap_used,
    clippy::format_collect,
    reason = "a test may stop at a surprise, and its rows read best where they are made"
)]

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;
use tempfile::TempDir;

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/history");
    folder.join(name).display().to_string()
}

struct Desk {
    data: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self {
            data: tempfile::tempdir().unwrap(),
        }
    }

    fn run(&self, command: &str, rest: &[&str]) -> Output {
        segue(&[&[command, "--data", self.path()], rest].concat())
    }

    fn path(&self) -> &str {
        self.data.path().to_str().unwrap()
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.data.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

fn segue(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_segue"))
        .args(arguments)
        .env_remove("SEGUE_DATA")
        .env_remove("SEGUE_DATABASE_URL")
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    let told = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{told}\n{}", err(output));
    told
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let told = segue(&[&["replay", "--json"], arguments].concat());
    serde_json::from_str(&out(&told)).unwrap()
}

fn stem(told: &str) -> String {
    told.replace(&fixture(""), "")
}

#[test]
fn an_import_is_replayed_and_undone() {
    let desk = Desk::new();
    let file = fixture("segue.jsonl");
    let told = out(&desk.run("import", &[&file]));
    assert!(told.contains("conversations taken         4"), "{told}");
    assert!(told.contains("rows refused                0"), "{told}");

    let report = out(&desk.run("replay", &["--json"]));
    let report: Value = serde_json::from_str(&report).unwrap();
    let mut from_file = json(&[&file]);
    assert_eq!(from_file["policy"], "the built-in policy");
    from_file["policy"] = report["policy"].clone();
    assert_eq!(report, from_file, "a file says the same as its import");

    let undone = out(&desk.run("import", &["--undo", "1"]));
    assert!(undone.contains("4 conversations, 13 messages"), "{undone}");
    assert_eq!(out(&desk.run("import", &["--list"])), "no imports\n");
    let nothing = desk.run("replay", &[]);
    assert!(!nothing.status.success());
    assert!(err(&nothing).contains("there is no history"));
}

#[test]
fn the_report_of_a_replay_reads_like_this() {
    let told = out(&segue(&["replay", &fixture("segue.jsonl")]));
    let expected = fs::read_to_string(fixture("segue.report.txt")).unwrap();
    assert_eq!(told, expected);
}

#[test]
fn every_fault_is_named_by_file_and_line() {
    let desk = Desk::new();
    let all = desk.data.path().join("refused.txt");
    let file = fixture("faults.jsonl");
    let told = out(&desk.run("import", &["--refused", all.to_str().unwrap(), &file]));
    assert!(told.contains("conversations taken         3"), "{told}");
    assert!(told.contains("put in order                1"), "{told}");
    assert!(told.contains("times left out              1"), "{told}");
    let refused = stem(&fs::read_to_string(all).unwrap());
    let expected = fs::read_to_string(fixture("faults.refused.txt")).unwrap();
    assert_eq!(refused, expected);
}

/// A file with an é in UTF-8 elsewhere is UTF-8, so that a bare 0xE9 is a fault of its row.
#[test]
fn text_that_is_no_utf_8_or_too_long_is_refused() {
    let desk = Desk::new();
    let long = "a".repeat(16 * 1024 + 1);
    let mut rows =
        b"{\"id\":\"a\",\"messages\":[{\"author\":\"customer\",\"text\":\"caf\xe9\"}]}\n".to_vec();
    writeln!(
        rows,
        r#"{{"id":"b","messages":[{{"author":"customer","text":"{long}"}}]}}"#
    )
    .unwrap();
    writeln!(
        rows,
        r#"{{"id":"é","messages":[{{"author":"customer","text":"{}"}}]}}"#,
        &long[1..]
    )
    .unwrap();
    rows.extend(vec![b'x'; (16 << 20) + 1]);
    rows.push(b'\n');
    let file = desk.file("rows.jsonl", &rows);
    let told = out(&desk.run("import", &[file.to_str().unwrap()]));
    assert!(told.contains("conversations taken         1"), "{told}");
    let path = file.display();
    for fault in [
        format!(
            "{path}:1: not UTF-8: byte 55 of the line does not read: save the file as UTF-8, or name its encoding with --encoding"
        ),
        format!(
            "{path}:2: text too long: the text of message 1 has 16385 bytes, 16384 are the limit"
        ),
        format!("{path}:4: row too long: the line has 16777217 bytes, 16 MB are the limit"),
    ] {
        assert!(told.contains(&fault), "{fault}\n{told}");
    }
}

#[test]
fn csv_is_read_by_its_mapping() {
    let desk = Desk::new();
    let (mapping, file) = (fixture("columns.yaml"), fixture("export.csv"));
    let told = out(&desk.run("import", &["--dry-run", "--mapping", &mapping, &file]));
    let expected = fs::read_to_string(fixture("export.dry-run.txt")).unwrap();
    assert_eq!(stem(&told), expected);
    assert!(
        !desk.data.path().join("segue.db").exists(),
        "a dry run keeps nothing"
    );
}

#[test]
fn a_csv_file_without_its_columns_is_refused_with_the_names_that_it_has() {
    let told = segue(&["import", "--dry-run", &fixture("export.csv")]);
    assert!(!told.status.success());
    let error = err(&told);
    assert!(error.contains("has no column `conversation`"), "{error}");
    assert!(
        error.contains("it has ticket, from, body, sent, score, stars"),
        "{error}"
    );
}

#[test]
fn a_mapping_with_an_error_is_refused_with_its_line() {
    let desk = Desk::new();
    let file = desk.file("wrong.yaml", b"columns:\n  texxt: body\n");
    let mapping = file.to_str().unwrap();
    let told = segue(&[
        "import",
        "--dry-run",
        "--mapping",
        mapping,
        &fixture("export.csv"),
    ]);
    assert!(!told.status.success());
    assert!(err(&told).contains("texxt"), "{}", err(&told));
}

#[test]
fn packed_files_and_folders_are_read_like_plain_ones() {
    let desk = Desk::new();
    let folder = desk.data.path().join("logs/deep");
    fs::create_dir_all(&folder).unwrap();
    let plain = fs::read(fixture("segue.jsonl")).unwrap();
    let mut packed = GzEncoder::new(
        File::create(folder.join("a.jsonl.gz")).unwrap(),
        Compression::fast(),
    );
    packed.write_all(&plain).unwrap();
    packed.finish().unwrap();
    fs::write(folder.join("notes.txt"), "not a log").unwrap();
    let logs = desk.data.path().join("logs");
    assert_eq!(
        json(&[logs.to_str().unwrap()]),
        json(&[&fixture("segue.jsonl")])
    );
}

#[test]
fn a_packed_file_that_ends_early_imports_nothing() {
    let desk = Desk::new();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    let rows: String = (0..2000)
        .map(|n| format!("{{\"id\":\"{n}\",\"messages\":[{{\"author\":\"customer\",\"text\":\"number {n}\"}}]}}\n"))
        .collect();
    packed.write_all(rows.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let file = desk.file("cut.jsonl.gz", &packed[..packed.len() / 2]);
    let told = desk.run("import", &[file.to_str().unwrap()]);
    assert!(!told.status.success());
    assert!(
        err(&told).contains("nothing was imported"),
        "{}",
        err(&told)
    );
    assert_eq!(out(&desk.run("import", &["--list"])), "no imports\n");
}

#[test]
fn the_exam_s_answers_never_reach_the_history() {
    let desk = Desk::new();
    for name in ["tau.jsonl", "star.jsonl"] {
        out(&desk.run("import", &[&fixture(name)]));
    }
    for entry in fs::read_dir(desk.data.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for secret in ["quince", "bakery_confirm", "###STOP###"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
}

#[test]
fn what_the_source_says_is_compared_and_not_judged_by() {
    let tau = json(&[&fixture("tau.jsonl")]);
    assert_eq!(
        (&tau["conversations"], &tau["messages"]),
        (&2.into(), &5.into())
    );
    assert_eq!(tau["by_trigger"]["person_asked"]["count"], 1);
    assert_eq!(tau["against"]["not_solved"]["caught"], 1);
    assert_eq!(tau["against"]["handed_off"]["left_alone"], 1);
    let star = json(&[&fixture("star.jsonl")]);
    assert_eq!(
        star["handoffs"], 0,
        "a person typed for a minute: that is no silence"
    );
    assert_eq!(star["against"]["out_of_scope"]["missed"], 1);
}

#[test]
fn the_report_is_the_same_for_any_number_of_threads() {
    let desk = Desk::new();
    let words = [
        "Where is it?",
        "I want to talk to a human.",
        "This is RIDICULOUS!!! I will sue you.",
    ];
    let rows: String = (0..1000)
        .map(|n| {
            let text = words[n * 7 % 3];
            let sure = n % 10;
            format!("{{\"id\":{n},\"messages\":[{{\"author\":\"customer\",\"text\":\"{text}\"}},{{\"author\":\"assistant\",\"text\":\"Number {n}.\",\"confidence\":0.{sure}}}],\"outcome\":{{\"resolved\":{}}}}}\n", n % 2 == 0)
        })
        .collect();
    let file = desk.file("many.jsonl", rows.as_bytes());
    let file = file.to_str().unwrap();
    let one = json(&["--threads", "1", file]);
    assert_eq!(one["conversations"], 1000);
    assert!(one["handoffs"].as_u64().unwrap() > 300);
    for threads in ["2", "3", "8"] {
        assert_eq!(
            json(&["--threads", threads, file]),
            one,
            "{threads} threads"
        );
    }
    assert_eq!(json(&["--limit", "77", file])["conversations"], 77);
}

#[test]
fn another_policy_is_tried_without_being_published() {
    let desk = Desk::new();
    let file = fixture("segue.jsonl");
    out(&desk.run("import", &[&file]));
    let policy = "policy: Calm\ntriggers:\n  never:\n    about: nothing does it\n    level: suggest\n    when: message.words >= 9000\n    severity: low\nroutes:\n  general:\n    team: support team\n    chain: [general]\ndefault_route: general\n";
    let calm = desk.file("calm.yaml", policy.as_bytes());
    let told = out(&desk.run("replay", &["--json", "--policy", calm.to_str().unwrap()]));
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["handoffs"], 0);
    let wrong = desk.file(
        "wrong.yaml",
        policy.replace("message.words", "message.wrods").as_bytes(),
    );
    let refused = desk.run("replay", &["--policy", wrong.to_str().unwrap()]);
    assert!(!refused.status.success());
    assert!(err(&refused).contains("wrods"), "{}", err(&refused));
}

#[test]
fn a_candidate_is_held_against_the_policy_in_force_and_words_are_read_once() {
    let desk = Desk::new();
    out(&desk.run("import", &[&fixture("segue.jsonl")]));
    let policy = "policy: Keen\ntriggers:\n  keen: {about: any longer message, level: proactive, when: message.words >= 6, severity: normal, cooldown: 0s}\nroutes:\n  general: {team: support team, chain: [general]}\ndefault_route: general\n";
    let keen = desk.file("keen.yaml", policy.as_bytes());
    let keen = keen.to_str().unwrap();
    let replay = || out(&desk.run("replay", &["--json", "--policy", keen]));
    let (read, kept) = (replay(), replay());
    assert_eq!(read, kept, "what was kept says the same as the words");
    let kept: Value = serde_json::from_str(&kept).unwrap();
    let compared = &kept["compared"];
    assert_eq!(compared["gained"]["by_trigger"]["keen"], 1, "{compared}");
    assert_eq!(compared["gained"]["by_tier"]["gold"], 1);
    let example = &compared["gained"]["examples"][0]["after"];
    assert_eq!(example["quote"], "The lamp I bought last week flickers.");
    assert!(compared["against_before"]["not_solved"]["recall"].is_object());
    let told = out(&desk.run("replay", &["--policy", keen]));
    assert!(told.contains("held against the policy in force"), "{told}");
    assert!(told.contains("handoffs gained"), "{told}");
}

#[test]
fn a_journal_that_was_changed_is_not_verified() {
    let desk = Desk::new();
    let lived = fixture("../../../demo/policy.yaml");
    let place = desk.path().to_owned();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = segue_store::open(&place).await.unwrap();
        let mut core = segue_core::desk::Desk::new();
        let published = segue_core::journal::Observation::PolicyPublished {
            version: 1,
            source: fs::read_to_string(&lived).unwrap(),
            author: "ann".into(),
        };
        let profile = segue_core::journal::AgentProfile {
            name: "Ann".into(),
            skills: std::collections::BTreeMap::new(),
            capacity: 2,
            on_call: false,
            retired: false,
        };
        let agent = segue_core::id::AgentId(2);
        for seen in [
            published,
            segue_core::journal::Observation::AgentAdded { profile },
            segue_core::journal::Observation::ConsoleOpened { agent },
        ] {
            let after = core.position();
            let lines = core
                .handle(segue_core::time::Timestamp(1), seen)
                .unwrap()
                .lines;
            let batch = segue_store::Batch {
                after,
                lines,
                ..Default::default()
            };
            store.append(batch).await.unwrap();
        }
    });
    let told = out(&desk.run("replay", &["--verify"]));
    assert!(told.contains("byte for byte"), "{told}");
    let database = rusqlite::Connection::open(desk.data.path().join("segue.db")).unwrap();
    let changed = "UPDATE journal SET entry = replace(entry, '\"online\"', '\"away\"') WHERE kind = 'presence_changed'";
    assert_eq!(database.execute(changed, []).unwrap(), 1);
    let refused = desk.run("replay", &["--verify", "--json"]);
    assert!(!refused.status.success());
    let told: Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!(told["position"], 4);
    assert!(
        told["recorded"].as_str().unwrap().contains("away"),
        "{told}"
    );
    assert!(
        told["decided"].as_str().unwrap().contains("online"),
        "{told}"
    );
    assert!(err(&refused).contains("line 4 is not decided as it was recorded"));
}

/// Rows come through a pipe that stays open, so the import is surely not finished when it is killed.
#[test]
fn a_killed_import_leaves_nothing_that_anybody_sees() {
    let desk = Desk::new();
    let pipe = desk.data.path().join("endless.jsonl");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let mut importing = Command::new(env!("CARGO_BIN_EXE_segue"))
        .args(["import", "--data", desk.path(), "--format", "segue"])
        .arg(&pipe)
        .spawn()
        .unwrap();
    let mut into = File::options().write(true).open(&pipe).unwrap();
    for n in 0..1000 {
        writeln!(
            into,
            "{{\"id\":{n},\"messages\":[{{\"author\":\"customer\",\"text\":\"number {n}\"}}]}}"
        )
        .unwrap();
    }
    into.flush().unwrap();
    while !out(&desk.run("import", &["--list"])).contains(" 1000 ") {
        std::thread::yield_now();
    }
    importing.kill().unwrap();
    importing.wait().unwrap();
    let listed = out(&desk.run("import", &["--list"]));
    assert!(listed.contains("  no  "), "{listed}");
    assert!(err(&desk.run("replay", &[])).contains("there is no history"));

    let next = desk.run("import", &[&fixture("star.jsonl")]);
    assert!(
        err(&next).contains("was broken off: what it left is cleared"),
        "{}",
        err(&next)
    );
    let report = out(&desk.run("replay", &["--json"]));
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["conversations"], 2);
}
