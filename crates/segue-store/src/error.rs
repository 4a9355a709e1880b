//! What can go wrong with a store, in words for the person who must mend it.

/// Why the store did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Somebody else has appended in the meantime; nothing of the batch was written.
    #[error(
        "the journal stands at position {position}: another writer was first, read on from there and decide again"
    )]
    Conflict {
        /// The journal's head.
        position: u64,
    },
    /// The place cannot be opened at all.
    #[error("`{place}` cannot be opened: {why}; {remedy}")]
    CannotOpen {
        /// The path, or the address without its password.
        place: String,
        /// What the system said.
        why: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// The file is there and is not one of ours, or is damaged.
    #[error(
        "`{place}` is not a segue database: {why}; name another directory or restore the file from a backup"
    )]
    NotOurs {
        /// The path.
        place: String,
        /// How one can tell.
        why: String,
    },
    /// It was written by a newer build.
    #[error(
        "`{place}` has schema version {found}, this build knows versions up to {known}: start a newer build of segue"
    )]
    Newer {
        /// The path, or the address without its password.
        place: String,
        /// The version it has.
        found: i64,
        /// The newest version this build knows.
        known: i64,
    },
    /// No space is left; nothing of the batch was written.
    #[error("no space is left for `{place}`: free some, nothing was written")]
    Full {
        /// The path, or the address without its password.
        place: String,
    },
    /// The place can be read and not written; nothing of the batch was written.
    #[error("`{place}` cannot be written: give the user that runs segue the right to write it")]
    ReadOnly {
        /// The path, or the address without its password.
        place: String,
    },
    /// The database does not answer just now. Whether the last write counts is known only to
    /// the journal's head.
    #[error("the database does not answer: {why}")]
    Unavailable {
        /// What the connection said.
        why: String,
    },
    /// Something of that name exists already.
    #[error("it exists already: {what}")]
    Taken {
        /// What the database said about it.
        what: String,
    },
    /// What is stored does not read.
    #[error("{what} does not read: {why}")]
    Unreadable {
        /// Which record.
        what: String,
        /// How.
        why: String,
    },
    /// Anything else that the database refused; nothing of the batch was written.
    #[error("the database refused: {why}")]
    Refused {
        /// What it said.
        why: String,
    },
}
