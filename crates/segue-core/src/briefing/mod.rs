//! WHAT travels: a few lines, each pointing at the message or record that it rests on.

mod opening;

pub use opening::{Opening, first_sentence};

use std::cmp::Reverse;

use crate::{
    conversation::{AttemptNote, Conversation, IssueNote, MoodNote},
    journal::{Briefing, BriefingLine},
    policy::condition::Value,
};

/// Sentences that say what it is about; more would not be read in five seconds.
const ISSUES_TOLD: usize = 2;
/// What the last message of the customer weighs above what it says.
const LAST_WEIGHS_MORE: u16 = 30;
/// Moods above this need no line of their own.
const MOOD_WORTH_TELLING_PERMILLE: i16 = -300;

/// Composes the briefing from what is remembered of the conversation, the most important first.
pub(crate) fn compose(conversation: &Conversation) -> Briefing {
    let mut lines = issues(&conversation.memory.issues);
    lines.extend(attempts(conversation));
    lines.extend(facts(conversation));
    lines.extend(sentiment(conversation));
    lines.extend(account(conversation));
    lines.extend(previous(conversation));
    Briefing { lines }
}

/// The most telling sentences, the one that counts most first. What was said last is likely what
/// the handoff turned on, so it counts for more than its own weight.
fn issues(noted: &[IssueNote]) -> Vec<BriefingLine> {
    let last = noted.iter().map(|issue| issue.message).max();
    let importance = |issue: &IssueNote| {
        let bonus = if Some(issue.message) == last {
            LAST_WEIGHS_MORE
        } else {
            0
        };
        Reverse((issue.weight + bonus, issue.message))
    };
    let mut told: Vec<IssueNote> = noted.to_vec();
    told.sort_by_key(importance);
    told.truncate(ISSUES_TOLD);
    let line = |issue: IssueNote| BriefingLine::Issue {
        message: issue.message,
        span: issue.span,
    };
    told.into_iter().map(line).collect()
}

/// Solutions with their outcome, then sources.
fn attempts(conversation: &Conversation) -> impl Iterator<Item = BriefingLine> {
    let memory = &conversation.memory;
    let solutions = memory.attempts.iter().flat_map(|note| {
        let AttemptNote {
            message,
            attempted,
            outcome,
            ..
        } = *note;
        (0..attempted).map(move |index| BriefingLine::Attempted {
            message,
            index,
            outcome,
        })
    });
    let sources = memory.attempts.iter().flat_map(|note| {
        let AttemptNote {
            message, sources, ..
        } = *note;
        (0..sources).map(move |index| BriefingLine::Source { message, index })
    });
    solutions.chain(sources)
}

fn facts(conversation: &Conversation) -> impl Iterator<Item = BriefingLine> {
    conversation
        .memory
        .facts
        .iter()
        .map(|fact| BriefingLine::Fact {
            kind: fact.kind,
            message: fact.message,
            span: fact.span,
        })
}

fn sentiment(conversation: &Conversation) -> Option<BriefingLine> {
    let memory = &conversation.memory;
    let now_permille = memory.mood_permille();
    let MoodNote {
        sentiment_permille,
        message,
        span,
    } = memory.worst_mood?;
    (now_permille.min(sentiment_permille) <= MOOD_WORTH_TELLING_PERMILLE).then_some(
        BriefingLine::Sentiment {
            now_permille,
            message,
            span,
        },
    )
}

fn account(conversation: &Conversation) -> impl Iterator<Item = BriefingLine> {
    let customer = &conversation.customer;
    let tier = customer
        .tier
        .iter()
        .map(|tier| ("tier".to_owned(), Value::Text(tier.clone())));
    let known = customer
        .attributes
        .iter()
        .map(|(field, value)| (field.clone(), value.clone()));
    tier.chain(known)
        .map(|(field, value)| BriefingLine::Account { field, value })
}

fn previous(conversation: &Conversation) -> impl Iterator<Item = BriefingLine> {
    conversation
        .customer
        .previous
        .iter()
        .map(|earlier| BriefingLine::Previous {
            conversation: earlier.conversation,
            at: earlier.at,
            handed_off: earlier.handed_off,
            csat: earlier.csat,
        })
}
