//! The part of Segue that decides. It has no clock, does no I/O, rolls no dice and never waits:
//! the same observations give the same decisions, live, in a replay and in a rehearsal.
//!
//! Modules stand in reading order: the words first, then the rooms in the order in which a
//! message walks through them, then the desk that holds them together.
#![deny(
    missing_docs,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_used
)]
#![cfg_attr(
    test,
    expect(
        clippy::panic,
        clippy::indexing_slicing,
        reason = "a test may stop at a surprise"
    )
)]

pub mod id;
pub mod journal;
pub mod time;

pub mod learning;

pub mod calibration;

pub mod policy;
pub mod signals;

pub mod conversation;
mod triggers;

pub mod briefing;
pub mod queue;
pub mod routing;

mod alerts;
pub mod notices;

pub mod desk;

pub mod metrics;

pub mod audit;
