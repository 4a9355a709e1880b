//! What does not agree with the journal. The journal is what is true; tables are computed from it,
//! and words belong to its lines.

/// Something that is stored and not as the journal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: a table, `journal` or `bodies`.
    pub table: &'static str,
    /// Which row: its id, which is a position of the journal, or the version of a policy.
    pub row: i64,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// How a row is not as the journal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// The journal says that it must be there.
    Missing,
    /// Nothing in the journal made it.
    Unfounded,
    /// It says something else.
    Differs,
}
