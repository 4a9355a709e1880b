//! The same events as a stream of server-sent events, for programs.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event as Sse, KeepAlive, Sse as Stream},
    },
};
use serde::Deserialize;
use tokio::sync::mpsc;
use utoipa::IntoParams;

use super::{Audience, Event, Pass};
use crate::http::{
    App,
    auth::{self, Caller, Who},
    error::Problem,
    posted::Asked,
};

/// Events that may wait for a slow reader.
const WAITING: usize = 256;
/// Lines that are read at once for a reader that comes back.
const PAGE: usize = 500;

/// The reader's token or login is looked at again so often.
const CHECK: Duration = Duration::from_secs(5);

/// Where a stream begins.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct From {
    /// After this position; `Last-Event-ID` counts, too. From now on if left out.
    after: Option<u64>,
}

/// Streams every event; the id is the journal position.
#[utoipa::path(get, path = "/events", tag = "live", params(From),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub(super) async fn events(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Asked(from): Asked<From>,
) -> Result<Response, Problem> {
    if !matches!(caller.who, Who::Assistant | Who::Lead(_) | Who::Admin(_)) {
        return Err(Problem::forbidden(
            "this needs the scope `lead` or `assistant`",
        ));
    }
    let last = headers.get("last-event-id");
    let last = last.and_then(|id| id.to_str().ok()?.parse().ok());
    let after = last.or(from.after);
    let token = auth::bearer(&headers).map(|token| Pass::Token(token.to_owned()));
    let pass = token.or_else(|| auth::cookie(&headers).map(|text| Pass::Cookie(text.to_owned())));
    let pass = pass.ok_or_else(Problem::no_auth)?;
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        tokio::select! {
            () = feed(&app, after, sender) => {}
            () = voided(&app, &pass, &caller) => {}
        }
    });
    let stream = futures::stream::unfold(receiver, |mut receiver| async {
        let event: Sse = receiver.recv().await?;
        Some((Ok::<_, Infallible>(event), receiver))
    });
    let alive = KeepAlive::new().interval(Duration::from_secs(15));
    Ok(Stream::new(stream).keep_alive(alive).into_response())
}

/// Waits until what the reader came in with lets nobody in any more.
async fn voided(app: &App, pass: &Pass, caller: &Caller) {
    loop {
        tokio::time::sleep(CHECK).await;
        if pass.is_void(app, caller).await {
            return;
        }
    }
}

/// Ends when the reader goes, falls behind, or the server stops; the reader comes back by itself.
async fn feed(app: &App, after: Option<u64>, sender: mpsc::Sender<Sse>) {
    let (mut events, _listening, told) = app.live.herald.join(&app.live.hub);
    // Positions that are not there yet count as the last one, as they do for a socket.
    let mut from = after.unwrap_or(told).min(told);
    while from < told {
        let Ok(lines) = app.eyes.store.read(from, PAGE).await else {
            return;
        };
        let Some(last) = lines.last().map(|line| line.position) else {
            break;
        };
        let positions: Vec<u64> = lines.iter().map(|line| line.position).collect();
        let Ok(bodies) = app.eyes.store.bodies(&positions).await else {
            return;
        };
        for event in app.live.herald.events(&lines, &bodies).await {
            if pass(&event, &sender).await.is_none() {
                return;
            }
        }
        from = last;
    }
    loop {
        let event = tokio::select! {
            event = events.recv() => event,
            () = app.live.stopped() => return,
            () = sender.closed() => return,
        };
        let Ok(event) = event else { return };
        let is_new = event.position.is_none_or(|position| position > from);
        if is_new && pass(&event, &sender).await.is_none() {
            return;
        }
    }
}

async fn pass(event: &Event, sender: &mpsc::Sender<Sse>) -> Option<()> {
    let Some(frame) = event.frame_for(&Audience::Team) else {
        return Some(());
    };
    let mut sse = Sse::default().event(event.name).data(frame.as_str());
    if let Some(position) = event.position {
        sse = sse.id(position.to_string());
    }
    sender.send(sse).await.ok()
}
