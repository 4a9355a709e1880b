//! `segue doctor`: looks whether what is stored is whole.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use segue_store::{Fault, Store, Wrong};

use crate::{
    desk_loop::{snapshot, verify},
    hold::Hold,
    server::place_of,
};

/// Rows of one table that are named; of more, only the number is said.
const NAMED: usize = 10;

/// Look whether what is stored is whole.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  segue doctor --data /var/lib/segue\n  segue doctor --data /var/lib/segue --mend"
)]
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
    /// Compute the tables and the snapshot anew from the journal; no server may run meanwhile.
    #[arg(long)]
    mend: bool,
}

impl Doctor {
    /// Looks, and prints what it saw; fails if something is not as the journal says.
    pub async fn run(self) -> Result<()> {
        let place = place_of(self.data.clone(), self.database_url)?;
        if let Some(data) = self.data.filter(|data| !data.is_dir()) {
            bail!("there is no directory `{}`", data.display());
        }
        let _hold = self.mend.then(|| Hold::take(&place)).transpose()?;
        let store = segue_store::open(&place).await?;
        if self.mend {
            mend(&*store).await?;
        }
        examine(&*store).await
    }
}

/// Makes everything that is computed anew from what is true.
async fn mend(store: &dyn Store) -> Result<()> {
    let (desk, _, _) = verify(store).await?;
    snapshot(store, desk).await?;
    store.rebuild_projections().await?;
    println!("tables and snapshot were computed anew from the journal");
    Ok(())
}

async fn examine(store: &dyn Store) -> Result<()> {
    let (desk, snapshot, same) = verify(store).await?;
    println!("journal: {} lines", desk.position());
    println!("snapshot: after line {snapshot}");
    println!("open conversations: {}", desk.conversations().count());
    println!("open handoffs: {}", desk.handoffs().count());
    println!("waiting: {}", desk.waiting());
    println!("agents: {}", desk.agents().count());
    println!("policy: version {}", desk.policy_version());
    let faults = store.check().await?;
    if same && faults.is_empty() {
        println!("the desk is what its journal says");
        println!("tables and words are what the journal says");
        return Ok(());
    }
    if store.head().await? != desk.position() {
        bail!("a server appended to the journal meanwhile: stop it and look again");
    }
    let mut said = report(&faults);
    if !same {
        said.push("snapshot: with the lines after it, it gives another desk than all lines".into());
        said.push(MEND.into());
    }
    said.dedup();
    bail!(
        "what is stored is not what the journal says\n{}",
        said.join("\n")
    )
}

const MEND: &str = "  stop the server and run `segue doctor --mend`: the journal has everything";

/// What is wrong, table by table, each with its remedy.
fn report(faults: &[Fault]) -> Vec<String> {
    let mut kinds: BTreeMap<(&str, Wrong), Vec<i64>> = BTreeMap::new();
    for fault in faults {
        let rows = kinds.entry((fault.table, fault.wrong)).or_default();
        rows.push(fault.row);
    }
    let mut said = Vec::new();
    for ((table, wrong), rows) in kinds {
        said.push(format!("{table}: {} {}", named(&rows), sentence(wrong)));
        said.push(remedy(table, wrong).to_owned());
    }
    said
}

fn named(rows: &[i64]) -> String {
    let shown: Vec<String> = rows.iter().take(NAMED).map(ToString::to_string).collect();
    let shown = shown.join(", ");
    match rows.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn sentence(wrong: Wrong) -> &'static str {
    match wrong {
        Wrong::Missing => "missing",
        Wrong::Unfounded => "there, and nothing in the journal made it",
        Wrong::Differs => "not as the journal says",
    }
}

fn remedy(table: &str, wrong: Wrong) -> &'static str {
    match (table, wrong) {
        ("journal", _) => {
            "  lines are what everything rests on: restore the database from a backup"
        }
        ("bodies", Wrong::Missing) => {
            "  the words of these lines are gone and were not erased by segue: restore them from a \
             backup; the decisions are whole"
        }
        ("bodies", _) => "  these words belong to no line: delete the rows",
        _ => MEND,
    }
}
