//! How far a conversation has come on its replay, and the handoff that it may end in.

use super::{
    Mark, Origin, Replayed, Speaker, WouldHandOff,
    quote::{in_words, telling},
};
use crate::{
    journal::{Decision, Level, Reason, Ruling, Verdict},
    policy::condition::Clause,
    signals::{Reading, Span},
};

/// One conversation on its way.
#[derive(Clone, Debug, Default)]
pub(super) struct Course {
    exchange: u32,
    last: Option<Heard>,
    pub(super) told: Replayed,
}

/// The message that was heard last.
#[derive(Clone, Copy, Debug)]
struct Heard {
    by: Speaker,
    /// Its number in the conversation, from 1.
    number: u64,
    /// Its line, if it has one in the journal.
    line: u64,
    gist: Option<Span>,
}

impl Course {
    pub(super) fn of(external_id: String, origin: Origin, tier: Option<String>) -> Self {
        let told = Replayed {
            external_id,
            origin,
            tier,
            ..Replayed::default()
        };
        Self {
            told,
            ..Self::default()
        }
    }

    /// Counts a message, judged or not, and what it tells of the customer's patience.
    pub(super) fn hear(&mut self, by: Speaker, line: u64, reading: &Reading) {
        let goes_on = self.last.is_some_and(|last| last.by == Speaker::Customer);
        self.exchange += u32::from(by == Speaker::Customer && !goes_on);
        let number = self.last.map_or(1, |last| last.number + 1);
        self.last = Some(Heard {
            by,
            number,
            line,
            gist: reading.gist,
        });
        if by != Speaker::Customer {
            return;
        }
        let mark = self.mark();
        if !reading.frustration.is_empty() {
            self.told.frustrated_at.get_or_insert(mark);
        }
        if reading.asks_for_person.is_some() {
            self.ask();
        }
    }

    /// The customer asks for a person, in words or by a button.
    pub(super) fn ask(&mut self) {
        let mark = self.mark();
        self.told.asked_at.get_or_insert(mark);
    }

    /// Whether what is still to come can tell nothing more of the customer's patience.
    pub(super) fn is_told(&self) -> bool {
        self.told.asked_at.is_some()
    }

    /// Counts the message that was heard last among those that are judged.
    pub(super) fn count_judged(&mut self, confidence: Option<u16>) {
        self.told.replayed += 1;
        if self.last.is_some_and(|last| last.by == Speaker::Assistant) {
            self.told.answers += 1;
            self.told.confident_answers += u64::from(confidence.is_some());
        }
    }

    fn mark(&self) -> Mark {
        Mark {
            message: self.last.map_or(0, |last| last.number),
            exchange: self.exchange,
        }
    }

    /// Notes what was decided in one turn.
    pub(super) fn judge<'d>(
        &mut self,
        decisions: impl Iterator<Item = &'d Decision> + Clone,
        reading: Option<&Reading>,
    ) {
        self.told.suggestions.extend(suggested(decisions.clone()));
        self.told.handoff = self.handoff(decisions, reading);
    }

    /// The handoff among what was decided in one turn, with the words that it rests on.
    pub(super) fn handoff<'d>(
        &self,
        decisions: impl Iterator<Item = &'d Decision>,
        reading: Option<&Reading>,
    ) -> Option<WouldHandOff> {
        let mut handoff: Option<WouldHandOff> = None;
        for decision in decisions {
            match &decision.ruling {
                Ruling::Judged {
                    verdict: Verdict::HandOff,
                    message,
                    fired,
                    also_fired,
                    ..
                } => {
                    let reading = reading.filter(|_| message.is_some());
                    let mut would = self.would(&decision.because, reading);
                    if let Some(fired) = fired {
                        would.trigger = fired.trigger.to_string();
                        would.level = fired.level;
                    }
                    would.also_fired = also_fired.iter().map(|f| f.trigger.to_string()).collect();
                    handoff = Some(would);
                }
                Ruling::HandoffOpened {
                    intent,
                    route,
                    trigger,
                    ..
                } => {
                    let opened =
                        handoff.get_or_insert_with(|| self.would(&decision.because, reading));
                    if let Some(trigger) = trigger {
                        opened.trigger = trigger.to_string();
                    }
                    opened.intent = intent.as_ref().map(ToString::to_string);
                    opened.route = route.to_string();
                }
                _ => {}
            }
        }
        handoff
    }

    fn would(&self, because: &Reason, reading: Option<&Reading>) -> WouldHandOff {
        let clauses: &[Clause] = match because {
            Reason::Trigger { clauses, .. } => clauses,
            _ => &[],
        };
        let told = reading.and_then(|reading| telling(reading, clauses));
        let mark = self.mark();
        WouldHandOff {
            trigger: ASKED.to_owned(),
            level: Level::Immediate,
            exchange: mark.exchange,
            message: mark.message,
            quoted: self.last.map_or(Speaker::Customer, |last| last.by),
            quote: String::new(),
            words: told.or(self.last.and_then(|last| last.gist)),
            line: self.last.map_or(0, |last| last.line),
            because: clauses.iter().map(in_words).collect(),
            also_fired: Vec::new(),
            intent: None,
            route: String::new(),
        }
    }
}

/// The triggers that suggest a person.
pub(super) fn suggested<'d>(
    decisions: impl Iterator<Item = &'d Decision>,
) -> impl Iterator<Item = String> {
    decisions.filter_map(|decision| match &decision.ruling {
        Ruling::Judged {
            verdict: Verdict::Suggest,
            fired: Some(fired),
            ..
        } => Some(fired.trigger.to_string()),
        _ => None,
    })
}

/// What stands in the place of a trigger where somebody asked outright.
const ASKED: &str = "asked_outright";
