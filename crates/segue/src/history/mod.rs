//! Conversations from elsewhere: files of several formats read as one stream, each row either
//! taken or refused with its place and the reason. A bad row never stops the others.

mod account;
mod csv_rows;
mod files;
mod lines;
mod mapping;
mod recorded;
mod segue_rows;
mod star_rows;
mod stream;
mod tau_rows;
mod whole;

pub use account::{Account, Refused, Why};
pub use files::{Files, find};
pub(crate) use lines::next_line;
pub use mapping::Mapping;
pub use recorded::{recorded, turns};
pub use stream::{Format, Stream};

/// The longest text of one message, in bytes; the same as through the API.
pub const TEXT_BYTES: usize = 16 * 1024;
