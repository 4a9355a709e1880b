//! Rehearsals: one seed is one life of a desk.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use serde::Serialize;

use crate::{
    summary::{Failure, Summary},
    world::World,
};

/// How one seed went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rehearsal {
    /// The seed.
    pub seed: u64,
    /// The steps that were asked for.
    pub steps: u32,
    /// What happened.
    pub summary: Summary,
    /// What broke, if something did.
    pub failure: Option<Failure>,
}

impl Rehearsal {
    /// The command that plays exactly this again.
    pub fn command(&self) -> String {
        format!("segue rehearse --seed {} --steps {}", self.seed, self.steps)
    }
}

/// Lives one life of `steps` steps and asserts every invariant after each.
pub fn rehearse(seed: u64, steps: u32) -> Rehearsal {
    let mut world = World::new(seed);
    let failure = world.live(steps).err();
    Rehearsal {
        seed,
        steps,
        summary: world.summary(),
        failure,
    }
}

/// Rehearses `count` seeds from `first` on all processors. Gives what happened in sum, and the
/// lowest seed that failed. After a failure no later seeds are begun. `done` hears of each seed.
pub fn rehearse_many(
    first: u64,
    count: u64,
    steps: u32,
    done: impl Fn() + Sync,
) -> (Summary, Option<Rehearsal>) {
    let next = AtomicU64::new(0);
    let gathered = Mutex::new((Summary::default(), None::<Rehearsal>));
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                break;
            }
            let rehearsal = rehearse(first.wrapping_add(index), steps);
            if rehearsal.failure.is_some() {
                next.fetch_max(count, Ordering::Relaxed);
            }
            let mut gathered = gathered.lock().unwrap_or_else(PoisonError::into_inner);
            gather(&mut gathered, rehearsal);
            done();
        }
    };
    thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        (0..threads).for_each(|_| {
            scope.spawn(work);
        });
    });
    gathered
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
}

fn gather(gathered: &mut (Summary, Option<Rehearsal>), rehearsal: Rehearsal) {
    gathered.0.merge(&rehearsal.summary);
    let lower = gathered
        .1
        .as_ref()
        .is_none_or(|known| rehearsal.seed < known.seed);
    if rehearsal.failure.is_some() && lower {
        gathered.1 = Some(rehearsal);
    }
}
