//! Does the message ask for a person?
//!
//! A small grammar over the parts that words play (`roles.rs`). A person is asked for in one of
//! three ways: one wants to talk with them (`talking.rs`), one wants them to come or to act
//! (`coming.rs`), or one says nothing but "agent" or "no bots" (`bare.rs`). What stands before a
//! verb decides whether it is asked, told ("tried to speak") or refused ("don't want to talk"):
//! `mood.rs`. Who counts as a person of the team ("agent", but no travel agent): `persons.rs`.

mod bare;
mod coming;
mod edits;
mod mood;
mod persons;
mod roles;
mod talking;

use super::{
    Span,
    words::{Gap, Words},
};
use roles::{Roles, roles_of};

/// The words that ask for a person, if any do.
pub(super) fn read(words: &Words) -> Option<Span> {
    let text = Parts {
        words,
        roles: (0..words.len()).map(|i| roles_of(words.word(i))).collect(),
    };
    if !text.roles.iter().any(|roles| roles.any(TELLING)) {
        return None;
    }
    (0..words.len())
        .find_map(|i| text.talks_at(i).or_else(|| text.comes_at(i)))
        .or_else(|| text.bare())
        .map(|(first, last)| words.cover(first, last))
}

/// The first and the last word of what asks.
type Found = Option<(usize, usize)>;

/// A text without any of these asks for nobody.
const TELLING: Roles = Roles::PERSON
    .or(Roles::SOMEONE)
    .or(Roles::TEAM)
    .or(Roles::CALL)
    .or(Roles::TALK)
    .or(Roles::CONNECT)
    .or(Roles::MACHINE)
    .or(Roles::PASSED_ON)
    .or(Roles::NUMBER);
const ANYBODY: Roles = Roles::PERSON.or(Roles::SOMEONE).or(Roles::TEAM);
const LIGHT: Roles = Roles::FILLER
    .or(Roles::KIND)
    .or(Roles::POLITE)
    .or(Roles::TEAM);

/// How many words may stand between a verb and the person it asks for.
const REACH: usize = 7;

/// A text with the parts that its words can play.
struct Parts<'a, 't> {
    words: &'a Words<'t>,
    roles: Vec<Roles>,
}

impl Parts<'_, '_> {
    fn is(&self, index: usize, of: Roles) -> bool {
        self.roles.get(index).is_some_and(|roles| roles.any(of))
    }

    fn is_before(&self, index: usize, back: usize, of: Roles) -> bool {
        index.checked_sub(back).is_some_and(|i| self.is(i, of))
    }

    fn is_word(&self, index: usize, any_of: &[&str]) -> bool {
        any_of.contains(&self.words.word(index))
    }

    fn is_word_before(&self, index: usize, back: usize, any_of: &[&str]) -> bool {
        any_of.contains(&self.words.word_before(index, back))
    }

    fn is_shortly_before(&self, index: usize, of: Roles, gap: Gap) -> bool {
        (1..3)
            .take_while(|back| *back <= index && self.words.gap(index + 1 - back) <= gap)
            .any(|back| self.is_before(index, back, of))
    }

    /// No sentence ends between the two.
    fn runs_on(&self, first: usize, last: usize) -> bool {
        (first + 1..=last).all(|i| self.words.gap(i) < Gap::Stop)
    }

    /// The first of these within so many words after another, in the same sentence.
    fn soon_after(&self, index: usize, within: usize, of: Roles) -> Option<usize> {
        (index + 1..=index + within)
            .take_while(|&i| self.words.gap(i) < Gap::Stop)
            .find(|&i| self.is(i, of))
    }

    /// What follows belongs to another thought, or is courtesy.
    fn ends_after(&self, index: usize) -> bool {
        self.words.gap(index + 1) > Gap::Space
            || self.is(index + 1, Roles::POLITE)
            || self.is_word(
                index + 1,
                &["back", "now", "asap", "immediately", "today", "already"],
            )
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
            "can an agent help me with this?",
            "a human should look at my case",
            "can this be handled by a human",
            "I need to be transferred to billing",
            "have a supervisor contact me",
            "someone from your team should call me",
            "what number can I call?",
            "can we talk on the phone",
            "I'd appreciate a call back",
            "how do I get hold of someone",
            "I'm trying to reach a person",
            "who can I talk to?",
            "where is the agent?",
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
            "reprsentative",
            "humn",
            "agnet pls",
            "custmer suport",
            "costumer service representitive",
        ] {
            assert!(asks(text).is_some(), "{text}");
        }
    }

    #[test]
    fn an_indirect_request_is_heard() {
        for text in [
            "is anybody real there",
            "Hello? Anyone there?",
            "this bot is useless, who can actually help",
            "can anyone actually help me",
            "get me someone who knows what they are doing",
            "why can't I just talk to a person",
            "No, I said human.",
            "I'll wait for a human",
        ] {
            assert!(asks(text).is_some(), "{text}");
        }
    }

    #[test]
    fn refusing_the_machine_asks_for_a_person() {
        assert!(asks("I don't want to talk to a bot").is_some());
        assert!(asks("stop making me chat with a robot").is_some());
        assert!(asks("no more bots").is_some());
        assert_eq!(asks("I'm a real person, not a bot"), None);
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
            "you said someone would contact me",
            "the driver should call me when he arrives",
            "are you a human?",
            "can anyone use this coupon?",
            "does anyone know when the app will work",
            "somebody used my card",
            "glad I could talk to a real person",
            "I can't reach anyone",
            "change the emergency contact person",
            "your customer service is great",
            "can I pay by phone?",
            "is there a discount for two people?",
            "don't transfer me to an agent",
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
