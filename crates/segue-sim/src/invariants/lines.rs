//! The journal itself: its sequence, its reasons, and that it says all there is to know.

use segue_core::{
    audit::Verifier,
    journal::{Decision, Entry, Line, Reason, Ruling},
};

use super::{Finding, Scene, require};

/// Positions follow one another, and so do moments; the observation comes first.
pub(super) fn in_sequence(scene: &Scene<'_>) -> Finding {
    let mut last = scene.past.position;
    for line in scene.lines {
        require(line.position == last + 1, || {
            format!("line {} follows line {last}", line.position)
        })?;
        require(line.at >= scene.past.at, || {
            format!("line {} lies before the line before it", line.position)
        })?;
        let observed = matches!(line.entry, Entry::Observed(_));
        require(observed == (last == scene.past.position), || {
            format!("line {} is out of place", line.position)
        })?;
        last = line.position;
    }
    require(scene.desk.position() == last, || {
        format!(
            "the desk stands at {} after line {last}",
            scene.desk.position()
        )
    })
}

/// Every decision names the policy in force and a reason that can stand for what it rules.
pub(super) fn reasons(scene: &Scene<'_>) -> Finding {
    for line in scene.lines {
        let Entry::Decided(decision) = &line.entry else {
            continue;
        };
        require(decision.policy == scene.book.policy, || {
            format!(
                "line {} was decided under policy {}, {} is in force",
                line.position, decision.policy, scene.book.policy
            )
        })?;
        require(stands_for(decision), || {
            format!(
                "{:?} is no reason for {:?}",
                decision.because, decision.ruling
            )
        })?;
    }
    Ok(())
}

fn stands_for(decision: &Decision) -> bool {
    let because = &decision.because;
    match &decision.ruling {
        Ruling::Judged { fired, .. } => match fired {
            Some(fired) => {
                matches!(because, Reason::Trigger { name, clauses } if *name == fired.trigger && !clauses.is_empty())
            }
            None => matches!(because, Reason::NothingFired { .. } | Reason::Asked { .. }),
        },
        Ruling::HandoffOpened { .. } => {
            matches!(because, Reason::Trigger { .. } | Reason::Asked { .. })
        }
        Ruling::ReplyRefused { .. } => *because == Reason::StaleEpoch,
        Ruling::Queued { .. } => matches!(because, Reason::Valued { .. }),
        Ruling::Offered { .. } => matches!(because, Reason::BestMatch { .. }),
        Ruling::NoMatch { why, .. } => *because == Reason::Nobody { why: *why },
        Ruling::StepTaken { .. } => {
            matches!(because, Reason::Waited { .. } | Reason::NobodyOnStep { .. })
        }
        Ruling::Assigned { .. } | Ruling::HandoffEnded { .. } | Ruling::CallbackNoted { .. } => {
            matches!(because, Reason::Asked { .. })
        }
        Ruling::ConversationResolved { .. } => {
            matches!(because, Reason::Asked { .. } | Reason::TimeUp { .. })
        }
        Ruling::AlertRaised { .. } => matches!(because, Reason::Waited { .. }),
        Ruling::NoticeGiven { notice, .. } => {
            notice.wait.is_none() || matches!(because, Reason::Estimated { .. })
        }
        Ruling::OfferEnded { .. } | Ruling::PresenceChanged { .. } => {
            matches!(
                because,
                Reason::Asked { .. } | Reason::TimeUp { .. } | Reason::Follows
            )
        }
        Ruling::ReplyWithheld { .. }
        | Ruling::PromiseMade { .. }
        | Ruling::PromiseSettled { .. } => *because == Reason::Follows,
    }
}

/// A desk that only applied the lines is the desk that decided them.
pub(super) fn restores(scene: &Scene<'_>) -> Finding {
    require(scene.desk == scene.restored, || {
        "the desk restored from the journal differs from the live one".to_owned()
    })
}

/// Hands the recorded observations to a new desk: it must write the same lines, byte for byte.
pub(crate) fn redecide(journal: &[Line]) -> Finding {
    let mut verifier = Verifier::default();
    for line in journal {
        let written = serde_json::to_string(&line.entry).map_err(|error| error.to_string())?;
        let same = verifier.line(line, &written);
        same.map_err(|difference| difference.to_string())?;
    }
    let all = verifier.finish();
    all.map(drop).map_err(|difference| difference.to_string())
}
