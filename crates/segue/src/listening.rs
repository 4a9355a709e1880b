//! The listener: takes connections in, gives each request its time, and lets go in order.

use std::{io, net::SocketAddr, pin::pin, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};
use tower::{ServiceExt, service_fn};

/// How long nothing is taken in after the system had no room for another connection.
const NO_ROOM: Duration = Duration::from_millis(100);

/// Serves until `stop` says so; then open requests end. The head of a request must come within
/// `head`, or its connection is closed.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    head: Duration,
    stop: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    let mut stopped = pin!(stopped(stop.clone()));
    loop {
        tokio::select! {
            () = stopped.as_mut() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, from)) => {
                    let talk = talk(stream, from, router.clone(), head, stop.clone());
                    connections.spawn(talk);
                }
                Err(error) => wait_out(&error).await,
            },
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// A connection that broke before it was taken in is nobody's; no room passes.
async fn wait_out(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    ) {
        return;
    }
    tracing::error!(%error, "a connection was not taken in");
    tokio::time::sleep(NO_ROOM).await;
}

async fn talk(
    stream: TcpStream,
    from: SocketAddr,
    router: Router,
    head: Duration,
    stop: watch::Receiver<bool>,
) {
    // A frame is small and somebody waits for it.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(from));
        router.clone().oneshot(request)
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(head);
    let connection =
        server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut connection = pin!(connection.with_upgrades());
    tokio::select! {
        // How it ended is the other end's to know.
        _ = connection.as_mut() => return,
        () = stopped(stop) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

/// Waits until `stop` says so.
pub async fn stopped(mut stop: watch::Receiver<bool>) {
    // Whoever would say so being gone means the same.
    let _ = stop.wait_for(|stop| *stop).await;
}
