//! Why things went as they did, in the words of a support lead.

use segue_core::{
    audit::in_words,
    desk::Desk,
    id::TriggerName,
    journal::{Author, Decision, Entry, Line, Observation, Reason, Ruling},
    notices::{duration_phrase, wait_phrase},
    policy::condition::Clause,
};
use serde::Serialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::{
    conversation::person,
    evidence::{Evidence, Rule, Story, Yielded, yielded},
    message::clauses,
    moment,
    queue::unmatched_text,
    word,
};

/// One decision with its reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Explained {
    /// The line of the journal.
    pub position: u64,
    /// When.
    pub at: String,
    /// The kind of line.
    pub kind: String,
    /// What, in a few words.
    pub title: String,
    /// Why, in a sentence.
    pub text: String,
    /// What it rests on.
    #[schema(value_type = Object)]
    pub inputs: Json,
    /// The policy that was in force, 0 for the built-in one; only a decision has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_version: Option<u32>,
    /// The trigger that decided, as its policy writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// The words that it rests on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// Triggers that fired too, and those that hold still, each with why it yielded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub yielded: Vec<Yielded>,
}

/// What each line says; lines that say nothing to a lead are left out.
pub fn explain(desk: &Desk, story: &Story) -> Vec<Explained> {
    let lines = story.lines.iter();
    lines.filter_map(|line| one(desk, story, line)).collect()
}

fn one(desk: &Desk, story: &Story, line: &Line) -> Option<Explained> {
    let mut told = Explained {
        position: line.position,
        at: moment(line.at),
        kind: kind(line),
        title: String::new(),
        text: String::new(),
        inputs: json!({}),
        policy_version: None,
        rule: None,
        evidence: Vec::new(),
        yielded: Vec::new(),
    };
    match &line.entry {
        Entry::Observed(seen) => {
            told.title = observed(desk, seen)?;
            told.evidence = story.said(line, seen);
        }
        Entry::Decided(decision) => {
            told.title = ruled(desk, &decision.ruling)?;
            told.text = reason(desk, story, decision);
            told.inputs = inputs(decision);
            told.policy_version = Some(decision.policy);
            told.rule = story.rule(decision);
            told.evidence = story.evidence(decision);
            told.yielded = yielded(decision);
        }
    }
    Some(told)
}

fn kind(line: &Line) -> String {
    let json = match &line.entry {
        Entry::Observed(seen) => serde_json::to_value(seen),
        Entry::Decided(decision) => serde_json::to_value(&decision.ruling),
    };
    let json = json.unwrap_or_default();
    json["kind"].as_str().unwrap_or_default().to_owned()
}

fn observed(desk: &Desk, seen: &Observation) -> Option<String> {
    let name = |agent| person(desk, agent, None).name;
    Some(match seen {
        Observation::MessageReceived { author, .. } => format!("{} wrote", who(desk, *author)),
        Observation::HandoffRequested { by, .. } => {
            format!("{} asked for a person", who(desk, *by))
        }
        Observation::ChoiceMade { choice, .. } => {
            format!("The customer chose to {}", choice_word(&word(choice)))
        }
        Observation::OfferAccepted { agent, .. } => format!("{} accepted", name(*agent)),
        Observation::OfferDeclined { agent, .. } => format!("{} declined", name(*agent)),
        Observation::Claimed { agent, .. } => format!("{} took it from the board", name(*agent)),
        Observation::Transferred { agent, .. } => format!("{} passed it on", name(*agent)),
        Observation::Returned { agent, .. } => {
            format!("{} gave it back to the assistant", name(*agent))
        }
        Observation::Resolved { by, .. } => format!("{} resolved it", who(desk, *by)),
        Observation::CsatGiven { score, .. } => format!("The customer rated it {score} of 5"),
        Observation::Flagged { agent, flag, .. } => {
            format!(
                "{} flagged it: {}",
                name(*agent),
                word(flag).replace('_', " ")
            )
        }
        _ => return None,
    })
}

fn choice_word(choice: &str) -> &'static str {
    match choice {
        "wait" => "wait",
        "callback" => "be called back",
        "message" => "leave a message",
        _ => "stay with the assistant",
    }
}

fn who(desk: &Desk, author: Author) -> String {
    match author {
        Author::Customer => "The customer".into(),
        Author::Assistant => "The assistant".into(),
        Author::Agent(agent) => person(desk, agent, None).name,
        Author::Segue => "Segue".into(),
    }
}

fn ruled(desk: &Desk, ruling: &Ruling) -> Option<String> {
    let name = |agent| person(desk, agent, None).name;
    Some(match ruling {
        Ruling::Judged { fired, .. } => match fired {
            Some(fired) => format!("Trigger {} fired", fired.trigger),
            None => "No trigger fired".into(),
        },
        Ruling::ReplyRefused { .. } => "A late reply was refused".into(),
        Ruling::ReplyWithheld { .. } => "The assistant's answer was withheld".into(),
        Ruling::HandoffOpened { route, .. } => format!("Handed off to {route}"),
        Ruling::Queued { route, points, .. } => {
            let sum = points.severity + points.customer + points.sentiment;
            format!("Entered the queue of {route} with {sum} points")
        }
        Ruling::StepTaken { who, .. } => {
            format!("The circle widened to {}", word(who).replace('_', " "))
        }
        Ruling::NoMatch { why, .. } => unmatched_text(&word(why)).into(),
        Ruling::Offered { agent, .. } => format!("Offered to {}", name(*agent)),
        Ruling::OfferEnded { agent, how, .. } => format!(
            "The offer to {} ended: {}",
            name(*agent),
            word(how).replace('_', " ")
        ),
        Ruling::Assigned { agent, .. } => format!("{} has it", name(*agent)),
        Ruling::CallbackNoted { .. } => "A callback was noted".into(),
        Ruling::HandoffEnded { how, .. } => format!("The handoff ended: {}", word(how)),
        Ruling::ConversationResolved { .. } => "The conversation was closed".into(),
        Ruling::NoticeGiven { notice, .. } => {
            format!(
                "The customer was told: {}",
                word(notice.kind).replace('_', " ")
            )
        }
        Ruling::PromiseMade { wait, .. } => format!("Promised: {}", wait_phrase(*wait)),
        Ruling::PromiseSettled { how, .. } => format!("The promise was {}", word(how)),
        Ruling::AlertRaised { rule, .. } => format!("Alert {rule}"),
        Ruling::PresenceChanged { .. } => return None,
    })
}

fn reason(desk: &Desk, story: &Story, decision: &Decision) -> String {
    match &decision.because {
        Reason::Trigger { name, clauses } => because(story, decision.policy, name, clauses),
        Reason::NothingFired { asked, .. } => format!("{asked} triggers were asked, none held."),
        Reason::Asked { by } => format!("{} did it.", who(desk, *by)),
        Reason::StaleEpoch => "Somebody else held the conversation already.".into(),
        Reason::Valued { tier, severity, .. } => format!(
            "Severity {}, tier {}.",
            word(severity),
            tier.as_deref().unwrap_or("none")
        ),
        Reason::BestMatch {
            level,
            load,
            capacity,
            waiting,
            free,
            ..
        } => format!(
            "Best pair of {waiting} waiting and {free} free agents: skill level {level}, {load} of {capacity} places taken."
        ),
        Reason::Nobody { why } => format!("{}.", unmatched_text(&word(why))),
        Reason::Waited { seconds } => format!("It waited {}.", duration_phrase(*seconds)),
        Reason::NobodyOnStep { who } => {
            format!(
                "Nobody of the circle {} is there.",
                word(who).replace('_', " ")
            )
        }
        Reason::TimeUp { seconds } => format!("{} went by.", duration_phrase(*seconds)),
        Reason::Estimated {
            ahead,
            places,
            free,
            handling_seconds,
            ..
        } => format!(
            "{ahead} ahead, {free} of {places} places free, {} a conversation.",
            duration_phrase(*handling_seconds)
        ),
        Reason::Follows => String::new(),
    }
}

fn because(story: &Story, policy: u32, name: &TriggerName, clauses: &[Clause]) -> String {
    let held: Vec<String> = clauses
        .iter()
        .filter(|clause| clause.holds == Some(true))
        .map(in_words)
        .collect();
    let known = story.trigger(policy, name);
    let about = known.map_or_else(|| name.to_string(), |trigger| trigger.about.clone());
    if held.is_empty() {
        return format!("{about}.");
    }
    format!("{about}: {}.", held.join(", "))
}

fn inputs(decision: &Decision) -> Json {
    let clauses = clauses(&decision.because);
    let mut inputs = match &decision.because {
        Reason::Trigger { name, .. } => json!({ "trigger": name, "clauses": clauses }),
        other => serde_json::to_value(other).unwrap_or_default(),
    };
    if let Ruling::Judged { also_fired, .. } = &decision.ruling
        && !also_fired.is_empty()
    {
        inputs["also_fired"] = serde_json::to_value(also_fired).unwrap_or_default();
    }
    if let Json::Object(fields) = &mut inputs {
        fields.remove("kind");
        fields.insert("policy_version".into(), decision.policy.into());
    }
    inputs
}
