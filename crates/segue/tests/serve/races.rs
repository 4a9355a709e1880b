//! When many want the same thing, one gets it.

use segue_store::testkit::Place;
use serde_json::json;

use crate::support::TestDesk;

pub(crate) async fn of_fifty_agents_who_claim_at_once_exactly_one_wins(place: Place) {
    let desk = TestDesk::serve(place).await;
    let mut agents = Vec::new();
    for number in 0..50 {
        agents.push(desk.agent(&format!("Agent {number}"), "billing", 2).await.1);
    }
    let (conversation, handoff, _) = desk.handed_off("ann").await;
    let path = format!("/handoffs/{handoff}/claim");
    let claims = agents
        .iter()
        .map(|agent| desk.post(&path, agent, json!({})));
    let answers = futures::future::join_all(claims).await;
    let won: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .collect();
    assert_eq!(won.len(), 1);
    let lost = answers.iter().filter(|answer| answer.status == 409);
    assert_eq!(lost.count(), 49);
    let path = format!("/conversations/{conversation}");
    let seen = desk.get(&path, &desk.admin).await.with(200);
    assert_eq!(seen["control"]["agent_id"], won[0].body["agent"]["id"]);
}

pub(crate) async fn a_reply_in_flight_when_a_person_takes_over_is_refused_and_never_shown(
    place: Place,
) {
    let desk = TestDesk::serve(place).await;
    let bot = desk.bot().await;
    let (_, agent) = desk.agent("Sarah", "billing", 3).await;
    let customer = desk.customer("ann").await;
    let id = desk.conversation(&customer).await;
    let path = format!("/conversations/{id}/messages");
    desk.say(&id, &customer, "Where is my parcel?").await;
    let epoch = desk
        .get(&format!("/conversations/{id}"), &bot)
        .await
        .with(200)["control"]["epoch"]
        .clone();
    let said = json!({ "by": "customer", "reason": "I want a person" });
    let handoff = desk
        .post(&format!("/conversations/{id}/handoff"), &customer, said)
        .await
        .with(201);
    let claim = format!("/handoffs/{}/claim", handoff["id"].as_str().unwrap());
    desk.post(&claim, &agent, json!({})).await.with(200);
    let late = json!({ "author": "assistant", "text": "It comes tomorrow.", "epoch": epoch });
    let refused = desk.post(&path, &bot, late).await.with(409);
    assert_eq!(refused["type"], "urn:segue:problem:stale_epoch");
    for token in [&customer, &desk.admin] {
        let page = desk.get(&path, token).await.with(200);
        assert!(!page.to_string().contains("It comes tomorrow."), "{page}");
    }
}
