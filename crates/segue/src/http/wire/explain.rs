//! Why things went as they did, in the words of a support lead.

use segue_core::{
    desk::Desk,
    journal::{Author, Decision, Entry, Line, Observation, Reason, Ruling},
    notices::{duration_phrase, wait_phrase},
};
use serde::Serialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::{conversation::person, message::clauses, moment, queue::unmatched_text, word};

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
}

/// What a line says about a handoff; nothing for lines that say nothing to a lead.
pub fn explain(desk: &Desk, line: &Line) -> Option<Explained> {
    let (title, text, inputs) = match &line.entry {
        Entry::Observed(seen) => (observed(desk, seen)?, String::new(), json!({})),
        Entry::Decided(decision) => (
            ruled(desk, &decision.ruling)?,
            reason(desk, decision),
            inputs(decision),
        ),
    };
    Some(Explained {
        position: line.position,
        at: moment(line.at),
        kind: kind(line),
        title,
        text,
        inputs,
    })
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

fn reason(desk: &Desk, decision: &Decision) -> String {
    match &decision.because {
        Reason::Trigger { name, clauses } => because(desk, name, clauses),
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

fn because(
    desk: &Desk,
    name: &segue_core::id::TriggerName,
    clauses: &[segue_core::policy::condition::Clause],
) -> String {
    let held: Vec<&str> = clauses
        .iter()
        .filter(|clause| clause.holds == Some(true))
        .map(|clause| clause.text.as_str())
        .collect();
    let about = super::handoff::trigger(desk, name).about;
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
