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

use super::{
    Account, Files, Mapping, Refused, Why,
    csv_rows::{CsvRows, Step},
    elements::{Elements, is_list},
    files::is_csv,
    format::Format,
    lines::{LineRead, next_line},
    whole::{Parsed, settle},
};

/// Lines that are looked at to find the format.
const LOOKED_AT: usize = 20;

/// The rows of one file.
enum Rows {
    /// One conversation each.
    Json {
        format: Format,
        from: Pieces,
        ahead: VecDeque<(u64, LineRead)>,
    },
    /// One message a row.
    Csv(Box<CsvRows>),
}

/// The pieces of JSON in a file, each with its line.
enum Pieces {
    /// One a line.
    Lines(Box<dyn BufRead + Send>, u64),
    /// The elements of one list.
    Elements(Elements),
}

impl Pieces {
    fn of(mut from: Box<dyn BufRead + Send>) -> Result<Self> {
        let head = from.fill_buf()?;
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        if is_list(head.trim_ascii_start()) {
            return Ok(Self::Elements(Elements::new(from)));
        }
        Ok(Self::Lines(from, 0))
    }

    fn next(&mut self) -> Result<Option<(u64, LineRead)>> {
        Ok(match self {
            Self::Elements(elements) => elements.next()?,
            Self::Lines(from, line) => {
                *line += 1;
                next_line(&mut **from)?.map(|read| (*line, read))
            }
        })
    }
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

    /// How the columns of the first file are understood, if it is CSV.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn first_mapping(&mut self) -> Result<Option<Mapping>> {
        self.first_format()?;
        Ok(match &self.rows {
            Some(Rows::Csv(rows)) => Some(rows.mapping().clone()),
            Some(Rows::Json { .. }) | None => None,
        })
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
            Some(Rows::Json { format, .. }) => *format,
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
        if from.fill_buf().is_ok_and(<[u8]>::is_empty) {
            bail!("`{name}` is empty: there is no conversation in it");
        }
        let mut from = Pieces::of(from).with_context(|| format!("`{name}` cannot be read"))?;
        let mut ahead = VecDeque::new();
        let mut found = self.format;
        while found.is_none() && ahead.len() < LOOKED_AT {
            let read = from
                .next()
                .with_context(|| format!("`{name}` cannot be read"))?;
            let Some((line, read)) = read else { break };
            found = read.as_deref().ok().and_then(Format::of);
            ahead.push_back((line, read));
        }
        let Some(format) = found else {
            let known: Vec<_> = Format::value_variants().iter().map(|f| f.name()).collect();
            bail!(
                "the format of `{name}` is not clear from its first rows: name it with --format ({})",
                known.join(", ")
            );
        };
        Ok(Rows::Json {
            format,
            from,
            ahead,
        })
    }

    fn meet(&mut self) -> Result<Met> {
        match &mut self.rows {
            None => Ok(Met::End),
            Some(Rows::Json {
                format,
                from,
                ahead,
            }) => {
                let next = match ahead.pop_front() {
                    Some(next) => Some(next),
                    None => from.next()?,
                };
                let Some((line, read)) = next else {
                    return Ok(Met::End);
                };
                if read.as_deref().is_ok_and(str::is_empty) {
                    return Ok(Met::Nothing);
                }
                self.account.rows += 1;
                let parsed = read.and_then(|text| format.parse(&text, &self.mapping));
                Ok(match parsed {
                    Ok(one) => Met::Conversation(line, one),
                    Err((why, detail)) => Met::Refused(line, why, detail),
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
