//! Segue serves and commands: everything here touches the world; the core decides.

pub mod clock;
pub mod desk_loop;

pub mod assistant;
pub mod effects;
pub mod outgoing;

pub mod answering;
pub mod counting;
pub mod history;
pub mod replay;

pub mod http;
pub mod listening;
pub mod live;
pub mod pages;

pub mod commands;
pub mod hold;
pub mod server;
