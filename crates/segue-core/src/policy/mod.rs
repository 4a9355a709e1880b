//! The policy: the one versioned document that says when a conversation is handed off, to whom,
//! in what order, and in which words.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    id::{IntentName, RouteName, SituationName, SkillName, TriggerName},
    journal::{Level, NoticeKind, Severity},
};

pub mod analysis;
pub mod condition;
pub mod facts;

pub mod diagnosis;
pub mod diff;
mod document;
pub mod explain;
pub mod vocabulary;
pub mod wording;

mod duration;
mod spelling;

pub use document::{Checked, MAX_BYTES};

use condition::Condition;

/// A checked policy, ready to decide by.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// What the team calls it.
    pub name: String,
    /// What customers may want, in the order of the document.
    pub intents: Vec<Intent>,
    /// What conversations may come to, in the order of the document.
    pub situations: Vec<Situation>,
    /// When to hand off, in the order of the document.
    pub triggers: Vec<Trigger>,
    /// Where handoffs go.
    pub routes: BTreeMap<RouteName, Route>,
    /// The route of a handoff that no trigger and no intent sends elsewhere.
    pub default_route: RouteName,
    /// What makes an entry more urgent than another.
    pub points: PointsPolicy,
    /// How offers are made.
    pub offers: OffersPolicy,
    /// What the assistant is allowed.
    pub assistant: AssistantPolicy,
    /// How waits are told.
    pub promises: PromisesPolicy,
    /// The words that customers read: a template for each notice.
    pub notices: BTreeMap<NoticeKind, String>,
    /// When the team is pinged.
    pub alerts: Vec<AlertRule>,
    /// A conversation with the assistant that is silent for so long is closed.
    pub close_after_seconds: u32,
    /// Conversations with what is expected of the policy, in the order of the document.
    pub tests: Vec<PolicyTest>,
}

impl Policy {
    /// A situation by its name.
    pub fn situation(&self, name: &str) -> Option<&Situation> {
        self.situations.iter().find(|it| it.name.as_str() == name)
    }

    /// The situations that a model must be asked about.
    pub fn asked_of_a_model(&self) -> impl Iterator<Item = (&Situation, &str)> {
        self.situations.iter().filter_map(|it| match &it.judge {
            Judge::Examples => None,
            Judge::Model { question } => Some((it, question.as_str())),
        })
    }

    /// How long a trigger holds still after a "stay" or a return; 0 for one that is not there.
    pub fn cooldown_seconds(&self, trigger: &TriggerName) -> u32 {
        let named = self.triggers.iter().find(|known| known.name == *trigger);
        named.map_or(0, |trigger| trigger.cooldown_seconds)
    }
}

/// A short conversation with the decisions that are expected in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyTest {
    /// Its name.
    pub name: String,
    /// The conversation, written as a scenario.
    pub script: String,
    /// The line of the document on which it begins, from 1.
    pub line: usize,
}

/// Something a customer may want, with what it sounds like.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Intent {
    /// Its name in conditions and reports.
    pub name: IntentName,
    /// What people call it: "a bill that is disputed".
    pub about: String,
    /// Words and phrases that show it.
    pub keywords: Vec<String>,
    /// Sentences that customers write.
    pub examples: Vec<String>,
}

/// What a conversation may come to, as a condition asks for it: `situation.threatens_to_leave`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Situation {
    /// Its name in conditions and reports.
    pub name: SituationName,
    /// What people call it: "the customer threatens to leave".
    pub about: String,
    /// Sentences that show it.
    pub examples: Vec<String>,
    /// Sentences that are near to it and do not.
    pub unlike: Vec<String>,
    /// Who says whether it is so.
    pub judge: Judge,
}

/// Who says whether a situation is so.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Judge {
    /// What was learned from the examples, within the reading of a message.
    Examples,
    /// A model behind the configured endpoint. Its verdict comes later, as an observation.
    Model {
        /// What it is asked.
        question: String,
    },
}

/// A rule that fires.
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// Its name in decisions and reports.
    pub name: TriggerName,
    /// What people call it: "the customer asked for a person".
    pub about: String,
    /// How strongly it acts.
    pub level: Level,
    /// When it fires.
    pub when: Condition,
    /// How grave the matter is.
    pub severity: Severity,
    /// Where to, if not where the intent says.
    pub route: Option<RouteName>,
    /// Skills that its handoffs ask for besides those of the route, each with the least level.
    pub skills: BTreeMap<SkillName, u8>,
    /// After the customer chose to stay, or an agent gave the conversation back, the trigger
    /// holds still for so long.
    pub cooldown_seconds: u32,
}

/// Where handoffs go and who takes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The team's name as customers read it: "billing team".
    pub team: String,
    /// The skills of a primary specialist, each with the least level (1 to 5).
    pub skills: BTreeMap<SkillName, u8>,
    /// The intents that come here.
    pub intents: Vec<IntentName>,
    /// Who may take an entry, widening with its wait. Never empty; the first step is at 0.
    pub chain: Vec<Step>,
}

/// One widening of the fallback chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Who may take the entry from now on, besides those of earlier steps.
    pub who: Who,
    /// Measured from entering the queue.
    pub after_seconds: u32,
}

/// A circle of agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Has every skill of the route at its level.
    Primary,
    /// Has every skill of the route at any level.
    Secondary,
    /// Anybody at work.
    General,
    /// Anybody on call, also outside of their normal presence.
    OnCall,
}

/// What makes one entry more urgent than another. All integers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointsPolicy {
    /// Points for a matter of this gravity.
    pub severity: BTreeMap<Severity, i32>,
    /// By the customer's tier.
    pub tiers: BTreeMap<String, TierPoints>,
    /// For a tier that is not listed, or none.
    pub other_tiers: TierPoints,
    /// Points for the worst sentiment; a neutral or good one gives none.
    pub sentiment_max: i32,
}

/// What a customer's tier is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierPoints {
    /// Points at once.
    pub value: i32,
    /// Points that each minute of waiting adds. At least 1, so that nobody starves.
    pub per_minute: i32,
}

/// How offers are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffersPolicy {
    /// How long an agent has to accept.
    pub lease_seconds: u32,
    /// An agent who declined an entry, or let it lapse, is not offered it again for so long.
    pub again_after_seconds: u32,
}

/// What the assistant is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssistantPolicy {
    /// A customer's message unanswered for so long counts as silence.
    pub silent_after_seconds: u32,
}

/// How waits are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromisesPolicy {
    /// A promise that is about to lapse is renewed so long before.
    pub renew_before_seconds: u32,
    /// What handling one conversation takes, until the desk has seen enough of its own.
    pub handling_seconds: u32,
}

/// When the team is pinged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRule {
    /// Its name in decisions and reports.
    pub name: String,
    /// Handoffs at least so grave.
    pub severity: Severity,
    /// Still without an agent after so long.
    pub after_seconds: u32,
}
