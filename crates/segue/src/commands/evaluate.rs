//! `segue evaluate`: how well a text is understood, measured on labelled rows.

mod intents;
mod report;
mod trial;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use self::{report::Outcome, trial::Sources};
use super::{print::print, rows};

/// Learn from labelled rows and measure, or measure what ships.
///
/// Rows are JSON, one a line, in files that end in .jsonl or .jsonl.gz, or in a folder of them.
/// A figure stands with its 95 % interval. Without --test, each row of --train is judged by a
/// model that has not seen it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  segue evaluate intents --train labels.jsonl\n  segue evaluate intents --train train.jsonl --valid valid.jsonl --test test.jsonl.gz --json\n\nRows:\n  intents    {\"text\":\"…\",\"intent\":\"refund\"}; the intent `oos` means none of them"
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
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Task {
    /// Which of the intents a text is about, or none.
    Intents,
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
        }
    }

    fn name(&self) -> String {
        let value = self.task.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }
}
