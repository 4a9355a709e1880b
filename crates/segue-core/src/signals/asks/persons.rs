//! Who counts as a person of the team, and how far away a verb may find them.

use super::{Parts, REACH, roles::Roles};
use crate::signals::words::Gap;

impl Parts<'_, '_> {
    /// The first person within reach after a verb, where `passes` lets every word between.
    pub(super) fn person_after(
        &self,
        verb: usize,
        person: Roles,
        passes: impl Fn(&Self, usize) -> bool,
    ) -> Option<usize> {
        for at in verb + 1..=verb + REACH {
            if self.words.gap(at) == Gap::Stop {
                return None;
            }
            if self.is(at, person) && self.is_person(at) {
                return Some(self.last_of_person(at));
            }
            if !passes(self, at) {
                return None;
            }
        }
        None
    }

    /// "customer service rep", "human agent": the whole of it.
    pub(super) fn last_of_person(&self, first: usize) -> usize {
        let mut last = first;
        while last < first + 2
            && self.is(last + 1, Roles::PERSON.or(Roles::TEAM))
            && self.words.gap(last + 1) == Gap::Space
        {
            last += 1;
        }
        last
    }

    /// Between "talk" and the person may stand anything but a machine, a new thought, or what
    /// the talk was about.
    pub(super) fn may_pass(&self, index: usize) -> bool {
        !self.is(index, Roles::MACHINE.or(Roles::NOT).or(Roles::TOLD))
            && !self.is_word(
                index,
                &["about", "that", "because", "and", "but", "or", "which", ""],
            )
    }

    /// Not the agent of another trade, nor a person in another sense.
    pub(super) fn is_person(&self, index: usize) -> bool {
        let decent = (1..4).any(|back| self.is_word_before(index, back, &["decent"]));
        !(self.is_of_another_kind(index)
            || self.is_counted(index)
            || self.is_part_of_a_name(index)
            || self.is_own(index)
            || decent)
    }

    /// "my travel agent", "the window manager", "other people".
    fn is_of_another_kind(&self, index: usize) -> bool {
        const KINDS: [&str; 27] = [
            "travel",
            "estate",
            "insurance",
            "decent",
            "gate",
            "ticket",
            "tour",
            "password",
            "package",
            "download",
            "file",
            "task",
            "cleaning",
            "user",
            "first",
            "third",
            "device",
            "boot",
            "many",
            "other",
            "most",
            "these",
            "those",
            "window",
            "mobile",
            "phone",
            "account",
        ];
        let other = self.is_word_before(index, 1, &KINDS);
        let card = self.words.word(index) == "person"
            && self.is_word_before(index, 1, &["contact", "delivery", "second", "same"]);
        let crowd =
            self.is_word_before(index, 1, &["of"]) && self.is_word(index, &["people", "agents"]);
        other || card || crowd
    }

    /// "in person", "per person".
    fn is_counted(&self, index: usize) -> bool {
        self.is_word_before(index, 1, &["per"])
            || self.words.word(index) == "person"
                && self.is_word_before(index, 1, &["in", "one", "each", "every"])
    }

    /// "human resources", "person's account".
    fn is_part_of_a_name(&self, index: usize) -> bool {
        const REST: [&str; 16] = [
            "resources",
            "error",
            "errors",
            "rights",
            "nature",
            "body",
            "account",
            "said",
            "told",
            "id",
            "else's",
            "password",
            "fee",
            "app",
            "seat",
            "ticket",
        ];
        self.is_word(index + 1, &REST) && self.words.gap(index + 1) == Gap::Space
    }

    /// "my manager needs an invoice".
    fn is_own(&self, index: usize) -> bool {
        self.is_word_before(index, 1, &["my", "our"])
            && self.is_word(index, &["manager", "supervisor", "people", "agent", "boss"])
    }
}
