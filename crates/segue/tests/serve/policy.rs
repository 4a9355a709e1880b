//! The policy over HTTP: checked with its tests, published by one at a time, kept and restored.

use segue_store::testkit::Place;
use serde_json::{Value as Json, json};

use crate::support::TestDesk;

const POLICY: &str = r#"policy: Tried
triggers:
  asks: {level: immediate, when: message.asks_for_person, cooldown: 0s}
  silent: {level: immediate, when: assistant.failed || assistant.silent_seconds >= 20, cooldown: 0s}
tests:
  who_asks_is_heard: |
    ann: can I talk to a human please
    expect hand_off by asks
"#;

async fn publish(desk: &TestDesk, source: &str, from: &str) -> crate::support::Answer {
    let said = Some(json!({ "source": source }));
    let headers = [("if-match", from)];
    desk.send_with("PUT", "/policy", &desk.admin, said, &headers)
        .await
}

pub(crate) async fn a_policy_with_a_failing_test_is_not_published(place: Place) {
    let desk = TestDesk::serve(place).await;
    let source = POLICY.replace("expect hand_off by asks", "expect hand_off by silent");
    let answer = publish(&desk, &source, "*").await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    let errors: Vec<&Json> = answer.body["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["severity"] == "error")
        .collect();
    assert_eq!(errors.len(), 1, "{}", answer.body);
    assert_eq!(
        (&errors[0]["line"], &errors[0]["column"]),
        (&json!(8), &json!(5))
    );
    let message = errors[0]["message"].as_str().unwrap();
    assert!(
        message.contains("test `who_asks_is_heard` fails: expected `hand_off by silent`"),
        "{message}"
    );
    assert!(
        errors[0]["hint"]
            .as_str()
            .unwrap()
            .contains("hand_off by asks"),
        "{}",
        errors[0]
    );
    let policy = desk.get("/policy", &desk.admin).await.with(200);
    assert_eq!(policy["version"], 1);
}

pub(crate) async fn two_leads_do_not_publish_over_one_another(place: Place) {
    let desk = TestDesk::serve(place).await;
    let present = desk.get("/policy", &desk.admin).await;
    assert_eq!(present.headers["etag"], "\"1\"");
    publish(&desk, POLICY, "\"1\"").await.with(200);
    let late = publish(&desk, POLICY, "\"1\"").await;
    assert_eq!(late.status, 412, "{}", late.body);
    assert_eq!(late.body["type"], "urn:segue:problem:policy_moved");
    let wrong = publish(&desk, POLICY, "yesterday").await;
    assert_eq!(
        (wrong.status, &wrong.body["field"]),
        (422, &json!("If-Match"))
    );
    publish(&desk, POLICY, "\"2\"").await.with(200);
}

pub(crate) async fn every_version_is_kept_compared_and_restored(place: Place) {
    let desk = TestDesk::serve(place).await;
    let first = desk.get("/policy", &desk.admin).await.with(200);
    publish(&desk, POLICY, "*").await.with(200);
    let versions = desk.get("/policy/versions", &desk.admin).await.with(200);
    let numbers: Vec<_> = versions["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (&it["version"], &it["in_force"]))
        .collect();
    assert_eq!(
        numbers,
        [(&json!(2), &json!(true)), (&json!(1), &json!(false))]
    );
    assert!(versions["items"][0]["author"].is_string() && versions["items"][0]["at"].is_string());

    let old = desk.get("/policy/versions/1", &desk.admin).await.with(200);
    assert_eq!(old["source"], first["source"]);
    assert_eq!(
        desk.get("/policy/versions/9", &desk.admin).await.status,
        404
    );
    let built_in = desk.get("/policy/versions/0", &desk.admin).await.with(200);
    assert!(
        built_in["source"]
            .as_str()
            .unwrap()
            .contains("policy: Default")
    );

    let diff = desk
        .get("/policy/versions/2/diff?against=1", &desk.admin)
        .await
        .with(200);
    let changes = diff["changes"].as_array().unwrap();
    assert!(
        changes
            .iter()
            .any(|it| it == "test `who_asks_is_heard` is new, with 2 items"),
        "{diff}"
    );
    let same = desk
        .get("/policy/versions/2/diff", &desk.admin)
        .await
        .with(200);
    assert_eq!(same["changes"], json!([]));

    let moved = desk
        .send_with(
            "POST",
            "/policy/versions/1/restore",
            &desk.admin,
            Some(json!({})),
            &[("if-match", "\"1\"")],
        )
        .await;
    assert_eq!(moved.status, 412, "{}", moved.body);
    let restored = desk
        .post("/policy/versions/1/restore", &desk.admin, json!({}))
        .await
        .with(200);
    assert_eq!(
        (&restored["version"], &restored["source"]),
        (&json!(3), &first["source"])
    );
}

pub(crate) async fn an_editor_gets_findings_names_and_a_vocabulary(place: Place) {
    let desk = TestDesk::serve(place).await;
    desk.agent("Sarah", "glass", 2).await;
    let source = POLICY.replace("cooldown: 0s}\ntests", "skills: {law: 2}}\ntests");
    let said = json!({ "source": source });
    let checked = desk
        .post("/policy/check", &desk.admin, said)
        .await
        .with(200);
    assert_eq!(checked["usable"], true, "{checked}");
    let told = checked["diagnostics"].to_string();
    assert!(told.contains("no agent has the skill `law`"), "{told}");
    assert_eq!(checked["names"]["triggers"], json!(["asks", "silent"]));

    let words = desk.get("/policy/vocabulary", &desk.admin).await.with(200);
    let facts = words["facts"].as_array().unwrap();
    let frustrated = facts
        .iter()
        .find(|it| it["name"] == "message.frustrated")
        .unwrap();
    assert_eq!(frustrated["type"], "bool");
    assert_eq!(frustrated["known"], json!(["when the customer writes"]));
    assert!(
        words["names"]["skills"].to_string().contains("glass"),
        "{}",
        words["names"]
    );
}

pub(crate) async fn a_policy_of_ten_thousand_lines_is_taken(place: Place) {
    let desk = TestDesk::serve(place).await;
    let long = format!(
        "{}{POLICY}",
        "# what a lead writes down for the next one\n".repeat(10_000)
    );
    publish(&desk, &long, "*").await.with(200);
    let policy = desk.get("/policy", &desk.admin).await.with(200);
    assert_eq!(policy["source"], long);
}
