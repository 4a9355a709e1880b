//! What opens a desk stops opening it when it should, and nobody gets more than they were given.

use std::time::Duration;

use segue_store::testkit::Place;
use serde_json::{Value as Json, json};

use crate::support::{
    TestDesk,
    socket::{Heard, Socket},
};

const MAIL: &str = "sarah@example.org";
const PASSWORD: &str = "long enough";

fn sarah() -> Json {
    json!({ "name": "Sarah", "email": MAIL, "password": PASSWORD, "skills": {}, "capacity": 3 })
}

async fn log_in(desk: &TestDesk) -> crate::support::Answer {
    let said = json!({ "email": MAIL, "password": PASSWORD });
    desk.post("/login", "", said).await
}

pub(crate) async fn whoever_has_left_the_team_gets_in_by_no_door(place: Place) {
    let desk = TestDesk::serve(place).await;
    let agent = desk.post("/agents", &desk.admin, sarah()).await.with(201);
    let id = agent["id"].as_str().unwrap();
    let said = json!({ "scope": "agent", "agent_id": id });
    let made = desk.post("/tokens", &desk.admin, said).await.with(201);
    let token = made["token"].as_str().unwrap();
    log_in(&desk).await.with(200);
    desk.get("/me", token).await.with(200);
    let mut socket = Socket::open(&desk.url, token, None).await;
    let path = format!("/agents/{id}");
    let retired = Some(json!({ "retired": true }));
    let answer = desk.send("PATCH", &path, &desk.admin, retired).await;
    answer.with(200);
    log_in(&desk).await.with(401);
    desk.get("/me", token).await.with(401);
    let ended = loop {
        match socket.hear(Duration::from_secs(8)).await {
            Heard::Event(_) => {}
            other => break other,
        }
    };
    assert_eq!(ended, Heard::Closed(4001));
}

pub(crate) async fn a_session_never_outlives_the_token_it_was_begun_with(place: Place) {
    let desk = TestDesk::serve(place).await;
    let soon = segue::clock::now().plus_seconds(2);
    let said = json!({ "scope": "customer", "customer_external_id": "ann",
        "expires_at": segue::http::wire::moment(soon) });
    let made = desk.post("/tokens", &desk.admin, said).await.with(201);
    let said = json!({ "customer_token": made["token"] });
    let session = desk.post("/widget/session", "", said).await.with(200);
    let token = session["token"].as_str().unwrap();
    desk.get("/conversations", token).await.with(200);
    tokio::time::sleep(Duration::from_millis(2100)).await;
    desk.get("/conversations", token).await.with(401);
}

pub(crate) async fn an_agent_added_again_under_one_key_is_the_same_agent(place: Place) {
    let desk = TestDesk::serve(place).await;
    let headers = [("idempotency-key", "a1")];
    let add = || desk.send_with("POST", "/agents", &desk.admin, Some(sarah()), &headers);
    let (first, again) = (add().await.with(201), add().await.with(201));
    assert_eq!(first["id"], again["id"]);
    let taken = desk.post("/agents", &desk.admin, sarah()).await.with(409);
    assert_eq!(taken["field"], "email");
}

pub(crate) async fn two_who_ask_for_one_address_at_once_leave_one_agent(place: Place) {
    let desk = TestDesk::serve(place).await;
    let add = || desk.post("/agents", &desk.admin, sarah());
    let (one, other) = tokio::join!(add(), add());
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let team = desk.get("/agents", &desk.admin).await.with(200);
    assert_eq!(team["items"].as_array().map(Vec::len), Some(1));
}

pub(crate) async fn an_address_without_a_password_is_refused_by_name(place: Place) {
    let desk = TestDesk::serve(place).await;
    let said = json!({ "name": "Sarah", "email": MAIL, "skills": {}, "capacity": 3 });
    let refused = desk.post("/agents", &desk.admin, said).await.with(422);
    assert_eq!(refused["field"], "password");
}

pub(crate) async fn a_key_under_which_another_token_was_made_is_refused(place: Place) {
    let desk = TestDesk::serve(place).await;
    let headers = [("idempotency-key", "t1")];
    let make = |scope: &str| {
        let said = Some(json!({ "scope": scope }));
        let desk = &desk;
        async move {
            desk.send_with("POST", "/tokens", &desk.admin, said, &headers)
                .await
        }
    };
    make("assistant").await.with(201);
    let refused = make("admin").await.with(422);
    assert_eq!(refused["field"], "Idempotency-Key");
}

pub(crate) async fn a_customer_cannot_choose_whom_a_handoff_goes_to_or_what_is_told_of_it(
    place: Place,
) {
    let desk = TestDesk::serve(place).await;
    let ann = desk.customer("ann").await;
    let id = desk.conversation(&ann).await;
    let path = format!("/conversations/{id}/handoff");
    let given = [
        ("skills", json!(["billing"])),
        ("summary", json!("they are owed 100")),
        ("attempted", json!(["everything"])),
    ];
    for (field, value) in given {
        let mut said = json!({ "by": "customer", "reason": "please" });
        said[field] = value;
        let refused = desk.post(&path, &ann, said).await.with(403);
        assert_eq!(refused["field"], field);
    }
    let said = json!({ "by": "customer", "reason": "please" });
    desk.post(&path, &ann, said).await.with(201);
}

pub(crate) async fn values_that_mean_nothing_are_refused_by_name(place: Place) {
    let desk = TestDesk::serve(place).await;
    let bot = desk.bot().await;
    let bogus = desk.get("/conversations?state=bogus", &bot).await.with(422);
    assert_eq!(bogus["field"], "state");
    let said = json!({ "customer": { "external_id": "" } });
    let empty = desk.post("/conversations", &bot, said).await.with(422);
    assert_eq!(empty["field"], "customer.external_id");
    let said = json!({ "scope": "customer", "customer_external_id": " " });
    let empty = desk.post("/tokens", &desk.admin, said).await.with(422);
    assert_eq!(empty["field"], "customer_external_id");
    let id = desk.conversation(&desk.customer("ann").await).await;
    let path = format!("/conversations/{id}/messages");
    for (url, status) in [
        ("javascript:alert(1)", 422),
        ("//evil.example", 422),
        ("https://example.org/help", 201),
        ("/help", 201),
    ] {
        let said = json!({ "author": "assistant", "text": "see there",
            "assistant": { "confidence": 0.9, "sources": [{ "title": "Help", "url": url }] } });
        let answer = desk.post(&path, &bot, said).await;
        assert_eq!(answer.status, status, "{url}: {}", answer.body);
    }
}
