//! A journal in short lines: who did what, what was ruled, and the values that matter.

use segue_core::{
    desk::Desk,
    id::AgentId,
    journal::{Author, Entry, Line, Notice, Observation, Ruling, Target},
    time::Timestamp,
};

/// A moment as a clock shows it, `09:00:05`; with the day in front from the second on.
pub fn clock(at: Timestamp) -> String {
    let seconds = at.0.div_euclid(1000);
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let hands = format!("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
    if days == 0 {
        hands
    } else {
        format!("day {} {hands}", days + 1)
    }
}

/// One line of the journal as people read it, with agents by name.
pub fn tell(desk: &Desk, line: &Line) -> String {
    let what = match &line.entry {
        Entry::Observed(seen) => format!("> {}", observed(desk, seen)),
        Entry::Decided(decision) => format!("    {}", ruled(desk, &decision.ruling)),
    };
    format!("{:>5} {} {what}", line.position, clock(line.at))
}

/// An agent's name, or their id when the desk does not know them.
pub fn name(desk: &Desk, id: AgentId) -> String {
    desk.agent(id)
        .map_or_else(|| id.to_string(), |agent| agent.profile.name.clone())
}

/// A word of the journal as it is written in JSON: `hand_off`, `nobody_here`.
pub fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// Who writes or acts.
pub fn author(desk: &Desk, author: Author) -> String {
    match author {
        Author::Agent(id) => name(desk, id),
        Author::Customer | Author::Assistant | Author::Segue => word(&author),
    }
}

fn observed(desk: &Desk, seen: &Observation) -> String {
    match seen {
        Observation::PolicyPublished { version, .. } => format!("policy {version} is published"),
        Observation::AgentAdded { profile } => {
            format!("{} joins, capacity {}", profile.name, profile.capacity)
        }
        Observation::AgentChanged { profile, .. } => format!(
            "{} changes: capacity {}, skills {:?}, retired {}",
            profile.name, profile.capacity, profile.skills, profile.retired
        ),
        Observation::StatusSet {
            agent,
            status,
            until,
        } => {
            let until = until
                .map(|at| format!(" until {}", clock(at)))
                .unwrap_or_default();
            format!("{} says {}{until}", name(desk, *agent), word(status))
        }
        Observation::ConsoleOpened { agent } => format!("{} opens the console", name(desk, *agent)),
        Observation::ConsoleLost { agent } => format!("{} loses the console", name(desk, *agent)),
        Observation::ConversationOpened { customer, .. } => {
            format!(
                "a customer opens a conversation, tier {}",
                customer.tier.as_deref().unwrap_or("none")
            )
        }
        Observation::ConversationReopened { conversation, .. } => {
            format!("{conversation} is reopened")
        }
        Observation::MessageReceived { .. } | Observation::AssistantFailed { .. } => {
            written(desk, seen)
        }
        Observation::SituationsJudged {
            conversation,
            verdicts,
            model,
            ..
        } => format!(
            "{model} judges {} situations in {conversation}",
            verdicts.len()
        ),
        Observation::HandoffRequested {
            conversation, by, ..
        } => {
            format!("{} asks for a person in {conversation}", author(desk, *by))
        }
        Observation::ChoiceMade {
            conversation,
            choice,
            ..
        } => format!("{conversation} chooses {}", word(choice)),
        Observation::CsatGiven {
            conversation,
            score,
        } => format!("{conversation} is rated {score}"),
        Observation::Resolved { conversation, by } => {
            format!("{} closes {conversation}", author(desk, *by))
        }
        Observation::Woke => "woke".to_owned(),
        moved => moved_by_agent(desk, moved),
    }
}

fn written(desk: &Desk, seen: &Observation) -> String {
    match seen {
        Observation::MessageReceived {
            conversation,
            author: by,
            epoch,
            answer,
            reading,
        } => {
            let epoch = epoch
                .map(|epoch| format!(" under epoch {epoch}"))
                .unwrap_or_default();
            let sure = answer
                .as_ref()
                .and_then(|answer| answer.confidence_permille);
            let sure = sure
                .map(|sure| format!(", confidence {sure}"))
                .unwrap_or_default();
            let mood = if *by == Author::Customer {
                format!(", mood {}", reading.sentiment_permille)
            } else {
                String::new()
            };
            format!(
                "{} writes in {conversation}{epoch}{sure}{mood}",
                author(desk, *by)
            )
        }
        Observation::AssistantFailed {
            conversation,
            epoch,
            why,
        } => {
            format!(
                "assistant fails in {conversation} under epoch {epoch}: {}",
                word(why)
            )
        }
        _ => String::new(),
    }
}

fn moved_by_agent(desk: &Desk, seen: &Observation) -> String {
    match seen {
        Observation::OfferAccepted { handoff, agent } => {
            format!("{} accepts {handoff}", name(desk, *agent))
        }
        Observation::OfferDeclined { handoff, agent } => {
            format!("{} declines {handoff}", name(desk, *agent))
        }
        Observation::Claimed { handoff, agent } => {
            format!("{} claims {handoff}", name(desk, *agent))
        }
        Observation::Returned { handoff, agent } => {
            format!("{} gives {handoff} back", name(desk, *agent))
        }
        Observation::Flagged {
            handoff,
            agent,
            flag,
        } => {
            format!("{} flags {handoff}: {}", name(desk, *agent), word(flag))
        }
        Observation::Transferred { handoff, agent, to } => {
            let to = match to {
                Target::Agent(to) => name(desk, *to),
                Target::Route(route) => format!("route {route}"),
            };
            format!("{} passes {handoff} on to {to}", name(desk, *agent))
        }
        _ => String::new(),
    }
}

/// What a ruling says, in the words that a scenario expects them.
pub fn ruled(desk: &Desk, ruling: &Ruling) -> String {
    match ruling {
        Ruling::Judged {
            verdict,
            fired,
            also_fired,
            ..
        } => {
            let by = fired
                .as_ref()
                .map(|fired| format!(" by {}", fired.trigger))
                .unwrap_or_default();
            let also = also_fired.iter().fold(String::new(), |also, fired| {
                also + ", also " + fired.trigger.as_str()
            });
            format!("{}{by}{also}", word(verdict))
        }
        Ruling::ReplyRefused { given, current, .. } => {
            format!(
                "refused: epoch {} is over, {current} counts",
                given.map_or_else(|| "unknown".to_owned(), |e| e.to_string())
            )
        }
        Ruling::ReplyWithheld { .. } => "withheld from the customer".to_owned(),
        Ruling::HandoffOpened {
            route,
            severity,
            epoch,
            ..
        } => {
            format!(
                "handoff to {route}, severity {}, epoch {epoch}",
                word(severity)
            )
        }
        Ruling::NoticeGiven { notice, .. } => told(notice),
        Ruling::HandoffEnded { how, epoch, .. } => {
            format!("handoff ends: {}, epoch {epoch}", word(how))
        }
        Ruling::ConversationResolved { by, .. } => format!("resolved by {}", author(desk, *by)),
        Ruling::PresenceChanged { agent, to, .. } => {
            format!("{} is {}", name(desk, *agent), word(to))
        }
        Ruling::AlertRaised { rule, severity, .. } => {
            format!("alert {rule}, severity {}", word(severity))
        }
        waiting => ruled_in_queue(desk, waiting),
    }
}

fn ruled_in_queue(desk: &Desk, ruling: &Ruling) -> String {
    match ruling {
        Ruling::Queued {
            route,
            points,
            since,
            ..
        } => {
            let sum = i64::from(points.severity)
                + i64::from(points.customer)
                + i64::from(points.sentiment);
            format!(
                "queued for {route}: {sum} points and {} a minute since {}",
                points.per_minute,
                clock(*since)
            )
        }
        Ruling::StepTaken { who, .. } => format!("widened to {}", word(who)),
        Ruling::NoMatch { why, .. } => format!("no match: {}", word(why)),
        Ruling::Offered { agent, until, .. } => {
            format!("offer to {} until {}", name(desk, *agent), clock(*until))
        }
        Ruling::OfferEnded { agent, how, .. } => {
            format!("offer to {} ends: {}", name(desk, *agent), word(how))
        }
        Ruling::Assigned { agent, epoch, .. } => {
            format!("assigned to {}, epoch {epoch}", name(desk, *agent))
        }
        Ruling::CallbackNoted { at, .. } => {
            format!(
                "callback noted{}",
                at.map(|at| format!(" for {}", clock(at)))
                    .unwrap_or_default()
            )
        }
        Ruling::PromiseMade { until, .. } => format!("promise until {}", clock(*until)),
        Ruling::PromiseSettled { how, .. } => format!("promise {}", word(how)),
        _ => String::new(),
    }
}

fn told(notice: &Notice) -> String {
    let wait = notice
        .wait
        .map(|wait| format!(", wait {} to {} s", wait.low_seconds, wait.high_seconds));
    let place = notice.place.map(|place| format!(", place {place}"));
    format!(
        "notice {}{}{}",
        word(&notice.kind),
        wait.unwrap_or_default(),
        place.unwrap_or_default()
    )
}
