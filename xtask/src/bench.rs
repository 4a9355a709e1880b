//! `cargo xtask bench`: runs the measuring program and writes down what it said.

use std::{fmt::Write as _, fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{command, machine, tree};

pub(crate) const HELP: &str = "\
Builds the example `bench` of every crate that has one with optimisation, runs them one after the
other, and renders the lines that they print. Each is a JSON object:
  name, unit, value   what was measured
  baseline, ratio     the same work done in the barest way, and value / baseline
  budget, better      the bound: `lower` (the default) must not exceed it, `higher` must not stay
                      below it
  bounds              what the budget bounds: `value` (the default) or `ratio`

Examples:
  cargo xtask bench
  cargo xtask bench --strict";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Fail if a budget is not kept.
    #[arg(long)]
    strict: bool,
    /// Handed to the measuring programs.
    #[arg(last = true)]
    bench: Vec<String>,
}

/// One thing measured.
struct Measure {
    name: String,
    unit: String,
    value: f64,
    baseline: Option<f64>,
    ratio: Option<f64>,
    budget: Option<f64>,
    better: Better,
    bounds_ratio: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Better {
    Lower,
    Higher,
}

/// Measures, writes docs/benchmarks.md and names the budgets that were not kept.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut measures = Vec::new();
    for package in packages(&tree::root())? {
        let mut cargo = command::cargo(&["run", "--quiet", "--release", "--package", &package]);
        measures.extend(measure(
            cargo.args(["--example", "bench", "--"]).args(&args.bench),
        )?);
    }
    let page = tree::root().join("docs/benchmarks.md");
    fs::write(
        &page,
        render(&measures, &machine::describe(), commit().as_deref()),
    )
    .context("docs/benchmarks.md cannot be written")?;
    println!("docs/benchmarks.md written: {} measures", measures.len());
    let broken = measures
        .iter()
        .filter(|measure| measure.keeps() == Some(false));
    let broken: Vec<_> = broken.map(|measure| measure.name.as_str()).collect();
    if !broken.is_empty() && args.strict {
        bail!("{} over budget: {}", broken.len(), broken.join(", "));
    }
    Ok(())
}

/// The crates that measure something.
fn packages(root: &Path) -> Result<Vec<String>> {
    let mut packages = Vec::new();
    for file in tree::files(root)? {
        let mut parts = file.split('/');
        let package = (parts.next() == Some("crates"))
            .then(|| parts.next())
            .flatten();
        let rest: Vec<_> = parts.collect();
        if matches!(
            rest[..],
            ["examples", "bench.rs"] | ["examples", "bench", "main.rs"]
        ) {
            packages.extend(package.map(str::to_owned));
        }
    }
    if packages.is_empty() {
        bail!("no crate has an example `bench`");
    }
    Ok(packages)
}

fn measure(program: &mut Command) -> Result<Vec<Measure>> {
    let mut lines = Vec::new();
    command::each_line(program, |line| {
        println!("{line}");
        lines.extend(line.starts_with('{').then(|| line.to_owned()));
    })?;
    if lines.is_empty() {
        bail!("`{}` measured nothing", command::spoken(program));
    }
    lines.iter().map(|line| Measure::read(line)).collect()
}

impl Measure {
    fn read(line: &str) -> Result<Self> {
        let json: Value =
            serde_json::from_str(line).with_context(|| format!("not JSON: {line}"))?;
        let text = |name: &str| {
            let text = json[name].as_str().map(str::to_owned);
            text.with_context(|| format!("no text `{name}` in: {line}"))
        };
        let better = match json["better"].as_str() {
            None | Some("lower") => Better::Lower,
            Some("higher") => Better::Higher,
            Some(other) => bail!("`better` is `{other}`: write `lower` or `higher`"),
        };
        let bounds_ratio = match json["bounds"].as_str() {
            None | Some("value") => false,
            Some("ratio") => true,
            Some(other) => bail!("`bounds` is `{other}`: write `value` or `ratio`"),
        };
        Ok(Self {
            name: text("name")?,
            unit: text("unit")?,
            value: json["value"]
                .as_f64()
                .with_context(|| format!("no `value` in: {line}"))?,
            baseline: json["baseline"].as_f64(),
            ratio: json["ratio"].as_f64(),
            budget: json["budget"].as_f64(),
            better,
            bounds_ratio,
        })
    }

    /// Whether it is within its budget; nothing if it has none.
    fn keeps(&self) -> Option<bool> {
        let measured = if self.bounds_ratio {
            self.ratio?
        } else {
            self.value
        };
        let budget = self.budget?;
        Some(match self.better {
            Better::Lower => measured <= budget,
            Better::Higher => measured >= budget,
        })
    }

    fn budget(&self) -> String {
        let sign = if self.better == Better::Lower {
            "≤"
        } else {
            "≥"
        };
        let of = if self.bounds_ratio {
            " of the baseline"
        } else {
            ""
        };
        self.budget
            .map_or_else(String::new, |bound| format!("{sign} {}{of}", number(bound)))
    }

    fn row(&self) -> String {
        let kept = match self.keeps() {
            None => "",
            Some(true) => "yes",
            Some(false) => "**no**",
        };
        let optional = |value: Option<f64>| value.map_or_else(String::new, number);
        format!(
            "| {} | {} | {} | {} | {} | {} | {kept} |",
            self.name,
            number(self.value),
            self.unit,
            optional(self.baseline),
            optional(self.ratio),
            self.budget()
        )
    }
}

/// Three significant digits, and thousands apart.
fn number(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 || size == 0.0 => 0,
        size if size >= 10.0 => 1,
        _ => 2,
    };
    let plain = format!("{value:.decimals$}");
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut spaced = String::new();
    for (index, digit) in whole.chars().enumerate() {
        let left = whole.len() - index;
        if index > 0 && left.is_multiple_of(3) && !spaced.ends_with('-') {
            spaced.push(',');
        }
        spaced.push(digit);
    }
    spaced + rest
}

fn render(measures: &[Measure], machine: &[(&str, String)], commit: Option<&str>) -> String {
    let mut page = String::from(
        "# Benchmarks\n\nWritten by `cargo xtask bench`; the budgets are those of the design. A wall-clock time \
         means little on another machine: read the ratios, whose baseline was measured in the \
         same run.\n\n",
    );
    if let Some(commit) = commit {
        let _ = writeln!(page, "Measured at commit {commit}.\n");
    }
    page += "| machine | |\n|---|---|\n";
    for (name, value) in machine {
        let _ = writeln!(page, "| {name} | {value} |");
    }
    page += "\n| what | value | unit | baseline | ratio | budget | kept |\n";
    page += "|---|---:|---|---:|---:|---|---|\n";
    for measure in measures {
        page += &measure.row();
        page.push('\n');
    }
    page
}

fn commit() -> Option<String> {
    let root = tree::root();
    let head = tree::is_checkout(&root)
        .then(|| command::output(&mut tree::git(&root, &["rev-parse", "--short", "HEAD"])));
    head?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_the_program_become_measures_and_its_other_words_do_not() {
        let line = r#"{"name":"decide","unit":"µs","value":4.2}"#;
        let mut program = Command::new("printf");
        let measures = measure(program.args(["warming up\\n%s\\n", line])).unwrap();
        assert_eq!(measures.len(), 1);
    }

    #[test]
    fn a_program_that_measures_nothing_is_an_error() {
        let error = measure(Command::new("printf").arg("nothing"))
            .err()
            .unwrap();
        assert_eq!(error.to_string(), "`printf nothing` measured nothing");
    }

    #[test]
    fn the_crates_that_measure_are_found_by_their_example() {
        let folder = tempfile::tempdir().unwrap();
        for file in [
            "a/examples/bench.rs",
            "b/examples/bench/main.rs",
            "c/examples/other.rs",
        ] {
            let path = folder.path().join("crates").join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        assert_eq!(packages(folder.path()).unwrap(), ["a", "b"]);
    }

    #[test]
    fn a_value_is_held_against_its_budget() {
        let line = r#"{"name":"decide","unit":"µs","value":4.2,"budget":5}"#;
        assert_eq!(
            Measure::read(line).unwrap().row(),
            "| decide | 4.20 | µs |  |  | ≤ 5.00 | yes |"
        );
    }

    #[test]
    fn a_budget_may_bound_the_ratio_in_place_of_the_value() {
        let line = r#"{"name":"durable","unit":"messages/s","value":12000,"baseline":30000,
            "ratio":0.4,"budget":0.5,"better":"higher","bounds":"ratio"}"#;
        let row =
            "| durable | 12,000 | messages/s | 30,000 | 0.40 | ≥ 0.50 of the baseline | **no** |";
        assert_eq!(Measure::read(line).unwrap().row(), row);
    }

    #[test]
    fn a_measure_without_a_budget_is_neither_kept_nor_broken() {
        let line = r#"{"name":"widget","unit":"kB","value":11}"#;
        assert_eq!(Measure::read(line).unwrap().keeps(), None);
    }

    #[test]
    fn a_line_without_a_value_is_refused_with_the_line() {
        let error = Measure::read(r#"{"name":"a","unit":"b"}"#).err().unwrap();
        assert_eq!(
            error.to_string(),
            r#"no `value` in: {"name":"a","unit":"b"}"#
        );
    }

    #[test]
    fn numbers_read_easily() {
        let read: Vec<_> = [0.0, 0.5, 12.34, 999.6, 1_234_567.0].map(number).into();
        assert_eq!(read, ["0", "0.50", "12.3", "1,000", "1,234,567"]);
    }

    #[test]
    fn the_page_names_the_machine_and_every_measure() {
        let line = r#"{"name":"decide","unit":"µs","value":4.2,"budget":5}"#;
        let measures = [Measure::read(line).unwrap()];
        let page = render(&measures, &[("cores", "2".into())], Some("abc1234"));
        for part in ["commit abc1234", "| cores | 2 |", "| decide | 4.20 |"] {
            assert!(page.contains(part), "{part} is not in:\n{page}");
        }
    }
}
