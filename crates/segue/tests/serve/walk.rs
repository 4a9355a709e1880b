//! One conversation goes from the assistant to a person, and is rated.

use std::fmt::Write;

use expect_test::expect;
use segue_store::testkit::Place;
use serde_json::json;

use crate::support::TestDesk;

pub(crate) async fn a_conversation_walks_from_the_assistant_to_a_person_and_ends(place: Place) {
    let desk = TestDesk::demo(place).await;
    let cast = desk.get("//demo/cast", "").await.with(200);
    let key = cast["customers"][0]["key"].clone();
    let said = json!({ "key": key });
    let token = desk.post("//demo/customer", "", said).await.with(200);
    let session = json!({ "customer_token": token["customer_token"] });
    let session = desk.post("/widget/session", "", session).await.with(200);
    let customer = session["token"].as_str().unwrap();
    let conversation = desk.conversation(customer).await;
    let messages = format!("/conversations/{conversation}/messages");

    desk.say(&conversation, customer, "How long does delivery take?")
        .await;
    let answered = desk
        .until(&messages, customer, |page| {
            page["items"][1]["author"] == "assistant"
        })
        .await;
    let sources = &answered["items"][1]["assistant"]["sources"];
    assert!(sources[0]["title"].is_string(), "{answered}");

    let (agent, cookie) = be_agent(&desk, &cast["agents"][0]["id"]).await;
    desk.online(&cookie).await;
    let text = "I was charged twice for order LL-204117, let me talk to a person please";
    let received = desk.say(&conversation, customer, text).await;
    assert_eq!(received["decision"]["outcome"], "hand_off", "{received}");
    let handoff = received["handoff"]["id"].as_str().unwrap();
    assert_eq!(received["notice"]["author"], "notice");
    assert!(received["notice"]["text"].as_str().unwrap().len() > 20);

    let own = desk.get("/desk", &cookie).await.with(200);
    let offered = &own["offers"][0]["handoff"];
    assert_eq!(offered["id"], handoff, "{own}");
    assert_eq!(offered["offer"]["agent_id"], agent);
    assert_eq!(offered["briefing"][0]["section"], "issue");
    let briefing = offered["briefing"].to_string();
    assert!(briefing.contains("LL-204117"), "{briefing}");
    let first = offered["first_sentence"].as_str().unwrap();
    assert!(first.contains("no need to repeat"), "{first}");

    let path = |verb: &str| format!("/handoffs/{handoff}/{verb}");
    let assigned = desk
        .post(&path("accept"), &cookie, json!({}))
        .await
        .with(200);
    assert_eq!(assigned["state"], "assigned");
    let said = json!({ "author": "agent", "text": first });
    desk.post(&messages, &cookie, said).await.with(201);
    let read = desk.get(&messages, customer).await.with(200);
    let last = read["items"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["author"], &last["text"]),
        (&json!("agent"), &json!(first))
    );

    let told = json!({ "note": "refunded" });
    let over = desk.post(&path("resolve"), &cookie, told).await.with(200);
    assert_eq!(over["state"], "resolved");
    let rate = format!("/conversations/{conversation}/csat");
    let rated = desk
        .post(&rate, customer, json!({ "score": 5 }))
        .await
        .with(201);
    assert_eq!(
        (&rated["state"], &rated["csat"]),
        (&json!("resolved"), &json!(5))
    );
    let why = desk.get(&path("explain"), &cookie).await.with(200);
    let titles = why["items"].to_string();
    assert!(titles.contains("Offered to"), "{titles}");
}

async fn be_agent(desk: &TestDesk, id: &serde_json::Value) -> (String, String) {
    let said = json!({ "agent_id": id });
    let answer = desk.post("//demo/agent", "", said).await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    answer.with(200);
    let cookie = cookie.split(';').next().unwrap().to_owned();
    (id.as_str().unwrap().to_owned(), cookie)
}

pub(crate) async fn an_agent_gives_a_conversation_back_and_the_assistant_goes_on(place: Place) {
    let desk = TestDesk::serve(place).await;
    let (_, agent) = desk.agent("Sarah", "billing", 3).await;
    desk.online(&agent).await;
    let (conversation, handoff, customer) = desk.handed_off("ann").await;
    let path = format!("/handoffs/{handoff}/accept");
    desk.post(&path, &agent, json!({})).await.with(200);
    let path = format!("/handoffs/{handoff}/return");
    let back = desk.post(&path, &agent, json!({})).await.with(200);
    assert_eq!(back["state"], "returned");
    let path = format!("/conversations/{conversation}");
    let seen = desk.get(&path, &customer).await.with(200);
    assert_eq!(seen["state"], "assistant");
    assert_eq!(seen["control"]["holder"], "assistant");
}

pub(crate) async fn a_customer_who_writes_after_the_end_opens_the_conversation_again(place: Place) {
    let desk = TestDesk::serve(place).await;
    let customer = desk.customer("ann").await;
    let conversation = desk.conversation(&customer).await;
    desk.say(&conversation, &customer, "Hello").await;
    let path = format!("/conversations/{conversation}/resolve");
    let over = desk.post(&path, &customer, json!({})).await.with(200);
    assert_eq!(over["state"], "resolved");
    let epoch = over["control"]["epoch"].as_u64().unwrap();
    desk.say(&conversation, &customer, "One more thing").await;
    let path = format!("/conversations/{conversation}");
    let open = desk.get(&path, &customer).await.with(200);
    assert_eq!(open["state"], "assistant");
    assert!(open["control"]["epoch"].as_u64().unwrap() > epoch, "{open}");
}

#[tokio::test]
async fn every_route_is_in_the_description() {
    let desk = TestDesk::serve(Place::sqlite()).await;
    let document = desk.get("//api/openapi.json", "").await.with(200);
    assert_eq!(document["openapi"].as_str().unwrap().get(..3), Some("3.1"));
    let mut routes = String::new();
    for (path, verbs) in document["paths"].as_object().unwrap() {
        let verbs: Vec<String> = verbs.as_object().unwrap().keys().cloned().collect();
        writeln!(routes, "{path} {}", verbs.join(" ")).unwrap();
    }
    expect![[r#"
        /api/v1/agents get post
        /api/v1/agents/me/presence put
        /api/v1/agents/{id} patch
        /api/v1/audit get
        /api/v1/conversations get post
        /api/v1/conversations/{id} get
        /api/v1/conversations/{id}/choice post
        /api/v1/conversations/{id}/csat post
        /api/v1/conversations/{id}/handoff post
        /api/v1/conversations/{id}/messages get post
        /api/v1/conversations/{id}/resolve post
        /api/v1/conversations/{id}/typing post
        /api/v1/desk get
        /api/v1/events get
        /api/v1/handoffs/{id} get
        /api/v1/handoffs/{id}/accept post
        /api/v1/handoffs/{id}/claim post
        /api/v1/handoffs/{id}/decline post
        /api/v1/handoffs/{id}/explain get
        /api/v1/handoffs/{id}/flag post
        /api/v1/handoffs/{id}/resolve post
        /api/v1/handoffs/{id}/return post
        /api/v1/handoffs/{id}/transfer post
        /api/v1/live get
        /api/v1/login post
        /api/v1/logout post
        /api/v1/me get
        /api/v1/metrics get
        /api/v1/policy get put
        /api/v1/policy/check post
        /api/v1/policy/versions get
        /api/v1/policy/versions/{version} get
        /api/v1/policy/versions/{version}/diff get
        /api/v1/policy/versions/{version}/restore post
        /api/v1/policy/vocabulary get
        /api/v1/queue get
        /api/v1/replay get post
        /api/v1/replay/{id} delete get
        /api/v1/tokens get post
        /api/v1/tokens/{id} delete
        /api/v1/webhooks get post
        /api/v1/webhooks/{id} delete
        /api/v1/widget/session post
    "#]]
    .assert_eq(&routes);
}

#[tokio::test]
async fn pages_come_with_their_kind_a_tag_and_a_strict_policy() {
    let desk = TestDesk::demo(Place::sqlite()).await;
    for (path, kind) in [
        ("//", "text/html; charset=utf-8"),
        ("//console/", "text/html; charset=utf-8"),
        ("//shop/", "text/html; charset=utf-8"),
        ("//api/docs", "text/html; charset=utf-8"),
        ("//widget.js", "text/javascript; charset=utf-8"),
    ] {
        let page = desk.get(path, "").await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.headers["content-type"], kind, "{path}");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(!policy.contains("unsafe"), "{policy}");
        let tag = page.headers["etag"].to_str().unwrap();
        let known = [("if-none-match", tag)];
        let again = desk.send_with("GET", path, "", None, &known).await;
        assert_eq!(again.status, 304, "{path}");
    }
}
