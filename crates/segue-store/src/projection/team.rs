//! Policies, agents and their presence.

use segue_core::journal::{Observation, Ruling};

use super::{Place, json, word};
use crate::sql::{Step, step};

impl Place {
    pub(super) fn of_team(self, seen: &Observation) -> Vec<Step> {
        let Self { desk, id, at } = self;
        let step = match seen {
            Observation::PolicyPublished {
                version,
                source,
                author,
            } => step!(AddPolicy, desk, *version, source, author, at),
            Observation::AgentAdded { profile } => step!(
                AddAgent,
                desk,
                id,
                &profile.name,
                json(&profile.skills),
                profile.capacity,
                profile.on_call,
                profile.retired,
                at
            ),
            Observation::AgentChanged { agent, profile } => step!(
                ChangeAgent,
                desk,
                *agent,
                &profile.name,
                json(&profile.skills),
                profile.capacity,
                profile.on_call,
                profile.retired
            ),
            _ => return vec![],
        };
        vec![step]
    }

    pub(super) fn presence(self, ruling: &Ruling) -> Vec<Step> {
        let Self { desk, id, at } = self;
        let Ruling::PresenceChanged {
            agent, from, to, ..
        } = ruling
        else {
            return vec![];
        };
        let (was, became) = (word(from), word(to));
        vec![
            step!(SetPresence, desk, *agent, &became, at),
            step!(AddPresenceChange, desk, id, *agent, was, became, at),
        ]
    }
}
