//! What part a word can play in a request for a person.

use super::edits::is_slip_for;

/// A set of parts that a word can play.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Roles(u32);

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
    /// What happens to somebody who is passed on or called: "transferred".
    pub(super) const PASSED_ON: Self = Self(1 << 16);
    /// What one dials: "number".
    pub(super) const NUMBER: Self = Self(1 << 17);
    /// Somebody is: "there", "available".
    pub(super) const PRESENT: Self = Self(1 << 18);

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
        "talk" | "talking" | "discuss" | "speak" | "speaking" | "chat" | "chatting"
        | "converse" | "tlak" | "takl" | "talkk" | "tlk" | "tallk" | "spek" | "speek" | "spk"
        | "spaek" | "tak" => Roles::TALK,
        "get" | "give" | "send" | "find" | "bring" | "assign" | "gimme" | "require" | "prefer"
        | "demand" | "request" | "requesting" | "needs" | "have" | "looking" | "asking"
        | "involve" => Roles::GIVE,
        "want" | "need" | "like" | "wanna" | "wnat" | "wan" | "neeed" | "rather" | "ned" => {
            Roles::GIVE.or(Roles::REQUEST)
        }
        "connect" | "transfer" | "direct" | "move" | "take" | "escalate" | "redirect"
        | "forward" | "switch" | "route" | "pass" | "hand" | "put" | "patch" | "refer" => {
            Roles::CONNECT
        }
        "call" | "phone" | "ring" | "callback" => Roles::CALL,
        "contact" => Roles::CALL.or(Roles::TALK),
        "human" | "humans" | "agent" | "agents" | "representative" | "representatives" | "rep"
        | "reps" | "operator" | "supervisor" | "supervisors" | "manager" | "managers"
        | "advisor" | "adviser" | "humanbeing" | "csr" | "hooman" | "handoff" | "handover"
        | "escalation" | "person" | "persons" | "employee" | "specialist" | "technician"
        | "associate" | "attendant" | "consultant" => Roles::PERSON,
        "someone" | "somebody" | "people" | "anyone" | "anybody" | "sb" | "sombody" | "somone"
        | "smone" | "smbdy" | "whoever" | "one" | "body" | "sum1" | "some1" => Roles::SOMEONE,
        "team" | "department" | "dept" | "staff" | "support" | "service" | "services" | "desk"
        | "helpdesk" | "sales" | "billing" | "boss" | "member" | "line" | "centre" | "center"
        | "superior" | "colleague" | "care" => Roles::TEAM,
        "real" | "live" | "actual" | "living" | "breathing" | "proper" | "genuine" | "human's"
        | "customer" | "costumer" | "flesh" | "blood" | "senior" | "relevant" | "higher"
        | "responsible" => Roles::KIND,
        "a" | "an" | "the" | "me" | "us" | "my" | "your" | "some" | "any" | "another" | "to"
        | "with" | "in" | "touch" | "through" | "over" | "on" | "onto" | "of" | "for" | "this"
        | "it" | "case" | "him" | "her" | "different" | "other" | "else" | "you" | "w" | "2"
        | "straight" | "directly" | "immediately" | "right" | "now" | "back" | "up" | "ahold"
        | "hold" | "conversation" | "ticket" | "issue" | "asap" | "thru" | "from" | "at"
        | "off" | "just" | "also" | "only" | "being" => Roles::FILLER,
        "here" | "there" | "available" => Roles::FILLER.or(Roles::PRESENT),
        "home" | "around" | "alive" | "online" | "working" | "awake" | "free" => Roles::PRESENT,
        "number" | "numbers" | "hotline" | "helpline" => Roles::NUMBER,
        "transferred" | "connected" | "called" | "contacted" | "escalated" | "forwarded"
        | "redirected" | "phoned" => Roles::PASSED_ON,
        "can" | "could" | "wud" | "cud" | "may" | "let" | "lemme" | "must" | "how" | "would"
        | "love" | "wish" | "should" | "help" | "where" | "possible" | "insist" | "allow"
        | "way" | "id" | "i'd" | "gotta" | "might" | "able" | "wondering" | "pls" | "plz"
        | "please" | "pleasee" | "plase" | "kindly" | "cant" | "can't" | "cannot" | "who"
        | "whom" => polite_roles(word),
        "tried" | "trying" | "had" | "got" | "asked" | "was" | "were" | "been" | "after"
        | "when" | "managed" | "went" | "waited" | "waiting" | "did" | "spent" | "took"
        | "used" | "finally" | "before" | "whenever" | "already" | "unable" | "said" | "told"
        | "supposed" | "promised" | "couldn't" | "couldnt" | "keep" | "kept" | "will"
        | "despite" | "if" | "once" => Roles::TOLD,
        "don't" | "dont" | "not" | "never" | "didn't" | "didnt" | "doesn't" | "no" | "without"
        | "won't" | "wont" | "nobody" | "noone" | "neither" | "nor" | "isn't" | "avoid"
        | "instead" | "hate" | "refuse" => Roles::NOT,
        "bot" | "bots" | "robot" | "robots" | "machine" | "machines" | "ai" | "chatbot"
        | "chatbots" | "computer" | "automated" | "virtual" | "automation" => Roles::MACHINE,
        "i" | "we" | "they" | "he" | "she" => Roles::SUBJECT,
        "assist" | "answer" | "respond" | "reply" | "look" | "reach" | "explain" | "assistance"
        | "handle" | "check" | "email" | "message" | "write" | "solve" | "fix" | "review"
        | "investigate" => Roles::ASSIST,
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
        "who" | "whom" => Roles::REQUEST.or(Roles::FILLER),
        _ => Roles::REQUEST,
    }
}

/// The words whose slips are read as meant.
const SLIPS: [(&str, Roles); 18] = [
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
    ("support", Roles::TEAM),
];

/// Words of their own that stand one slip away.
const NOT_SLIPS: [&str; 29] = [
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
    "supports",
    "supported",
    "supporter",
    "humane",
    "humour",
    "special",
    "agency",
    "representation",
    "represented",
];
