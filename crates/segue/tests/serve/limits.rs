//! What comes from one address is bounded, and what opens doors can be looked through and closed.

use std::time::{Duration, Instant};

use segue::http::limits::Edge;
use segue_store::testkit::Place;
use serde_json::{Value as Json, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{
    Answer, TestDesk,
    socket::{Heard, Socket},
};

async fn anonymous(desk: &TestDesk, headers: &[(&str, &str)]) -> Answer {
    let said = Some(json!({}));
    desk.send_with("POST", "/widget/session", "", said, headers)
        .await
}

#[tokio::test]
async fn one_address_begins_so_many_sessions_and_no_more() {
    let edge = Edge {
        sessions: 3,
        ..Edge::default()
    };
    let desk = TestDesk::serve_with(Place::sqlite(), edge).await;
    let ann = desk.customer("ann").await;
    for number in 0..3 {
        // Nobody trusts this word, so it makes no difference.
        let claimed = format!("198.51.100.{number}");
        let claimed = [("x-forwarded-for", claimed.as_str())];
        anonymous(&desk, &claimed).await.with(200);
    }
    let refused = anonymous(&desk, &[]).await;
    assert!(refused.headers.contains_key("retry-after"));
    let refused = refused.with(429);
    assert!(
        refused["hint"]
            .as_str()
            .unwrap()
            .contains("--trusted-proxy")
    );
    let known = json!({ "customer_token": ann });
    desk.post("/widget/session", "", known).await.with(200);
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_address_is_counted_by_itself() {
    let edge = Edge {
        sessions: 1,
        trusted_proxies: vec!["127.0.0.1".parse().unwrap()],
        ..Edge::default()
    };
    let desk = TestDesk::serve_with(Place::sqlite(), edge).await;
    for address in ["198.51.100.1", "198.51.100.2"] {
        let heard = [("x-forwarded-for", address)];
        anonymous(&desk, &heard).await.with(200);
        anonymous(&desk, &heard).await.with(429);
    }
}

#[tokio::test]
async fn one_address_has_so_many_sockets_open_and_no_more() {
    let edge = Edge {
        sockets: 2,
        ..Edge::default()
    };
    let desk = TestDesk::serve_with(Place::sqlite(), edge).await;
    let ann = desk.customer("ann").await;
    let first = Socket::open(&desk.url, &ann, None).await;
    let _second = Socket::open(&desk.url, &ann, None).await;
    assert_eq!(Socket::refused(&desk.url).await, 429);
    drop(first);
    let began = Instant::now();
    while Socket::refused(&desk.url).await == 429 {
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "a closed socket still counts"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_head_that_trickles_in_is_cut_off_and_others_are_served_meanwhile() {
    let edge = Edge {
        head: Duration::from_millis(800),
        ..Edge::default()
    };
    let desk = TestDesk::serve_with(Place::sqlite(), edge).await;
    let address = desk.url.strip_prefix("http://").unwrap();
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET /livez HTTP/1.1\r\nx-slow: ")
        .await
        .unwrap();
    let began = Instant::now();
    let mut answer = Vec::new();
    loop {
        let _ = slow.write_all(b"a").await;
        desk.get("//livez", "").await.with(200);
        let read = slow.read_buf(&mut answer);
        let read = tokio::time::timeout(Duration::from_millis(100), read).await;
        if matches!(read, Ok(Ok(0) | Err(_))) {
            break;
        }
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "it is still let in"
        );
    }
    assert!(!String::from_utf8_lossy(&answer).contains("200 OK"));
}

fn ids(list: &Json) -> Vec<&str> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect()
}

pub(crate) async fn tokens_are_listed_without_their_secret_and_revoked(place: Place) {
    let desk = TestDesk::serve(place).await;
    let (agent, token) = desk.agent("Sarah", "billing", 3).await;
    let bot = desk.bot().await;
    let list = desk.get("/tokens", &desk.admin).await.with(200);
    assert_eq!(ids(&list).len(), 3, "{list}");
    for secret in [&desk.admin, &token, &bot] {
        assert!(!list.to_string().contains(secret.as_str()), "{list}");
    }
    let of_agent = |item: &&Json| item["agent_id"] == *agent;
    let known = list["items"].as_array().unwrap();
    let known = known.iter().find(of_agent).unwrap();
    assert_eq!(known["scope"], "agent");
    let path = format!("/tokens/{}", known["id"].as_str().unwrap());
    let mut socket = Socket::open(&desk.url, &token, None).await;
    for stranger in [&token, &bot, &desk.customer("ann").await] {
        desk.get("/tokens", stranger).await.with(403);
        desk.send("DELETE", &path, stranger, None).await.with(403);
    }
    desk.get("/me", &token).await.with(200);
    desk.send("DELETE", &path, &desk.admin, None)
        .await
        .with(204);
    desk.get("/me", &token).await.with(401);
    desk.send("DELETE", &path, &desk.admin, None)
        .await
        .with(404);
    let left = desk.get("/tokens", &desk.admin).await.with(200);
    assert_eq!(ids(&left).len(), 2, "{left}");
    let ended = loop {
        match socket.hear(Duration::from_secs(8)).await {
            Heard::Event(_) => {}
            other => break other,
        }
    };
    assert_eq!(ended, Heard::Closed(4001));
}

pub(crate) async fn a_customers_socket_reads_back_nothing_but_their_own(place: Place) {
    let desk = TestDesk::serve(place).await;
    let (ann, bob) = (desk.customer("ann").await, desk.customer("bob").await);
    let (hers, his) = (desk.conversation(&ann).await, desk.conversation(&bob).await);
    for number in 0..3 {
        desk.say(&hers, &ann, &format!("hers {number}")).await;
        desk.say(&his, &bob, &format!("his {number}")).await;
    }
    // Whoever reads the whole journal stumbles.
    let number = his.strip_prefix("cnv_").unwrap();
    let broken = format!("UPDATE journal SET entry = 'no line' WHERE conversation = {number}");
    desk.place.run(&broken).await;
    let mut socket = Socket::open(&desk.url, &ann, Some(0)).await;
    let frames = socket.all().await;
    let messages = frames.iter().filter(|frame| frame["event"] == "message");
    let texts: Vec<&str> = messages
        .filter_map(|frame| frame["data"]["text"].as_str())
        .collect();
    assert_eq!(texts, ["hers 0", "hers 1", "hers 2"]);
    desk.say(&hers, &ann, "hers 3").await;
    socket.event("message").await;
}
