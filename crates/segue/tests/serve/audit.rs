//! Leads read the audit; nobody else does.

use segue_store::testkit::Place;
use serde_json::json;

use crate::support::TestDesk;

pub(crate) async fn a_lead_reads_the_audit_and_nobody_else_does(place: Place) {
    let desk = TestDesk::serve(place).await;
    let said = json!({ "scope": "lead" });
    let made = desk.post("/tokens", &desk.admin, said).await.with(201);
    let lead = made["token"].as_str().unwrap();
    let told = desk.get("/audit?days=90", lead).await.with(200);
    assert_eq!(told["handoffs"]["conversations"], 0);
    assert_eq!(told["coverage"][0]["of"], 0);
    desk.get("/audit?compare=spring", lead).await.with(404);
    desk.get("/audit?day=90", lead).await.with(422);
    let (_, agent) = desk.agent("Ann", "billing", 2).await;
    desk.get("/audit", &agent).await.with(403);
    desk.get("/audit", "").await.with(401);
}
