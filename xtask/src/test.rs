//! `cargo xtask test`: every check there is, in the order in which a mistake is cheapest to find.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::{command, requirements, tidy, ui};

/// Shown below `cargo xtask test --help`; the steps are those of [`STEPS`].
pub(crate) const HELP: &str = "\
Steps, in this order; the first that fails ends the run:
  requirements  PostgreSQL, Chromium with its driver, Node and cargo-deny are found or installed
  format        cargo fmt --check
  tidy          what compilers do not check (cargo xtask tidy)
  licences      cargo deny check licenses bans sources
  clippy        no warning in any target of the workspace
  pages         web/ type-checks, its tests pass, and web/dist is byte for byte what it builds to
  tests         cargo test --workspace: units, scenarios, both stores, rehearsals, the browser

Examples:
  cargo xtask test
  cargo xtask test --only tidy --only clippy";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only this step; may be given more than once.
    #[arg(long, value_name = "STEP", value_parser = STEPS.map(|step| step.name))]
    only: Vec<String>,
}

struct Step {
    name: &'static str,
    run: fn() -> Result<()>,
    /// What to do when it fails.
    remedy: &'static str,
}

const STEPS: [Step; 7] = [
    Step {
        name: "requirements",
        run: requirements::ensure,
        remedy: "install what is named above",
    },
    Step {
        name: "format",
        run: || command::must(&mut command::cargo(&["fmt", "--all", "--check"])),
        remedy: "run `cargo fmt --all`",
    },
    Step {
        name: "tidy",
        run: tidy::run,
        remedy: "mend what is listed above",
    },
    Step {
        name: "licences",
        run: requirements::deny,
        remedy: "see deny.toml for what may be used",
    },
    Step {
        name: "clippy",
        run: clippy,
        remedy: "mend the warnings above",
    },
    Step {
        name: "pages",
        run: ui::prove,
        remedy: "run `cargo xtask ui` and commit web/dist with its sources",
    },
    Step {
        name: "tests",
        run: tests,
        remedy: "see the failures above",
    },
];

/// Runs all steps, or those asked for, and ends with one line that sums up.
pub(crate) fn run(args: &Args) -> Result<()> {
    let chosen: Vec<_> = STEPS
        .iter()
        .filter(|step| args.only.is_empty() || args.only.iter().any(|name| name == step.name))
        .collect();
    let began = Instant::now();
    for (index, step) in chosen.iter().enumerate() {
        println!("\n== {}/{}: {}", index + 1, chosen.len(), step.name);
        take(step)?;
    }
    println!("\n{}", summary(&chosen, began.elapsed()));
    Ok(())
}

fn take(step: &Step) -> Result<()> {
    let began = Instant::now();
    let outcome = (step.run)();
    let took = spoken(began.elapsed());
    match outcome {
        Ok(()) => println!("   {} passed in {took}", step.name),
        Err(error) => bail!(
            "{} failed after {took}: {error:#}\n\n{}",
            step.name,
            step.remedy
        ),
    }
    Ok(())
}

fn clippy() -> Result<()> {
    let check = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    command::must(&mut command::cargo(&check))
}

/// Every test, also after one has failed; how many there were is said at the end, because a run
/// of no tests passes too.
fn tests() -> Result<()> {
    let mut cargo = command::cargo(&["test", "--workspace", "--no-fail-fast"]);
    let mut counted = Counted::default();
    let outcome = command::each_line(&mut cargo, |line| {
        println!("{line}");
        counted.hear(line);
    });
    let Counted {
        programs,
        passed,
        failed,
        ignored,
    } = counted;
    println!("   {programs} programs: {passed} tests passed, {failed} failed, {ignored} ignored");
    outcome?;
    if passed == 0 {
        bail!("no test was run");
    }
    Ok(())
}

/// What the test programs said of themselves.
#[derive(Debug, Default, PartialEq)]
struct Counted {
    programs: usize,
    passed: usize,
    failed: usize,
    ignored: usize,
}

impl Counted {
    /// Adds up lines such as `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    fn hear(&mut self, line: &str) {
        let Some((_, result)) = line
            .strip_prefix("test result: ")
            .and_then(|said| said.split_once(". "))
        else {
            return;
        };
        self.programs += 1;
        for (count, word) in result.split("; ").filter_map(|part| part.split_once(' ')) {
            let count: usize = count.parse().unwrap_or_default();
            match word {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.ignored += count,
                _ => {}
            }
        }
    }
}

fn summary(steps: &[&Step], took: Duration) -> String {
    let names: Vec<_> = steps.iter().map(|step| step.name).collect();
    let all = if steps.len() == STEPS.len() {
        "all steps passed"
    } else {
        "passed"
    };
    format!("{all} in {}: {}", spoken(took), names.join(", "))
}

fn spoken(took: Duration) -> String {
    match took.as_secs() {
        0..60 => format!("{:.1} s", took.as_secs_f64()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_lists_every_step_in_order() {
        let listed: Vec<_> = HELP
            .lines()
            .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next())
            .take(STEPS.len())
            .collect();
        assert_eq!(listed, STEPS.map(|step| step.name));
    }

    #[test]
    fn the_results_of_all_test_programs_are_added_up() {
        let mut counted = Counted::default();
        for line in [
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished",
            "test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished",
        ] {
            counted.hear(line);
        }
        assert_eq!(
            counted,
            Counted {
                programs: 2,
                passed: 7,
                failed: 2,
                ignored: 1
            }
        );
    }

    #[test]
    fn a_failed_step_says_what_failed_and_what_to_do() {
        let step = Step {
            name: "tidy",
            run: || bail!("2 findings"),
            remedy: "mend them",
        };
        let error = take(&step).unwrap_err().to_string();
        assert!(
            error.starts_with("tidy failed after 0.0 s: 2 findings"),
            "{error}"
        );
        assert!(error.ends_with("mend them"), "{error}");
    }

    #[test]
    fn a_summary_tells_a_whole_run_from_a_part() {
        let whole: Vec<_> = STEPS.iter().collect();
        let took = Duration::from_secs(75);
        assert!(summary(&whole, took).starts_with("all steps passed in 1 min 15 s: requirements"));
        assert_eq!(summary(&whole[2..3], took), "passed in 1 min 15 s: tidy");
    }
}
