//! `segue policy`: a policy checked, explained, and compared with another.

mod situations;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use segue_core::{
    desk::Desk,
    journal::AgentProfile,
    policy::{
        Checked, Policy,
        analysis::Examining,
        diagnosis::{Diagnosis, Weight},
        diff, explain,
    },
};
use segue_sim::policy_tests;
use serde::Deserialize;

use super::print;
use crate::{desk_loop::verify, server::place_of};

/// Check, explain or compare policies.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  segue policy default > policy.yaml\n  segue policy check policy.yaml\n  segue policy explain policy.yaml"
)]
pub struct PolicyCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Say what is wrong with a policy and play its tests; fails if there is an error.
    Check(Check),
    /// Say in words what a policy does, the strongest trigger first.
    #[command(after_help = "Example:\n  segue policy explain policy.yaml")]
    Explain {
        /// The policy.
        file: PathBuf,
    },
    /// Say in words what changes from one policy to another.
    #[command(after_help = "Example:\n  segue policy diff policy.yaml candidate.yaml")]
    Diff {
        /// The policy before.
        old: PathBuf,
        /// The policy after.
        new: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show which messages of the history the situations of a policy catch, and how surely.
    Situations(situations::Situations),
    /// Print the policy of a desk that has none of its own.
    #[command(after_help = "Example:\n  segue policy default > policy.yaml")]
    Default,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  segue policy check policy.yaml\n  segue policy check policy.yaml --data /var/lib/segue"
)]
struct Check {
    /// The policy.
    file: PathBuf,
    /// A file with the agents who take handoffs: a list `agents` with `name`, `skills`, `on_call`.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data", "database_url"])]
    agents: Option<PathBuf>,
    /// The directory of a desk whose agents take the handoffs.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A `PostgreSQL` database instead of the directory.
    #[arg(long, value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Leave out the notes on triggers that fire together.
    #[arg(long)]
    quiet: bool,
    /// Print the findings as JSON.
    #[arg(long)]
    json: bool,
}

impl PolicyCommand {
    /// Does what is asked for.
    pub async fn run(self) -> Result<()> {
        match self.what {
            What::Check(check) => check.run().await,
            What::Explain { file } => print(&explain::explain(&read(&file)?)),
            What::Diff { old, new, json } => compare(&read(&old)?, &read(&new)?, json),
            What::Situations(situations) => situations.run().await,
            What::Default => print(Policy::default_source()),
        }
    }
}

impl Check {
    async fn run(self) -> Result<()> {
        let source = text(&self.file)?;
        let agents = self.agents().await?;
        let with = Examining {
            agents: agents.as_deref(),
        };
        let mut checked = policy_tests::examine(&source, with);
        if self.quiet {
            let findings = &mut checked.findings;
            findings.retain(|found| found.severity != Weight::Note);
        }
        let name = self.file.display().to_string();
        if self.json {
            print(&format!(
                "{}\n",
                serde_json::to_string_pretty(&checked.findings)?
            ))?;
        } else {
            checked
                .findings
                .iter()
                .for_each(|found| tell(found, &name, &source));
        }
        self.conclude(&name, &checked)
    }

    fn conclude(&self, name: &str, checked: &Checked) -> Result<()> {
        let count = |weight| {
            let findings = checked.findings.iter();
            findings.filter(|found| found.severity == weight).count()
        };
        match (&checked.policy, count(Weight::Error)) {
            (Some(policy), 0) if !self.json => print(&format!(
                "{name} is good: {} triggers, {} routes, {} intents, {} tests; {} warnings, {} notes\n",
                policy.triggers.len(),
                policy.routes.len(),
                policy.intents.len(),
                policy.tests.len(),
                count(Weight::Warning),
                count(Weight::Note),
            )),
            (_, 0) => Ok(()),
            (_, 1) => bail!("`{name}` has one error"),
            (_, errors) => bail!("`{name}` has {errors} errors"),
        }
    }

    async fn agents(&self) -> Result<Option<Vec<AgentProfile>>> {
        if let Some(file) = &self.agents {
            let name = file.display();
            let read = listed(&text(file)?);
            return read
                .map(Some)
                .with_context(|| format!("`{name}` is not a list of agents"));
        }
        if self.data.is_none() && self.database_url.is_none() {
            return Ok(None);
        }
        if let Some(data) = self.data.as_ref().filter(|data| !data.is_dir()) {
            bail!("there is no directory `{}`", data.display());
        }
        let place = place_of(self.data.clone(), self.database_url.clone())?;
        let store = segue_store::open(&place).await?;
        let (desk, _, _) = verify(&*store).await?;
        Ok(Some(employed(&desk)))
    }
}

/// The agents of a desk.
pub fn employed(desk: &Desk) -> Vec<AgentProfile> {
    desk.agents().map(|agent| agent.profile.clone()).collect()
}

/// A file that lists agents; what else it says about them is left aside.
#[derive(Deserialize)]
struct Staff {
    agents: Vec<Colleague>,
}

#[derive(Deserialize)]
struct Colleague {
    name: String,
    #[serde(default)]
    skills: std::collections::BTreeMap<segue_core::id::SkillName, u8>,
    #[serde(default)]
    on_call: bool,
}

/// The agents that a text lists.
pub fn listed(text: &str) -> Result<Vec<AgentProfile>> {
    let staff: Staff = serde_saphyr::from_str(text)?;
    let profile = |it: Colleague| AgentProfile {
        name: it.name,
        skills: it.skills,
        capacity: 1,
        on_call: it.on_call,
        retired: false,
    };
    Ok(staff.agents.into_iter().map(profile).collect())
}

fn compare(old: &Policy, new: &Policy, json: bool) -> Result<()> {
    let changes = diff::diff(old, new);
    if json {
        return print(&format!("{}\n", serde_json::to_string_pretty(&changes)?));
    }
    if changes.is_empty() {
        return print("both do the same\n");
    }
    print(&format!("{}\n", changes.join("\n")))
}

fn print(text: &str) -> Result<()> {
    Ok(print::print(text)?)
}

fn text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))
}

/// Errors and warnings with the line they stand on; a note is short.
fn tell(found: &Diagnosis, name: &str, source: &str) {
    match found.severity {
        Weight::Note => eprintln!("{name}:{found}"),
        Weight::Error | Weight::Warning => eprintln!("{}", found.render(name, source)),
    }
}

/// Reads a policy; findings go to stderr, errors end it.
fn read(file: &Path) -> Result<Policy> {
    let (name, source) = (file.display().to_string(), text(file)?);
    let checked = Policy::check(&source);
    for found in &checked.findings {
        tell(found, &name, &source);
    }
    checked
        .policy
        .with_context(|| format!("`{name}` has errors"))
}
