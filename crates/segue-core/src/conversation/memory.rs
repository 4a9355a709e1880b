//! What the messages of a conversation told so far, small enough to keep for every open one.

use serde::{Deserialize, Serialize};

use crate::{
    id::{IntentName, MessageId},
    journal::{Answer, Outcome},
    signals::{CueKind, FactKind, Fingerprint, Reading, Span},
};

/// Texts of each side that a new one is compared with.
const PRINTS_KEPT: usize = 4;
/// Facts, attempts and issues that are kept; later ones push out nothing but the least telling.
const FACTS_KEPT: usize = 12;
const ATTEMPTS_KEPT: usize = 12;
const ISSUES_KEPT: usize = 4;
/// From this resemblance on the customer says the same again.
const CUSTOMER_REPEATS_PERMILLE: u16 = 600;
/// From this resemblance on the assistant gives the same answer again.
const ASSISTANT_REPEATS_PERMILLE: u16 = 850;
/// A text of fewer words is too short to count as a repetition.
const REPEATABLE_WORDS: u16 = 3;

/// What is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// Exchanges that the assistant completed since it last got the conversation.
    pub exchanges: u16,
    /// Answers after which the customer said the same again or complained that it goes on.
    pub failed_attempts: u16,
    /// Messages of the customer.
    pub customer_messages: u16,
    /// The last intent that was read.
    pub intent: Option<IntentName>,
    /// Sentiment of the last three messages of the customer, latest last.
    pub moods: Vec<i16>,
    /// The best sentiment so far.
    pub best_mood: Option<i16>,
    /// The worst sentiment so far, with its place.
    pub worst_mood: Option<MoodNote>,
    /// Candidates for what it is about.
    pub issues: Vec<IssueNote>,
    /// Facts that the customer gave.
    pub facts: Vec<FactNote>,
    /// Solutions and sources that the assistant named.
    pub attempts: Vec<AttemptNote>,
    /// Whether the customer's last message repeats an earlier one.
    pub customer_repeats: bool,
    /// Whether the assistant's last answer repeats an earlier one.
    pub assistant_repeats: bool,
    customer_prints: Vec<Fingerprint>,
    assistant_prints: Vec<Fingerprint>,
}

/// A mood with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoodNote {
    /// -1000 to 1000.
    pub sentiment_permille: i16,
    /// The message.
    pub message: MessageId,
    /// Its most telling sentence.
    pub span: Option<Span>,
}

/// A sentence that may say what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueNote {
    /// How telling it is.
    pub weight: u16,
    /// The message.
    pub message: MessageId,
    /// The sentence.
    pub span: Span,
}

/// A fact with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactNote {
    /// What kind.
    pub kind: FactKind,
    /// The message.
    pub message: MessageId,
    /// The words.
    pub span: Span,
}

/// What an answer of the assistant named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptNote {
    /// The answer.
    pub message: MessageId,
    /// Solutions in it.
    pub attempted: u8,
    /// Sources in it.
    pub sources: u8,
    /// What the customer said of it next.
    pub outcome: Outcome,
}

impl Memory {
    /// Mean sentiment of the last three messages of the customer, 0 before the first.
    pub fn mood_permille(&self) -> i16 {
        let sum: i32 = self.moods.iter().map(|mood| i32::from(*mood)).sum();
        let count = i32::try_from(self.moods.len().max(1)).unwrap_or(1);
        i16::try_from(sum / count).unwrap_or_default()
    }

    /// How the mood moves over the last three messages of the customer, -2000 to 2000: what the
    /// line of least squares climbs from the first to the last of them. Of two or three points
    /// at equal distance that is the last one less the first. None before the second message.
    pub fn mood_trend_permille(&self) -> Option<i16> {
        match self.moods.as_slice() {
            [first, .., last] => Some(last - first),
            _ => None,
        }
    }

    /// How far the mood fell from its best, 0 to 2000.
    pub fn mood_drop_permille(&self) -> i16 {
        self.best_mood
            .map_or(0, |best| (best - self.mood_permille()).max(0))
    }

    pub(crate) fn note_customer(&mut self, message: MessageId, reading: &Reading) {
        self.customer_messages = self.customer_messages.saturating_add(1);
        self.customer_repeats = reading.words >= REPEATABLE_WORDS
            && repeats(
                &self.customer_prints,
                &reading.print,
                CUSTOMER_REPEATS_PERMILLE,
            );
        let persists = reading
            .frustration
            .iter()
            .any(|cue| cue.kind == CueKind::Persistence);
        self.judge_last_attempt(reading.says_solved, self.customer_repeats || persists);
        if self.exchanges > 0 && (self.customer_repeats || persists) {
            self.failed_attempts = self.failed_attempts.saturating_add(1);
        }
        if let Some(intent) = &reading.intent {
            self.intent = Some(intent.intent.clone());
        }
        keep_print(&mut self.customer_prints, reading.print);
        self.note_mood(message, reading);
        self.note_facts(message, reading);
        self.note_issue(message, reading);
    }

    /// The customer's next message says what became of the last answer, or leaves it open.
    fn judge_last_attempt(&mut self, helped: bool, failed: bool) {
        let open = self
            .attempts
            .last_mut()
            .filter(|note| note.outcome == Outcome::Unknown);
        let Some(note) = open else { return };
        note.outcome = match (helped, failed) {
            (_, true) => Outcome::NotSolved,
            (true, false) => Outcome::Solved,
            (false, false) => Outcome::Unknown,
        };
    }

    fn note_mood(&mut self, message: MessageId, reading: &Reading) {
        let mood = reading.sentiment_permille;
        if self.moods.len() == 3 {
            self.moods.remove(0);
        }
        self.moods.push(mood);
        self.best_mood = Some(self.best_mood.map_or(mood, |best| best.max(mood)));
        if self
            .worst_mood
            .is_none_or(|worst| mood < worst.sentiment_permille)
        {
            let span = reading
                .frustration
                .first()
                .map(|cue| cue.span)
                .or(reading.gist);
            self.worst_mood = Some(MoodNote {
                sentiment_permille: mood,
                message,
                span,
            });
        }
    }

    fn note_facts(&mut self, message: MessageId, reading: &Reading) {
        let room = FACTS_KEPT.saturating_sub(self.facts.len());
        let notes = reading.facts.iter().take(room);
        self.facts.extend(notes.map(|f| FactNote {
            kind: f.kind,
            message,
            span: f.span,
        }));
    }

    fn note_issue(&mut self, message: MessageId, reading: &Reading) {
        let Some(span) = reading.gist else { return };
        let note = IssueNote {
            weight: issue_weight(reading),
            message,
            span,
        };
        self.issues.push(note);
        if self.issues.len() > ISSUES_KEPT {
            let least = self
                .issues
                .iter()
                .enumerate()
                .min_by_key(|(_, issue)| issue.weight);
            if let Some((index, _)) = least {
                self.issues.remove(index);
            }
        }
    }

    /// Counts what the assistant said.
    pub(crate) fn note_assistant(
        &mut self,
        message: MessageId,
        reading: &Reading,
        answer: Option<&Answer>,
        completes_exchange: bool,
    ) {
        if completes_exchange {
            self.exchanges = self.exchanges.saturating_add(1);
        }
        self.assistant_repeats = reading.words >= REPEATABLE_WORDS
            && repeats(
                &self.assistant_prints,
                &reading.print,
                ASSISTANT_REPEATS_PERMILLE,
            );
        keep_print(&mut self.assistant_prints, reading.print);
        let Some(answer) = answer else { return };
        if answer.attempted + answer.sources > 0 && self.attempts.len() < ATTEMPTS_KEPT {
            let (attempted, sources) = (answer.attempted, answer.sources);
            self.attempts.push(AttemptNote {
                message,
                attempted,
                sources,
                outcome: Outcome::Unknown,
            });
        }
    }

    /// A new try for the assistant: what it may not exceed starts from zero, and what the customer
    /// wrote before, perhaps to nobody, may be asked again.
    pub(crate) fn renew_budget(&mut self) {
        self.customer_prints.clear();
        self.customer_repeats = false;
        self.exchanges = 0;
        self.failed_attempts = 0;
    }
}

fn repeats(earlier: &[Fingerprint], print: &Fingerprint, from_permille: u16) -> bool {
    earlier
        .iter()
        .any(|other| other.resemblance_permille(print) >= from_permille)
}

fn keep_print(prints: &mut Vec<Fingerprint>, print: Fingerprint) {
    if prints.len() == PRINTS_KEPT {
        prints.remove(0);
    }
    prints.push(print);
}

/// Longer, factual messages about a known intent tell most; a bare call for a person tells least.
fn issue_weight(reading: &Reading) -> u16 {
    let facts = u16::try_from(reading.facts.len().min(3)).unwrap_or(3);
    let intent = u16::from(reading.intent.is_some());
    let weight = reading.words.min(40) + 12 * facts + 25 * intent;
    if reading.asks_for_person.is_some() {
        weight / 2
    } else {
        weight
    }
}
