//! What part a word can play in a request for a person.

use super::edits::is_slip_for;

/// A set of parts that a word can play.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Roles(u16);

impl Roles {
    /// To talk with somebody: "speak".
    pub(super) const TALK: Self = Self(1);
    /// To be given something: "get", "want".
    pub(super) const GIVE: Self = Self(1 << 1);
    /// To be passed on: "transfer".
    pub(super) const CONNECT: Self = Self(1 << 2);
    /// To be rung up: "call me".
    pub(super) const CALL: Self = Self(1 << 3);
    /// A person of the team without doubt: "agent", "human".
    pub(super) const PERSON: Self = Self(1 << 4);
    /// A person when one talks with them: "someone".
    pub(super) const SOMEONE: Self = Self(1 << 5);
    /// A team when one talks with it: "support".
    pub(super) const TEAM: Self = Self(1 << 6);
    /// Says what kind of person: "real", "live".
    pub(super) const KIND: Self = Self(1 << 7);
    /// Carries no meaning of its own: "the", "me".
    pub(super) const FILLER: Self = Self(1 << 8);
    /// Shows that something is asked for: "can", "please".
    pub(super) const REQUEST: Self = Self(1 << 9);
    /// Shows that it is told, not asked: "tried", "after".
    pub(super) const TOLD: Self = Self(1 << 10);
    /// Turns it round: "don't".
    pub(super) const NOT: Self = Self(1 << 11);
    /// The machine: "bot".
    pub(super) const MACHINE: Self = Self(1 << 12);
    /// Somebody who speaks or acts: "they".
    pub(super) const SUBJECT: Self = Self(1 << 13);
    /// What one wants somebody to do: "help".
    pub(super) const ASSIST: Self = Self(1 << 14);
    /// Courtesy and greetings: "please", "hello".
    pub(super) const POLITE: Self = Self(1 << 15);

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn any(self, of: Self) -> bool {
        self.0 & of.0 != 0
    }
}

/// The parts that a lower-case word can play, forgiving a slip in a longer word.
pub(super) fn roles_of(word: &str) -> Roles {
    let exact = exact_roles(word);
    if exact != Roles::default() || NOT_SLIPS.contains(&word) {
        return exact;
    }
    SLIPS
        .iter()
        .find(|(meant, _)| is_slip_for(word, meant))
        .map_or(exact, |(_, roles)| *roles)
}

fn exact_roles(word: &str) -> Roles {
    match word {
        "talk" | "talking" | "speak" | "speaking" | "chat" | "chatting" | "converse" | "tlak"
        | "takl" | "talkk" | "tlk" | "tallk" | "spek" | "speek" | "spk" | "spaek" | "tak" => {
            Roles::TALK
        }
        "get" | "give" | "send" | "find" | "bring" | "assign" | "gimme" | "require" | "prefer"
        | "demand" | "request" | "requesting" | "have" | "looking" | "asking" | "involve" => {
            Roles::GIVE
        }
        "want" | "need" | "like" | "wanna" | "wnat" | "wan" | "neeed" | "rather" | "ned" => {
            Roles::GIVE.or(Roles::REQUEST)
        }
        "connect" | "transfer" | "escalate" | "redirect" | "forward" | "switch" | "route"
        | "pass" | "hand" | "put" | "patch" | "refer" => Roles::CONNECT,
        "call" | "phone" | "ring" => Roles::CALL,
        "contact" => Roles::CALL.or(Roles::TALK),
        "human" | "humans" | "agent" | "agents" | "representative" | "representatives" | "rep"
        | "reps" | "operator" | "supervisor" | "supervisors" | "manager" | "managers"
        | "advisor" | "adviser" | "humanbeing" | "csr" | "hooman" | "handoff" | "handover" => {
            Roles::PERSON
        }
        "person" | "persons" | "employee" | "specialist" | "technician" | "associate"
        | "attendant" | "consultant" => Roles::PERSON,
        "someone" | "somebody" | "people" | "anyone" | "anybody" | "sb" | "sombody" | "somone"
        | "smone" | "smbdy" | "whoever" | "one" | "body" | "sum1" | "some1" => Roles::SOMEONE,
        "team" | "department" | "dept" | "staff" | "support" | "service" | "services" | "desk"
        | "helpdesk" | "sales" | "billing" | "boss" | "member" | "line" | "centre" | "center"
        | "superior" | "colleague" => Roles::TEAM,
        "real" | "live" | "actual" | "living" | "breathing" | "proper" | "genuine" | "human's"
        | "customer" | "costumer" | "flesh" | "blood" | "senior" | "relevant" | "higher"
        | "responsible" => Roles::KIND,
        "a" | "an" | "the" | "me" | "us" | "my" | "your" | "some" | "any" | "another" | "to"
        | "with" | "in" | "touch" | "through" | "over" | "on" | "onto" | "of" | "for" | "this"
        | "it" | "case" | "him" | "her" | "different" | "other" | "else" | "available" | "you"
        | "w" | "2" | "straight" | "directly" | "immediately" | "right" | "now" | "back" | "up"
        | "ahold" | "hold" | "conversation" | "ticket" | "issue" | "here" | "there" | "asap"
        | "from" | "at" | "off" | "just" | "also" => Roles::FILLER,
        "can" | "could" | "may" | "let" | "lemme" | "must" | "how" | "would" | "love" | "wish"
        | "should" | "help" | "where" | "possible" | "insist" | "allow" | "way" | "id" | "i'd"
        | "gotta" | "might" | "able" | "pls" | "plz" | "please" | "pleasee" | "plase"
        | "kindly" | "cant" | "can't" | "cannot" | "who" => polite_roles(word),
        "tried" | "trying" | "had" | "got" | "asked" | "was" | "were" | "been" | "after"
        | "when" | "managed" | "went" | "waited" | "waiting" | "did" | "spent" | "took"
        | "used" | "finally" | "before" | "whenever" | "already" | "unable" | "said" | "told"
        | "supposed" | "couldn't" | "couldnt" | "keep" | "kept" | "will" | "despite" | "if"
        | "once" => Roles::TOLD,
        "don't" | "dont" | "not" | "never" | "didn't" | "didnt" | "doesn't" | "no" | "without"
        | "won't" | "wont" | "nobody" | "noone" | "neither" | "nor" | "isn't" | "avoid"
        | "instead" | "hate" => Roles::NOT,
        "bot" | "bots" | "robot" | "robots" | "machine" | "machines" | "ai" | "chatbot"
        | "chatbots" | "computer" | "automated" | "virtual" | "automation" => Roles::MACHINE,
        "i" | "we" | "they" | "he" | "she" => Roles::SUBJECT,
        "assist" | "answer" | "respond" | "reply" | "look" | "reach" | "explain" | "assistance"
        | "handle" | "check" => Roles::ASSIST,
        "hi" | "hello" | "hey" | "ok" | "okay" | "yes" | "yeah" | "thanks" | "thank" | "sorry"
        | "sir" | "madam" | "yo" | "dear" | "um" | "well" | "so" => Roles::POLITE,
        _ => Roles::default(),
    }
}

fn polite_roles(word: &str) -> Roles {
    match word {
        "pls" | "plz" | "please" | "pleasee" | "plase" | "kindly" => {
            Roles::REQUEST.or(Roles::POLITE)
        }
        "help" => Roles::REQUEST.or(Roles::ASSIST),
        "who" => Roles::REQUEST.or(Roles::FILLER),
        _ => Roles::REQUEST,
    }
}

/// The words whose slips are read as meant.
const SLIPS: [(&str, Roles); 17] = [
    ("human", Roles::PERSON),
    ("person", Roles::PERSON),
    ("agent", Roles::PERSON),
    ("representative", Roles::PERSON),
    ("supervisor", Roles::PERSON),
    ("manager", Roles::PERSON),
    ("operator", Roles::PERSON),
    ("advisor", Roles::PERSON),
    ("specialist", Roles::PERSON),
    ("someone", Roles::SOMEONE),
    ("somebody", Roles::SOMEONE),
    ("anyone", Roles::SOMEONE),
    ("speak", Roles::TALK),
    ("connect", Roles::CONNECT),
    ("transfer", Roles::CONNECT),
    ("escalate", Roles::CONNECT),
    ("customer", Roles::KIND),
];

/// Words of their own that stand one slip away.
const NOT_SLIPS: [&str; 24] = [
    "managed",
    "manages",
    "manage",
    "urgent",
    "agenda",
    "aging",
    "persona",
    "spear",
    "sneak",
    "steak",
    "spoke",
    "speaks",
    "connects",
    "connected",
    "transfers",
    "escalated",
    "escalates",
    "operated",
    "customers",
    "custom",
    "special",
    "agency",
    "representation",
    "represented",
];
