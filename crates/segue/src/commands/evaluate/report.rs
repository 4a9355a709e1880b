//! What was measured, for people and for programs.

use std::{collections::BTreeMap, fmt::Write};

use anyhow::Result;
use segue_core::learning::Measured;
use serde::Serialize;

/// Everything that one evaluation found.
pub(super) struct Outcome {
    /// Rows that were judged.
    pub(super) n: usize,
    /// Figures in the order in which they are read.
    pub(super) metrics: Vec<(&'static str, Measured)>,
    /// What is taken for what: the truth, the answer, how often.
    pub(super) confusion: Vec<(String, String, usize)>,
    /// How it was measured and what it means, each a sentence.
    pub(super) notes: Vec<String>,
    /// Time for one row, without learning.
    pub(super) micros_per_item: f64,
}

#[derive(Serialize)]
struct Told<'o> {
    task: &'o str,
    n: usize,
    metrics: BTreeMap<&'static str, Measured>,
    micros_per_item: f64,
}

impl Outcome {
    pub(super) fn json(&self, task: &str) -> Result<String> {
        let told = Told {
            task,
            n: self.n,
            metrics: self.metrics.iter().copied().collect(),
            micros_per_item: self.micros_per_item,
        };
        Ok(format!("{}\n", serde_json::to_string(&told)?))
    }

    pub(super) fn render(&self, task: &str) -> String {
        let mut text = String::new();
        // Writing into a text cannot fail.
        let _ = self.write(&mut text, task);
        text
    }

    fn write(&self, to: &mut String, task: &str) -> std::fmt::Result {
        writeln!(
            to,
            "{task}: {} rows judged, {:.1} µs each\n",
            self.n, self.micros_per_item
        )?;
        writeln!(to, "  {:<20} {:>7}   95 % interval", "metric", "value")?;
        for (name, found) in &self.metrics {
            writeln!(
                to,
                "  {name:<20} {:>7.4}   {:.4} to {:.4}",
                found.value, found.low, found.high
            )?;
        }
        if !self.confusion.is_empty() {
            writeln!(to, "\nTaken for each other most often")?;
            for (truth, told, count) in &self.confusion {
                writeln!(to, "  {count:>5}  `{truth}` read as `{told}`")?;
            }
        }
        if !self.notes.is_empty() {
            writeln!(to)?;
        }
        self.notes
            .iter()
            .try_for_each(|note| writeln!(to, "{note}"))
    }
}
