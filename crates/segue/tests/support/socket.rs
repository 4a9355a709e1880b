//! A live socket as a page opens it.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value as Json, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

/// A socket that has said hello.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) welcome: u64,
    /// Whether it answers pings.
    pub(crate) answers: bool,
}

/// What a socket hears.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Heard {
    Event(Json),
    Closed(u16),
    Nothing,
}

impl Socket {
    /// Opens a socket with a token or a cookie.
    pub(crate) async fn open(url: &str, token: &str, after: Option<u64>) -> Self {
        let mut hello = json!({ "type": "hello" });
        let address = url.replace("http://", "ws://") + "/api/v1/live";
        let mut request = address.into_client_request().unwrap();
        if token.starts_with("segue_session=") {
            let headers = request.headers_mut();
            headers.insert("cookie", token.parse().unwrap());
        } else {
            hello["token"] = token.into();
        }
        if let Some(after) = after {
            hello["after"] = after.into();
        }
        let (mut stream, _) = connect_async(request).await.unwrap();
        let hello = Message::Text(hello.to_string().into());
        stream.send(hello).await.unwrap();
        let mut socket = Self {
            stream,
            welcome: 0,
            answers: true,
        };
        if let Heard::Event(welcome) = socket.hear(Duration::from_secs(5)).await {
            assert_eq!(welcome["type"], "welcome");
            socket.welcome = welcome["position"].as_u64().unwrap();
        }
        socket
    }

    /// With which status an attempt to open one is refused; 101 if it is not.
    pub(crate) async fn refused(url: &str) -> u16 {
        let address = url.replace("http://", "ws://") + "/api/v1/live";
        match connect_async(address).await {
            Ok(_) => 101,
            Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => answer.status().as_u16(),
            Err(other) => panic!("{other}"),
        }
    }

    /// Sends a frame.
    pub(crate) async fn send(&mut self, frame: Json) {
        let frame = Message::Text(frame.to_string().into());
        self.stream.send(frame).await.unwrap();
    }

    /// The next frame that is not a ping, within a time.
    pub(crate) async fn hear(&mut self, within: Duration) -> Heard {
        let next = async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Text(text))) => {
                        let frame: Json = serde_json::from_str(&text).unwrap();
                        if frame["type"] != "ping" {
                            return Heard::Event(frame);
                        }
                        if self.answers {
                            let pong = Message::Text(r#"{"type":"pong"}"#.into());
                            let _ = self.stream.send(pong).await;
                        }
                    }
                    Some(Ok(Message::Close(frame))) => {
                        return Heard::Closed(frame.map_or(1005, |frame| frame.code.into()));
                    }
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return Heard::Closed(1006),
                }
            }
        };
        timeout(within, next).await.unwrap_or(Heard::Nothing)
    }

    /// The next event of a kind, within five seconds.
    pub(crate) async fn event(&mut self, kind: &str) -> Json {
        loop {
            match self.hear(Duration::from_secs(5)).await {
                Heard::Event(frame) if frame["event"] == kind => return frame,
                Heard::Event(_) => {}
                other => panic!("no {kind} came: {other:?}"),
            }
        }
    }

    /// Everything that comes until nothing comes for a while.
    pub(crate) async fn all(&mut self) -> Vec<Json> {
        let mut all = Vec::new();
        while let Heard::Event(frame) = self.hear(Duration::from_millis(600)).await {
            all.push(frame);
        }
        all
    }
}
