//! The waiting entries, in lanes within which the order never changes.

use std::collections::BTreeMap;

use super::{Handoff, ladder::Ladder};
use crate::{
    id::{AgentId, HandoffId, RouteName, SkillName},
    policy::Who,
    time::Timestamp,
};

/// What the entries of one lane share: the same agents may take them and they age alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Lane {
    /// First, so that the lanes of one agent lie together.
    pub(crate) only: Option<AgentId>,
    pub(crate) route: RouteName,
    pub(crate) circle: Who,
    pub(crate) skills: BTreeMap<SkillName, u8>,
    pub(crate) per_minute: i32,
}

/// Within a lane: the highest rank first, then the oldest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    neg_rank: i64,
    since: Timestamp,
    pub(crate) handoff: HandoffId,
}

/// The index over all entries that wait. It is derived from the handoffs and never stored.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lanes {
    lanes: BTreeMap<Lane, Ladder<Place>>,
    len: usize,
}

fn place_of(handoff: &Handoff) -> Place {
    Place {
        neg_rank: -handoff.rank(),
        since: handoff.since,
        handoff: handoff.id,
    }
}

fn lane_of(handoff: &Handoff, circle: Who) -> Lane {
    Lane {
        only: handoff.only,
        route: handoff.route.clone(),
        circle,
        skills: handoff.skills.clone(),
        per_minute: handoff.points.per_minute,
    }
}

impl Lanes {
    pub(crate) fn insert(&mut self, handoff: &Handoff, circle: Who) {
        let ladder = self.lanes.entry(lane_of(handoff, circle)).or_default();
        let before = ladder.len();
        ladder.insert(place_of(handoff));
        self.len += ladder.len() - before;
    }

    pub(crate) fn remove(&mut self, handoff: &Handoff, circle: Who) {
        let lane = lane_of(handoff, circle);
        let Some(ladder) = self.lanes.get_mut(&lane) else {
            return;
        };
        let before = ladder.len();
        ladder.remove(&place_of(handoff));
        self.len -= before - ladder.len();
        if ladder.len() == 0 {
            self.lanes.remove(&lane);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Every lane with its entries in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Lane, impl Iterator<Item = HandoffId>)> {
        self.lanes
            .iter()
            .map(|(lane, ladder)| (lane, ladder.iter().map(|place| place.handoff)))
    }

    /// The lanes open to everybody, and those kept for `agent`.
    pub(crate) fn open_to(
        &self,
        agent: AgentId,
    ) -> impl Iterator<Item = (&Lane, impl Iterator<Item = HandoffId>)> {
        self.iter()
            .filter(move |(lane, _)| lane.only.is_none_or(|only| only == agent))
    }

    /// Entries with more points than `handoff` at `now` in the lanes that `competes` names.
    pub(crate) fn ahead(
        &self,
        handoff: &Handoff,
        now: Timestamp,
        competes: impl Fn(&Lane) -> bool,
    ) -> usize {
        let score = handoff.score_at(now);
        let lanes = self.lanes.iter().filter(|(lane, _)| competes(lane));
        lanes
            .map(|(lane, ladder)| {
                let rank = score - i64::from(lane.per_minute) * now.0;
                let bar = Place {
                    neg_rank: -rank,
                    since: handoff.since,
                    handoff: handoff.id,
                };
                ladder.before(&bar)
            })
            .sum()
    }
}
