//! Whether the server lives, and what it counts.

use std::{fmt::Write, sync::Arc};

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{App, error::Problem};

/// The process answers.
pub async fn livez() -> &'static str {
    "ok\n"
}

/// The store answers, too.
pub async fn readyz(State(app): State<Arc<App>>) -> Result<&'static str, Problem> {
    match app.store().health().await {
        Ok(()) => Ok("ok\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            Err(Problem::busy("the store does not answer", 1))
        }
    }
}

/// Counters in Prometheus' text format.
pub async fn metrics(State(app): State<Arc<App>>) -> Response {
    let mut text = String::new();
    app.door().gauges.render(&mut text);
    let (waiting, open, online, position) = {
        let desk = app.door().desk().await;
        let online = desk.agents().filter(|agent| agent.is_present()).count();
        (
            desk.waiting(),
            desk.conversations().count(),
            online,
            desk.position(),
        )
    };
    let gauges = [
        ("segue_waiting", waiting),
        ("segue_conversations_open", open),
        ("segue_agents_online", online),
        ("segue_sockets", app.live.hub.sockets()),
    ];
    for (name, value) in gauges {
        let _ = writeln!(text, "# TYPE {name} gauge\n{name} {value}");
    }
    let name = "segue_journal_position";
    let _ = writeln!(text, "# TYPE {name} counter\n{name} {position}");
    let kind = [("content-type", "text/plain; version=0.0.4")];
    (StatusCode::OK, kind, text).into_response()
}
