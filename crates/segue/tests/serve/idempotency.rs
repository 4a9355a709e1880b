//! A request that is sent again has one effect.

use segue_store::testkit::Place;
use serde_json::{Value as Json, json};

use crate::support::{Answer, TestDesk};

async fn say(desk: &TestDesk, path: &str, token: &str, key: &str, text: &str) -> Answer {
    let said = json!({ "author": "customer", "text": text });
    let headers = [("idempotency-key", key)];
    desk.send_with("POST", path, token, Some(said), &headers)
        .await
}

fn texts(page: &Json) -> Vec<&str> {
    let items = page["items"].as_array().unwrap();
    let texts = items.iter().filter(|item| item["author"] == "customer");
    texts.map(|item| item["text"].as_str().unwrap()).collect()
}

pub(crate) async fn the_same_key_gives_the_same_answer_also_after_a_restart(place: Place) {
    let mut desk = TestDesk::serve(place).await;
    let customer = desk.customer("ann").await;
    let id = desk.conversation(&customer).await;
    let path = format!("/conversations/{id}/messages");
    let first = say(&desk, &path, &customer, "k1", "hello").await;
    assert!(!first.headers.contains_key("idempotent-replay"));
    let again = say(&desk, &path, &customer, "k1", "hello").await;
    assert_eq!(again.headers["idempotent-replay"], "true");
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    desk.restart().await;
    let later = say(&desk, &path, &customer, "k1", "hello").await;
    assert_eq!(first.body, later.body);
    let page = desk.get(&path, &customer).await.with(200);
    assert_eq!(texts(&page), ["hello"]);
}

pub(crate) async fn a_key_under_which_something_else_was_said_is_refused(place: Place) {
    let desk = TestDesk::serve(place).await;
    let customer = desk.customer("ann").await;
    let id = desk.conversation(&customer).await;
    let path = format!("/conversations/{id}/messages");
    say(&desk, &path, &customer, "k1", "hello").await.with(201);
    let other = say(&desk, &path, &customer, "k1", "goodbye")
        .await
        .with(422);
    assert_eq!(other["field"], "Idempotency-Key");
    let bob = desk.customer("bob").await;
    let his = desk.conversation(&bob).await;
    let path = format!("/conversations/{his}/messages");
    say(&desk, &path, &bob, "k1", "mine").await.with(201);
}

pub(crate) async fn twenty_at_once_under_one_key_have_one_effect(place: Place) {
    let desk = TestDesk::serve(place).await;
    let customer = desk.customer("ann").await;
    let id = desk.conversation(&customer).await;
    let path = format!("/conversations/{id}/messages");
    let sent = (0..20).map(|_| say(&desk, &path, &customer, "k1", "hello"));
    let answers = futures::future::join_all(sent).await;
    let ids: std::collections::BTreeSet<String> = answers
        .into_iter()
        .map(|answer| answer.with(201)["message"]["id"].to_string())
        .collect();
    assert_eq!(ids.len(), 1);
    let page = desk.get(&path, &customer).await.with(200);
    assert_eq!(texts(&page), ["hello"]);
}

pub(crate) async fn a_token_made_under_a_key_is_the_same_when_asked_again(place: Place) {
    let desk = TestDesk::serve(place).await;
    let headers = [("idempotency-key", "t1")];
    let said = || Some(json!({ "scope": "assistant" }));
    let make = || desk.send_with("POST", "/tokens", &desk.admin, said(), &headers);
    let (first, again) = (make().await.with(201), make().await.with(201));
    assert_eq!(first, again);
}
