//! `segue evaluate`: how well a text is understood, measured on labelled rows.

mod ask_human;
mod conversations;
mod failure;
mod handoff;
mod intents;
mod report;
mod sentiment;
mod threshold;
mod trial;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use segue_core::calibration::Aim;

use self::{report::Outcome, threshold::Trials, trial::Sources};
use super::{calibrate::permille, print::print, rows};

/// Learn from labelled rows and measure, or measure what ships.
///
/// Rows are JSON, one a line, in files that end in .jsonl or .jsonl.gz, or in a folder of them.
/// A figure stands with its 95 % interval. Without --test, each row of --train is judged by a
/// model that has not seen it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  segue evaluate intents --train labels.jsonl\n  segue evaluate intents --train train.jsonl --valid valid.jsonl --test test.jsonl.gz --json\n\nRows:\n  intents    {\"text\":\"…\",\"intent\":\"refund\"}; the intent `oos` means none of them\n  sentiment  {\"text\":\"…\",\"label\":\"negative|neutral|positive\"}\n  ask-human  {\"text\":\"…\",\"label\":\"ask|none|implied\"}; `implied` is left out\n  threshold  as intents; what is right is told from how sure the answer is\n  handoff    {\"turns\":[{\"role\":\"customer\",\"text\":\"…\"},{\"role\":\"ai\",\"text\":\"…\",\"act\":\"out_of_scope\"}]}\n  failure    {\"task\":7,\"success\":1,\"turns\":[{\"role\":\"ai\",\"calls\":[{\"name\":\"cancel\"}]}]}"
)]
pub struct EvaluateCommand {
    /// What is judged.
    #[arg(value_enum)]
    task: Task,
    /// Rows to learn from.
    #[arg(long, value_name = "FILE|FOLDER")]
    train: Vec<PathBuf>,
    /// Rows on which a threshold is chosen; without them it is chosen within --train.
    #[arg(long, value_name = "FILE", requires = "train")]
    valid: Option<PathBuf>,
    /// Rows to judge; nothing is learned or chosen from them.
    #[arg(long, value_name = "FILE")]
    test: Option<PathBuf>,
    /// Measure what ships instead of learning from --train.
    #[arg(long, conflicts_with = "train", requires = "test")]
    builtin: bool,
    /// For `threshold`: the most of what is kept that may be wrong.
    #[arg(long, value_name = "SHARE", default_value = "0.10", value_parser = permille)]
    target: u16,
    /// For `threshold`: how likely the promise may be broken.
    #[arg(long, value_name = "SHARE", default_value = "0.05", value_parser = permille)]
    delta: u16,
    /// For `threshold`: how often rows are drawn, 1 to 10000.
    #[arg(long, value_name = "N", default_value_t = 300, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    draws: u16,
    /// For `threshold`: rows in each draw, 1 to 60000.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u16).range(1..=60_000))]
    rows: u16,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Task {
    /// Which of the intents a text is about, or none.
    Intents,
    /// Whether a text is negative, neutral or positive.
    Sentiment,
    /// Whether a text asks for a person.
    AskHuman,
    /// Whether a calibrated threshold on the sureness of intents keeps its promise.
    Threshold,
    /// Whether the assistant is about to fail, from the turns so far.
    Handoff,
    /// Whether the assistant got a whole conversation wrong.
    Failure,
}

impl EvaluateCommand {
    /// Measures and prints.
    pub fn run(self) -> Result<()> {
        if self.train.is_empty() && !self.builtin {
            bail!(
                "there is nothing to learn from: give `--train FILE`, or `--builtin --test FILE`"
            );
        }
        let sources = Sources {
            train: &self.train,
            valid: self.valid.as_deref(),
            test: self.test.as_deref(),
            builtin: self.builtin,
        };
        let outcome = self.measure(&sources)?;
        let task = self.name();
        let told = if self.json {
            outcome.json(&task)?
        } else {
            outcome.render(&task)
        };
        Ok(print(&told)?)
    }

    fn measure(&self, sources: &Sources) -> Result<Outcome> {
        match self.task {
            Task::Intents => intents::measure(sources),
            Task::Sentiment => sentiment::measure(sources),
            Task::AskHuman => ask_human::measure(sources),
            Task::Threshold => threshold::measure(sources, self.trials()),
            Task::Handoff => handoff::measure(sources),
            Task::Failure => failure::measure(sources),
        }
    }

    fn trials(&self) -> Trials {
        Trials {
            aim: Aim {
                target_permille: self.target,
                delta_permille: self.delta,
            },
            draws: usize::from(self.draws),
            rows: usize::from(self.rows),
        }
    }

    fn name(&self) -> String {
        let value = self.task.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// The plain mean; 0 of nothing.
fn mean(numbers: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = numbers.fold((0.0, 0_u32), |(sum, count), number| {
        (sum + number, count + 1)
    });
    sum / f64::from(count.max(1))
}
