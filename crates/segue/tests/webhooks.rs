//! At stake: what the team's own systems are told. Checked with a receiver that verifies
//! signatures by another library, over a real store.
#![expect(clippy::unwrap_used, reason = "a test may stop at a surprise")]

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use segue::{
    effects::{
        event::Asked,
        outbox::Outbox,
        retry::Failure,
        signature::Secret,
        webhook::{BODY_BYTES, Delivery},
    },
    outgoing,
};
use segue_core::{
    id::{ConversationId, MessageId},
    time::Timestamp,
};
use segue_store::{Batch, Store, WebhookRow};
use tokio::{net::TcpListener, sync::Notify};

/// What one request brought: its `webhook-id`, whether its signature holds, its body.
type Received = Arc<Mutex<Vec<(String, bool, String)>>>;

struct Receiver {
    url: String,
    received: Received,
}

impl Receiver {
    /// `answer` is asked with the number of the request, from 0.
    async fn answering<F>(secret: &Secret, answer: F) -> Self
    where
        F: Fn(usize) -> Response + Clone + Send + Sync + 'static,
    {
        let received = Received::default();
        let (kept, verifier) = (received.clone(), secret.reveal());
        let route = post(move |headers: HeaderMap, body: Bytes| {
            let verifier = standardwebhooks::Webhook::new(&verifier).unwrap();
            let holds = verifier.verify(&body, &headers).is_ok();
            let id = headers["webhook-id"].to_str().unwrap().to_owned();
            let mut kept = kept.lock().unwrap();
            kept.push((id, holds, String::from_utf8(body.to_vec()).unwrap()));
            std::future::ready(answer(kept.len() - 1))
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let app = Router::new().route("/hook", route);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, received }
    }

    fn received(&self) -> Vec<(String, bool, String)> {
        self.received.lock().unwrap().clone()
    }
}

fn secret() -> Secret {
    Secret::new(&[42; 32]).unwrap()
}

/// The wall clock and what the tests have moved it by, in milliseconds. Signatures need the wall
/// clock: the receiver checks it.
static MOVED: AtomicI64 = AtomicI64::new(0);

#[expect(
    clippy::disallowed_methods,
    reason = "the receiver's library reads the wall clock as well"
)]
fn clock() -> Timestamp {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    Timestamp(i64::try_from(since.as_millis()).unwrap() + MOVED.load(Ordering::Relaxed))
}

struct Desk {
    store: Arc<dyn Store>,
    _folder: tempfile::TempDir,
}

impl Desk {
    /// A desk whose outbox holds one event for one receiver.
    async fn with_event_for(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = segue_store::open(folder.path().to_str().unwrap())
            .await
            .unwrap();
        let webhook = WebhookRow {
            id: "bot".into(),
            url: url.into(),
            secret: secret().reveal(),
            events: vec!["assistant.asked".into()],
            created_at: Timestamp(0),
            disabled_at: None,
        };
        store.save_webhook(webhook).await.unwrap();
        let asked = Asked::new(
            ConversationId(1),
            MessageId(1),
            0,
            "where is my order? \u{1F4A1}",
        );
        let outbox = asked.event(clock()).rows(&store.webhooks().await.unwrap());
        assert_eq!(outbox.len(), 1);
        store
            .append(Batch {
                outbox,
                ..Batch::default()
            })
            .await
            .unwrap();
        Self {
            store,
            _folder: folder,
        }
    }

    fn outbox(&self) -> Outbox {
        Outbox::new(self.store.clone(), outgoing::client().unwrap(), clock)
    }

    /// What is still to be sent within four days.
    async fn waiting(&self) -> usize {
        let far = clock().plus_seconds(4 * 86_400);
        self.store.claim_outbox(far, far, 10).await.unwrap().len()
    }
}

#[tokio::test]
async fn an_event_is_told_once_and_its_signature_holds() {
    let receiver = Receiver::answering(&secret(), |_| StatusCode::NO_CONTENT.into_response()).await;
    let desk = Desk::with_event_for(&receiver.url).await;
    let outbox = desk.outbox();
    assert_eq!(outbox.turn().await.unwrap(), 1);
    outbox.settled().await;
    let got = receiver.received();
    assert_eq!(got.len(), 1);
    assert!(got[0].1, "the signature does not hold");
    assert!(
        got[0].2.contains("where is my order? \u{1F4A1}"),
        "{}",
        got[0].2
    );
    assert_eq!(desk.waiting().await, 0);
}

#[tokio::test]
async fn a_running_outbox_tells_what_is_written_while_it_sleeps() {
    let receiver = Receiver::answering(&secret(), |_| StatusCode::OK.into_response()).await;
    let desk = Desk::with_event_for(&receiver.url).await;
    let wake = Arc::new(Notify::new());
    let running = tokio::spawn(desk.outbox().run(wake.clone()));
    let asked = Asked::new(ConversationId(2), MessageId(2), 0, "and mine?");
    let outbox = asked
        .event(clock())
        .rows(&desk.store.webhooks().await.unwrap());
    desk.store
        .append(Batch {
            outbox,
            ..Batch::default()
        })
        .await
        .unwrap();
    wake.notify_one();
    tokio::time::timeout(Duration::from_secs(10), async {
        while receiver.received().len() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("both events are told");
    running.abort();
}

#[tokio::test]
async fn a_failed_event_comes_again_with_the_same_id_and_then_is_done() {
    let answer = |n| {
        if n == 0 {
            StatusCode::SERVICE_UNAVAILABLE
        } else {
            StatusCode::OK
        }
        .into_response()
    };
    let receiver = Receiver::answering(&secret(), answer).await;
    let desk = Desk::with_event_for(&receiver.url).await;
    let outbox = desk.outbox();
    outbox.turn().await.unwrap();
    outbox.settled().await;
    assert_eq!(outbox.turn().await.unwrap(), 0, "it is not due at once");
    MOVED.fetch_add(7_000, Ordering::Relaxed);
    assert_eq!(outbox.turn().await.unwrap(), 1);
    outbox.settled().await;
    let got = receiver.received();
    assert_eq!(got.len(), 2);
    assert_eq!(got[0].0, got[1].0);
    assert!(got.iter().all(|(_, holds, _)| *holds));
    assert_eq!(desk.waiting().await, 0);
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_switched_off() {
    let receiver = Receiver::answering(&secret(), |_| StatusCode::GONE.into_response()).await;
    let desk = Desk::with_event_for(&receiver.url).await;
    let outbox = desk.outbox();
    outbox.turn().await.unwrap();
    outbox.settled().await;
    assert_eq!(desk.waiting().await, 0);
    assert!(
        desk.store.webhooks().await.unwrap()[0]
            .disabled_at
            .is_some()
    );
}

#[tokio::test]
async fn an_event_for_a_removed_receiver_is_given_up() {
    let receiver = Receiver::answering(&secret(), |_| StatusCode::OK.into_response()).await;
    let desk = Desk::with_event_for(&receiver.url).await;
    desk.store.remove_webhook("bot").await.unwrap();
    let outbox = desk.outbox();
    outbox.turn().await.unwrap();
    outbox.settled().await;
    assert_eq!(receiver.received(), []);
    assert_eq!(desk.waiting().await, 0);
}

async fn failure_of(url: &str, body: &str, secret: &str) -> (Failure, String) {
    let delivery = Delivery {
        url,
        secret,
        id: "evt_1_1_0",
        body,
    };
    let error = delivery
        .send(&outgoing::client().unwrap(), clock())
        .await
        .unwrap_err();
    (error.failure, error.to_string())
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_is_not_followed() {
    let target = Receiver::answering(&secret(), |_| StatusCode::OK.into_response()).await;
    let elsewhere = target.url.clone();
    let answer = move |_| (StatusCode::FOUND, [("location", elsewhere.clone())]).into_response();
    let receiver = Receiver::answering(&secret(), answer).await;
    let (failure, why) = failure_of(&receiver.url, "{}", &secret().reveal()).await;
    assert_eq!(
        failure,
        Failure::Refused {
            retry_after_seconds: None
        }
    );
    assert!(why.contains("302"), "{why}");
    assert_eq!(target.received(), []);
}

#[tokio::test]
async fn a_receiver_that_asks_for_quiet_is_heard() {
    let answer = |_| (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "120")]).into_response();
    let receiver = Receiver::answering(&secret(), answer).await;
    let (failure, _) = failure_of(&receiver.url, "{}", &secret().reveal()).await;
    assert_eq!(
        failure,
        Failure::Refused {
            retry_after_seconds: Some(120)
        }
    );
}

#[tokio::test]
async fn a_receiver_that_never_answers_is_left_after_ten_seconds() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let started = std::time::Instant::now();
    let (failure, _) = failure_of(&url, "{}", &secret().reveal()).await;
    assert_eq!(
        failure,
        Failure::Refused {
            retry_after_seconds: None
        }
    );
    assert!(
        (9..15).contains(&started.elapsed().as_secs()),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn what_can_never_be_sent_is_not_tried_and_nobody_learns_the_secret() {
    let receiver = Receiver::answering(&secret(), |_| StatusCode::OK.into_response()).await;
    let long = "x".repeat(BODY_BYTES + 1);
    for (url, body, secret) in [
        (receiver.url.as_str(), long.as_str(), secret().reveal()),
        (receiver.url.as_str(), "{}", "whsec_short".into()),
        ("not an address", "{}", secret().reveal()),
    ] {
        let (failure, why) = failure_of(url, body, &secret).await;
        assert_eq!(failure, Failure::Unsendable, "{why}");
        assert!(!why.contains("whsec_KioqKi"), "{why}");
    }
    assert_eq!(receiver.received(), []);
}
