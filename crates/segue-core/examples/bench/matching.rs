//! What a match costs with 100,000 waiting and 10,000 agents, and a start with 100,000 open.

use std::{hint::black_box, time::Instant};

use segue_core::{
    desk::Desk,
    id::HandoffId,
    journal::{Author, Entry, Observation, Ruling},
};

use crate::{
    micros, quantile, sampled, tell, tell_as,
    world::{World, policy, reading},
};

const WAITING: usize = 100_000;
const AGENTS: usize = 10_000;

/// A desk on which every agent has one conversation and all the others wait.
fn crowded() -> World {
    let mut world = World::new(&policy(50));
    for number in 0..AGENTS {
        world.agent(number);
    }
    for number in 0..WAITING + AGENTS {
        let conversation = world.conversation(number);
        world.says(conversation, reading(number, true));
    }
    world
}

pub(crate) fn matching() {
    let mut world = crowded();
    accept_all(&mut world);
    println!(
        "# {} wait, {} with agents",
        world.desk.waiting(),
        world.desk.agents().count()
    );
    let busy: Vec<_> = world
        .desk
        .agents()
        .filter_map(|agent| Some((agent.id, *agent.handoffs.first()?)))
        .take(2_000)
        .collect();
    let freed = sampled(busy.len(), |round| {
        let (agent, handoff) = busy[round];
        let conversation = world.desk.conversation_of(handoff).expect("it is open").id;
        black_box(world.see(Observation::Resolved {
            conversation,
            by: Author::Agent(agent),
        }));
    });
    tell(
        "match for a freed agent, 100,000 wait, p99",
        quantile(&freed, 990),
        1000.0,
        None,
    );
    tell(
        "match for a freed agent, 100,000 wait, median",
        quantile(&freed, 500),
        1000.0,
        None,
    );
    let fresh: Vec<_> = (0..2_000)
        .map(|number| world.conversation(number))
        .collect();
    let entered = sampled(fresh.len(), |round| {
        black_box(world.says(fresh[round], reading(round, true)));
    });
    tell(
        "a new entry among 100,000, p99",
        quantile(&entered, 990),
        1000.0,
        None,
    );
    tell(
        "a new entry among 100,000, median",
        quantile(&entered, 500),
        1000.0,
        None,
    );
}

fn accept_all(world: &mut World) {
    let offers: Vec<(HandoffId, _)> = world
        .desk
        .handoffs()
        .filter_map(|handoff| Some((handoff.id, handoff.offered_to()?)))
        .collect();
    for (handoff, agent) in offers {
        let outcome = world.see(Observation::OfferAccepted { handoff, agent });
        let assigned = outcome.lines.iter().any(|line| {
            matches!(&line.entry, Entry::Decided(d) if matches!(d.ruling, Ruling::Assigned { .. }))
        });
        assert!(assigned, "an offer that is accepted is an assignment");
    }
}

/// Resident memory in bytes, where the system tells it.
fn resident() -> Option<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(pages.split(' ').nth(1)?.parse::<u64>().ok()? * 4096)
}

/// Memory of an open conversation, and the time to read a snapshot of 100,000 of them.
pub(crate) fn starting() {
    let mut world = World::new(&policy(50));
    let before = resident();
    for number in 0..WAITING {
        let conversation = world.conversation(number);
        for round in 0..4 {
            world.says(conversation, reading(number + round, false));
        }
    }
    if let (Some(before), Some(after)) = (before, resident()) {
        let each = (after.saturating_sub(before)) / WAITING as u64;
        tell_as(
            "memory of an open conversation, on each of the two desks of a loop",
            "bytes",
            micros(each * 1000),
            2048.0,
            "",
        );
    }
    let text = serde_json::to_string(&world.desk).expect("a desk can be written");
    drop(world);
    let start = Instant::now();
    let desk: Desk = serde_json::from_str(&text).expect("a desk reads back");
    let millis = start.elapsed().as_secs_f64() * 1000.0;
    assert_eq!(desk.conversations().count(), WAITING);
    tell_as(
        "start from a snapshot with 100,000 open",
        "ms",
        millis,
        1000.0,
        "",
    );
}
