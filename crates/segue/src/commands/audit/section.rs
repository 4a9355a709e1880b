//! A report in its parts: one section for each question, the same for terminal, page and
//! spreadsheet.

use segue_core::audit::{Rate, diagnosis::Lift};

use super::words;

/// One question with its answer.
#[derive(Debug, Default)]
pub(super) struct Section {
    /// In a word or two; the name of its sheet.
    pub(super) title: &'static str,
    /// The question.
    pub(super) question: &'static str,
    /// The answer in sentences.
    pub(super) answer: Vec<String>,
    /// Charts.
    pub(super) charts: Vec<Chart>,
    /// Tables.
    pub(super) tables: Vec<Table>,
    /// Quotations.
    pub(super) quotes: Vec<Quoted>,
}

/// Rows under a head.
#[derive(Debug)]
pub(super) struct Table {
    /// What it shows.
    pub(super) title: String,
    /// The names of the columns.
    pub(super) head: Vec<&'static str>,
    /// As many values as the head has names.
    pub(super) rows: Vec<Vec<Value>>,
}

/// What stands in a table.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Words.
    Text(String),
    /// A number of things.
    Count(u64),
    /// A share with its interval.
    Share(Rate),
    /// A length of time.
    Seconds(u64),
    /// How much more often.
    Lift(Lift),
    /// Thousandths of one.
    Thousandths(u64),
    /// Not known.
    Unknown,
}

impl Value {
    pub(super) fn seconds(seconds: Option<u64>) -> Self {
        seconds.map_or(Self::Unknown, Self::Seconds)
    }

    /// As people read it.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => words::grouped(*count),
            Self::Share(rate) => words::rate(*rate),
            Self::Seconds(seconds) => words::length(*seconds),
            Self::Lift(lift) => words::lift(*lift),
            Self::Thousandths(value) => format!("{}.{:02}", value / 1000, value % 1000 / 10),
            Self::Unknown => "–".to_owned(),
        }
    }

    /// Numbers stand on the right.
    pub(super) fn is_number(&self) -> bool {
        !matches!(self, Self::Text(_))
    }

    /// Whether it is more than chance.
    pub(super) fn stands_out(&self) -> bool {
        matches!(self, Self::Lift(lift) if lift.stands_out())
    }
}

/// Bars with their intervals, or a curve.
#[derive(Debug)]
pub(super) struct Chart {
    /// What it shows.
    pub(super) title: String,
    /// What its values are.
    pub(super) kind: Kind,
    /// In order.
    pub(super) points: Vec<Point>,
    /// The value of all together, if there is one.
    pub(super) all: Option<u64>,
}

/// What a chart draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Shares in thousandths, lying bars.
    Shares,
    /// Shares in thousandths, standing columns, for what has an order of its own.
    Columns,
    /// Lengths of time in seconds, lying bars on a scale of powers of ten.
    Seconds,
    /// Counts, standing columns.
    Counts,
    /// A falling curve: seconds along, thousandths up.
    Curve,
}

/// One bar, or one corner of a curve.
#[derive(Clone, Debug, Default)]
pub(super) struct Point {
    /// Its name; for a curve, its seconds in words.
    pub(super) name: String,
    /// Along, for a curve.
    pub(super) along: u64,
    /// Its value.
    pub(super) value: u64,
    /// Hardly less.
    pub(super) low: u64,
    /// Hardly more.
    pub(super) high: u64,
    /// Whether it is more often than chance would do.
    pub(super) stands_out: bool,
}

/// What somebody said and what somebody asked after that.
#[derive(Debug)]
pub(super) struct Quoted {
    /// The conversation and what is asked for.
    pub(super) place: String,
    /// Who said it, where, and the words.
    pub(super) said: (String, String),
    /// Who asked, where, and the words.
    pub(super) asked: (String, String),
}
