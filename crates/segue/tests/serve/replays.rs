//! What a lead asks of the past: replays over the API, verification, and every decision explained.

use serde_json::{Value as Json, json};

use crate::support::TestDesk;

/// A policy that asks for nothing but a word.
const CANDIDATE: &str = "policy: Candidate
triggers:
  delivery: {about: the customer asks about delivery, level: proactive, when: message.words >= 4, severity: normal, cooldown: 0s}
routes:
  parcels: {team: parcel team, skills: {}, chain: [primary]}
default_route: parcels
";

/// Two conversations under the present policy: one is handed off, one is not.
async fn lived() -> (TestDesk, String) {
    let desk = TestDesk::serve().await;
    let (_, handoff, _) = desk.handed_off("ann").await;
    let customer = desk.customer("bob").await;
    let conversation = desk.conversation(&customer).await;
    desk.say(&conversation, &customer, "Where is my oak shelf now?")
        .await;
    (desk, handoff)
}

async fn over(desk: &TestDesk, asked: &Json) -> Json {
    let path = format!("/replay/{}", asked["id"].as_str().unwrap());
    desk.until(&path, &desk.admin, |told| told["state"] != "running")
        .await
}

#[tokio::test]
async fn a_lead_tries_a_policy_on_the_desks_own_past() {
    let (desk, _) = lived().await;
    let same = desk.post("/replay", &desk.admin, json!({})).await.with(202);
    let told = over(&desk, &same).await;
    assert_eq!(told["state"], "done", "{told}");
    let report = &told["report"];
    assert_eq!(
        (&report["conversations"], &report["handoffs"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(report["compared"]["unchanged"], 2, "{report}");
    assert_eq!(
        (&told["done"], told["total"].as_u64() > Some(0)),
        (&told["total"], true)
    );

    let said = json!({ "source": CANDIDATE, "past": "own" });
    let asked = desk.post("/replay", &desk.admin, said).await.with(202);
    let told = over(&desk, &asked).await;
    let compared = &told["report"]["compared"];
    assert_eq!(compared["gained"]["count"], 1, "{compared}");
    assert_eq!(compared["gained"]["by_trigger"]["delivery"], 1);
    let example = &compared["gained"]["examples"][0]["after"];
    assert_eq!(example["quote"], "Where is my oak shelf now?");
    assert_eq!(
        compared["otherwise"]["count"], 1,
        "another trigger and route"
    );
    let list = desk.get("/replay", &desk.admin).await.with(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_replay_is_refused_to_agents_and_for_a_policy_with_errors() {
    let (desk, _) = lived().await;
    let (_, agent) = desk.agent("Sarah", "billing", 3).await;
    desk.post("/replay", &agent, json!({})).await.with(403);
    let wrong = json!({ "source": CANDIDATE.replace("message.words", "message.wrods") });
    let refused = desk.post("/replay", &desk.admin, wrong).await.with(422);
    assert!(
        refused["diagnostics"].to_string().contains("wrods"),
        "{refused}"
    );
    desk.get("/replay/rpl_none", &desk.admin).await.with(404);
    let stopped = desk
        .send("DELETE", "/replay/rpl_none", &desk.admin, None)
        .await;
    stopped.with(404);
}

#[tokio::test]
async fn the_same_key_asks_once() {
    let (desk, _) = lived().await;
    let key = [("idempotency-key", "k1")];
    let ask = |body: Json| desk.send_with("POST", "/replay", &desk.admin, Some(body), &key);
    let first = ask(json!({})).await.with(202);
    let again = ask(json!({})).await.with(202);
    assert_eq!(first["id"], again["id"]);
    ask(json!({ "past": "own" })).await.with(422);
}

#[tokio::test]
async fn a_handoff_is_explained_with_the_customers_words_until_they_are_erased() {
    let (desk, handoff) = lived().await;
    let path = format!("/handoffs/{handoff}/explain");
    let why = desk.get(&path, &desk.admin).await.with(200);
    let items = why["items"].as_array().unwrap();
    let judged = items.iter().find(|one| one["kind"] == "judged").unwrap();
    assert_eq!(judged["policy_version"], 1);
    let rule = &judged["rule"];
    assert!(
        rule["when"].as_str().unwrap().contains("asks_for_person"),
        "{judged}"
    );
    let evidence = &judged["evidence"][0];
    assert_eq!(evidence["shows"], "message.asks_for_person");
    let words = evidence["words"].as_str().unwrap();
    assert!(words.contains("person"), "{words}");
    assert!(evidence["sentence"].as_str().unwrap().contains(words));
    for other in judged["yielded"].as_array().into_iter().flatten() {
        assert!(other["why"].as_str().unwrap().len() > 10, "{other}");
    }

    let place = desk.data.path().display().to_string();
    let store = segue_store::open(&place).await.unwrap();
    let row = store
        .handoff(handoff.parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    let conversation = store.conversation(row.row.conversation).await.unwrap();
    let customer = conversation.unwrap().customer;
    store.erase_customer(customer).await.unwrap();
    let why = desk.get(&path, &desk.admin).await.with(200);
    let items = why["items"].as_array().unwrap();
    let judged = items.iter().find(|one| one["kind"] == "judged").unwrap();
    assert_eq!(judged["evidence"][0]["erased"], true, "{judged}");
    assert!(judged["evidence"][0].get("words").is_none());
}
