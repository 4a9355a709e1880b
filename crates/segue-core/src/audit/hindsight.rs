//! The desk's own past under another policy.
//!
//! A desk applies the recorded lines, so that every conversation stands where it stood, and holds
//! the candidate policy, by which the triggers judge each recorded moment. A conversation is
//! followed up to the first verdict that differs from the recorded one: what was said after that
//! answered what was decided in truth.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
};

use super::{
    Before, Origin, Replay, Replayed, Speaker,
    course::{Course, suggested},
    replay::{decision, reading_of},
};
use crate::{
    desk::{Desk, Turn},
    id::ConversationId,
    journal::{Author, Decision, Ending, Entry, Line, Observation, Refusal, Ruling},
    policy::Policy,
    signals::{Reader, Reading},
    time::Timestamp,
    triggers,
};

/// Judges the desk's own past by a candidate policy.
#[derive(Debug)]
pub struct Hindsight {
    desk: Desk,
    /// Where the candidate's intents are not those of then, the texts are read again.
    reader: Option<Reader>,
    /// How long the policy of then lets an assistant be silent.
    silent_after_seconds: u32,
    stays: BTreeMap<ConversationId, Stay>,
    turn: Option<Moment>,
    told: Vec<Replayed>,
}

/// One observation and what was decided on it in truth.
#[derive(Debug)]
struct Moment {
    turn: Turn,
    recorded: Vec<Decision>,
    /// What the candidate decides, once it was asked.
    candidate: Option<Vec<Decision>>,
}

/// A conversation's stay with the assistant.
#[derive(Debug)]
struct Stay {
    course: Course,
    before: Before,
    phase: Phase,
    /// Candidate and record decided the same at every moment so far.
    agreed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Candidate and record agree so far.
    Together,
    /// They have parted, and the assistant still has it in truth.
    Parted,
    /// A person has it in truth.
    Over,
}

impl Hindsight {
    /// By the policy of a document, or by the built-in one. With `reads_again`, the words of each
    /// message are wanted beside its line.
    pub fn new(policy: Option<&str>, reads_again: bool) -> Result<Self, Refusal> {
        let Replay { blank, reader } = Replay::new(policy)?;
        Ok(Self {
            desk: blank,
            reader: reads_again.then_some(reader),
            silent_after_seconds: Policy::default().assistant.silent_after_seconds,
            stays: BTreeMap::new(),
            turn: None,
            told: Vec::new(),
        })
    }

    /// The candidate.
    pub fn policy(&self) -> &Policy {
        self.desk.policy()
    }

    /// Takes the next line of the journal, with the words of its message if they are wanted and
    /// not erased.
    pub fn hear(&mut self, line: Line, words: Option<&str>) {
        match line.entry {
            Entry::Observed(_) => self.observe(line, words),
            Entry::Decided(_) => self.rule(&line),
        }
    }

    /// What was found out since this was asked last: conversations that are over.
    pub fn take(&mut self) -> Vec<Replayed> {
        mem::take(&mut self.told)
    }

    /// Takes the end of the journal: what is still open is told as far as it has come.
    pub fn finish(mut self) -> Vec<Replayed> {
        self.close_turn();
        let open = mem::take(&mut self.stays).into_values();
        self.told.extend(open.map(Stay::tell));
        self.told
    }

    fn observe(&mut self, mut line: Line, words: Option<&str>) {
        self.close_turn();
        self.notice_silences(line.at);
        let due = match line.entry {
            Entry::Observed(Observation::Woke) => self.desk.due(line.at),
            _ => Vec::new(),
        };
        self.read_again(&mut line, words);
        self.note(&line, words.is_none());
        self.follow(&line);
        if let Entry::Observed(seen) = line.entry {
            let turn = Turn::begin(line.position, line.at, seen, due);
            self.turn = Some(Moment {
                turn,
                recorded: Vec::new(),
                candidate: None,
            });
        }
    }

    fn read_again(&self, line: &mut Line, words: Option<&str>) {
        if let Some(reader) = &self.reader
            && let Entry::Observed(Observation::MessageReceived {
                author, reading, ..
            }) = &mut line.entry
        {
            reader.reread(words.unwrap_or_default(), *author, reading);
        }
    }

    /// Lets the desk know, which keeps the candidate whatever was published.
    fn follow(&mut self, line: &Line) {
        let Entry::Observed(Observation::PolicyPublished { source, .. }) = &line.entry else {
            return self.desk.apply(line);
        };
        if let Ok(policy) = Policy::parse(source) {
            self.silent_after_seconds = policy.assistant.silent_after_seconds;
        }
        self.desk.pass(line.position, line.at);
    }

    fn note(&mut self, line: &Line, wordless: bool) {
        let Entry::Observed(seen) = &line.entry else {
            return;
        };
        match seen {
            Observation::ConversationOpened { customer, .. } => {
                let id = ConversationId(line.position);
                self.begin(id, customer.tier.clone(), false);
            }
            Observation::ConversationReopened {
                conversation,
                customer,
                ..
            } => self.begin(*conversation, customer.tier.clone(), true),
            Observation::MessageReceived { .. } => self.note_message(line.position, seen, wordless),
            Observation::HandoffRequested {
                conversation,
                by: Author::Customer,
                ..
            } => {
                if let Some(stay) = self.stays.get_mut(conversation) {
                    stay.course.ask();
                }
            }
            _ => {}
        }
    }

    fn note_message(&mut self, position: u64, seen: &Observation, wordless: bool) {
        let Observation::MessageReceived {
            conversation,
            author,
            reading,
            answer,
            ..
        } = seen
        else {
            return;
        };
        let Some(stay) = self.stays.get_mut(conversation) else {
            return;
        };
        stay.course.told.messages += 1;
        let by = match author {
            Author::Customer => Speaker::Customer,
            Author::Assistant => Speaker::Assistant,
            Author::Agent(_) | Author::Segue => return,
        };
        if stay.phase == Phase::Over {
            return;
        }
        stay.course.hear(by, position, reading);
        if stay.phase == Phase::Together {
            let confidence = answer.as_ref().and_then(|a| a.confidence_permille);
            stay.course.count_judged(confidence);
            let erased = self.reader.is_some() && wordless && by == Speaker::Customer;
            stay.course.told.erased += u64::from(erased);
        }
    }

    fn begin(&mut self, id: ConversationId, tier: Option<String>, again: bool) {
        let mut course = Course::of(id.to_string(), Origin::Journal, tier);
        course.told.silence_known = true;
        course.told.again = again;
        let stay = Stay {
            course,
            before: Before::default(),
            phase: Phase::Together,
            agreed: true,
        };
        let earlier = self.stays.insert(id, stay);
        self.told.extend(earlier.map(Stay::tell));
    }

    fn rule(&mut self, line: &Line) {
        let Some(decision) = decision(line) else {
            return;
        };
        if is_judgement(&decision.ruling) {
            self.judge();
            if let Some(moment) = &mut self.turn {
                moment.recorded.push(decision.clone());
            }
        }
        self.desk.apply(line);
        match &decision.ruling {
            Ruling::ConversationResolved { conversation, .. } => {
                let over = self.stays.remove(conversation);
                self.told.extend(over.map(Stay::tell));
            }
            Ruling::HandoffEnded {
                conversation,
                how: Ending::Returned | Ending::Stayed,
                ..
            } => self.come_back(*conversation),
            _ => {}
        }
    }

    /// The assistant has it again. Where candidate and record had parted before, nothing can be
    /// told of it.
    fn come_back(&mut self, id: ConversationId) {
        let agreed = self.stays.get(&id).filter(|stay| stay.agreed);
        if let Some(tier) = agreed.map(|stay| stay.course.told.tier.clone()) {
            self.begin(id, tier, true);
        }
    }

    /// Asks the candidate, once for each observation, before its own decisions are applied.
    fn judge(&mut self) {
        let Some(moment) = self.turn.as_mut().filter(|m| m.candidate.is_none()) else {
            return;
        };
        let stay = moment.turn.seen.conversation();
        let stay = stay.map(|id| self.stays.get(&id).map(|stay| stay.phase));
        let followed = stay.is_none_or(|phase| phase == Some(Phase::Together));
        moment.candidate = Some(if followed {
            triggers::decide(&self.desk, &moment.turn)
        } else {
            Vec::new()
        });
    }

    fn close_turn(&mut self) {
        self.judge();
        if let Some(moment) = self.turn.take() {
            let candidate = moment.candidate.unwrap_or_default();
            self.compare(&moment.turn.seen, &candidate, &moment.recorded);
        }
    }

    /// Silences that the candidate notices earlier or later than the policy of then did. Where
    /// both wait alike, the desk woke in truth and its line says when.
    fn notice_silences(&mut self, until: Timestamp) {
        if self.desk.policy().assistant.silent_after_seconds == self.silent_after_seconds {
            return;
        }
        while let Some((at, deadline)) = self.desk.next_silence(until) {
            self.desk.let_pass(at, deadline);
            let turn = Turn::begin(0, at, Observation::Woke, vec![deadline]);
            let candidate = triggers::decide(&self.desk, &turn);
            self.compare(&turn.seen, &candidate, &[]);
        }
    }

    fn compare(&mut self, seen: &Observation, candidate: &[Decision], recorded: &[Decision]) {
        let both = candidate.iter().chain(recorded);
        let touched: BTreeSet<ConversationId> = both.filter_map(judged).collect();
        for id in touched {
            if let Some(stay) = self.stays.get_mut(&id) {
                let own = |decision: &&Decision| judged(decision) == Some(id);
                let candidate = candidate.iter().filter(own);
                let recorded = recorded.iter().filter(own);
                stay.compare(reading_of(seen), candidate, recorded);
            }
        }
    }
}

impl Stay {
    /// Takes what both decided at one moment.
    fn compare<'d>(
        &mut self,
        reading: Option<&Reading>,
        candidate: impl Iterator<Item = &'d Decision> + Clone,
        recorded: impl Iterator<Item = &'d Decision> + Clone,
    ) {
        let handoff = self.course.handoff(recorded.clone(), reading);
        match self.phase {
            Phase::Over => {}
            Phase::Parted => self.before.handoff = handoff,
            Phase::Together => {
                let earlier = self.before.suggestions.len();
                self.course.judge(candidate, reading);
                self.before.suggestions.extend(suggested(recorded));
                self.before.handoff = handoff;
                self.agreed = self.agrees(earlier);
            }
        }
        if self.before.handoff.is_some() {
            self.phase = Phase::Over;
        } else if !self.agreed {
            self.phase = Phase::Parted;
        }
    }

    /// Whether both decided the same: what came after `earlier` suggestions, and the handoff.
    fn agrees(&self, earlier: usize) -> bool {
        let Replayed {
            suggestions,
            handoff,
            ..
        } = &self.course.told;
        let same = match (handoff, &self.before.handoff) {
            (Some(now), Some(then)) => now.goes_like(then),
            (now, then) => now.is_none() && then.is_none(),
        };
        same && suggestions.get(earlier..) == self.before.suggestions.get(earlier..)
    }

    fn tell(mut self) -> Replayed {
        self.course.told.before = Some(self.before);
        self.course.told
    }
}

/// Decided by the triggers.
fn is_judgement(ruling: &Ruling) -> bool {
    matches!(
        ruling,
        Ruling::Judged { .. } | Ruling::ReplyWithheld { .. } | Ruling::HandoffOpened { .. }
    )
}

/// The conversation that the triggers judged.
fn judged(decision: &Decision) -> Option<ConversationId> {
    match &decision.ruling {
        Ruling::Judged { conversation, .. } | Ruling::HandoffOpened { conversation, .. } => {
            Some(*conversation)
        }
        _ => None,
    }
}
