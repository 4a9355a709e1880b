//! What leaves the house: signed webhooks, sent from an outbox after the journal has been written.
//!
//! A row of the outbox is written in the transaction of the line that it follows from, so an event
//! is told at least once, whatever dies in between; its `webhook-id` stays the same, so a receiver
//! can drop the second copy.

pub mod event;
pub mod outbox;
pub mod retry;
pub mod signature;
pub mod webhook;
