//! Does the message ask for a person?
//!
//! A small grammar over the parts that words play (`roles.rs`): a verb of asking and a person
//! within a short stretch that holds nothing else of weight, or a person as the whole sentence.
//! What stands before decides whether it is asked, told ("tried to speak") or refused ("don't
//! want to talk").

use super::{
    Span,
    roles::{Roles, roles_of},
    words::{Gap, Words},
};

/// The words that ask for a person, if any do.
pub(super) fn read(words: &Words) -> Option<Span> {
    let text = Parts {
        words,
        roles: (0..words.len()).map(|i| roles_of(words.word(i))).collect(),
    };
    (0..words.len())
        .find_map(|i| text.asked_at(i))
        .or_else(|| text.bare())
        .map(|(first, last)| words.cover(first, last))
}

type Found = Option<(usize, usize)>;

const ANYBODY: Roles = Roles::PERSON.or(Roles::SOMEONE).or(Roles::TEAM);
const LIGHT: Roles = Roles::FILLER
    .or(Roles::KIND)
    .or(Roles::POLITE)
    .or(Roles::TEAM);

/// How many words may stand between a verb and the person it asks for.
const REACH: usize = 7;
/// How many words before a verb may still say how it is meant.
const LOOK_BACK: usize = 7;

struct Parts<'a, 't> {
    words: &'a Words<'t>,
    roles: Vec<Roles>,
}

/// How a verb is meant, from the words before it.
enum Mood {
    Asked(usize),
    Told,
}

impl Parts<'_, '_> {
    fn is(&self, index: usize, of: Roles) -> bool {
        self.roles.get(index).is_some_and(|roles| roles.any(of))
    }

    fn is_before(&self, index: usize, back: usize, of: Roles) -> bool {
        index.checked_sub(back).is_some_and(|i| self.is(i, of))
    }

    fn asked_at(&self, index: usize) -> Found {
        self.talk(index)
            .or_else(|| self.connect(index))
            .or_else(|| self.give(index))
            .or_else(|| self.call(index))
            .or_else(|| self.help_from_someone(index))
            .or_else(|| self.is_there(index))
            .or_else(|| self.no_machine(index))
            .or_else(|| self.person_please(index))
    }

    /// "can I talk to somebody", "who do I speak to".
    fn talk(&self, verb: usize) -> Found {
        if !self.is(verb, Roles::TALK) {
            return None;
        }
        let Mood::Asked(first) = self.mood(verb) else {
            return None;
        };
        if self.words.word(first) == "who" && self.is(verb + 1, Roles::FILLER) {
            return Some((first, verb + 1));
        }
        if let Some(person) = self.person_after(verb, ANYBODY, Self::may_pass) {
            return Some((first, person));
        }
        self.person_to_talk_to(verb, first)
    }

    /// "is there someone I can talk to": the person stands before the verb.
    fn person_to_talk_to(&self, verb: usize, first: usize) -> Found {
        let prepositions = ["to", "with"];
        if !prepositions.contains(&self.words.word(verb + 1)) {
            return None;
        }
        (first.saturating_sub(4)..verb)
            .find(|&i| self.is(i, Roles::PERSON.or(Roles::SOMEONE)) && self.is_person(i))
            .map(|person| (person, verb + 1))
    }

    /// "put me through to a manager", "escalate this".
    fn connect(&self, verb: usize) -> Found {
        if !self.is(verb, Roles::CONNECT) || matches!(self.mood(verb), Mood::Told) {
            return None;
        }
        let passed_on = ["through", "over"];
        let me = matches!(self.words.word(verb + 1), "me" | "us" | "this" | "it");
        let light = |parts: &Self, i| {
            parts.is(i, LIGHT.or(Roles::CALL).or(Roles::TALK)) || (me && parts.may_pass(i))
        };
        if let Some(person) = self.person_after(verb, ANYBODY, light) {
            return Some((verb, person));
        }
        match self.words.word(verb) {
            "escalate" if self.is(verb + 1, Roles::FILLER) => Some((verb, verb + 1)),
            "put" | "hand" | "pass" if me && passed_on.contains(&self.words.word(verb + 2)) => {
                Some((verb, verb + 2))
            }
            _ => None,
        }
    }

    /// "get me a human", "I want your supervisor", "I need someone to call".
    fn give(&self, verb: usize) -> Found {
        if !self.is(verb, Roles::GIVE) || matches!(self.mood(verb), Mood::Told) {
            return None;
        }
        let light = |parts: &Self, i| parts.is(i, LIGHT.or(Roles::GIVE).or(Roles::ASSIST));
        let person = self.person_after(verb, Roles::PERSON, light);
        person
            .filter(|&person| self.is_wanted(verb, person))
            .map(|person| (verb, person))
            .or_else(|| self.someone_to_act(verb))
    }

    /// "have" and "like" are said of many things; alone they ask only after "I'd", "can I".
    fn is_wanted(&self, verb: usize, person: usize) -> bool {
        let asks = match self.words.word(verb) {
            "have" | "like" => {
                self.is_before(verb, 1, Roles::REQUEST)
                    || self.is_before(verb, 2, Roles::REQUEST)
                    || self
                        .words
                        .follow(verb.saturating_sub(2), &["do", "you", "have"])
            }
            _ => true,
        };
        asks && !self.is(person + 1, Roles::TOLD)
    }

    /// "I need someone to call me", "have somebody contact me".
    fn someone_to_act(&self, verb: usize) -> Found {
        let someone = (verb + 1..verb + 3).find(|&i| self.is(i, Roles::SOMEONE))?;
        let act = Roles::CALL.or(Roles::TALK).or(Roles::ASSIST);
        (someone + 1..someone + 4)
            .find(|&i| self.is(i, act))
            .filter(|_| self.runs_on(verb, someone + 1))
            .map(|last| (verb, last))
    }

    /// "please call me back", "give me a call".
    fn call(&self, verb: usize) -> Found {
        let rung = self.is(verb, Roles::CALL)
            && matches!(self.words.word(verb + 1), "me" | "us")
            && self.words.gap(verb + 1) == Gap::Space
            && !self.is_name(verb + 2);
        let given = self.words.follow(verb, &["give", "me", "a", "call"])
            || self.words.follow(verb, &["give", "us", "a", "call"])
            || self.words.follow(verb, &["get", "a", "call"])
            || self.words.follow(verb, &["want", "a", "callback"])
            || self.words.follow(verb, &["need", "a", "callback"]);
        if !(rung || given) || matches!(self.mood(verb), Mood::Told) {
            return None;
        }
        let last = if given { 3 } else { 1 };
        Some((verb, (verb + last).min(self.words.len() - 1)))
    }

    /// "call me Ann" says a name and asks for nothing; "call me Monday" does ask.
    fn is_name(&self, index: usize) -> bool {
        const DAYS: [&str; 7] = [
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
        ];
        if index >= self.words.len() || self.words.gap(index) != Gap::Space {
            return false;
        }
        let written = self.words.cover(index, index).of(self.words.source());
        let mut letters = written.chars();
        letters.next().is_some_and(char::is_uppercase)
            && letters.next().is_some_and(char::is_lowercase)
            && !self.is(index, Roles::POLITE)
            && !DAYS.contains(&self.words.word(index))
            && !["back", "now", "today", "tomorrow"].contains(&self.words.word(index))
    }

    /// "can someone help me", "could somebody please call".
    fn help_from_someone(&self, at: usize) -> Found {
        let asks = self.is(at, Roles::REQUEST) && self.is(at + 1, Roles::SOMEONE);
        let act = Roles::CALL.or(Roles::TALK);
        let last = (at + 2..at + 5).find(|&i| self.is(i, act))?;
        (asks && self.runs_on(at, last)).then_some((at, last))
    }

    /// "is there a real person here", "any human available".
    fn is_there(&self, at: usize) -> Found {
        let asks = matches!(
            self.words.word(at),
            "is" | "are" | "any" | "anyone" | "anybody"
        ) && self.words.gap(at) > Gap::Space
            || self.words.follow(at, &["is", "there"])
            || self.words.follow(at, &["are", "there"]);
        if !asks {
            return None;
        }
        let light = |parts: &Self, i| parts.is(i, LIGHT.or(Roles::SOMEONE));
        let person = self.person_after(at, Roles::PERSON, light)?;
        Some((at, person))
    }

    /// "I don't want to talk to a bot", "stop talking to robots".
    fn no_machine(&self, verb: usize) -> Found {
        let refused = self.is(verb, Roles::TALK)
            && (1..5).any(|back| {
                self.is_before(verb, back, Roles::NOT)
                    || self.words.word_before(verb, back) == "stop"
            });
        if !refused {
            return None;
        }
        (verb + 1..verb + 5)
            .find(|&i| self.is(i, Roles::MACHINE))
            .filter(|&machine| self.runs_on(verb, machine))
            .map(|machine| (verb, machine))
    }

    /// "a human please", "no bots, agent now".
    fn person_please(&self, person: usize) -> Found {
        let asks = self.is(person + 1, Roles::POLITE.or(Roles::REQUEST))
            && matches!(
                self.words.word(person + 1),
                "please" | "pls" | "plz" | "pleasee" | "plase"
            )
            && self.words.gap(person + 1) < Gap::Stop;
        let light_before = self.is_before(person, 1, Roles::FILLER.or(Roles::KIND))
            || self.words.gap(person) > Gap::Space;
        (asks && light_before && self.is(person, Roles::PERSON) && self.is_person(person))
            .then_some((person, person + 1))
    }

    /// A sentence that is nothing but a person: "agent!!", "real human", "representative".
    fn bare(&self) -> Found {
        let mut first = 0;
        while first < self.words.len() {
            let next = (first + 1..self.words.len())
                .find(|&i| self.words.gap(i) == Gap::Stop)
                .unwrap_or(self.words.len());
            if let Some(found) = self.bare_sentence(first, next) {
                return Some(found);
            }
            first = next;
        }
        None
    }

    fn bare_sentence(&self, first: usize, next: usize) -> Found {
        let allowed = LIGHT.or(Roles::PERSON);
        let only = next - first <= 6 && (first..next).all(|i| self.is(i, allowed));
        let named = (first..next).find(|&i| self.is(i, Roles::PERSON) && self.is_person(i))?;
        let told_of = matches!(self.words.word(first), "the" | "from" | "for");
        (only && !told_of).then(|| (first.min(named), next - 1))
    }

    /// The first person within reach after a verb, where `passes` lets every word between.
    fn person_after(
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
    fn last_of_person(&self, first: usize) -> usize {
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
    fn may_pass(&self, index: usize) -> bool {
        !self.is(index, Roles::MACHINE.or(Roles::NOT).or(Roles::TOLD))
            && !matches!(
                self.words.word(index),
                "about" | "that" | "because" | "and" | "but" | "or" | "which" | ""
            )
    }

    /// Not the agent of another trade, nor a person in another sense.
    fn is_person(&self, index: usize) -> bool {
        let other_trade = matches!(
            self.words.word_before(index, 1),
            "travel"
                | "estate"
                | "insurance"
                | "decent"
                | "gate"
                | "ticket"
                | "tour"
                | "per"
                | "password"
                | "package"
                | "download"
                | "file"
                | "task"
                | "cleaning"
                | "user"
                | "first"
                | "third"
                | "device"
                | "boot"
                | "many"
                | "other"
                | "most"
                | "of"
                | "these"
                | "those"
                | "window"
        );
        let in_person = self.words.word(index) == "person"
            && matches!(
                self.words.word_before(index, 1),
                "in" | "one" | "each" | "every"
            );
        let other_sense = matches!(
            self.words.word(index + 1),
            "resources"
                | "error"
                | "rights"
                | "nature"
                | "body"
                | "account"
                | "said"
                | "told"
                | "id"
                | "else's"
                | "password"
                | "fee"
                | "app"
        ) && self.words.gap(index + 1) == Gap::Space;
        let own_boss = self.words.word_before(index, 1) == "my"
            && matches!(self.words.word(index), "manager" | "supervisor" | "people");
        let decent = (1..4).any(|back| self.words.word_before(index, back) == "decent");
        !(other_trade || in_person || other_sense || own_boss || decent)
    }

    fn runs_on(&self, first: usize, last: usize) -> bool {
        (first + 1..=last).all(|i| self.words.gap(i) < Gap::Stop)
    }

    /// The nearest word before the verb that decides whether it is asked or told.
    fn mood(&self, verb: usize) -> Mood {
        let mut at = verb;
        while at > 0 && verb - at < LOOK_BACK && self.words.gap(at) < Gap::Stop {
            at -= 1;
            if self.is(at, Roles::TOLD.or(Roles::NOT)) {
                return Mood::Told;
            }
            if self.is(at, Roles::REQUEST) {
                return self.mood_of_request(at);
            }
        }
        if self.is_before(verb, 1, Roles::SUBJECT) && self.words.gap(verb) == Gap::Space {
            return self.mood_of_subject(verb);
        }
        if matches!(self.words.word(verb), "talking" | "speaking" | "chatting") {
            return Mood::Told;
        }
        Mood::Asked(verb)
    }

    /// "I speak to agents daily" tells; "I want an agent" and "I need one" ask.
    fn mood_of_subject(&self, verb: usize) -> Mood {
        let mine = matches!(self.words.word_before(verb, 1), "i" | "we");
        if mine && self.is(verb, Roles::GIVE) && self.words.word(verb) != "have" {
            Mood::Asked(verb)
        } else {
            Mood::Told
        }
    }

    fn mood_of_request(&self, request: usize) -> Mood {
        let refused = self.is_shortly_before(request, Roles::NOT, Gap::Space);
        let managed = matches!(self.words.word(request), "able" | "get")
            && self.is_shortly_before(request, Roles::TOLD, Gap::Comma);
        let of_others = matches!(self.words.word_before(request, 1), "they" | "he" | "she");
        if refused || managed || of_others || self.is_duty(request) || self.is_compared(request) {
            Mood::Told
        } else {
            Mood::Asked(self.opening(request))
        }
    }

    fn is_shortly_before(&self, index: usize, of: Roles, gap: Gap) -> bool {
        (1..3)
            .take_while(|back| *back <= index && self.words.gap(index + 1 - back) <= gap)
            .any(|back| self.is_before(index, back, of))
    }

    /// "you need to talk to them", "do I need to speak to someone?": a duty, not a wish.
    fn is_duty(&self, request: usize) -> bool {
        let before = self.words.word_before(request, 1);
        let asked = self.words.word_before(request, 2) == "do" && matches!(before, "i" | "we");
        matches!(self.words.word(request), "need" | "should" | "must")
            && (matches!(before, "you" | "people") || asked)
    }

    /// "faster than I could reach anybody".
    fn is_compared(&self, request: usize) -> bool {
        (1..3).any(|back| self.words.word_before(request, back) == "than")
    }

    /// "can I please": the first word of the request.
    fn opening(&self, request: usize) -> usize {
        let polite = Roles::REQUEST.or(Roles::SUBJECT).or(Roles::POLITE);
        let mut first = request;
        while self.words.gap(first) == Gap::Space && self.is_before(first, 1, polite) {
            first -= 1;
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(text: &str) -> Option<&str> {
        read(&Words::new(text)).map(|span| span.of(text))
    }

    #[test]
    fn a_plain_request_for_a_person_is_heard() {
        for text in [
            "Can I talk to a person?",
            "I'd like to speak with a human being please",
            "let me speak to your manager",
            "Please connect me with customer service",
            "could you put me through to billing",
            "transfer me to an agent",
            "I want a human",
            "I need a real person, now",
            "Who can I speak to about this?",
            "Is there anybody I can talk to?",
            "escalate this please",
            "that is no help, can I talk to a human?",
            "do you have human support?",
            "I need help from a real person",
            "get me your supervisor",
            "please have somebody call me back",
            "is there a real person here?",
            "can someone call me tomorrow",
            "please call me Monday",
            "Call me ASAP",
        ] {
            assert!(asks(text).is_some(), "{text}");
        }
    }

    #[test]
    fn a_mistyped_or_clipped_request_is_heard() {
        for text in [
            "can i tlak to sombody",
            "real human pls",
            "agent!!",
            "REPRESENTATIVE",
            "i wnat to speek to a persn",
            "conect me to an agnet",
            "No. Human. Now.",
            "live agent please",
            "costumer service representitive",
        ] {
            assert!(asks(text).is_some(), "{text}");
        }
    }

    #[test]
    fn refusing_the_machine_asks_for_a_person() {
        assert!(asks("I don't want to talk to a bot").is_some());
        assert!(asks("stop making me chat with a robot").is_some());
    }

    #[test]
    fn speaking_of_persons_is_no_request() {
        for text in [
            "I spoke to an agent yesterday",
            "be a decent human being",
            "the agent at the shop told me so",
            "I don't want to talk to a person",
            "my travel agent booked it",
            "I work in human resources",
            "I tried to speak to someone twice",
            "your supervisor said that it would be refunded",
            "the manager was rude to me",
            "We have ten people on our team plan",
            "how do I add a user manager?",
            "the person who sold it to me left",
            "I need to change the delivery address",
            "can you transfer my number to the new phone?",
            "no need to call me",
            "I need my manager to approve it",
            "do you have people in Lisbon?",
            "finally I was able to speak with someone",
            "do I need to talk to someone about the visa?",
            "it is still open despite speaking to someone",
            "They said they would call me",
            "You may call me Ann",
            "Or just call me Ben haha.",
            "",
            "?!",
        ] {
            assert_eq!(asks(text), None, "{text}");
        }
    }

    #[test]
    fn the_span_covers_the_words_that_ask() {
        assert_eq!(
            asks("This is broken. Can I please talk to a human agent? Order 4821."),
            Some("Can I please talk to a human agent")
        );
        assert_eq!(asks("useless!! AGENT now"), Some("AGENT now"));
    }
}
