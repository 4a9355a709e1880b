//! The web pages, which are part of the program.

use std::sync::Arc;

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use rust_embed::{Embed, EmbeddedFile};

use crate::http::{App, auth::hex, error::Problem};

#[derive(Embed)]
#[folder = "../../web/dist"]
struct Dist;

/// Scripts and styles come from us alone, and nothing is written inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self' ws: wss:; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

/// Its routes; the doors and the shop are there in the demo only.
pub fn router(demo: bool) -> Router<Arc<App>> {
    let pages = Router::new()
        .route("/console", get(async || Redirect::permanent("/console/")))
        .route(
            "/console/",
            get(async |h: HeaderMap| page("console/index.html", &h)),
        )
        .route("/console/assets/{*path}", get(console_asset))
        .route("/assets/{*path}", get(asset))
        .route("/widget.js", get(async |h: HeaderMap| widget(&h)))
        .route("/api/docs", get(async |h: HeaderMap| page("docs.html", &h)))
        .route(
            "/favicon.ico",
            get(async |h: HeaderMap| page("assets/segue.svg", &h)),
        );
    if demo {
        pages
            .route("/", get(async |h: HeaderMap| page("index.html", &h)))
            .route("/shop", get(async || Redirect::permanent("/shop/")))
            .route(
                "/shop/",
                get(async |h: HeaderMap| page("shop/index.html", &h)),
            )
    } else {
        pages.route("/", get(async || Redirect::temporary("/console/")))
    }
}

async fn console_asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let mut response = page(&format!("console/assets/{path}"), &headers);
    if response.status() == StatusCode::OK {
        // Their names change with their content.
        let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, forever);
    }
    response
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    page(&format!("assets/{path}"), &headers)
}

/// Other sites embed it.
fn widget(headers: &HeaderMap) -> Response {
    let mut response = page("widget.js", headers);
    let any = HeaderValue::from_static("*");
    let out = response.headers_mut();
    out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
    out.insert(
        header::HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    response
}

fn page(path: &str, headers: &HeaderMap) -> Response {
    match Dist::get(path) {
        Some(file) => send(file, headers),
        None => Problem::not_found(format!("there is no page `{path}`")).into_response(),
    }
}

fn send(file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", hex(&file.metadata.sha256_hash()[..16]));
    let known = headers.get(header::IF_NONE_MATCH);
    let same = known.is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if same {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        file.data.into_response()
    };
    let out = response.headers_mut();
    let kind = mime(file.metadata.mimetype());
    if let Ok(kind) = HeaderValue::from_str(&kind) {
        out.insert(header::CONTENT_TYPE, kind);
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(header::ETAG, tag);
    }
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    out.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    response
}

fn mime(guessed: &str) -> String {
    if guessed.starts_with("text/") || guessed.ends_with("javascript") {
        format!("{guessed}; charset=utf-8")
    } else {
        guessed.to_owned()
    }
}
