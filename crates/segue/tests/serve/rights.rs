//! A customer sees their own conversations and nothing else.

use segue_store::testkit::Place;
use serde_json::json;

use crate::support::TestDesk;

pub(crate) async fn one_customer_cannot_see_or_touch_anothers_conversation(place: Place) {
    let desk = TestDesk::serve(place).await;
    let (ann, bob) = (desk.customer("ann").await, desk.customer("bob").await);
    let id = desk.conversation(&ann).await;
    desk.say(&id, &ann, "my card number is secret").await;
    let path = format!("/conversations/{id}");
    for read in [path.clone(), format!("{path}/messages")] {
        desk.get(&read, &bob).await.with(404);
        desk.get(&read, &ann).await.with(200);
    }
    let moves = [
        ("messages", json!({ "author": "customer", "text": "hi" })),
        ("handoff", json!({ "by": "customer", "reason": "please" })),
        ("choice", json!({ "choice": "wait" })),
        ("resolve", json!({})),
        ("csat", json!({ "score": 1 })),
        ("typing", json!({})),
    ];
    for (verb, said) in moves {
        let answer = desk.post(&format!("{path}/{verb}"), &bob, said).await;
        assert_eq!(answer.status, 404, "{verb}");
    }
    let list = desk.get("/conversations", &bob).await.with(200);
    assert_eq!(list["items"], json!([]));
}

pub(crate) async fn a_customer_never_reads_what_is_for_the_team(place: Place) {
    let desk = TestDesk::serve(place).await;
    let bot = desk.bot().await;
    let said = json!({ "customer": { "external_id": "ann", "name": "Ann",
        "attributes": { "tier": "circle", "debt": 120 } } });
    let opened = desk.post("/conversations", &bot, said).await.with(201);
    assert_eq!(opened["customer"]["tier"], "circle");
    let id = opened["id"].as_str().unwrap();
    let ann = desk.customer("ann").await;
    let path = format!("/conversations/{id}/messages");
    desk.say(id, &ann, "Where is my parcel?").await;
    let unsure = json!({ "author": "assistant", "text": "no idea",
        "assistant": { "confidence": 0.1, "attempted": ["guessed"] } });
    let received = desk.post(&path, &bot, unsure).await.with(201);
    assert_eq!(received["message"]["withheld"], true, "{received}");
    let page = desk.get(&path, &ann).await.with(200);
    let text = page.to_string();
    for secret in ["no idea", "confidence", "signals", "guessed"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    let own = desk
        .get(&format!("/conversations/{id}"), &ann)
        .await
        .with(200);
    let text = own.to_string();
    for secret in ["tier", "debt", "trigger"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    let team = desk.get(&path, &desk.admin).await.with(200);
    assert!(team.to_string().contains("no idea"), "the team reads it");
}

pub(crate) async fn a_widget_cannot_raise_its_own_tier(place: Place) {
    let desk = TestDesk::serve(place).await;
    let ann = desk.customer("ann").await;
    let said = json!({ "customer": { "attributes": { "tier": "circle" } } });
    let refused = desk.post("/conversations", &ann, said).await.with(403);
    assert_eq!(refused["field"], "customer.attributes");
    let said = json!({ "customer": { "external_id": "bob" } });
    desk.post("/conversations", &ann, said).await.with(403);
}

pub(crate) async fn an_agent_cannot_end_what_another_has(place: Place) {
    let desk = TestDesk::serve(place).await;
    let (_, sarah) = desk.agent("Sarah", "billing", 3).await;
    let (_, tom) = desk.agent("Tom", "billing", 3).await;
    let (conversation, handoff, _) = desk.handed_off("ann").await;
    let path = |verb: &str| format!("/handoffs/{handoff}/{verb}");
    desk.online(&sarah).await;
    desk.post(&path("claim"), &sarah, json!({})).await.with(200);
    for verb in ["resolve", "return"] {
        desk.post(&path(verb), &tom, json!({})).await.with(409);
    }
    let said = json!({ "author": "agent", "text": "hello from Tom" });
    let messages = format!("/conversations/{conversation}/messages");
    desk.post(&messages, &tom, said).await.with(409);
    desk.post(&path("resolve"), &sarah, json!({}))
        .await
        .with(200);
}
