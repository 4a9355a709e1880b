//! Agents by skill, ordered so that the best free one for an entry is found without a search.
//!
//! The bench is derived from the agents and never stored.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use super::Agent;
use crate::{
    id::{AgentId, SkillName},
    policy::Who,
    time::Timestamp,
};

/// Least loaded first, then the most skilled, then the longest idle.
type Seat = (u16, Reverse<u8>, Timestamp, AgentId);

/// Levels are 1 to 5; 0 stands for agents without a skill, who serve general queues.
const LEVELS: usize = 6;

/// Places of one level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Places of agents who are present.
    pub capacity: u32,
    /// Of those, free.
    pub free: u32,
}

#[derive(Clone, Debug, Default)]
struct Row {
    /// Everybody of the team with the skill, present or not.
    team: BTreeSet<AgentId>,
    /// Present agents with a free place.
    free: BTreeSet<Seat>,
    /// By level.
    places: [Places; LEVELS],
}

/// The index.
#[derive(Clone, Debug, Default)]
pub struct Bench {
    rows: BTreeMap<SkillName, Row>,
    everybody: Row,
    seats: BTreeMap<AgentId, Listed>,
}

/// How an agent is listed, to be taken out again exactly so.
#[derive(Clone, Debug)]
struct Listed {
    skills: BTreeMap<SkillName, u8>,
    present: bool,
    capacity: u32,
    free: u32,
    share_permille: u16,
    idle_since: Timestamp,
}

impl Listed {
    fn of(agent: &Agent) -> Self {
        let capacity = agent.profile.capacity;
        let share = u32::from(agent.load()) * 1000 / u32::from(capacity.max(1));
        Self {
            skills: agent.profile.skills.clone(),
            present: agent.is_present(),
            capacity: u32::from(capacity),
            free: u32::from(agent.free()),
            share_permille: u16::try_from(share).unwrap_or(u16::MAX),
            idle_since: agent.idle_since,
        }
    }

    fn places(listed: Option<&Self>) -> Places {
        let present = listed.filter(|listed| listed.present);
        present.map_or(Places::default(), |l| Places {
            capacity: l.capacity,
            free: l.free,
        })
    }

    fn seat(&self, agent: AgentId, level: u8) -> Seat {
        (self.share_permille, Reverse(level), self.idle_since, agent)
    }
}

impl Row {
    fn change(&mut self, agent: AgentId, level: u8, listed: &Listed, add: bool) {
        if add {
            self.team.insert(agent);
        } else {
            self.team.remove(&agent);
        }
        if !listed.present {
            return;
        }
        if let Some(places) = self.places.get_mut(usize::from(level)) {
            let sum = |old: u32, part: u32| {
                if add {
                    old + part
                } else {
                    old.saturating_sub(part)
                }
            };
            places.capacity = sum(places.capacity, listed.capacity);
            places.free = sum(places.free, listed.free);
        }
        if listed.free > 0 {
            let seat = listed.seat(agent, level);
            if add {
                self.free.insert(seat)
            } else {
                self.free.remove(&seat)
            };
        }
    }

    fn places_from(&self, level: u8) -> Places {
        let counted = self.places.iter().skip(usize::from(level));
        counted.copied().fold(Places::default(), add)
    }
}

fn add(sum: Places, places: Places) -> Places {
    Places {
        capacity: sum.capacity + places.capacity,
        free: sum.free + places.free,
    }
}

/// The least level that counts for `who`: a secondary knows the skill at all.
fn level_for(who: Who, level: u8) -> u8 {
    if who == Who::Primary {
        level
    } else {
        level.min(1)
    }
}

impl Bench {
    /// Lists `agent` as they are now, in place of how they were.
    pub(crate) fn update(&mut self, agent: &Agent) {
        if let Some(listed) = self.seats.remove(&agent.id) {
            self.change(agent.id, &listed, false);
        }
        if !agent.profile.retired {
            let listed = Listed::of(agent);
            self.change(agent.id, &listed, true);
            self.seats.insert(agent.id, listed);
        }
    }

    fn change(&mut self, agent: AgentId, listed: &Listed, add: bool) {
        self.everybody.change(agent, 0, listed, add);
        for (skill, level) in &listed.skills {
            let row = self.rows.entry(skill.clone()).or_default();
            row.change(agent, *level, listed, add);
        }
    }

    /// The row to look through first: the rarest skill, or everybody for a general circle.
    fn narrowest(&self, skills: &BTreeMap<SkillName, u8>, who: Who) -> Option<&Row> {
        if who >= Who::General || skills.is_empty() {
            return Some(&self.everybody);
        }
        let rows: Option<Vec<&Row>> = skills.keys().map(|skill| self.rows.get(skill)).collect();
        rows?.into_iter().min_by_key(|row| row.free.len())
    }

    fn suits(listed: &Listed, skills: &BTreeMap<SkillName, u8>, who: Who) -> bool {
        who >= Who::General
            || skills.iter().all(|(skill, least)| {
                listed
                    .skills
                    .get(skill)
                    .is_some_and(|level| *level >= level_for(who, *least))
            })
    }

    /// Present agents with a free place who may take it, the best first.
    pub(crate) fn candidates<'a>(
        &'a self,
        skills: &'a BTreeMap<SkillName, u8>,
        who: Who,
    ) -> impl Iterator<Item = AgentId> + 'a {
        let seats = self
            .narrowest(skills, who)
            .into_iter()
            .flat_map(|row| &row.free);
        seats
            .map(|(_, _, _, agent)| *agent)
            .filter(move |agent| self.may_take(*agent, skills, who))
    }

    /// Whether `agent` belongs to the circle.
    pub(crate) fn may_take(
        &self,
        agent: AgentId,
        skills: &BTreeMap<SkillName, u8>,
        who: Who,
    ) -> bool {
        self.seats
            .get(&agent)
            .is_some_and(|listed| Self::suits(listed, skills, who))
    }

    /// Places of present agents in the circle.
    pub fn places(
        &self,
        skills: &BTreeMap<SkillName, u8>,
        who: Who,
        only: Option<AgentId>,
    ) -> Places {
        if let Some(agent) = only {
            return Listed::places(self.seats.get(&agent));
        }
        if who >= Who::General || skills.is_empty() {
            return self.everybody.places_from(0);
        }
        let mut asked = skills.iter();
        if let (Some((skill, least)), None) = (asked.next(), asked.next()) {
            let row = self.rows.get(skill);
            return row.map_or(Places::default(), |row| {
                row.places_from(level_for(who, *least))
            });
        }
        self.suited(skills, who)
            .map(|listed| Listed::places(Some(listed)))
            .fold(Places::default(), add)
    }

    /// Everybody who has all the skills, looked for among those who have the rarest.
    fn suited<'a>(
        &'a self,
        skills: &'a BTreeMap<SkillName, u8>,
        who: Who,
    ) -> impl Iterator<Item = &'a Listed> {
        let rows: Option<Vec<&Row>> = skills.keys().map(|skill| self.rows.get(skill)).collect();
        let rarest = rows.into_iter().flatten().min_by_key(|row| row.team.len());
        let team = rarest.into_iter().flat_map(|row| &row.team);
        team.filter_map(|agent| self.seats.get(agent))
            .filter(move |listed| Self::suits(listed, skills, who))
    }

    /// Whether anybody of the team, present or not, belongs to the circle.
    pub(crate) fn exists(&self, skills: &BTreeMap<SkillName, u8>, who: Who) -> bool {
        if who >= Who::General || skills.is_empty() {
            return !self.everybody.team.is_empty();
        }
        self.suited(skills, who).next().is_some()
    }

    /// How many present agents have a free place.
    pub(crate) fn free_agents(&self) -> u32 {
        u32::try_from(self.everybody.free.len()).unwrap_or(u32::MAX)
    }
}
