//! `segue calibrate`: how sure the assistant must be, so that little enough of what it keeps is
//! wrong.

mod outcomes;
mod table;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use segue_core::calibration::{
    Aim, Outcome, Reliability, Verdict, by_intent, reliability, verdict,
};

pub(super) use self::outcomes::floor_permille;
use super::print::print;
use crate::server::place_of;

/// Find the confidence above which the assistant may keep what it answers.
///
/// It answers: keep the assistant above this confidence, and at most the target of what it keeps
/// is wrong, with probability 1 - delta. What it learns from are outcomes, one a line:
/// {"confidence":0.83,"correct":true,"intent":"refund"}, the intent may be left out. Of a history,
/// each conversation is one outcome: as sure as the least sure of the assistant's answers, and
/// right if it was resolved without a person.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  segue calibrate outcomes.jsonl\n  segue calibrate outcomes.jsonl --target 0.05 --delta 0.05 --json\n  segue calibrate --data DIR"
)]
pub struct Calibrate {
    /// Outcomes (.jsonl, .jsonl.gz), and folders of them.
    #[arg(value_name = "FILE", conflicts_with_all = ["data", "database_url"])]
    files: Vec<PathBuf>,
    /// Learn from the history in this directory instead.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Learn from the history in a `PostgreSQL` database instead.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// The most of what the assistant keeps that may be wrong, 0.001 to 0.5.
    #[arg(long, value_name = "SHARE", default_value = "0.10", value_parser = permille)]
    target: u16,
    /// How likely the promise may be broken, 0.001 to 0.5.
    #[arg(long, value_name = "SHARE", default_value = "0.05", value_parser = permille)]
    delta: u16,
    /// Print everything as JSON.
    #[arg(long)]
    json: bool,
}

impl Calibrate {
    /// Calibrates and prints.
    pub async fn run(self) -> Result<()> {
        let outcomes = self.outcomes().await?;
        let aim = Aim {
            target_permille: self.target,
            delta_permille: self.delta,
        };
        let found = Found {
            aim,
            verdict: verdict(&outcomes, aim),
            by_intent: by_intent(&outcomes, aim).into_iter().collect(),
            reliability: reliability(&outcomes),
        };
        if self.json {
            Ok(print(&format!(
                "{}\n",
                serde_json::to_string(&table::told(&found))?
            ))?)
        } else {
            Ok(print(&table::render(&found))?)
        }
    }

    async fn outcomes(&self) -> Result<Vec<Outcome>> {
        if !self.files.is_empty() {
            return outcomes::of_files(&self.files);
        }
        if self.data.is_none() && self.database_url.is_none() {
            bail!("there is nothing to learn from: give a file of outcomes, or `--data DIR`");
        }
        let place = place_of(self.data.clone(), self.database_url.clone())?;
        outcomes::of_history(&*segue_store::open(&place).await?).await
    }
}

/// Everything that was found.
struct Found<'o> {
    aim: Aim,
    verdict: Verdict,
    by_intent: Vec<(&'o str, Verdict)>,
    reliability: Reliability,
}

/// A share as the program takes it, in thousandths.
pub(super) fn permille(written: &str) -> Result<u16, String> {
    let hint = "write a share from 0.001 to 0.5";
    let share: f64 = written.parse().map_err(|_| hint.to_owned())?;
    let allowed =
        (1_u16..=500).find(|permille| (f64::from(*permille) - share * 1000.0).abs() < 1e-6);
    allowed.ok_or_else(|| {
        if (0.001..=0.5).contains(&share) {
            "write at most three decimals: a threshold is no finer".to_owned()
        } else {
            hint.to_owned()
        }
    })
}
