//! `segue doctor`: looks whether what is stored is whole.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;

use crate::{desk_loop::verify, server::place_of};

/// Look whether what is stored is whole.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  segue doctor --data /var/lib/segue")]
pub struct Doctor {
    /// The directory with the embedded store.
    #[arg(long, value_name = "DIR", env = "SEGUE_DATA")]
    data: Option<PathBuf>,
    /// A database by its address (`postgres://…`) instead of the embedded store.
    #[arg(
        long,
        value_name = "URL",
        env = "SEGUE_DATABASE_URL",
        hide_env_values = true
    )]
    database_url: Option<String>,
}

impl Doctor {
    /// Looks, and prints what it saw; fails if the desk is not what its journal says.
    pub async fn run(self) -> Result<()> {
        let place = place_of(self.data.clone(), self.database_url)?;
        if let Some(data) = self.data.filter(|data| !data.is_dir()) {
            bail!("there is no directory `{}`", data.display());
        }
        let store = segue_store::open(&place).await?;
        let (desk, snapshot, same) = verify(&*store).await?;
        println!("journal: {} lines", desk.position());
        println!("snapshot: after line {snapshot}");
        println!("open conversations: {}", desk.conversations().count());
        println!("open handoffs: {}", desk.handoffs().count());
        println!("waiting: {}", desk.waiting());
        println!("agents: {}", desk.agents().count());
        println!("policy: version {}", desk.policy_version());
        if !same {
            bail!("snapshot and lines give another desk than all lines: delete the snapshot");
        }
        println!("the desk is what its journal says");
        Ok(())
    }
}
