//! `segue audit`: what past conversations tell of handoffs, gaps, waits and routes.

mod kept;
mod page;
mod plot;
mod section;
mod sections;
mod service;
mod source;
mod terminal;
mod words;
mod workbook;

use std::{fs, path::PathBuf, sync::Arc};

use anyhow::{Context, Result, bail};
use clap::Args;
use jiff::tz::TimeZone;
use segue_core::audit::diagnosis::{Baseline, Change, Diagnosis};
use segue_store::Store;
use serde::Serialize;

pub use kept::baseline;

use self::{section::Section, sections::sections, source::Source};
use super::print::print;
use crate::{
    history::{Format, Mapping},
    server::place_of,
};

/// Show what past conversations tell: how often and where the assistant hands off, what is asked
/// twice, how long people wait, and whether the first route was right.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  segue audit --data DIR\n  segue audit --data DIR --days 90 --html audit.html --xlsx audit.xlsx\n  segue audit --data DIR --baseline spring\n  segue audit --data DIR --days 30 --compare spring\n  segue audit tickets.json --format zendesk --timezone Europe/Lisbon"
)]
pub struct AuditCommand {
    /// Files to be looked at without importing them.
    #[arg(value_name = "FILE", conflicts_with = "import")]
    files: Vec<PathBuf>,
    /// The directory with the embedded store: its history is looked at, and baselines are kept there.
    #[arg(long, value_name = "DIR", env = "SEGUE_DATA")]
    data: Option<PathBuf>,
    /// A `PostgreSQL` database instead of the embedded store.
    #[arg(
        long,
        value_name = "URL",
        env = "SEGUE_DATABASE_URL",
        hide_env_values = true
    )]
    database_url: Option<String>,
    /// Only this import.
    #[arg(long, value_name = "ID")]
    import: Option<u64>,
    /// Only conversations of so many days up to the newest one; all if it is left out.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    days: Option<u32>,
    /// Where the team is, for hours and weekdays, and for times that do not say; UTC if it is left out.
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// Write the report as a page with plots to this file.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write the report as a spreadsheet, a sheet for each question, to this file.
    #[arg(long, value_name = "FILE")]
    xlsx: Option<PathBuf>,
    /// Keep the figures under this name, for later periods to be compared with.
    #[arg(long, value_name = "NAME")]
    baseline: Option<String>,
    /// Compare with the figures that are kept under this name.
    #[arg(long, value_name = "NAME")]
    compare: Option<String>,
    /// What the files are; found from their first rows if it is left out.
    #[arg(long, value_enum, requires = "files")]
    format: Option<Format>,
    /// Which column of a CSV file holds what; see docs/import.md.
    #[arg(long, value_name = "FILE", requires = "files")]
    mapping: Option<PathBuf>,
    /// The encoding of the files; found from their first bytes if it is left out.
    #[arg(long, value_name = "NAME", requires = "files")]
    encoding: Option<String>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

/// A report with what it was made of.
#[derive(Debug, Serialize)]
pub struct Told {
    /// Where the conversations are from.
    pub source: String,
    /// The answers.
    #[serde(flatten)]
    pub diagnosis: Diagnosis,
    /// The baseline that it is compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
    /// The figures then and now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

impl AuditCommand {
    /// Looks, and prints.
    pub async fn run(self) -> Result<()> {
        let mapping = self.mapping()?;
        let zone = mapping.zone()?;
        let store = self.store().await?;
        let baseline = match (&self.compare, &store) {
            (Some(name), Some(store)) => Some(kept::known(&**store, name).await?),
            _ => None,
        };
        let (source, name) = self.source(store.as_ref(), mapping)?;
        let diagnosis = source::diagnose(&source, &zone, self.days).await?;
        if diagnosis.handoffs.conversations == 0 {
            bail!("there is no history: bring some in with `segue import --data DIR FILE`");
        }
        if let (Some(name), Some(store)) = (&self.baseline, &store) {
            kept::keep(&**store, &diagnosis.baseline(name)).await?;
        }
        self.tell(&told(name, diagnosis, baseline), &zone)
    }

    fn mapping(&self) -> Result<Mapping> {
        let mapping = self.mapping.as_deref().map(Mapping::read).transpose()?;
        mapping
            .unwrap_or_default()
            .in_time_zone(self.timezone.as_deref())
    }

    async fn store(&self) -> Result<Option<Arc<dyn Store>>> {
        let named = self.data.is_some() || self.database_url.is_some();
        let keeps = self.baseline.is_some() || self.compare.is_some();
        if !named && !self.files.is_empty() && !keeps {
            return Ok(None);
        }
        let place = place_of(self.data.clone(), self.database_url.clone())
            .context("baselines are kept in a store")?;
        Ok(Some(segue_store::open(&place).await?))
    }

    fn source(&self, store: Option<&Arc<dyn Store>>, how: Mapping) -> Result<(Source, String)> {
        match store {
            Some(store) if self.files.is_empty() => {
                let name = self.import.map_or_else(
                    || "the imported history".to_owned(),
                    |id| format!("import {id}"),
                );
                Ok((Source::store(Arc::clone(store), self.import), name))
            }
            _ => {
                let names = self.files.iter().map(|file| file.display().to_string());
                let name = names.collect::<Vec<_>>().join(", ");
                let encoding = self.encoding.as_deref();
                let source = Source::files(&self.files, self.format, how, encoding)?;
                Ok((source, name))
            }
        }
    }

    fn tell(&self, told: &Told, zone: &TimeZone) -> Result<()> {
        let sections = sections(told, zone);
        self.write_files(told, &sections, zone)?;
        let text = if self.json {
            format!("{}\n", serde_json::to_string_pretty(told)?)
        } else {
            terminal::render(&sections)
        };
        print(&text)?;
        if let Some(name) = &self.baseline {
            eprintln!("the figures are kept as `{name}`: `--compare {name}` compares with them");
        }
        Ok(())
    }

    fn write_files(&self, told: &Told, sections: &[Section], zone: &TimeZone) -> Result<()> {
        if let Some(path) = &self.html {
            let page = page::render(told, sections, zone)?;
            fs::write(path, page).with_context(|| format!("cannot write `{}`", path.display()))?;
        }
        if let Some(path) = &self.xlsx {
            let book = workbook::render(sections)?;
            fs::write(path, book).with_context(|| format!("cannot write `{}`", path.display()))?;
        }
        Ok(())
    }
}

/// The answers, beside the baseline if there is one.
pub fn told(source: String, diagnosis: Diagnosis, baseline: Option<Baseline>) -> Told {
    let changes = baseline
        .as_ref()
        .map(|baseline| diagnosis.compared_with(baseline));
    Told {
        source,
        changes: changes.unwrap_or_default(),
        diagnosis,
        baseline,
    }
}

/// The answers from the history of a store, for a server: of all imports or of one, of all days
/// or of the last ones, beside a baseline or alone.
///
/// # Errors
/// If there is no such baseline, or the store cannot be read.
pub async fn of_store(
    store: &Arc<dyn Store>,
    import: Option<u64>,
    days: Option<u32>,
    compare: Option<&str>,
) -> Result<Told> {
    let baseline = match compare {
        Some(name) => Some(kept::known(&**store, name).await?),
        None => None,
    };
    let source = Source::store(Arc::clone(store), import);
    let diagnosis = source::diagnose(&source, &TimeZone::UTC, days).await?;
    Ok(told("the imported history".to_owned(), diagnosis, baseline))
}
