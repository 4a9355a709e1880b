//! The program: reads the command line, and does one thing.

use std::process::ExitCode;

use clap::Parser;
use segue::commands::{Cli, Command};

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(serve) => serve.run().await,
        Command::Demo(demo) => demo.run().await,
        Command::Import(import) => import.run().await,
        Command::Replay(replay) => replay.run().await,
        Command::Policy(policy) => policy.run(),
        Command::Rehearse(rehearse) => rehearse.run(),
        Command::Doctor(doctor) => doctor.run().await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
