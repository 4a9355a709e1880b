//! What a developer runs: `cargo xtask` and one of the commands below.
//!
//! Everything that continuous integration checks is behind `test`, so that a change that passes
//! here passes there.

mod bench;
mod command;
mod machine;
mod requirements;
mod test;
mod tidy;
mod tree;
mod ui;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// What a developer of Segue runs.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Checks everything: formatting, lints, tidy, pages, all tests on both stores and in a browser,
    /// licences.
    #[command(alias = "ci", after_help = test::HELP)]
    Test(test::Args),
    /// Starts the demo from the sources as they are.
    #[command(after_help = "Example:\n  cargo xtask run -- --listen 127.0.0.1:8080")]
    Run {
        /// Build with optimisation, as a user would: slower to build, faster to run.
        #[arg(long)]
        release: bool,
        /// Handed to `segue demo`.
        #[arg(last = true)]
        demo: Vec<String>,
    },
    /// Checks what compilers do not: file lengths, left-over marks, the map, directions between
    /// crates.
    #[command(after_help = "Example:\n  cargo xtask tidy")]
    Tidy,
    /// Type-checks, tests and builds the pages in web/.
    #[command(after_help = "Example:\n  cargo xtask ui && git add web/dist")]
    Ui,
    /// Measures Segue against its budgets and writes docs/benchmarks.md.
    #[command(after_help = bench::HELP)]
    Bench(bench::Args),
}

fn main() -> ExitCode {
    match run(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    match task {
        Task::Test(args) => test::run(&args),
        Task::Run { release, demo } => run_demo(release, &demo),
        Task::Tidy => tidy::run(),
        Task::Ui => ui::build(),
        Task::Bench(args) => bench::run(&args),
    }
}

fn run_demo(release: bool, demo: &[String]) -> Result<()> {
    let mut cargo = command::cargo(&["run", "--package", "segue"]);
    if release {
        cargo.arg("--release");
    }
    command::must(cargo.args(["--", "demo"]).args(demo))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_command_shows_an_example() {
        Cli::command().debug_assert();
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string);
            assert!(
                help.is_some_and(|help| help.contains("Example")),
                "`{}` shows no example",
                command.get_name()
            );
        }
    }

    #[test]
    fn ci_is_another_name_of_test() {
        let cli = Cli::try_parse_from(["xtask", "ci"]).unwrap();
        assert!(matches!(cli.task, Task::Test(_)));
    }
}
