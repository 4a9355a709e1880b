//! Each bad input has a clear answer, and nothing is lost.

use expect_test::expect;
use segue_store::testkit::Place;
use serde_json::{Value as Json, json};

use crate::support::{Answer, TestDesk, answer};

/// The problem of an answer in one line; what differs from run to run is left out.
#[track_caller]
fn problem(answer: &Answer) -> String {
    let kind = &answer.headers["content-type"];
    assert_eq!(kind, "application/problem+json", "{}", answer.body);
    let said = |field: &str| answer.body[field].as_str().unwrap_or("-").to_owned();
    let kind = said("type");
    let kind = kind.rsplit(':').next().unwrap_or_default();
    let (detail, field) = (said("detail"), said("field"));
    format!("{} {kind} [{field}] {detail}", answer.status)
}

async fn raw(desk: &TestDesk, path: &str, token: &str, body: impl Into<Vec<u8>>) -> Answer {
    let request = desk
        .client
        .post(format!("{}/api/v1{path}", desk.url))
        .bearer_auth(token)
        .header("content-type", "application/json")
        .body(body.into());
    answer(request).await
}

pub(crate) async fn what_cannot_be_read_is_refused_by_name(place: Place) {
    let desk = TestDesk::serve(place).await;
    let customer = desk.customer("ann").await;
    let id = desk.conversation(&customer).await;
    let path = format!("/conversations/{id}/messages");

    let bad = raw(&desk, &path, &customer, "{\"author\":\"customer\"").await;
    expect!["400 bad_json [-] EOF while parsing an object at line 1 column 20"]
        .assert_eq(&problem(&bad));
    let bad = raw(
        &desk,
        &path,
        &customer,
        "{\"author\":\"customer\",\"text\":7}",
    )
    .await;
    expect!["400 bad_json [text] invalid type: integer `7`, expected a string at line 1 column 29"]
        .assert_eq(&problem(&bad));
    let bad = raw(
        &desk,
        &path,
        &customer,
        b"{\"author\":\"customer\",\"text\":\"\xff\"}".to_vec(),
    );
    expect!["400 bad_json [-] the body is not UTF-8: byte 29 is broken"]
        .assert_eq(&problem(&bad.await));
    let long = json!({ "author": "customer", "text": "x".repeat(16 * 1024 + 1) });
    let bad = desk.post(&path, &customer, long).await;
    expect!["422 invalid [text] it has 16385 bytes, it may have 16384"].assert_eq(&problem(&bad));
    let huge = json!({ "author": "customer", "text": "x".repeat(70_000) });
    let bad = desk.post(&path, &customer, huge).await;
    expect!["413 too_large [-] a body may have 65536 bytes, a policy 1048576"]
        .assert_eq(&problem(&bad));
    let empty = json!({ "author": "customer", "text": "  " });
    expect!["422 invalid [text] it is empty, it must say something"]
        .assert_eq(&problem(&desk.post(&path, &customer, empty).await));
    let author = json!({ "author": "robot", "text": "hi" });
    expect!["422 invalid [author] `robot` is not one of customer, assistant, agent"]
        .assert_eq(&problem(&desk.post(&path, &customer, author).await));
    let field = json!({ "author": "customer", "text": "hi", "colour": "red" });
    expect!["400 bad_json [colour] unknown field `colour`, expected one of `author`, `text`, `assistant`, `epoch` at line 1 column 29"].assert_eq(&problem(&desk.post(&path, &customer, field).await));
    let exact = json!({ "author": "customer", "text": "x".repeat(16 * 1024) });
    desk.post(&path, &customer, exact).await.with(201);
    let all = desk.get(&path, &customer).await.with(200);
    assert_eq!(
        all["items"].as_array().unwrap().len(),
        1,
        "only the good one is there"
    );
}

pub(crate) async fn what_is_not_there_is_not_found(place: Place) {
    let desk = TestDesk::serve(place).await;
    let admin = &desk.admin;
    let gone = desk.get("/conversations/cnv_999", admin).await;
    expect!["404 not_found [-] there is no conversation cnv_999"].assert_eq(&problem(&gone));
    expect!["404 not_found [-] `12` is not a conversation id: it should look like `cnv_42`"]
        .assert_eq(&problem(&desk.get("/conversations/12", admin).await));
    expect!["404 not_found [-] there is no handoff hnd_4"]
        .assert_eq(&problem(&desk.get("/handoffs/hnd_4", admin).await));
    let (_, agent) = desk.agent("Sarah", "billing", 3).await;
    let claim = desk.post("/handoffs/hnd_4/claim", &agent, json!({})).await;
    expect!["404 not_found [-] there is no handoff hnd_4"].assert_eq(&problem(&claim));
    expect!["404 not_found [-] nothing is served at `/api/v1/nothing`"]
        .assert_eq(&problem(&desk.get("/nothing", admin).await));
    let wrong = desk.send("DELETE", "/queue", admin, None).await;
    expect!["405 wrong_method [-] `/api/v1/queue` does not take DELETE"]
        .assert_eq(&problem(&wrong));
}

pub(crate) async fn who_may_not_is_told_so(place: Place) {
    let desk = TestDesk::serve(place).await;
    let customer = desk.customer("ann").await;
    expect!["401 no_auth [-] this call needs a token or a login"]
        .assert_eq(&problem(&desk.get("/queue", "").await));
    expect!["401 no_auth [-] the token is not known, or has ended"]
        .assert_eq(&problem(&desk.get("/queue", "sgt_wrong").await));
    expect!["403 forbidden [-] this needs the scope `agent`"]
        .assert_eq(&problem(&desk.get("/queue", &customer).await));
    let bot = desk.bot().await;
    let tokens = desk
        .post("/tokens", &bot, json!({ "scope": "admin" }))
        .await;
    expect!["403 forbidden [-] this needs the scope `admin`"].assert_eq(&problem(&tokens));
    let id = desk.conversation(&customer).await;
    let path = format!("/conversations/{id}/messages");
    let said = json!({ "author": "assistant", "text": "I am the assistant" });
    expect!["403 forbidden [author] your token does not let you write as `assistant`"]
        .assert_eq(&problem(&desk.post(&path, &customer, said).await));
    let forged = format!("{}x", customer.get(..customer.len() - 1).unwrap());
    expect!["401 no_auth [-] the token is not known, or has ended"]
        .assert_eq(&problem(&desk.get(&path, &forged).await));
}

pub(crate) async fn a_policy_with_an_error_is_not_published_and_every_finding_has_its_place(
    place: Place,
) {
    let desk = TestDesk::serve(place).await;
    let said = json!({ "source": "name: x\ntriggers:\n  - name: a\n    level: loud\n" });
    let answer = desk.send("PUT", "/policy", &desk.admin, Some(said)).await;
    assert_eq!(answer.status, 422);
    let found = &answer.body["diagnostics"];
    assert!(found[0]["line"].as_u64().is_some(), "{}", answer.body);
    assert!(found.to_string().contains("no key `name`"), "{found}");
    let policy = desk.get("/policy", &desk.admin).await.with(200);
    assert_eq!(policy["version"], 1);
}

pub(crate) async fn logins_are_slowed_down_and_tell_nobody_which_half_was_wrong(place: Place) {
    let desk = TestDesk::serve(place).await;
    let said = json!({ "name": "Sarah", "email": "sarah@example.org", "password": "long enough",
        "skills": {}, "capacity": 3 });
    desk.post("/agents", &desk.admin, said).await.with(201);
    let login = |email: &str, password: &str| {
        let said = json!({ "email": email, "password": password });
        let desk = &desk;
        async move { desk.post("/login", "", said).await }
    };
    let right = login("Sarah@example.org", "long enough").await;
    let cookie = right.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        cookie.contains("HttpOnly; SameSite=Strict; Path=/"),
        "{cookie}"
    );
    assert_eq!(right.with(200)["kind"], "agent");
    let wrong = login("sarah@example.org", "wrong one").await;
    let nobody = login("nobody@example.org", "wrong one").await;
    assert_eq!(problem(&wrong), problem(&nobody));
    assert_eq!(wrong.status, 401);
    for _ in 0..8 {
        login("nobody@example.org", "wrong one").await;
    }
    let slowed = login("nobody@example.org", "wrong one").await;
    assert_eq!(slowed.status, 429, "{}", slowed.body);
    assert!(slowed.headers.contains_key("retry-after"));
    login("sarah@example.org", "long enough").await.with(200);
}

pub(crate) async fn another_sites_page_cannot_use_a_login(place: Place) {
    let desk = TestDesk::demo(place).await;
    let cast = desk.get("//demo/cast", "").await.with(200);
    let said = json!({ "agent_id": cast["agents"][0]["id"] });
    let answer = desk.post("//demo/agent", "", said).await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let said = || Some::<Json>(json!({ "state": "busy" }));
    let path = "/agents/me/presence";
    for foreign in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let answer = desk
            .send_with("PUT", path, cookie, said(), &[foreign])
            .await;
        assert_eq!(answer.status, 403, "{foreign:?}");
    }
    let own = [("origin", desk.url.as_str())];
    desk.send_with("PUT", path, cookie, said(), &own)
        .await
        .with(200);
}
