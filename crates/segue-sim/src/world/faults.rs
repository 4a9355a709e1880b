//! What goes wrong around a desk: things arrive twice, out of order or late, clocks jump, and the
//! process dies.

use segue_core::{desk::Desk, journal::Observation};

use super::World;
use crate::stage::Broken;

impl World {
    /// Tells the desk, as the world is: sometimes held up, sometimes twice, sometimes by a wrong clock.
    pub(super) fn say(&mut self, seen: Observation) -> Result<(), Broken> {
        if self.dice.chance(4) {
            let delay = self.dice.between(1, 30_000);
            self.stage.summary.faults += 1;
            self.later(delay, seen);
            return Ok(());
        }
        if self.dice.chance(4) {
            let delay = self.dice.between(0, 10_000);
            self.stage.summary.faults += 1;
            self.later(delay, seen.clone());
        }
        let slow = if self.dice.chance(4) {
            self.dice.between(1, 60_000)
        } else {
            0
        };
        self.stage.summary.faults += u64::from(slow > 0);
        self.tell(self.now + -slow, &seen)
    }

    /// For a while the alarm does not ring.
    pub(super) fn fall_asleep(&mut self) {
        self.stage.summary.faults += 1;
        let nap = self.dice.between(1_000, 180_000);
        self.asleep_until = self.now + nap;
    }

    /// The process dies; the next one begins with a snapshot or none, and the journal.
    pub(super) fn restart(&mut self) -> Result<(), Broken> {
        self.stage.summary.faults += 1;
        let desk = if self.dice.chance(50) {
            Desk::restore(self.stage.journal.iter().cloned())
        } else {
            let snapshot = serde_json::to_string(&self.stage.desk)
                .and_then(|text| serde_json::from_str(&text));
            snapshot.map_err(|error| ("a snapshot reads back", error.to_string()))?
        };
        if desk != self.stage.desk {
            return Err((
                "the journal restores the live desk",
                "the restarted desk differs".to_owned(),
            ));
        }
        self.stage.desk = desk;
        Ok(())
    }
}
