//! What can be done from the command line; one file for each command.

pub mod audit;
pub mod calibrate;
pub mod demo;
pub mod doctor;
pub mod evaluate;
pub mod explain;
pub mod import;
pub mod policy;
pub mod rehearse;
pub mod replay;
pub mod serve;

mod print;
mod progress;
mod rows;

use clap::{Parser, Subcommand};
use tokio::runtime::Runtime;

/// From an AI support agent to a person, without a pause.
#[derive(Debug, Parser)]
#[command(name = "segue", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a desk.
    Serve(serve::Serve),
    /// Run a desk with an invented company in it.
    Demo(demo::DemoCommand),
    /// Bring conversation logs into the history.
    Import(import::Import),
    /// Show what past conversations tell of handoffs, gaps, waits and routes.
    Audit(audit::AuditCommand),
    /// Show what a policy would have done with the past, or verify recorded decisions.
    Replay(replay::ReplayCommand),
    /// Learn from labelled rows and measure how well text is understood.
    Evaluate(evaluate::EvaluateCommand),
    /// Tell why things went as they did.
    Explain(explain::ExplainCommand),
    /// Find the confidence above which the assistant may keep what it answers.
    Calibrate(calibrate::Calibrate),
    /// Check, explain or compare policies.
    Policy(policy::PolicyCommand),
    /// Rehearse a desk with invented customers, agents and faults, or play scenarios.
    Rehearse(rehearse::RehearseCommand),
    /// Look whether what is stored is whole.
    Doctor(doctor::Doctor),
}

impl Command {
    /// Does it. Here and not in `main.rs`, so that the code of all that waits is generated once,
    /// with the library, and not a second time for the program.
    pub fn run(self) -> anyhow::Result<()> {
        Runtime::new()?.block_on(async {
            match self {
                Self::Serve(serve) => serve.run().await,
                Self::Demo(demo) => demo.run().await,
                Self::Import(import) => import.run().await,
                Self::Audit(audit) => audit.run().await,
                Self::Replay(replay) => replay.run().await,
                Self::Calibrate(calibrate) => calibrate.run().await,
                Self::Evaluate(evaluate) => evaluate.run(),
                Self::Explain(explain) => explain.run().await,
                Self::Policy(policy) => policy.run().await,
                Self::Rehearse(rehearse) => rehearse.run(),
                Self::Doctor(doctor) => doctor.run().await,
            }
        })
    }
}
