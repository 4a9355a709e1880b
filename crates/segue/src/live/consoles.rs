//! Whose console is alive: a lease that every frame renews, and that lapses by itself.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use segue_core::{desk::Desk, id::AgentId, journal::Observation};
use tokio::{sync::Mutex, time::Instant};

use crate::desk_loop::{Denied, Door, Told};

/// How long a console counts as alive after its last frame.
const LEASE: Duration = Duration::from_secs(12);
/// How long after its last socket closed: a page that is loaded anew is back by then.
const AFTERGLOW: Duration = Duration::from_secs(4);
/// How long consoles have to come back after the server was started again.
const GRACE: Duration = Duration::from_secs(10);
/// How often leases are looked at.
const LOOK: Duration = Duration::from_millis(500);

struct Console {
    sockets: usize,
    until: Instant,
    /// What the desk was told last. A console may be silent for so long that it counts as lost,
    /// and then be heard again over the same socket.
    alive: bool,
}

/// The consoles that are alive. Cheap to clone.
#[derive(Clone, Default)]
pub struct Consoles(Arc<Mutex<BTreeMap<AgentId, Console>>>);

impl Consoles {
    /// After a start: whoever was there has a moment to come back.
    pub async fn resume(&self, desk: &Desk) {
        let mut consoles = self.0.lock().await;
        for agent in desk.agents().filter(|agent| agent.console) {
            let until = Instant::now() + GRACE;
            let console = Console {
                sockets: 0,
                until,
                alive: true,
            };
            consoles.insert(agent.id, console);
        }
    }

    /// A socket of the agent's console opened.
    pub async fn opened(&self, door: &Door, agent: AgentId) -> Result<(), Denied> {
        self.keep(door, agent, LEASE, 1).await
    }

    /// An agent without a console counts as there for so long.
    pub async fn lease(&self, door: &Door, agent: AgentId, seconds: u32) -> Result<(), Denied> {
        let lease = Duration::from_secs(u64::from(seconds));
        self.keep(door, agent, lease, 0).await
    }

    /// A frame came.
    pub async fn renew(&self, door: &Door, agent: AgentId) -> Result<(), Denied> {
        let mut consoles = self.0.lock().await;
        let Some(console) = consoles.get_mut(&agent) else {
            return Ok(());
        };
        if !console.alive {
            tell(door, agent, true).await?;
            console.alive = true;
        }
        console.until = console.until.max(Instant::now() + LEASE);
        Ok(())
    }

    /// A socket closed. While others are open, nothing changes.
    pub async fn closed(&self, agent: AgentId) {
        if let Some(console) = self.0.lock().await.get_mut(&agent) {
            console.sockets = console.sockets.saturating_sub(1);
            if console.sockets == 0 {
                console.until = console.until.min(Instant::now() + AFTERGLOW);
            }
        }
    }

    /// Whether a console of the agent is open in a browser.
    pub async fn is_manned(&self, agent: AgentId) -> bool {
        let consoles = self.0.lock().await;
        consoles
            .get(&agent)
            .is_some_and(|console| console.sockets > 0)
    }

    /// Looks at the leases until it is dropped.
    pub async fn run(self, door: Door) {
        loop {
            tokio::time::sleep(LOOK).await;
            self.look(&door).await;
        }
    }

    /// The lock is held while the desk is told, so that coming and going keep their order.
    async fn keep(
        &self,
        door: &Door,
        agent: AgentId,
        lease: Duration,
        sockets: usize,
    ) -> Result<(), Denied> {
        let mut consoles = self.0.lock().await;
        tell(door, agent, true).await?;
        let until = Instant::now() + lease;
        let console = consoles.entry(agent).or_insert(Console {
            sockets: 0,
            until,
            alive: true,
        });
        console.alive = true;
        console.sockets += sockets;
        console.until = console.until.max(until);
        Ok(())
    }

    async fn look(&self, door: &Door) {
        let mut consoles = self.0.lock().await;
        let now = Instant::now();
        for (agent, console) in consoles.iter_mut() {
            if console.alive && console.until <= now {
                match tell(door, *agent, false).await {
                    Ok(()) => console.alive = false,
                    Err(denied) => tracing::warn!(?denied, %agent, "a lost console is told later"),
                }
            }
        }
        consoles.retain(|_, console| console.alive || console.sockets > 0);
    }
}

async fn tell(door: &Door, agent: AgentId, alive: bool) -> Result<(), Denied> {
    let seen = move |desk: &Desk| {
        let same = desk
            .agent(agent)
            .is_some_and(|known| known.console == alive);
        let seen = if alive {
            Observation::ConsoleOpened { agent }
        } else {
            Observation::ConsoleLost { agent }
        };
        Ok(if same {
            Vec::new()
        } else {
            vec![Told::plain(seen)]
        })
    };
    door.submit(Box::new(seen), None, None).await.map(drop)
}
