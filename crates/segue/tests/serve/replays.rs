//! What a lead asks of the past: replays over the API, verification, and every decision explained.

use segue_store::testkit::Place;
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
async fn lived(place: Place) -> (TestDesk, String) {
    let desk = TestDesk::serve(place).await;
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

pub(crate) async fn a_lead_tries_a_policy_on_the_desks_own_past(place: Place) {
    let (desk, _) = lived(place).await;
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

pub(crate) async fn a_replay_is_refused_to_agents_and_for_a_policy_with_errors(place: Place) {
    let (desk, _) = lived(place).await;
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

pub(crate) async fn the_same_key_asks_once(place: Place) {
    let (desk, _) = lived(place).await;
    let key = [("idempotency-key", "k1")];
    let ask = |body: Json| desk.send_with("POST", "/replay", &desk.admin, Some(body), &key);
    let first = ask(json!({})).await.with(202);
    let again = ask(json!({})).await.with(202);
    assert_eq!(first["id"], again["id"]);
    ask(json!({ "past": "own" })).await.with(422);
}

pub(crate) async fn a_handoff_is_explained_with_the_customers_words_until_they_are_erased(
    place: Place,
) {
    let (desk, handoff) = lived(place).await;
    let path = format!("/handoffs/{handoff}/explain");
    let why = desk.get(&path, &desk.admin).await.with(200);
    let items = why["items"].as_array().unwrap();
    let judged = items.iter().find(|one| one["kind"] == "judged").unwrap();
    assert_eq!(judged["policy_version"], 1);
    assert_eq!(judged["rule"]["name"], "billing_dispute");
    let when = judged["rule"]["when"].as_str().unwrap();
    assert_eq!(when, "message.intent == \"billing_dispute\"");
    let evidence = &judged["evidence"][0];
    assert_eq!(evidence["shows"], "message.intent");
    assert_eq!(evidence["words"], "charged twice");
    let sentence = evidence["sentence"].as_str().unwrap();
    assert!(
        sentence.contains("I want to talk to a person"),
        "{sentence}"
    );
    let other = &judged["yielded"][0];
    assert_eq!(other["trigger"], "asks_for_person");
    assert_eq!(
        other["why"],
        "its severity normal is below high, that of billing_dispute"
    );

    let store = desk.place.open().await;
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

pub(crate) async fn what_was_lived_is_explained_and_verified_from_the_command_line(place: Place) {
    let (desk, handoff) = lived(place).await;
    let told = run(&desk, &["explain", &handoff]).await;
    for part in [
        "Trigger billing_dispute fired",
        "\"charged twice\" in \"I was charged twice for order LL-20417",
        "asks_for_person yielded: its severity normal is below high",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    let message = run(&desk, &["explain", "msg_3"]).await;
    assert!(message.contains("The customer wrote"), "{message}");
    assert!(!message.contains("oak shelf"), "{message}");
    let told = run(&desk, &["replay", "--verify"]).await;
    assert!(told.contains("byte for byte"), "{told}");
}

async fn run(desk: &TestDesk, arguments: &[&str]) -> String {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_segue"));
    let done = command
        .args(arguments)
        .args(desk.place.arguments())
        .env_remove("SEGUE_DATA")
        .env_remove("SEGUE_DATABASE_URL")
        .output()
        .await
        .unwrap();
    let told = String::from_utf8(done.stdout).unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    told
}
