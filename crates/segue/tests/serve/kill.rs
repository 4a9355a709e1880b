//! The process is killed in the middle of load, again and again.

use std::{
    collections::BTreeMap,
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use segue_store::testkit::Place;
use serde_json::{Value as Json, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::support::answer;

const WRITERS: usize = 4;
const TOKEN: &str = "the-admin-token-of-this-test";
const PROGRAM: &str = env!("CARGO_BIN_EXE_segue");

struct Running {
    child: Child,
    url: String,
}

async fn start(place: &Place) -> Running {
    let mut child = Command::new(PROGRAM)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .args(place.arguments())
        .env("SEGUE_ADMIN_TOKEN", TOKEN)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    loop {
        let line = lines.next_line().await.unwrap();
        let line = line.expect("the server must say where it listens");
        if let Some(url) = line.strip_prefix("segue listens on ") {
            let url = url.to_owned();
            return Running { child, url };
        }
    }
}

/// What one writer sent: by key, the text and the id under which it was acknowledged.
type Sent = Arc<Mutex<BTreeMap<String, (String, Option<String>)>>>;

async fn send(
    client: &reqwest::Client,
    url: &str,
    path: &str,
    key: &str,
    text: &str,
) -> Option<Json> {
    let said = json!({ "author": "customer", "text": text });
    let request = client
        .post(format!("{url}/api/v1{path}"))
        .bearer_auth(TOKEN)
        .header("idempotency-key", key)
        .json(&said);
    let response = request.send().await.ok()?;
    let acknowledged = response.status().as_u16() == 201;
    let body = response.json().await.ok()?;
    acknowledged.then_some(body)
}

async fn write(client: reqwest::Client, url: String, path: String, sent: Sent, name: String) {
    for number in 0.. {
        let key = format!("{name}-{number}");
        let text = format!("message {key}");
        sent.lock()
            .unwrap()
            .insert(key.clone(), (text.clone(), None));
        let Some(body) = send(&client, &url, &path, &key, &text).await else {
            return;
        };
        let id = body["message"]["id"].as_str().unwrap().to_owned();
        sent.lock().unwrap().insert(key, (text, Some(id)));
    }
}

/// Waits until somebody was answered in this cycle: before that, nothing is at stake.
async fn first_acknowledged(sent: &[Sent], cycle: usize) {
    let own = format!("{cycle}-");
    for _ in 0..1000 {
        let answered = sent.iter().any(|sent| {
            let sent = sent.lock().unwrap();
            let mut of_cycle = sent.iter().filter(|(key, _)| key.starts_with(&own));
            of_cycle.any(|(_, (_, id))| id.is_some())
        });
        if answered {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("nobody was answered in cycle {cycle}");
}

async fn conversation(url: &str, customer: &str) -> String {
    let client = segue::outgoing::client().unwrap();
    let said = json!({ "customer": { "external_id": customer } });
    let request = client.post(format!("{url}/api/v1/conversations"));
    let opened = answer(request.bearer_auth(TOKEN).json(&said)).await;
    opened.with(201)["id"].as_str().unwrap().to_owned()
}

/// All messages of a conversation: text by id.
async fn kept(url: &str, path: &str) -> Vec<(String, String)> {
    let client = segue::outgoing::client().unwrap();
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let url = format!("{url}/api/v1{path}?limit=500{cursor}");
        let page = answer(client.get(url).bearer_auth(TOKEN)).await.with(200);
        for item in page["items"].as_array().unwrap() {
            if item["author"] == "customer" {
                let word = |field: &str| item[field].as_str().unwrap().to_owned();
                all.push((word("id"), word("text")));
            }
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

async fn doctor(place: &Place) {
    let output = Command::new(PROGRAM)
        .arg("doctor")
        .args(place.arguments())
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}{complaint}");
    assert!(said.contains("the desk is what its journal says"), "{said}");
}

#[tokio::test]
async fn a_hundred_kills_lose_nothing_that_was_acknowledged_and_double_nothing() {
    kills_lose_and_double_nothing(&Place::sqlite(), 100).await;
}

/// Fewer than on the embedded store: what survives a kill here is another process, and the store's
/// own suite kills writers on both.
#[tokio::test]
async fn twenty_kills_on_postgres_lose_nothing_that_was_acknowledged_and_double_nothing() {
    kills_lose_and_double_nothing(&Place::postgres().await, 20).await;
}

async fn kills_lose_and_double_nothing(place: &Place, kills: usize) {
    let client = segue::outgoing::client().unwrap();
    let mut running = start(place).await;
    let mut paths = Vec::new();
    for writer in 0..WRITERS {
        let id = conversation(&running.url, &format!("customer {writer}")).await;
        paths.push(format!("/conversations/{id}/messages"));
    }
    let sent: Vec<Sent> = paths.iter().map(|_| Sent::default()).collect();
    for cycle in 0..kills {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (url, path) = (running.url.clone(), paths[writer].clone());
                let sent = Arc::clone(&sent[writer]);
                let name = format!("{cycle}-{writer}");
                tokio::spawn(write(client.clone(), url, path, sent, name))
            })
            .collect();
        first_acknowledged(&sent, cycle).await;
        // Each cycle is cut off at another moment.
        let millis = 5 + u64::try_from(cycle * 7 % 40).unwrap();
        tokio::time::sleep(Duration::from_millis(millis)).await;
        running.child.kill().await.unwrap();
        for writer in writers {
            writer.await.unwrap();
        }
        if cycle % 25 == 19 {
            doctor(place).await;
        }
        running = start(place).await;
    }
    let mut acknowledged = 0;
    for (path, sent) in paths.iter().zip(&sent) {
        let sent = sent.lock().unwrap().clone();
        acknowledged += check(&running.url, path, &sent).await;
    }
    assert!(
        acknowledged >= kills,
        "only {acknowledged} messages were acknowledged"
    );
    running.child.kill().await.unwrap();
    doctor(place).await;
}

/// Sends again what was not acknowledged, under the same keys; then each text is there once.
async fn check(url: &str, path: &str, sent: &BTreeMap<String, (String, Option<String>)>) -> usize {
    let client = segue::outgoing::client().unwrap();
    let before = kept(url, path).await;
    for (text, id) in sent.values() {
        let found: Vec<_> = before.iter().filter(|(_, kept)| kept == text).collect();
        match id {
            Some(id) => assert_eq!(found, [&(id.clone(), text.clone())]),
            None => assert!(found.len() <= 1, "{text} is there {} times", found.len()),
        }
    }
    for (key, (text, _)) in sent.iter().filter(|(_, (_, id))| id.is_none()) {
        let again = send(&client, url, path, key, text).await;
        assert!(again.is_some(), "{text} was not taken again");
    }
    let mut texts: Vec<String> = kept(url, path)
        .await
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    texts.sort();
    let mut expected: Vec<String> = sent.values().map(|(text, _)| text.clone()).collect();
    expected.sort();
    assert_eq!(texts, expected);
    sent.values().filter(|(_, id)| id.is_some()).count()
}
