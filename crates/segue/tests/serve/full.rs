//! The disk is full: what cannot be written is refused, and nothing that was told is lost.

use std::{process::Stdio, time::Duration};

use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

use crate::support::answer;

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
