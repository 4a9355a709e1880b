//! The WebSocket: hello, welcome, what was missed, then everything as it happens.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket},
    },
    http::HeaderMap,
    response::Response,
};
use segue_core::id::{AgentId, ConversationId};
use serde::Deserialize;
use serde_json::json;
use tokio::{
    sync::broadcast::error::RecvError,
    time::{MissedTickBehavior, interval, timeout},
};

use super::{Audience, Event, Pass, missed::Missed};
use crate::http::{
    App,
    auth::{self, Caller},
    error::Problem,
    limits::Place,
};

/// A client must say hello within this time.
const HELLO: Duration = Duration::from_secs(5);
/// The server pings so often.
const PING: Duration = Duration::from_secs(5);
/// A frame that is not taken for so long ends the socket.
const SEND: Duration = Duration::from_secs(10);
/// A client that says nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(30);
const NOT_ALLOWED: u16 = 4001;
const TOO_SLOW: u16 = 4008;
const STOPPING: u16 = 4009;

/// Why a socket ends.
enum End {
    /// The client went, or cannot be reached.
    Gone,
    /// We close it, and say why.
    Close(u16, &'static str),
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Said {
    Hello(Hello),
    Typing {
        conversation_id: String,
    },
    Pong,
    #[serde(other)]
    Other,
}

#[derive(Debug, Default, Deserialize)]
struct Hello {
    token: Option<String>,
    after: Option<u64>,
    part: Option<u32>,
}

/// Opens a socket. The first frame must be `{"type":"hello","token"?,"after"?}`.
#[utoipa::path(get, path = "/live", tag = "live",
    responses((status = 101, description = "the socket is open")))]
pub(super) async fn live(
    State(app): State<Arc<App>>,
    Place(from): Place,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|error| {
        Problem::new(
            axum::http::StatusCode::BAD_REQUEST,
            "not_a_websocket",
            "Not a WebSocket",
            error.body_text(),
        )
    })?;
    // Another site's page may listen as a customer by token, never by our cookie.
    let own = auth::need_same_origin(&headers).is_ok();
    let cookie = auth::cookie(&headers).filter(|_| own).map(str::to_owned);
    let counted = app.crowd.open_socket(from)?;
    let upgrade = upgrade.max_message_size(16 * 1024);
    Ok(upgrade.on_upgrade(move |socket| async move {
        serve(app, socket, cookie).await;
        drop(counted);
    }))
}

async fn serve(app: Arc<App>, mut socket: WebSocket, cookie: Option<String>) {
    let hello = match timeout(HELLO, hello(&mut socket)).await {
        Ok(Some(hello)) => hello,
        Ok(None) => return,
        Err(_) => return close(socket, NOT_ALLOWED, "no hello came").await,
    };
    let pass = match (hello.token.clone(), cookie) {
        (Some(token), _) => Some(Pass::Token(token)),
        (None, cookie) => cookie.map(Pass::Cookie),
    };
    let Some((pass, caller)) = known(&app, pass).await else {
        return close(socket, NOT_ALLOWED, "the token or the login is not known").await;
    };
    let console = caller.agent();
    if let Some(agent) = console
        && app.consoles.opened(app.door(), agent).await.is_err()
    {
        return close(socket, STOPPING, "the desk is not there, come back").await;
    }
    let listener = Listener {
        audience: Audience::from(&caller),
        app: Arc::clone(&app),
        pass,
        caller,
        console,
        socket,
    };
    listener.run(&hello).await;
    if let Some(agent) = console {
        app.consoles.closed(agent).await;
    }
}

async fn known(app: &App, pass: Option<Pass>) -> Option<(Pass, Caller)> {
    let pass = pass?;
    let caller = pass.caller(app).await.ok()?;
    Some((pass, caller))
}

async fn hello(socket: &mut WebSocket) -> Option<Hello> {
    loop {
        match socket.recv().await?.ok()? {
            Message::Text(text) => match serde_json::from_str(&text).ok()? {
                Said::Hello(hello) => return Some(hello),
                _ => return None,
            },
            Message::Ping(_) | Message::Pong(_) => {}
            Message::Binary(_) | Message::Close(_) => return None,
        }
    }
}

async fn close(mut socket: WebSocket, code: u16, reason: &'static str) {
    let frame = CloseFrame {
        code,
        reason: reason.into(),
    };
    // Whether it arrives or not, the socket ends here.
    let _ = timeout(SEND, socket.send(Message::Close(Some(frame)))).await;
    let _ = timeout(Duration::from_secs(1), async {
        while let Some(Ok(_)) = socket.recv().await {}
    })
    .await;
}

struct Listener {
    app: Arc<App>,
    socket: WebSocket,
    pass: Pass,
    caller: Caller,
    audience: Audience,
    console: Option<AgentId>,
}

impl Listener {
    async fn run(mut self, hello: &Hello) {
        if let Err(End::Close(code, reason)) = self.talk(hello).await {
            close(self.socket, code, reason).await;
        }
    }

    async fn talk(&mut self, hello: &Hello) -> Result<(), End> {
        // From here on events pile up in the hub, so none is lost between past and present.
        let live = &self.app.live;
        let (mut events, _listening, told) = live.herald.join(&live.hub);
        let head = self.app.door().desk().await.position();
        let after = hello.after.unwrap_or(told).min(head);
        self.send(json!({ "type": "welcome", "position": head }).to_string())
            .await?;
        self.catch_up(after, hello.part, told).await?;
        let seen = after.max(told);
        let live = self.app.live.clone();
        let mut pings = interval(PING);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last_frame = tokio::time::Instant::now();
        loop {
            tokio::select! {
                event = events.recv() => match event {
                    Ok(event) => self.pass(&event, seen).await?,
                    Err(RecvError::Lagged(_)) => {
                        return Err(End::Close(TOO_SLOW, "too slow, come back and catch up"));
                    }
                    Err(RecvError::Closed) => return Err(End::Gone),
                },
                said = self.socket.recv() => {
                    self.hear(said).await?;
                    last_frame = tokio::time::Instant::now();
                }
                _ = pings.tick() => {
                    if last_frame.elapsed() > SILENCE {
                        return Err(End::Gone);
                    }
                    // What ends the right to listen ends the socket.
                    if self.pass.is_void(&self.app, &self.caller).await {
                        return Err(End::Close(NOT_ALLOWED, "the token or the login has ended"));
                    }
                    self.send(r#"{"type":"ping"}"#.to_owned()).await?;
                }
                () = live.stopped() => {
                    return Err(End::Close(STOPPING, "the server is stopping, come back"));
                }
            }
        }
    }

    /// What was told between two positions, read back from the journal.
    async fn catch_up(&mut self, after: u64, part: Option<u32>, told: u64) -> Result<(), End> {
        // With a part, what is left of the line itself comes, too.
        let from = if part.is_some() {
            after.saturating_sub(1)
        } else {
            after
        };
        let part = part.unwrap_or(u32::MAX);
        let store = Arc::clone(&self.app.eyes.store);
        let mut missed = Missed::new(&*store, &self.audience, from, told);
        while let Some(lines) = missed.next().await.map_err(|_| End::Gone)? {
            let positions: Vec<u64> = lines.iter().map(|line| line.position).collect();
            let bodies = store.bodies(&positions).await.map_err(|_| End::Gone)?;
            for event in self.app.live.herald.events(&lines, &bodies).await {
                if event.is_after(after, part) {
                    self.pass(&event, 0).await?;
                }
            }
        }
        Ok(())
    }

    async fn pass(&mut self, event: &Event, seen: u64) -> Result<(), End> {
        if event.position.is_some_and(|position| position <= seen) {
            return Ok(());
        }
        match event.frame_for(&self.audience) {
            Some(frame) => self.send(frame).await,
            None => Ok(()),
        }
    }

    async fn send(&mut self, text: impl Into<Utf8Bytes>) -> Result<(), End> {
        match timeout(SEND, self.socket.send(Message::Text(text.into()))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::Close(TOO_SLOW, "too slow, come back and catch up")),
        }
    }

    async fn hear(&mut self, said: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let Some(Ok(said)) = said else {
            return Err(End::Gone);
        };
        if let Some(agent) = self.console {
            let renewed = self.app.consoles.renew(self.app.door(), agent).await;
            renewed.map_err(|_| End::Close(STOPPING, "the desk is not there, come back"))?;
        }
        match said {
            Message::Text(text) => {
                if let Ok(Said::Typing { conversation_id }) = serde_json::from_str(&text)
                    && let Ok(id) = conversation_id.parse::<ConversationId>()
                    && self.app.seen_by(&self.caller, id).await.is_ok()
                {
                    let app = Arc::clone(&self.app);
                    app.live.typing(&app, &self.caller, id).await;
                }
                Ok(())
            }
            Message::Close(_) => Err(End::Gone),
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) => Ok(()),
        }
    }
}
