//! All files as one stream of conversations.

use std::{
    collections::{HashSet, VecDeque},
    hash::{DefaultHasher, Hash, Hasher},
    io::{BufRead, Write},
    path::Path,
};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use segue_store::HistoryConversation;
use serde_json::Value as Json;

use super::{
    Account, Files, Mapping, Refused, Why,
    csv_rows::{CsvRows, Step},
    files::is_csv,
    lines::{LineRead, next_line},
    segue_rows, star_rows, tau_rows,
    whole::{Parsed, settle},
};

/// Lines that are looked at to find the format.
const LOOKED_AT: usize = 20;

/// How a file is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Segue's own: one conversation a line, as JSON.
    Segue,
    /// One message a row; a mapping says which column is what.
    Csv,
    /// Dialogues of an AI that calls tools.
    TauAirline,
    /// Dialogues with a person who plays the assistant.
    Star,
}

impl Format {
    /// Its name on the command line and in the list of imports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Segue => "segue",
            Self::Csv => "csv",
            Self::TauAirline => "tau-airline",
            Self::Star => "star",
        }
    }

    /// What a line looks like, if it looks like anything.
    fn of(line: &str) -> Option<Self> {
        let row: Json = serde_json::from_str(line).ok()?;
        if row.get("messages").is_some() {
            return Some(Self::Segue);
        }
        let turns = row.get("turns")?.as_array()?;
        if row.get("success").is_some() {
            return Some(Self::TauAirline);
        }
        let timed = turns.first().is_some_and(|turn| turn.get("t").is_some());
        timed.then_some(Self::Star)
    }

    fn parse(self, line: &str) -> Parsed {
        match self {
            Self::TauAirline => tau_rows::parse(line),
            Self::Star => star_rows::parse(line),
            Self::Segue | Self::Csv => segue_rows::parse(line),
        }
    }
}

/// The rows of one file.
enum Rows {
    /// One conversation a line.
    Lines {
        format: Format,
        from: Box<dyn BufRead + Send>,
        ahead: VecDeque<LineRead>,
        line: u64,
    },
    /// One message a row.
    Csv(Box<CsvRows>),
}

/// What a row came to.
enum Met {
    Conversation(u64, HistoryConversation),
    Refused(u64, Why, String),
    Nothing,
    End,
}

/// Conversations out of files, one file after the other.
pub struct Stream {
    files: Files,
    next: usize,
    rows: Option<Rows>,
    format: Option<Format>,
    mapping: Mapping,
    seen: HashSet<u64>,
    account: Account,
    refused: Option<Box<dyn Write + Send>>,
}

impl Stream {
    /// Reads the files as `format` says, or as they look. Every refused row is written to
    /// `refused`, as a line each.
    pub fn new(
        files: Files,
        format: Option<Format>,
        mapping: Mapping,
        refused: Option<Box<dyn Write + Send>>,
    ) -> Self {
        Self {
            files,
            next: 0,
            rows: None,
            format,
            mapping,
            seen: HashSet::new(),
            account: Account::default(),
            refused,
        }
    }

    /// What became of the rows so far.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Opens the first file and tells its format.
    ///
    /// # Errors
    /// If it cannot be read, or its format is not clear.
    pub fn first_format(&mut self) -> Result<Format> {
        if self.rows.is_none() {
            self.open_next()?;
        }
        Ok(match &self.rows {
            Some(Rows::Lines { format, .. }) => *format,
            Some(Rows::Csv(_)) | None => Format::Csv,
        })
    }

    /// The next conversations, at most `size`; none at the end of the last file.
    ///
    /// # Errors
    /// If a file cannot be read on; a bad row is no error.
    pub fn batch(&mut self, size: usize) -> Result<Vec<HistoryConversation>> {
        let mut batch = Vec::new();
        while batch.len() < size {
            if self.rows.is_none() && !self.open_next()? {
                break;
            }
            let at = self.next - 1;
            let name = self.name(at);
            match self
                .meet()
                .with_context(|| format!("`{name}` cannot be read on"))?
            {
                Met::End => self.rows = None,
                Met::Nothing => {}
                Met::Refused(line, why, detail) => self.refuse(name, line, why, detail)?,
                Met::Conversation(line, one) => match self.admit(one) {
                    Ok(one) => batch.push(one),
                    Err((why, detail)) => self.refuse(name, line, why, detail)?,
                },
            }
        }
        if batch.is_empty()
            && let Some(refused) = &mut self.refused
        {
            refused
                .flush()
                .context("the refused rows cannot be written")?;
        }
        Ok(batch)
    }

    fn name(&self, at: usize) -> String {
        let path = self.files.paths.get(at);
        path.map_or_else(String::new, |path| path.display().to_string())
    }

    fn open_next(&mut self) -> Result<bool> {
        let Some(path) = self.files.paths.get(self.next).cloned() else {
            return Ok(false);
        };
        self.next += 1;
        let from = self.files.open(&path)?;
        let rows = self.rows_of(&path, from)?;
        self.rows = Some(rows);
        Ok(true)
    }

    fn rows_of(&self, path: &Path, mut from: Box<dyn BufRead + Send>) -> Result<Rows> {
        let name = path.display().to_string();
        if is_csv(path) || self.format == Some(Format::Csv) {
            let rows = CsvRows::open(from, &self.mapping, &name)
                .with_context(|| format!("`{name}` cannot be read as CSV"))?;
            return Ok(Rows::Csv(Box::new(rows)));
        }
        let mut ahead = VecDeque::new();
        let mut found = self.format;
        while found.is_none() && ahead.len() < LOOKED_AT {
            let read = next_line(&mut *from).with_context(|| format!("`{name}` cannot be read"))?;
            let Some(line) = read else { break };
            found = line.as_deref().ok().and_then(Format::of);
            ahead.push_back(line);
        }
        let Some(format) = found else {
            let known: Vec<_> = Format::value_variants().iter().map(|f| f.name()).collect();
            bail!(
                "the format of `{name}` is not clear from its first lines: name it with --format ({})",
                known.join(", ")
            );
        };
        Ok(Rows::Lines {
            format,
            from,
            ahead,
            line: 0,
        })
    }

    fn meet(&mut self) -> Result<Met> {
        match &mut self.rows {
            None => Ok(Met::End),
            Some(Rows::Lines {
                format,
                from,
                ahead,
                line,
            }) => {
                let read = match ahead.pop_front() {
                    Some(read) => Some(read),
                    None => next_line(&mut **from)?,
                };
                *line += 1;
                let Some(read) = read else {
                    return Ok(Met::End);
                };
                if read.as_deref().is_ok_and(str::is_empty) {
                    return Ok(Met::Nothing);
                }
                self.account.rows += 1;
                let parsed = read.and_then(|text| format.parse(&text));
                Ok(match parsed {
                    Ok(one) => Met::Conversation(*line, one),
                    Err((why, detail)) => Met::Refused(*line, why, detail),
                })
            }
            Some(Rows::Csv(rows)) => {
                if let Some((line, one)) = rows.complete() {
                    return Ok(Met::Conversation(line, one));
                }
                let step = rows.step()?;
                self.account.rows += u64::from(step.is_some());
                Ok(match step {
                    Some(Step::Refused(line, why, detail)) => Met::Refused(line, why, detail),
                    Some(Step::Ignored) => {
                        self.account.ignored += 1;
                        Met::Nothing
                    }
                    Some(Step::Kept) => Met::Nothing,
                    None => rows
                        .complete()
                        .map_or(Met::End, |(line, one)| Met::Conversation(line, one)),
                })
            }
        }
    }

    /// Takes a conversation that no other row has given already.
    fn admit(&mut self, one: HistoryConversation) -> Parsed {
        let mut hasher = DefaultHasher::new();
        one.external_id.hash(&mut hasher);
        let print = hasher.finish();
        if self.seen.contains(&print) {
            let detail = format!(
                "conversation `{}` was there before: give each one row, or keep its rows together",
                one.external_id
            );
            return Err((Why::DuplicateId, detail));
        }
        let one = settle(one, &mut self.account)?;
        self.seen.insert(print);
        self.account.conversations += 1;
        self.account.messages += u64::try_from(one.messages.len()).unwrap_or_default();
        Ok(one)
    }

    fn refuse(&mut self, file: String, line: u64, why: Why, detail: String) -> Result<()> {
        let refused = Refused {
            file,
            line,
            why,
            detail,
        };
        self.account.refuse(&refused);
        if let Some(to) = &mut self.refused {
            writeln!(to, "{refused}").context("the refused rows cannot be written")?;
        }
        Ok(())
    }
}
