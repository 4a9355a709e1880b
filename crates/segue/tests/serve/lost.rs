//! The line to the database breaks in the middle of a commit: what was written counts and is told,
//! what was not is done again, and nothing is there twice.

use serde_json::{Value as Json, json};

use crate::support::{
    TestDesk,
    proxy::{Line, MARKED, Proxy},
    socket::Socket,
};

/// The customer's texts, as the journal has them.
async fn texts(desk: &TestDesk, path: &str, token: &str) -> Vec<String> {
    let page = desk.get(path, token).await.with(200);
    let items = page["items"].as_array().unwrap();
    let own = items.iter().filter(|item| item["author"] == "customer");
    own.map(|item| item["text"].as_str().unwrap().to_owned())
        .collect()
}

fn heard(frames: &[Json]) -> Vec<&str> {
    let messages = frames.iter().filter(|frame| frame["event"] == "message");
    messages
        .filter_map(|frame| frame["data"]["text"].as_str())
        .collect()
}

async fn survives(line: Line) {
    let proxy = Proxy::start().await;
    let desk = TestDesk::behind(&proxy).await;
    let customer = desk.customer("ann").await;
    let id = desk.conversation(&customer).await;
    let path = format!("/conversations/{id}/messages");
    let mut socket = Socket::open(&desk.url, &customer, None).await;
    desk.say(&id, &customer, "before").await;
    proxy.set(line);
    let said = desk.say(&id, &customer, MARKED).await;
    assert!(proxy.is(Line::Whole), "the line was cut");
    desk.say(&id, &customer, "after").await;
    let expected = ["before", MARKED, "after"];
    assert_eq!(texts(&desk, &path, &customer).await, expected);
    let page = desk.get(&path, &customer).await.with(200);
    assert_eq!(page["items"][1]["id"], said["message"]["id"]);
    assert_eq!(heard(&socket.all().await), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_is_lost_counts_once_and_is_answered_as_done() {
    survives(Line::CutAfterCommit).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_never_arrived_is_made_again_and_counts_once() {
    survives(Line::CutBeforeCommit).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_nobody_can_tell_whether_a_commit_counts_nobody_says_that_it_does_not() {
    let proxy = Proxy::start().await;
    let desk = TestDesk::behind(&proxy).await;
    let customer = desk.customer("ann").await;
    let id = desk.conversation(&customer).await;
    let path = format!("/conversations/{id}/messages");
    let mut socket = Socket::open(&desk.url, &customer, None).await;
    let send = || {
        let said = Some(json!({ "author": "customer", "text": MARKED }));
        let headers = [("idempotency-key", "k1")];
        let (desk, path, customer) = (&desk, &path, &customer);
        async move { desk.send_with("POST", path, customer, said, &headers).await }
    };
    proxy.set(Line::CutAfterCommitAndDown);
    let unsure = send().await.with(503);
    let detail = unsure["detail"].as_str().unwrap();
    assert!(detail.contains("nobody can tell yet"), "{unsure}");
    assert!(unsure["hint"].as_str().unwrap().contains("Idempotency-Key"));
    let said = json!({ "author": "customer", "text": "meanwhile" });
    let refused = desk.post(&path, &customer, said).await.with(503);
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("nothing was"), "{refused}");
    proxy.set(Line::Whole);
    let mut again = send().await;
    for _ in 0..100 {
        if again.status != 503 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        again = send().await;
    }
    let replayed = again.headers.contains_key("idempotent-replay");
    let again = again.with(201);
    assert!(replayed, "{again}");
    assert_eq!(texts(&desk, &path, &customer).await, [MARKED]);
    assert_eq!(heard(&socket.all().await), [MARKED]);
}
