//! What was promised to customers.

use segue_core::journal::{PromiseEnd, Ruling};

use super::{Finding, Scene, require};

/// The book met no promise that was settled twice or never made.
pub(super) fn settled_once(scene: &Scene<'_>) -> Finding {
    let unruly = &scene.book.unruly;
    require(unruly.is_empty(), || {
        format!("settled again, or without having been made: {unruly:?}")
    })
}

/// A promise only breaks when the desk was not woken in time, and does not outlive its moment.
pub(super) fn never_broken(scene: &Scene<'_>) -> Finding {
    for (_, ruling) in scene.rulings() {
        if let Ruling::PromiseSettled {
            promise,
            handoff,
            how: PromiseEnd::Broken,
        } = ruling
        {
            let excused = scene.overdue.contains(handoff);
            require(excused, || {
                format!("{promise} of {handoff} broke although the desk was awake")
            })?;
        }
    }
    if !scene.is_settled() {
        return Ok(());
    }
    let lapsed = scene
        .book
        .promises
        .iter()
        .find(|(_, (_, until))| *until < scene.now());
    require(lapsed.is_none(), || {
        format!("{lapsed:?} lapsed and was not settled")
    })
}

/// The promises of the book are those of the desk, and nobody is promised anything who has a person.
pub(super) fn on_the_ledger(scene: &Scene<'_>) -> Finding {
    let standing = scene
        .desk
        .handoffs()
        .filter_map(|h| h.promise.map(|p| (p.id, (h.id, p.until))));
    let standing: std::collections::BTreeMap<_, _> = standing.collect();
    require(standing == scene.book.promises, || {
        format!(
            "the desk has {standing:?}, the journal {:?}",
            scene.book.promises
        )
    })?;
    let idle = scene
        .desk
        .handoffs()
        .find(|h| h.promise.is_some() && h.assigned_to().is_some());
    require(idle.is_none(), || {
        format!("{:?} has a person and still a promise", idle.map(|h| h.id))
    })
}
