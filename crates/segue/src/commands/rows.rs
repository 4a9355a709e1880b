//! Labelled rows, read from files; the first bad one ends it, named by file and line.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, anyhow, bail};
use serde::de::DeserializeOwned;

use crate::history::{Files, TEXT_BYTES, find, next_line};

/// More rows than this are no labels that people gave.
const MOST: usize = 2_000_000;

/// A row with where it stands.
#[derive(Clone, Debug)]
pub(super) struct Row<T> {
    file: Arc<str>,
    line: u64,
    /// What it says.
    pub(super) value: T,
}

impl<T> Row<T> {
    /// An error that points at this row.
    pub(super) fn error(&self, what: impl fmt::Display) -> anyhow::Error {
        anyhow!("{}:{}: {what}", self.file, self.line)
    }

    /// Refuses a text that is longer than a message may be. An empty one says nothing, as messages
    /// with nothing but a picture do.
    pub(super) fn check_text(&self, text: &str) -> Result<()> {
        if text.len() > TEXT_BYTES {
            return Err(self.error(format!(
                "the field `text` has {} bytes, {TEXT_BYTES} are the limit",
                text.len()
            )));
        }
        Ok(())
    }
}

/// All rows of files and of the files in folders.
pub(super) fn read<T: DeserializeOwned>(named: &[PathBuf]) -> Result<Vec<Row<T>>> {
    let files = find(named)?;
    let mut rows = Vec::new();
    for path in &files.paths {
        read_file(&files, path, &mut rows)?;
    }
    if rows.is_empty() {
        let told: Vec<_> = named
            .iter()
            .map(|name| format!("`{}`", name.display()))
            .collect();
        bail!("{} has no rows", told.join(", "));
    }
    Ok(rows)
}

fn read_file<T: DeserializeOwned>(
    files: &Files,
    path: &Path,
    into: &mut Vec<Row<T>>,
) -> Result<()> {
    let name: Arc<str> = path.display().to_string().into();
    if name.to_ascii_lowercase().contains(".csv") {
        bail!("`{name}` is CSV: labelled rows are JSON, one a line, in .jsonl or .jsonl.gz");
    }
    let mut bytes = files.open(path)?;
    let mut line = 0;
    while let Some(read) = next_line(&mut bytes).with_context(|| format!("cannot read `{name}`"))? {
        line += 1;
        let text = read.map_err(|(_, detail)| anyhow!("{name}:{line}: {detail}"))?;
        if text.is_empty() {
            continue;
        }
        let value = parse(&text).map_err(|error| anyhow!("{name}:{line}: {error}"))?;
        if into.len() == MOST {
            bail!("{name}:{line}: more than {MOST} rows: give fewer files");
        }
        into.push(Row {
            file: Arc::clone(&name),
            line,
            value,
        });
    }
    Ok(())
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| anyhow!("the line is not JSON: {error}"))?;
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        if path == "." {
            anyhow!("{inner}")
        } else {
            anyhow!("the field `{path}`: {inner}")
        }
    })
}
