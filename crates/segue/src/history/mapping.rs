//! How the columns of a CSV file are to be read. `docs/import.md` is its reference.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result, anyhow, bail};
use jiff::{civil, tz::TimeZone};
use segue_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Why,
    segue_rows::{When, of_number},
    whole::Fault,
};

/// The columns of a file and what stands in them.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// Which column holds what.
    pub columns: Columns,
    /// How the file calls those who write, by role: `customer`, `assistant`, `agent`, `ignore`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    authors: BTreeMap<Role, Vec<String>>,
    /// How times are written: `rfc3339`, `unix`, `unix_ms`, or a pattern such as `%d.%m.%Y %H:%M`.
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    /// Where the clocks stood, for times that do not say: `Europe/Lisbon`; else UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
    /// What stands between two fields; else found from the first line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
}

/// The name of the column for each thing; what is not named is looked for under its own name and
/// under those that exports often use.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Columns {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handed_off: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub csat: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handed_off_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reopens: Option<String>,
}

/// A column that need not be there, by our own name for it.
pub(super) type Optional<'c> = (&'static str, Option<&'c String>);

impl Columns {
    /// The columns that need not be there.
    pub(super) fn optional(&self) -> [Optional<'_>; 18] {
        [
            ("at", self.at.as_ref()),
            ("confidence", self.confidence.as_ref()),
            ("intent", self.intent.as_ref()),
            ("channel", self.channel.as_ref()),
            ("customer", self.customer.as_ref()),
            ("tier", self.tier.as_ref()),
            ("locale", self.locale.as_ref()),
            ("handed_off", self.handed_off.as_ref()),
            ("resolved", self.resolved.as_ref()),
            ("csat", self.csat.as_ref()),
            ("topic", self.topic.as_ref()),
            ("priority", self.priority.as_ref()),
            ("tags", self.tags.as_ref()),
            ("group", self.group.as_ref()),
            ("handed_off_at", self.handed_off_at.as_ref()),
            ("joined_at", self.joined_at.as_ref()),
            ("resolved_at", self.resolved_at.as_ref()),
            ("reopens", self.reopens.as_ref()),
        ]
    }

    /// Names the column for one of them.
    pub(super) fn set(&mut self, own: &str, column: Option<String>) {
        let place = match own {
            "at" => &mut self.at,
            "confidence" => &mut self.confidence,
            "intent" => &mut self.intent,
            "channel" => &mut self.channel,
            "customer" => &mut self.customer,
            "tier" => &mut self.tier,
            "locale" => &mut self.locale,
            "handed_off" => &mut self.handed_off,
            "resolved" => &mut self.resolved,
            "csat" => &mut self.csat,
            "topic" => &mut self.topic,
            "priority" => &mut self.priority,
            "tags" => &mut self.tags,
            "group" => &mut self.group,
            "handed_off_at" => &mut self.handed_off_at,
            "joined_at" => &mut self.joined_at,
            "resolved_at" => &mut self.resolved_at,
            "reopens" => &mut self.reopens,
            _ => return,
        };
        *place = column;
    }
}

/// What an author of the file is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
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

impl Role {
    /// As the history writes it down.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Assistant => "assistant",
            Self::Agent => "agent",
            Self::Ignore => "ignore",
        }
    }
}

impl Mapping {
    /// The same with another time zone, if one is named.
    ///
    /// # Errors
    /// If there is no such zone.
    pub fn in_time_zone(mut self, name: Option<&str>) -> Result<Self> {
        if let Some(name) = name {
            self.time_zone = Some(name.to_owned());
            self.zone()?;
        }
        Ok(self)
    }

    /// The mapping as a file that [`Self::read`] reads.
    ///
    /// # Errors
    /// Never by what stands in it.
    pub fn text(&self) -> Result<String> {
        serde_saphyr::to_string(self).context("the mapping cannot be written down")
    }

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

    /// Where the clocks stood, for times that do not say; UTC if nothing is named.
    ///
    /// # Errors
    /// If there is no such zone.
    pub fn zone(&self) -> Result<TimeZone> {
        match &self.time_zone {
            None => Ok(TimeZone::UTC),
            Some(name) => TimeZone::get(name).map_err(|_| {
                anyhow!("the time zone `{name}` is not known: write a name like Europe/Lisbon")
            }),
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

    /// The role that the mapping gives to somebody by an id or a name.
    pub(super) fn named_role<'n>(
        &self,
        names: impl IntoIterator<Item = Option<&'n str>>,
    ) -> Option<Role> {
        let known: Vec<&str> = names.into_iter().flatten().collect();
        let mut roles = self.authors.iter();
        let fits = |all: &[String]| all.iter().any(|one| known.contains(&one.as_str()));
        roles.find(|(_, all)| fits(all)).map(|(role, _)| *role)
    }

    /// A time of a JSON row: with its offset, in the zone of the mapping, or a number.
    pub(super) fn when(
        &self,
        given: Option<&When>,
        field: &str,
    ) -> Result<Option<Timestamp>, Fault> {
        match given {
            None => Ok(None),
            Some(When::Number(seconds)) => Ok(Some(of_number(*seconds))),
            Some(When::Text(text)) if text.trim().is_empty() || text == "?" => Ok(None),
            Some(When::Text(text)) => self.any_time(text.trim()).map(Some).ok_or_else(|| {
                let detail = format!(
                    "{field} is `{text}`: write it like 2026-05-04T09:30:00Z, or seconds since 1970"
                );
                (Why::WrongValue, detail)
            }),
        }
    }

    fn any_time(&self, text: &str) -> Option<Timestamp> {
        // Some exports write the zone's offset without a colon, or the word UTC.
        let plain = text.strip_suffix(" UTC").map(|rest| format!("{rest}Z"));
        let text = plain.as_deref().unwrap_or(text);
        let read: Option<jiff::Timestamp> = text.parse().ok();
        read.map(|at| Timestamp(at.as_millisecond()))
            .or_else(|| text.parse().ok().and_then(|at| self.in_zone(at)))
            .or_else(|| self.by_pattern("%d/%m/%Y %H:%M", text))
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
            None => self.any_time(text),
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
