//! A whole server in this process on a free port, and what tests say to it.

pub(crate) mod proxy;
pub(crate) mod socket;

use std::{net::SocketAddr, time::Duration};

use segue::{
    assistant::Assistant,
    commands,
    http::limits::Edge,
    server::{Server, Setup},
};
use segue_store::testkit::Place;
use serde_json::{Value as Json, json};

use self::proxy::Proxy;

/// A server with a place of its own.
pub(crate) struct TestDesk {
    pub(crate) server: Option<Server>,
    pub(crate) place: Place,
    /// How the server reaches its place, where that is not straight.
    by: Option<String>,
    pub(crate) url: String,
    pub(crate) admin: String,
    pub(crate) client: reqwest::Client,
    kind: Kind,
    edge: Edge,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Serve,
    Demo,
}

/// An answer: its status, its headers, its JSON.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Json,
}

impl Answer {
    /// The body of an answer that must have this status.
    #[track_caller]
    pub(crate) fn with(self, status: u16) -> Json {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }
}

const ANY_PORT: ([u8; 4], u16) = ([127, 0, 0, 1], 0);
const POLICY: &str = include_str!("../../demo/policy.yaml");

impl TestDesk {
    /// An empty desk whose assistant is the test itself, under the demo's policy.
    pub(crate) async fn serve(place: Place) -> Self {
        Self::serve_with(place, Edge::default()).await
    }

    /// The same, with other limits for the outside.
    pub(crate) async fn serve_with(place: Place, edge: Edge) -> Self {
        Self::open(Kind::Serve, place, None, edge).await
    }

    /// The demo, as `segue demo` starts it.
    pub(crate) async fn demo(place: Place) -> Self {
        Self::open(Kind::Demo, place, None, Edge::default()).await
    }

    /// As [`Self::serve`], with a proxy between the server and its database.
    pub(crate) async fn behind(proxy: &Proxy) -> Self {
        let place = Place::postgres().await;
        let by = proxy.address(&place);
        Self::open(Kind::Serve, place, Some(by), Edge::default()).await
    }

    async fn open(kind: Kind, place: Place, by: Option<String>, edge: Edge) -> Self {
        let mut desk = Self {
            server: None,
            place,
            by,
            url: String::new(),
            admin: String::new(),
            client: segue::outgoing::client().unwrap(),
            kind,
            edge,
        };
        desk.start().await;
        desk
    }

    /// Starts it on its place, on another free port.
    pub(crate) async fn start(&mut self) {
        let listen = SocketAddr::from(ANY_PORT);
        self.start_at(listen).await;
    }

    /// Starts it on its place at an address.
    pub(crate) async fn start_at(&mut self, listen: SocketAddr) {
        let place = self
            .by
            .clone()
            .unwrap_or_else(|| self.place.address.clone());
        let server = match self.kind {
            Kind::Demo => commands::demo::start(&place, listen).await.unwrap(),
            Kind::Serve => Server::start(Setup {
                place,
                listen,
                assistant: Assistant::External,
                policy: Some(("policy.yaml".into(), POLICY.into())),
                demo: None,
                public_url: None,
                edge: self.edge.clone(),
            })
            .await
            .unwrap(),
        };
        self.url = format!("http://{}", server.address);
        if let Some(token) = &server.admin_token {
            self.admin.clone_from(token);
        }
        self.server = Some(server);
    }

    /// Stops it; its place stays.
    pub(crate) async fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }

    /// Stops it, and starts it again on the same port.
    pub(crate) async fn restart(&mut self) {
        let listen = self.server.as_ref().unwrap().address;
        self.stop().await;
        self.start_at(listen).await;
    }

    /// Sends a request; `path` is under `/api/v1` unless it begins with `//`.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: Option<Json>,
    ) -> Answer {
        self.send_with(method, path, token, body, &[]).await
    }

    /// The same with further headers. A token that begins with `segue_session=` is a cookie.
    pub(crate) async fn send_with(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: Option<Json>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let url = match path.strip_prefix("//") {
            Some(path) => format!("{}/{path}", self.url),
            None => format!("{}/api/v1{path}", self.url),
        };
        let method = method.parse().unwrap();
        let mut request = self.client.request(method, url);
        if token.starts_with("segue_session=") {
            request = request.header("cookie", token);
        } else if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answer(request).await
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.send("GET", path, token, None).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: Json) -> Answer {
        self.send("POST", path, token, Some(body)).await
    }

    /// An agent of the team with one skill: their id and a token. They are not there yet.
    pub(crate) async fn agent(&self, name: &str, skill: &str, capacity: u16) -> (String, String) {
        let skills = json!({ skill: 5 });
        let said = json!({ "name": name, "skills": skills, "capacity": capacity });
        let agent = self.post("/agents", &self.admin, said).await.with(201);
        let id = agent["id"].as_str().unwrap().to_owned();
        let said = json!({ "scope": "agent", "agent_id": id });
        let token = self.post("/tokens", &self.admin, said).await.with(201);
        (id, token["token"].as_str().unwrap().to_owned())
    }

    /// The agent is online for ten minutes.
    pub(crate) async fn online(&self, token: &str) {
        let said = json!({ "state": "online", "lease_seconds": 600 });
        self.send("PUT", "/agents/me/presence", token, Some(said))
            .await
            .with(200);
    }

    /// A token of the team's own bot.
    pub(crate) async fn bot(&self) -> String {
        let said = json!({ "scope": "assistant" });
        let token = self.post("/tokens", &self.admin, said).await.with(201);
        token["token"].as_str().unwrap().to_owned()
    }

    /// A customer's token.
    pub(crate) async fn customer(&self, external_id: &str) -> String {
        let said = json!({ "scope": "customer", "customer_external_id": external_id });
        let token = self.post("/tokens", &self.admin, said).await.with(201);
        token["token"].as_str().unwrap().to_owned()
    }

    /// A conversation of a customer: its id.
    pub(crate) async fn conversation(&self, customer: &str) -> String {
        let opened = self.post("/conversations", customer, json!({})).await;
        opened.with(201)["id"].as_str().unwrap().to_owned()
    }

    /// The customer writes.
    pub(crate) async fn say(&self, conversation: &str, customer: &str, text: &str) -> Json {
        let path = format!("/conversations/{conversation}/messages");
        let said = json!({ "author": "customer", "text": text });
        self.post(&path, customer, said).await.with(201)
    }

    /// A customer who asks for a person: the conversation, its handoff, the customer's token.
    pub(crate) async fn handed_off(&self, external_id: &str) -> (String, String, String) {
        let customer = self.customer(external_id).await;
        let conversation = self.conversation(&customer).await;
        let text = "I was charged twice for order LL-20417, I want to talk to a person";
        let received = self.say(&conversation, &customer, text).await;
        let handoff = received["handoff"]["id"].as_str();
        let handoff = handoff.unwrap_or_else(|| panic!("{received}")).to_owned();
        (conversation, handoff, customer)
    }

    /// Asks again and again until an answer pleases, for ten seconds at most.
    pub(crate) async fn until(
        &self,
        path: &str,
        token: &str,
        pleases: impl Fn(&Json) -> bool,
    ) -> Json {
        let mut last = Json::Null;
        for _ in 0..200 {
            last = self.get(path, token).await.body;
            if pleases(&last) {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{path} never pleased: {last}");
    }
}

/// Sends a request that is ready.
pub(crate) async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let bytes = response.bytes().await.unwrap();
    let text = || Json::String(String::from_utf8_lossy(&bytes).into_owned());
    let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| text());
    Answer {
        status,
        headers,
        body,
    }
}
