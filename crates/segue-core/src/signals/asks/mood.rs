//! How a verb is meant: asked, told or refused.

use super::{Found, Parts, roles::Roles};
use crate::signals::words::Gap;

/// How many words before a verb may still say how it is meant.
const LOOK_BACK: usize = 7;

/// How a verb is meant, from the words before it.
pub(super) enum Mood {
    /// With the first word of the request.
    Asked(usize),
    /// Told or refused.
    Told,
}

impl Mood {
    pub(super) fn is_told(&self) -> bool {
        matches!(self, Self::Told)
    }
}

impl Parts<'_, '_> {
    /// The nearest word before the verb that decides whether it is asked or told.
    pub(super) fn mood(&self, verb: usize) -> Mood {
        let mut at = verb;
        while at > 0 && verb - at < LOOK_BACK && self.words.gap(at) < Gap::Stop {
            at -= 1;
            if self.begins_anew(at + 1) || self.is_exclaimed(at) {
                break;
            }
            if self.is_going_on(at) {
                return Mood::Asked(at);
            }
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
        if self.is_word(verb, &["talking", "speaking", "chatting", "reaching"]) {
            return Mood::Told;
        }
        Mood::Asked(verb)
    }

    /// After a comma "I want", "please" and the like begin a thought of their own.
    fn begins_anew(&self, index: usize) -> bool {
        let opens = [
            "i", "i'd", "we", "can", "could", "please", "pls", "let", "give", "get", "put",
        ];
        self.words.gap(index) == Gap::Comma && self.is_word(index, &opens)
    }

    /// The request that a verb carries, from its first word to the one it ends with.
    pub(super) fn asked(&self, verb: usize, last: Option<usize>) -> Found {
        match (self.mood(verb), last) {
            (Mood::Asked(first), Some(last)) => Some((first, last)),
            _ => None,
        }
    }

    /// The "no" of "no, I want a person" refuses what was said before, not what follows.
    fn is_exclaimed(&self, index: usize) -> bool {
        self.is_word(index, &["no", "nope", "nah"])
            && (self.words.gap(index + 1) == Gap::Comma
                || self.is(index + 1, Roles::SUBJECT)
                || self.is_word(index + 1, &["please", "pls", "just", "let", "give", "get"]))
    }

    /// "I'm trying to reach somebody" is still going on, and so is "I will wait for somebody";
    /// "I've been trying" tells of it.
    fn is_going_on(&self, index: usize) -> bool {
        if self.words.word(index) == "will" {
            return self.is_word_before(index, 1, &["i", "we"])
                && self.is_word(index + 1, &["only", "wait"]);
        }
        self.is_word(index, &["trying", "tryna"])
            && (self.is_word_before(index, 1, &["i'm", "im", "am", "we're", "are", "just"])
                || self.words.gap(index) > Gap::Space)
            && !self.is_shortly_before(index, Roles::TOLD, Gap::Space)
    }

    /// "I speak to agents daily" tells; "I want an agent" and "I need one" ask.
    fn mood_of_subject(&self, verb: usize) -> Mood {
        let mine = self.is_word_before(verb, 1, &["i", "we"]);
        if mine && self.is(verb, Roles::GIVE) && self.words.word(verb) != "have" {
            Mood::Asked(verb)
        } else {
            Mood::Told
        }
    }

    fn mood_of_request(&self, request: usize) -> Mood {
        let refused = self.is_shortly_before(request, Roles::NOT, Gap::Space)
            && !(2..5).any(|back| self.is_word_before(request, back, &["why"]))
            && !self.is_exclaimed(request.saturating_sub(2))
            && !self.is_exclaimed(request.saturating_sub(1));
        let managed = self.is_word(request, &["able", "get"])
            && self.is_shortly_before(request, Roles::TOLD, Gap::Comma);
        let of_others = self.is_word_before(request, 1, &["they", "he", "she"]);
        let told = refused
            || managed
            || of_others
            || self.is_duty(request)
            || self.is_compared(request)
            || self.is_glad(request)
            || self.is_failing(request)
            || self.is_reported(request);
        if told {
            Mood::Told
        } else {
            Mood::Asked(self.opening(request))
        }
    }

    /// "you need to talk to them", "do I need to speak to someone?": a duty, not a wish.
    fn is_duty(&self, request: usize) -> bool {
        let asked = self.is_word_before(request, 2, &["do", "does"])
            && self.is_word_before(request, 1, &["i", "we", "someone"]);
        self.is_word(request, &["need", "should", "must"])
            && (asked || self.is_word_before(request, 1, &["you", "people"]))
    }

    /// "faster than I could reach anybody".
    fn is_compared(&self, request: usize) -> bool {
        (1..3).any(|back| self.is_word_before(request, back, &["than"]))
    }

    /// "glad I could talk to a person".
    fn is_glad(&self, request: usize) -> bool {
        self.words.word(request) == "could"
            && (1..4).any(|back| {
                self.is_word_before(request, back, &["glad", "happy", "nice", "great", "before"])
            })
    }

    /// "I can't reach anybody" complains; "why can't I talk to anybody" asks.
    fn is_failing(&self, request: usize) -> bool {
        self.is_word(request, &["can't", "cant", "cannot"])
            && self.is_before(request, 1, Roles::SUBJECT)
    }

    /// "you said that somebody would call me".
    fn is_reported(&self, request: usize) -> bool {
        self.is_word(request, &["would", "will", "could", "should", "can"])
            && (2..5)
                .take_while(|back| {
                    *back <= request && self.words.gap(request + 1 - back) < Gap::Stop
                })
                .any(|back| {
                    let said = [
                        "said", "says", "promised", "told", "assured", "claimed", "thought",
                    ];
                    self.is_word_before(request, back, &said)
                })
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
