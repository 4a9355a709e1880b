//! A server that cannot start says why, in one clear sentence, and fails.

use std::{path::Path, process::Output};

use segue_store::testkit::Place;
use tokio::process::Command;

use crate::support::TestDesk;

const PROGRAM: &str = env!("CARGO_BIN_EXE_segue");

async fn run(arguments: &[&str]) -> Output {
    let command = Command::new(PROGRAM).args(arguments).output();
    let limit = std::time::Duration::from_secs(20);
    tokio::time::timeout(limit, command).await.unwrap().unwrap()
}

async fn serve(data: &Path, more: &[&str]) -> String {
    let data = data.display().to_string();
    let mut arguments = vec!["serve", "--listen", "127.0.0.1:0", "--data", &data];
    arguments.extend(more);
    complaint(&run(&arguments).await)
}

/// What a program that failed said.
#[track_caller]
fn complaint(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    said
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = tempfile::tempdir().unwrap();
    let place = data.path().display().to_string();
    let said = complaint(&run(&["serve", "--data", &place, "--listen", &address]).await);
    let port = taken.local_addr().unwrap().port();
    assert!(said.contains(&format!("port {port} is in use")), "{said}");
    assert!(said.contains("--listen"), "{said}");
}

#[tokio::test]
async fn a_policy_with_an_error_is_refused_with_its_place_and_a_hint() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("policy.yaml");
    let source = include_str!("../../demo/policy.yaml").replace("immediate", "imediate");
    std::fs::write(&file, source).unwrap();
    let file = file.display().to_string();
    let said = serve(data.path(), &["--policy", &file]).await;
    assert!(said.contains(&format!("{file}:")), "{said}");
    assert!(said.contains("imediate"), "{said}");
    assert!(said.contains("immediate"), "what would be right: {said}");
    let checked = run(&["policy", "check", &file]).await;
    assert!(complaint(&checked).contains("imediate"));
    let explained = include_str!("../../demo/policy.yaml");
    let good = data.path().join("good.yaml");
    std::fs::write(&good, explained).unwrap();
    let good = good.display().to_string();
    let checked = run(&["policy", "check", &good]).await;
    assert!(checked.status.success());
    let explained = run(&["policy", "explain", &good]).await;
    assert!(explained.status.success());
    assert!(explained.stdout.len() > 1000);
}

#[tokio::test]
async fn a_place_that_is_no_database_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("a-file");
    std::fs::write(&file, "I am a file").unwrap();
    let said = serve(&file, &[]).await;
    assert!(said.contains("cannot be opened"), "{said}");
    let said = complaint(&run(&["serve", "--listen", "127.0.0.1:0"]).await);
    assert!(said.contains("--data"), "{said}");
    let said = complaint(&run(&["doctor", "--data", "/nowhere/at/all"]).await);
    assert!(said.contains("there is no directory"), "{said}");
}

#[tokio::test]
async fn a_second_server_on_one_directory_is_refused() {
    let mut desk = TestDesk::serve(Place::sqlite()).await;
    let said = serve(desk.place.directory().unwrap(), &[]).await;
    assert!(said.contains("another segue runs on"), "{said}");
    assert!(said.contains("--data"), "{said}");
    desk.restart().await;
    desk.get("/me", &desk.admin).await.with(200);
}

#[tokio::test]
async fn what_is_kept_is_readable_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let desk = TestDesk::serve(Place::sqlite()).await;
    desk.customer("ann").await;
    for name in ["segue.db", "segue.db-wal", "segue.lock"] {
        let file = std::fs::metadata(desk.place.directory().unwrap().join(name)).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn every_command_has_help_with_an_example() {
    for command in [
        vec!["serve"],
        vec!["demo"],
        vec!["doctor"],
        vec!["policy"],
        vec!["policy", "check"],
        vec!["policy", "explain"],
    ] {
        let mut arguments = command.clone();
        arguments.push("--help");
        let output = run(&arguments).await;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success());
        assert!(said.contains("Example:"), "{command:?}: {said}");
    }
}

pub(crate) async fn a_database_of_a_newer_segue_is_refused(place: Place) {
    drop(place.open().await);
    place.run("UPDATE schema_version SET version = 4711").await;
    let mut arguments = vec!["serve", "--listen", "127.0.0.1:0"];
    arguments.extend(place.arguments());
    let said = complaint(&run(&arguments).await);
    assert!(said.contains("schema version 4711"), "{said}");
    assert!(said.contains("start a newer build of segue"), "{said}");
}

#[tokio::test]
async fn a_database_server_that_is_not_there_is_named() {
    let url = "postgres://me:pass-word@127.0.0.1:1/none";
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--database-url", url];
    let said = complaint(&run(&arguments).await);
    assert!(said.contains("postgres://127.0.0.1/none"), "{said}");
    assert!(said.contains("--database-url"), "{said}");
    assert!(!said.contains("pass-word"), "{said}");
}
