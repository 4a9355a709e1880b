//! Rehearses: drives the production core with invented customers, agents and faults, all from one
//! seed, and asserts after every step what must always hold. The same core plays the scenarios.
#![deny(missing_docs)]

pub mod dice;
pub mod policies;
pub mod policy_tests;
pub mod telling;

mod invariants;
mod stage;
mod world;

pub mod rehearsal;
pub mod scenario;
pub mod summary;

pub use rehearsal::{Rehearsal, rehearse, rehearse_many};
pub use scenario::{Failed, Played, Scenario};
pub use summary::{Failure, Summary};
