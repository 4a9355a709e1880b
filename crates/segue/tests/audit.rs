//! The audit as a person uses it: the program itself on small invented exports of each format.
#![expect(clippy::unwrap_used, reason = "a test may stop at a surprise")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use expect_test::expect_file;
use serde_json::Value;

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/history");
    folder.join(name).display().to_string()
}

fn segue(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_segue"))
        .args(arguments)
        // Files are named without their folder, so that a report is the same everywhere.
        .current_dir(fixture(""))
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

fn report(name: &str, further: &[&str]) -> String {
    out(&segue(&[&["audit", name], further].concat()))
}

fn json(arguments: &[&str]) -> Value {
    let told = segue(&[&["audit", "--json"], arguments].concat());
    serde_json::from_str(&out(&told)).unwrap()
}

#[test]
fn an_export_of_each_format_reads_like_this() {
    let mapping = fixture("zendesk.yaml");
    for (name, further) in [
        ("zendesk.json", ["--mapping", &mapping]),
        ("intercom.jsonl", ["--timezone", "Europe/Lisbon"]),
        ("chatwoot.json", ["--format", "chatwoot"]),
        ("incidents.jsonl", ["--timezone", "Europe/Lisbon"]),
        ("threads.jsonl", ["--format", "threads"]),
        ("tickets.csv", ["--encoding", "utf-8"]),
        ("segue.jsonl", ["--format", "segue"]),
        ("star.jsonl", ["--format", "star"]),
        ("tau.jsonl", ["--format", "tau-airline"]),
    ] {
        let expected = fixture(&format!("{name}.audit.txt"));
        expect_file![expected].assert_eq(&report(name, &further));
    }
}

#[test]
fn what_the_customer_had_said_is_shown_beside_the_question() {
    let told = json(&[
        "--mapping",
        &fixture("zendesk.yaml"),
        &fixture("zendesk.json"),
    ]);
    let again = &told["gaps_agent"]["kinds"]["reference"]["examples"][0];
    assert_eq!(again["said"]["words"], "My kettle from order 48213 leaks.");
    assert_eq!(again["asked"]["words"], "What is your order number?");
    assert_eq!(told["time_to_agent"]["all"]["median_seconds"], 600);
    assert_eq!(told["routes"]["first_is_last"]["value_permille"], 500);
}

#[test]
fn an_import_says_the_same_as_its_file_and_is_compared_with_its_baseline() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path().to_str().unwrap();
    let file = fixture("intercom.jsonl");
    out(&segue(&["import", "--data", data, &file]));
    let mut from_store = json(&["--data", data, "--baseline", "spring"]);
    from_store["source"] = Value::Null;
    let mut from_file = json(&[&file]);
    from_file["source"] = Value::Null;
    assert_eq!(from_store, from_file);
    let compared = json(&["--data", data, "--compare", "spring"]);
    let changes = compared["changes"].as_array().unwrap();
    assert!(!changes.is_empty());
    assert!(
        changes
            .iter()
            .all(|change| change["verdict"] == "no_clear_change")
    );
    let unknown = segue(&["audit", "--data", data, "--compare", "autumn"]);
    assert!(
        err(&unknown).contains("there is no baseline `autumn`"),
        "{}",
        err(&unknown)
    );
}

#[test]
fn only_the_last_days_are_looked_at() {
    let file = fixture("intercom.jsonl");
    let told = json(&["--days", "1", &file]);
    assert_eq!(
        told["handoffs"]["conversations"], 3,
        "a day is 24 hours up to the newest"
    );
    let later = fixture("zendesk.json");
    assert_eq!(
        json(&["--days", "1", &later])["handoffs"]["conversations"],
        2
    );
}

#[test]
fn the_page_and_the_spreadsheet_have_every_question() {
    let folder = tempfile::tempdir().unwrap();
    let (page, book) = (folder.path().join("a.html"), folder.path().join("a.xlsx"));
    let files = [
        "--html",
        page.to_str().unwrap(),
        "--xlsx",
        book.to_str().unwrap(),
    ];
    report("chatwoot.json", &files);
    let page = fs::read_to_string(page).unwrap();
    for title in [
        "Handoffs",
        "Information gaps",
        "Time to agent",
        "Satisfaction",
        "What is not known",
    ] {
        assert!(page.contains(&format!(">{title}</h2>")), "{title}");
    }
    assert!(page.contains("<svg") && !page.contains("<script") && !page.contains("http://"));
    let book = fs::read(book).unwrap();
    assert!(book.starts_with(b"PK"), "a spreadsheet is a packed folder");
}

#[test]
fn each_file_is_read_in_its_own_encoding_and_time_zone() {
    let folder = tempfile::tempdir().unwrap();
    let head = "conversation,author,text,at\n";
    let row = "1,customer,Die Tür ist größer,2026-07-01 09:30\n";
    let utf_16: Vec<u8> = format!("\u{feff}{head}{row}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let latin: Vec<u8> = format!("{head}{}", row.replace('1', "2"))
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect();
    for (name, bytes) in [("a.csv", utf_16), ("b.csv", latin)] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let path = folder.path().to_str().unwrap();
    let told = out(&segue(&[
        "import",
        "--dry-run",
        "--timezone",
        "Europe/Berlin",
        path,
    ]));
    assert_eq!(told.matches("Die Tür ist größer").count(), 2, "{told}");
    assert!(told.contains("2026-07-01T07:30:00Z"), "{told}");
    let unknown = segue(&["import", "--dry-run", "--timezone", "Atlantis", path]);
    assert!(
        err(&unknown).contains("the time zone `Atlantis` is not known"),
        "{}",
        err(&unknown)
    );
    let unknown = segue(&["import", "--dry-run", "--encoding", "klingon", path]);
    assert!(
        err(&unknown).contains("the encoding `klingon` is not known"),
        "{}",
        err(&unknown)
    );
}

#[test]
fn bad_exports_are_refused_row_by_row_or_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let dry = |path: &str| segue(&["import", "--dry-run", path]);
    let empty = dry(&file("empty.jsonl", ""));
    assert!(err(&empty).contains("is empty"), "{}", err(&empty));
    let whole = fs::read_to_string(fixture("zendesk.json")).unwrap();
    let cut = dry(&file("cut.json", &whole[..whole.len() - 200]));
    let told = out(&cut);
    assert!(told.contains("conversations taken         2"), "{told}");
    assert!(told.contains("it was cut off here"), "{told}");
    let twice = whole.replace("902", "901");
    let told = out(&dry(&file("twice.json", &twice)));
    assert!(told.contains("duplicate id"), "{told}");
    let strange = dry(&file("strange.jsonl", "{\"a\": 1}\n"));
    assert!(
        err(&strange).contains("name it with --format"),
        "{}",
        err(&strange)
    );
}

#[test]
fn the_mapping_of_a_csv_file_is_written_down_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("columns.yaml");
    let path = path.to_str().unwrap();
    let file = fixture("tickets.csv");
    let first = out(&segue(&[
        "import",
        "--dry-run",
        "--save-mapping",
        path,
        &file,
    ]));
    let kept = fs::read_to_string(path).unwrap();
    for line in [
        "conversation: Ticket ID",
        "author: Sender",
        "group: Assignment Group",
    ] {
        assert!(kept.contains(line), "{kept}");
    }
    let again = out(&segue(&["import", "--dry-run", "--mapping", path, &file]));
    assert_eq!(first, again);
    let none = segue(&[
        "import",
        "--dry-run",
        "--save-mapping",
        path,
        &fixture("segue.jsonl"),
    ]);
    assert!(
        err(&none).contains("only CSV has columns"),
        "{}",
        err(&none)
    );
}
