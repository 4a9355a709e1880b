//! The words that are written down: what was observed, what was decided, and why.
//!
//! The format is stable. A line carries [`FORMAT`]; old lines are read for ever.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    id::{
        AgentId, ConversationId, CustomerId, HandoffId, IntentName, MessageId, OfferId, PromiseId,
        RouteName, SituationName, SkillName, TriggerName,
    },
    policy::{
        Who,
        condition::{Clause, Value},
    },
    signals::{FactKind, Reading, Span},
    time::Timestamp,
};

/// The format version of the lines written by this build.
pub const FORMAT: u8 = 1;

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its place, counted from 1 without gaps.
    pub position: u64,
    /// When; never earlier than the line before.
    pub at: Timestamp,
    /// The format it was written in.
    pub format: u8,
    /// What it says.
    pub entry: Entry,
}

/// Seen or decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// The world told us.
    Observed(Observation),
    /// We concluded.
    Decided(Decision),
}

/// Everything the world can tell a desk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Observation {
    /// A policy takes effect from here on.
    PolicyPublished {
        /// Counted from 1.
        version: u32,
        /// The whole document.
        source: String,
        /// Who published it.
        author: String,
    },
    /// A person joins the team; the line's position becomes the agent's id.
    AgentAdded {
        /// Who and what they can.
        profile: AgentProfile,
    },
    /// What is known of an agent changed.
    AgentChanged {
        /// Whom.
        agent: AgentId,
        /// The whole new profile.
        profile: AgentProfile,
    },
    /// An agent said how available they are.
    StatusSet {
        /// Who.
        agent: AgentId,
        /// What they said.
        status: Presence,
        /// When it ends by itself and they are online again.
        until: Option<Timestamp>,
    },
    /// An agent's console came to life.
    ConsoleOpened {
        /// Whose.
        agent: AgentId,
    },
    /// An agent's last console went away, or its lease ran out.
    ConsoleLost {
        /// Whose.
        agent: AgentId,
    },
    /// A customer begins; the line's position becomes the conversation's id.
    ConversationOpened {
        /// Who, as far as decisions may depend on it.
        customer: CustomerFacts,
        /// Where they write: `web`, `email`, …
        channel: String,
    },
    /// A resolved conversation goes on; its facts come back with it.
    ConversationReopened {
        /// Which.
        conversation: ConversationId,
        /// Who, as far as decisions may depend on it.
        customer: CustomerFacts,
        /// Where they write.
        channel: String,
        /// The last epoch of its earlier life.
        epoch: u32,
        /// When it was first opened.
        opened_at: Timestamp,
    },
    /// Somebody wrote; the line's position becomes the message's id.
    MessageReceived {
        /// Where.
        conversation: ConversationId,
        /// Who.
        author: Author,
        /// The epoch under which the assistant or the agent believes to speak.
        epoch: Option<u32>,
        /// What the text tells.
        reading: Box<Reading>,
        /// What the assistant says about its own answer.
        answer: Option<Answer>,
    },
    /// The assistant could not answer.
    AssistantFailed {
        /// Where.
        conversation: ConversationId,
        /// The epoch it was asked under.
        epoch: u32,
        /// Why, in the words of the assistant's room.
        why: Failure,
    },
    /// A model judged whether situations of the policy are so. It came after the message had been
    /// decided on, and was not waited for.
    SituationsJudged {
        /// Where.
        conversation: ConversationId,
        /// The customer's message that was the last one then.
        message: MessageId,
        /// What it found.
        verdicts: Vec<SituationVerdict>,
        /// Which model.
        model: String,
        /// Names the wording that it was asked in: another wording has another name.
        prompt: String,
    },
    /// Somebody asked outright for a handoff.
    HandoffRequested {
        /// Where.
        conversation: ConversationId,
        /// Who.
        by: Author,
        /// Skills that are needed, beyond those of the route.
        skills: Vec<SkillName>,
        /// How many attempted solutions were named with the request.
        attempted: u8,
    },
    /// The customer chose among what was offered.
    ChoiceMade {
        /// Where.
        conversation: ConversationId,
        /// What.
        choice: Choice,
        /// When they want to be called, if they said.
        callback_at: Option<Timestamp>,
    },
    /// An agent took an offer.
    OfferAccepted {
        /// Of which handoff.
        handoff: HandoffId,
        /// Who.
        agent: AgentId,
    },
    /// An agent did not want an offer.
    OfferDeclined {
        /// Of which handoff.
        handoff: HandoffId,
        /// Who.
        agent: AgentId,
    },
    /// An agent took an entry from the board.
    Claimed {
        /// Which.
        handoff: HandoffId,
        /// Who.
        agent: AgentId,
    },
    /// An agent passed a conversation on.
    Transferred {
        /// Which handoff.
        handoff: HandoffId,
        /// Who.
        agent: AgentId,
        /// To whom.
        to: Target,
    },
    /// An agent gave a conversation back to the assistant.
    Returned {
        /// Which handoff.
        handoff: HandoffId,
        /// Who.
        agent: AgentId,
    },
    /// Somebody closed a conversation.
    Resolved {
        /// Which.
        conversation: ConversationId,
        /// Who.
        by: Author,
    },
    /// The customer rated.
    CsatGiven {
        /// Which conversation.
        conversation: ConversationId,
        /// 1 to 5.
        score: u8,
    },
    /// An agent says that a handoff was not as it should be.
    Flagged {
        /// Which.
        handoff: HandoffId,
        /// Who.
        agent: AgentId,
        /// How.
        flag: FlagKind,
    },
    /// A deadline of the desk came due.
    Woke,
}

impl Observation {
    /// The conversation that it happened in, unless it opens one or names a handoff only.
    pub fn conversation(&self) -> Option<ConversationId> {
        match self {
            Self::ConversationReopened { conversation, .. }
            | Self::MessageReceived { conversation, .. }
            | Self::AssistantFailed { conversation, .. }
            | Self::SituationsJudged { conversation, .. }
            | Self::HandoffRequested { conversation, .. }
            | Self::ChoiceMade { conversation, .. }
            | Self::Resolved { conversation, .. }
            | Self::CsatGiven { conversation, .. } => Some(*conversation),
            _ => None,
        }
    }
}

/// What a model found about one situation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SituationVerdict {
    /// The policy's name for it.
    pub situation: SituationName,
    /// Whether it is so.
    pub holds: bool,
}

/// What is known of an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentProfile {
    /// As customers read it.
    pub name: String,
    /// Skills with levels 1 (knows it) to 5 (the one who is asked).
    pub skills: BTreeMap<SkillName, u8>,
    /// Conversations at once.
    pub capacity: u16,
    /// May be reached as the last step of a fallback chain.
    #[serde(default)]
    pub on_call: bool,
    /// No longer works here: kept for the history, never offered anything.
    #[serde(default)]
    pub retired: bool,
}

/// How available an agent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Ready for offers.
    Online,
    /// Not at the desk for a moment.
    Away,
    /// Working on something else.
    Busy,
    /// Wants no interruption at all.
    DoNotDisturb,
    /// Not there.
    Offline,
}

/// What decisions may depend on about a customer. No name, no address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerFacts {
    /// The pseudonym.
    pub id: CustomerId,
    /// The team's own class of customer.
    pub tier: Option<String>,
    /// A BCP 47 tag such as `en` or `pt-BR`.
    pub locale: Option<String>,
    /// Further facts by name, each short.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Value>,
    /// Earlier conversations, latest first, at most five.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub previous: Vec<Previous>,
}

/// An earlier conversation of the same customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// Which.
    pub conversation: ConversationId,
    /// When it was opened.
    pub at: Timestamp,
    /// Whether a person was needed.
    pub handed_off: bool,
    /// How the customer rated it.
    pub csat: Option<u8>,
}

/// Who writes or acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The customer.
    Customer,
    /// The AI.
    Assistant,
    /// A person of the team.
    Agent(AgentId),
    /// Segue itself, on time.
    Segue,
}

/// What the assistant says about its own answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// How sure it is, 0 to 1000.
    pub confidence_permille: Option<u16>,
    /// Whether the confidence was computed here rather than given by whoever answered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub confidence_computed: bool,
    /// What it took the question for.
    pub intent: Option<IntentName>,
    /// How many attempted solutions it named; their words are kept with the message.
    pub attempted: u8,
    /// How many sources it named; their words are kept with the message.
    pub sources: u8,
}

/// Why an assistant gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// It did not answer in time.
    TimedOut,
    /// It could not be reached.
    Unreachable,
    /// It answered with an error.
    Broken,
}

/// What a customer may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// A person, now.
    Wait,
    /// Be called back.
    Callback,
    /// Leave it as a message and read the answer later.
    Message,
    /// Go on with the assistant.
    Stay,
}

/// To whom a conversation is passed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// One agent.
    Agent(AgentId),
    /// Whoever serves a route.
    Route(RouteName),
}

/// What an agent finds wrong with a handoff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlagKind {
    /// Something that was known did not travel.
    MissingContext,
    /// It should have gone to somebody else.
    WrongRouting,
    /// The assistant could have solved it.
    Avoidable,
    /// Anything else; the note says what.
    Other,
}

/// A conclusion, with what it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The policy in force, 0 before the first.
    pub policy: u32,
    /// Why.
    pub because: Reason,
    /// What.
    pub ruling: Ruling,
}

/// What was concluded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Ruling {
    /// A message, or a silence, was judged by the triggers.
    Judged {
        /// Where.
        conversation: ConversationId,
        /// Which message; none for a silence or a failure.
        message: Option<MessageId>,
        /// What follows.
        verdict: Verdict,
        /// The trigger that won.
        fired: Option<Fired>,
        /// The triggers that fired too and yielded, strongest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        also_fired: Vec<Fired>,
    },
    /// A reply came too late: somebody else holds the conversation.
    ReplyRefused {
        /// Where.
        conversation: ConversationId,
        /// The epoch that the author believed in.
        given: Option<u32>,
        /// The epoch that counts.
        current: u32,
    },
    /// The assistant's answer is kept for the agent and not shown to the customer.
    ReplyWithheld {
        /// Where.
        conversation: ConversationId,
        /// Which.
        message: MessageId,
    },
    /// The conversation leaves the assistant; the line's position becomes the handoff's id.
    HandoffOpened {
        /// Which.
        conversation: ConversationId,
        /// The message that led to it.
        message: Option<MessageId>,
        /// By which trigger; none when somebody asked outright.
        trigger: Option<TriggerName>,
        /// How strong.
        level: Level,
        /// How grave.
        severity: Severity,
        /// What about, as last read.
        intent: Option<IntentName>,
        /// Where to.
        route: RouteName,
        /// What the agent must be able to do.
        skills: BTreeMap<SkillName, u8>,
        /// From now on.
        epoch: u32,
        /// What travels.
        briefing: Briefing,
    },
    /// A handoff enters the queue, or comes back to it. One segment begins.
    Queued {
        /// Which.
        handoff: HandoffId,
        /// In which route's queue.
        route: RouteName,
        /// Only this agent, if it was passed on to one.
        only: Option<AgentId>,
        /// What it is worth.
        points: Points,
        /// Its age counts from here.
        since: Timestamp,
    },
    /// The circle of agents who may take an entry widens.
    StepTaken {
        /// Which handoff.
        handoff: HandoffId,
        /// Index into the route's chain.
        step: u8,
        /// Who may take it now.
        who: Who,
    },
    /// Why nobody is offered an entry just now. Written when the answer changes.
    NoMatch {
        /// Which handoff.
        handoff: HandoffId,
        /// The answer.
        why: Unmatched,
    },
    /// An entry is offered; the line's position becomes the offer's id.
    Offered {
        /// Which handoff.
        handoff: HandoffId,
        /// To whom.
        agent: AgentId,
        /// It lapses here.
        until: Timestamp,
    },
    /// An offer is over without an assignment.
    OfferEnded {
        /// Which.
        offer: OfferId,
        /// Of which handoff.
        handoff: HandoffId,
        /// To whom.
        agent: AgentId,
        /// How.
        how: OfferEnd,
    },
    /// An agent has the conversation.
    Assigned {
        /// Which handoff.
        handoff: HandoffId,
        /// Which conversation.
        conversation: ConversationId,
        /// Who.
        agent: AgentId,
        /// From now on.
        epoch: u32,
    },
    /// The customer wants to be called; the entry waits on the board for somebody to claim it.
    CallbackNoted {
        /// Which handoff.
        handoff: HandoffId,
        /// When, if they said.
        at: Option<Timestamp>,
    },
    /// A handoff is over.
    HandoffEnded {
        /// Which.
        handoff: HandoffId,
        /// Which conversation.
        conversation: ConversationId,
        /// How.
        how: Ending,
        /// Who had it, if somebody had.
        agent: Option<AgentId>,
        /// From now on.
        epoch: u32,
    },
    /// A conversation is over.
    ConversationResolved {
        /// Which.
        conversation: ConversationId,
        /// By whom.
        by: Author,
        /// From now on.
        epoch: u32,
    },
    /// The customer is told something; the line's position becomes a message's id.
    NoticeGiven {
        /// Where.
        conversation: ConversationId,
        /// About which handoff.
        handoff: Option<HandoffId>,
        /// What.
        notice: Notice,
    },
    /// A wait was told; the line's position becomes the promise's id.
    PromiseMade {
        /// About which handoff.
        handoff: HandoffId,
        /// The wait.
        wait: Wait,
        /// The moment by which it must be kept or renewed.
        until: Timestamp,
    },
    /// What became of a promise.
    PromiseSettled {
        /// Which.
        promise: PromiseId,
        /// About which handoff.
        handoff: HandoffId,
        /// What.
        how: PromiseEnd,
    },
    /// The team is pinged.
    AlertRaised {
        /// About which handoff.
        handoff: HandoffId,
        /// By which rule.
        rule: String,
        /// How grave.
        severity: Severity,
    },
    /// An agent's presence is now another.
    PresenceChanged {
        /// Whose.
        agent: AgentId,
        /// What it was.
        from: Presence,
        /// What it is.
        to: Presence,
    },
}

/// Why something was concluded, with the values it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// A trigger's condition held.
    Trigger {
        /// Which.
        name: TriggerName,
        /// Its clauses with what they saw.
        clauses: Vec<Clause>,
    },
    /// No trigger's condition held.
    NothingFired {
        /// How many were asked.
        asked: u16,
        /// Those that would have fired but hold still after a "stay" or a return.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        cooling: Vec<TriggerName>,
    },
    /// Somebody did or asked for it.
    Asked {
        /// Who.
        by: Author,
    },
    /// The author's epoch is not the conversation's.
    StaleEpoch,
    /// A matter of this route is worth this much.
    Valued {
        /// The customer's tier.
        tier: Option<String>,
        /// The sentiment that counted, -1000 to 1000.
        sentiment_permille: i16,
        /// The severity that counted.
        severity: Severity,
    },
    /// This agent and this entry are the best pair.
    BestMatch {
        /// The entry's points at that moment.
        points: i64,
        /// The agent's lowest level among the skills that count.
        level: u8,
        /// Conversations the agent has already.
        load: u16,
        /// What the agent may have at once.
        capacity: u16,
        /// Entries that wait.
        waiting: u32,
        /// Agents with a free place.
        free: u32,
    },
    /// Nobody can take it, for this reason.
    Nobody {
        /// The reason.
        why: Unmatched,
    },
    /// It waited so long.
    Waited {
        /// Since it entered the queue.
        seconds: u32,
    },
    /// Nobody of the circle before is there.
    NobodyOnStep {
        /// That circle.
        who: Who,
    },
    /// A time ran out.
    TimeUp {
        /// How long it was.
        seconds: u32,
    },
    /// The wait was estimated from these.
    Estimated {
        /// Entries before this one that want the same agents.
        ahead: u32,
        /// Places at work for this entry, taken and free.
        places: u32,
        /// Of those, free.
        free: u32,
        /// Mean handling time that was used.
        handling_seconds: u32,
        /// Conversations that the mean rests on.
        samples: u32,
    },
    /// It follows from the ruling before.
    Follows,
}

/// What the triggers conclude.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The assistant goes on.
    Stay,
    /// The customer is asked.
    Suggest,
    /// A person takes over.
    HandOff,
}

/// How strongly a trigger acts; the strongest comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Asks the customer; the assistant goes on.
    Suggest,
    /// Hands off; the assistant's present answer still reaches the customer.
    Proactive,
    /// Hands off; the assistant's present answer is withheld.
    Immediate,
}

/// How grave a matter is; the gravest comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Can wait.
    Low,
    /// As usual.
    Normal,
    /// Hurts.
    High,
    /// Burns.
    Urgent,
}

/// A trigger that fired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fired {
    /// Which.
    pub trigger: TriggerName,
    /// How strong.
    pub level: Level,
    /// How grave.
    pub severity: Severity,
}

/// What an entry is worth. Age is not in it: it is `per_minute` times the wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Points {
    /// From the severity.
    pub severity: i32,
    /// From the customer's tier.
    pub customer: i32,
    /// From the sentiment.
    pub sentiment: i32,
    /// What each minute adds.
    pub per_minute: i32,
}

/// Why nobody is offered an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unmatched {
    /// Nobody of the team has the skills.
    NobodySkilled,
    /// Somebody has, but nobody of them is there.
    NobodyPresent,
    /// They are there, and full.
    AllAtCapacity,
    /// They have places, and have declined or missed this one.
    AllDeclined,
}

/// How an offer ends without an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferEnd {
    /// The agent said no.
    Declined,
    /// The agent said nothing.
    Lapsed,
    /// The agent went away.
    AgentLeft,
    /// The entry left the queue: the customer chose otherwise, or another agent claimed it.
    Withdrawn,
}

/// How a handoff ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The agent resolved it.
    Resolved,
    /// The agent gave it back to the assistant.
    Returned,
    /// The customer left before anybody came.
    Abandoned,
    /// The customer chose to stay with the assistant.
    Stayed,
}

/// What becomes of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromiseEnd {
    /// A person came in time.
    Kept,
    /// A new one was made before it lapsed.
    Renewed,
    /// It lapsed.
    Broken,
    /// The customer no longer waits for it.
    Released,
    /// The customer was told, before it lapsed, that it cannot be held and no new time is known.
    Withdrawn,
}

/// A wait as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// Hardly sooner.
    pub low_seconds: u32,
    /// Hardly later.
    pub high_seconds: u32,
    /// The share of waits that the model expects between the two, 0 to 1000.
    pub coverage_permille: u16,
}

/// What the customer is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What about; the policy has the words.
    pub kind: NoticeKind,
    /// The trigger's own words for why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<TriggerName>,
    /// The team that comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// The person who comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// Their name as it was then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_name: Option<String>,
    /// How long it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Wait>,
    /// The place in the queue, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    /// What the customer can choose now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
}

/// The kinds of thing a customer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A person comes, and when.
    Announced,
    /// A person will come, but nobody is there just now.
    NobodyHere,
    /// A person is an option; the customer chooses.
    Suggested,
    /// It takes longer than was said, and how long now.
    StillWaiting,
    /// A person is there.
    AgentJoined,
    /// The person passes the conversation on.
    PassedOn,
    /// The wish for a callback is noted.
    CallbackNoted,
    /// The message is noted; the customer need not wait.
    MessageNoted,
    /// The assistant has the conversation again.
    BackWithAssistant,
    /// The conversation is closed; the customer may rate it.
    Closed,
}

/// What travels with a handoff. Lines point at what they rest on and hold no text of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Briefing {
    /// In the order of importance.
    pub lines: Vec<BriefingLine>,
}

/// One line of a briefing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "section", rename_all = "snake_case")]
pub enum BriefingLine {
    /// What it is about, in the customer's words.
    Issue {
        /// Where it stands.
        message: MessageId,
        /// Which words.
        span: Span,
    },
    /// A solution that the assistant tried.
    Attempted {
        /// The message that names it.
        message: MessageId,
        /// Which of the message's attempts.
        index: u8,
        /// What the customer said of it.
        outcome: Outcome,
    },
    /// An article or record that the assistant answered from.
    Source {
        /// The message that names it.
        message: MessageId,
        /// Which of the message's sources.
        index: u8,
    },
    /// A fact that the customer gave.
    Fact {
        /// What kind.
        kind: FactKind,
        /// Where it stands.
        message: MessageId,
        /// Which words.
        span: Span,
    },
    /// How the customer feels.
    Sentiment {
        /// Now, -1000 to 1000.
        now_permille: i16,
        /// The message at which it turned, or the worst one.
        message: MessageId,
        /// Its words.
        span: Option<Span>,
    },
    /// What the team's systems know of the customer.
    Account {
        /// Which field.
        field: String,
        /// What it says.
        value: Value,
    },
    /// An earlier conversation.
    Previous {
        /// Which.
        conversation: ConversationId,
        /// When.
        at: Timestamp,
        /// Whether a person was needed.
        handed_off: bool,
        /// How it was rated.
        csat: Option<u8>,
    },
}

/// What became of an attempted solution, as far as the conversation shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The customer said the same again, or that it goes on.
    NotSolved,
    /// The customer said that it helped.
    Solved,
    /// The customer has not said whether it helped.
    #[default]
    Unknown,
}

/// What the shell must do once a batch is durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Effect {
    /// Ask the assistant for an answer.
    AskAssistant {
        /// Where.
        conversation: ConversationId,
        /// To which message.
        message: MessageId,
        /// Under which epoch.
        epoch: u32,
    },
}

/// Why an observation was not accepted. Nothing was written, nothing changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such conversation on the desk.
    #[error("conversation {0} is not open")]
    NoConversation(ConversationId),
    /// The conversation that should be reopened is open.
    #[error("conversation {0} is open already")]
    AlreadyOpen(ConversationId),
    /// There is no such handoff on the desk.
    #[error("handoff {0} is not open")]
    NoHandoff(HandoffId),
    /// There is no such agent.
    #[error("agent {0} does not exist")]
    NoAgent(AgentId),
    /// The policy has no such route.
    #[error("the policy has no route `{0}`")]
    NoRoute(RouteName),
    /// The policy does not read.
    #[error("the policy has an error: {0}")]
    BadPolicy(String),
    /// Somebody else published meanwhile.
    #[error("the policy is at version {current} by now, this change began from version {expected}")]
    PolicyMoved {
        /// The version that the change began from.
        expected: u32,
        /// The version in force.
        current: u32,
    },
    /// The offer was made to somebody else, or is over.
    #[error("handoff {handoff} is not offered to {agent}: the offer has lapsed or went on")]
    NotOffered {
        /// Which.
        handoff: HandoffId,
        /// To whom it is not offered.
        agent: AgentId,
    },
    /// Somebody else has it already.
    #[error("handoff {handoff} was taken by {by}")]
    Taken {
        /// Which.
        handoff: HandoffId,
        /// Who has it.
        by: AgentId,
    },
    /// The agent does not hold the conversation.
    #[error("handoff {handoff} is not with {agent}")]
    NotYours {
        /// Which.
        handoff: HandoffId,
        /// Who does not.
        agent: AgentId,
    },
    /// The conversation is with the assistant, so no agent can write in it.
    #[error("conversation {0} is with the assistant, claim or await its handoff first")]
    NotWithAgent(ConversationId),
    /// The agent to whom it should be passed is not there.
    #[error("{0} is not online")]
    NotThere(AgentId),
    /// The agent has no place free.
    #[error("{agent} has {load} of {capacity} conversations")]
    Full {
        /// Who.
        agent: AgentId,
        /// How many they have.
        load: u16,
        /// How many they may have.
        capacity: u16,
    },
    /// The conversation is with a person already, or on the way to one.
    #[error("conversation {0} is already with a person or on the way to one")]
    AlreadyHandedOff(ConversationId),
    /// There is nothing to choose just now.
    #[error("conversation {0} has nothing to choose just now")]
    NothingToChoose(ConversationId),
    /// A value is out of its range.
    #[error("{field} is {given}, it must be {allowed}")]
    OutOfRange {
        /// Which field.
        field: &'static str,
        /// What it was.
        given: i64,
        /// What it may be.
        allowed: &'static str,
    },
}
