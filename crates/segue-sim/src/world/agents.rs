//! Agents: they take offers or let them lapse, talk, pass on, give back, close, and go away.

use std::collections::BTreeMap;

use segue_core::{
    id::{AgentId, HandoffId, SkillName},
    journal::{AgentProfile, Author, FlagKind, Observation, Presence, Target},
    signals::Reading,
};

use super::World;
use crate::stage::Broken;

/// The team does not grow beyond this.
const TEAM_MAX: usize = 9;

#[derive(Clone, Copy)]
enum Act {
    Accept,
    Decline,
    Claim,
    Write,
    PassOn,
    GiveBack,
    Close,
    Flag,
}

impl World {
    pub(super) fn agent_moves(&mut self) -> Result<(), Broken> {
        let acts = [
            (35, Act::Accept),
            (12, Act::Decline),
            (6, Act::Claim),
            (10, Act::Write),
            (7, Act::PassOn),
            (7, Act::GiveBack),
            (20, Act::Close),
            (3, Act::Flag),
        ];
        let act = self.dice.weigh(&acts).unwrap_or(Act::Accept);
        let handoffs: Vec<HandoffId> = self
            .stage
            .desk
            .handoffs()
            .filter(|h| fits(act, h))
            .map(|h| h.id)
            .collect();
        let Some((handoff, agent)) = self
            .dice
            .pick(&handoffs)
            .copied()
            .and_then(|h| Some((h, self.agent_for(h)?)))
        else {
            return Ok(());
        };
        let Some(seen) = self.acted(act, handoff, agent) else {
            return Ok(());
        };
        self.say(seen)
    }

    /// Mostly the agent who has it or is offered it, sometimes another who thinks so.
    fn agent_for(&mut self, handoff: HandoffId) -> Option<AgentId> {
        let known = self
            .stage
            .desk
            .handoff(handoff)
            .and_then(|h| h.assigned_to().or(h.offered_to()));
        known
            .filter(|_| !self.dice.chance(6))
            .or_else(|| self.some_agent())
    }

    fn some_agent(&mut self) -> Option<AgentId> {
        let team: Vec<_> = self.stage.desk.agents().map(|agent| agent.id).collect();
        self.dice.pick(&team).copied()
    }

    fn acted(&mut self, act: Act, handoff: HandoffId, agent: AgentId) -> Option<Observation> {
        let conversation = self.stage.desk.handoff(handoff)?.conversation;
        Some(match act {
            Act::Accept => Observation::OfferAccepted { handoff, agent },
            Act::Decline => Observation::OfferDeclined { handoff, agent },
            Act::Claim => Observation::Claimed { handoff, agent },
            Act::Write => Observation::MessageReceived {
                conversation,
                author: Author::Agent(agent),
                epoch: None,
                reading: Box::new(Reading::default()),
                answer: None,
            },
            Act::PassOn => Observation::Transferred {
                handoff,
                agent,
                to: self.target()?,
            },
            Act::GiveBack => Observation::Returned { handoff, agent },
            Act::Close => Observation::Resolved {
                conversation,
                by: Author::Agent(agent),
            },
            Act::Flag => Observation::Flagged {
                handoff,
                agent,
                flag: FlagKind::Avoidable,
            },
        })
    }

    fn target(&mut self) -> Option<Target> {
        if self.dice.chance(60) {
            return self.some_agent().map(Target::Agent);
        }
        let routes: Vec<_> = self.stage.desk.policy().routes.keys().cloned().collect();
        self.dice.pick(&routes).cloned().map(Target::Route)
    }

    pub(super) fn console_moves(&mut self) -> Result<(), Broken> {
        let Some(agent) = self.some_agent() else {
            return Ok(());
        };
        let alive = self
            .stage
            .desk
            .agent(agent)
            .is_some_and(|agent| agent.console);
        if self.dice.chance(55) {
            let open = !alive || self.dice.chance(10);
            return self.say(if open {
                Observation::ConsoleOpened { agent }
            } else {
                Observation::ConsoleLost { agent }
            });
        }
        let says = [
            Presence::Online,
            Presence::Online,
            Presence::Away,
            Presence::Busy,
            Presence::DoNotDisturb,
            Presence::Offline,
        ];
        let status = self.dice.pick(&says).copied().unwrap_or(Presence::Online);
        let wait = self.dice.between(5_000, 600_000);
        let until = self.dice.chance(40).then_some(self.now + wait);
        self.say(Observation::StatusSet {
            agent,
            status,
            until,
        })
    }

    /// Skills, capacity or employment change; now and then somebody new comes.
    pub(super) fn staff_changes(&mut self) -> Result<(), Broken> {
        if self.dice.chance(30) && self.stage.desk.agents().count() < TEAM_MAX {
            return self.hire();
        }
        let Some(agent) = self.some_agent() else {
            return Ok(());
        };
        let mut profile = self.profile();
        profile.name = self
            .stage
            .desk
            .agent(agent)
            .map(|agent| agent.profile.name.clone())
            .unwrap_or_default();
        profile.retired = self.dice.chance(10);
        self.say(Observation::AgentChanged { agent, profile })
    }

    pub(super) fn hire(&mut self) -> Result<(), Broken> {
        let profile = self.profile();
        self.tell(self.now, &Observation::AgentAdded { profile })?;
        let newest = self.stage.desk.agents().map(|agent| agent.id).max();
        match newest.filter(|_| self.dice.chance(85)) {
            Some(agent) => self.tell(self.now, &Observation::ConsoleOpened { agent }),
            None => Ok(()),
        }
    }

    fn profile(&mut self) -> AgentProfile {
        let mut skills: BTreeMap<SkillName, u8> = BTreeMap::new();
        for _ in 0..self.dice.below(3) {
            let level = u8::try_from(self.dice.between(1, 5)).unwrap_or(1);
            skills.insert(self.skill(), level);
        }
        let names = [
            "Ada", "Ben", "Cleo", "Dov", "Eli", "Fay", "Gus", "Hana", "Ivo",
        ];
        let name = names
            .get(self.stage.desk.agents().count() % names.len())
            .copied()
            .unwrap_or("Ada");
        AgentProfile {
            name: name.to_owned(),
            skills,
            capacity: u16::try_from(self.dice.between(0, 3)).unwrap_or(1),
            on_call: self.dice.chance(20),
            retired: false,
        }
    }
}

/// Handoffs that an act is usually about; the desk refuses what came too late.
fn fits(act: Act, handoff: &segue_core::queue::Handoff) -> bool {
    match act {
        Act::Accept | Act::Decline => handoff.offered_to().is_some(),
        Act::Claim => handoff.assigned_to().is_none(),
        Act::Write | Act::PassOn | Act::GiveBack | Act::Flag => handoff.assigned_to().is_some(),
        Act::Close => true,
    }
}
