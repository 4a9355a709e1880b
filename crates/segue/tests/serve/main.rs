//! At stake: what people and programs see of a running server. Checked through the real router
//! and the real embedded store, over HTTP and sockets.
#![expect(clippy::unwrap_used, reason = "a test may stop at a surprise")]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod errors;
mod full;
mod idempotency;
mod kill;
mod live;
mod outside;
mod races;
mod rights;
mod start;
mod walk;
