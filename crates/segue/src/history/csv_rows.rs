//! CSV with one row for each message. Rows of a conversation need not stand together, as long as
//! not too many others stand between them: a window of open conversations keeps memory flat.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    io::BufRead,
};

use anyhow::{Result, bail};
use csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder};
use segue_core::time::Timestamp;
use segue_store::{HistoryConversation, HistoryMessage};
use serde_json::{Map, Value as Json, json};

use super::{
    Mapping, Why,
    mapping::Role,
    segue_rows::{confidence_in_range, csat_in_range},
    whole::{object, short_enough},
};

/// Conversations that are open at the same time while reading.
const WINDOW: usize = 4096;

/// What one row, or the end of a conversation, comes to.
pub(super) enum Step {
    /// A row that was taken into a conversation that is still open.
    Kept,
    /// A row by an author who is left out.
    Ignored,
    /// A row that is refused, with its line.
    Refused(u64, Why, String),
}

/// The rows of one file.
pub(super) struct CsvRows {
    reader: Reader<Box<dyn BufRead + Send>>,
    mapping: Mapping,
    columns: Columns,
    open: HashMap<String, Open>,
    by_touch: BTreeMap<u64, String>,
    ready: VecDeque<(u64, HistoryConversation)>,
    touches: u64,
}

struct Open {
    line: u64,
    touch: u64,
    one: HistoryConversation,
}

/// Where in a row each thing stands.
struct Columns {
    conversation: usize,
    author: usize,
    text: usize,
    further: BTreeMap<&'static str, usize>,
}

type Fault = (Why, String);

impl CsvRows {
    /// Reads the header.
    pub(super) fn open(
        mut from: Box<dyn BufRead + Send>,
        mapping: &Mapping,
        name: &str,
    ) -> Result<Self> {
        let delimiter = match mapping.delimiter {
            Some(delimiter) => u8::try_from(delimiter).unwrap_or(b','),
            None => guess(from.fill_buf()?),
        };
        let mut reader = ReaderBuilder::new().delimiter(delimiter).from_reader(from);
        let header = reader.headers()?.iter();
        let header: Vec<String> = header
            .map(|column| column.trim_start_matches('\u{feff}').trim().to_owned())
            .collect();
        Ok(Self {
            reader,
            mapping: mapping.clone(),
            columns: Columns::find(&header, mapping, name)?,
            open: HashMap::new(),
            by_touch: BTreeMap::new(),
            ready: VecDeque::new(),
            touches: 0,
        })
    }

    /// A conversation that is complete, with the line of its first row.
    pub(super) fn complete(&mut self) -> Option<(u64, HistoryConversation)> {
        self.ready.pop_front()
    }

    /// Reads one row; none at the end of the file, when all conversations are complete.
    pub(super) fn step(&mut self) -> Result<Option<Step>> {
        let mut record = ByteRecord::new();
        match self.reader.read_byte_record(&mut record) {
            Ok(true) => Ok(Some(self.take(&record))),
            Ok(false) => {
                while let Some((_, id)) = self.by_touch.pop_first() {
                    self.close(&id);
                }
                Ok(None)
            }
            Err(error) => match error.kind() {
                ErrorKind::UnequalLengths {
                    pos,
                    expected_len,
                    len,
                } => {
                    let line = pos.as_ref().map_or(0, csv::Position::line);
                    let detail = format!("the row has {len} fields, the header has {expected_len}");
                    Ok(Some(Step::Refused(line, Why::BrokenCsv, detail)))
                }
                _ => Err(error.into()),
            },
        }
    }

    fn take(&mut self, record: &ByteRecord) -> Step {
        let line = record.position().map_or(0, csv::Position::line);
        let fields: Result<Vec<&str>, _> = record.iter().map(std::str::from_utf8).collect();
        let Ok(fields) = fields else {
            let detail = "the row does not read: save the file as UTF-8".to_owned();
            return Step::Refused(line, Why::NotUtf8, detail);
        };
        match self.message(&fields) {
            Ok(None) => Step::Ignored,
            Err((why, detail)) => Step::Refused(line, why, detail),
            Ok(Some(message)) => match self.keep(line, &fields, message) {
                Ok(()) => Step::Kept,
                Err((why, detail)) => Step::Refused(line, why, detail),
            },
        }
    }

    /// The message of a row; none by an author who is left out.
    fn message(&self, fields: &[&str]) -> Result<Option<HistoryMessage>, Fault> {
        let author = fields[self.columns.author].trim();
        if author.is_empty() {
            return Err((Why::MissingField, "the author is empty".to_owned()));
        }
        let author = match self.mapping.role(author) {
            Some(Role::Customer) => "customer",
            Some(Role::Assistant) => "assistant",
            Some(Role::Agent) => "agent",
            Some(Role::Ignore) => return Ok(None),
            None => {
                let known = self.mapping.known_authors();
                let detail = format!(
                    "the author is `{author}`: known are {known}; add it under `authors` of the mapping"
                );
                return Err((Why::UnknownAuthor, detail));
            }
        };
        let text = fields[self.columns.text];
        if text.trim().is_empty() {
            return Err((Why::MissingField, "the text is empty".to_owned()));
        }
        short_enough(text, 1)?;
        let at = self.optional(
            fields,
            "at",
            |text| self.mapping.time(text),
            "a time as `time` of the mapping says",
        )?;
        let share = |text: &str| text.replace(',', ".").parse::<f64>().ok();
        let confidence = self.optional(fields, "confidence", share, "a number from 0 to 1")?;
        let confidence = confidence_in_range(confidence, 1)?;
        Ok(Some(HistoryMessage {
            author: author.to_owned(),
            at: at.unwrap_or_default(),
            text: text.to_owned(),
            extra: object([
                ("confidence", confidence.map(|share| json!(share))),
                (
                    "intent",
                    self.columns.further(fields, "intent").map(Json::from),
                ),
            ]),
        }))
    }

    fn optional<T>(
        &self,
        fields: &[&str],
        name: &'static str,
        read: impl Fn(&str) -> Option<T>,
        right: &str,
    ) -> Result<Option<T>, Fault> {
        let Some(text) = self.columns.further(fields, name) else {
            return Ok(None);
        };
        read(text).map(Some).ok_or_else(|| {
            let detail = format!("`{name}` is `{text}`: it must be {right}");
            (Why::WrongValue, detail)
        })
    }

    /// Puts a message into its conversation. The last value of what is told of a conversation
    /// counts.
    fn keep(&mut self, line: u64, fields: &[&str], message: HistoryMessage) -> Result<(), Fault> {
        let id = fields[self.columns.conversation].trim();
        if id.is_empty() {
            return Err((
                Why::MissingField,
                "the conversation's id is empty".to_owned(),
            ));
        }
        let handed_off = self.optional(fields, "handed_off", yes_or_no, "yes or no")?;
        let solved = self.optional(fields, "resolved", yes_or_no, "yes or no")?;
        let csat = self.optional(fields, "csat", |text| text.parse().ok(), "1 to 5")?;
        let csat = csat_in_range(csat)?;
        let word = |name| self.columns.further(fields, name).map(str::to_owned);
        let (channel, tier) = (word("channel"), word("tier"));
        let (customer, locale) = (word("customer"), word("locale"));
        let one = &mut self.touch(id, line).one;
        one.messages.push(message);
        one.handed_off = handed_off.or(one.handed_off);
        one.solved = solved.or(one.solved);
        one.csat = csat.or(one.csat);
        one.channel = channel.or_else(|| one.channel.take());
        one.tier = tier.or_else(|| one.tier.take());
        for (name, value) in [("customer", customer), ("locale", locale)] {
            let Some(value) = value else { continue };
            let extra = one.extra.get_or_insert_with(|| Json::Object(Map::new()));
            extra[name] = Json::String(value);
        }
        Ok(())
    }

    /// The open conversation of an id, now the last one touched.
    fn touch(&mut self, id: &str, line: u64) -> &mut Open {
        self.touches += 1;
        if let Some(open) = self.open.get(id) {
            self.by_touch.remove(&open.touch);
        } else if self.open.len() == WINDOW
            && let Some((_, oldest)) = self.by_touch.pop_first()
        {
            self.close(&oldest);
        }
        self.by_touch.insert(self.touches, id.to_owned());
        let open = self.open.entry(id.to_owned()).or_insert_with(|| Open {
            line,
            touch: 0,
            one: HistoryConversation {
                external_id: id.to_owned(),
                opened_at: Timestamp::default(),
                ..HistoryConversation::default()
            },
        });
        open.touch = self.touches;
        open
    }

    fn close(&mut self, id: &str) {
        if let Some(open) = self.open.remove(id) {
            self.ready.push_back((open.line, open.one));
        }
    }
}

impl Columns {
    fn find(header: &[String], mapping: &Mapping, name: &str) -> Result<Self> {
        let place = |own: &'static str, named: Option<&String>| -> Result<Option<usize>> {
            let wanted = named.map_or(own, String::as_str);
            let found = header.iter().position(|column| column == wanted);
            if found.is_none() && named.is_some() {
                bail!(
                    "`{name}` has no column `{wanted}`: it has {}",
                    header.join(", ")
                );
            }
            Ok(found)
        };
        let needed = |own: &'static str, named: Option<&String>| -> Result<usize> {
            place(own, named)?.ok_or_else(|| {
                anyhow::anyhow!(
                    "`{name}` has no column `{own}`: name the one that holds it under `columns` of a --mapping file; it has {}",
                    header.join(", ")
                )
            })
        };
        let named = &mapping.columns;
        let further = [
            ("at", &named.at),
            ("confidence", &named.confidence),
            ("intent", &named.intent),
            ("channel", &named.channel),
            ("customer", &named.customer),
            ("tier", &named.tier),
            ("locale", &named.locale),
            ("handed_off", &named.handed_off),
            ("resolved", &named.resolved),
            ("csat", &named.csat),
        ];
        let mut places = BTreeMap::new();
        for (own, named) in further {
            if let Some(found) = place(own, named.as_ref())? {
                places.insert(own, found);
            }
        }
        Ok(Self {
            conversation: needed("conversation", named.conversation.as_ref())?,
            author: needed("author", named.author.as_ref())?,
            text: needed("text", named.text.as_ref())?,
            further: places,
        })
    }

    /// What a row says in a column that need not be there.
    fn further<'f>(&self, fields: &[&'f str], name: &'static str) -> Option<&'f str> {
        let text = fields.get(*self.further.get(name)?)?.trim();
        (!text.is_empty()).then_some(text)
    }
}

/// What stands most often in the first line.
fn guess(start: &[u8]) -> u8 {
    let line = start
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let pieces = |delimiter: u8| line.split(|byte| *byte == delimiter).count();
    let best = [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|one| pieces(*one));
    best.unwrap_or(b',')
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}
