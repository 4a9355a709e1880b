//! The team's own bot answers: it hears of a question by a signed webhook and answers by the API.

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::State, http::HeaderMap, routing::post};
use segue_store::testkit::Place;
use serde_json::{Value as Json, json};
use tokio::sync::mpsc;

use crate::support::TestDesk;

type Heard = mpsc::UnboundedSender<(HeaderMap, String)>;

async fn hear(State(heard): State<Arc<Heard>>, headers: HeaderMap, body: String) {
    heard.send((headers, body)).unwrap();
}

pub(crate) async fn a_bot_outside_hears_of_a_question_and_answers_it(place: Place) {
    let (sender, mut heard) = mpsc::unbounded_channel();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    let bot = Router::new()
        .route("/hook", post(hear))
        .with_state(Arc::new(sender));
    tokio::spawn(async move { axum::serve(listener, bot).await });

    let desk = TestDesk::serve(place).await;
    let said = json!({ "url": address });
    let webhook = desk.post("/webhooks", &desk.admin, said).await.with(201);
    let customer = desk.customer("ann").await;
    let id = desk.conversation(&customer).await;
    desk.say(&id, &customer, "How long does delivery take?")
        .await;

    let heard = tokio::time::timeout(Duration::from_secs(5), heard.recv()).await;
    let (headers, body) = heard.unwrap().unwrap();
    let secret = webhook["secret"].as_str().unwrap();
    let verifier = standardwebhooks::Webhook::new(secret).unwrap();
    verifier.verify(body.as_bytes(), &headers).unwrap();
    let event: Json = serde_json::from_str(&body).unwrap();
    assert_eq!(event["type"], "assistant.asked");
    assert_eq!(event["data"]["text"], "How long does delivery take?");

    let token = desk.bot().await;
    let path = event["data"]["answer_at"].as_str().unwrap();
    let path = path.strip_prefix("/api/v1").unwrap();
    let answer = json!({ "author": "assistant", "text": "Two to four days.",
        "assistant": { "confidence": 0.93 }, "epoch": event["data"]["epoch"] });
    desk.post(path, &token, answer).await.with(201);
    let page = desk.get(path, &customer).await.with(200);
    assert_eq!(page["items"][1]["text"], "Two to four days.");
    let listed = desk.get("/webhooks", &desk.admin).await.with(200);
    assert!(
        !listed.to_string().contains("whsec_"),
        "a secret is shown once"
    );
}

#[tokio::test]
async fn a_browser_on_another_site_may_use_the_api_and_nothing_else() {
    let desk = TestDesk::serve(Place::sqlite()).await;
    let asks = |path: &str| {
        let url = format!("{}{path}", desk.url);
        desk.client
            .request(reqwest::Method::OPTIONS, url)
            .header("origin", "https://shop.example")
            .header("access-control-request-method", "POST")
            .header(
                "access-control-request-headers",
                "authorization,content-type,idempotency-key",
            )
            .send()
    };
    for path in [
        "/api/v1/widget/session",
        "/api/v1/conversations/cnv_1/messages",
    ] {
        let answer = asks(path).await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let may = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(may("access-control-allow-origin"), "https://shop.example");
        assert!(may("access-control-allow-methods").contains("POST"));
        assert!(may("access-control-allow-headers").contains("idempotency-key"));
    }
    let page = asks("/console/").await.unwrap();
    assert_eq!(page.headers().get("access-control-allow-origin"), None);
}

pub(crate) async fn who_wants_a_call_says_where_and_the_agent_reads_it(place: Place) {
    let desk = TestDesk::serve(place).await;
    let (id, handoff, customer) = desk.handed_off("ann").await;
    let path = format!("/conversations/{id}/choice");
    for callback in [json!(null), json!({}), json!({ "phone": "abc" })] {
        let said = json!({ "choice": "callback", "callback": callback });
        desk.post(&path, &customer, said).await.with(422);
    }
    let late = json!({ "phone": "+49 170 1234567", "at": "1999-01-01T00:00:00Z" });
    let late = json!({ "choice": "callback", "callback": late });
    desk.post(&path, &customer, late).await.with(422);
    let said = json!({ "choice": "callback", "callback": { "phone": "+49 170 1234567" } });
    desk.post(&path, &customer, said).await.with(200);

    let (own, token) = desk.agent("Solo", "billing", 1).await;
    desk.online(&token).await;
    desk.post(&format!("/handoffs/{handoff}/claim"), &token, json!({}))
        .await
        .with(200);
    let page = desk
        .get(&format!("/conversations/{id}/messages"), &token)
        .await;
    let page = page.with(200).to_string();
    assert!(
        page.contains("Please call me back: +49 170 1234567"),
        "{page}"
    );

    let to_themselves = json!({ "to": { "agent_id": own } });
    let path = format!("/handoffs/{handoff}/transfer");
    desk.post(&path, &token, to_themselves).await.with(409);
}
