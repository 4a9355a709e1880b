//! A person is named and nothing else is said: "agent!!", "a human please", "no bots".

use super::{Found, LIGHT, Parts, roles::Roles};
use crate::signals::words::Gap;

impl Parts<'_, '_> {
    pub(super) fn bare(&self) -> Found {
        (0..self.words.len())
            .find_map(|i| self.person_please(i))
            .or_else(|| self.bare_sentences())
            .or_else(|| self.nothing_but_a_team())
    }

    /// "a human please", "no bots, agent now".
    fn person_please(&self, person: usize) -> Found {
        let asks = self.is_word(person + 1, &["please", "pls", "plz", "pleasee", "plase"])
            && self.words.gap(person + 1) < Gap::Stop;
        let light_before = self.is_before(person, 1, Roles::FILLER.or(Roles::KIND))
            || self.words.gap(person) > Gap::Space;
        (asks && light_before && self.is(person, Roles::PERSON) && self.is_person(person))
            .then_some((person, person + 1))
    }

    /// A sentence that is nothing but a person, or nothing but the refusal of the machine.
    fn bare_sentences(&self) -> Found {
        let mut first = 0;
        while first < self.words.len() {
            let next = (first + 1..self.words.len())
                .find(|&i| self.words.gap(i) == Gap::Stop)
                .unwrap_or(self.words.len());
            let found = self
                .bare_person(first, next)
                .or_else(|| self.bare_refusal(first, next));
            if found.is_some() {
                return found;
            }
            first = next;
        }
        None
    }

    /// "real human", "no, a person", "I said agent".
    fn bare_person(&self, first: usize, next: usize) -> Found {
        let opening = ["no", "nope", "nah", "i", "said", "not", "again"];
        let begins = (first..next)
            .find(|&i| !self.is_word(i, &opening))
            .unwrap_or(first);
        let denied =
            begins > first && !self.is_word(begins - 1, &["said", "no", "nope", "nah", "again"]);
        let allowed = LIGHT.or(Roles::PERSON).or(Roles::ASSIST);
        let only = next - begins <= 6
            && (begins..next)
                .all(|i| self.is(i, allowed) || self.is_word(i, &["required", "needed", "wanted"]));
        let named = (begins..next).find(|&i| self.is(i, Roles::PERSON) && self.is_person(i))?;
        let no_person = begins == first + 1
            && self.is_word(first, &["no"])
            && self.words.gap(begins) == Gap::Space;
        let told_of = self.is_word(begins, &["the", "from", "for"]);
        (only && !told_of && !denied && !no_person).then(|| (begins.min(named), next - 1))
    }

    /// "no bots", "not a robot please", "stop this bot".
    fn bare_refusal(&self, first: usize, next: usize) -> Found {
        let refuses = self.is_word(first, &["no", "not", "stop", "enough"]);
        let light = LIGHT.or(Roles::MACHINE).or(Roles::NOT);
        let only = next - first <= 5
            && (first + 1..next).all(|i| self.is(i, light) || self.is_word(i, &["more"]));
        let machine = (first + 1..next).any(|i| self.is(i, Roles::MACHINE));
        (refuses && only && machine).then(|| (first, next - 1))
    }

    /// The whole message is "customer service", "tech support please", "live chat".
    fn nothing_but_a_team(&self) -> Found {
        let last = self.words.len().checked_sub(1).filter(|last| *last < 4)?;
        let teams = ["service", "support", "care", "helpdesk", "chat"];
        let team = (0..=last).find(|&i| {
            self.is(i, Roles::TEAM.or(Roles::TALK)) && self.is_word(i, &teams)
                || self.is_slip_of_support(i)
        })?;
        let kind = |i| {
            self.is(i, Roles::KIND.or(Roles::POLITE)) || self.is_word(i, &["tech", "technical"])
        };
        let named = team > 0 && kind(team - 1);
        let only =
            (0..=last).all(|i| i == team || kind(i) && !self.is_word(i, &["thanks", "thank"]));
        let runs = self.runs_on(0, last);
        (named && only && runs).then_some((0, last))
    }

    fn is_slip_of_support(&self, index: usize) -> bool {
        self.is(index, Roles::TEAM) && self.words.word(index).starts_with("sup")
    }
}
