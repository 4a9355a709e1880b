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
    course::{Course, millis},
    mapping::Role,
    segue_rows::{confidence_in_range, csat_in_range},
    whole::{Fault, object, short_enough},
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
    course: Course,
    one: HistoryConversation,
}

/// Where in a row each thing stands.
struct Columns {
    conversation: usize,
    author: usize,
    text: usize,
    further: BTreeMap<&'static str, usize>,
}

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
        let columns = Columns::find(&header, mapping, name)?;
        let mut mapping = mapping.clone();
        mapping.delimiter = Some(char::from(delimiter));
        columns.name(&header, &mut mapping);
        Ok(Self {
            reader,
            mapping,
            columns,
            open: HashMap::new(),
            by_touch: BTreeMap::new(),
            ready: VecDeque::new(),
            touches: 0,
        })
    }

    /// The mapping with every column that is read named.
    pub(super) fn mapping(&self) -> &Mapping {
        &self.mapping
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
        match self.told(line, &fields) {
            Ok(true) => Step::Kept,
            Ok(false) => Step::Ignored,
            Err((why, detail)) => Step::Refused(line, why, detail),
        }
    }

    /// Whether a row was taken; not by an author who is left out. A row without words that names
    /// a group tells that the group has it now.
    fn told(&mut self, line: u64, fields: &[&str]) -> Result<bool, Fault> {
        let wordless = fields[self.columns.text].trim().is_empty();
        if wordless && self.columns.further(fields, "group").is_some() {
            return self.keep(line, fields, None).map(|()| true);
        }
        let role = self.role(fields)?;
        if role == Role::Ignore {
            return Ok(false);
        }
        let message = self.message(fields, role)?;
        self.keep(line, fields, Some(message)).map(|()| true)
    }

    fn role(&self, fields: &[&str]) -> Result<Role, Fault> {
        let author = fields[self.columns.author].trim();
        if author.is_empty() {
            return Err((Why::MissingField, "the author is empty".to_owned()));
        }
        self.mapping.role(author).ok_or_else(|| {
            let known = self.mapping.known_authors();
            let detail = format!(
                "the author is `{author}`: known are {known}; add it under `authors` of the mapping"
            );
            (Why::UnknownAuthor, detail)
        })
    }

    fn message(&self, fields: &[&str], role: Role) -> Result<HistoryMessage, Fault> {
        let text = fields[self.columns.text];
        if text.trim().is_empty() {
            return Err((Why::MissingField, "the text is empty".to_owned()));
        }
        short_enough(text, 1)?;
        let at = self.time(fields, "at")?;
        let share = |text: &str| text.replace(',', ".").parse::<f64>().ok();
        let confidence = self.optional(fields, "confidence", share, "a number from 0 to 1")?;
        let confidence = confidence_in_range(confidence, 1)?;
        Ok(HistoryMessage {
            author: role.name().to_owned(),
            at: at.unwrap_or_default(),
            text: text.to_owned(),
            extra: object([
                ("confidence", confidence.map(|share| json!(share))),
                (
                    "intent",
                    self.columns.further(fields, "intent").map(Json::from),
                ),
            ]),
        })
    }

    fn time(&self, fields: &[&str], name: &'static str) -> Result<Option<Timestamp>, Fault> {
        let read = |text: &str| self.mapping.time(text);
        self.optional(fields, name, read, "a time as `time` of the mapping says")
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
    fn keep(
        &mut self,
        line: u64,
        fields: &[&str],
        message: Option<HistoryMessage>,
    ) -> Result<(), Fault> {
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
        let course = self.course(fields)?;
        let resolved_at = self.time(fields, "resolved_at")?;
        let open = self.touch(id, line);
        note(&mut open.course, course);
        let one = &mut open.one;
        one.messages.extend(message);
        one.closed_at = resolved_at.or(one.closed_at);
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

    /// What a row says of how its conversation went.
    fn course(&self, fields: &[&str]) -> Result<Course, Fault> {
        let word = |name| self.columns.further(fields, name).map(str::to_owned);
        let tags = word("tags").unwrap_or_default();
        let tags = tags.split([',', ';', '|']).map(str::trim);
        let count = |text: &str| text.parse().ok();
        Ok(Course {
            topic: word("topic"),
            priority: word("priority"),
            tags: tags
                .filter(|tag| !tag.is_empty())
                .map(str::to_owned)
                .collect(),
            groups: word("group").into_iter().collect(),
            handed_off_at: millis(self.time(fields, "handed_off_at")?),
            joined_at: millis(self.time(fields, "joined_at")?),
            reopens: self.optional(fields, "reopens", count, "a whole number")?,
            satisfied: None,
        })
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
            course: Course::default(),
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
        if let Some(mut open) = self.open.remove(id) {
            open.course.put(&mut open.one);
            self.ready.push_back((open.line, open.one));
        }
    }
}

/// Adds what a further row says; the last value counts, and groups make a chain.
fn note(known: &mut Course, said: Course) {
    known.topic = said.topic.or(known.topic.take());
    known.priority = said.priority.or(known.priority.take());
    known.handed_off_at = said.handed_off_at.or(known.handed_off_at);
    known.joined_at = said.joined_at.or(known.joined_at);
    known.reopens = said.reopens.or(known.reopens);
    for tag in said.tags {
        if !known.tags.contains(&tag) {
            known.tags.push(tag);
        }
    }
    for group in said.groups {
        if known.groups.last() != Some(&group) {
            known.groups.push(group);
        }
    }
}

impl Columns {
    fn find(header: &[String], mapping: &Mapping, name: &str) -> Result<Self> {
        let place = |own: &'static str, named: Option<&String>| -> Result<Option<usize>> {
            let Some(wanted) = named else {
                return Ok(usual(own, header));
            };
            let found = header.iter().position(|column| column == wanted);
            if found.is_none() {
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
        let mut places = BTreeMap::new();
        for (own, named) in named.optional() {
            if let Some(found) = place(own, named)? {
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

    /// Writes down which column holds what.
    fn name(&self, header: &[String], mapping: &mut Mapping) {
        let named = |place: usize| header.get(place).cloned();
        let columns = &mut mapping.columns;
        columns.conversation = named(self.conversation);
        columns.author = named(self.author);
        columns.text = named(self.text);
        for (own, place) in &self.further {
            columns.set(own, named(*place));
        }
    }

    /// What a row says in a column that need not be there.
    fn further<'f>(&self, fields: &[&'f str], name: &'static str) -> Option<&'f str> {
        let text = fields.get(*self.further.get(name)?)?.trim();
        (!text.is_empty()).then_some(text)
    }
}

/// The column under our own name for it, or under one that exports often use, whatever its
/// capitals.
fn usual(own: &str, header: &[String]) -> Option<usize> {
    let names = USUAL.iter().filter(|(known, _)| *known == own);
    let mut names = std::iter::once(own).chain(names.flat_map(|(_, names)| names.iter().copied()));
    names.find_map(|name| {
        let fits = |column: &String| column.replace([' ', '-'], "_").eq_ignore_ascii_case(name);
        header.iter().position(fits)
    })
}

/// Names of columns that say plainly what they hold.
const USUAL: [(&str, &[&str]); 11] = [
    (
        "conversation",
        &[
            "conversation_id",
            "ticket_id",
            "case_id",
            "thread_id",
            "chat_id",
        ],
    ),
    ("author", &["author_type", "sender", "sender_type", "role"]),
    ("text", &["message", "message_text", "body", "content"]),
    ("at", &["created_at", "timestamp", "sent_at", "time"]),
    ("intent", &["predicted_intent"]),
    ("customer", &["customer_id", "requester_id"]),
    ("csat", &["rating", "satisfaction"]),
    ("topic", &["category", "subject_category", "issue_type"]),
    ("group", &["assignment_group", "team", "queue"]),
    ("joined_at", &["agent_joined_at", "accepted_at"]),
    ("resolved_at", &["closed_at", "solved_at"]),
];

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
