//! A real server on loopback, with an invented team.

use std::{net::SocketAddr, path::Path};

use segue::{
    assistant::Assistant,
    server::{Server, Setup},
};
use serde_json::{Value, json};

use crate::client::Client;

/// Starts a server whose data is in a directory.
pub(crate) async fn start(place: &Path) -> Server {
    Server::start(Setup {
        place: place.display().to_string(),
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        assistant: Assistant::External,
        policy: None,
        demo: None,
        public_url: None,
        edge: segue::http::limits::Edge::default(),
    })
    .await
    .unwrap()
}

/// What a token of a scope is.
pub(crate) async fn token(server: &Server, scope: &str, agent: Option<&str>) -> String {
    let admin = server.admin_token.as_deref().unwrap();
    let mut client = Client::connect(server.address, admin).await;
    let asked = json!({"scope": scope, "agent_id": agent});
    let made = client.make("/api/v1/tokens", &asked.to_string()).await;
    text(&made["token"])
}

/// Opens conversations, many at once; their ids.
pub(crate) async fn conversations(
    address: SocketAddr,
    token: &str,
    numbers: std::ops::Range<usize>,
) -> Vec<String> {
    let openers = (0..32).map(|opener| {
        let token = token.to_owned();
        let numbers: Vec<usize> = numbers.clone().filter(|n| n % 32 == opener).collect();
        tokio::spawn(async move { open(address, &token, &numbers).await })
    });
    let mut ids = Vec::new();
    for opener in openers.collect::<Vec<_>>() {
        ids.extend(opener.await.unwrap());
    }
    ids
}

async fn open(address: SocketAddr, token: &str, numbers: &[usize]) -> Vec<String> {
    let mut client = Client::connect(address, token).await;
    let mut ids = Vec::new();
    for number in numbers {
        let body = json!({"customer": {"external_id": format!("c{number}")}});
        let body = body.to_string();
        let opened = client.make("/api/v1/conversations", &body).await;
        ids.push(text(&opened["id"]));
    }
    ids
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
