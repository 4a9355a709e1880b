//! One wants a person to come or to act: to be passed on, given somebody, called, helped.

use super::{ANYBODY, Found, LIGHT, Parts, roles::Roles};
use crate::signals::words::Gap;

/// What a person is to do for the customer.
const ACT: Roles = Roles::CALL.or(Roles::TALK).or(Roles::ASSIST);

impl Parts<'_, '_> {
    pub(super) fn comes_at(&self, index: usize) -> Found {
        self.connect(index)
            .or_else(|| self.be_passed_on(index))
            .or_else(|| self.done_by(index))
            .or_else(|| self.give(index))
            .or_else(|| self.call(index))
            .or_else(|| self.a_call(index))
            .or_else(|| self.someone_acts(index))
            .or_else(|| self.person_acts(index))
            .or_else(|| self.who_helps(index))
            .or_else(|| self.is_there(index))
    }

    /// "put me through to a manager", "escalate this", "transfer me".
    fn connect(&self, verb: usize) -> Found {
        if !self.is(verb, Roles::CONNECT) || self.mood(verb).is_told() {
            return None;
        }
        let me = self.is_word(verb + 1, &["me", "us", "this", "it"]);
        if !me && self.is_word(verb, &["take", "move", "direct"]) {
            return None;
        }
        let light = |parts: &Self, i| {
            parts.is(i, LIGHT.or(Roles::CALL).or(Roles::TALK)) || (me && parts.may_pass(i))
        };
        if let Some(person) = self.person_after(verb, ANYBODY, light) {
            return Some((verb, person));
        }
        let mine = self.is_word(verb + 1, &["me", "us"]);
        match self.words.word(verb) {
            "escalate" if self.is(verb + 1, Roles::FILLER) => Some((verb, verb + 1)),
            "escalate" if self.ends_after(verb) => Some((verb, verb)),
            "put" | "hand" | "pass"
                if me && self.is_word(verb + 2, &["through", "thru", "over"]) =>
            {
                Some((verb, verb + 2))
            }
            "transfer" | "connect" | "forward" if mine && self.ends_after(verb + 1) => {
                Some((verb, verb + 1))
            }
            _ => None,
        }
    }

    /// "can this be handled by a human".
    fn done_by(&self, by: usize) -> Found {
        let done = self.words.word(by) == "by" && self.words.word_before(by, 1).ends_with("ed");
        let far_off = |parts: &Self, i: usize| parts.is(i, Roles::FILLER.or(Roles::KIND));
        let person = self
            .person_after(by, Roles::PERSON, far_off)
            .filter(|_| done)?;
        self.asked(by, Some(person))
            .filter(|(first, _)| *first < by)
    }

    /// "I want to be called back", "I need to be transferred", "I want this escalated".
    fn be_passed_on(&self, done: usize) -> Found {
        let be =
            self.is_word_before(done, 1, &["be", "get"]) && self.is_word_before(done, 2, &["to"]);
        let this = self.is_word_before(done, 1, &["this", "it", "me"]);
        let wish = done.checked_sub(if be {
            3
        } else if this {
            2
        } else {
            3
        })?;
        let wished = self.is_word(
            wish,
            &[
                "want", "need", "needs", "like", "prefer", "expect", "wish", "wanna",
            ],
        );
        let can_be = self.is_word_before(done, 1, &["be"]) && self.is(wish, Roles::REQUEST);
        let passed = self.is(done, Roles::PASSED_ON) && (wished && (be || this) || can_be);
        (passed && !self.mood(done).is_told()).then_some((wish, done))
    }

    /// "get me a human", "I want your supervisor", "I need someone to call".
    fn give(&self, verb: usize) -> Found {
        if !self.is(verb, Roles::GIVE) || self.mood(verb).is_told() {
            return None;
        }
        let light = |parts: &Self, i| parts.is(i, LIGHT.or(Roles::GIVE).or(Roles::ASSIST));
        self.person_after(verb, Roles::PERSON, light)
            .filter(|&person| self.is_wanted(verb, person))
            .map(|person| (verb, person))
            .or_else(|| self.someone_to_act(verb))
            .or_else(|| self.someone_who(verb))
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

    /// "I need someone to call me", "have a supervisor contact me".
    fn someone_to_act(&self, verb: usize) -> Found {
        let someone = (verb + 1..verb + 4)
            .find(|&i| self.is(i, Roles::SOMEONE.or(Roles::PERSON)) && self.is_person(i))?;
        self.soon_after(someone, 3, ACT)
            .filter(|_| self.runs_on(verb, someone))
            .map(|last| (verb, last))
    }

    /// "get me someone who can help", "put somebody on the line".
    fn someone_who(&self, verb: usize) -> Found {
        let light = ["me", "us", "real", "somehow", "for", "please"];
        let someone = (verb + 1..verb + 3)
            .take_while(|&i| i == verb + 1 || self.is_word(i - 1, &light))
            .find(|&i| self.is(i, Roles::SOMEONE))?;
        let next = someone + 1;
        let who = self.is_word(next, &["who", "that"]);
        let here = self.words.follow(next, &["on", "the", "phone"])
            || self.words.follow(next, &["on", "the", "line"])
            || self.words.follow(next, &["in", "charge"]);
        let assigned = self.words.word(verb) == "assign";
        (who || here || assigned).then_some((verb, next.min(self.words.len() - 1)))
    }

    /// "please call me back", "reach out to me".
    fn call(&self, verb: usize) -> Found {
        let out = self.words.follow(verb, &["reach", "out", "to", "me"]);
        let rung = self.is(verb, Roles::CALL)
            && self.is_word(verb + 1, &["me", "us"])
            && self.words.gap(verb + 1) == Gap::Space
            && !self.is_name(verb + 2)
            && !self.is_of_another(verb);
        if !(rung || out) || self.mood(verb).is_told() {
            return None;
        }
        Some((verb, if out { verb + 3 } else { verb + 1 }))
    }

    /// "tell the driver to call me", "the driver should call me".
    fn is_of_another(&self, verb: usize) -> bool {
        let joins = ["to", "should", "can", "will", "must"];
        let noun = if self.is_word_before(verb, 1, &joins) {
            2
        } else {
            1
        };
        let unknown = verb
            .checked_sub(noun)
            .is_some_and(|i| self.roles.get(i) == Some(&Roles::default()));
        unknown && self.is_word_before(verb, noun + 1, &["the", "my", "a", "an", "our"])
    }

    /// "give me a call", "I'd appreciate a call back", "I expect a call from your manager".
    fn a_call(&self, call: usize) -> Found {
        let noun = self.is_word(call, &["call", "callback", "ring"])
            && (self.is_word_before(call, 1, &["a", "the", "phone", "another"])
                || self.words.word(call) == "callback");
        let wishes = [
            "appreciate",
            "expect",
            "schedule",
            "arrange",
            "book",
            "request",
            "give",
            "want",
            "need",
            "get",
            "like",
            "prefer",
            "demand",
            "require",
            "await",
        ];
        let verb = (1..5)
            .take_while(|back| *back <= call && self.words.gap(call + 1 - back) == Gap::Space)
            .find(|back| self.is_word_before(call, *back, &wishes))
            .map(|back| call - back)
            .filter(|_| noun)?;
        let of_that = !self.is_word(call + 1, &["center", "centre", "log", "history", "to"]);
        (of_that && !self.mood(verb).is_told()).then_some((verb, call))
    }

    /// "call me Ann" says a name and asks for nothing; "call me Monday" does ask.
    fn is_name(&self, index: usize) -> bool {
        const TIMES: [&str; 11] = [
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
            "back",
            "now",
            "today",
            "tomorrow",
        ];
        if index >= self.words.len() || self.words.gap(index) != Gap::Space {
            return false;
        }
        let mut letters = self.words.written(index).chars();
        letters.next().is_some_and(char::is_uppercase)
            && letters.next().is_some_and(char::is_lowercase)
            && !self.is(index, Roles::POLITE)
            && !self.is_word(index, &TIMES)
    }

    /// "can someone call me", "somebody needs to contact me", "can anyone actually help".
    fn someone_acts(&self, someone: usize) -> Found {
        if !self.is(someone, Roles::SOMEONE) || self.is_word(someone + 1, &["else"]) {
            return None;
        }
        let asked_before = self.is_before(someone, 1, Roles::REQUEST)
            || self.is_word_before(someone, 1, &["will"]);
        let asked_after = self
            .soon_after(someone, 6, Roles::REQUEST)
            .or_else(|| (someone + 1..someone + 6).find(|&i| self.is_word(i, &["needs", "has"])));
        let from = if asked_before {
            Some(someone)
        } else {
            asked_after
        }?;
        let last = self
            .soon_after(from, 4, Roles::CALL.or(Roles::TALK))
            .or_else(|| {
                let stressed =
                    (from + 1..from + 3).any(|i| self.is_word(i, &["actually", "really"]));
                self.soon_after(from, 4, Roles::ASSIST).filter(|_| stressed)
            })?;
        let of_me = asked_before || self.is_word(last + 1, &["me", "us", "to", "with"]);
        let first = if asked_before { someone - 1 } else { someone };
        (of_me && !self.is_told_of(first)).then_some((first, last))
    }

    /// "he said", "I was told", "do I need" before a wish make a report of it.
    fn is_told_of(&self, index: usize) -> bool {
        (1..4)
            .take_while(|back| *back <= index && self.words.gap(index + 1 - back) < Gap::Stop)
            .any(|back| self.is_before(index, back, Roles::TOLD.or(Roles::NOT)))
    }

    /// "can an agent help me", "a human should look at this", "let a person handle it".
    fn person_acts(&self, person: usize) -> Found {
        if !self.is(person, Roles::PERSON) || !self.is_person(person) {
            return None;
        }
        let light = Roles::FILLER.or(Roles::KIND);
        let first = (0..4)
            .map_while(|back| person.checked_sub(back + 1))
            .find(|&i| !self.is(i, light))
            .unwrap_or(0);
        let last = self.last_of_person(person);
        let asked =
            self.is(first, Roles::REQUEST) || self.is_word(first, &["will", "have", "make"]);
        let should = self.is_word(last + 1, &["should", "must", "needs", "has"])
            && self.is_word_before(person, 1, &["a", "an", "real", "actual", "live", "human"]);
        let act = self.soon_after(last, if should { 4 } else { 3 }, ACT)?;
        let first = if asked { first } else { person };
        ((asked || should)
            && self.runs_on(first, person)
            && !self.is_told_of(first)
            && !self.is_before(first, 0, Roles::NOT))
        .then_some((first, act))
    }

    /// "who can actually help".
    fn who_helps(&self, who: usize) -> Found {
        let asks = self.is_word(who, &["who", "anyone", "anybody", "someone", "somebody"])
            && self.is_word(who + 1, &["can", "could", "will", "that", "who"]);
        let stressed = (who + 1..who + 4).find(|&i| self.is_word(i, &["actually", "really"]))?;
        let last = self.soon_after(stressed, 2, ACT)?;
        (asks && !self.is_told_of(who)).then_some((who, last))
    }

    /// "is there a real person here", "is anybody there", "any human available".
    fn is_there(&self, at: usize) -> Found {
        let there =
            self.words.follow(at, &["is", "there"]) || self.words.follow(at, &["are", "there"]);
        let any =
            self.is_word(at, &["any", "anyone", "anybody"]) && self.words.gap(at) > Gap::Space;
        let is = self.is_word(at, &["is", "are"]) && !self.is_told_of(at);
        if !(there || any || is) {
            return self.where_is(at);
        }
        let from = if there { at + 1 } else { at };
        let light = |parts: &Self, i| parts.is(i, LIGHT.or(Roles::SOMEONE));
        if let Some(person) = self.person_after(from, Roles::PERSON, light) {
            let present = self.soon_after(person, 2, Roles::PRESENT).is_some();
            return (there || any || present).then_some((at, person));
        }
        self.is_anybody_there(at, from, there)
    }

    /// "where is the agent", "wheres a human".
    fn where_is(&self, at: usize) -> Found {
        let is = self.is_word(at + 1, &["is", "are"]);
        let asks = self.is_word(at, &["where's", "wheres"]) || self.words.word(at) == "where" && is;
        let far_off = |parts: &Self, i: usize| parts.is(i, Roles::FILLER.or(Roles::KIND));
        let from = if is { at + 1 } else { at };
        self.person_after(from, Roles::PERSON, far_off)
            .filter(|&person| asks && self.ends_after(person))
            .map(|person| (at, person))
    }

    /// "is anybody real there", "is there anyone who can help", "anyone there?".
    fn is_anybody_there(&self, at: usize, from: usize, there: bool) -> Found {
        let someone = (from..from + 4)
            .take_while(|&i| i == from || self.words.gap(i) < Gap::Stop)
            .find(|&i| self.is(i, Roles::SOMEONE) && !self.is_word(i, &["one"]))?;
        if self.is_word(someone + 1, &["else"]) {
            return None;
        }
        let present = (someone + 1..someone + 4)
            .take_while(|&i| {
                self.words.gap(i) < Gap::Stop
                    && (self.is(i, Roles::PRESENT.or(Roles::KIND)) || self.is_word(i, &["out"]))
            })
            .last()
            .filter(|&last| {
                self.is(last, Roles::PRESENT)
                    && (self.ends_after(last)
                        || there
                        || self.is_word(last + 1, &["who", "to", "that"]))
            });
        let able = self
            .is_word(someone + 1, &["who", "that", "i", "to"])
            .then(|| self.soon_after(someone, 4, ACT.or(Roles::ASSIST)))
            .flatten()
            .filter(|_| there);
        present.or(able).map(|last| (at, last))
    }
}
