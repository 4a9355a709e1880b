//! How the columns of a CSV file are to be read. `docs/import.md` is its reference.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result, anyhow, bail};
use jiff::{civil, tz::TimeZone};
use segue_core::time::Timestamp;
use serde::Deserialize;

use super::segue_rows::of_number;

/// The columns of a file and what stands in them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// Which column holds what.
    pub columns: Columns,
    /// How the file calls those who write, by role: `customer`, `assistant`, `agent`, `ignore`.
    authors: BTreeMap<Role, Vec<String>>,
    /// How times are written: `rfc3339`, `unix`, `unix_ms`, or a pattern such as `%d.%m.%Y %H:%M`.
    time: Option<String>,
    /// Where the clocks stood, for times that do not say: `Europe/Lisbon`; else UTC.
    time_zone: Option<String>,
    /// What stands between two fields; else found from the first line.
    pub delimiter: Option<char>,
}

/// The name of the column for each thing; what is not named is looked for under its own name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Columns {
    pub conversation: Option<String>,
    pub author: Option<String>,
    pub text: Option<String>,
    pub at: Option<String>,
    pub confidence: Option<String>,
    pub intent: Option<String>,
    pub channel: Option<String>,
    pub customer: Option<String>,
    pub tier: Option<String>,
    pub locale: Option<String>,
    pub handed_off: Option<String>,
    pub resolved: Option<String>,
    pub csat: Option<String>,
}

/// What an author of the file is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    /// Writes as a customer.
    Customer,
    /// Is the AI.
    Assistant,
    /// Is a person of the team.
    Agent,
    /// Is left out.
    Ignore,
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// Names the file, the line and what would be right.
    pub fn read(file: &Path) -> Result<Self> {
        let name = file.display();
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read the mapping `{name}`"))?;
        let mapping: Self = serde_saphyr::from_str(&text)
            .map_err(|error| anyhow!("the mapping `{name}` does not read: {error}"))?;
        mapping
            .check()
            .with_context(|| format!("the mapping `{name}` has an error"))?;
        Ok(mapping)
    }

    fn check(&self) -> Result<()> {
        self.zone()?;
        if let Some(delimiter) = self.delimiter
            && !delimiter.is_ascii()
        {
            bail!("`delimiter` is `{delimiter}`: write one ASCII character such as \";\"");
        }
        match self.time.as_deref() {
            Some(pattern) if !known_time(pattern) => bail!(
                "`time` is `{pattern}`: write rfc3339, unix, unix_ms or a pattern such as \"%Y-%m-%d %H:%M:%S\""
            ),
            _ => {}
        }
        let mut known = BTreeMap::new();
        for (role, names) in &self.authors {
            for name in names {
                if known.insert(name, role).is_some_and(|other| other != role) {
                    bail!("the author `{name}` has two roles: give it one");
                }
            }
        }
        Ok(())
    }

    fn zone(&self) -> Result<TimeZone> {
        match &self.time_zone {
            None => Ok(TimeZone::UTC),
            Some(name) => TimeZone::get(name)
                .map_err(|_| anyhow!("`time_zone` is `{name}`: write a name like Europe/Lisbon")),
        }
    }

    /// The role of an author: as the mapping says, else one of our own names.
    pub(super) fn role(&self, author: &str) -> Option<Role> {
        let named = self
            .authors
            .iter()
            .find(|(_, names)| names.iter().any(|name| name == author));
        match (named, author) {
            (Some((role, _)), _) => Some(*role),
            (None, "customer") => Some(Role::Customer),
            (None, "assistant") => Some(Role::Assistant),
            (None, "agent") => Some(Role::Agent),
            (None, _) => None,
        }
    }

    /// The names that the mapping gives to authors, for an error.
    pub(super) fn known_authors(&self) -> String {
        let own = ["customer", "assistant", "agent"].map(str::to_owned);
        let named = self.authors.values().flatten().cloned();
        named.chain(own).collect::<Vec<_>>().join(", ")
    }

    /// A time as the file writes it.
    pub(super) fn time(&self, text: &str) -> Option<Timestamp> {
        let millis = |at: jiff::Timestamp| Timestamp(at.as_millisecond());
        match self.time.as_deref() {
            Some("unix") => text.parse().ok().map(|s: f64| of_number(s)),
            Some("unix_ms") => text.parse().ok().map(Timestamp),
            Some("rfc3339") => text.parse().ok().map(millis),
            Some(pattern) => self.by_pattern(pattern, text),
            None => text
                .parse()
                .ok()
                .map(millis)
                .or_else(|| text.parse().ok().and_then(|at| self.in_zone(at))),
        }
    }

    fn by_pattern(&self, pattern: &str, text: &str) -> Option<Timestamp> {
        let parsed = jiff::fmt::strtime::parse(pattern, text).ok()?;
        if let Ok(at) = parsed.to_timestamp() {
            return Some(Timestamp(at.as_millisecond()));
        }
        self.in_zone(parsed.to_datetime().ok()?)
    }

    fn in_zone(&self, at: civil::DateTime) -> Option<Timestamp> {
        let at = self.zone().ok()?.to_timestamp(at).ok()?;
        Some(Timestamp(at.as_millisecond()))
    }
}

fn known_time(pattern: &str) -> bool {
    ["rfc3339", "unix", "unix_ms"].contains(&pattern) || pattern.contains('%')
}
