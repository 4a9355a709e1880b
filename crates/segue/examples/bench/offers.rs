//! How long it takes from asking for a person to the offer on an agent's socket.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use futures::{SinkExt, StreamExt};
use segue::server::Server;
use serde_json::{Value, json};
use tokio::{sync::mpsc, task::JoinHandle, time::timeout};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use crate::{client::Client, desk, directory, quantile, tell};

const AGENTS: usize = 24;
const CAPACITY: usize = 50;
const HANDOFFS: usize = 1_000;
const EVERY: Duration = Duration::from_millis(5);
const CLIENTS: usize = 16;
/// The first ones warm up and do not count.
const WARM: usize = 100;

type Offered = mpsc::UnboundedSender<(String, Instant)>;

pub(crate) async fn offers() {
    let place = directory();
    let server = desk::start(place.path()).await;
    let (offered, mut offers) = mpsc::unbounded_channel();
    let mut consoles = Vec::new();
    for number in 0..AGENTS {
        consoles.push(console(&server, number, offered.clone()).await);
    }
    drop(offered);
    let token = desk::token(&server, "assistant", None).await;
    let ids = desk::conversations(server.address, &token, 0..HANDOFFS).await;
    let asked = ask(&server, &token, &ids).await;
    let mut waited = Vec::with_capacity(HANDOFFS);
    while waited.len() < HANDOFFS {
        let next = timeout(Duration::from_secs(10), offers.recv()).await;
        let (conversation, at) = next.expect("an offer is missing").unwrap();
        waited.push((asked[&conversation], at));
    }
    consoles.iter().for_each(JoinHandle::abort);
    server.stop().await;
    tell_waits(waited);
}

fn tell_waits(mut waited: Vec<(Instant, Instant)>) {
    waited.sort_unstable();
    let counted = waited.iter().skip(WARM);
    let waits: Vec<Duration> = counted.map(|(asked, offered)| *offered - *asked).collect();
    tell(
        "handoff to offer on the agent's socket, 200/s, 24 consoles, p99",
        "ms",
        quantile(waits.clone(), 990),
        r#","budget":50"#,
    );
    tell(
        "handoff to offer on the agent's socket, 200/s, 24 consoles, median",
        "ms",
        quantile(waits, 500),
        "",
    );
}

/// Asks for a person in each conversation, at a steady rate whatever the answers take; when each
/// was due to be asked.
async fn ask(server: &Server, token: &str, ids: &[String]) -> HashMap<String, Instant> {
    let begun = Instant::now() + Duration::from_millis(50);
    let due = |number: usize| begun + EVERY * u32::try_from(number).unwrap();
    let mut askers = Vec::new();
    for asker in 0..CLIENTS {
        let mut client = Client::connect(server.address, token).await;
        let own = ids.iter().enumerate().skip(asker).step_by(CLIENTS);
        let own: Vec<_> = own.map(|(number, id)| (due(number), id.clone())).collect();
        askers.push(tokio::spawn(async move {
            for (due, id) in own {
                tokio::time::sleep_until(due.into()).await;
                let path = format!("/api/v1/conversations/{id}/messages");
                let body = r#"{"author":"customer","text":"I want to talk to a real person."}"#;
                client.post(&path, body).await;
            }
        }));
    }
    for asker in askers {
        asker.await.unwrap();
    }
    let numbered = ids.iter().enumerate();
    numbered
        .map(|(number, id)| (id.clone(), due(number)))
        .collect()
}

/// An agent whose console is open, and tells of each offer.
async fn console(server: &Server, number: usize, offered: Offered) -> JoinHandle<()> {
    let admin = server.admin_token.as_deref().unwrap();
    let mut client = Client::connect(server.address, admin).await;
    let agent = json!({"name": format!("Agent {number}"), "skills": {}, "capacity": CAPACITY});
    let agent = client.make("/api/v1/agents", &agent.to_string()).await;
    let token = desk::token(server, "agent", agent["id"].as_str()).await;
    let live = format!("ws://{}/api/v1/live", server.address);
    let (mut socket, _) = connect_async(live).await.unwrap();
    let hello = json!({"type": "hello", "token": token}).to_string();
    socket.send(Message::text(hello)).await.unwrap();
    let welcome = socket.next().await.unwrap().unwrap();
    assert!(welcome.to_text().unwrap().contains("welcome"));
    tokio::spawn(async move {
        while let Some(Ok(frame)) = socket.next().await {
            let at = Instant::now();
            let text = frame.to_text().unwrap_or_default();
            if text.contains(r#""type":"ping""#) {
                let pong = Message::text(r#"{"type":"pong"}"#);
                socket.send(pong).await.unwrap();
            } else if text.contains(r#""event":"offer","#) {
                let _ = offered.send((conversation(text), at));
            }
        }
    })
}

fn conversation(offer: &str) -> String {
    let offer: Value = serde_json::from_str(offer).unwrap();
    desk::text(&offer["data"]["handoff"]["conversation_id"])
}
