//! No conversation is lost, and one at a time speaks.

use std::collections::BTreeSet;

use segue_core::{
    conversation::{Conversation, Stage},
    desk::Deadline,
    id::{ConversationId, HandoffId},
    journal::{Author, Observation, Ruling},
    queue::Phase,
};

use super::{
    Finding, Scene,
    book::{Holder, holder},
    require,
};

/// The desk has exactly the conversations that were opened and not resolved.
pub(super) fn none_lost(scene: &Scene<'_>) -> Finding {
    let there: BTreeSet<ConversationId> = scene.desk.conversations().map(|c| c.id).collect();
    let known: BTreeSet<ConversationId> = scene.book.opened.keys().copied().collect();
    let differ: Vec<_> = there.symmetric_difference(&known).collect();
    require(differ.is_empty(), || {
        format!("open in the journal or on the desk, but not in both: {differ:?}")
    })?;
    let handoffs: BTreeSet<HandoffId> = scene.desk.handoffs().map(|h| h.id).collect();
    let differ: Vec<_> = handoffs
        .symmetric_difference(&scene.book.handoffs)
        .collect();
    require(differ.is_empty(), || {
        format!("handoffs open in the journal or on the desk, but not in both: {differ:?}")
    })
}

/// A conversation and its handoff agree on where it is.
pub(super) fn one_holder(scene: &Scene<'_>) -> Finding {
    let mut named = BTreeSet::new();
    for conversation in scene.desk.conversations() {
        agree(scene, conversation)?;
        named.extend(conversation.handoff());
    }
    let orphan = scene
        .desk
        .handoffs()
        .find(|handoff| !named.contains(&handoff.id));
    require(orphan.is_none(), || {
        format!(
            "no conversation names {:?}",
            orphan.map(|handoff| handoff.id)
        )
    })
}

fn agree(scene: &Scene<'_>, conversation: &Conversation) -> Finding {
    let Some(id) = conversation.handoff() else {
        return Ok(());
    };
    let Some(handoff) = scene.desk.handoff(id) else {
        return Err(format!(
            "{} names {id}, which is not there",
            conversation.id
        ));
    };
    let same = match (conversation.stage, handoff.phase) {
        (Stage::WithAgent { agent, .. }, Phase::Assigned { agent: by, .. }) => agent == by,
        (Stage::Waiting { .. }, Phase::Queued | Phase::Offered { .. } | Phase::Callback { .. }) => {
            true
        }
        _ => false,
    };
    require(same && handoff.conversation == conversation.id, || {
        format!(
            "{} is {:?} and {id} is {:?}",
            conversation.id, conversation.stage, handoff.phase
        )
    })
}

/// Whoever holds a conversation anew holds it under a new epoch.
pub(super) fn epoch_grows(scene: &Scene<'_>) -> Finding {
    for conversation in scene.desk.conversations() {
        let Some((was, epoch)) = scene.past.holders.get(&conversation.id) else {
            continue;
        };
        let moved = *was != holder(conversation);
        let grown = conversation.epoch > *epoch || (!moved && conversation.epoch == *epoch);
        require(grown, || {
            let is = holder(conversation);
            format!(
                "{} went from {was:?} epoch {epoch} to {is:?} epoch {}",
                conversation.id, conversation.epoch
            )
        })?;
    }
    Ok(())
}

/// A reply under an epoch that is over is refused, and a timely one is not.
pub(super) fn late_is_refused(scene: &Scene<'_>) -> Finding {
    let Observation::MessageReceived {
        conversation,
        author,
        epoch,
        ..
    } = scene.seen
    else {
        return Ok(());
    };
    let late = scene.past.is_late(*conversation, *author, *epoch);
    let refused = scene
        .rulings()
        .any(|(_, ruling)| matches!(ruling, Ruling::ReplyRefused { .. }));
    let judged = scene
        .rulings()
        .any(|(_, ruling)| matches!(ruling, Ruling::Judged { .. }));
    require(late == refused && !(late && judged), || {
        format!(
            "a reply of {author:?} in {conversation} under epoch {epoch:?}: late {late}, refused {refused}, judged {judged}"
        )
    })
}

/// What an agent says or closes was theirs before.
pub(super) fn agents_have_what_they_touch(scene: &Scene<'_>) -> Finding {
    let (id, agent) = match scene.seen {
        Observation::MessageReceived {
            conversation,
            author: Author::Agent(agent),
            ..
        }
        | Observation::Resolved {
            conversation,
            by: Author::Agent(agent),
        } => (conversation, *agent),
        _ => return Ok(()),
    };
    let holder = scene.past.holders.get(id).map(|(holder, _)| *holder);
    require(holder == Some(Holder::Agent(agent)), || {
        format!("{agent} touched {id}, which was with {holder:?}")
    })
}

/// After a message that the assistant has to answer, its silence has a deadline; a reply or a
/// failure of another epoch does not lift it.
pub(super) fn silence_is_watched(scene: &Scene<'_>) -> Finding {
    let (id, must) = match scene.seen {
        Observation::MessageReceived {
            conversation,
            author: Author::Customer,
            ..
        } => (*conversation, true),
        Observation::MessageReceived {
            conversation,
            author,
            epoch,
            ..
        } => (
            *conversation,
            scene.past.is_late(*conversation, *author, *epoch),
        ),
        Observation::AssistantFailed {
            conversation,
            epoch,
            ..
        } => {
            let late = scene
                .past
                .is_late(*conversation, Author::Assistant, Some(*epoch));
            (*conversation, late)
        }
        _ => return Ok(()),
    };
    let written = matches!(
        scene.seen,
        Observation::MessageReceived {
            author: Author::Customer,
            ..
        }
    );
    let with_assistant = scene
        .desk
        .conversation(id)
        .is_some_and(|c| holder(c) == Holder::Assistant);
    if !must || !with_assistant || !(written || scene.past.watched.contains(&id)) {
        return Ok(());
    }
    let watched = scene
        .desk
        .deadlines()
        .any(|(_, deadline)| deadline == Deadline::AssistantSilent(id));
    require(watched, || {
        format!("{id} waits for the assistant, and nothing notices its silence")
    })
}
