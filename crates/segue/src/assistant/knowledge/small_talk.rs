//! Messages that ask nothing: greetings, thanks, goodbyes, and word that an answer did not help.

use super::terms;

const NOT_HELPED: &str = include_str!("small_talk/not_helped.txt");
const WHO_ARE_YOU: &str = include_str!("small_talk/who_are_you.txt");
/// Words that stand beside any small talk and say nothing of their own.
const FILLER: &str =
    "there and you so very much all everyone team again really for the your a to it that this now";
const HELLO: &str = "hello hi hey hiya hallo howdy morning afternoon greetings";
const BYE: &str = "bye goodbye ciao cheerio";
const BESIDE_BYE: &str =
    "see later take care have nice day evening weekend good one thanks thank ok okay";
const THANKS: &str = "thanks thank thx ty cheers perfect great awesome wonderful brilliant ok okay yes yep yeah super nice \
     good cool helps helped works worked solved lovely appreciated";
const BESIDE_THANKS: &str =
    "does did will do help answers answered my question i see got is was had have have nice day";

/// What is said to a message that asks nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SmallTalk {
    /// Hello.
    Greeting,
    /// Thanks, or that it helped.
    Thanks,
    /// Goodbye.
    Goodbye,
    /// Whether this is a machine.
    WhoAreYou,
    /// That the answer did not help.
    NotHelped,
}

impl SmallTalk {
    /// Reads a message that consists of nothing else.
    pub(super) fn read(text: &str) -> Option<Self> {
        let words = terms::words(text);
        let phrase = words.join(" ");
        let is_one_of = |list: &str| list.lines().any(|line| line == phrase);
        let consists_of = |core: &str, beside: &str| {
            words.iter().any(|word| has(core, word))
                && words
                    .iter()
                    .all(|word| has(core, word) || has(beside, word) || has(FILLER, word))
        };
        if is_one_of(NOT_HELPED) {
            Some(Self::NotHelped)
        } else if is_one_of(WHO_ARE_YOU) {
            Some(Self::WhoAreYou)
        } else if consists_of(BYE, BESIDE_BYE) {
            Some(Self::Goodbye)
        } else if consists_of(HELLO, "good day evening dear") {
            Some(Self::Greeting)
        } else {
            consists_of(THANKS, BESIDE_THANKS).then_some(Self::Thanks)
        }
    }

    /// The words, one of two wordings, and how sure it is that they fit.
    pub(super) fn reply(self, pick: usize) -> (String, u16) {
        let (one, other, confidence_permille) = match self {
            Self::Greeting => (
                "Hello! What can I do for you?",
                "Hi, good to see you. How can I help?",
                950,
            ),
            Self::Thanks => (
                "You are welcome! Is there anything else?",
                "Glad to hear it. I am here if anything else comes up.",
                950,
            ),
            Self::Goodbye => (
                "Goodbye, and thank you for writing.",
                "Take care! You can come back to this chat at any time.",
                950,
            ),
            Self::WhoAreYou => (
                "I am an assistant, a machine. I answer from our help pages, and a person takes over whenever you ask for one.",
                "You are talking to a machine that knows our help pages. Say the word and a person takes over.",
                950,
            ),
            Self::NotHelped => (
                "I am sorry that this did not help. Tell me in a few more words what is wrong, and a person can look at it as well.",
                "Then I have missed the point, sorry. What exactly goes wrong? A person can take over, too.",
                600,
            ),
        };
        let words = if pick.is_multiple_of(2) { one } else { other };
        (words.to_owned(), confidence_permille)
    }
}

fn has(set: &str, word: &str) -> bool {
    set.split_whitespace().any(|it| it == word)
}

#[cfg(test)]
mod tests {
    use super::SmallTalk::{self, Goodbye, Greeting, NotHelped, Thanks, WhoAreYou};

    #[test]
    fn a_message_that_asks_nothing_is_known_as_such() {
        for (text, expected) in [
            ("Hello!", Greeting),
            ("hi there", Greeting),
            ("Good morning", Greeting),
            ("thanks, that helped", Thanks),
            ("Thank you so much!", Thanks),
            ("yes", Thanks),
            ("great", Thanks),
            ("Bye, have a nice day", Goodbye),
            ("are you a bot?", WhoAreYou),
            ("no", NotHelped),
            ("No, that didn\u{2019}t help.", NotHelped),
        ] {
            assert_eq!(SmallTalk::read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_greeting_before_a_question_does_not_swallow_it() {
        for text in [
            "hi, where is my order?",
            "thanks, and how do I return it?",
            "good lamps?",
            "yes, cancel it",
            "",
        ] {
            assert_eq!(SmallTalk::read(text), None, "{text}");
        }
    }
}
