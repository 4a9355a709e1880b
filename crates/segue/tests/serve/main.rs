//! At stake: what people and programs see of a running server. Checked through the real router
//! and the real embedded store, over HTTP and sockets.

#[path = "../support/mod.rs"]
mod support;

mod errors;
mod idempotency;
mod kill;
mod live;
mod races;
mod rights;
mod walk;
