//! Conversations from elsewhere: files of several formats read as one stream, each row either
//! taken or refused with its place and the reason. A bad row never stops the others.

mod account;
mod chatwoot_rows;
mod course;
mod csv_rows;
mod decoded;
mod elements;
mod files;
mod format;
mod incident_rows;
mod intercom_rows;
mod lines;
mod mapping;
mod plain;
mod recorded;
mod segue_rows;
mod star_rows;
mod stream;
mod tau_rows;
mod thread_rows;
mod whole;
mod zendesk_rows;

pub use account::{Account, Refused, Why};
pub use course::past;
pub use files::{Files, find};
pub use format::Format;
pub(crate) use lines::next_line;
pub use mapping::Mapping;
pub use recorded::{recorded, turns};
pub use stream::Stream;

/// The longest text of one message, in bytes; the same as through the API.
pub const TEXT_BYTES: usize = 16 * 1024;
