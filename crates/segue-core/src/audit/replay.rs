//! One recorded conversation walks through a desk of its own, in its recorded order and times,
//! until the policy would have handed it off: what people would have said after that is unknown.

use std::borrow::Cow;

use serde::Serialize;

use super::{Origin, Recorded, RecordedOutcome, RecordedTurn, Speaker, course::Course, quotation};
use crate::{
    desk::Desk,
    id::ConversationId,
    journal::{Decision, Entry, Level, Line, Observation, Refusal},
    policy::Policy,
    signals::{Reader, Reading, Span},
    time::Timestamp,
};

/// What the policy would have done with a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Replayed {
    /// As the source calls it.
    pub external_id: String,
    /// Where it is kept.
    #[serde(skip)]
    pub origin: Origin,
    /// The customer's tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// It came back from a person to the assistant, and was told of already.
    #[serde(skip)]
    pub again: bool,
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
    /// Messages whose words are erased, so that what they told then was taken as it was.
    pub erased: u64,
    /// The triggers that suggested a person, in order.
    pub suggestions: Vec<String>,
    /// The handoff, if the policy would have made one.
    pub handoff: Option<WouldHandOff>,
    /// What it is held against, in a comparison.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
    /// Where the customer first showed frustration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frustrated_at: Option<Mark>,
    /// Where the customer first asked for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Mark>,
    /// How it ended in truth.
    #[serde(skip)]
    pub outcome: RecordedOutcome,
}

/// What was decided in truth, or what the present policy would have decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Before {
    /// The triggers that suggested a person, in order.
    pub suggestions: Vec<String>,
    /// The handoff.
    pub handoff: Option<WouldHandOff>,
}

/// A place in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// The message, counted from 1.
    pub message: u64,
    /// The exchange, counted from 1 by the customer's turns.
    pub exchange: u32,
}

/// A handoff that the policy would have made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WouldHandOff {
    /// By which trigger; `asked_outright` where somebody asked by a button or a call.
    pub trigger: String,
    /// How strong.
    pub level: Level,
    /// In which exchange, counted from 1 by the customer's turns.
    pub exchange: u32,
    /// At which message, counted from 1; at a silence, the message that was not answered.
    pub message: u64,
    /// Whose words are quoted.
    pub quoted: Speaker,
    /// The words at which it fired; at a silence, the question that was not answered. Empty
    /// where they are erased.
    pub quote: String,
    /// Which words of the message those are.
    #[serde(skip)]
    pub words: Option<Span>,
    /// The message's line in the journal, 0 if it has none.
    #[serde(skip)]
    pub line: u64,
    /// The clauses that held, with the values that they saw.
    pub because: Vec<String>,
    /// Triggers that fired too and yielded.
    pub also_fired: Vec<String>,
    /// What it is about, as last read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// Where it goes.
    pub route: String,
}

impl WouldHandOff {
    /// Takes the quotation from the text of its message.
    pub fn quote_from(&mut self, text: &str) {
        self.quote = quotation(text, self.words);
    }

    /// Whether another handoff of the same conversation comes at the same moment, by the same
    /// trigger, to the same place.
    pub(super) fn goes_like(&self, other: &Self) -> bool {
        self.message == other.message && self.trigger == other.trigger && self.route == other.route
    }
}

/// Replays recorded conversations under one policy.
#[derive(Clone, Debug)]
pub struct Replay {
    pub(super) blank: Desk,
    pub(super) reader: Reader,
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
        let reader = Reader::of(blank.policy());
        Ok(Self { blank, reader })
    }

    /// The policy that is replayed.
    pub fn policy(&self) -> &Policy {
        self.blank.policy()
    }

    /// Who reads the messages under this policy.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Reads all messages whose reading is not there yet, and keeps what they tell.
    pub fn read(&self, recorded: &mut Recorded) {
        for turn in &mut recorded.turns {
            if turn.reading.is_none() {
                turn.reading = Some(Box::new(self.reader.read(&turn.text, turn.by.author())));
            }
        }
    }

    /// Reads again what this policy teaches about messages that were read under another one.
    pub fn reread(&self, recorded: &mut Recorded) {
        for turn in &mut recorded.turns {
            let author = turn.by.author();
            if let Some(reading) = &mut turn.reading {
                self.reader.reread(&turn.text, author, reading);
            }
        }
    }

    /// Lets one conversation walk through a desk of its own, which has no agents: whether it
    /// leaves the assistant does not depend on who is there.
    pub fn replay(&self, recorded: &Recorded) -> Replayed {
        let times = recorded.times();
        let opened_at = times.first().copied().unwrap_or_default();
        let mut walk = Walk::begin(self, recorded, opened_at);
        let mut turns = recorded.turns.iter().zip(times).peekable();
        while let Some((turn, at)) = turns.next_if(|(turn, at)| walk.goes_on(turn, *at)) {
            walk.hear(turn, at);
        }
        turns.for_each(|(turn, _)| walk.overhear(turn));
        walk.finish()
    }

    /// One conversation under this policy, held against the same under another one. Its words
    /// are read once; only what the policies teach differently is read again.
    pub fn against(&self, present: &Self, recorded: &mut Recorded) -> Replayed {
        present.read(recorded);
        let before = present.replay(recorded);
        if self.reader.lesson() != present.reader.lesson() {
            self.reread(recorded);
        }
        let mut after = self.replay(recorded);
        after.before = Some(Before {
            suggestions: before.suggestions,
            handoff: before.handoff,
        });
        after
    }
}

struct Walk<'r> {
    desk: Desk,
    reader: &'r Reader,
    recorded: &'r Recorded,
    conversation: ConversationId,
    epoch: u32,
    opened_at: Timestamp,
    /// In the record, too, the assistant gave the conversation away.
    handed_over: bool,
    course: Course,
}

impl<'r> Walk<'r> {
    fn begin(replay: &'r Replay, recorded: &'r Recorded, opened_at: Timestamp) -> Self {
        let mut desk = replay.blank.clone();
        let opened = Observation::ConversationOpened {
            customer: recorded.customer(),
            channel: recorded.channel.clone(),
        };
        let outcome = desk.handle(opened_at, opened).unwrap_or_default();
        let position = outcome.lines.first().map_or(0, |line| line.position);
        let (id, tier) = (recorded.external_id.clone(), recorded.tier.clone());
        let mut course = Course::of(id, recorded.origin, tier);
        course.told.messages = u64::try_from(recorded.turns.len()).unwrap_or(u64::MAX);
        course.told.silence_known = recorded.silence_judged();
        course.told.outcome = recorded.outcome.clone();
        Self {
            desk,
            reader: &replay.reader,
            recorded,
            conversation: ConversationId(position),
            epoch: 1,
            opened_at,
            handed_over: false,
            course,
        }
    }

    /// Lets the time pass until a message, and says whether the assistant still has the
    /// conversation then.
    fn goes_on(&mut self, turn: &RecordedTurn, at: Timestamp) -> bool {
        if self.handed_over || turn.by == Speaker::Agent {
            return false;
        }
        self.wait_until(at);
        self.course.told.handoff.is_none()
    }

    /// Hears one message, which may be the last that is judged.
    fn hear(&mut self, turn: &'r RecordedTurn, at: Timestamp) {
        self.reopen(at);
        let reading = self.reading(turn);
        self.course.hear(turn.by, 0, &reading);
        let confidence = turn.answer.as_ref().and_then(|a| a.confidence_permille);
        self.course.count_judged(confidence);
        let seen = Observation::MessageReceived {
            conversation: self.conversation,
            author: turn.by.author(),
            epoch: None,
            reading: Box::new(reading.into_owned()),
            answer: turn.answer.clone(),
        };
        self.handle(at, seen);
        self.handed_over = turn.hands_off || self.course.told.handoff.is_some();
    }

    /// A message that is not judged: the customer may ask for a person in it.
    fn overhear(&mut self, turn: &'r RecordedTurn) {
        if self.course.is_told() {
            return;
        }
        let reading = match turn.by {
            Speaker::Customer => self.reading(turn),
            Speaker::Assistant | Speaker::Agent => Cow::default(),
        };
        self.course.hear(turn.by, 0, &reading);
    }

    fn reading(&self, turn: &'r RecordedTurn) -> Cow<'r, Reading> {
        match &turn.reading {
            Some(known) => Cow::Borrowed(known),
            None => Cow::Owned(self.reader.read(&turn.text, turn.by.author())),
        }
    }

    /// Wakes the desk for what comes due before `at`. An answer that comes at the very moment is
    /// in time.
    fn wait_until(&mut self, at: Timestamp) {
        if !self.course.told.silence_known {
            return;
        }
        while self.course.told.handoff.is_none() {
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
            customer: self.recorded.customer(),
            channel: self.recorded.channel.clone(),
            epoch: self.epoch,
            opened_at: self.opened_at,
        };
        self.handle(at, reopened);
    }

    fn handle(&mut self, at: Timestamp, seen: Observation) {
        let outcome = self.desk.handle(at, seen).unwrap_or_default();
        let reading = outcome.lines.first().and_then(|line| match &line.entry {
            Entry::Observed(seen) => reading_of(seen),
            Entry::Decided(_) => None,
        });
        let decisions = outcome.lines.iter().filter_map(decision);
        self.course.judge(decisions, reading);
    }

    fn finish(mut self) -> Replayed {
        if let Some(handoff) = &mut self.course.told.handoff {
            let place = usize::try_from(handoff.message).unwrap_or_default();
            let turn = place
                .checked_sub(1)
                .and_then(|i| self.recorded.turns.get(i));
            if let Some(turn) = turn.filter(|turn| !turn.text.is_empty()) {
                handoff.quote_from(&turn.text);
            }
        }
        self.course.told
    }
}

/// What the text of a message told.
pub(super) fn reading_of(seen: &Observation) -> Option<&Reading> {
    match seen {
        Observation::MessageReceived { reading, .. } => Some(reading),
        _ => None,
    }
}

/// What a line concludes, if it does.
pub(super) fn decision(line: &Line) -> Option<&Decision> {
    match &line.entry {
        Entry::Decided(decision) => Some(decision),
        Entry::Observed(_) => None,
    }
}
