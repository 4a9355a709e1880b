//! The disk is full: what cannot be written is refused, and nothing that was told is lost.

use std::{process::Stdio, time::Duration};

use segue_store::testkit::Place;
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

use crate::support::{TestDesk, answer};

const TOKEN: &str = "the-admin-token-of-this-test";

/// Starts a server that may write files of `blocks` half kilobytes at most.
async fn start(data: &std::path::Path, blocks: &str) -> (tokio::process::Child, String) {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut child = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_segue")])
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .env("SEGUE_ADMIN_TOKEN", TOKEN)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some(url) = line.strip_prefix("segue listens on ") {
            return (child, format!("{url}/api/v1"));
        }
    }
    panic!("the server did not start");
}

#[tokio::test]
async fn when_the_disk_is_full_nothing_is_acknowledged_that_is_not_kept() {
    let data = tempfile::tempdir().unwrap();
    let client = segue::outgoing::client().unwrap();
    let (mut child, url) = start(data.path(), "1200").await;
    let post = |path: String, said| answer(client.post(path).bearer_auth(TOKEN).json(&said));
    let said = json!({ "customer": { "external_id": "ann" } });
    let opened = post(format!("{url}/conversations"), said).await.with(201);
    let path = format!("/conversations/{}/messages", opened["id"].as_str().unwrap());
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    for number in 0..400 {
        let text = format!("{number} {}", "x".repeat(6000));
        let said = json!({ "author": "customer", "text": text });
        let told = post(format!("{url}{path}"), said).await;
        match told.status {
            201 => acknowledged.push(text),
            503 | 507 => refused += 1,
            other => panic!("{other}: {}", told.body),
        }
        if refused == 3 {
            break;
        }
    }
    assert_eq!(refused, 3, "{} fitted", acknowledged.len());
    assert!(!acknowledged.is_empty());
    child.kill().await.unwrap();
    // Somebody made room.
    let (_child, url) = start(data.path(), "unlimited").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let page = client.get(format!("{url}{path}?limit=500"));
    let page = answer(page.bearer_auth(TOKEN)).await.with(200);
    let kept: Vec<&str> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["author"] == "customer")
        .map(|item| item["text"].as_str().unwrap())
        .collect();
    assert_eq!(kept, acknowledged);
}

/// What `PostgreSQL` says when its disk is full, said by the real server about every text.
const DISK_FULL: &str = "
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON bodies FOR EACH ROW EXECUTE FUNCTION full_disk();";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_disk_of_postgres_is_full_it_is_said_so_and_goes_on_when_there_is_room() {
    let desk = TestDesk::serve(Place::postgres().await).await;
    let customer = desk.customer("ann").await;
    let id = desk.conversation(&customer).await;
    let path = format!("/conversations/{id}/messages");
    desk.say(&id, &customer, "before").await;
    desk.place.run(DISK_FULL).await;
    let said = json!({ "author": "customer", "text": "no room" });
    let refused = desk.post(&path, &customer, said).await.with(507);
    assert_eq!(refused["detail"], "the disk is full, nothing was written");
    desk.place.run("DROP TRIGGER full_disk ON bodies").await;
    desk.say(&id, &customer, "after").await;
    let page = desk.get(&path, &customer).await.with(200);
    let texts: Vec<&str> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["author"] == "customer")
        .map(|item| item["text"].as_str().unwrap())
        .collect();
    assert_eq!(texts, ["before", "after"]);
}
