//! Segue serves and commands: everything here touches the world; the core decides.

pub mod assistant;
pub mod effects;
pub mod outgoing;
