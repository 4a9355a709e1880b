//! The account of a reading: what was taken, and every row that was not, with the reason.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

/// Refused rows that are kept to be shown.
const SHOWN: usize = 10;

/// Why a row is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It is not JSON.
    BrokenJson,
    /// It is not CSV of the header's shape.
    BrokenCsv,
    /// It is not UTF-8.
    NotUtf8,
    /// A field is missing or empty.
    MissingField,
    /// A field holds what it cannot hold.
    WrongValue,
    /// The author is nobody we know.
    UnknownAuthor,
    /// Another row has the same id.
    DuplicateId,
    /// A text is over 16 kB.
    TextTooLong,
    /// The row itself is longer than any conversation.
    RowTooLong,
    /// Nobody says anything in it.
    EmptyConversation,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BrokenJson => "broken JSON",
            Self::BrokenCsv => "broken CSV",
            Self::NotUtf8 => "not UTF-8",
            Self::MissingField => "missing field",
            Self::WrongValue => "wrong value",
            Self::UnknownAuthor => "unknown author",
            Self::DuplicateId => "duplicate id",
            Self::TextTooLong => "text too long",
            Self::RowTooLong => "row too long",
            Self::EmptyConversation => "empty conversation",
        })
    }
}

/// A row that is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The file as it was named.
    pub file: String,
    /// The line in it, from 1.
    pub line: u64,
    /// The kind of fault.
    pub why: Why,
    /// Which field, which value, and what would be right.
    pub detail: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            why,
            detail,
        } = self;
        write!(f, "{file}:{line}: {why}: {detail}")
    }
}

/// What became of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Rows that were read; an empty line is none.
    pub rows: u64,
    /// Rows that were left out on purpose: by an author that the mapping ignores.
    pub ignored: u64,
    /// Conversations that were taken.
    pub conversations: u64,
    /// Messages in them.
    pub messages: u64,
    /// Rows that were refused.
    pub refused: u64,
    /// Conversations whose messages were out of order and are sorted now.
    pub sorted: u64,
    /// Conversations in which some messages had a time and some had none, so that none has now.
    pub times_dropped: u64,
    /// Refused rows by reason.
    pub reasons: BTreeMap<Why, u64>,
    /// The first refused rows.
    pub first_refused: Vec<Refused>,
}

impl Account {
    /// Notes a refused row.
    pub fn refuse(&mut self, refused: &Refused) {
        self.refused += 1;
        *self.reasons.entry(refused.why).or_default() += 1;
        if self.first_refused.len() < SHOWN {
            self.first_refused.push(refused.clone());
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "rows read           {:>9}", self.rows)?;
        writeln!(f, "conversations taken {:>9}", self.conversations)?;
        writeln!(f, "messages taken      {:>9}", self.messages)?;
        let further = [
            ("rows ignored", self.ignored),
            ("put in order", self.sorted),
            ("times left out", self.times_dropped),
        ];
        for (name, count) in further.into_iter().filter(|(_, count)| *count > 0) {
            writeln!(f, "{name:<19} {count:>9}")?;
        }
        writeln!(f, "rows refused        {:>9}", self.refused)?;
        for (why, count) in &self.reasons {
            writeln!(f, "  {:<18} {count:>8}", why.to_string())?;
        }
        for refused in &self.first_refused {
            writeln!(f, "{refused}")?;
        }
        let shown = u64::try_from(self.first_refused.len()).unwrap_or(u64::MAX);
        if self.refused > shown {
            let more = self.refused - shown;
            writeln!(f, "… and {more} more: `--refused FILE` writes all of them")?;
        }
        Ok(())
    }
}
