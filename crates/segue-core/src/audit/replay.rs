//! One recorded conversation walks through a desk of its own, in its recorded order and times,
//! until the policy would have handed it off: what people would have said after that is unknown.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    desk::Desk,
    id::{ConversationId, CustomerId},
    journal::{
        Answer, Author, CustomerFacts, Decision, Entry, Fired, Level, Line, Observation, Reason,
        Refusal, Ruling, Verdict,
    },
    policy::{
        Policy,
        condition::{Clause, Value},
    },
    signals::{Reader, Reading, Span, sentences},
    time::Timestamp,
};

/// Between two messages of a conversation whose source has no times.
const STEP_SECONDS: u32 = 20;
/// A quotation is cut after so many characters.
const QUOTE_CHARS: usize = 160;

/// Who spoke in the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The customer.
    Customer,
    /// The AI.
    Assistant,
    /// A person of the team.
    Agent,
}

/// A conversation as its source recorded it.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// As the source calls it.
    pub external_id: String,
    /// Where it was held.
    pub channel: String,
    /// The customer's tier.
    pub tier: Option<String>,
    /// The customer's language, a BCP 47 tag.
    pub locale: Option<String>,
    /// Whether the time between a question and its answer says how long the assistant took. If
    /// not, silences are not judged.
    pub silence_known: bool,
    /// In order.
    pub turns: Vec<RecordedTurn>,
    /// How it ended.
    pub outcome: RecordedOutcome,
}

/// One message of a record.
#[derive(Clone, Debug)]
pub struct RecordedTurn {
    /// Who.
    pub by: Speaker,
    /// When, where the source says.
    pub at: Option<Timestamp>,
    /// The words.
    pub text: String,
    /// What the assistant said about its answer.
    pub answer: Option<Answer>,
    /// With this message the assistant gave the conversation to a person.
    pub hands_off: bool,
}

/// How a recorded conversation ended, where its source says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordedOutcome {
    /// Whether a person took over.
    pub handed_off: Option<bool>,
    /// Whether the matter was settled.
    pub solved: Option<bool>,
    /// Further judgements of the source, by name. They are compared with and never judged by.
    pub labels: BTreeMap<String, bool>,
}

/// What the policy would have done with a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Replayed {
    /// As the source calls it.
    pub external_id: String,
    /// Messages of the record.
    pub messages: u64,
    /// Messages that were judged, up to the handoff or to the end.
    pub replayed: u64,
    /// Answers of the assistant among them.
    pub answers: u64,
    /// Answers that carry a confidence.
    pub confident_answers: u64,
    /// Whether silences could be judged.
    pub silence_known: bool,
    /// The triggers that suggested a person, in order.
    pub suggestions: Vec<String>,
    /// The handoff, if the policy would have made one.
    pub handoff: Option<WouldHandOff>,
    /// How it ended in truth.
    #[serde(skip)]
    pub outcome: RecordedOutcome,
}

/// A handoff that the policy would have made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WouldHandOff {
    /// By which trigger.
    pub trigger: String,
    /// How strong.
    pub level: Level,
    /// In which exchange, counted from 1 by the customer's turns.
    pub exchange: u32,
    /// At which message, counted from 1; at a silence, the message that was not answered.
    pub message: u64,
    /// Whose words are quoted.
    pub quoted: Speaker,
    /// The words at which it fired; at a silence, the question that was not answered.
    pub quote: String,
    /// The clauses that held, with the values that they saw.
    pub because: Vec<String>,
    /// Triggers that fired too and yielded.
    pub also_fired: Vec<String>,
}

/// Replays recorded conversations under one policy.
#[derive(Clone, Debug)]
pub struct Replay {
    blank: Desk,
    reader: Reader,
}

impl Replay {
    /// Under the policy of a document, or under the one that a new desk has.
    pub fn new(policy: Option<&str>) -> Result<Self, Refusal> {
        let mut blank = Desk::new();
        if let Some(source) = policy {
            let published = Observation::PolicyPublished {
                version: 1,
                source: source.to_owned(),
                author: "replay".to_owned(),
            };
            blank.handle(Timestamp(i64::MIN / 2), published)?;
        }
        let reader = Reader::new(&blank.policy().intents);
        Ok(Self { blank, reader })
    }

    /// The policy that is replayed.
    pub fn policy(&self) -> &Policy {
        self.blank.policy()
    }

    /// Lets one conversation walk through a desk of its own, which has no agents: whether it
    /// leaves the assistant does not depend on who is there.
    pub fn replay(&self, recorded: &Recorded) -> Replayed {
        let mut walk = Walk::begin(self, recorded);
        for (turn, at) in recorded.turns.iter().zip(times(recorded)) {
            if !walk.hear(turn, at) {
                break;
            }
        }
        walk.told
    }
}

/// The times at which the messages are heard: the recorded ones if all are there.
fn times(recorded: &Recorded) -> Vec<Timestamp> {
    let known: Option<Vec<Timestamp>> = recorded.turns.iter().map(|turn| turn.at).collect();
    known.unwrap_or_else(|| {
        let step = |place| Timestamp(0).plus_seconds(STEP_SECONDS * place);
        (0..).map(step).take(recorded.turns.len()).collect()
    })
}

/// What was last heard from one side.
struct Heard<'r> {
    by: Speaker,
    text: &'r str,
    reading: Reading,
    place: u64,
}

struct Walk<'r> {
    desk: Desk,
    reader: &'r Reader,
    recorded: &'r Recorded,
    conversation: ConversationId,
    epoch: u32,
    opened_at: Timestamp,
    place: u64,
    exchange: u32,
    last: Option<Heard<'r>>,
    told: Replayed,
}

impl<'r> Walk<'r> {
    fn begin(replay: &'r Replay, recorded: &'r Recorded) -> Self {
        let opened_at = times(recorded).first().copied().unwrap_or_default();
        let timed = recorded.turns.iter().all(|turn| turn.at.is_some());
        let mut desk = replay.blank.clone();
        let opened = Observation::ConversationOpened {
            customer: customer(recorded),
            channel: recorded.channel.clone(),
        };
        let outcome = desk.handle(opened_at, opened).unwrap_or_default();
        let position = outcome.lines.first().map_or(0, |line| line.position);
        Self {
            desk,
            reader: &replay.reader,
            recorded,
            conversation: ConversationId(position),
            epoch: 1,
            opened_at,
            place: 0,
            exchange: 0,
            last: None,
            told: Replayed {
                external_id: recorded.external_id.clone(),
                messages: u64::try_from(recorded.turns.len()).unwrap_or(u64::MAX),
                silence_known: timed && recorded.silence_known,
                outcome: recorded.outcome.clone(),
                ..Replayed::default()
            },
        }
    }

    /// Hears one message; false where the record and the replay part.
    fn hear(&mut self, turn: &'r RecordedTurn, at: Timestamp) -> bool {
        if turn.by == Speaker::Agent {
            return false;
        }
        self.wait_until(at);
        if self.told.handoff.is_some() {
            return false;
        }
        self.reopen(at);
        self.note(turn);
        let author = author(turn.by);
        let reading = self.reader.read(&turn.text, author);
        let seen = Observation::MessageReceived {
            conversation: self.conversation,
            author,
            epoch: None,
            reading: Box::new(reading.clone()),
            answer: turn.answer.clone(),
        };
        self.last = Some(Heard {
            by: turn.by,
            text: &turn.text,
            reading,
            place: self.place,
        });
        self.handle(at, seen);
        self.told.handoff.is_none() && !turn.hands_off
    }

    fn note(&mut self, turn: &RecordedTurn) {
        self.place += 1;
        self.told.replayed += 1;
        let goes_on = self
            .last
            .as_ref()
            .is_some_and(|last| last.by == Speaker::Customer);
        match turn.by {
            Speaker::Customer if !goes_on => self.exchange += 1,
            Speaker::Customer | Speaker::Agent => {}
            Speaker::Assistant => {
                let confidence = turn.answer.as_ref().and_then(|a| a.confidence_permille);
                self.told.answers += 1;
                self.told.confident_answers += u64::from(confidence.is_some());
            }
        }
    }

    /// Wakes the desk for what comes due before `at`. An answer that comes at the very moment is
    /// in time.
    fn wait_until(&mut self, at: Timestamp) {
        if !self.told.silence_known {
            return;
        }
        while self.told.handoff.is_none() {
            match self.desk.next_deadline() {
                Some((due, _)) if due < at => self.handle(due, Observation::Woke),
                _ => return,
            }
        }
    }

    /// A conversation that was left for so long that the desk closed it goes on as a new one.
    fn reopen(&mut self, at: Timestamp) {
        if let Some(conversation) = self.desk.conversation(self.conversation) {
            self.epoch = conversation.epoch;
            return;
        }
        self.epoch += 1;
        let reopened = Observation::ConversationReopened {
            conversation: self.conversation,
            customer: customer(self.recorded),
            channel: self.recorded.channel.clone(),
            epoch: self.epoch,
            opened_at: self.opened_at,
        };
        self.handle(at, reopened);
    }

    fn handle(&mut self, at: Timestamp, seen: Observation) {
        let outcome = self.desk.handle(at, seen).unwrap_or_default();
        for line in &outcome.lines {
            self.judge(line);
        }
    }

    fn judge(&mut self, line: &Line) {
        let Entry::Decided(Decision {
            because,
            ruling:
                Ruling::Judged {
                    message,
                    verdict,
                    fired: Some(fired),
                    also_fired,
                    ..
                },
            ..
        }) = &line.entry
        else {
            return;
        };
        match verdict {
            Verdict::Stay => {}
            Verdict::Suggest => self.told.suggestions.push(fired.trigger.to_string()),
            Verdict::HandOff => {
                self.told.handoff = Some(self.would(fired, also_fired, because, message.is_some()));
            }
        }
    }

    fn would(
        &self,
        fired: &Fired,
        also_fired: &[Fired],
        because: &Reason,
        at_message: bool,
    ) -> WouldHandOff {
        let clauses = match because {
            Reason::Trigger { clauses, .. } => clauses.as_slice(),
            _ => &[],
        };
        let last = self.last.as_ref();
        WouldHandOff {
            trigger: fired.trigger.to_string(),
            level: fired.level,
            exchange: self.exchange,
            message: last.map_or(self.place, |last| last.place),
            quoted: last.map_or(Speaker::Customer, |last| last.by),
            quote: last.map_or_else(String::new, |last| {
                quote(last, if at_message { clauses } else { &[] })
            }),
            because: clauses.iter().map(in_words).collect(),
            also_fired: also_fired.iter().map(|f| f.trigger.to_string()).collect(),
        }
    }
}

fn author(speaker: Speaker) -> Author {
    match speaker {
        Speaker::Customer => Author::Customer,
        Speaker::Assistant | Speaker::Agent => Author::Assistant,
    }
}

fn customer(recorded: &Recorded) -> CustomerFacts {
    CustomerFacts {
        id: CustomerId(0),
        tier: recorded.tier.clone(),
        locale: recorded.locale.clone(),
        attributes: BTreeMap::new(),
        previous: Vec::new(),
    }
}

/// The sentence that the clauses are about, else the one that says most.
fn quote(heard: &Heard<'_>, clauses: &[Clause]) -> String {
    let reading = &heard.reading;
    let mentions = |fact: &str| {
        let mut values = clauses.iter().flat_map(|clause| &clause.values);
        values.any(|(name, _)| name == fact)
    };
    let intent = reading.intent.as_ref().map(|intent| intent.span);
    let cue = reading.frustration.first().map(|cue| cue.span);
    let spans = [
        ("message.asks_for_person", reading.asks_for_person),
        ("message.intent", intent),
        ("message.intent_confidence", intent),
        ("message.frustrated", cue),
        ("message.threatens", cue),
        ("message.sentiment", cue),
    ];
    let told = spans
        .into_iter()
        .filter(|(fact, _)| mentions(fact))
        .find_map(|(_, span)| span);
    let text = told
        .or(reading.gist)
        .map_or(heard.text, |span| around(heard.text, span));
    cut(text)
}

/// The sentence in which a span begins, or the words of the span if it lies in none.
fn around(text: &str, span: Span) -> &str {
    sentences(text)
        .find(|sentence| sentence.start <= span.start && span.start < sentence.end)
        .unwrap_or(span)
        .of(text)
}

fn cut(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(QUOTE_CHARS) {
        Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default().trim_end()),
        None => words,
    }
}

/// A clause as the policy writes it, with what it saw where that is not said already.
fn in_words(clause: &Clause) -> String {
    let told = clause.values.iter().filter_map(|(name, value)| {
        let value = value.as_ref()?;
        (clause.text != *name).then(|| format!("{name} was {}", shown(value)))
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() {
        clause.text.clone()
    } else {
        format!("{} ({})", clause.text, told.join(", "))
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Text(text) => format!("\"{text}\""),
        Value::Number(thousandths) => number(*thousandths),
    }
}

fn number(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    let (whole, rest) = (
        thousandths.unsigned_abs() / 1000,
        thousandths.unsigned_abs() % 1000,
    );
    let rest = format!("{rest:03}");
    match rest.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        rest => format!("{sign}{whole}.{rest}"),
    }
}
