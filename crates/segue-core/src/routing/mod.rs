//! Who takes it: agents with their skills, presence and capacity, the fallback chain, and offers.

mod bench;
mod matching;
mod moves;
mod presence;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use bench::{Bench, Places};
pub use matching::{candidates, unmatched};
pub(crate) use matching::{for_agent, for_entry, hot, widen};
pub(crate) use moves::{admit, decide as decide_moves};
pub(crate) use presence::decide as decide_presence;

use crate::{
    id::{AgentId, HandoffId},
    journal::{AgentProfile, Presence},
    time::Timestamp,
};

/// A person of the team as the desk sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Their id.
    pub id: AgentId,
    /// Who they are and what they can.
    pub profile: AgentProfile,
    /// What they said of themselves.
    pub status: Presence,
    /// When they said it.
    pub status_since: Timestamp,
    /// When it ends by itself.
    pub status_until: Option<Timestamp>,
    /// Whether a console of theirs is alive.
    pub console: bool,
    /// Since when it is, or is not.
    pub console_since: Timestamp,
    /// What follows from both.
    pub presence: Presence,
    /// Since when.
    pub presence_since: Timestamp,
    /// The handoffs they have.
    pub handoffs: BTreeSet<HandoffId>,
    /// The handoffs offered to them.
    pub offers: BTreeSet<HandoffId>,
    /// Since when they have had no new work.
    pub idle_since: Timestamp,
}

impl Agent {
    pub(crate) fn new(id: AgentId, profile: AgentProfile, now: Timestamp) -> Self {
        Self {
            id,
            profile,
            status: Presence::Online,
            status_since: now,
            status_until: None,
            console: false,
            console_since: now,
            presence: Presence::Offline,
            presence_since: now,
            handoffs: BTreeSet::new(),
            offers: BTreeSet::new(),
            idle_since: now,
        }
    }

    /// Places taken, those of offers included.
    pub fn load(&self) -> u16 {
        u16::try_from(self.handoffs.len() + self.offers.len()).unwrap_or(u16::MAX)
    }

    /// Places free.
    pub fn free(&self) -> u16 {
        self.profile.capacity.saturating_sub(self.load())
    }

    /// Whether offers may be made at all.
    pub fn is_present(&self) -> bool {
        self.presence == Presence::Online && !self.profile.retired
    }
}
