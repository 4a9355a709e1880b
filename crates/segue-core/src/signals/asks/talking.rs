//! One wants to talk with a person: to speak, to reach somebody, a number to call.

use super::{ANYBODY, Found, Parts, mood::Mood, roles::Roles};
use crate::signals::words::Gap;

impl Parts<'_, '_> {
    pub(super) fn talks_at(&self, index: usize) -> Found {
        self.talk(index)
            .or_else(|| self.reach(index))
            .or_else(|| self.by_phone(index))
            .or_else(|| self.number_to_call(index))
            .or_else(|| self.no_machine(index))
    }

    /// "can I talk to somebody", "who do I speak to".
    fn talk(&self, verb: usize) -> Found {
        if !self.is(verb, Roles::TALK.or(Roles::CALL)) {
            return None;
        }
        let Mood::Asked(first) = self.mood(verb) else {
            return None;
        };
        if self.is_whom_to_reach(first, verb) {
            return Some((first, verb));
        }
        if !self.is(verb, Roles::TALK) {
            return None;
        }
        self.person_after(verb, ANYBODY, Self::may_pass)
            .filter(|&person| self.words.word(verb) != "discuss" || self.is_with(verb, person))
            .map(|person| (first, person))
            .or_else(|| self.person_to_talk_to(verb, first))
    }

    /// "who can I call", "who should I speak to about this".
    fn is_whom_to_reach(&self, who: usize, verb: usize) -> bool {
        let mine = (who + 1..verb).any(|i| self.is_word(i, &["i", "we"]));
        let whom = self.is_word(who, &["who", "whom"]) && mine;
        let nobody_named =
            self.words.gap(verb + 1) > Gap::Space || self.is(verb + 1, Roles::FILLER);
        whom && nobody_named && !self.is_word(verb + 1, &["the", "my", "a"])
    }

    /// "discuss this with a person": what is discussed is none.
    fn is_with(&self, verb: usize, person: usize) -> bool {
        (verb + 1..person).any(|i| self.words.word(i) == "with")
    }

    /// "is there someone I can talk to": the person stands before the verb.
    fn person_to_talk_to(&self, verb: usize, first: usize) -> Found {
        if !self.is_word(verb + 1, &["to", "with"]) && !self.is(verb, Roles::CALL) {
            return None;
        }
        (first.saturating_sub(4)..verb)
            .find(|&i| self.is(i, Roles::PERSON.or(Roles::SOMEONE)) && self.is_person(i))
            .filter(|&person| self.runs_on(person, verb))
            .map(|person| (person, (verb + 1).min(self.words.len() - 1)))
    }

    /// "get hold of someone", "get through to a person", "complain to a manager".
    fn reach(&self, verb: usize) -> Found {
        const WAYS: [&[&str]; 9] = [
            &["get", "hold", "of"],
            &["get", "ahold", "of"],
            &["get", "in", "touch", "with"],
            &["get", "through", "to"],
            &["get", "thru", "to"],
            &["reach"],
            &["complain", "to"],
            &["wait", "for"],
            &["call"],
        ];
        let last = self.words.phrase_at(verb, &WAYS)?;
        let far_off = |parts: &Self, i: usize| parts.is(i, Roles::FILLER.or(Roles::KIND));
        let person = self.person_after(last, ANYBODY, far_off).filter(|&person| {
            let loose = self.is_word(verb, &["call", "wait"]);
            !loose || self.is(person, Roles::PERSON) || self.is_let(verb, person)
        });
        self.asked(verb, person)
    }

    /// "let me call someone", but not "can I call someone abroad".
    fn is_let(&self, verb: usize, person: usize) -> bool {
        self.is_word_before(verb, 2, &["let"]) && self.ends_after(person)
    }

    /// "can we talk on the phone", "can I call you".
    fn by_phone(&self, verb: usize) -> Found {
        let Mood::Asked(first) = self.mood(verb) else {
            return None;
        };
        if first == verb {
            return None;
        }
        let of_phone =
            self.is(verb, Roles::TALK) && self.is_word(verb + 1, &["on", "over", "by", "via"]);
        let phone = (verb + 2..verb + 4).find(|&i| self.is_word(i, &["phone", "telephone"]));
        if let Some(phone) = phone.filter(|_| of_phone) {
            return Some((first, phone));
        }
        let mine = self.is_word_before(verb, 1, &["i", "we"]);
        let yours =
            self.words.follow(verb, &["call", "you"]) && self.words.gap(verb + 2) > Gap::Space;
        (mine && yours).then_some((first, verb + 1))
    }

    /// "is there a number I can call", "what's the phone number for support".
    fn number_to_call(&self, number: usize) -> Found {
        if !self.is(number, Roles::NUMBER) {
            return None;
        }
        let asks = [
            "what", "what's", "whats", "which", "is", "have", "give", "get", "need", "send", "dm",
        ];
        let first = (1..7)
            .take_while(|back| *back <= number && self.words.gap(number + 1 - back) < Gap::Stop)
            .find(|back| self.is_word_before(number, *back, &asks))
            .map(|back| number - back)?;
        let last = self.soon_after(number, 4, Roles::CALL.or(Roles::TEAM).or(Roles::TALK))?;
        (!self.mood(number).is_told()).then_some((first, last))
    }

    /// "I don't want to talk to a bot", "stop talking to robots", "I don't want a bot".
    fn no_machine(&self, verb: usize) -> Found {
        if !self.is(verb, Roles::TALK) && !self.is_word(verb, &["want", "need"]) {
            return None;
        }
        let refused = (1..5).any(|back| {
            self.is_before(verb, back, Roles::NOT) || self.is_word_before(verb, back, &["stop"])
        });
        self.soon_after(verb, 4, Roles::MACHINE)
            .filter(|_| refused)
            .map(|machine| (verb, machine))
    }
}
