//! What must hold after every step, whatever happened.
//!
//! Each invariant is one function that looks at the desk, at the simulator's own book and at the
//! lines just written, and answers with a sentence when it finds the desk wrong.

mod book;
mod deadlines;
mod lines;
mod matching;
mod owners;
mod places;
mod promises;

use std::collections::BTreeSet;

use segue_core::{
    desk::{Deadline, Desk},
    id::HandoffId,
    journal::{Decision, Entry, Line, Observation, Ruling},
    time::Timestamp,
};

pub(crate) use book::{Book, Past};
pub(crate) use lines::redecide;

/// Everything an invariant may look at.
pub(crate) struct Scene<'a> {
    pub(crate) desk: &'a Desk,
    /// A desk that only ever applied the lines.
    pub(crate) restored: &'a Desk,
    pub(crate) book: &'a Book,
    pub(crate) past: &'a Past,
    pub(crate) seen: &'a Observation,
    pub(crate) lines: &'a [Line],
    /// Handoffs whose promise should have been looked at before now: `Woke` came late.
    pub(crate) overdue: &'a BTreeSet<HandoffId>,
}

impl Scene<'_> {
    fn now(&self) -> Timestamp {
        self.desk.now()
    }

    /// Every deadline up to now has been handled, so nothing may be waiting for one.
    fn is_settled(&self) -> bool {
        self.desk
            .next_deadline()
            .is_none_or(|(at, _)| at > self.now())
    }

    fn rulings(&self) -> impl Iterator<Item = (&Line, &Ruling)> {
        self.lines.iter().filter_map(|line| match &line.entry {
            Entry::Decided(Decision { ruling, .. }) => Some((line, ruling)),
            Entry::Observed(_) => None,
        })
    }
}

/// The handoffs whose promise fell due before `now` and was not looked at.
pub(crate) fn overdue(desk: &Desk, now: Timestamp) -> BTreeSet<HandoffId> {
    let passed = desk.deadlines().take_while(|(at, _)| *at < now);
    let handoffs = passed.filter_map(|(_, deadline)| match deadline {
        Deadline::PromiseDue(handoff) => Some(handoff),
        _ => None,
    });
    handoffs.collect()
}

/// A sentence that says what was found wrong.
pub(crate) type Finding = Result<(), String>;

/// An invariant: its sentence, and the function that checks it.
pub(crate) type Invariant = (&'static str, fn(&Scene<'_>) -> Finding);

/// All of them.
pub(crate) const ALL: [Invariant; 21] = [
    ("no conversation is lost", owners::none_lost),
    (
        "every handoff belongs to one conversation and one holder",
        owners::one_holder,
    ),
    (
        "each change of hands grows the epoch, and nothing shrinks it",
        owners::epoch_grows,
    ),
    (
        "a late reply of the assistant is refused",
        owners::late_is_refused,
    ),
    (
        "an agent speaks and closes only where they hold the conversation",
        owners::agents_have_what_they_touch,
    ),
    (
        "a customer whom the assistant leaves alone is noticed",
        owners::silence_is_watched,
    ),
    (
        "nobody has more conversations than places",
        places::within_capacity,
    ),
    (
        "an offer is only made to somebody who is online",
        places::offered_to_present,
    ),
    ("a new offer finds a free place", places::offer_has_place),
    (
        "no agent is free while an entry waits that they may take",
        matching::work_conserving,
    ),
    (
        "the entry with the most points is served first",
        matching::in_order,
    ),
    (
        "a chain widens on time, and at once when nobody of its circle is there",
        matching::chain_widens,
    ),
    ("an entry keeps its age", matching::age_is_kept),
    ("a promise is settled once", promises::settled_once),
    (
        "a promise is kept or renewed before it lapses",
        promises::never_broken,
    ),
    (
        "a promise stands exactly where somebody waits for it",
        promises::on_the_ledger,
    ),
    (
        "a deadline belongs to something that lives",
        deadlines::of_the_living,
    ),
    (
        "everything that ends by itself has its deadline",
        deadlines::none_missing,
    ),
    (
        "lines are counted without gaps and time never runs backwards",
        lines::in_sequence,
    ),
    (
        "every decision has the policy in force and the right reason",
        lines::reasons,
    ),
    ("the journal restores the live desk", lines::restores),
];

/// The first invariant that does not hold, with what was found.
pub(crate) fn check(scene: &Scene<'_>) -> Option<(&'static str, String)> {
    let broken = |(name, holds): &Invariant| holds(scene).err().map(|found| (*name, found));
    ALL.iter().find_map(broken)
}

/// A finding when `holds` is false.
fn require(holds: bool, found: impl FnOnce() -> String) -> Finding {
    if holds { Ok(()) } else { Err(found()) }
}
