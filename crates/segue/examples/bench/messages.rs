//! What a message costs from request to answer, beside the barest way to keep it.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use segue::server::Server;

use crate::{bare, client::Client, desk, directory, median, quantile, tell};

const CLIENTS: usize = 64;
/// Conversations of one round, each with the messages of [`SAID`].
const ROUND: usize = 1_024;
const ROUNDS: usize = 7;
/// Requests of one client alone.
const ALONE: usize = 400;

/// A customer and an assistant that is sure of itself: nothing is handed off.
const SAID: [&str; 4] = [
    r#"{"author":"customer","text":"Hi, I ordered two lamps last week, order 48213. When will they come?"}"#,
    r#"{"author":"assistant","text":"They left our warehouse yesterday and should be with you on Thursday.","assistant":{"confidence":0.93,"intent":"delivery"}}"#,
    r#"{"author":"customer","text":"Great. Can I still change the address to my office in the same city?"}"#,
    r#"{"author":"assistant","text":"Yes: open the order on your account page and choose another address until tonight.","assistant":{"confidence":0.9}}"#,
];

/// What is compared: where to post, and to which paths.
struct Target {
    address: SocketAddr,
    token: String,
    paths: Arc<Vec<String>>,
}

impl Target {
    /// Messages per second that all clients together got an answer to.
    async fn round(&self) -> f64 {
        let begun = Instant::now();
        let clients = (0..CLIENTS).map(|number| {
            let (address, token) = (self.address, self.token.clone());
            let paths = Arc::clone(&self.paths);
            tokio::spawn(async move {
                let mut client = Client::connect(address, &token).await;
                for path in paths.iter().skip(number).step_by(CLIENTS) {
                    for body in SAID {
                        client.post(path, body).await;
                    }
                }
            })
        });
        for client in clients.collect::<Vec<_>>() {
            client.await.unwrap();
        }
        count(self.paths.len() * SAID.len()) / begun.elapsed().as_secs_f64()
    }

    /// Milliseconds that one client alone waits for an answer, in the middle.
    async fn alone(&self) -> f64 {
        let mut client = Client::connect(self.address, &self.token).await;
        let mut samples = Vec::with_capacity(ALONE);
        for path in self.paths.iter().take(ALONE / SAID.len()) {
            for body in SAID {
                let begun = Instant::now();
                client.post(path, body).await;
                samples.push(begun.elapsed());
            }
        }
        quantile(samples, 500)
    }
}

pub(crate) async fn messages() {
    let (own, other) = (directory(), directory());
    let server = desk::start(own.path()).await;
    let token = desk::token(&server, "assistant", None).await;
    let bare = bare::start(other.path()).await;
    let mut rates = Vec::new();
    for round in 0..=ROUNDS {
        let pair = pair(&server, &token, bare, round).await;
        rates.push((pair.0.round().await, pair.1.round().await));
        let (segue, bare) = rates[round];
        println!("# round {round}: {segue:.0} messages/s, barely {bare:.0}");
    }
    // The first round fills caches.
    rates.remove(0);
    tell_rate(&rates);
    let pair = pair(&server, &token, bare, ROUNDS + 1).await;
    let (segue, bare) = (pair.0.alone().await, pair.1.alone().await);
    let against = format!(r#","baseline":{bare:.3},"ratio":{:.3}"#, segue / bare);
    tell(
        "one message read, decided on and durable, median",
        "ms",
        segue,
        &against,
    );
    server.stop().await;
}

/// Both targets, with conversations that are new.
async fn pair(server: &Server, token: &str, bare: SocketAddr, round: usize) -> (Target, Target) {
    let numbers = round * ROUND..(round + 1) * ROUND;
    let ids = desk::conversations(server.address, token, numbers).await;
    let path = |id: String| format!("/api/v1/conversations/{id}/messages");
    let segue = Target {
        address: server.address,
        token: token.to_owned(),
        paths: Arc::new(ids.into_iter().map(path).collect()),
    };
    let bare = Target {
        address: bare,
        token: token.to_owned(),
        paths: Arc::new(vec!["/messages".to_owned(); ROUND]),
    };
    (segue, bare)
}

fn tell_rate(rates: &[(f64, f64)]) {
    let segue = median(rates.iter().map(|(segue, _)| *segue).collect());
    let bare = median(rates.iter().map(|(_, bare)| *bare).collect());
    let ratio = median(rates.iter().map(|(segue, bare)| segue / bare).collect());
    let against = format!(
        r#","baseline":{bare:.0},"ratio":{ratio:.3},"budget":0.5,"better":"higher","bounds":"ratio""#
    );
    let name = "durable messages through HTTP, 64 clients, against a bare insert";
    tell(name, "messages/s", segue, &against);
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand")]
fn count(of: usize) -> f64 {
    of as f64
}
