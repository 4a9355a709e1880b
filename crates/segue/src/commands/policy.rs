//! `segue policy`: a policy checked, and explained.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use segue_core::policy::{Policy, diagnosis::Weight, explain};

/// Check or explain a policy.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  segue policy check policy.yaml\n  segue policy explain policy.yaml"
)]
pub struct PolicyCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Say what is wrong with a policy; fails if anything is.
    #[command(after_help = "Example:\n  segue policy check policy.yaml")]
    Check {
        /// The policy.
        file: PathBuf,
    },
    /// Say in words what a policy does.
    #[command(after_help = "Example:\n  segue policy explain policy.yaml")]
    Explain {
        /// The policy.
        file: PathBuf,
    },
}

impl PolicyCommand {
    /// Checks or explains.
    pub fn run(self) -> Result<()> {
        match self.what {
            What::Check { file } => {
                let policy = read(&file)?;
                println!(
                    "{} is good: {} triggers, {} routes, {} intents",
                    file.display(),
                    policy.triggers.len(),
                    policy.routes.len(),
                    policy.intents.len()
                );
                Ok(())
            }
            What::Explain { file } => {
                print!("{}", explain::explain(&read(&file)?));
                Ok(())
            }
        }
    }
}

/// Reads a policy; findings go to stderr, errors end it.
fn read(file: &PathBuf) -> Result<Policy> {
    let name = file.display().to_string();
    let source = std::fs::read_to_string(file).with_context(|| format!("cannot read `{name}`"))?;
    let checked = Policy::check(&source);
    for finding in &checked.findings {
        eprintln!("{}", finding.render(&name, &source));
    }
    let errors = checked
        .findings
        .iter()
        .filter(|finding| finding.severity == Weight::Error);
    match (checked.policy, errors.count()) {
        (Some(policy), _) => Ok(policy),
        (None, 1) => bail!("`{name}` has one error"),
        (None, errors) => bail!("`{name}` has {errors} errors"),
    }
}
