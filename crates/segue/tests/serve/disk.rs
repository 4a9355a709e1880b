//! The disk is slow: whoever looks does not wait for it, and sees nothing that is not on it.

use std::pin::{Pin, pin};

use futures::future::join_all;
use rusqlite::Connection;
use serde_json::{Value as Json, json};

use segue_store::testkit::Place;

use crate::support::TestDesk;

/// Nothing can be written until this is rolled back.
fn busy_disk(desk: &TestDesk) -> Connection {
    let file = desk.place.directory().unwrap().join("segue.db");
    let lock = Connection::open(file).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    lock
}

/// Looks at the queue again and again: it is empty, and what is asked is not answered.
async fn nothing_is_told<T>(desk: &TestDesk, mut asked: Pin<&mut impl Future<Output = T>>) {
    for _ in 0..20 {
        tokio::select! {
            _ = &mut asked => panic!("told before it was written"),
            seen = desk.get("/queue", &desk.admin) => {
                assert_eq!(seen.with(200)["entries"], json!([]));
            }
        }
    }
}

fn number(message: &Json) -> u64 {
    let id = message["id"].as_str().unwrap();
    id.trim_start_matches("msg_").parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_looks_neither_waits_for_the_disk_nor_sees_what_is_not_on_it() {
    let desk = TestDesk::serve(Place::sqlite()).await;
    let customer = desk.customer("ann").await;
    let id = desk.conversation(&customer).await;
    let lock = busy_disk(&desk);
    let mut said = pin!(desk.say(&id, &customer, "I want to talk to a person"));
    nothing_is_told(&desk, said.as_mut()).await;
    lock.execute_batch("ROLLBACK").unwrap();
    let said = said.await;
    let queue = desk.get("/queue", &desk.admin).await.with(200);
    let entry = &queue["entries"][0]["handoff_id"];
    assert_eq!(*entry, said["handoff"]["id"], "{queue}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_decided_while_the_disk_is_busy_is_written_once_and_in_order() {
    let desk = TestDesk::serve(Place::sqlite()).await;
    let customer = desk.customer("ann").await;
    let id = desk.conversation(&customer).await;
    let lock = busy_disk(&desk);
    let texts: Vec<String> = (0..30).map(|number| format!("lamp {number}")).collect();
    let said = texts.iter().map(|text| desk.say(&id, &customer, text));
    let mut said = pin!(join_all(said));
    nothing_is_told(&desk, said.as_mut()).await;
    lock.execute_batch("ROLLBACK").unwrap();
    let mut told: Vec<u64> = said
        .await
        .iter()
        .map(|said| number(&said["message"]))
        .collect();
    told.sort_unstable();
    let path = format!("/conversations/{id}/messages");
    let page = desk.get(&path, &customer).await.with(200);
    let kept = page["items"].as_array().unwrap().iter();
    let kept = kept.filter(|message| message["author"] == "customer");
    assert_eq!(kept.map(number).collect::<Vec<_>>(), told);
}
